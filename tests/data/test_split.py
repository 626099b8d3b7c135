import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras.src.trainers.data_adapters.array_slicing import train_validation_split

from kspec.data.sources import Fields
from kspec.data.split import split_rows
from kspec.spec.problems import SpecError
from kspec.spec.sections import Split


def split(fields, *, seed=0, **settings):
    return split_rows(fields, Split(**settings), seed)


def rows(count, **fields):
    return Fields({"i": np.arange(count), **{name: np.asarray(values) for name, values in fields.items()}})


@given(count=st.integers(2, 3000), fraction=st.floats(0.001, 0.999))
def test_a_fraction_is_what_keras_takes(count, fraction):
    data = np.arange(count)
    try:
        (expected_kept,), (expected_held,) = train_validation_split((data,), fraction)
    except ValueError:
        with pytest.raises(SpecError, match="one of the parts would be empty"):
            split(rows(count), split=fraction)
        return
    kept, held = split(rows(count), split=fraction)
    np.testing.assert_array_equal(kept, expected_kept)
    np.testing.assert_array_equal(held, expected_held)


def test_a_whole_number_is_the_last_rows():
    kept, held = split(rows(500), split=101)
    assert (kept.tolist(), held.tolist()) == (list(range(399)), list(range(399, 500)))


@pytest.mark.parametrize(
    "settings",
    [{"shuffle": True}, {"stratify": "c"}, {"group": "c"}, {"time": "t"}, {}],
    ids=["shuffle", "stratify", "group", "time", "plain"],
)
def test_every_row_is_in_one_part_and_order_is_kept(settings):
    random = np.random.default_rng(0)
    data = rows(400, c=random.integers(0, 9, 400), t=random.random(400))
    kept, held = split(data, split=0.3, **settings)
    assert sorted([*kept, *held]) == list(range(400))
    assert (np.diff(kept) > 0).all()
    assert (np.diff(held) > 0).all()
    again = split(data, split=0.3, **settings)
    assert all(np.array_equal(one, other) for one, other in zip((kept, held), again, strict=True))


def test_drawn_rows_depend_on_the_seed():
    one, other = (split(rows(1000), split=0.2, shuffle=True, seed=seed)[1] for seed in (1, 2))
    assert len(one) == len(other) == 200
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, np.arange(800, 1000))


@given(sizes=st.lists(st.integers(2, 60), min_size=2, max_size=12), fraction=st.floats(0.1, 0.9))
def test_classes_keep_their_proportions(sizes, fraction):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    total = len(classes)
    count = total - int(total * (1 - fraction))
    if len(sizes) > min(count, total - count):
        return
    _, held = split(rows(total, c=classes), split=fraction, stratify="c")
    found = np.bincount(classes[held], minlength=len(sizes))
    assert found.sum() == len(held) == count
    assert (found >= 1).all()
    assert (np.array(sizes) - found >= 1).all()
    if min(sizes) * min(fraction, 1 - fraction) > 2:
        assert (abs(found - np.array(sizes) * count / total) <= 1).all()


def test_sorted_classes_are_in_both_parts():
    classes = np.repeat(["setosa", "versicolor", "virginica"], 50).astype(object)
    kept, held = split(rows(150, species=classes), split=0.2, stratify="species")
    assert {name: int((classes[held] == name).sum()) for name in set(classes)} == dict.fromkeys(set(classes), 10)
    assert {name: int((classes[kept] == name).sum()) for name in set(classes)} == dict.fromkeys(set(classes), 40)


def test_groups_stay_together():
    groups = np.random.default_rng(3).integers(0, 20, 500)
    kept, held = split(rows(500, g=groups), split=0.2, group="g")
    assert not set(groups[kept]) & set(groups[held])
    assert 100 <= len(held) < 160


def test_the_latest_rows_are_set_apart():
    times = np.random.default_rng(3).permutation(50)
    _, held = split(rows(50, t=times), split=0.2, time="t")
    assert set(times[held]) == set(range(40, 50))
    dates = np.array([f"2026-01-{day + 1:02}" for day in range(20)][::-1], object)
    assert split(rows(20, t=dates), split=0.25, time="t")[1].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("settings", "code", "path", "words"),
    [
        ({"split": 0.2, "stratify": "q"}, "unknown-field", ("stratify",), "no field `q`"),
        ({"split": 0.2, "group": "wide"}, "bad-split", ("group",), "more than one value a row"),
        ({"split": 0.2, "stratify": "once"}, "bad-split", ("stratify",), "one row only"),
        ({"split": 0.2, "group": "one"}, "empty-part", (), "no rows are left to train on"),
        ({"split": 0.2, "stratify": "pairs"}, "bad-split", (), "too few for 20 classes"),
        ({"split": 0.2, "time": "gap"}, "missing-value", ("time",), "in row 8 of the train data"),
        ({"split": 0.2, "time": "german"}, "bad-split", ("time",), "such as `31.1.2026`"),
        ({"split": 0.2, "time": "i", "group": "pairs"}, "bad-split", ("time",), "cannot stand together"),
        ({"split": 200}, "empty-part", (), "of 40 rows, 200 would go to validation"),
    ],
)
def test_what_cannot_be_split_is_refused(settings, code, path, words, problems_of):
    data = rows(
        40, wide=np.ones((40, 2)), once=[0] * 39 + [1], one=[1] * 40, pairs=np.arange(40) // 2,
        gap=[1.0] * 7 + [np.nan] * 33, german=np.array(["31.1.2026"] * 40, object),
    )  # fmt: skip
    (problem,) = problems_of(split, data, **settings)
    assert (problem.code, problem.path) == (code, ("fit", "validation_split", *path))
    assert words in problem.message
