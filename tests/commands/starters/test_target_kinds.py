"""What a target seems to be."""

import numpy as np
import pytest

from kspec.commands.starters.targets import judge_target
from kspec.spec.problems import SpecError


def text(*values):
    return np.array([*values, None], dtype=object)[:-1]


NUMBERS = np.random.default_rng(0).normal(5, 2, 60)
THREE = text(*["a", "b", "b", "c", "c", "c"] * 5)


def test_a_quantity():
    target = judge_target("y", np.where(np.arange(60) < 3, np.nan, NUMBERS), None)
    assert (target.classes, target.units, target.gaps, target.uneven) == ((), 1, 3, False)
    assert (target.mean, target.deviation) == (pytest.approx(NUMBERS[3:].mean()), pytest.approx(NUMBERS[3:].std()))
    assert (target.low, target.high) == (NUMBERS[3:].min(), NUMBERS[3:].max())


def test_classes_of_text():
    target = judge_target("y", THREE, None)
    assert target.classes == (("a", 5), ("b", 10), ("c", 15))
    assert (target.units, target.rarest, target.commonest, target.uneven) == (3, ("a", 5), ("c", 15), True)
    assert judge_target("y", text(*["no", "yes", None] * 5), None).gaps == 5
    assert not judge_target("y", text(*["no", "yes"] * 5), None).uneven


@pytest.mark.parametrize(
    ("values", "labels", "as_text"),
    [
        (np.arange(60) % 3, ["0", "1", "2"], False),
        (np.arange(60) % 3 + 1, ["1", "2", "3"], True),
        (np.arange(60) % 2, ["0", "1"], False),
        (np.where(np.arange(60) == 5, np.nan, np.arange(60) % 2), ["0", "1"], False),
        (np.arange(60) % 2 * 2 - 1, ["-1", "1"], True),
        (np.arange(60) % 2 == 0, ["false", "true"], False),
        (np.arange(60) % 12, [], False),
        (np.arange(20) % 5, [], False),
    ],
)
def test_few_whole_numbers_are_classes(values, labels, as_text):
    target = judge_target("y", values, None)
    assert [label for label, _ in target.classes] == labels
    assert target.as_text is as_text
    assert target.units == max(1, len(labels) if len(labels) > 2 else 1)


def test_a_task_can_be_wished_for():
    assert judge_target("y", np.arange(60) % 3, "regress").classes == ()
    assert len(judge_target("y", np.arange(60) % 12 + 3, "classify").classes) == 12
    assert len(judge_target("y", text(*["2024-01-01", "2024-01-02"] * 5), "classify").classes) == 2


@pytest.mark.parametrize(
    ("name", "values", "task", "message"),
    [
        ("y", np.full(9, np.nan), None, "`y` has no value in any row"),
        ("y", text("a", "a"), None, "`y` is `a` in every row"),
        ("y", np.ones(9), None, "`y` is `1.0` in every row"),
        ("y", THREE, "regress", "`y` is text and no quantity"),
        ("y", text(*map(str, NUMBERS)), None, "`y` is another text in each of 60 rows: nothing to learn from"),
        ("y", text(*map(str, NUMBERS)), "classify", "`y` has 60 different values in 60 rows, too many to be classes"),
        ("y", text(*["2024-01-01", "2024-01-02"] * 5), None, "`y` holds dates or times, such as `2024-01-01`"),
        ("y", text(*"aaabbbc"), None, "the class `c` of `y` has one row only"),
        ("y", text(*"aaaabbbbcde"), None, "the classes `c`, `d` and `e` of `y` have one row each"),
        ("y", np.array([0, 1] + [0] * 9), None, "the class `1` of `y` has one row only"),
        ("y", np.array([1.5, np.inf]), None, "`y` is infinite in some rows"),
        ("y", np.array([1.5, 1e20]), None, "`y` has numbers as large as 1e+20, too large to learn"),
        ("y", 1e9 + NUMBERS, None, "`y` differs too little from row to row: 1e+09 to 1e+09"),
        ("y", NUMBERS * 1e-30, None, "`y` differs too little from row to row"),
        ("y$(", NUMBERS, None, "`y$(` cannot be named in a spec: it has `$(`, which stands for arithmetic"),
    ],
)
def test_targets_that_cannot_be_learnt(name, values, task, message):
    with pytest.raises(SpecError) as caught:
        judge_target(name, values, task)
    (problem,) = caught.value.problems
    assert problem.code == "bad-target"
    assert problem.message.startswith(message)
    assert problem.hint
