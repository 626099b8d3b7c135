"""Screens kept as files, compared letter by letter."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

FOLDER = Path(__file__).parent / "golden"
WIDTHS = (40, 60, 80, 120)


def screen(draw: Callable[[Console], object], width: int) -> str:
    """Return what is drawn on a console of this width, without colours."""
    out = io.StringIO()
    draw(Console(file=out, width=width, height=24, force_terminal=False, color_system=None, legacy_windows=False))
    return out.getvalue()


def check(name: str, text: str) -> None:
    """Compare a screen with its file; with `KSPEC_UPDATE_GOLDEN=1` in the environment, write the file."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("KSPEC_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    if not path.exists():
        pytest.fail(f"{path.name} is missing; write it with KSPEC_UPDATE_GOLDEN=1 and look at it")
    assert text == path.read_text(encoding="utf-8")
