"""Which way a training goes, and that every way learns the same."""

import keras
import numpy as np
import pytest

from kspec.commands.train import resume, train
from kspec.engine.stepping import xla
from kspec.engine.stepping.loop import Pace, wants_every_step
from kspec.runs.events import BatchEnded, Notice

SPEC = """
seed: 5
data: {source: {npz: rows.npz}}
model:
  layers:
    - Dense: {units: 16, activation: relu}
    - DROP
    - Dense: {units: 1, activation: sigmoid}
compile: {optimizer: {Adam: {learning_rate: 0.01}}, loss: binary_crossentropy, metrics: [accuracy, AUC]JIT}
fit: {epochs: 3, batch_size: 8, validation_split: 0.25}
"""


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Train a small model one way or another."""
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 6)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=x, y=(x.sum(axis=1) > 0).astype(np.float32))
    monkeypatch.setattr(xla, "_STEPS", 30)

    def trained(jit="", drop="BatchNormalization", stop_in=None, **changes):
        text = SPEC.replace("JIT", f", jit_compile: {jit}" if jit else "").replace("DROP", drop)
        (tmp_path / "spec.yaml").write_text(text)
        said = []

        def observe(event):
            said.append(event)
            if isinstance(event, BatchEnded) and event.epoch == stop_in:
                raise KeyboardInterrupt

        overrides = [f"{key.replace('__', '.')}={value}" for key, value in changes.items()]
        run = train(tmp_path / "spec.yaml", runs=tmp_path / "runs", overrides=overrides, observe=observe)
        return run, said

    return trained


def series(run):
    return {name: run.history.series(name) for name in ("loss", "accuracy", "AUC", "val_loss")}


def test_xla_learns_what_tensorflow_learns(trained):
    exact, _ = trained("false")
    compiled, said = trained()
    assert exact.manifest.runtime["steps"] == {
        "kind": "loop", "compiled": False, "rule": "`jit_compile: false` in the spec",
    }  # fmt: skip
    assert compiled.manifest.runtime["steps"] == {
        "kind": "loop", "compiled": True, "rule": "steps are small, and an epoch has 37 steps, at least 30",
    }  # fmt: skip
    assert any(isinstance(event, Notice) and "XLA compiles the steps" in event.text for event in said)
    for name, values in series(exact).items():
        np.testing.assert_allclose(series(compiled)[name], values, atol=1e-4, err_msg=name)
    pairs = zip(exact.model(last=True).get_weights(), compiled.model(last=True).get_weights(), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_the_loop_learns_what_fit_learns_to_the_last_bit(trained):
    looped, _ = trained("false", "{Dropout: 0.3}")
    fitted, _ = trained("false", "{Dropout: 0.3}", compile__steps_per_execution=2)
    assert fitted.manifest.runtime["steps"]["kind"] == "fit"
    assert series(looped) == series(fitted)
    for one, other in zip(looped.model(last=True).get_weights(), fitted.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"compile__run_eagerly": "true", "fit__epochs": 1}, "the model runs eagerly"),
        ({"compile__steps_per_execution": 4, "fit__epochs": 1}, "the spec says how many steps are taken at once"),
    ],
)
def test_what_the_loop_cannot_do_goes_through_fit(trained, changes, why):
    run, _ = trained("false", **changes)
    assert run.manifest.runtime["steps"] == {"kind": "fit", "compiled": False, "why": why}
    assert len(run.history.rows) == 1


def test_few_steps_and_other_layers_are_not_compiled(trained, monkeypatch):
    monkeypatch.setattr(xla, "_STEPS", 1000)
    run, _ = trained(fit__epochs=1)
    few = "an epoch has 37 steps, fewer than 1,000"
    assert run.manifest.runtime["steps"] == {"kind": "loop", "compiled": False, "rule": few}
    monkeypatch.setattr(xla, "_STEPS", 1)
    for layer, why in (
        ("{Dropout: 0.1}", "`Dropout` would draw other random numbers than in Keras"),
        ("UnitNormalization", "not known to pay for `UnitNormalization`"),
        (
            "{Reshape: [16, 1]}\n    - {LSTM: {units: 4, dropout: 0.1}}",
            "`LSTM` would draw other random numbers than in Keras",
        ),
    ):
        run, _ = trained(drop=layer, fit__epochs=1)
        assert run.manifest.runtime["steps"] == {"kind": "loop", "compiled": False, "rule": why}


def test_what_xla_cannot_compile_is_left_to_tensorflow(tmp_path):
    (tmp_path / "spec.yaml").write_text("""
data: {source: {random: {rows: 20, x: {shape: [4, 4, 1]}, y: {}}}}
model:
  layers:
    - UpSampling2D: {size: 2, interpolation: bicubic}
    - Flatten
    - Dense: 1
compile: {loss: mse, jit_compile: true}
fit: {batch_size: 4}
""")
    said = []
    run = train(tmp_path / "spec.yaml", runs=tmp_path / "runs", observe=said.append)
    assert np.isfinite(run.history.series("loss")).all()
    assert any(isinstance(event, Notice) and "XLA could not compile" in event.text for event in said)


def test_steps_are_told_of_now_and_then_unless_a_callback_wants_each(trained):
    _, said = trained("false", fit__epochs=1)
    seen = [event.step for event in said if isinstance(event, BatchEnded)]
    assert seen[0] == 1
    assert seen[-1] == 38
    assert len(seen) < 38
    _, said = trained("false", fit__epochs=1, callbacks="[TerminateOnNaN]")
    assert [event.step for event in said if isinstance(event, BatchEnded)] == list(range(1, 39))


def test_which_callbacks_want_every_step():
    class Own(keras.callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    made = keras.callbacks
    quiet = [made.EarlyStopping(), made.ModelCheckpoint("a.keras"), made.CSVLogger("a.csv"), made.ReduceLROnPlateau()]
    assert not wants_every_step(quiet, "train")
    for callback in (Own(), made.TerminateOnNaN(), made.ModelCheckpoint("a.keras", save_freq=3)):
        assert wants_every_step([*quiet, callback], "train")
        assert not wants_every_step([*quiet, callback], "test")


def test_the_pace_follows_the_time_that_steps_take():
    pace = Pace()
    pace.note(1, 5.0)  # tracing
    assert pace.steps == 8
    pace.note(8, 0.008)
    assert pace.steps == 32
    pace.note(32, 3.2)
    assert pace.steps == 2
    fixed = Pace(fixed=True)
    fixed.note(1, 0.001)
    assert fixed.steps == 1


def test_a_compiled_run_repeats_itself_to_the_last_bit(trained):
    first, _ = trained()
    again, _ = trained()
    assert again.manifest.runtime["steps"]["compiled"]
    for one, other in zip(first.model(last=True).get_weights(), again.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_compiled_run_goes_on_to_the_last_bit(trained):
    whole, _ = trained()
    run, _ = trained(stop_in=2)
    assert run.manifest.status == "interrupted"
    run = resume(run.folder)
    assert run.manifest.runtime["steps"]["compiled"]
    assert series(run) == series(whole)
    for one, other in zip(run.model(last=True).get_weights(), whole.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
