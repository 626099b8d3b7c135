"""What callbacks watch, held against the names that losses and metrics will have, without Keras."""

from __future__ import annotations

import pytest
from reading_texts import read

ONE = """
data: {{source: iris}}
model:
  layers:
    - Dense: {{units: 3, activation: softmax}}
compile: {{loss: sparse_categorical_crossentropy, metrics: {metrics}}}
fit: {fit}
callbacks: [{callback}]
"""
TWO = """
model:
  inputs: {{x: {{shape: [4]}}}}
  layers:
    - Dense: 8
      name: trunk
    - Dense: {{units: 3, activation: softmax}}
      name: kind
    - Dense: 1
      name: size
      from: trunk
  outputs: [kind, size]
compile:
  loss: {{kind: sparse_categorical_crossentropy, size: {size}}}
  metrics: {{kind: [accuracy, AUC], size: mae}}
  weighted_metrics: {{size: [mae, mse]}}
callbacks: [{callback}]
"""


def problems(text: str) -> list[str]:
    return [f"{problem.text} [{problem.code}]" for problem in read(text).problems]


def one(callback: str, *, metrics: str = "[accuracy]", fit: str = "{validation_split: 0.2}") -> str:
    return ONE.format(metrics=metrics, fit=fit, callback=callback)


@pytest.mark.parametrize("monitor", ["loss", "val_loss", "accuracy", "val_accuracy"])
def test_what_is_measured_can_be_watched(monitor: str) -> None:
    assert problems(one(f"{{EarlyStopping: {{monitor: {monitor}, restore_best_weights: true}}}}")) == []


@pytest.mark.parametrize(
    ("callback", "fit", "expected"),
    [
        (
            "{EarlyStopping: {monitor: val_los, restore_best_weights: true}}", "{validation_split: 0.2}",
            "EarlyStopping watches `val_los`, which is not measured; did you mean `val_loss`?",
        ),
        (
            "{EarlyStopping: {restore_best_weights: true}}", "{epochs: 2}",
            "EarlyStopping watches `val_loss`, but there is no validation data; "
            "add `validation_split` under `fit`, or write `monitor: loss`",
        ),
        (
            "ReduceLROnPlateau", "{epochs: 2}",
            "ReduceLROnPlateau watches `val_loss`, but there is no validation data; "
            "add `validation_split` under `fit`, or write `monitor: loss`",
        ),
        (
            "{ReduceLROnPlateau: {monitor: f1}}", "{validation_split: 0.2}",
            "ReduceLROnPlateau watches `f1`, which is not measured; "
            "there are `loss`, `accuracy`, `val_loss`, `val_accuracy`",
        ),
        (
            "{ModelCheckpoint: {filepath: 'a{val_acuracy}.keras'}}", "{validation_split: 0.2}",
            "ModelCheckpoint names its files by `val_acuracy`, which is not measured; did you mean `val_accuracy`?",
        ),
        (
            "{ModelCheckpoint: {filepath: 'a-{epoch}-{val_loss:.2f}.keras'}}", "{epochs: 2}",
            "ModelCheckpoint names its files by `val_loss`, but there is no validation data; "
            "add `validation_split` under `fit`, or write `{loss}`",
        ),
        (
            "{ModelCheckpoint: {filepath: 'a-{batch}.keras'}}", "{validation_split: 0.2}",
            "ModelCheckpoint names its files by `batch`, which is not measured; "
            "there are `loss`, `accuracy`, `val_loss`, `val_accuracy`",
        ),
    ],
)  # fmt: skip
def test_what_is_not_measured_is_an_error(callback: str, fit: str, expected: str) -> None:
    assert problems(one(callback, fit=fit)) == [f"{expected} [unknown-monitor]"]


