import numpy as np
import pytest

from kspec.data.columns import default_fields, gather
from kspec.data.gaps import check_complete
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.spec.data import FieldSpec

ROWS = RowNames("train")
FIELDS = Fields(
    {
        "a": np.array([1, 2]),
        "b": np.array([0.5, 1.5]),
        "wide": np.array([[10, 11], [20, 21]], np.uint8),
        "image": np.zeros((2, 4, 4)),
        "t": np.array(["x", None], dtype=object),
        "s": np.array([b"x", b"y"]),
    }
)


def field(*names, **settings):
    return FieldSpec(names, path=("data", "inputs", "i"), **settings)


def test_columns_stand_side_by_side():
    found = gather(FIELDS, field("a", "wide", "b"), ROWS, column=True)
    assert found.tolist() == [[1, 10, 11, 0.5], [2, 20, 21, 1.5]]
    assert gather(FIELDS, field("a", "b"), ROWS, column=False).shape == (2, 2)


def test_one_value_a_row_is_a_column_where_a_model_wants_one():
    assert gather(FIELDS, field("a"), ROWS, column=True).shape == (2, 1)
    assert gather(FIELDS, field("a"), ROWS, column=False).shape == (2,)
    assert gather(FIELDS, field("wide"), ROWS, column=True) is FIELDS["wide"]


def test_bytes_are_text():
    assert gather(FIELDS, field("s"), ROWS, column=False).tolist() == ["x", "y"]


def test_text_made_of_numbers_stands_beside_text():
    found = gather(FIELDS, field("a", "t", dtype="string"), ROWS, column=True)
    assert found.tolist() == [["1", "x"], ["2", None]]


@pytest.mark.parametrize(
    ("wanted", "path", "words"),
    [
        (field("a", "t"), ("field", 1), "`t` is text and cannot stand beside numbers"),
        (field("a", "image"), (), "`a` (), `image` (4, 4)"),
        (field("a", slice=(0, 1)), ("slice",), "nothing to cut"),
        (field("t", "q", "zz"), ("field", 1), "no field `q`"),
        (field("b", dtype="int32"), ("dtype",), "`b` is 0.5, which is no whole number, in row 1 of the train data"),
    ],
)
def test_what_does_not_go_together_is_refused(wanted, path, words, problems_of):
    problem = problems_of(gather, FIELDS, wanted, ROWS, column=True)[0]
    assert problem.path == ("data", "inputs", "i", *path)
    assert words in problem.message


def test_only_what_is_left_must_be_complete():
    fields = Fields({"w": np.array([[np.nan, 1.0], [2.0, 3.0]])})
    (problem,) = check_complete(fields, field("w"), ROWS)
    assert problem.message == "`w` is missing in row 1 of the train data"
    assert check_complete(fields, field("w", slice=(1, None)), ROWS) == []


def test_missing_text_may_be_wanted():
    (problem,) = check_complete(FIELDS, field("t"), ROWS)
    assert problem.message == "`t` is missing in row 2 of the train data"
    assert check_complete(FIELDS, field("t"), ROWS, masked=True) == []


def test_the_default_is_x_else_all_that_is_left():
    assert default_fields(Fields({"x": np.ones(1), "z": np.ones(1)}), ()) == ("x",)
    table = Fields({"a": np.ones(1), "b": np.ones(1), "y": np.ones(1), "c": np.ones(1)}, primary=("a", "b", "y"))
    assert default_fields(table, ("y",)) == ("a", "b")
