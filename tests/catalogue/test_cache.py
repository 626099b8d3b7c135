"""The catalogue of another Keras than that which kspec ships one for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from kspec.catalogue import cache, is_current, load
from kspec.commands.opening import open_spec
from kspec.commands.validate import validate
from kspec.commands.versions import version_lines
from kspec.spec.problems import SpecError

OTHER = "99.1.0"


@pytest.fixture
def other_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have another Keras installed and an empty cache; gives the file that its catalogue is kept in."""
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: OTHER if name == "keras" else real(name))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load.cache_clear()
    yield tmp_path / "kspec" / f"keras-{OTHER}.json"
    load.cache_clear()


def record(**changes: Any) -> dict[str, Any]:
    content = json.loads(cache.SHIPPED.read_text(encoding="utf-8"))
    content["families"]["layers"]["Brandnew"] = {"module": "keras.layers", "arguments": {"size": {"types": ["int"]}}}
    return {**content, "keras": OTHER, cache.BASIS: cache.basis(), **changes}


def keep(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_the_shipped_catalogue_stands_in_until_there_is_another(other_keras: Path) -> None:
    assert load().version != OTHER
    assert not is_current()
    assert any("names are those of keras" in line for line in version_lines())


def test_the_cached_catalogue_of_the_installed_keras_is_used(other_keras: Path) -> None:
    keep(other_keras, json.dumps(record()))
    assert load().version == OTHER
    assert load().component("layers", "Brandnew") is not None
    assert is_current()


def _without_layers() -> str:
    content = record()
    del content["words"]
    return json.dumps(content)


def _with_other_module() -> str:
    content = record()
    content["families"]["layers"]["Dense"]["module"] = "os"
    return json.dumps(content)


@pytest.mark.parametrize(
    "content",
    [
        lambda: "",
        lambda: json.dumps(record())[:5000],
        lambda: "[]",
        lambda: json.dumps(record(keras="98.0.0")),
        lambda: json.dumps(record(basis="made beside another kspec")),
        _without_layers,
        _with_other_module,
    ],
)
def test_a_damaged_or_stale_cache_is_ignored(other_keras: Path, content: Callable[[], str]) -> None:
    keep(other_keras, content())
    assert load().version != OTHER


def test_a_static_check_says_whose_names_it_knows(other_keras: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("model: {input: [4], layers: [{Dense: 3}]}\n", encoding="utf-8")
    (problem,) = validate(spec, static=True)
    assert (problem.code, problem.severity) == ("other-keras", "note")
    assert OTHER in problem.message
    keep(other_keras, json.dumps(record()))
    load.cache_clear()
    assert validate(spec, static=True) == []
    spec.write_text("model: {input: [4], layers: [{Brandnew: three}]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match="`size` of Brandnew is a whole number"):
        open_spec(spec, static=True)


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, "/caches/kspec"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/kspec"),
        ("linux", {}, "/home/me/.cache/kspec"),
        ("darwin", {}, "/home/me/Library/Caches/kspec"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/kspec/Cache"),
        ("win32", {}, "/home/me/AppData/Local/kspec/Cache"),
    ],
)
def test_the_folder_of_the_cache(
    platform: str, environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cache.sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert cache.cache_folder() == Path(folder)


def test_who_has_no_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert cache.cache_file("1.0") is None
