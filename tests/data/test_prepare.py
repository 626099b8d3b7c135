import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from kspec.data import preprocess
from kspec.data.adapting import learner
from kspec.data.plan import Plan
from kspec.data.prepare import prepare_part
from kspec.data.preprocess import as_tensor
from kspec.data.sources import Fields, csv_scan
from kspec.runs.folder import RunFolder

RANDOM = np.random.default_rng(0)
CLASSES = {
    "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
    "model": {"layers": [{"Dense": 3}]},
}
NORMAL = [{"Normalization": {}}]


@pytest.fixture
def csv(tmp_path):
    """Write a CSV file beside the spec."""

    def csv(name, header, *lines):
        (tmp_path / name).write_text("\n".join([header, *lines]) + "\n")
        return {"csv": name}

    return csv


def test_the_default_is_x_and_y(prepared):
    x, y = RANDOM.random((6, 3)), RANDOM.random(6)
    data = prepared({"x": x, "y": y})
    assert list(data.parts) == ["train"]
    np.testing.assert_array_equal(data.train.x["input"], x.astype(np.float32))
    np.testing.assert_array_equal(data.train.y["dense"], y.astype(np.float32))
    assert data.train.weights == {}
    assert data.shape("input") == (3,)


def test_without_x_every_other_number_is_the_input(prepared, csv):
    source = csv("t.csv", "a,b,y,w", "1,2.5,0,1", "3,4.5,1,2")
    data = prepared(data={"train": source, "sample_weight": "w"})
    assert data.train.x["input"].tolist() == [[1, 2.5], [3, 4.5]]
    assert data.train.weights["dense"].tolist() == [1, 2]


def test_text_among_the_numbers_is_named(prepared, csv, problems_of):
    source = csv("t.csv", "a,sex,y", "1,f,0", "3,m,1")
    (problem,) = problems_of(prepared, data={"train": source})
    assert problem.message == "the input would be every field, but `sex` is text"
    assert problem.hint == "name the fields: `inputs: [a]`"


def test_types_stay_where_models_take_them(prepared):
    images, numbers = RANDOM.integers(0, 255, (4, 2, 2)).astype(np.uint8), np.arange(4)
    data = prepared({"x": images, "y": numbers})
    assert data.train.x["input"].dtype == np.uint8
    assert data.train.y["dense"].dtype == np.int64


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float64", "float64"), ("float16", "float16"), ("int32", "int32"), ("bool", "bool"), ("bfloat16", "float32")],
)
def test_a_type_that_is_asked_for_is_given(dtype, expected, prepared):
    data = prepared({"x": np.array([[0.0], [1.0]]), "y": [0, 1]}, data={"inputs": {"field": "x", "dtype": dtype}})
    assert data.train.x["input"].dtype == expected


def test_a_type_that_would_change_a_value_is_refused(prepared, problems_of):
    arrays = {"x": np.array([[1.0], [2.5]]), "y": [0, 1]}
    (problem,) = problems_of(prepared, arrays, data={"inputs": {"field": "x", "dtype": "int32"}})
    assert problem.path == ("data", "inputs", "dtype")
    assert problem.message == "`x` is 2.5, which is no whole number, in row 2 of the train data"


def test_an_autoencoder_is_fed_what_it_is_to_give(prepared):
    x = RANDOM.integers(0, 255, (5, 2, 2)).astype(np.uint8)
    layers = [{"Rescaling": 1 / 255}, {"Reshape": [4]}]
    side = {"field": "x", "preprocess": layers}
    data = prepared({"x": x}, data={"inputs": side, "targets": side})
    np.testing.assert_array_equal(data.train.x["input"], data.train.y["dense"])
    np.testing.assert_allclose(data.train.x["input"], x.reshape(5, 4) / 255, rtol=1e-6)


def test_a_slice_cuts_the_first_axis_after_the_rows(prepared, problems_of):
    x = np.arange(24.0).reshape(4, 6)
    data = prepared(
        {"x": x}, data={"inputs": {"field": "x", "slice": [None, -1]}, "targets": {"field": "x", "slice": [-1, None]}}
    )
    np.testing.assert_array_equal(data.train.x["input"], x[:, :-1])
    np.testing.assert_array_equal(data.train.y["dense"], x[:, -1:])
    for cut, words in (([6, None], "nothing is left"), ([3, 3], "nothing is left")):
        (problem,) = problems_of(prepared, {"x": x, "y": x}, data={"inputs": {"field": "x", "slice": cut}})
        assert problem.path == ("data", "inputs", "slice")
        assert words in problem.message


