"""Numbers about values, each held against scikit-learn's on the same arrays."""

import warnings

import numpy as np
import pytest
from sklearn import metrics

from kspec.judging.mistakes import worst
from kspec.judging.regression import judge_values
from kspec.judging.rows import collect


def drawn(targets):
    random = np.random.default_rng(1)
    actual = random.normal(size=(300, targets)) * [1, 10, 100][:targets]
    return actual, actual + random.normal(size=(300, targets)), random.uniform(0.1, 3, 300)


def close(value):
    return pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("targets", [1, 3])
def test_numbers(targets, weighted):
    actual, predicted, heavy = drawn(targets)
    weights = heavy if weighted else None
    given = actual[:, 0] if targets == 1 else actual
    found = judge_values(collect(given, predicted, "values", ["a", "b", "c"][:targets], weights=weights))
    truths = {
        "mean_absolute_error": metrics.mean_absolute_error,
        "root_mean_squared_error": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
        "median_absolute_error": metrics.median_absolute_error,
    }
    for key, truth in truths.items():
        assert found.numbers[key] == close(truth(actual, predicted, sample_weight=weights)), key
        for number, target in enumerate(found.targets):
            one = truth(actual[:, number], predicted[:, number], sample_weight=weights)
            assert target.numbers[key] == close(one), key
    largest = [metrics.max_error(actual[:, number], predicted[:, number]) for number in range(targets)]
    assert [target.numbers["max_error"] for target in found.targets] == close(largest)
    assert found.numbers["max_error"] == close(max(largest))
    assert sum(found.targets[0].counts) == 300


def test_equal_values_and_one_row_have_no_r2():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        equal = judge_values(collect(np.full(3, 0.1), np.array([[0.0], [1], [2]]), "values", ["y"]))
        alone = judge_values(collect(np.ones(1), np.ones((1, 1)), "values", ["y"]))
        mixed = judge_values(collect(np.array([[1, 1], [2, 1.0]]), np.ones((2, 2)), "values", ["a", "b"]))
    assert "r2" not in equal.numbers
    assert "all the same" in equal.notes[0]
    assert alone.numbers["mean_absolute_error"] == 0
    assert mixed.numbers["r2"] == mixed.targets[0].numbers["r2"]
    assert "`b`" in mixed.notes[0]


def test_steps_and_names():
    found = judge_values(collect(np.zeros((2, 5, 1)), np.ones((2, 5, 1)), "values", ["y", "z"]))
    assert (found.samples, found.steps, found.targets[0].name) == (10, 5, "0")


def test_the_farthest_miss_by_the_spread_of_its_target():
    actual = np.array([[0, 0], [1, 100], [2, 200.0]])
    predicted = actual + np.array([[0, 0], [1, 0], [0, 10]])
    _, (first, second) = worst(collect(actual, predicted, "values", ["small", "large"]))
    assert (first.row, first.target, first.residual) == (1, "small", -1)
    assert (second.row, second.target, second.predicted) == (2, "large", 210)
    _, (single,) = worst(collect(actual[:, 0], predicted[:, :1], "values", ["y"]))
    assert (single.target, single.true) == (None, 1)


def test_many_targets_are_judged_as_one():
    actual, predicted = np.zeros((4, 784)), np.full((4, 784), 0.5)
    predicted[2, 7] = 3
    rows = collect(actual, predicted, "values", [])
    found = judge_values(rows)
    assert (found.samples, found.steps, len(found.targets)) == (4 * 784, 784, 1)
    assert "784 targets are judged as one" in found.notes[0]
    total, (first, second, *_) = worst(rows)
    assert total == 4
    assert (first.row, first.step, first.residual) == (2, 7, -3)
    assert first.row_error == close(np.sqrt((783 * 0.25 + 9) / 784))
    assert (second.row, second.step, second.row_error) == (0, 0, 0.5)
    kept = collect(actual, predicted, "values", [], weights=np.array([0, 1, 1, 0]))
    assert [mistake.row for mistake in worst(kept)[1]] == [2, 1]
