"""`kspec runs compare`: what differs between runs, on screen and as JSON. The runs are written, not trained."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kspec.cli.app import app
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import Manifest

SPEC = """
name: small
seed: 7
data: {source: digits, targets: y}
model:
  layers:
    - Flatten
    - Dense: {units: 16, activation: relu}
    - Dropout: 0.4
    - Dense: {units: 10, activation: softmax}
compile: {optimizer: {Adam: {learning_rate: 0.01}}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 5, batch_size: 32}
"""
OTHER = (
    SPEC.replace("Dropout: 0.4", "Dropout: {rate: 0.4, seed: null}")
    .replace("epochs: 5, batch_size: 32", "epochs: 8")
    .replace("{learning_rate: 0.01}", "0.02")
)
THIRD = SPEC.replace("    - Flatten\n", "    - Flatten\n    - BatchNormalization\n").replace("units: 16", "units: 24")


def write_run(name: str, spec: str, **said) -> None:
    folder = RunFolder(Path("runs") / name)
    folder.path.mkdir(parents=True)
    folder.resolved.write_text(spec)
    facts = {
        "name": name,
        "status": "done",
        "folder": str(Path.cwd()),
        "seed": 7,
        "started": "2026-11-29T17:56:06+00:00",
        "seconds": {"train": 4.562},
        "versions": {"keras": "3.15.1", "numpy": "2.4.6"},
        "platform": {"machine": "x86_64", "processor": "AMD EPYC", "features": ["avx"]},
        "git": {"commit": "6c0b18c121387b3a63e389e18a172e112186b7f5", "clean": True},
        "data": {"origin": {"source": "digits"}, "fingerprints": {"source": "a0fb61" * 10}, "rows": {"train": 96}},
        "model": {"parameters": 403},
        "directions": {"loss": "min", "accuracy": "max"},
        "monitor": "val_loss",
        "epochs": 5,
        "epochs_done": 5,
        "best": {"epoch": 5, "val_loss": 0.28},
        "results": {"test.loss": 0.375, "test.accuracy": 0.75},
    }
    Manifest(**(facts | said)).write(folder)


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    """Three runs of three specs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    write_run("small-1", SPEC)
    write_run(
        "small-2", OTHER, epochs=8, epochs_done=6, status="stopped", host="elsewhere",
        results={"test.loss": 0.25, "test.accuracy": 0.875},
        versions={"keras": "3.14.0", "numpy": "2.4.6"},
        git={"commit": "f" * 40, "clean": False},
    )  # fmt: skip
    write_run("other-1", THIRD, data={"origin": {"source": "digits"}, "fingerprints": {"source": "b1" * 32},
                                      "rows": {"train": 112}}, results={"test.loss": 0.5})  # fmt: skip


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["runs", "compare", *arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output


def test_what_differs_between_two_runs_as_it_is_shown():
    lines = run("small-1", "small-2").splitlines()
    table = {line.split("  ")[0]: line.split()[-2:] for line in lines}
    assert lines[0].split() == ["run", "status", "epochs", "metric", "best", "parameters", "took"]
    assert lines[2].startswith("small-2  stopped  6 of 8  val_loss  0.2800 @ 5")
    assert table["spec"] == ["small-1", "small-2"]
    assert table["compile.optimizer.Adam.learning_rate"] == ["0.01", "0.02"]
    assert table["fit.epochs"] == ["5", "8"]
    assert table["keras"] == ["3.15.1", "3.14.0"]
    assert any(re.fullmatch("git commit +6c0b18c12138 +ffffffffffff, with changes", line) for line in lines)
    assert "the same as far as the runs tell: the data" in lines
    assert [line for line in lines if line.startswith("test.")] == [
        "test.loss           0.3750    0.2500 *  -0.1250",
        "test.accuracy       0.7500    0.8750 *  +0.1250",
    ]
    shown = "\n".join(lines)
    assert "Dropout" not in shown, "it is the same in other words"
    assert "batch_size" not in shown, "it is the default"
    assert max(map(len, lines)) <= 80


def test_three_runs_as_json_by_the_places_of_the_first():
    found = json.loads(run("small-1", "small-2", "other", "--json"))
    assert [each["run"] for each in found["runs"]] == ["small-1", "small-2", "other-1"]
    assert found["runs"][1] | {"started": ""} == {
        "run": "small-2", "path": "runs/small-2", "status": "stopped", "reason": "", "started": "", "smoke": False,
        "epochs": 8, "epochs_done": 6, "best": {"metric": "val_loss", "value": 0.28, "epoch": 5}, "seconds": 4.562,
        "parameters": 403,
    }  # fmt: skip
    assert {row["path"]: row["values"] for row in found["spec"]} == {
        "model.layers.1": {"other-1": "BatchNormalization"},
        "model.layers.1.Dense.units": {"small-1": 16, "small-2": 16, "other-1": 24},
        "compile.optimizer.Adam.learning_rate": {"small-1": 0.01, "small-2": 0.02, "other-1": 0.01},
        "fit.epochs": {"small-1": 5, "small-2": 8, "other-1": 5},
    }
    assert [row["name"] for row in found["data"]] == ["rows of train", "sha256 of source"]
    assert found["data"][0]["values"] == {"small-1": 96, "small-2": 96, "other-1": 112}
    kinds = {row["name"]: row["kind"] for row in found["surroundings"]}
    assert kinds == {"keras": "version", "host": "machine", "git commit": "git"}
    loss, accuracy = found["results"]
    assert loss["best"] == ["small-2"]
    assert loss["apart"] == {"small-1": 0, "small-2": -0.125, "other-1": 0.125}
    assert (loss["direction"], accuracy["direction"]) == ("min", "max")
    assert accuracy["values"] == {"small-1": 0.75, "small-2": 0.875, "other-1": None}
    assert accuracy["best"] == ["small-2"]


def test_more_runs_than_have_columns_stand_by_their_values():
    for number in range(3, 9):
        write_run(f"small-{number}", SPEC)
    text = run(*(f"small-{number}" for number in range(1, 9)))
    assert max(map(len, text.splitlines())) <= 80
    assert "fit.epochs\n  small-1, small-3, small-4, small-5, small-6, small-7, small-8\n" in text
    assert "\n  small-2  8\n" in text
    assert "\n  small-2  0.8750 *\n" in text


def test_runs_of_one_name_in_two_folders_are_called_by_their_paths():
    Path("kept").mkdir()
    Path("runs/small-2").rename("kept/small-1")
    found = json.loads(run("runs/small-1", "kept/small-1", "--json"))
    assert [each["run"] for each in found["runs"]] == ["runs/small-1", "kept/small-1"]


def test_a_spec_that_this_version_cannot_read_is_compared_as_it_is_written():
    Path("runs/small-2/resolved.yaml").write_text(SPEC.replace("Dropout: 0.4", "DropOutAgain: 0.4"))
    text = run("small-1", "small-2")
    assert "the spec of `small-2` cannot be read by this version of kspec" in text
    assert "model.layers.2.DropOutAgain" in text
    assert "model.layers.2.Dropout " in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["small-1"], "small-1 alone cannot be compared; name two runs or more"),
        (["small-1", "runs/small-1"], "runs/small-1 is named twice: it is runs/small-1"),
        ([], "Missing argument 'RUN'"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments, said):
    assert said in run(*arguments, code=2)