def test_several_inputs_and_outputs(prepared, graph):
    a, b, u, v = RANDOM.random((9, 2)), RANDOM.random(9), RANDOM.integers(0, 3, 9), RANDOM.random((9, 1))
    data = prepared({"v": v, "u": u, "b": b, "a": a}, **graph("sparse_categorical_crossentropy"))
    x, y = data.train.feed(several_inputs=True, several_outputs=True)
    assert (list(x), list(y)) == (["a", "b"], ["u", "v"])
    np.testing.assert_array_equal(x["b"], b.astype(np.float32)[:, None])
    np.testing.assert_array_equal(y["u"], u)


def test_every_field_that_is_missing_is_named_at_its_place(prepared, graph, problems_of):
    arrays = {"age": [1.0, 2.0], "fare": [1.0, 2.0], "u": [0, 1], "v": [1.0, 2.0]}
    inputs = {"a": {"field": ["aeg", "fare"]}, "b": "fares"}
    found = problems_of(prepared, arrays, data={"inputs": inputs, "targets": {"u": "u", "v": "zz"}}, **graph())
    assert [(problem.path, problem.hint) for problem in found] == [
        (("data", "inputs", "a", "field", 0), "did you mean `age`?"),
        (("data", "inputs", "b", "field"), "did you mean `fare`?"),
        (("data", "targets", "v", "field"), "there are `age`, `fare`, `u`, `v`"),
    ]


def test_outputs_without_targets_are_named(prepared, graph, problems_of):
    found = problems_of(prepared, {"a": np.ones((2, 2)), "b": [1, 2]}, **graph())
    assert [problem.message for problem in found] == [
        "the output `u` has no targets", "the output `v` has no targets",
    ]  # fmt: skip


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused_by_field_and_row(bad, prepared, problems_of):
    a, b = np.ones(9), np.ones(9)
    a[[6, 7]], b[8] = bad, bad
    word = "missing" if np.isnan(bad) else "infinite"
    arrays = {"a": a, "b": b, "y": np.ones(9)}
    fit = {"validation_split": {"split": 0.4, "shuffle": True}}
    found = problems_of(prepared, arrays, data={"inputs": ["a", "b"]}, fit=fit)
    assert [problem.message for problem in found] == [
        f"`a` is {word} in row 7 of the train data and 1 more of 9 rows",
        f"`b` is {word} in row 9 of the train data",
    ]
    assert [problem.path[-1] for problem in found] == [0, 1]
    (problem,) = problems_of(prepared, {"x": np.ones((9, 1)), "y": a})
    assert problem.path == ("data", "targets", "field")


def test_numbers_too_large_for_a_model_are_refused_after_splitting(prepared, problems_of):
    x = np.ones((10, 1))
    x[9] = 1e300
    (problem,) = problems_of(prepared, {"x": x, "y": np.ones(10)}, fit={"validation_split": 0.2})
    assert problem.message == "`x` is 1e+300, which is too large for float32, in row 10 of the train data"


def test_missing_text_is_refused_unless_a_layer_masks_it(prepared, csv, problems_of):
    source = csv("t.csv", "sex,y", "f,0", ",1", "m,1")
    lookup = {"StringLookup": {"output_mode": "one_hot"}}
    sections = {"data": {"train": source, "inputs": {"field": "sex", "preprocess": [lookup]}}}
    (problem,) = problems_of(prepared, **sections)
    assert problem.message == "`sex` is missing in row 2 of the train data"
    assert "mask_token" in problem.hint
    lookup["StringLookup"]["mask_token"] = ""
    found = prepared(**sections).train.x["input"]
    assert found.sum(axis=1).tolist() == [1, 0, 1]


def test_text_labels_are_numbered_in_order(prepared, csv):
    source = csv("t.csv", "a,kind", "1,rose", "2,aster", "3,rose", "4,lily")
    data = prepared(data={"train": source, "targets": "kind"}, **CLASSES)
    assert data.plan.labels == {"dense": ("aster", "lily", "rose")}
    assert data.train.y["dense"].tolist() == [2, 0, 2, 1]
    assert data.train.x["input"].tolist() == [[1], [2], [3], [4]]


def test_labels_that_training_lacks_are_named_by_row_and_value(prepared, csv, problems_of):
    train = csv("train.csv", "a,kind", "1,<=50K", "2,>50K")
    test = csv("test.csv", "a,kind", "1,>50K", "2,<=50K.", "3,<=50K.")
    (problem,) = problems_of(prepared, data={"train": train, "test": test, "targets": "kind"}, **CLASSES)
    assert (problem.code, problem.path) == ("unknown-label", ("data", "targets"))
    assert (
        problem.message
        == "no row that is trained on has the label `<=50K.` of row 2 of the test data; 1 more are like it"
    )
    assert problem.hint == "did you mean `<=50K`?"


def test_truth_values_are_labels(prepared, csv):
    source = csv("t.csv", "a,y", "1,true", "2,false")
    binary = {"compile": {"optimizer": "adam", "loss": "binary_crossentropy"}}
    data = prepared(data={"train": source}, fit={"class_weight": {"true": 3}}, **binary)
    assert data.train.y["dense"].tolist() == [1.0, 0.0]
    assert data.plan.labels == {"dense": ("false", "true")}
    assert data.train.weights["dense"].tolist() == [3, 1]


