"""Run folders, their files and what is known of them."""

import errno
import json
import os

import pytest

from kspec.runs import atomic
from kspec.runs.folder import RunFolder, claim
from kspec.runs.history import History, guess_direction
from kspec.runs.listing import all_runs, find_run, is_run
from kspec.runs.manifest import Manifest, ManifestError
from kspec.runs.strict_json import strict
from kspec.spec.problems import SpecError
from kspec.spec.run_names import OWN_NAMES


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "file.txt"
    atomic.write_text(path, "old")
    with pytest.raises(OSError, match="disk full"), atomic.replacing(path) as unfinished:
        unfinished.write_text("half")
        raise OSError("disk full")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.txt"]
    with pytest.raises(OSError, match=r"No space left.*file\.txt"), atomic.replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_written_files_can_be_read_by_others(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    atomic.write_text(tmp_path / "ours", "x")
    assert (tmp_path / "ours").stat().st_mode == plain.stat().st_mode


def test_claims_count_up_and_skip_what_is_taken(tmp_path):
    assert claim(tmp_path / "runs", "a").name == "a-1"
    (tmp_path / "runs" / "a-7").mkdir()
    (tmp_path / "runs" / "a-b-9").mkdir()
    assert claim(tmp_path / "runs", "a").name == "a-8"
    assert claim(tmp_path / "runs", "a-b").name == "a-b-10"


def write_run(runs, name, **fields):
    folder = claim(runs, name)
    manifest = Manifest(name=folder.name, **fields)
    manifest.write(folder)
    return folder


def test_a_run_whose_process_is_gone_was_interrupted(tmp_path):
    here = write_run(tmp_path, "here", status="running")
    gone = write_run(tmp_path, "gone", status="running", pid=2**22 + 1)
    reused = write_run(tmp_path, "reused", status="running", pid=os.getpid(), process_started=1.0)
    done = write_run(tmp_path, "done", status="done", pid=2**22 + 1)
    found = {folder.name: Manifest.read(folder).true_status for folder in (here, gone, reused, done)}
    assert found == {"here-1": "running", "gone-1": "interrupted", "reused-1": "interrupted", "done-1": "done"}


def test_finding_runs(tmp_path):
    write_run(tmp_path, "old", started="2026-01-01T00:00:00+00:00")
    write_run(tmp_path, "new", started="2026-02-01T00:00:00+00:00")
    (tmp_path / "not-a-run").mkdir()
    (tmp_path / "broken-1").mkdir()
    (tmp_path / "broken-1" / "run.json").write_text("{")
    assert [folder.name for folder, _ in all_runs(tmp_path)] == ["new-1", "old-1"]
    assert find_run(None, tmp_path).name == "new-1"
    assert find_run("old-1", tmp_path).name == "old-1"
    assert find_run("old", tmp_path).name == "old-1"
    assert find_run(tmp_path / "old-1" / "run.json", tmp_path).name == "old-1"
    assert is_run("old-1", tmp_path)
    assert not is_run("not-a-run", tmp_path)
    with pytest.raises(SpecError, match="did you mean `old-1`"):
        find_run("odl-1", tmp_path)
    with pytest.raises(SpecError, match="there is no run in"):
        find_run(None, tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": 3}', '{"name": "x", "unknown": 1}', '{"name": "x", "status": "dancing"}']
)
def test_a_damaged_manifest_is_named(tmp_path, text):
    folder = RunFolder(tmp_path)
    folder.manifest.write_text(text)
    with pytest.raises(ManifestError, match="is damaged"):
        Manifest.read(folder)


def test_run_json_is_strict_json(tmp_path):
    folder = write_run(tmp_path, "x", results={"test.loss": float("nan")})
    assert json.loads(folder.manifest.read_text(), parse_constant=pytest.fail)["results"] == {"test.loss": None}
    assert strict({"a": [float("inf"), (1.5, "x")]}) == {"a": [None, [1.5, "x"]]}


def test_history_survives_its_file_and_a_cut_last_line():
    rows = [
        {"epoch": 1, "loss": 0.5, "val_loss": 0.1 + 0.2, "seconds": 1.0},
        {"epoch": 2, "loss": float("nan"), "seconds": 2.0},
    ]
    text = History(rows).to_csv()
    read = History.from_csv(text)
    assert read.rows[0] == rows[0]
    assert read.series("val_loss")[0] == 0.1 + 0.2
    assert read.metrics == ["loss"]
    assert read.best("loss").epoch == 1
    assert History.from_csv(text[: text.rindex("nan")]).epochs == [1]
    assert History.from_csv("").rows == []


def test_what_callbacks_must_not_write_to_is_all_that_kspec_writes():
    """The language refuses these names without knowing the run folder's code; the two lists are one."""
    entries = {value.names[0] for value in vars(RunFolder).values() if hasattr(value, "names")}
    assert entries == OWN_NAMES


def test_directions():
    assert guess_direction("val_mean_squared_error") == "min"
    assert guess_direction("auc") == "max"
    history = History([{"epoch": 1, "score": 3.0}, {"epoch": 2, "score": 1.0}], {"score": "min"})
    assert history.best("val_score") is None
    assert history.best("score").value == 1.0
