import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from kspec.data.sources import Fields, SourceContext, Stream, stream
from kspec.data.sources.tfrecord_file import tfrecord, tfrecord_fields

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
FEATURES = {
    "x": {"shape": [2, 2], "dtype": "float32"},
    "y": {"dtype": "int64"},
    "name": {"dtype": "string"},
    "words": {"shape": [2], "dtype": "string"},
    "raw": {"shape": [3], "dtype": "int16", "decode": "raw"},
    "photo": {"shape": [4, 5, 3], "decode": "image"},
    "weight": {"dtype": "float32", "default_value": 1},
}


def feature(value):
    items = value if isinstance(value, list) else [value]
    if isinstance(items[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=items))
    if isinstance(items[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=items))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=items))


def example(**values):
    features = {name: feature(value) for name, value in values.items()}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def record(number, **more):
    png = io.BytesIO()
    Image.fromarray(PIXELS).save(png, "PNG")
    return example(
        x=[float(number + place) for place in range(4)], y=number, name=f"né {number}".encode(), words=[b"a", b"b"],
        raw=np.array([number, -1, 300], "<i2").tobytes(), photo=png.getvalue(), **more,
    )  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(name, records, compression=""):
        with tf.io.TFRecordWriter(str(tmp_path / name), compression) as writer:
            for item in records:
                writer.write(item)
        return name

    return write


@pytest.mark.parametrize("compression", [None, "GZIP", "ZLIB"])
def test_features_are_fields(load, write, compression):
    path = write("a.tfrecord", [record(0), record(1, weight=2.5)], compression or "")
    train = load("tfrecord", path=path, features=FEATURES, compression=compression).train
    assert isinstance(train, Fields)
    assert {name: (array.dtype.name, array.shape) for name, array in train.items()} == {
        "x": ("float32", (2, 2, 2)),
        "y": ("int64", (2,)),
        "name": ("object", (2,)),
        "words": ("object", (2, 2)),
        "raw": ("int16", (2, 3)),
        "photo": ("uint8", (2, 4, 5, 3)),
        "weight": ("float32", (2,)),
    }
    assert train["x"][1].tolist() == [[1, 2], [3, 4]]
    assert train["y"].tolist() == [0, 1]
    assert train["name"].tolist() == ["né 0", "né 1"]
    assert train["words"].tolist() == [["a", "b"]] * 2
    assert train["raw"][1].tolist() == [1, -1, 300]
    assert train["weight"].tolist() == [1.0, 2.5]
    np.testing.assert_array_equal(train["photo"][1], PIXELS)


def test_a_stream_gives_the_same_rows(load, write, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 1000)
    write("p1.tfrecord", [record(number) for number in range(5)])
    write("p2.tfrecord", [record(number) for number in range(5, 8)])
    whole = load("tfrecord", path="p*.tfrecord", features=FEATURES).train
    rows = load("tfrecord", path="p*.tfrecord", features=FEATURES, memory=0).train
    assert isinstance(rows, Stream)
    assert [shard.rows for shard in rows.shards] == [5, 3]
    assert sum(1 for _ in rows.pieces()) > 2
    loaded = rows.load()
    assert whole["y"].tolist() == list(range(8))
    for name, array in whole.items():
        np.testing.assert_array_equal(array, loaded[name])
    assert list(next(rows.pieces(["y"]))[1]) == ["y"]
    assert load("tfrecord", path="p*.tfrecord", features=FEATURES, limit=2).train.rows == 2


def test_counting_is_watched(write, tmp_path):
    told = []
    context = SourceContext(folder=tmp_path, progress=lambda *what: told.append(what))
    tfrecord(context, path=write("a.tfrecord", [record(0)]), features={"y": {"dtype": "int64"}})
    assert told == [("counting records", 0, 1)]


def damaged_files(folder, write):
    write("good.tfrecord", [record(number) for number in range(4)])
    whole = (folder / "good.tfrecord").read_bytes()
    first, second = (len(record(number)) + 16 for number in range(2))
    write("packed.tfrecord", [record(number) for number in range(4)], "GZIP")
    packed = (folder / "packed.tfrecord").read_bytes()
    (folder / "empty.tfrecord").write_bytes(b"")
    (folder / "half.tfrecord").write_bytes(whole[:-10])
    (folder / "torn.tfrecord").write_bytes(packed[:-40])
    (folder / "notes.tfrecord").write_bytes(b"name,age\nanna,33\nbert,44\n")
    flipped = first + second + 40
    (folder / "worn.tfrecord").write_bytes(whole[:flipped] + bytes([whole[flipped] ^ 255]) + whole[flipped + 1 :])
    length = first + 2
    (folder / "long.tfrecord").write_bytes(whole[:length] + b"\xff" + whole[length + 1 :])
    write("few.tfrecord", [record(0), example(y=1)])
    write("bytes.tfrecord", [b"\xff\xff\xff"])
    write("short.tfrecord", [example(x=[1.0, 2.0], y=1)])
    write("kinds.tfrecord", [example(x=[1, 2, 3, 4])])
    write("latin.tfrecord", [example(name=b"\xe9")])


X, Y = {"x": FEATURES["x"]}, {"y": FEATURES["y"]}