def test_the_names_that_a_source_knows_are_kept(prepared):
    data = prepared(data={"source": "iris"}, fit={"class_weight": {"virginica": 2}}, **CLASSES)
    assert data.plan.labels == {"dense": ("setosa", "versicolor", "virginica")}
    assert data.train.weights["dense"].tolist() == [2.0 if label == 2 else 1.0 for label in data.train.y["dense"]]


def test_parts_come_from_their_own_sources(prepared, csv):
    parts = {
        name: csv(f"{name}.csv", "x,y", *[f"{number},{number}"] * 2)
        for number, name in enumerate(("train", "validation", "test"))
    }
    data = prepared(data=parts)
    assert {name: part.y["dense"].tolist() for name, part in data.parts.items()} == {
        "train": [0, 0],
        "validation": [1, 1],
        "test": [2, 2],
    }
    assert set(data.fingerprints) == {"train", "validation", "test"}


def test_the_test_part_may_validate(prepared, csv):
    two = {name: csv(f"{name}.csv", "x,y", "1,1", f"2,{number}") for number, name in enumerate(("train", "test"))}
    for data in (
        prepared(data={**two, "validation": "test"}),
        prepared(
            data={"source": {"random": {"rows": 9, "test_rows": 4, "x": {"shape": [1]}, "y": {}}}, "validation": "test"}
        ),
    ):
        np.testing.assert_array_equal(data.validation.x["input"], data.test.x["input"])


def test_a_source_for_a_part_gives_the_test_part_that_it_has(prepared):
    source = {"random": {"rows": 9, "test_rows": 4, "x": {"shape": [1]}, "y": {}}}
    data = prepared(data={"train": source, "validation": source, "test": source})
    assert {name: part.rows for name, part in data.parts.items()} == {"train": 9, "validation": 4, "test": 4}


def test_validation_rows_come_from_one_place(prepared, csv, problems_of):
    source = csv("t.csv", "x,y", "1,1", "2,2", "3,3")
    (problem,) = problems_of(prepared, data={"train": source, "validation": source}, fit={"validation_split": 0.5})
    assert (problem.code, problem.path) == ("two-validations", ("fit", "validation_split"))
    (problem,) = problems_of(prepared, data={"source": source, "validation": "test"})
    assert (problem.code, problem.path) == ("missing-part", ("data", "validation"))


def test_a_fallback_takes_over_and_is_told(prepared, monkeypatch, tmp_path):
    monkeypatch.setenv("KSPEC_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.utils.get_file", lambda *_, **__: (_ for _ in ()).throw(Exception("URL fetch failure")))
    data = prepared(data={"source": "reuters", "fallback": "iris"}, **CLASSES)
    assert data.shape("input") == (4,)
    assert "`iris` takes its place" in data.notice


def test_an_output_without_a_loss_has_targets_if_something_judges_it(prepared, graph):
    arrays = {"a": np.ones((2, 2)), "b": np.ones(2), "u": [0, 1], "v": [0.0, 1.0]}
    sections = graph()
    sections["compile"]["loss"]["v"] = None
    assert list(prepared(arrays, **sections).train.y) == ["u"]
    assert list(prepared(arrays, data={"targets": {"u": "u", "v": "v"}}, **sections).train.y) == ["u", "v"]
    sections["compile"]["metrics"] = {"v": ["mae"]}
    assert list(prepared(arrays, **sections).train.y) == ["u", "v"]


def test_class_weights_by_output_become_weights_of_rows(prepared, graph):
    u, v = np.array([0, 1, 1, 2, 1, 1]), np.ones(6)
    arrays = {"a": np.ones((6, 2)), "b": np.ones(6), "u": u, "v": v, "w": np.arange(1.0, 7)}
    fit = {"class_weight": {"u": "balanced"}, "sample_weight": [{"when": {"u": [0, 2]}, "weight": 0.5}]}
    sections = graph("sparse_categorical_crossentropy")
    data = prepared(arrays, data={"sample_weight": {"v": "w"}}, fit=fit, **sections)
    rule = np.where(np.isin(u, (0, 2)), 0.5, 1)
    balanced = len(u) / (3 * np.bincount(u))[u]
    np.testing.assert_allclose(data.train.weights["u"], balanced * rule, rtol=1e-6)
    np.testing.assert_allclose(data.train.weights["v"], arrays["w"] * rule, rtol=1e-6)
    only = prepared(arrays, fit={"class_weight": {"u": {"1": 4}}}, **sections).train.weights
    assert (only["u"].tolist(), only["v"].tolist()) == ([1, 4, 4, 1, 4, 4], [1.0] * 6)


