import numpy as np
import pytest

from kspec.data.values import MisfitError, as_model_takes, cast, gaps, texts


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gaps_finds_what_is_not_finite(bad):
    rows = np.ones((4, 3), np.float32)
    assert gaps(rows) is None
    rows[2, 1] = bad
    assert np.argwhere(gaps(rows)).tolist() == [[2, 1]]


def test_gaps_is_not_misled_by_sums():
    assert gaps(np.array([1e308, 1e308])) is None
    assert gaps(np.array([3e38, 3e38], np.float32)) is None
    assert gaps(np.array([np.inf, -np.inf])).all()


def test_gaps_finds_missing_text():
    assert gaps(np.array(["", "a"], object)) is None
    assert gaps(np.array(["a", None, np.nan], object)).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("given", "dtype", "expected"),
    [
        ([1.0, 2.0], "int32", [1, 2]),
        (["1", "2"], "int64", [1, 2]),
        (["1.5", "-2e3"], "float32", [1.5, -2000.0]),
        (["true", "False"], "bool", [True, False]),
        ([0, 1], "bool", [False, True]),
        ([True, False], "float32", [1.0, 0.0]),
        ([255, 0], "uint8", [255, 0]),
        ([7, 1], "string", ["7", "1"]),
        ([True, False], "string", ["true", "false"]),
        ([1.5, np.nan], "string", ["1.5", None]),
        ([b"a", b"b"], "string", ["a", "b"]),
        ([2**53 + 1], "int64", [2**53 + 1]),
        ([str(2**53 + 1)], "int64", [2**53 + 1]),
    ],
)
def test_cast_keeps_every_value(given, dtype, expected):
    given = np.array(given, dtype=object if isinstance(given[0], str) else None)
    found = cast(given, dtype)
    assert found.tolist() == expected
    assert found.dtype == (object if dtype == "string" else np.dtype(dtype))


@pytest.mark.parametrize(
    ("given", "dtype", "row", "reason"),
    [
        ([1.0, 1.5], "int32", 1, "is 1.5, which is no whole number"),
        ([1, 256], "uint8", 1, "is 256, which is outside 0 to 255, the range of uint8"),
        ([1, -1], "uint32", 1, "is -1, which is outside 0 to 4294967295, the range of uint32"),
        ([1.0, 1e300], "float32", 1, "is 1e+300, which is too large for float32"),
        ([1.0, 1e5], "float16", 1, "is 100000.0, which is too large for float16"),
        ([1, 2], "bool", 1, "is 2, which is neither 0 nor 1"),
        (["1", "abc"], "float32", 1, "is `abc`, which is no number"),
        (["true", "yes"], "bool", 1, "is `yes`, which is neither `true` nor `false`"),
        ([[1.0, 2.0], [3.0, 4.5]], "int8", 1, "is 4.5, which is no whole number"),
    ],
)
def test_cast_refuses_what_would_change(given, dtype, row, reason):
    with pytest.raises(MisfitError) as caught:
        cast(np.array(given, dtype=object if isinstance(given[0], str) else None), dtype)
    assert (caught.value.row, caught.value.reason) == (row, reason)


def test_a_model_takes_float32_and_text():
    assert as_model_takes(np.array([0.5, 1e30])).dtype == np.float32
    assert as_model_takes(np.array([0.5]), "float64").dtype == np.float64
    assert as_model_takes(np.array([True])).dtype == np.float32
    assert as_model_takes(np.array([1.0], np.float16)).dtype == np.float16
    assert as_model_takes(np.array([1, 2], ">i4")).dtype == np.dtype("=i4")
    assert as_model_takes(np.array(["a", None], object)).tolist() == ["a", ""]
    assert as_model_takes(np.array([b"a"])).tolist() == ["a"]
    with pytest.raises(MisfitError, match="complex128"):
        as_model_takes(np.array([1j]))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32"])
def test_what_fits_is_not_copied(dtype):
    rows = np.ones((3, 2), dtype)
    assert as_model_takes(rows) is rows
    assert cast(rows, dtype) is rows


def test_texts_keeps_the_shape():
    assert texts(np.array([["a", "b"], ["c", "d"]])).shape == (2, 2)
