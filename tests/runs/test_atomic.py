"""Files that are there whole or not at all."""

import errno
import tempfile

import pytest

from kspec.runs import atomic


def test_a_folder_that_takes_no_file_is_told_of_the_file_that_was_meant(tmp_path, monkeypatch):
    def refuse(**where):
        raise OSError(errno.EROFS, "Read-only file system", f"{where['dir']}/{where['prefix']}k3x")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(OSError, match=r"report\.html"):
        atomic.write_text(tmp_path / "report.html", "whole")
    assert list(tmp_path.iterdir()) == []
