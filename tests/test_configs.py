"""Every spec under configs/ is right, says how to run it, and trains into a whole run folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kspec

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "configs").glob("**/*.yaml"))
TRAINED = [config for config in CONFIGS if config.parent.name == "configs"]
"""Those below are held against programs of plain Keras by tests of the engine, which train them, too."""

WRITTEN = (
    "best.keras", "model.keras", "checkpoint/state.safetensors", "evaluation/test.json", "evaluation/validation.json",
    "history.csv", "history.png", "history.svg", "model.png", "model.svg", "preprocess/plan.json", "report.html",
    "resolved.yaml", "run.json", "spec.yaml", "summary.txt",
)  # fmt: skip

config = pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
trained = pytest.mark.parametrize("config", TRAINED, ids=lambda path: path.stem)


def code_of(config: Path) -> list[Path]:
    """Return the file of Python beside a config that has one, named like it."""
    file = config.with_suffix(".py")
    return [file] if file.exists() else []


@pytest.fixture(autouse=True)
def no_data_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests away from the network and from data sets that this machine happens to have."""
    from kspec.data.sources import DataError
    from kspec.data.sources.mnist import mnist

    def refuse(*args: object, **kwargs: object) -> None:
        raise DataError("there is no network in tests", unavailable=True)

    monkeypatch.delenv("KSPEC_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setitem(mnist.__globals__, "load_with_keras", refuse)


def test_the_configs_are_there() -> None:
    assert {path.stem for path in CONFIGS} >= {"iris", "mnist", "mnist_cnn", "multi_io", "wine_csv"}


@config
def test_a_config_is_right(config: Path) -> None:
    assert kspec.validate(config, static=True, code=code_of(config)) == []


@config
def test_a_config_says_what_it_is_and_how_to_run_it(config: Path) -> None:
    lines = config.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines[: lines.index("")] if line.startswith("#")]
    assert head[0].endswith("."), "the first line is a sentence"
    command = ["#   kspec train", config.relative_to(ROOT).as_posix()]
    command += [f"--code {file.relative_to(ROOT).as_posix()}" for file in code_of(config)]
    assert " ".join(command) in head
    assert f"name: {config.stem}" in config.read_text(encoding="utf-8"), "a run is called what its config is"


@trained
def test_a_config_trains_into_a_whole_run_folder(config: Path, tmp_path: Path) -> None:
    run = kspec.train(config, runs=tmp_path / "runs", smoke=True)
    assert run.path == tmp_path / "runs" / f"{config.stem}-1"
    assert [name for name in WRITTEN if not (run.path / name).is_file()] == []
    assert [path.name for path in run.path.rglob("*") if path.is_file() and not path.stat().st_size] == []
    record = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "done"
    assert record["smoke"]
    assert record["epochs_done"] == 2
    assert set(record["data"]["rows"]) == {"train", "validation", "test"}
    assert record["data"]["fallback"] is config.stem.startswith("mnist")
    assert (run.path / "spec.yaml").read_bytes() == config.read_bytes()


def test_text_labels_come_back_from_a_trained_config(tmp_path: Path) -> None:
    run = kspec.train(ROOT / "configs" / "wine_csv.yaml", runs=tmp_path / "runs", smoke=True)
    labels = json.loads((run.path / "labels.json").read_text(encoding="utf-8"))
    assert list(labels.values()) == [["Barbera", "Barolo", "Grignolino"]]
    assert kspec.predict(run, ROOT / "configs" / "data" / "wine_test.csv").shape == (36, 3)
