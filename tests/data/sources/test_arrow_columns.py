import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from kspec.data.sources.arrow_columns import ColumnError, as_array

NOON = datetime.datetime(2020, 1, 31, 12)
ZONE = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("column", "dtype", "values"),
    [
        (pa.array([1, 2], pa.uint8()), "uint8", [1, 2]),
        (pa.array([1, None], pa.uint8()), "float64", [1.0, None]),
        (pa.array([True, False]), "bool", [True, False]),
        (pa.array([True, None]), "float64", [1.0, None]),
        (pa.array([1.5, None], pa.float32()), "float32", [1.5, None]),
        (pa.array([None, None]), "float64", [None, None]),
        (pa.array(["a", None], pa.large_string()), "object", ["a", None]),
        (pa.array(["a", None], pa.string_view()), "object", ["a", None]),
        (pa.array(["b", "a", "b", None]).dictionary_encode(), "object", ["b", "a", "b", None]),
        (pa.array([7, 8]).dictionary_encode(), "int64", [7, 8]),
        (pa.array([Decimal("1.50"), None]), "float64", [1.5, None]),
        (pa.array([datetime.date(2020, 1, 31), None]), "object", ["2020-01-31", None]),
        (pa.array([NOON]), "object", ["2020-01-31T12:00:00"]),
        (
            pa.array([NOON, NOON.replace(microsecond=5)]),
            "object",
            ["2020-01-31T12:00:00", "2020-01-31T12:00:00.000005"],
        ),
        (pa.array([NOON.replace(tzinfo=ZONE)]), "object", ["2020-01-31T10:00:00+00:00"]),
        (pa.array([datetime.time(1, 2, 3)]), "object", ["01:02:03"]),
        (pa.array([datetime.timedelta(seconds=1.5), None]), "float64", [1.5, None]),
        (pa.array([[1, 2], [3, 4]]), "int64", [[1, 2], [3, 4]]),
        (pa.array([[1, 2], None]), "float64", [[1.0, 2.0], [None, None]]),
        (pa.array([[1, None]], pa.list_(pa.int8(), 2)), "float64", [[1.0, None]]),
        (pa.array([[1.5], [2.5]], pa.large_list(pa.float32())), "float32", [[1.5], [2.5]]),
        (pa.array([["a"], ["b"], None]), "object", [["a"], ["b"], [None]]),
        (pa.array([[[1, 2], [3, 4]]]), "int64", [[[1, 2], [3, 4]]]),
        (pa.array([[], []], pa.list_(pa.int64())), "int64", [[], []]),
    ],
)
def test_columns_are_arrays(column, dtype, values):
    for given in (column, pa.chunked_array([column[:1], column[1:]])):
        array = as_array(given)
        assert array.dtype == dtype
        found = array.tolist() if dtype == "object" else _without_nan(array)
        assert found == values


def _without_nan(array):
    done = array.astype(object)
    if array.dtype.kind == "f":
        done[np.isnan(array)] = None
    return done.tolist()


def test_a_piece_without_gaps_is_as_those_with_them():
    assert as_array(pa.array([1, 2]), gaps=True).dtype == np.float64
    assert as_array(pa.array([True]), gaps=True).tolist() == [1.0]
    assert as_array(pa.array([[1]]), gaps=True).dtype == np.float64
    assert as_array(pa.array([1, 2]), kind=pa.float64()).dtype == np.float64
    with pytest.raises(ColumnError, match="does not become int64: Integer value 9223372036854775808 not in range"):
        as_array(pa.array([2**63], pa.uint64()), kind=pa.int64())
    nothing = as_array(pa.nulls(2), kind=pa.list_(pa.string()), shape=(3,))
    assert nothing.tolist() == [[None] * 3] * 2
    assert as_array(pa.chunked_array([], pa.list_(pa.int64())), shape=(2,)).shape == (0, 2)


@pytest.mark.parametrize(
    ("column", "row", "message"),
    [
        (pa.array([b"a"]), None, "holds bytes (binary), which no field can hold"),
        (pa.array([b"a"], pa.binary(1)), None, "holds bytes (fixed_size_binary[1]), which no field can hold"),
        (pa.array([[{"a": 1}]]), None, "holds lists of objects, which no field can hold"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())), None, "is of type map<string, int8>, which no field "
         "can hold"),
        (pa.array([None, [1], None, [1, 2]]), 3, "has 2 values, and 1 in the rows before: its lists must be of equal "
         "length"),
        (pa.array([[[1], [2]], [[1], [1, 2]]]), 1, "has 2 values, and 1 in the rows before: its lists must be of equal "
         "length"),
        (pa.array([b"a", None, b"\xe9"]).view(pa.string()), 2, "is text that is not UTF-8"),
        (pa.array([None], pa.list_(pa.int8())), 0, "is missing, so that nothing shows how long its lists are"),
    ],
)  # fmt: skip
def test_what_no_field_can_hold_is_told_with_its_row(column, row, message):
    with pytest.raises(ColumnError) as caught:
        as_array(column)
    assert (caught.value.row, caught.value.reason) == (row, message)
