"""States on disk: at whatever call a save is cut short, the one before it, or the new one, is there, whole."""

import contextlib
import errno
import os
from pathlib import Path

import numpy as np
import pytest

from kspec.runs import states
from kspec.runs.folder import RunFolder
from kspec.runs.states import BestModel, load_state, save_state, settle, write_best
from kspec.spec.problems import SpecError

CALLS = ("open", "fsync", "replace", "unlink", "link", "chmod", "mkdir", "pwrite")


class Dead(BaseException):
    """The process was killed: nothing that it would still do is done."""


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def save(folder, number):
    save_state(folder, {"epoch": number}, {"w": np.full(5000, number)})


def read(folder):
    stored = load_state(folder)
    assert (stored.arrays["w"] == stored.record["epoch"]).all()
    return stored.record["epoch"]


def listened(monkeypatch, heard):
    """Have every call that changes files heard before it is made."""
    for name in CALLS:
        made = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, name=name, made=made, **k: (heard(name, a), made(*a, **k))[1])


def test_a_file_is_flushed_before_it_is_renamed_and_its_folder_after(folder, monkeypatch):
    save(folder, 1)
    done = []

    def heard(name, arguments):
        what = arguments[0]
        if name == "fsync":
            what = Path(f"/proc/self/fd/{what}").readlink()
        done.append((name, "folder" if str(what) == str(folder.checkpoint.parent) else "file"))

    listened(monkeypatch, heard)
    save(folder, 2)
    order = [call for call in done if call[0] in ("fsync", "replace")]
    assert order == [
        ("fsync", "file"),
        ("replace", "file"),
        ("fsync", "file"),
        ("replace", "file"),
        ("fsync", "folder"),
    ]


@pytest.mark.parametrize("end", ["killed", "refused"])
def test_a_save_cut_short_at_any_call_leaves_a_whole_state(folder, monkeypatch, end):
    """A killed process does nothing more; one whose call is refused cleans up, and leaves nothing half written."""
    reached = number = 0
    save(folder, 0)
    while True:
        number += 1
        count = 0

        def heard(name, arguments, number=number):
            nonlocal count
            count += 1
            if end == "killed" and count >= number:
                raise Dead
            if end == "refused" and count == number:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        with monkeypatch.context() as patched, contextlib.suppress(Dead, OSError):
            listened(patched, heard)
            save(folder, number)
        now = read(folder)
        assert reached <= now <= number
        assert now in (reached, number)
        reached = now
        if end == "refused":
            assert not list(folder.path.rglob(".writing-*"))
        folder.clean()
        if count < number:
            break
    assert number > 7
    assert reached == number


def test_the_one_before_is_taken_where_the_newest_is_damaged(folder):
    assert load_state(folder) is None
    for number in (1, 2):
        save(folder, number)
    content = bytearray(folder.checkpoint.read_bytes())
    content[-1] ^= 1
    folder.checkpoint.write_bytes(content)
    stored = load_state(folder)
    assert stored.record["epoch"] == 1
    assert "does not match its digest; training goes on from the one before it" in stored.notice
    settle(folder, stored, None)
    assert load_state(folder).notice == ""
    folder.checkpoint.write_bytes(content)
    with pytest.raises(SpecError, match="does not match its digest"):
        load_state(folder)


def test_a_best_model_has_two_names_and_comes_back_under_either(folder):
    best = write_best(folder, 3, lambda path: path.write_bytes(b"model"))
    assert best.file == "best-3.keras"
    save(folder, 3)
    stored = load_state(folder)
    states.publish_best(folder, best)
    assert folder.best_model.samefile(folder.checkpoint.with_name(best.file))
    folder.best_model.unlink()
    settle(folder, stored, best)
    folder.checkpoint.with_name(best.file).unlink()
    settle(folder, stored, best)
    assert folder.best_model.read_bytes() == folder.checkpoint.with_name(best.file).read_bytes() == b"model"
    states.drop_best(folder, {"best-4.keras"})
    assert not folder.checkpoint.with_name(best.file).exists()
    with pytest.raises(SpecError, match=r"the best model, .* is damaged or gone"):
        settle(folder, stored, BestModel("best-3.keras", "0" * 64))
