"""Locks of run folders: who holds one is told, and one that was killed holds it no longer."""

import json
import os
import signal
import subprocess
import sys

import pytest

from kspec.runs.folder import RunFolder, claim
from kspec.runs.lock import Lock, remove_abandoned
from kspec.runs.manifest import Manifest
from kspec.runs.processes import boot_id, process_start
from kspec.spec.problems import SpecError

HOLD = """
import sys
from pathlib import Path
from kspec.runs.folder import RunFolder
from kspec.runs.lock import Lock
lock = Lock(RunFolder(Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def test_the_second_of_two_processes_is_told_who_the_first_is_until_that_is_killed(folder):
    program = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(SpecError) as caught:
            Lock(folder)
        (problem,) = caught.value.problems
        assert problem.code == "run-busy"
        assert f"by process {process.pid} on {os.uname().nodename}, since 20" in problem.text
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert folder.lock.exists()
    lock = Lock(folder)
    assert json.loads(folder.lock.read_text())["pid"] == os.getpid()
    with pytest.raises(SpecError, match=f"by process {os.getpid()}"):
        Lock(folder)
    lock.release()
    assert not folder.lock.exists()
    Lock(folder).release()


def written(folder, **other):
    this = {"pid": os.getpid(), "host": os.uname().nodename, "boot": boot_id(),
            "process_started": process_start(os.getpid()), "since": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    folder.lock.write_text(json.dumps(this | other))


@pytest.mark.parametrize(
    "left",
    [
        {"pid": 2**22 + 1},
        {"process_started": 1.0},
        {"boot": "the start before", "pid": 1},
        {"host": "a container of this machine"},
        {"unknown": 1},
    ],
    ids=["gone", "number used again", "machine started anew", "container", "of another version"],
)
def test_a_lock_that_was_left_is_known_to_be(folder, left):
    written(folder, **left)
    Lock(folder).release()


def test_a_process_elsewhere_cannot_be_seen(folder):
    written(folder, host="elsewhere", boot="another", pid=7)
    with pytest.raises(SpecError, match="by process 7 on elsewhere, since 2026-01-01") as caught:
        Lock(folder)
    assert "--force" in caught.value.problems[0].hint
    Lock(folder, force=True).release()


def test_a_run_of_a_machine_that_was_started_anew_was_interrupted(folder):
    manifest = Manifest(name="x", status="running")
    assert manifest.true_status == "running"
    manifest.boot = "the start before"
    assert manifest.true_status == "interrupted"


def test_preparations_that_were_cut_short_are_removed(tmp_path):
    kept = claim(tmp_path, "a")
    Manifest(name="a-1").write(kept)
    kept.lock.write_text("")
    left, held, other = claim(tmp_path, "a"), claim(tmp_path, "a"), claim(tmp_path, "a")
    written(left, pid=2**22 + 1)
    (left.path / "spec.yaml").write_text("half")
    lock = Lock(held)
    remove_abandoned(tmp_path, "a")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-1", "a-3", "a-4"]
    assert other.path.exists()
    lock.release()
