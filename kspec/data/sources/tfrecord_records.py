"""The records of TFRecord files: how many there are, and what is wrong with them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kspec.data.sources.errors import DataError
from kspec.data.sources.tfrecord_features import Feature

COMPRESSIONS = ("GZIP", "ZLIB")
_LENGTH_AND_CHECK = 12
_CHECK = 4
_BATCH = 1024
_PACKED = {b"\x1f\x8b": "GZIP", b"\x78\x01": "ZLIB", b"\x78\x5e": "ZLIB", b"\x78\x9c": "ZLIB", b"\x78\xda": "ZLIB"}
_KINDS = {"bytes_list": "bytes", "float_list": "float32", "int64_list": "int64"}
_MASK = 0xA282EAD8


def count_records(path: Path, compression: str | None) -> int:
    """Return how many records a file has.

    The lengths of all records are read, not the records themselves; a packed file must be read as a whole.

    Raises:
        DataError: If the file is empty, cut short, or no TFRecord file.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise DataError(f"`{path}` is empty", argument="path")
        if compression:
            return sum(len(batch) for batch in read_batches(path, compression, _BATCH))
        with path.open("rb", buffering=1 << 16) as file:
            return _count(path, file, size)
    except OSError as error:
        raise DataError(f"`{path}` cannot be read: {error.strerror or error}", argument="path") from error


def read_batches(path: Path, compression: str | None, rows: int) -> Iterator[Any]:
    """Yield the records of a file as tensors of text, so many at a time.

    Raises:
        DataError: A record is damaged.
    """
    import tensorflow as tf

    def opened() -> Any:
        return tf.data.TFRecordDataset(str(path), compression_type=compression or "", buffer_size=1 << 23)

    try:
        yield from opened().batch(rows)
    except tf.errors.OpError as error:
        whole = 0
        try:
            for _ in opened():
                whole += 1
        except tf.errors.OpError:
            pass
        reason = re.sub(r"\{\{.*?\}\}\s*|\[Op:.*", "", str(error.message)).strip()
        hint = f"is it packed with {compression}?" if compression and not whole else None
        message = f"`{path}`, record {whole + 1:,} is damaged: {reason}"
        raise DataError(message, hint=hint, argument="path") from error


def record_fault(path: Path, first: int, records: list[bytes], features: Mapping[str, Feature]) -> DataError | None:
    """Return what is wrong with the first of some records that is not as the spec says, or None.

    Args:
        path: The file.
        first: Number of the first record in the file, counted from 0.
        records: The records.
        features: What the spec says.
    """
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    for number, record in enumerate(records, start=first + 1):
        where = f"`{path}`, record {number:,}"
        try:
            found = tf.train.Example.FromString(record).features.feature
        except DecodeError:
            return DataError(f"{where} is no `tf.train.Example`", argument="path")
        for feature in features.values():
            if reason := _wrong(found, feature):
                return DataError(f"{where}: {reason[0]}", hint=reason[1], argument="features")
    return None


def _wrong(found: Any, feature: Feature) -> tuple[str, str | None] | None:
    """Return what is wrong with a feature of a record, and how to mend it."""
    name = feature.name
    kind = str(found[name].WhichOneof("kind")) if name in found else ""
    values = getattr(found[name], kind).value if kind in _KINDS else ()
    if not len(values):
        if feature.default is not None:
            return None
        names = ", ".join(sorted(found)) or "none"
        return f"there is no feature `{name}`", f"it has {names}; a `default_value` would stand for what is not there"
    wanted = "bytes" if feature.stored == "string" else feature.stored
    if _KINDS[kind] != wanted:
        hint = f"write `dtype: {'string' if _KINDS[kind] == 'bytes' else _KINDS[kind]}`" if not feature.decode else None
        return f"the feature `{name}` holds {_KINDS[kind]}, and {wanted} is expected", hint
    count = 1 if feature.decode else feature.count
    if len(values) != count:
        shown = f"{len(values):,} value{'s' if len(values) > 1 else ''}"
        return f"the feature `{name}` has {shown}, and the shape {list(feature.shape)} wants {count:,}", None
    return _wrong_bytes(values, feature) if wanted == "bytes" else None


def _wrong_bytes(values: Any, feature: Feature) -> tuple[str, str | None] | None:
    import numpy as np
    import tensorflow as tf

    name = feature.name
    if feature.decode == "raw":
        expected = feature.count * np.dtype(feature.dtype).itemsize
        if len(values[0]) == expected:
            return None
        shape = f"{feature.dtype} of the shape {list(feature.shape)}"
        return f"the feature `{name}` has {len(values[0]):,} bytes, and {shape} wants {expected:,}", None
    if feature.decode == "image":
        try:
            shape = decode_image(values[0], feature).shape
        except tf.errors.OpError:
            return f"the feature `{name}` is no image", "JPEG, PNG, GIF and BMP can be decoded"
        if shape == feature.shape:
            return None
        return f"the feature `{name}` is an image of the shape {list(shape)}, and not {list(feature.shape)}", None
    for value in values:
        try:
            value.decode()
        except UnicodeDecodeError:
            return f"the feature `{name}` is no text in UTF-8", "bytes want `decode: raw` or `decode: image`"
    return None


def decode_image(data: bytes, feature: Feature) -> Any:
    """Return the image that bytes hold, uint8 of shape `(height, width, channels)`."""
    import tensorflow as tf

    return tf.io.decode_image(data, channels=feature.shape[2], expand_animations=False).numpy()


def _count(path: Path, file: Any, size: int) -> int:
    records, place = 0, 0
    while place < size:
        head = file.read(_LENGTH_AND_CHECK)
        if len(head) < _LENGTH_AND_CHECK:
            raise _cut_short(path, records)
        (length,) = struct.unpack("<Q", head[:8])
        end = place + _LENGTH_AND_CHECK + length + _CHECK
        if not records or end > size:
            _check_length(path, head, records)
        if end > size:
            raise _cut_short(path, records)
        file.seek(length + _CHECK, 1)
        place, records = end, records + 1
    return records


def _check_length(path: Path, head: bytes, records: int) -> None:
    if struct.unpack("<I", head[8:12])[0] == _masked(_crc32c(head[:8])):
        return
    if records:
        message = f"`{path}`, record {records + 1:,} is damaged: the checksum of its length is wrong"
        raise DataError(message, argument="path")
    packed = _PACKED.get(head[:2])
    hint = f"it seems packed: `compression: {packed}`" if packed else None
    raise DataError(f"`{path}` is no TFRecord file", hint=hint, argument="path")


def _cut_short(path: Path, records: int) -> DataError:
    return DataError(f"`{path}` is cut short: record {records + 1:,} does not end", argument="path")


def _masked(check: int) -> int:
    """Return a checksum as TFRecord files hold it (`tensorflow/core/lib/hash/crc32c.h`)."""
    return (((check >> 15) | (check << 17)) + _MASK) & 0xFFFFFFFF


def _crc32c(data: bytes) -> int:
    """Return the CRC-32C of some bytes (RFC 3720, appendix B.4), bit by bit: it is asked for few of them."""
    check = 0xFFFFFFFF
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = (check >> 1) ^ (0x82F63B78 if check & 1 else 0)
    return check ^ 0xFFFFFFFF