def test_rules_and_fields_count_in_validation_and_classes_in_training(prepared):
    y = np.array([0, 1] * 5)
    arrays = {"x": np.ones((10, 1)), "y": y, "g": np.arange(10), "w": np.full(10, 2.0)}
    fit = {"validation_split": 0.4, "class_weight": {"1": 5}, "sample_weight": [{"when": {"g": [0, 9]}, "weight": 3}]}
    data = prepared(arrays, data={"sample_weight": "w"}, fit=fit)
    assert data.train.weights["dense"].tolist() == [6, 10, 2, 10, 2, 10]
    assert data.validation.weights["dense"].tolist() == [2, 2, 2, 6]


def test_validation_weighs_as_in_keras(prepared):
    x, y, weights = RANDOM.random((20, 2)), RANDOM.random(20), RANDOM.random(20)
    data = prepared({"x": x, "y": y, "w": weights}, data={"sample_weight": "w"}, fit={"validation_split": 0.25})
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    history = model.fit(x, y, sample_weight=weights, validation_split=0.25, epochs=1, verbose=0).history
    feed = data.validation.feed(several_inputs=False, several_outputs=False)
    loss = model.evaluate(*feed[:2], sample_weight=feed[2], verbose=0)
    assert loss == pytest.approx(history["val_loss"][0], rel=1e-5)


def test_test_rows_weigh_by_their_field_alone(prepared, csv):
    train = csv("train.csv", "x,y,w", "1,0,2", "2,1,2")
    test = csv("test.csv", "x,y,w", "1,0,3", "2,1,4")
    fit = {"class_weight": {"1": 5}, "sample_weight": [{"when": {"y": 0}, "weight": 7}]}
    data = prepared(data={"train": train, "test": test, "sample_weight": "w"}, fit=fit)
    assert data.test.weights["dense"].tolist() == [3, 4]
    bare = csv("bare.csv", "x,y", "1,0", "2,1")
    assert prepared(data={"train": train, "test": bare, "sample_weight": "w"}, fit=fit).test.weights == {}


@pytest.mark.parametrize(
    ("fit", "path"),
    [
        ({"sample_weight": [{"when": {"y": [0, 1]}, "weight": 0}]}, ("fit", "sample_weight")),
        ({"class_weight": {"0": 0, "1": 0}}, ("fit", "class_weight")),
        ({"class_weight": {"dense": {"0": 0, "1": 0}}}, ("fit", "class_weight", "dense")),
    ],
)
def test_weights_that_leave_nothing_are_refused(fit, path, prepared, problems_of):
    (problem,) = problems_of(prepared, {"x": np.ones((2, 1)), "y": [0, 1]}, fit=fit)
    assert (problem.code, problem.path) == ("bad-weight", path)


def test_an_unknown_label_is_placed_where_the_weights_are_written(prepared, problems_of):
    arrays = {"x": np.ones((2, 1)), "y": [0, 1]}
    (problem,) = problems_of(prepared, arrays, fit={"class_weight": {"dense": {"7": 2}}})
    assert problem.path == ("fit", "class_weight", "dense", "7")
    (problem,) = problems_of(prepared, arrays, fit={"class_weight": {"7": 2}})
    assert problem.path == ("fit", "class_weight", "7")


def test_a_limit_keeps_the_labels_and_weights_of_all_rows(prepared):
    y = np.zeros(1000, int)
    y[500] = 1
    x = np.arange(1000.0)[:, None]
    fit = {"class_weight": "balanced"}
    whole = prepared({"x": x, "y": y}, fit=fit).train
    few = prepared({"x": x, "y": y}, fit=fit, limit=10).train
    assert few.rows == 10
    assert few.x["input"].ravel().tolist() == [0, 111, 222, 333, 444, 555, 666, 777, 888, 999]
    assert few.weights["dense"].tolist() == [whole.weights["dense"][0]] * 10
    assert prepared({"x": x, "y": y}, fit={"class_weight": {"1": 9}}, limit=10).train.rows == 10


def test_a_limit_keeps_rare_text_labels(prepared, csv):
    source = csv("t.csv", "a,kind", *[f"{row},{'rare' if row == 5 else 'often'}" for row in range(100)])
    data = prepared(data={"train": source, "targets": "kind"}, limit=4, **CLASSES)
    assert data.plan.labels == {"dense": ("often", "rare")}
    assert data.train.y["dense"].tolist() == [0, 0, 0, 0]


def test_statistics_are_those_of_the_training_rows(prepared):
    x = RANDOM.normal(3, 2, (50, 2))
    far = np.concatenate([x[:40], x[40:] * 1000])
    sections = {"data": {"inputs": {"field": "x", "preprocess": NORMAL}}, "fit": {"validation_split": 0.2}}
    one, other = (prepared({"x": rows, "y": np.ones(50)}, **sections) for rows in (x, far))
    np.testing.assert_array_equal(one.train.x["input"], other.train.x["input"])
    np.testing.assert_allclose(one.train.x["input"].mean(axis=0), 0, atol=1e-5)
    kept = [data.plan.layers["input-input"].model.layers[-1].mean.numpy() for data in (one, other)]
    np.testing.assert_array_equal(*kept)
    np.testing.assert_allclose(kept[0].ravel(), x[:40].mean(axis=0), rtol=1e-5)


