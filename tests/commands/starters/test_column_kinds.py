"""What a column seems to be."""

import numpy as np
import pytest

from kspec.commands.starters.columns import judge


def text(*values):
    return np.array([*values, None], dtype=object)[:-1]


RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.normal(size=60)
GAPPY = np.where(np.arange(60) % 10 == 0, np.nan, NUMBERS)
CODES = np.arange(60) % 4 + 3
WORDS = text(*(" ".join(RANDOM.choice(["good", "bad", "dear", "cheap"], 6)) for _ in range(60)))


@pytest.mark.parametrize(
    ("values", "use", "more"),
    [
        (NUMBERS, "number", {"gaps": 0}),
        (GAPPY, "number", {"gaps": 6}),
        (np.arange(60) % 50, "number", {}),
        (np.arange(60) % 2, "number", {}),
        (np.arange(60) % 2 == 0, "number", {}),
        (RANDOM.permutation(60) * 7, "number", {}),
        (CODES, "code", {"distinct": 4, "as_text": False}),
        (CODES[:16], "number", {}),
        (np.where(np.arange(60) % 7 == 0, np.nan, CODES), "category", {"as_text": True, "gaps": 9}),
        (np.where(np.arange(60) % 7 == 0, np.nan, np.arange(60) % 2), "category", {"as_text": True}),
        (text(*["a", "b", "c"] * 20), "category", {"distinct": 3, "gaps": 0}),
        (text(*["a", "b", None] * 20), "category", {"distinct": 2, "gaps": 20, "as_text": False}),
        (text(*["y", None] * 30), "category", {"distinct": 1, "gaps": 30}),
        (WORDS, "words", {"length": 6, "distinct": 6}),
        (text(*["one of a few long answers in a form", "another of these long answers in it"] * 30), "category", {}),
    ],
)
def test_columns_of_use(values, use, more):
    column = judge("column", values)
    assert (column.use, column.why) == (use, "")
    assert {name: getattr(column, name) for name in more} == more


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("n", np.full(9, np.nan), "has no value in any row"),
        ("n", text(None, None), "has no value in any row"),
        ("n", np.full(9, 4), "is 4 in every row"),
        ("n", np.array([1.5, np.nan, 1.5]), "is 1.5 in every row that has a value"),
        ("n", np.full(9, True), "is True in every row"),
        ("n", text("EUR", "EUR"), "is `EUR` in every row"),
        ("n", np.array([1, np.inf, 2, -np.inf]), "is infinite in 2 rows"),
        ("n", np.array([1, 1e30, 2]), "has numbers as large as 1e+30, whose squares no float32 holds"),
        ("n", 1e9 + NUMBERS, "is 1e+09 in every row as far as float32 can tell"),
        ("n", NUMBERS * 1e-60, "is -2.32503e-60 in every row as far as float32 can tell"),
        ("n", np.arange(9) + 5, "is another number in each row, from 5 to 13: it says which row this is"),
        ("user_id", np.arange(9) ** 2, "is another number in each row, from 0 to 64: it says which row this is"),
        ("userId", np.arange(9) ** 2, "is another number in each row, from 0 to 64: it says which row this is"),
        ("n", text(*map(str, NUMBERS)), "is another text in each of 60 rows: nothing to learn from"),
        ("n", text(*"aabcdef"), "has 6 different values in 7 rows: too few of each to learn from"),
        ("n", text("31.12.2024", "1.1.2025 10:00"), "holds dates or times, such as `31.12.2024`, which no layer takes"),
        ("n", text("10:30", "23:59:59"), "holds dates or times, such as `10:30`, which no layer takes"),
        (
            "day one",
            text("2024-12-31", "2025-01-01T10:00:00Z"),
            "holds dates or times, such as `2024-12-31`, which no layer takes; to judge by the latest rows: "
            "`validation_split: {split: 0.2, time: day one}`",
        ),
        ("n", text("1,5", "-2,25", "1.000,5"), "is written with a decimal comma, as in `1,5`; write a point"),
        ("$(x)", NUMBERS, "has `$(` in its name, which a spec takes for arithmetic"),
    ],
)
def test_columns_of_no_use(name, values, why):
    column = judge(name, values)
    assert (column.use, column.why) == ("none", why)


@pytest.mark.parametrize("name", ["valid", "paid", "hidden", "no_of_rooms"])
def test_a_name_that_only_ends_like_an_identifier_is_none(name):
    assert judge(name, RANDOM.permutation(60) ** 2).use == "number"