@pytest.mark.parametrize(
    "callback",
    [
        "{ModelCheckpoint: last.keras}",
        "{ModelCheckpoint: '{epoch:02d}-{loss:.3f}-{accuracy}-{learning_rate}.keras'}",
        "{ModelCheckpoint: {filepath: '{epoch}-{batch}.keras', save_freq: 100}}",
        "TerminateOnNaN",
        "TensorBoard",
        "{LearningRateScheduler: {schedule: {ExponentialDecay: [0.1, 100, 0.9]}}}",
    ],
)
def test_what_heeds_no_monitor_is_left_alone(callback: str) -> None:
    callback = callback.replace("[0.1, 100, 0.9]", "{initial_learning_rate: 0.1, decay_steps: 9, decay_rate: 0.9}")
    assert problems(one(callback, fit="{epochs: 2}")) == []


def test_a_spec_that_names_no_data_may_be_validated_later() -> None:
    text = one("{EarlyStopping: {restore_best_weights: true}}", fit="{epochs: 2}")
    assert (
        problems(text.replace("data: {source: iris}", "").replace("  layers:", "  input: {shape: [4]}\n  layers:"))
        == []
    )


def test_other_ways_to_have_validation_data() -> None:
    stopping = "{EarlyStopping: {restore_best_weights: true}}"
    for data in ("{source: iris, validation: test}", "{train: {csv: a.csv}, validation: {csv: b.csv}, targets: y}"):
        text = one(stopping, fit="{epochs: 2}").replace("{source: iris}", data)
        assert problems(text.replace("  layers:", "  input: {shape: [4]}\n  layers:")) == []


@pytest.mark.parametrize(("metric", "monitor"), [("acc", "val_accuracy"), ("accuracy", "val_acc"), ("acc", "accuracy")])
def test_acc_and_accuracy_are_one(metric: str, monitor: str) -> None:
    text = one(f"{{EarlyStopping: {{monitor: {monitor}, restore_best_weights: true}}}}", metrics=f"[{metric}]")
    reading = read(text)
    assert reading.problems == ()
    assert reading.spec is not None
    (callback,) = reading.spec.callbacks
    assert callback.arguments["monitor"] == monitor.replace("accuracy", "acc").replace("acc", metric)
    assert callback.arguments["mode"] == "max"


@pytest.mark.parametrize(
    ("monitor", "mode"),
    [
        ("val_loss", "min"), ("val_kind_loss", "min"), ("size_loss", "min"), ("val_kind_accuracy", "max"),
        ("kind_auc", "max"), ("val_size_mae", "min"), ("val_size_weighted_mae", "min"), ("size_mse", "min"),
    ],
)  # fmt: skip
def test_the_direction_of_a_name_that_keras_would_not_find_is_put_in(monitor: str, mode: str) -> None:
    callback = f"{{EarlyStopping: {{monitor: {monitor}, restore_best_weights: true}}}}"
    reading = read(TWO.format(size="mse", callback=callback))
    assert [str(problem) for problem in reading.problems] == []
    assert reading.spec is not None
    assert reading.spec.callbacks[0].arguments["mode"] == mode
    assert reading.spec.content["callbacks"] == [{"EarlyStopping": {"monitor": monitor, "restore_best_weights": True}}]


def test_a_single_loss_has_no_name_of_its_own() -> None:
    callback = "{EarlyStopping: {monitor: kind_loss, restore_best_weights: true}}"
    (problem,) = problems(TWO.format(size="null", callback=callback))
    assert problem.startswith("EarlyStopping watches `kind_loss`, which is not measured")


def test_where_nobody_can_tell_what_is_better_the_mode_is_asked_for() -> None:
    stopping = "{{EarlyStopping: {{monitor: val_sum, restore_best_weights: true{more}}}}}"
    (problem,) = problems(one(stopping.format(more=""), metrics="[Sum]"))
    assert problem == (
        "Keras cannot tell whether less or more of `val_sum` is better; "
        "write `mode: min` or `mode: max` in EarlyStopping [unknown-direction]"
    )
    assert problems(one(stopping.format(more=", mode: max"), metrics="[Sum]")) == []


def test_a_mistake_elsewhere_is_not_told_twice() -> None:
    stopping = "{EarlyStopping: {monitor: val_accuracy, restore_best_weights: true}}"
    (problem,) = problems(one(stopping, metrics="[acuracy]"))
    assert problem.endswith("[unknown-component]")
