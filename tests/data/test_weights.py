import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from kspec.data.class_weights import ClassCounts
from kspec.data.class_weights import class_weights as rows_by_class
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.weight_rules import check_matched, rule_weights
from kspec.data.weights import combine, field_weights
from kspec.spec.sections import WeightRule

PATH = ("fit", "class_weight")


def class_weights(targets, given, names, path, **more):
    counts = ClassCounts()
    for half in np.array_split(targets, 2):
        counts.see(half, path)
    return rows_by_class(targets, counts.weights(given, names, path, **more), path)


def rules(*given):
    return tuple(WeightRule(when=when, weight=weight) for when, weight in given)


@pytest.mark.parametrize("form", ["numbers", "column", "one-hot", "float"])
def test_balanced_is_what_scikit_learn_computes(form):
    classes = np.random.default_rng(0).choice([0, 1, 3], 200, p=[0.7, 0.2, 0.1])
    expected = dict(zip((0, 1, 3), compute_class_weight("balanced", classes=np.array([0, 1, 3]), y=classes)))  # noqa: B905
    targets = {"numbers": classes, "column": classes[:, None], "one-hot": np.eye(4)[classes], "float": classes * 1.0}
    found = class_weights(targets[form], "balanced", (), PATH)
    np.testing.assert_allclose(found, [expected[label] for label in classes], rtol=1e-6)
    assert found.dtype == np.float32


def test_classes_left_out_weigh_one():
    assert class_weights(np.array([0, 1, 2, 1]), {"1": 5.0}, (), PATH).tolist() == [1, 5, 1, 5]
    assert class_weights(np.array([0.0, 1.0]), {"1.0": 5.0}, (), PATH).tolist() == [1, 5]


def test_a_class_goes_by_its_name_or_its_number():
    targets = np.array([0, 1, 2])
    names = ("setosa", "versicolor", "virginica")
    assert class_weights(targets, {"virginica": 3.0, "0": 2.0}, names, PATH).tolist() == [2, 1, 3]


def test_a_text_label_goes_by_its_name_alone(problems_of):
    targets, names = np.array([0, 1]), ("10", "2")
    assert class_weights(targets, {"2": 7.0}, names, PATH, numbered=False).tolist() == [1, 7]
    (problem,) = problems_of(class_weights, targets, {"0": 7.0}, names, PATH, numbered=False)
    assert (problem.path, problem.hint) == ((*PATH, "0"), "did you mean `10`?")


def test_every_unknown_label_is_named(problems_of):
    found = problems_of(class_weights, np.array([0, 1]), {"virginca": 2.0, "9": 1.0}, ("setosa", "virginica"), PATH)
    assert [problem.path[-1] for problem in found] == ["virginca", "9"]
    assert found[0].hint == "did you mean `virginica`?"
    assert found[1].hint == "the labels are `setosa`, `virginica`"


