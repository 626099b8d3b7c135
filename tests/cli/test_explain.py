"""`kspec explain` and `kspec list` as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app

Run = Callable[..., str]


@pytest.fixture
def cli() -> Run:
    """Run a command in this process and return what it writes."""

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == 0, result.output + repr(result.exception)
        return result.stdout

    return run


def test_explain(cli: Run) -> None:
    lines = cli("explain", "Dropout").splitlines()
    assert lines[0] == "Dropout  layer  keras.layers.Dropout"
    assert "  - Dropout: 0.5" in lines
    assert "number, 0 to 1; required" in "\n".join(lines)
    assert "initializers" not in cli("explain", "Identity", "--family", "layers")


def test_explain_for_programs(cli: Run) -> None:
    record = json.loads(cli("explain", "Identity", "--json"))
    assert record["name"] == "Identity"
    assert [(entry["kind"], entry["family"]) for entry in record["entries"]] == [
        ("component", "layers"),
        ("component", "initializers"),
    ]
    (gain,) = record["entries"][1]["arguments"]
    assert (gain["name"], gain["types"], gain["required"], gain["default"]) == ("gain", ["float"], False, 1.0)
    kinds = {
        "Dense.units": "argument",
        "fit.epochs": "key",
        "tab": "code",
        "accuracy": "word",
        "nb_epoch": "old",
        "Lambda": "refused",
    }
    for name, kind in kinds.items():
        assert json.loads(cli("explain", name, "--json"))["entries"][0]["kind"] == kind


def test_list(cli: Run) -> None:
    overview = cli("list")
    assert "layers" in overview and "codes" in overview
    assert cli("list", "constraints").splitlines()[0].startswith("MaxNorm")
    matched = cli("list", "layers", "--match", "LSTM")
    assert [line.split()[0] for line in matched.splitlines() if not line.startswith(" ")] == [
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "LSTM",
        "LSTMCell",
    ]
    assert "MeanAbsoluteError" in cli("list", "losses", "--match", "mae")
    assert (
        cli("list", "layers", "--match", "nowhere")
        == "nothing among the layers has `nowhere` in its name or its summary\n"
    )


def test_a_match_over_all_families_is_told_by_family(cli: Run) -> None:
    lines = cli("list", "--match", "TerminateOnNaN").splitlines()
    assert lines[0] == "callbacks"
    assert lines[1].split()[0] == "TerminateOnNaN"
    titles = [line for line in cli("list", "--match", "nb_epoch").splitlines() if line[:1].strip()]
    assert titles == ["old"]


def test_list_for_programs(cli: Run) -> None:
    counted = json.loads(cli("list", "--json"))["families"]
    assert {key: counted[6][key] for key in ("family", "count")} == {"family": "regularizers", "count": 4}
    rows = json.loads(cli("list", "regularizers", "--json"))["names"]
    assert len(rows) == 4
    assert rows[0].keys() == {"family", "name", "summary", "also"}
    assert json.loads(cli("list", "--match", "no such text", "--json")) == {"names": []}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["explain", "Dens"], "did you mean `Dense`?"),
        (["explain", "Dense", "--family", "layer"], "did you mean `layers`?"),
        (["list", "layer"], "did you mean `layers`?"),
    ],
)
def test_what_is_not_known_is_one_diagnostic(arguments: list[str], hint: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, kspec.SpecError)
    assert [(problem.code, problem.hint) for problem in result.exception.problems] == [("unknown-name", hint)]


def test_through_a_pipe_it_is_plain_and_exits_with_two_for_an_unknown_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kspec", "explain", "Dens"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "error: there is nothing to explain that is called `Dens`; did you mean `Dense`? [unknown-name]",
        "",
        "1 error",
    ]
    shown = subprocess.run(
        [sys.executable, "-m", "kspec", "explain", "Dense"], capture_output=True, text=True, check=True
    )
    assert "\x1b" not in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of a shell")
def test_a_reader_that_goes_is_no_failure() -> None:
    command = f"set -o pipefail; {sys.executable} -m kspec explain LSTM | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "LSTM  layer  keras.layers.LSTM\n", "")
