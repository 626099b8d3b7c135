"""Class numbers and one-hot rows, each made the other where a loss wants it so, with the same result."""

import numpy as np
import pytest

import kspec
from kspec.commands.train import train
from kspec.runs.events import Notice

SPEC = """
seed: 4
data: {{source: {{npz: rows.npz}}, targets: {target}}}
model:
  input: {{shape: [4]}}
  layers: [{{Dense: {{units: 8, activation: relu}}}}, {{Dense: {{units: 3, activation: softmax}}}}]
compile: {{loss: {loss}, metrics: [accuracy]}}
fit: {{epochs: 2, batch_size: 16, class_weight: {{1: 2.0}}, validation_split: 0.25}}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    random = np.random.default_rng(0)
    y = random.integers(0, 3, 80)
    np.savez(folder / "rows.npz", x=random.normal(size=(80, 4)).astype(np.float32), y=y, one_hot=np.eye(3)[y])
    found = {}
    for loss in ("sparse_categorical_crossentropy", "categorical_crossentropy"):
        for target in ("y", "one_hot"):
            spec = folder / f"{loss}_{target}.yaml"
            spec.write_text(SPEC.format(target=target, loss=loss), encoding="utf-8")
            said = []
            run = train(spec, runs=folder / "runs", observe=said.append)
            notes = [event.text for event in said if isinstance(event, Notice) and event.severity == "note"]
            found[loss, target] = (run, notes)
    return found


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_both_forms_train_alike(runs, loss):
    numbers, one_hot = runs[loss, "y"][0], runs[loss, "one_hot"][0]
    for first, second in zip(numbers.history.rows, one_hot.history.rows, strict=True):
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert first[name] == pytest.approx(second[name], abs=1e-6)
    judged = [kspec.evaluate(run) for run in (numbers, one_hot)]
    assert judged[0] == pytest.approx(judged[1], abs=1e-6)


def test_what_is_changed_is_said(runs):
    notes = {key: notes for key, (_, notes) in runs.items()}
    assert notes["sparse_categorical_crossentropy", "y"] == []
    assert notes["categorical_crossentropy", "one_hot"] == []
    assert notes["categorical_crossentropy", "y"] == [
        "the class numbers are made one-hot for `categorical_crossentropy` of the output `dense_1`"
    ]
    assert notes["sparse_categorical_crossentropy", "one_hot"] == [
        "the one-hot targets are made class numbers for `sparse_categorical_crossentropy` of the output `dense_1`"
    ]
