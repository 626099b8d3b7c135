"""Examples in TFRecord files."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.files import find_files, fingerprint_files, listed_files
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.stream import Shard, Stream, hold, memory_of, rows_of_a_piece
from kspec.data.sources.tfrecord_features import Feature, read_features
from kspec.data.sources.tfrecord_records import COMPRESSIONS, count_records, decode_image, read_batches, record_fault

_HEAD_ROWS = 64
"""Rows that are read to tell how much memory a row takes."""


def tfrecord(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    features: Mapping[str, Mapping[str, Any]],
    compression: str | None = None,
) -> Loaded:
    """Examples in TFRecord files, the `tf.train.Example` of TensorFlow; each feature that is named is a field.

    Args:
        path: String, or list of strings. The file, relative to the spec; a pattern such as `data/*.tfrecord` stands for
            all that it matches, sorted by name. Many files of equal size are mixed better than one large file.
        features: Dict. For each feature, as `tf.io.FixedLenFeature` has it, its `dtype` (`float32`, `int64` or
            `string`), its `shape` (default `[]`, one value) and a `default_value` for records that lack it; or
            `decode: raw`, numbers of any `dtype` in bytes; or `decode: image`, JPEG, PNG, GIF or BMP of the `shape`
            `[height, width, channels]`.
        compression: String, one of `GZIP` and `ZLIB`, or null for files that are not packed.

    Returns:
        One array of shape `(rows, *shape)` for each feature.

    Raises:
        DataError: If a file is missing, damaged or no TFRecord file, or a record is not as `features` says.
    """
    paths = find_files(path, folder=context.folder)
    wanted = read_features(features)
    check_compression(compression)
    counts: list[int] = []
    for number, file in enumerate(paths):
        context.progress("counting records", number, len(paths))
        counts.append(count_records(file, compression))
    sample = next(_pieces(paths[0], wanted, compression, _HEAD_ROWS, None))
    bytes_a_row = memory_of(sample) // sample.rows + 1
    rows = rows_of_a_piece(bytes_a_row)
    shards = [
        Shard(count, functools.partial(_pieces, file, wanted, compression, rows))
        for file, count in zip(paths, counts, strict=True)
    ]
    train = hold(Stream(shards, head=sample.head(1), size=bytes_a_row * sum(counts)), context.memory)
    if isinstance(train, Fields):
        train = train.head(context.limit)
    fingerprint = fingerprint_files(paths)
    return Loaded(train=train, test=None, origin=listed_files(paths), fingerprint=fingerprint, paths=paths)


def tfrecord_fields(
    folder: Path, *, path: str | Sequence[str], features: Any, compression: str | None = None
) -> list[str]:
    """Return the names of the fields that `tfrecord` will give.

    Raises:
        DataError: If a file is missing, or the features cannot be read.
    """
    find_files(path, folder=folder)
    check_compression(compression)
    return list(read_features(features))


def check_compression(compression: Any) -> None:
    """Refuse a way of packing that there is not.

    Raises:
        DataError: There is none of this name.
    """
    if compression is not None and compression not in COMPRESSIONS:
        raise DataError(f"expected `GZIP` or `ZLIB`, got {compression!r}", argument="compression")


def _pieces(
    path: Path, features: Mapping[str, Feature], compression: str | None, rows: int, names: Collection[str] | None
) -> Iterator[Fields]:
    """Yield the records of a file, so many at a time.

    Raises:
        DataError: A record is damaged, or not as the spec says.
    """
    import tensorflow as tf

    chosen = {name: feature for name, feature in features.items() if names is None or name in names} or features
    known = {name: _fixed(feature) for name, feature in chosen.items()}
    first = 0
    for batch in read_batches(path, compression, rows):
        try:
            parsed = tf.io.parse_example(batch, known)
            arrays = {name: _array(parsed[name], feature) for name, feature in chosen.items()}
        except (tf.errors.OpError, ValueError) as error:
            said = str(getattr(error, "message", error)).strip()
            fault = DataError(f"`{path}` cannot be read: {said}", argument="path")
            raise record_fault(path, first, batch.numpy().tolist(), chosen) or fault from error
        yield Fields(arrays)
        first += len(batch)


def _fixed(feature: Feature) -> Any:
    import tensorflow as tf

    shape = [] if feature.decode else list(feature.shape)
    return tf.io.FixedLenFeature(shape, tf.as_dtype(feature.stored), feature.default)


def _array(values: Any, feature: Feature) -> Array:
    """Return parsed values as a field has them.

    Raises:
        ValueError: Bytes are not what the spec says.
    """
    import tensorflow as tf

    array: Array
    if feature.decode == "raw":
        array = tf.io.decode_raw(values, tf.as_dtype(feature.dtype)).numpy()
        return array.reshape(len(array), *feature.shape)
    array = values.numpy()
    if feature.decode == "image":
        images = [decode_image(data, feature) for data in array]
        if any(image.shape != feature.shape for image in images):
            raise ValueError("an image has another shape")
        return np.stack(images)
    if array.dtype == object:
        done = np.empty(array.size, dtype=object)
        done[:] = [value.decode() for value in array.ravel()]
        return done.reshape(array.shape)
    return array
