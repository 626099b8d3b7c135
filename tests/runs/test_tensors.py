"""Files of arrays: exactly what was written comes back, or the file is refused."""

import hashlib
import json

import numpy as np
import pytest

from kspec.runs.tensors import DamagedTensors, digest_of, read_tensors, write_tensors

RECORD = {"epoch": 3, "text": 'ü " {}', "none": None, "nan": float("nan")}
ARRAYS = {
    "w/0": np.arange(6, dtype=np.float32).reshape(2, 3),
    "seed": np.array([1, 2**32 - 1], dtype=np.uint32),
    "one": np.array(2.5),
    "empty": np.zeros((0, 4), np.int64),
    "half": np.array([[1.5], [-0.0]], np.float16),
    "turned": np.arange(6, dtype=np.int8).reshape(2, 3).T,
    "truth": np.array([True, False]),
}


@pytest.fixture
def path(tmp_path):
    write_tensors(tmp_path / "state", RECORD, ARRAYS)
    return tmp_path / "state"


def test_what_was_written_comes_back(path):
    record, arrays = read_tensors(path)
    assert repr(record) == repr(RECORD)
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_the_file_is_what_safetensors_says_and_its_digest_what_sha256_says(path):
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    digest = header.pop("__metadata__")["sha256"]
    for name, entry in header.items():
        first, last = (8 + length + place for place in entry["data_offsets"])
        assert content[first:last] == ARRAYS[name].tobytes()
    assert hashlib.sha256(content.replace(digest.encode(), b"0" * 64, 1)).hexdigest() == digest == digest_of(path)


def test_a_file_with_one_bit_turned_or_any_end_cut_is_refused(path):
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(DamagedTensors):
            read_tensors(path)
        with pytest.raises(DamagedTensors):
            digest_of(path)
        path.write_bytes(content[:place])
        with pytest.raises(DamagedTensors):
            read_tensors(path)
    path.write_bytes(content + b"\0")
    with pytest.raises(DamagedTensors, match="there is more in it"):
        read_tensors(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
        {"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]},
        {"dtype": "O", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": 1, "data_offsets": [0, 4]},
        {"dtype": "F32"},
        [],
        None,
    ],
)
def test_headers_that_promise_what_is_not_there_are_refused(tmp_path, entry):
    """Also where the digest is right: whoever can write a file can seal it."""
    metadata = {"sha256": "0" * 64, "record": "{}"}
    header = json.dumps({"__metadata__": metadata, "w": entry}, separators=(",", ":")).encode()
    content = len(header).to_bytes(8, "little") + header + b"\0" * 4
    digest = hashlib.sha256(content).hexdigest().encode()
    (tmp_path / "state").write_bytes(content.replace(b"0" * 64, digest, 1))
    with pytest.raises(DamagedTensors):
        read_tensors(tmp_path / "state")
