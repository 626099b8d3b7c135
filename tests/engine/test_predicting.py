"""The compiled step that predictions are made with, against `keras.Model.predict`; and what undoes preprocessing."""

import json

import keras
import numpy as np
import pytest

from kspec.commands.opening import open_spec
from kspec.data.given.unseen import Unseen
from kspec.data.plan import Plan
from kspec.data.preprocess import Preprocessor
from kspec.engine.building.build import read_data
from kspec.engine.predicting.meaning import read_meanings
from kspec.engine.predicting.outputs import Predictor
from kspec.engine.predicting.undoing import CannotUndoError, Undoing


def rows(*shape: int) -> np.ndarray:
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("size", [1, 7, 40, 100])
def test_the_compiled_step_gives_what_keras_gives(size):
    one, two = keras.Input((3,), name="one"), keras.Input((5, 2), name="two")
    both = keras.layers.Concatenate()([one, keras.layers.LSTM(4)(two)])
    outputs = {"u": keras.layers.Dense(2, name="u")(both), "v": keras.layers.Reshape((1, 1, 7))(both)}
    model = keras.Model({"one": one, "two": two}, outputs)
    x = {"one": rows(40, 3), "two": rows(40, 5, 2)}
    found = Predictor(model, ["u", "v"], size)(x)
    for name, expected in model.predict(x, verbose=0).items():
        np.testing.assert_allclose(found[name], expected, atol=1e-6)


def test_a_model_that_takes_batches_of_one_size_gets_those():
    start = keras.Input(batch_shape=(8, 4))
    model = keras.Model(start, keras.layers.Dense(2)(start))
    x = rows(21, 4)
    found = Predictor(model, ["output"], 100)(x)["output"]
    np.testing.assert_allclose(found, keras.ops.convert_to_numpy(model.layers[-1](x)), atol=1e-6)


def preprocessor(x: np.ndarray, *steps) -> Preprocessor:
    start = tensor = keras.Input(x.shape[1:])
    for step in steps:
        if getattr(step, "input_mean", 0) is None:
            step.adapt(x if tensor is start else keras.Model(start, tensor).predict(x, verbose=0))
        tensor = step(tensor)
    return Preprocessor(keras.Model(start, tensor))


@pytest.mark.parametrize(
    "steps",
    [
        lambda: [keras.layers.Normalization()],
        lambda: [keras.layers.Normalization(axis=None)],
        lambda: [keras.layers.Normalization(mean=3.0, variance=4.0, invert=True)],
        lambda: [keras.ops.log1p, keras.layers.Normalization(), keras.layers.Rescaling([2.0, -0.5], offset=1.0)],
        lambda: [keras.ops.sqrt, keras.layers.Rescaling(0.1)],
        lambda: [keras.ops.log],
    ],
)
def test_what_preprocessing_made_of_targets_is_undone(steps):
    targets = np.abs(rows(50, 2)) * (3, 900) + 1
    layers = preprocessor(targets.astype(np.float32), *steps())
    made = layers.process(targets.astype(np.float32))
    assert np.abs(made - targets).max() > 0.1
    np.testing.assert_allclose(Undoing(layers)(made), targets, rtol=2e-4)


@pytest.mark.parametrize("step", [lambda: keras.ops.abs, lambda: keras.layers.Rescaling(0.0)])
def test_what_cannot_be_undone_says_so(step):
    with pytest.raises(CannotUndoError) as caught:
        Undoing(preprocessor(rows(5, 1), keras.layers.Rescaling(2.0), step()))
    assert caught.value.layer in ("Absolute", "Rescaling")


@pytest.mark.parametrize(
    ("targets", "loss", "kind", "labels"),
    [
        ("tags", "binary_crossentropy", "labels", ()),
        (["p", "q", "r"], "binary_crossentropy", "labels", ("p", "q", "r")),
        ("greys", "binary_crossentropy", "values", ()),
        (["p", "q", "r"], "categorical_crossentropy", "classes", ("p", "q", "r")),
    ],
)
def test_what_outputs_say_is_told_from_losses_and_targets(tmp_path, targets, loss, kind, labels):
    arrays = {"x": rows(12, 2), "tags": np.eye(3, dtype=int)[np.arange(12) % 3], "greys": np.abs(rows(12, 3)) % 1}
    arrays |= dict(zip("pqr", arrays["tags"].T, strict=True))
    spec = {
        "data": {"source": {"npz": "rows.npz"}, "inputs": "x", "targets": targets},
        "model": {"layers": [{"Dense": {"units": 3, "activation": "sigmoid"}}]},
        "compile": {"optimizer": "adam", "loss": loss},
    }
    np.savez(tmp_path / "rows.npz", **arrays)
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    opened = open_spec(tmp_path / "spec.json")
    data = read_data(opened.spec, folder=tmp_path, seed=1)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    (meaning,) = read_meanings(opened.spec, model, data.plan).values()
    assert (meaning.kind, meaning.labels) == (kind, labels)


@pytest.mark.parametrize("sequential", [False, True])
def test_categories_that_the_model_looks_up_itself_are_counted(sequential):
    from kspec.data.field_plan import FieldPlan
    from kspec.data.sources import Fields

    start = keras.Input((1,), dtype="string", name="sex")
    lookup = keras.layers.StringLookup(vocabulary=["f", "m"], output_mode="one_hot")
    model = keras.Sequential([start, lookup]) if sequential else keras.Model(start, lookup(start))
    plan = FieldPlan(("sex",), None, None, False, True, False, "string", (1,), missing="f")
    unseen = Unseen(Plan({"sex": plan}, {}, {}, {}, (), {}), model)
    for given in (["f", "x"], ["y", "x"], ["m", None]):
        unseen.count(Fields({"sex": np.array(given, dtype=object)}))
    assert list(unseen.sentences()) == ["3 of 6 rows have a `sex` that training did not see: `x`, `y`"]


def test_categories_that_were_seen_but_not_kept_are_called_so():
    from kspec.data.field_plan import FieldPlan
    from kspec.data.sources import Fields

    start = keras.Input((1,), dtype="int64", name="visits")
    lookup = keras.layers.IntegerLookup(max_tokens=3, output_mode="one_hot")
    lookup.adapt(np.array([4, 4, 4, 5, 5, 6]))
    plan = FieldPlan(("visits",), None, None, False, True, False, "int64", (1,))
    unseen = Unseen(Plan({"visits": plan}, {}, {}, {}, (), {}), keras.Model(start, lookup(start)))
    unseen.count(Fields({"visits": np.array([4, 5, 6])}))
    assert list(unseen.sentences()) == ["1 of 3 rows has a `visits` that is none of the 2 that were kept: `6`"]
