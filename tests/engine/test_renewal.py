"""The catalogue of the installed Keras, read from it where kspec ships that of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from kspec.catalogue import is_current, load
from kspec.commands.opening import open_spec
from kspec.engine import introspect
from kspec.engine.renewal import renewed_catalogue

OTHER = "99.1.0"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text("model: {input: [4], layers: [{Dense: 3}]}\n", encoding="utf-8")
    return path


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have the installed Keras be another version and the cache be empty; gives the file that is to be kept."""
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: OTHER if name == "keras" else real(name))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for cached in (load, renewed_catalogue):
        cached.cache_clear()
    yield tmp_path / "kspec" / f"keras-{OTHER}.json"
    for cached in (load, renewed_catalogue):
        cached.cache_clear()


def test_names_are_read_once_and_kept(kept: Path, spec: Path) -> None:
    kept.parent.mkdir()
    kept.write_text("{damaged", encoding="utf-8")
    assert not is_current()
    assert open_spec(spec).warnings == ()
    assert json.loads(kept.read_text(encoding="utf-8"))["keras"] == OTHER
    assert (load().version, is_current()) == (OTHER, True)
    assert load().component("layers", "Dense").required == ("units",)


def test_a_cache_that_cannot_be_written_is_no_error(kept: Path, spec: Path) -> None:
    kept.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert open_spec(spec).warnings == ()
    assert renewed_catalogue().version == OTHER


def test_a_keras_that_cannot_be_read_is_a_warning(kept: Path, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise AttributeError("module `keras` has no attribute `layers`")

    monkeypatch.setattr(introspect, "catalogue", fail)
    (problem,) = open_spec(spec).warnings
    assert (problem.code, problem.severity) == ("other-keras", "warning")
    assert "no attribute `layers`" in problem.hint
    assert not kept.exists()