def test_missing_and_damaged_runs_are_told_in_one_diagnostic_and_tensorflow_is_not_imported():
    Path("runs/other-1/run.json").write_text("{")
    Path("runs/small-2/resolved.yaml").write_text("model: [")
    program = (
        "import sys\nfrom kspec.cli.app import run\n"
        "for names in (['small-1', 'smal-2'], ['small-1', 'other-1'], ['small-1', 'small-2']):\n"
        "    sys.argv = ['kspec', 'runs', 'compare', *names]\n"
        "    try:\n        run()\n    except SystemExit as end:\n        print(end.code)\n"
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["2", "2", "2", "False", "False"]
    first, second, third = [text for text in done.stderr.split("\n\n") if "error:" in text]
    assert "there is no run `smal-2`; did you mean `small-2`? [no-run]" in first
    assert "`runs/other-1/run.json` is damaged" in second
    assert "[damaged-run]" in second
    assert "runs/small-2/resolved.yaml:2:1: error: not YAML" in third
    assert "[yaml-syntax]" in third


def test_what_stands_in_the_place_of_something_else_has_no_parts_of_it():
    base = SPEC.replace("{Adam: {learning_rate: 0.01}}", "adam")
    write_run("base-1", base)
    write_run("sgd-1", base.replace("adam", "sgd"))
    write_run("rate-1", base.replace("adam", "{Adam: 0.1}").replace("units: 16", "units: 24"))
    write_run("without-1", base.replace("    - Dense: {units: 16, activation: relu}\n", ""))
    found = json.loads(run("base-1", "sgd-1", "rate-1", "without-1", "--json"))["spec"]
    rows = {row["path"]: row["values"] for row in found}
    assert rows["compile.optimizer"] == {
        "base-1": "adam", "sgd-1": "sgd", "rate-1": {"Adam": 0.1}, "without-1": "adam",
    }  # fmt: skip
    assert rows["compile.optimizer.Adam.learning_rate"] == {"base-1": 0.001, "rate-1": 0.1, "without-1": 0.001}
    assert rows["model.layers.1.Dense.units"] == {"base-1": 16, "sgd-1": 16, "rate-1": 24}


def test_a_section_that_this_version_does_not_know_comes_last():
    write_run("later-1", SPEC + "future: {a: 1}\n")
    done = run("small-1", "later-1")
    assert "future" in done
    assert "cannot be read by this version" in " ".join(done.split())
