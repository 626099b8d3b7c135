import numpy as np
import pytest


def test_the_default_is_what_numpy_draws(load):
    x = load("random", rows=1000, x={"shape": [100]}).train["x"]
    assert (x.shape, x.dtype) == ((1000, 100), np.float32)
    assert 0 <= x.min() < 0.01
    assert 0.99 < x.max() < 1


def test_integers_stop_before_high(load):
    y = load("random", rows=1000, y={"shape": [1], "high": 10, "dtype": "int32"}).train["y"]
    assert (y.shape, y.dtype) == ((1000, 1), np.int32)
    assert set(y.ravel().tolist()) == set(range(10))


def test_other_kinds_of_numbers(load):
    fields = {"single": {}, "wide": {"low": -2, "high": 3.5}, "normal": {"distribution": "normal", "dtype": "float64"}}
    train = load("random", rows=2000, flag={"dtype": "bool"}, **fields).train
    assert train["single"].shape == (2000,)
    assert -2 <= train["wide"].min() < -1.9
    assert 3.4 < train["wide"].max() <= 3.5
    assert abs(train["normal"].std() - 1) < 0.1
    assert set(train["flag"].tolist()) == {True, False}


def test_a_field_depends_on_the_seed_and_its_name_alone(load):
    one = load("random", rows=8, seed=3, x={"shape": [2]}, y={})
    other = load("random", rows=8, seed=3, y={}, z={}, x={"shape": [2]})
    assert np.array_equal(one.train["x"], other.train["x"])
    assert not np.array_equal(other.train["y"], other.train["z"])
    assert not np.array_equal(one.train["x"], load("random", rows=8, seed=4, x={"shape": [2]}).train["x"])


def test_a_test_part_has_rows_of_its_own(load):
    parts = load("random", rows=8, test_rows=4, x={})
    assert parts.test.rows == 4
    assert not set(parts.train["x"].tolist()) & set(parts.test["x"].tolist())
    assert load("random", rows=8, x={}).test is None


@pytest.mark.parametrize(
    ("arguments", "message", "argument"),
    [
        ({"rows": 0, "x": {}}, "expected a whole number of 1 or more, got 0", "rows"),
        ({"rows": 1.5, "x": {}}, "expected a whole number of 1 or more, got 1.5", "rows"),
        ({"rows": 1}, "no field is named; such as `random: {rows: 1000, x: {shape: [100]}}`", None),
        ({"rows": 1, "x": [100]}, "expected a mapping such as {shape: [100]}, got [100]", "x"),
        ({"rows": 1, "x": {"shpe": [1]}}, "a random field has no `shpe`; did you mean `shape`?", "x"),
        ({"rows": 1, "x": {"shape": 3}}, "expected `shape` as a list of positive integers, got 3", "x"),
        ({"rows": 1, "x": {"dtype": "int"}}, "integers need `high`, the first number that is not drawn", "x"),
        ({"rows": 1, "x": {"dtype": "flaot"}}, "there is no dtype `flaot`", "x"),
        ({"rows": 1, "x": {"dtype": "str"}}, "cannot draw numbers of dtype `str`", "x"),
        ({"rows": 1, "x": {"low": 5}}, "`low` must be less than `high`, got 5 and 1", "x"),
        ({"rows": 1, "x": {"dtype": "uint8", "high": 300}}, "uint8 does not hold 0 to 299", "x"),
        (
            {"rows": 1, "x": {"dtype": "int32", "high": 2.5}},
            "expected a whole number as `high`, got 2.5",
            "x",
        ),
        (
            {"rows": 1, "x": {"distribution": "normal", "high": 2}},
            "a normal distribution takes a float `dtype`, no `low` and no `high`",
            "x",
        ),
        ({"rows": 1, "x": {"distribution": "beta"}}, "expected `uniform` or `normal`, got 'beta'", "x"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message, argument, refusal):
    error = refusal("random", **arguments)
    assert (str(error), error.argument) == (message, argument)