def test_a_plan_read_back_gives_the_same_bits_and_learns_nothing(prepared, csv, tmp_path):
    lines = [f"{RANDOM.random()},{word},{kind}" for word, kind in zip("abcab" * 6, "rrsst" * 6, strict=True)]
    source = csv("t.csv", "n,word,kind", *lines)
    inputs = {
        "a": {"field": "n", "preprocess": NORMAL},
        "b": {"field": "word", "preprocess": [{"StringLookup": {"output_mode": "one_hot"}}]},
    }
    layers = [{"Concatenate": None, "from": ["a", "b"]}, {"Dense": 3}]
    model = {"inputs": {"a": {"shape": [1]}, "b": {"shape": [4]}}, "layers": layers}
    sections = {**CLASSES, "model": model, "data": {"train": source, "inputs": inputs, "targets": "kind"}}
    first = prepared(**sections)
    run = RunFolder(tmp_path / "run-1")
    run.path.mkdir()
    first.plan.save(run)
    plan = Plan.load(run)
    assert json.loads(run.labels.read_text()) == {"dense": ["r", "s", "t"]}
    # Other rows than those that were learnt from: what is learnt anew would differ.
    csv("t.csv", "n,word,kind", "100,a,s", "200,z,r")
    again = prepared(plan=plan, **sections)
    assert again.plan.layers is plan.layers
    assert again.train.y["dense"].tolist() == [1, 0]
    assert again.train.x["b"].argmax(axis=1).tolist()[1] == 0
    assert again.train.x["a"].min() > 50
    csv("t.csv", "n,word,kind", *lines)
    again = prepared(plan=plan, **sections)
    for side in ("x", "y"):
        for name, array in getattr(first.train, side).items():
            found = getattr(again.train, side)[name]
            assert (found.dtype, found.tobytes()) == (array.dtype, array.tobytes())


def test_rows_from_elsewhere_may_be_reordered_and_have_more(prepared, problems_of, tmp_path):
    data = prepared({"a": [1.0, 2.0], "b": [3.0, 4.0], "y": [0.0, 1.0]}, data={"inputs": ["a", "b"]})
    more = Fields({"zzz": np.array([1, 2]), "b": np.array([30, 40]), "a": np.array([10, 20])})
    assert data.plan.x(more, "given")["input"].tolist() == [[10, 30], [20, 40]]
    (problem,) = problems_of(data.plan.x, Fields({"b": np.ones(2), "aa": np.ones(2)}), "given")
    assert (problem.message, problem.hint) == ("the data has no field `a`", "did you mean `aa`?")
    (problem,) = problems_of(data.plan.y, more, "given")
    assert problem.message == "the data has no field `y`"


@pytest.mark.parametrize(
    ("trained", "given", "expected"),
    [
        ([1, 2], [3.0, 4.0], [3, 4]),
        ([1.5, 2.0], [3, 4], [3.0, 4.0]),
        ([1.5, 2.0], ["3", "4.5"], [3.0, 4.5]),
    ],
)
def test_later_rows_take_the_type_that_training_saw(trained, given, expected, prepared):
    plan = prepared({"x": trained, "y": [0, 1]}).plan
    given = np.array(given, dtype=object if isinstance(given[0], str) else None)
    assert plan.x(Fields({"x": given}), "given")["input"].ravel().tolist() == expected


@pytest.mark.parametrize(
    ("trained", "given", "message"),
    [
        ([1, 2], [3.0, 4.5], "`x` is 4.5, which is no whole number, in row 2 of the new data"),
        ([1.5, 2.0], ["3", "abc"], "`x` is `abc`, which is no number, in row 2 of the new data"),
        ([1.5, 2.0], [[1.0, 2.0]], "in the new data a row of `x` has the shape (2,), in training it has (1,)"),
        ([1.5, 2.0], [1.0, np.nan], "`x` is missing in row 2 of the new data"),
    ],
)
def test_later_rows_of_another_kind_are_refused(trained, given, message, prepared, problems_of):
    plan = prepared({"x": trained, "y": [0, 1]}).plan
    given = np.array(given, dtype=object if isinstance(given[0], str) else None)
    (problem,) = problems_of(plan.x, Fields({"x": given}), "new")
    assert problem.message == message


