"""Arrays and a record in one file: the format of `safetensors`, which many programs read, sealed by a digest.

The file is the length of its header (8 bytes, the least first), the header (JSON), and the bytes of the arrays, one
after the other. The header says type, shape and place of every array, so that nothing has to be unpacked or run to read
one, and nothing larger than the file can come out of it. Its `__metadata__` holds the record as JSON and the SHA-256 of
the whole file, taken with zeros in the place of the digest itself.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_TYPES = {
    "BOOL": "bool", "U8": "uint8", "U16": "uint16", "U32": "uint32", "U64": "uint64", "I8": "int8", "I16": "int16",
    "I32": "int32", "I64": "int64", "F16": "float16", "F32": "float32", "F64": "float64",
}  # fmt: skip
_NAMES = {name: word for word, name in _TYPES.items()}

_OPENING = b'{"__metadata__":{"sha256":"'
_BLANK = b"0" * 64
_LENGTH = 8
_LONGEST = 100_000_000
"""Bytes that a header may have, as `safetensors` itself has it."""


class DamagedTensors(Exception):  # noqa: N818 - it says what the file is
    """A file is not what `write_tensors` wrote; says why."""


def write_tensors(path: Path, record: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """Write a file of arrays, and return its digest.

    Args:
        path: The file; it is overwritten.
        record: Anything that JSON can say.
        arrays: Arrays of truth values, whole numbers or floats of 16 to 64 bits, of any shape, by name.
    """
    whole = {name: np.ascontiguousarray(array).reshape(np.shape(array)) for name, array in arrays.items()}
    header = _header(record, whole)
    blocks: list[bytes | memoryview] = [len(header).to_bytes(_LENGTH, "little"), header]
    seal = hashlib.sha256()
    with path.open("wb") as file:
        for block in [*blocks, *map(_bytes_of, whole.values())]:
            seal.update(block)
            file.write(block)
        file.seek(_LENGTH + len(_OPENING))
        file.write(seal.hexdigest().encode())
    return seal.hexdigest()


def read_tensors(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the record and the arrays of a file.

    Raises:
        DamagedTensors: It is not, to the last bit, what was written.
        OSError: It cannot be opened.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        header, seal = _opened(file, size)
        table = _table(header)
        record = table.pop("__metadata__")["record"]
        places = list(_places(table, size - _LENGTH - len(header)))
        arrays = {}
        for name, kind, shape in places:
            array = np.empty(shape, kind)
            block = _bytes_of(array)
            if file.readinto(block) != len(block):
                raise DamagedTensors("it is cut short")
            seal.update(block)
            arrays[name] = array
    if seal.hexdigest().encode() != header[len(_OPENING) : len(_OPENING) + len(_BLANK)]:
        raise DamagedTensors("its content does not match its digest")
    return json.loads(record), arrays


def digest_of(path: Path) -> str:
    """Return the digest that a file should have by what was written into it, having compared it with the content.

    Raises:
        DamagedTensors: It is not, to the last bit, what was written.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        header, seal = _opened(file, path.stat().st_size)
        while block := file.read(1 << 22):
            seal.update(block)
    written = header[len(_OPENING) : len(_OPENING) + len(_BLANK)].decode("ascii", "replace")
    if seal.hexdigest() != written:
        raise DamagedTensors("its content does not match its digest")
    return written


def _header(record: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    table: dict[str, Any] = {"__metadata__": {"sha256": _BLANK.decode(), "record": json.dumps(record, default=float)}}
    first = 0
    for name, array in arrays.items():
        last = first + array.nbytes
        table[name] = {"dtype": _NAMES[array.dtype.name], "shape": array.shape, "data_offsets": [first, last]}
        first = last
    text = json.dumps(table, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _LENGTH)


def _opened(file: BinaryIO, size: int) -> tuple[bytes, Any]:
    """Return the header, and a digest that has taken in all until the first array."""
    start = file.read(_LENGTH)
    length = int.from_bytes(start, "little")
    if len(start) < _LENGTH or length > min(size - _LENGTH, _LONGEST):
        raise DamagedTensors("it is cut short" if size < _LENGTH else "its header does not fit into it")
    header = file.read(length)
    after = len(_OPENING) + len(_BLANK)
    if len(header) < length or not header.startswith(_OPENING) or len(header) < after:
        raise DamagedTensors("it has no digest")
    seal = hashlib.sha256(start)
    seal.update(_OPENING + _BLANK + header[after:])
    return header, seal


def _table(header: bytes) -> dict[str, Any]:
    try:
        table = json.loads(header)
        if not isinstance(table["__metadata__"]["record"], str):
            raise ValueError("no record")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DamagedTensors("its header is not what was written") from None
    return dict(table)


def _places(table: Mapping[str, Any], room: int) -> Iterator[tuple[str, np.dtype[Any], tuple[int, ...]]]:
    """Yield name, type and shape of every array, which lie one after the other and fill the file."""
    reached = 0
    for name, entry in table.items():
        try:
            kind, shape = np.dtype(_TYPES[entry["dtype"]]), tuple(entry["shape"])
            first, last = entry["data_offsets"]
            wanted = math.prod(shape) * kind.itemsize
        except (KeyError, TypeError, ValueError):
            raise DamagedTensors(f"its header says of `{name}` what cannot be") from None
        if not all(type(length) is int and length >= 0 for length in shape) or (first, last - first) != (
            reached,
            wanted,
        ):
            raise DamagedTensors(f"its header says of `{name}` what cannot be")
        reached = last
        if reached > room:
            raise DamagedTensors("it is cut short")
        yield name, kind, shape
    if reached != room:
        raise DamagedTensors("there is more in it than its header says")


def _bytes_of(array: Array) -> memoryview:
    """Return the bytes of an array without copying them."""
    return array.reshape(-1).view(np.uint8).data
