"""Seals: a file with one byte changed, or cut short, is known."""

import hashlib
import io
import zipfile

import numpy as np
import pytest

from kspec.runs.seal import SealError, add_seal, check_seal, is_sealed, seal


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "a.npz"
    np.savez(file, x=np.arange(5))
    seal(file)
    return file


def test_a_sealed_archive_is_read_as_before(path):
    check_seal(path)
    with np.load(path) as read:
        np.testing.assert_array_equal(read["x"], np.arange(5))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.comment.decode() == f"kspec sha256 {hashlib.sha256(path.read_bytes()[:-64]).hexdigest()}"


def test_any_changed_byte_and_any_cut_is_known(path):
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(SealError):
            check_seal(path)
        path.write_bytes(content[:place])
        with pytest.raises(SealError, match="cut short"):
            check_seal(path)
    path.write_bytes(content + b"\0")
    with pytest.raises(SealError):
        check_seal(path)


def test_only_archives_without_a_comment_are_sealed(path, tmp_path):
    with pytest.raises(ValueError, match="only an archive"):
        seal(path)
    with pytest.raises(ValueError, match="only an archive"):
        add_seal(io.BytesIO(b"x" * 100))
    (tmp_path / "short").write_bytes(b"short")
    assert not is_sealed(tmp_path / "short")