def test_a_file_is_judged_with_its_targets(prepared, spec_of):
    arrays = {"x": np.ones((2, 1)), "y": [0.0, 1.0]}
    fit = {"sample_weight": [{"when": {"y": 1}, "weight": 9}]}
    data = prepared(arrays, fit=fit)
    part = prepare_part(spec_of(arrays, fit=fit), Fields({"x": np.ones(3), "y": np.arange(3.0)}), data.plan, "train")
    assert part.y["dense"].tolist() == [0, 1, 2]
    assert part.weights == {}


def test_problems_of_a_kept_plan_have_the_places_of_the_spec(prepared, csv, problems_of):
    source = csv("t.csv", "a,kind", "1,x", "2,y")
    sections = {"data": {"train": source, "targets": {"field": "kind"}}, **CLASSES}
    plan = replace(prepared(**sections).plan, paths={})
    csv("t.csv", "a,kind", "1,x", "2,z")
    (problem,) = problems_of(prepared, plan=plan, **sections)
    assert (problem.code, problem.path) == ("unknown-label", ("data", "targets"))


def test_rows_set_apart_at_the_end_are_not_copied(spec_of, prepared):
    x = RANDOM.random((100, 4)).astype(np.float32)
    data = prepared({"x": x, "y": np.ones(100, np.float32)}, fit={"validation_split": 0.2})
    assert np.shares_memory(data.train.x["input"].base, data.validation.x["input"].base)


@pytest.mark.parametrize("memory", ["1 kB", "1 GB"])
def test_validation_rows_teach_nothing(prepared, tmp_path, memory):
    numbers, learnt = RANDOM.normal(3, 2, 500), []
    for factor in (1, 1000):
        values = numbers.copy()
        values[400:] *= factor
        rows = [f"{value},{word},{value}" for value, word in zip(values, ["a", "b"] * 200 + ["c"] * 100, strict=True)]
        (tmp_path / "t.csv").write_text("n,w,y\n" + "\n".join(rows) + "\n")
        data = prepared(
            data={
                "train": {"csv": "t.csv"},
                "inputs": {
                    "n": {"field": "n", "preprocess": NORMAL},
                    "w": {"field": "w", "preprocess": [{"StringLookup": {}}]},
                },
            },
            model={"inputs": {"n": {}, "w": {}}, "layers": [{"Concatenate": None, "from": ["n", "w"]}, {"Dense": 1}]},
            fit={"validation_split": 0.2},
            runtime={"memory": memory},
        )
        assert (type(data.train).__name__ == "StreamedPart") == (memory == "1 kB")
        normal, words = (data.plan.layers[f"input-{name}"].model.layers[-1] for name in ("n", "w"))
        learnt.append((float(normal.mean[0, 0]), float(normal.variance[0, 0]), words.get_vocabulary()))
    assert learnt[0] == learnt[1]
    assert learnt[0][0] == pytest.approx(numbers[:400].mean(), rel=1e-6)
    assert learnt[0][1] == pytest.approx(numbers[:400].var(), rel=1e-6)
    assert learnt[0][2] == ["[UNK]", "b", "a"]


def test_layers_learn_from_pieces_what_they_learn_from_all_rows():
    numbers, words = RANDOM.normal(5, 2, (900, 2)).astype(np.float32), RANDOM.choice(["a b", "b c d", "e"], (900, 1))
    words = words.astype(object)
    made = {
        "Normalization": (keras.layers.Normalization, numbers),
        "axis": (lambda: keras.layers.Normalization(axis=None), numbers),
        "StringLookup": (keras.layers.StringLookup, words),
        "IntegerLookup": (keras.layers.IntegerLookup, (numbers * 2).astype(np.int64)),
        "TextVectorization": (lambda: keras.layers.TextVectorization(output_mode="tf_idf"), words[:, 0]),
        "Discretization": (lambda: keras.layers.Discretization(num_bins=4, epsilon=0.001), numbers),
    }
    for name, (make, rows) in made.items():
        whole, pieced = make(), make()
        whole.adapt(as_tensor(rows))
        learning = learner(pieced)
        for piece in np.array_split(rows, 7):
            learning.see(piece)
        learning.end()
        found, expected = (np.asarray(layer(as_tensor(rows[:50]))) for layer in (pieced, whole))
        if name == "Discretization":  # its bins are approximate, and depend on how rows come
            assert (found != expected).mean() < 0.05
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("memory", ["1 kB", "1 GB"])
def test_something_stands_in_for_what_is_missing(prepared, tmp_path, memory):
    rows = [f"{n if n % 5 else ''},{n * 2 if n % 3 else ''},{'ab'[n % 2] if n % 4 else ''},{n}" for n in range(200)]
    (tmp_path / "t.csv").write_text("n,m,w,y\n" + "\n".join(rows) + "\n")
    sections = {
        "data": {
            "train": {"csv": "t.csv"},
            "inputs": {
                "n": {"field": ["n", "m"], "missing": "mean"},
                "w": {"field": "w", "missing": "none", "preprocess": [{"StringLookup": {}}]},
                "zero": {"field": "n", "missing": 0},
            },
        },
        "model": {
            "inputs": {"n": {}, "w": {}, "zero": {}},
            "layers": [{"Concatenate": None, "from": ["n", "w", "zero"]}, {"Dense": 1}],
        },
        "fit": {"validation_split": 0.5},
        "runtime": {"memory": memory},
    }
    data = prepared(**sections)
    n = np.array([n if n % 5 else np.nan for n in range(200)])
    m = np.array([n * 2 if n % 3 else np.nan for n in range(200)])
    means = np.nanmean(n[:100]), np.nanmean(m[:100])
    for part, rows in (("train", slice(100)), ("validation", slice(100, 200))):
        pieces = list(data.parts[part].pieces())
        x, zero = (np.concatenate([piece.x[name] for piece in pieces]) for name in ("n", "zero"))
        expected = np.stack([np.where(np.isnan(v), mean, v) for v, mean in zip((n, m), means, strict=True)], axis=1)
        np.testing.assert_allclose(x, expected[rows], rtol=1e-6)
        np.testing.assert_allclose(zero[:, 0], np.nan_to_num(n)[rows], rtol=1e-6)
    assert "none" in data.plan.layers["input-w"].model.layers[-1].get_vocabulary()
    folder = RunFolder(tmp_path / "run")
    data.plan.save(folder)
    assert Plan.load(folder).inputs == data.plan.inputs