@pytest.mark.parametrize(
    ("file", "arguments", "message", "argument"),
    [
        ("empty", {"features": Y}, "`empty.tfrecord` is empty", "path"),
        ("half", {"features": Y}, "`half.tfrecord` is cut short: record 4 does not end", "path"),
        ("notes", {"features": Y}, "`notes.tfrecord` is no TFRecord file", "path"),
        ("packed", {"features": Y}, "`packed.tfrecord` is no TFRecord file; it seems packed: `compression: GZIP`",
         "path"),
        ("worn", {"features": Y}, "`worn.tfrecord`, record 3 is damaged: corrupted record at {place}", "path"),
        ("long", {"features": Y}, "`long.tfrecord`, record 2 is damaged: the checksum of its length is wrong", "path"),
        ("good", {"features": Y, "compression": "GZIP"}, "`good.tfrecord`, record 1 is damaged: inflate() failed with "
         "error -3: incorrect header check; is it packed with GZIP?", "path"),
        ("few", {"features": X}, "`few.tfrecord`, record 2: there is no feature `x`; it has y; a `default_value` would "
         "stand for what is not there", "features"),
        ("bytes", {"features": Y}, "`bytes.tfrecord`, record 1 is no `tf.train.Example`", "path"),
        ("short", {"features": X}, "`short.tfrecord`, record 1: the feature `x` has 2 values, and the shape [2, 2] "
         "wants 4", "features"),
        ("kinds", {"features": X}, "`kinds.tfrecord`, record 1: the feature `x` holds int64, and float32 is expected; "
         "write `dtype: int64`", "features"),
        ("latin", {"features": {"name": {"dtype": "string"}}}, "`latin.tfrecord`, record 1: the feature `name` is no "
         "text in UTF-8; bytes want `decode: raw` or `decode: image`", "features"),
        ("good", {"features": {"raw": {"shape": [3], "dtype": "int32", "decode": "raw"}}}, "`good.tfrecord`, record 1: "
         "the feature `raw` has 6 bytes, and int32 of the shape [3] wants 12", "features"),
        ("good", {"features": {"photo": {"shape": [4, 4, 3], "decode": "image"}}}, "`good.tfrecord`, record 1: the "
         "feature `photo` is an image of the shape [4, 5, 3], and not [4, 4, 3]", "features"),
        ("good", {"features": {"name": {"shape": [4, 4, 3], "decode": "image"}}}, "`good.tfrecord`, record 1: the "
         "feature `name` is no image; JPEG, PNG, GIF and BMP can be decoded", "features"),
        ("good", {"features": Y, "compression": "zip"}, "expected `GZIP` or `ZLIB`, got 'zip'", "compression"),
        ("god", {"features": Y}, "there is no file `god.tfrecord`; did you mean `good.tfrecord`?", "path"),
    ],
)  # fmt: skip
def test_damaged_files_are_refused(file, arguments, message, argument, refusal, write, tmp_path):
    damaged_files(tmp_path, write)
    place = sum(len(record(number)) + 16 for number in range(2)) + 12
    error = refusal("tfrecord", path=f"{file}.tfrecord", **arguments)
    assert (str(error), error.argument) == (message.format(place=place), argument)


def test_a_packed_file_that_is_cut_short(refusal, write, tmp_path):
    damaged_files(tmp_path, write)
    error = refusal("tfrecord", path="torn.tfrecord", features=Y, compression="GZIP")
    assert error.message.startswith("`torn.tfrecord`, record ")
    assert " is damaged: " in error.message


def test_only_what_is_wanted_is_looked_at(load, write):
    path = write("a.tfrecord", [record(0), example(y=1)])
    rows = load("tfrecord", path=path, features={**Y, "x": {**FEATURES["x"], "default_value": 0.5}}).train
    assert rows["x"][1].tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([1], "expected a mapping by name, got [1]; such as `features: {x: {shape: [28, 28], dtype: float32}, y: "
         "{dtype: int64}}`"),
        ({"x": 3}, "feature `x`: expected a mapping, got 3; such as `features: {x: {shape: [28, 28], dtype: float32}, "
         "y: {dtype: int64}}`"),
        ({"x": {"dtyp": "int64"}}, "feature `x`: there is no key `dtyp`; did you mean `dtype`?"),
        ({"x": {"shape": [2]}}, "feature `x`: `dtype` is missing; the values are float32, int64, string"),
        ({"x": {"dtype": "int32"}}, "feature `x`: records hold float32, int64, string, not 'int32'; numbers that stand "
         "in bytes want `decode: raw`, images `decode: image`"),
        ({"x": {"dtype": "float31", "decode": "raw"}}, "feature `x`: there are no numbers of dtype 'float31'"),
        ({"x": {"dtype": "int64", "decode": "png"}}, "feature `x`: `decode` is `raw` or `image`, not 'png'"),
        ({"x": {"shape": [28, 28], "decode": "image"}}, "feature `x`: an image has the shape [height, width, "
         "channels], got [28, 28]; channels are 1, 3 or 4"),
        ({"x": {"shape": [None], "dtype": "int64"}}, "feature `x`: expected `shape` as a list of positive whole "
         "numbers, got [None]; every record has the same number of values; `[]` for one"),
        ({"x": {"shape": [2], "dtype": "int64", "default_value": [1, 2, 3]}}, "feature `x`: expected `default_value` "
         "as int64 of shape [2], got [1, 2, 3]"),
        ({"x": {"shape": [1, 1, 1], "decode": "image", "default_value": 0}}, "feature `x`: what is decoded has no "
         "`default_value`"),
        ({"x": {"shape": [1, 1, 1], "decode": "image", "dtype": "float32"}}, "feature `x`: images are uint8, not "
         "'float32'; leave `dtype` out, and cast under `inputs`"),
    ],
)  # fmt: skip
def test_wrong_features_are_told_before_anything_is_read(features, message, refusal, write, tmp_path):
    path = write("a.tfrecord", [record(0)])
    error = refusal("tfrecord", path=path, features=features)
    assert (str(error), error.argument) == (message, "features")
    (tmp_path / path).write_bytes(b"")
    assert tfrecord_fields(tmp_path, path=path, features=FEATURES) == list(FEATURES)
