import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from kspec.data.labels import class_numbers, index_labels, label_names
from kspec.data.rows import RowNames
from kspec.spec.data import FieldSpec

FIELD = FieldSpec(("kind",), path=("data", "targets"))


@given(st.lists(st.text(max_size=3), min_size=1))
def test_labels_are_numbered_as_scikit_learn_does(labels):
    targets = np.array([*labels, None], dtype=object)[:-1]
    encoder = LabelEncoder().fit(targets)
    assert label_names(targets) == tuple(encoder.classes_)
    found = index_labels(targets, label_names(targets), FIELD, RowNames("train"))
    assert found.dtype == np.int64
    assert found.tolist() == encoder.transform(targets).tolist()


def test_the_shape_stays():
    targets = np.array([["b"], ["a"]], dtype=object)
    assert index_labels(targets, ("a", "b"), FIELD, RowNames("train")).tolist() == [[1], [0]]


def test_an_unknown_label_is_named_with_its_row(problems_of):
    targets = np.array([["a"], ["a"], ["c"]], dtype=object)
    rows = RowNames("train", np.array([5, 1000, 1233]))
    (problem,) = problems_of(index_labels, targets, ("a", "b"), FIELD, rows)
    assert problem.path == FIELD.path
    assert problem.message == "no row that is trained on has the label `c` of row 1,234 of the train data"
    assert problem.hint == "the labels are `a`, `b`"


@pytest.mark.parametrize(
    "targets",
    [
        [2, 0, 1],
        [[2], [0], [1]],
        [2.0, 0.0, 1.0],
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        [[0.0, 0, 1], [1, 0, 0], [0, 1, 0]],
    ],
)
def test_classes_are_read_from_numbers_and_one_hot_rows(targets):
    assert class_numbers(np.array(targets)).tolist() == [2, 0, 1]


@pytest.mark.parametrize("targets", [[0.5], [[1, 1, 0]], [[0, 0, 0]], [[[1, 0]]], [[0.2, 0.8]]])
def test_other_targets_are_no_classes(targets):
    with pytest.raises(ValueError, match="these targets are not"):
        class_numbers(np.array(targets))