@pytest.mark.parametrize("targets", [[0.5, 1.0], [[1, 1], [0, 1]], [[[0], [1]], [[1], [0]]], [[0, 0], [0, 1]]])
def test_targets_that_are_no_classes_have_no_class_weights(targets, problems_of):
    (problem,) = problems_of(class_weights, np.array(targets), "balanced", (), PATH)
    assert (problem.code, problem.path) == ("not-classes", PATH)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"n": 1}, [1, 0, 0, 1]),
        ({"n": "1"}, [1, 0, 0, 1]),
        ({"n": 1.0}, [1, 0, 0, 1]),
        ({"n": [1, 3]}, [1, 0, 1, 1]),
        ({"n": (1, "x", None)}, [1, 0, 0, 1]),
        ({"u": 255}, [0, 0, 0, 1]),
        ({"u": [-1, 300, 1.5, 255]}, [0, 0, 0, 1]),
        ({"big": 2**53 + 1}, [0, 1, 0, 0]),
        ({"f": 0.5}, [1, 0, 0, 0]),
        ({"f": None}, [0, 1, 0, 0]),
        ({"f": [None, 2]}, [0, 1, 1, 0]),
        ({"t": "a"}, [1, 0, 0, 0]),
        ({"t": None}, [0, 0, 0, 1]),
        ({"t": 5}, [0, 0, 1, 0]),
        ({"t": "5"}, [0, 0, 1, 0]),
        ({"b": True}, [1, 1, 0, 0]),
        ({"b": "false"}, [0, 0, 1, 1]),
        ({"c": 2}, [0, 1, 0, 0]),
        ({"n": 1, "t": "a"}, [1, 0, 0, 0]),
    ],
)
def test_a_rule_matches_equal_values(wanted, expected):
    fields = Fields(
        {
            "n": np.array([1, 2, 3, 1]),
            "u": np.array([0, 1, 2, 255], np.uint8),
            "big": np.array([2**53, 2**53 + 1, 0, 0]),
            "f": np.array([0.5, np.nan, 2.0, 3.0], np.float32),
            "t": np.array(["a", "b", "5", None], object),
            "b": np.array([True, True, False, False]),
            "c": np.array([[1], [2], [3], [4]]),
        }
    )
    assert rule_weights(fields, rules((wanted, 4.0))).tolist() == [4.0 if hit else 1.0 for hit in expected]


def test_rules_multiply():
    fields = Fields({"y": np.array([0, 1, 1]), "g": np.array([0, 0, 1])})
    assert rule_weights(fields, rules(({"y": 1}, 2), ({"g": 1}, 0.25))).tolist() == [1, 2, 0.5]


def test_rules_that_cannot_be_are_all_refused(problems_of):
    fields = Fields({"age": np.array([1, 2]), "wide": np.ones((2, 2))})
    given = rules(({"aeg": 1}, 2), ({"gea": 9}, 2))
    found = problems_of(rule_weights, fields, given)
    assert [(problem.code, problem.path[2:]) for problem in found] == [
        ("unknown-field", (0, "when", "aeg")),
        ("unknown-field", (1, "when", "gea")),
    ]
    assert found[0].hint == "did you mean `age`?"
    (problem,) = problems_of(rule_weights, fields, rules(({"wide": 1}, 2)))
    assert (problem.code, problem.path) == ("bad-rule", ("fit", "sample_weight", 0, "when", "wide"))


def test_a_rule_matches_rows_of_any_piece(problems_of):
    given, matched = rules(({"age": 1}, 2), ({"age": 2}, 2), ({"age": 3}, 2)), set()
    for ages in ([1, 4], [4, 3]):
        rule_weights(Fields({"age": np.array(ages)}), given, matched=matched)
    (problem,) = problems_of(check_matched, given, matched)
    assert (problem.code, problem.path[2:]) == ("rule-without-rows", (1, "when"))


def test_rows_of_another_file_need_not_match():
    fields = Fields({"age": np.array([1, 2])})
    given = rules(({"aeg": 1}, 2), ({"age": 9}, 2), ({"age": 2}, 3))
    assert rule_weights(fields, given, training=False).tolist() == [1, 3]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_weight_is_finite_and_not_negative(bad, problems_of):
    (problem,) = problems_of(field_weights, np.array([1.0, bad]), ("w",), RowNames("train", np.array([4, 8])))
    assert problem.path == ("w",)
    assert problem.message.endswith("in row 9 of the train data")


@pytest.mark.parametrize("values", [np.ones((3, 2)), np.array(["1", "2"], object)])
def test_a_weight_is_one_number(values, problems_of):
    (problem,) = problems_of(field_weights, values, ("w",), RowNames("train"))
    assert problem.message == "a sample weight is one number for each row"


def test_weights_are_multiplied():
    one, other = np.array([1, 2], np.float32), np.array([3, 0.5], np.float32)
    assert combine(one, None, other).tolist() == [3, 1]
    assert combine(None, None) is None
