"""What is gathered piece by piece is what NumPy says of all rows at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from kspec.data.profile.distinct import MOST, Distinct
from kspec.data.profile.duplicates import different, first_like, is_rich, repeats, shared_with
from kspec.data.profile.gathering import FieldGathering, kind_of
from kspec.data.profile.hashing import row_hashes
from kspec.data.profile.moments import Moments
from kspec.data.profile.sample import Reservoir
from kspec.data.profile.texts import TextGathering
from kspec.data.sources import Fields
from kspec.runs.inspection import FieldProfile

RANDOM = np.random.default_rng(0)


def pieces(array: Any, sizes: tuple[int, ...] = (1, 7, 300)) -> list[Any]:
    ends = np.cumsum(sizes)
    return [piece for piece in np.split(array, ends) if len(piece)]


def profile(array: Any, name: str = "f") -> FieldProfile:
    gathered = FieldGathering(name, array)
    for piece in pieces(array):
        gathered.update(piece)
    return gathered.profile(array, exact=True)


@pytest.mark.parametrize(
    "array",
    [
        RANDOM.normal(1e6, 1.0, 1000),
        RANDOM.integers(0, 256, (500, 4, 3)).astype(np.uint8),
        RANDOM.normal(size=(600, 5)).astype(np.float32),
        RANDOM.integers(0, 2, 400).astype(bool),
    ],
    ids=["far from 0", "bytes", "floats", "truth"],
)
def test_moments_of_pieces_are_those_of_all(array: Any) -> None:
    moments = Moments(array.shape[1:])
    for piece in pieces(array):
        moments.update(piece)
    exact = array.astype(np.float64)
    np.testing.assert_allclose(moments.mean, exact.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.deviation, exact.std(axis=0), rtol=1e-9)
    whole = moments.together()
    assert whole is not None
    assert (whole.count, whole.low, whole.high) == (exact.size, exact.min(), exact.max())
    assert whole.mean == pytest.approx(exact.mean(), rel=1e-12)
    assert whole.deviation == pytest.approx(exact.std(), rel=1e-9)
    assert whole.zeros == int((exact == 0).sum())
    assert whole.whole == bool((exact == np.floor(exact)).all())


def test_missing_and_infinite_numbers_are_counted_and_left_out() -> None:
    array = RANDOM.integers(0, 9, (400, 2)).astype(np.float64)
    array[::10, 0], array[5, 1] = np.nan, np.inf
    moments = Moments((2,))
    for piece in pieces(array):
        moments.update(piece)
    left = np.where(np.isfinite(array), array, np.nan)
    np.testing.assert_allclose(moments.mean, np.nanmean(left, axis=0))
    np.testing.assert_allclose(moments.deviation, np.nanstd(left, axis=0))
    assert (moments.missing, moments.infinite, moments.whole) == (40, 1, True)
    assert int(moments.zeros.sum()) == int((left == 0).sum())


def test_a_column_without_a_number_has_none() -> None:
    found = profile(np.full(30, np.nan))
    assert (found.numbers, found.missing, found.distinct) == (None, 30, 0)


def test_quartiles_and_far_outliers() -> None:
    values = np.append(RANDOM.normal(size=999), 1000.0)
    found = profile(values).numbers
    assert found is not None
    assert found.quartiles == pytest.approx(np.quantile(values, (0.25, 0.5, 0.75)))
    assert found.outliers == pytest.approx(0.001)
    assert sum(found.bins) == 1000


def test_distinct_values_are_counted_up_to_a_cap() -> None:
    few, many = Distinct(), Distinct()
    values = RANDOM.integers(0, 50, 5000)
    for piece in pieces(values):
        few.update(piece)
    assert few.counts == Counter(values.tolist())
    many.update(np.arange(MOST))
    assert many.number == MOST
    many.update(np.array([-1]))
    assert (many.number, len(many.counts)) == (None, 0)


def test_a_reservoir_keeps_rows_whole_and_draws_them_evenly() -> None:
    numbers = np.arange(20_000)
    drawn = []
    for seed in range(20):
        reservoir = Reservoir(100, seed)
        for piece in pieces(numbers, (30, 100, 5000)):
            reservoir.update(Fields({"a": piece, "b": piece * 2}))
        rows = reservoir.rows
        assert rows is not None
        assert not reservoir.whole
        assert len(set(rows["a"].tolist())) == 100
        np.testing.assert_array_equal(rows["b"], rows["a"] * 2)
        drawn.append(rows["a"])
    assert abs(np.concatenate(drawn).mean() / numbers.mean() - 1) < 0.06
    again = Reservoir(100, 3)
    again.update(Fields({"a": numbers}))
    other = Reservoir(100, 3)
    for piece in pieces(numbers):
        other.update(Fields({"a": piece}))
    assert again.rows is not None and other.rows is not None
    np.testing.assert_array_equal(again.rows["a"], other.rows["a"])


def test_few_rows_are_all_kept_in_their_order() -> None:
    reservoir = Reservoir(50)
    reservoir.update(Fields({"a": np.arange(20)}))
    reservoir.update(Fields({"a": np.arange(20, 40)}))
    assert reservoir.whole and reservoir.rows is not None
    np.testing.assert_array_equal(reservoir.rows["a"], np.arange(40))


def test_equal_rows_have_equal_hashes_and_others_have_not() -> None:
    rows = RANDOM.integers(0, 3, (4000, 5))
    text = np.array([f"t{at % 7}" if at % 5 else None for at in range(4000)], dtype=object)
    hashes = row_hashes([rows, text])
    keys = [(*row, word) for row, word in zip(rows.tolist(), text.tolist(), strict=True)]
    assert len(set(hashes.tolist())) == len(set(keys))
    assert len(set(zip(hashes.tolist(), keys, strict=True))) == len(set(keys))


def test_hashes_go_by_value_and_by_place() -> None:
    whole, broken = np.array([1, 0, 3]), np.array([1.0, -0.0, 3.0])
    np.testing.assert_array_equal(row_hashes([whole]), row_hashes([broken]))
    np.testing.assert_array_equal(row_hashes([np.full(2, np.nan)]), row_hashes([-np.full(2, np.nan)]))
    one, other = np.array([1, 2]), np.array([2, 1])
    assert not (row_hashes([one, other]) == row_hashes([other, one])).any()
    images = RANDOM.integers(0, 256, (300, 9, 9)).astype(np.uint8)
    changed = images.copy()
    changed[:, 8, 8] ^= 1
    assert not np.isin(row_hashes([changed]), row_hashes([images])).any()


def test_texts() -> None:
    texts = np.array(["a b", "a", "", None, "a b", " long words here "], dtype=object)
    gathered = TextGathering()
    for piece in pieces(texts, (2, 2)):
        gathered.update(piece)
    found = gathered.texts()
    assert (gathered.missing, gathered.distinct.number, found.empty) == (1, 4, 1)
    assert (found.characters[0], found.characters[2]) == (0, 17)
    assert found.words == (0, pytest.approx(8 / 5), 3)
    assert found.vocabulary == 5
    assert found.common[0] == ("a b", 2)
    assert found.examples == ("a b", "a", " long words here ")
    assert gathered.span is None


def test_dates_are_told_from_text() -> None:
    days = np.array(["2026-03-01", "2025-12-31", "2026-01-05"], dtype=object)
    found = profile(days)
    assert (found.kind, found.span) == ("date", ("2025-12-31", "2026-03-01"))
    assert profile(np.append(days, ["soon"])).kind == "text"


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.zeros((2, 28, 28), np.uint8), "image"),
        (np.zeros((2, 28, 28), np.float32), "image"),
        (np.zeros((2, 16, 24, 3), np.float32), "image"),
        (np.full((2, 28, 28), 1e4), "array"),
        (np.zeros((2, 100, 3), np.float32), "array"),
        (np.zeros((2, 13)), "array"),
        (np.zeros(2, bool), "truth"),
        (np.zeros((2, 1)), "number"),
    ],
)
def test_what_an_array_holds(array: Any, kind: str) -> None:
    moments = Moments(array.shape[1:])
    moments.update(array)
    assert kind_of(array, moments.together()) == kind


def test_constant_places_are_counted() -> None:
    array = RANDOM.normal(size=(100, 6))
    array[:, 2] = 7.0
    found = profile(array)
    assert (found.constant, len(found.elements), found.elements[2].low) == (1, 6, 7.0)


def test_rows_that_are_there_twice() -> None:
    train, other = RANDOM.integers(0, 400, 500).astype(np.uint64), RANDOM.integers(200, 600, 300).astype(np.uint64)
    seen: set[int] = set()
    again = [at for at, value in enumerate(train.tolist()) if value in seen or seen.add(value)]
    assert repeats(train).tolist() == again
    shared = shared_with(other, train)
    np.testing.assert_array_equal(shared, np.flatnonzero(np.isin(other, train)))
    assert [train.tolist().index(other[at]) for at in shared] == first_like(other, train, shared).tolist()
    assert (different(train), different(train[:0])) == (len(seen), 0)


def test_a_row_is_rich_if_two_hardly_come_to_be_equal() -> None:
    floats, few = RANDOM.normal(size=(500, 4)), RANDOM.integers(0, 5, (500, 4))
    assert is_rich([floats], 500)
    assert is_rich([np.concatenate([floats, floats])], 1000)
    assert not is_rich([few], 500)
    assert not is_rich([np.concatenate([few, np.zeros((500, 30))], axis=1)], 500)
