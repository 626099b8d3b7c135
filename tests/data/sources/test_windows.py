import keras
import numpy as np
import pytest

from kspec.data.sources import Fields, Loaded, SourceContext, Stream, stream
from kspec.data.sources.errors import DataError
from kspec.data.sources.stream import stream_of
from kspec.data.sources.windows import windows

ROWS = 60
RANDOM = np.random.default_rng(0)
SERIES = Fields(
    {
        "celsius": RANDOM.normal(10, 5, ROWS),
        "rain": RANDOM.integers(0, 9, ROWS),
        "place": np.array(["a", "b", "c"] * (ROWS // 3), dtype=object),
        "both": RANDOM.random((ROWS, 2)),
    }
)


def over(fields=SERIES, *, test=None, memory=None, limit=None, folder=None, **arguments):
    source = Loaded(train=fields, test=test, origin="a series", fingerprint="f")
    context = SourceContext(folder=folder, memory=memory, limit=limit)
    return windows(context, source=source, **arguments)


def load_windows(source, **arguments):
    return windows(SourceContext(folder=None), source=source, length=2, **arguments)


@pytest.mark.parametrize(
    ("length", "rate", "stride", "ahead"), [(4, 1, 1, 1), (5, 3, 2, 2), (3, 2, 7, 4), (1, 1, 1, 9)]
)
def test_windows_are_those_of_keras(length, rate, stride, ahead):
    x = np.stack([SERIES["celsius"], SERIES["rain"]], axis=1).astype(np.float32)
    delay = (length - 1 + ahead) * rate
    batches = keras.utils.timeseries_dataset_from_array(
        x, SERIES["celsius"][delay:], length, sequence_stride=stride, sampling_rate=rate, batch_size=1000
    )
    ((wanted_x, wanted_y),) = batches.as_numpy_iterator()
    train = over(
        length=length, rate=rate, stride=stride, ahead=ahead, columns=["celsius", "rain"], target="celsius"
    ).train
    assert train["x"].dtype == np.float32
    np.testing.assert_array_equal(train["x"], wanted_x)
    np.testing.assert_array_equal(train["y"], wanted_y)
    # The other way in which Keras' own example says it gives the first of these, and leaves the last ones out.
    fewer = keras.utils.timeseries_dataset_from_array(
        x[:-delay], SERIES["celsius"][delay:], length, sequence_stride=stride, sampling_rate=rate, batch_size=1000
    )
    ((some_x, some_y),) = fewer.as_numpy_iterator()
    np.testing.assert_array_equal(train["x"][: len(some_x)], some_x)
    np.testing.assert_array_equal(train["y"][: len(some_y)], some_y)


def test_a_target_is_never_in_its_window_and_the_last_one_is_the_last_row():
    numbers = Fields({"t": np.arange(ROWS)})
    train = over(numbers, length=4, rate=3, ahead=2, target="t", columns=["t"]).train
    assert train["x"].dtype == np.int64
    assert (train["y"] - train["x"][:, -1, 0] == 6).all()
    assert train["y"][-1] == ROWS - 1
    assert train.rows == ROWS - (4 - 1 + 2) * 3


def test_what_windows_hold():
    train = over(length=3).train
    assert list(train) == ["x"]
    assert train["x"].shape == (ROWS - 2, 3, 4)  # text is left out, and `both` has two columns
    np.testing.assert_array_equal(
        train["x"][7, 1], np.float32([SERIES["celsius"][8], SERIES["rain"][8], *SERIES["both"][8]])
    )
    several = over(length=3, ahead=[1, 5], target=["celsius", "rain"], columns=["rain"]).train
    assert several["y"].shape == (ROWS - 7, 2, 2)
    assert several["y"][2, 1].tolist() == [SERIES["celsius"][9], SERIES["rain"][9]]
    assert several["x"].dtype == np.int64
    text = over(length=2, target="place").train
    assert text["y"].tolist() == list(SERIES["place"][2:])
    assert over(length=2, target="both").train["y"].shape == (ROWS - 2, 2)


def test_windows_do_not_reach_from_one_series_into_another():
    train = over(length=3, target="celsius", columns=["celsius"], group="place").train
    assert train.rows == 3 * (ROWS // 3 - 3)
    assert train.primary == ("x", "y")
    for row in range(train.rows):
        own = SERIES["celsius"][SERIES["place"] == train["place"][row]]
        at = int(np.flatnonzero(own == train["y"][row])[0])
        np.testing.assert_array_equal(train["x"][row, :, 0], own[at - 3 : at].astype(np.float32))
    sorted_rows = SERIES.take(np.argsort(SERIES["place"], kind="stable"))
    again = over(sorted_rows, length=3, target="celsius", columns=["celsius"], group="place").train
    np.testing.assert_array_equal(train["x"], again["x"])


def test_rows_are_chosen_as_shares_or_numbers():
    first, second, third = ([0.0, 0.5], [0.5, 0.75], [0.75, 1])
    parts = [over(length=3, target="celsius", rows=rows).train for rows in (first, second, third)]
    assert [part.rows for part in parts] == [30 - 3, 15 - 3, 15 - 3]
    np.testing.assert_array_equal(parts[1]["x"][0, :, 0], SERIES["celsius"][30:33].astype(np.float32))
    assert not set(parts[0]["y"]) & set(parts[1]["y"])
    numbered = over(length=3, target="celsius", rows=[30, 45]).train
    np.testing.assert_array_equal(numbered["x"], parts[1]["x"])


def test_the_test_part_gives_test_windows():
    loaded = over(test=SERIES.take(slice(0, 10)), length=3, target="celsius", rows=[0, 20])
    assert (loaded.train.rows, loaded.test.rows) == (17, 7)
    assert loaded.origin == "windows of 3 steps over a series"
    assert loaded.fingerprint == "f"
    assert over(length=3, limit=2).train.rows == 2


def test_the_names_of_classes_are_kept(load):
    assert load_windows(load("iris"), target="y").labels == ("setosa", "versicolor", "virginica")
    assert load_windows(load("iris"), target="x").labels is None


def test_windows_are_made_in_pieces_of_a_source_that_is_a_stream(monkeypatch):
    whole = over(length=4, target="celsius", group="place").train
    inner = stream_of(SERIES)
    monkeypatch.setattr(stream, "PIECE_BYTES", 500)
    rows = over(inner, length=4, target="celsius", group="place", memory=0).train
    assert isinstance(rows, Stream)
    assert len(rows.shards) > 3
    assert rows.size >= whole["x"].nbytes
    loaded = rows.load()
    for name, array in whole.items():
        assert array.dtype == loaded[name].dtype
        np.testing.assert_array_equal(array, loaded[name])
    assert list(rows.load(["y"])) == ["y"]


def test_only_the_fields_that_windows_need_are_read():
    asked = []
    inner = stream_of(SERIES)
    read = inner.load
    inner_type = type("Watched", (Stream,), {"load": lambda self, names=None: asked.append(names) or read(names)})
    watched = inner_type(inner.shards, head=inner.head, size=inner.size)
    over(watched, length=2, columns=["rain"], target="celsius")
    assert asked == [["rain", "celsius"]]


GAPS = SERIES["celsius"].copy()
GAPS[[20, 25]] = np.nan


@pytest.mark.parametrize(
    ("fields", "arguments", "message", "argument"),
    [
        ({}, {"length": 0}, "expected a positive whole number, got 0", "length"),
        ({}, {"rate": 1.5}, "expected a positive whole number, got 1.5", "rate"),
        ({}, {"stride": True}, "expected a positive whole number, got True", "stride"),
        ({}, {"ahead": 0}, "expected a positive whole number of steps, got 0; 0 is the last step of the window itself, "
         "which would tell the target", "ahead"),
        ({}, {"ahead": [1, -1]}, "expected a positive whole number of steps, got -1", "ahead"),
        ({}, {"ahead": []}, "no step ahead is named", "ahead"),
        ({}, {"length": 60, "target": "celsius"}, "no window fits: with what is ahead of it, one takes 61 rows, and "
         "there are 60; make `length`, `rate` or `ahead` smaller", "length"),
        ({}, {"length": 30, "group": "place"}, "no window fits: with what is ahead of it, one takes 30 rows, and the "
         "longest group has 20; make `length`, `rate` or `ahead` smaller", "length"),
        ({}, {"target": "celcius"}, "the source has no field `celcius`; did you mean `celsius`?", "target"),
        ({}, {"group": "z"}, "the source has no field `z`; there are celsius, rain, place, both", "group"),
        ({}, {"group": "both"}, "`both` has the shape (2,) in each row", "group"),
        ({}, {"columns": ["place"]}, "`place` is text, and a window holds numbers side by side; leave it out of "
         "`columns`", "columns"),
        ({}, {"columns": []}, "no field is named", "columns"),
        ({}, {"rows": [0.5, 2]}, "expected shares from 0.0 to 1.0, got [0.5, 2]; such as `rows: [0.0, 0.8]` for the "
         "first four fifths, or `rows: [0, 10000]`", "rows"),
        ({}, {"rows": [50, 70]}, "there are no rows 50 to 70: the source has 60", "rows"),
        ({}, {"rows": 0.5}, "expected two numbers, from and to, got 0.5; such as `rows: [0.0, 0.8]` for the first four "
         "fifths, or `rows: [0, 10000]`", "rows"),
        ({"celsius": GAPS}, {}, "`celsius` is missing or infinite in row 21 and 1 more of the source; fill it in: were "
         "the row left out, the steps after it would come too early", "source"),
        ({"celsius": GAPS}, {"rows": [22, 60]}, "`celsius` is missing or infinite in row 26 of the source; fill it in: "
         "were the row left out, the steps after it would come too early", "source"),
        ({"rain": SERIES["celsius"] * 1e300}, {}, "a value of the `columns` is {first}, which is too large for "
         "float32, in row 1 of the source", "columns"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(fields, arguments, message, argument):
    given = Fields({**SERIES, **fields})
    with pytest.raises(DataError) as caught:
        over(given, **{"length": 3} | arguments)
    assert (str(caught.value), caught.value.argument) == (message.format(first=given["rain"][0]), argument)


def test_a_source_without_numbers_is_refused():
    with pytest.raises(DataError, match="the source has no field of numbers"):
        over(Fields({"place": SERIES["place"]}), length=2)
