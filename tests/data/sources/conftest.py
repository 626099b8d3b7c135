from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kspec.data.sources import SOURCES, DataError, Loaded, SourceContext

Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a source as a spec in `tmp_path` would."""

    def load(
        source: str, *, seed: int = 0, limit: int | None = None, memory: int | None = None, **arguments: object
    ) -> Loaded:
        return SOURCES[source](SourceContext(folder=tmp_path, seed=seed, limit=limit, memory=memory), **arguments)

    return load


@pytest.fixture
def refusal(load: Load, tmp_path: Path) -> Callable[..., DataError]:
    """Load a source that must be refused; the message names files as the spec's folder sees them."""

    def refusal(source: str, **arguments: object) -> DataError:
        with pytest.raises(DataError) as caught:
            load(source, **arguments)
        error = caught.value
        return DataError(
            error.message.replace(f"{tmp_path}/", ""),
            hint=error.hint and error.hint.replace(f"{tmp_path}/", ""),
            argument=error.argument,
            unavailable=error.unavailable,
        )

    return refusal


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `$KSPEC_DATA` and an empty Keras cache; returns the former."""
    folder = tmp_path / "known"
    folder.mkdir()
    monkeypatch.setenv("KSPEC_DATA", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Write an image file below `tmp_path`, of random pixels unless some are given."""

    def picture(name: str, size: tuple[int, int] = (4, 6), mode: str = "RGB", **save: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        numbers = np.random.default_rng(list(name.encode())).integers(0, 256, (*size, 3), dtype=np.uint8)
        Image.fromarray(numbers).convert(mode).save(path, **save)
        return path

    return picture


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file below `tmp_path`."""

    def write(name: str, content: str | bytes = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