def test_what_cannot_stand_in(prepared, csv, problems_of):
    source = csv("t.csv", "a,y", "1,0", ",1", "inf,1")
    (problem,) = problems_of(prepared, data={"train": source, "inputs": {"field": "a", "missing": "none"}})
    assert (problem.code, problem.message) == ("missing-value", "`a` is infinite in row 3 of the train data")
    source = csv("t.csv", "a,y", "1,0", ",1")
    (problem,) = problems_of(prepared, data={"train": source, "inputs": {"field": "a", "missing": "none"}})
    assert (problem.code, problem.message) == ("bad-field", "`a` is a number, and `none` is text")


def test_fields_that_nothing_uses_are_not_read_again(prepared, csv, monkeypatch):
    rows = [f"{n},{n * 2},{n % 3},text {n},{n % 2 + 1}" for n in range(40)]
    source = csv("t.csv", "a,b,y,note,w", *rows)
    data = {"train": source, "inputs": {"field": "a", "preprocess": NORMAL}, "targets": "y", "sample_weight": "w"}
    fit = {"sample_weight": [{"when": {"b": 2}, "weight": 3.0}]}
    held, read, parse = prepared(data=data, fit=fit).train, [], csv_scan.parse

    def noted(block, *, columns, **how):
        read.append(set(columns))
        return parse(block, columns=columns, **how)

    monkeypatch.setattr(csv_scan, "parse", noted)
    train = prepared(data=data, fit=fit, runtime={"memory": "100 B"}).train
    assert {"a", "b", "y", "note", "w"} in read
    read.clear()
    pieces = list(train.pieces())
    assert read == [{"a", "b", "y", "w"}]
    np.testing.assert_array_equal(np.concatenate([piece.weights["dense"] for piece in pieces]), held.weights["dense"])
    np.testing.assert_array_equal(np.concatenate([piece.x["input"] for piece in pieces]), held.x["input"])
    assert train.raw.look_up(np.array([3]))["note"].tolist() == ["text 3"]


@pytest.mark.parametrize(
    "layers",
    [
        [{"Normalization": {}}],
        [{"Rescaling": {"scale": 0.3, "offset": -1}}, {"Discretization": {"bin_boundaries": [-0.5, 0.0, 0.5]}}],
        [{"Discretization": {"bin_boundaries": [-0.5, 0.5]}}, {"CategoryEncoding": {"num_tokens": 3}}],
    ],
)
def test_layers_give_the_same_bits_however_many_rows_pass_at_once(layers, prepared, monkeypatch):
    x = RANDOM.normal(size=(20_000, 1 if len(layers) > 1 else 3))
    data = {"inputs": {"field": "x", "preprocess": layers}, "targets": "y"}
    at_once = prepared({"x": x, "y": np.zeros(len(x))}, data=data).train.x["input"]
    monkeypatch.setattr(preprocess, "_VALUES", 1)
    piecewise = prepared({"x": x, "y": np.zeros(len(x))}, data=data).train.x["input"]
    assert at_once.dtype == piecewise.dtype
    np.testing.assert_array_equal(at_once, piecewise)


