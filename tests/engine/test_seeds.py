"""Every spec under configs/seeds/ trains exactly as the program of the notes that it stands for, written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import keras
import notes_1
import notes_2
import notes_3
import notes_4
import numpy as np
import pytest
import tensorflow as tf
from hand_written import Programs, fit
from tensorflow.python.framework import config as tensorflow_config

import kspec
from kspec.commands.opening import as_options, open_spec
from kspec.data.loading import load_parts
from kspec.data.sources import SourceContext

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "seeds.md"
CONFIGS = sorted((ROOT / "configs" / "seeds").glob("*.yaml"))
PROGRAMS: Programs = {**notes_1.PROGRAMS, **notes_2.PROGRAMS, **notes_3.PROGRAMS, **notes_4.PROGRAMS}

IMAGES = {
    "rows": 240,
    "test_rows": 20,
    "x": {"shape": [28, 28], "low": 0, "high": 256, "dtype": "uint8"},
    "y": {"low": 0, "high": 10, "dtype": "uint8"},
}
"""What stands for MNIST here: nothing is to be learnt, and nothing to be waited for."""

EPOCHS = {"own_callback": 1, "headline_by_name": 1, "history_plot": 3, "callbacks": 8, "inception": 1, "vgg_like": 1}
ROWS = {"headline": 40, "headline_by_name": 40, "shared_lstm": 40, "inception": 2, "residual": 8, "vgg_like": 40,
        "shared_vision": 40}  # fmt: skip
EXACT = 1e-6
"""Relative difference of validation metrics, which Keras sums up batch by batch and kspec all at once."""


@pytest.fixture(scope="module", autouse=True)
def deterministic_operations() -> Iterator[None]:
    """Without this, TensorFlow adds up the gradients of an embedding in the order in which its threads get done."""
    tf.config.experimental.enable_op_determinism()
    yield
    tensorflow_config.disable_op_determinism()


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kspec.commands.evaluation_files._draw", lambda *args, **kwargs: None)
    monkeypatch.setattr("kspec.commands.training.fitting.draw_run_history", lambda *args, **kwargs: None)
    monkeypatch.setattr("kspec.commands.training.fitting.write_report", lambda *args, **kwargs: None)
    monkeypatch.setattr("kspec.commands.training.run_folders.draw_outlined", lambda *args, **kwargs: None)


def test_every_spec_has_its_program() -> None:
    assert {config.stem for config in CONFIGS} == set(PROGRAMS)


def code_of(config: Path) -> list[Path]:
    file = config.with_suffix(".py")
    return [file] if file.exists() else []


def small(config: Path) -> dict[str, object]:
    """Return what makes a spec quick to train: few epochs, few rows, and no data set to be found or downloaded."""
    name = config.stem
    found: dict[str, object] = {"fit.epochs": EPOCHS.get(name, 2)}
    if name in ROWS:
        found |= {"data.source.random.rows": ROWS[name], "data.source.random.test_rows": 2}
    source = open_spec(config, [], code=code_of(config)).spec.data.source
    if source.name in ("mnist", "digits"):
        found["data.source"] = {"random": IMAGES}
    return found


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.stem)
def test_a_spec_trains_as_its_program(config: Path, tmp_path: Path) -> None:
    overrides, code = small(config), code_of(config)
    run = kspec.train(config, runs=tmp_path / "runs", overrides=overrides, code=code)
    opened = open_spec(config, as_options(overrides), code=code)
    seed, epochs = opened.spec.seed, opened.spec.fit.epochs
    fields = load_parts(opened.spec.data, SourceContext(folder=opened.folder, seed=seed)).train

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    program = PROGRAMS[config.stem]({name: fields[name] for name in fields})
    history = fit(program, seed=seed, epochs=epochs)

    theirs, ours = program.model, run.model(last=True)
    assert ours.count_params() == theirs.count_params()
    assert [tensor.shape for tensor in ours.outputs] == [tensor.shape for tensor in theirs.outputs]
    for mine, wanted in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    assert set(history) - {"learning_rate"} <= set(run.history.rows[0])
    for name, values in history.items():
        measured, wanted = np.float32(run.history.series(name)), np.float32(values)
        if name.startswith("val_"):
            np.testing.assert_allclose(measured, wanted, rtol=EXACT, err_msg=name)
        else:
            np.testing.assert_array_equal(measured, wanted, err_msg=name)


def test_a_callback_of_ones_own_writes_into_the_run(tmp_path: Path) -> None:
    config = ROOT / "configs" / "seeds" / "own_callback.yaml"
    run = kspec.train(config, runs=tmp_path / "runs", overrides=small(config), code=code_of(config))
    lines = (run.path / "diary.txt").read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("training begins", "training ends")
    assert lines[1] == "epoch 0 begins"
    assert lines[2].startswith("epoch 0 ends after 8 batches, with a loss of ")


def test_the_page_names_every_spec_and_its_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [config.name for config in CONFIGS if f"(../configs/seeds/{config.name})" not in text] == []
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    assert (tmp_path / "sequential.weights.h5").is_file()
    assert (tmp_path / "runs" / "binary-1" / "best.keras").is_file()
