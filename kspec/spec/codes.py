"""The codes of diagnostics, read from the page that documents them: what is said there is said once.

The page is `docs/diagnostics.md`. In a checkout it is read where it lies; a wheel carries a copy beside this module.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PAGE = "diagnostics.md"

_STAGE = re.compile(r"## (.+)")
_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_CODE = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`")


@dataclass(frozen=True, slots=True)
class Code:
    """What the page says of one code.

    Args:
        name: The code, such as `unknown-argument`.
        stage: Title of the section that it stands in.
        meaning: What it means.
        example: How it comes about, or an empty text.
        cure: How to mend it.
    """

    name: str
    stage: str
    meaning: str
    example: str
    cure: str


@functools.cache
def codes() -> Mapping[str, Code]:
    """Return all codes by name, in the order of the page."""
    here = Path(__file__).with_name(PAGE)
    page = here if here.exists() else Path(__file__).parents[2] / "docs" / PAGE
    return MappingProxyType(read_codes(page.read_text(encoding="utf-8")))


def read_codes(page: str) -> dict[str, Code]:
    """Return the codes in the tables of a page, each table below the title of its stage.

    Args:
        page: Markdown. A row is "code | meaning | example | cure"; `\\|` is a stroke within a cell.

    Raises:
        ValueError: A row has fewer or more cells, or a code stands twice.
    """
    found: dict[str, Code] = {}
    stage = ""
    for number, line in enumerate(page.splitlines(), start=1):
        if title := _STAGE.fullmatch(line):
            stage = title[1]
        if not line.startswith("| `"):
            continue
        first, *cells = (_LINK.sub(r"\1", cell.strip().replace("\\|", "|")) for cell in _CELLS.split(line)[1:-1])
        code = _CODE.fullmatch(first)
        if code is None or len(cells) != 3 or code[1] in found:
            raise ValueError(f"{PAGE}:{number}: this is no row of a new code, what it means, an example and a cure")
        found[code[1]] = Code(code[1], stage, *cells)
    return found
