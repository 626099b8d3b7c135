import numpy as np
import pytest

from kspec.data.sources import DataError, Fields
from kspec.data.sources.fields import fingerprint_fields


def fields() -> Fields:
    return Fields({"x": np.arange(6).reshape(3, 2), "t": np.array(["a", None, "c"], dtype=object)})


def test_fields_keep_their_order_and_count_their_rows():
    assert list(fields()) == ["x", "t"]
    assert fields().rows == 3
    assert fields().primary == ("x", "t")


def test_take_and_head_keep_rows_together():
    taken = fields().take([2, 0])
    assert taken["x"].tolist() == [[4, 5], [0, 1]]
    assert taken["t"].tolist() == ["c", "a"]
    assert fields().head(2)["t"].tolist() == ["a", None]
    assert fields().head(None).rows == fields().head(9).rows == 3


def test_take_keeps_what_is_primary():
    part = Fields({"x": np.zeros(2), "column": np.zeros(2)}, primary=["x"]).take([0])
    assert part.primary == ("x",)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "there are no fields"),
        ({"x": np.zeros(())}, "field `x` is a single value, not an array of rows"),
        (
            {"x": np.zeros(1000), "y": np.zeros(999)},
            "the fields differ in their number of rows: `x` has 1,000, `y` has 999",
        ),
    ],
)
def test_fields_that_are_not_rows_are_refused(arrays, message):
    with pytest.raises(DataError) as caught:
        Fields(arrays)
    assert str(caught.value) == message


def test_fingerprint_tells_values_names_dtypes_and_parts_apart():
    def of(**arrays: object) -> str:
        return fingerprint_fields(Fields({name: np.asarray(array) for name, array in arrays.items()}))

    same = of(x=[1, 2])
    assert same == of(x=[1, 2])
    texts = [np.array(text, dtype=object) for text in (["ab", "c"], ["a", "bc"], ["None", "c"], [None, "c"])]
    others = [of(x=[2, 1]), of(y=[1, 2]), of(x=[1.0, 2.0]), of(x=[[1, 2]]), *(of(x=text) for text in texts)]
    assert len({same, *others}) == len(others) + 1
    part = Fields({"x": np.array([1, 2])})
    assert fingerprint_fields(part, part) != fingerprint_fields(part)