def test_few_rows_of_a_folder_read_few_of_its_files(prepared, tmp_path):
    for number in range(130):
        path = tmp_path / "texts" / ("rare" if 70 <= number < 80 else "often") / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text {number}")
    told = []
    words = [{"TextVectorization": {"output_mode": "multi_hot", "max_tokens": 5}}]
    sections = {
        "data": {"source": {"texts": "texts"}, "inputs": {"field": "text", "preprocess": words}, "targets": "label"},
        "model": {"layers": [{"Dense": {"units": 2, "activation": "softmax"}}]},
        "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
    }
    half = {"validation_split": {"split": 0.5, "shuffle": True}}
    data = prepared(limit=5, progress=lambda *given: told.append(given), fit=half, **sections)
    assert (data.train.rows, data.validation.rows) == (5, 5)
    assert data.plan.labels == {"dense": ("often", "rare")}
    assert 20 <= told[-1][2] <= 36
    counted = {"validation_split": {"split": 110, "shuffle": True}}
    prepared(limit=5, progress=lambda *given: told.append(given), fit=counted, **sections)
    assert told[-1][2] == 130


def test_classes_that_a_lookup_makes_are_weighed_by_their_names(prepared, problems_of):
    arrays = {"x": np.arange(6.0)[:, None], "y": np.array(["Rome", "Oslo", "Rome", "Bern", "Oslo", "Rome"])}
    lookup = {"StringLookup": {"output_mode": "one_hot", "num_oov_indices": 0}}
    model = {"layers": [{"Dense": {"units": 3, "activation": "softmax"}}]}
    sections = {
        "data": {"targets": {"field": "y", "preprocess": [lookup]}}, "model": model,
        "compile": {"optimizer": "adam", "loss": "categorical_crossentropy"},
    }  # fmt: skip
    train = prepared(arrays, fit={"class_weight": {"Oslo": 3, "Bern": 0.5}}, **sections).train
    assert train.weights["dense"].tolist() == [1, 3, 1, 0.5, 3, 1]
    (problem,) = problems_of(prepared, arrays, fit={"class_weight": {"Osla": 3}}, **sections)
    assert problem.hint == "did you mean `Oslo`?"
    numbers = {"x": arrays["x"], "y": np.array([5, 7, 5, 9, 7, 5])}
    sections["data"]["targets"]["preprocess"] = [{"IntegerLookup": {"output_mode": "one_hot", "num_oov_indices": 0}}]
    train = prepared(numbers, fit={"class_weight": {"7": 3}}, **sections).train
    assert train.weights["dense"].tolist() == [1, 3, 1, 1, 3, 1]


@pytest.mark.parametrize("memory", ["1 GB", "1 KB"])
def test_a_label_that_only_validation_rows_have_is_a_class_all_the_same(prepared, csv, memory):
    source = csv("t.csv", "a,kind", *[f"{row},{'late' if row > 90 else 'often'}" for row in range(100)])
    data = prepared(
        data={"train": source, "targets": "kind"}, fit={"validation_split": 0.2},
        runtime={"memory": memory}, **CLASSES,
    )  # fmt: skip
    assert data.plan.labels == {"dense": ("late", "often")}
    held = np.concatenate([piece.y["dense"] for piece in data.validation.pieces()])
    assert held.tolist() == [*[1] * 11, *[0] * 9]


@pytest.mark.parametrize(
    ("layers", "by_hand"),
    [
        ([{"Rescaling": 0.5}, {"Reshape": [16]}], lambda rows: rows.reshape(-1, 16) * np.float32(0.5)),
        ([{"Flatten": {}}, {"Rescaling": {"scale": 2.0, "offset": -1}}], lambda rows: rows.reshape(-1, 16) * 2 - 1),
    ],
)
def test_bytes_stay_bytes_until_the_model_is_fed(layers, by_hand, prepared):
    pixels = RANDOM.integers(0, 256, (50, 4, 4)).astype("uint8")
    data = {"inputs": {"field": "x", "preprocess": layers}, "targets": "y"}
    part = prepared({"x": pixels, "y": np.arange(50) % 2}, data=data).train
    kept, expected = part.x["input"], by_hand(pixels.astype("float32"))
    assert kept.nbytes == pixels.nbytes and kept.dtype == np.float32 and kept.shape == (50, 16)
    np.testing.assert_array_equal(np.asarray(kept), expected)
    np.testing.assert_array_equal(np.asarray(kept[7:9]), expected[7:9])
    np.testing.assert_array_equal(part.take(np.array([3, 1])).inputs["input"], expected[[3, 1]])


def test_what_would_not_be_the_same_by_batches_is_made_at_once(prepared):
    pixels = RANDOM.integers(0, 256, (50, 4, 4, 1)).astype("uint8")
    for layers in ([{"Resizing": {"height": 2, "width": 2}}], [{"Rescaling": 1e38}, {"Rescaling": 1e-38}]):
        data = {"inputs": {"field": "x", "preprocess": layers}, "targets": "y"}
        assert isinstance(
            prepared({"x": pixels // 100, "y": np.arange(50) % 2}, data=data).train.x["input"], np.ndarray
        )
