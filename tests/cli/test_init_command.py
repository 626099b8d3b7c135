"""`kspec init` as a user types it: screens, files, streams and exit codes."""

import json
import os
import pty
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.commands.starters.templates import NAMES, read_template

ROWS = "size,kind\n" + "".join(f"{row % 7}.5,{'xyz'[row % 3]}\n" for row in range(40))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "kspec.schema.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(app, ["init", *arguments])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def test_without_arguments_the_templates_are_listed(home):
    lines = run().splitlines()
    assert [line.split()[0] for line in lines[1 : len(NAMES) + 1]] == list(NAMES)
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    found = json.loads(run("--json"))["templates"]
    assert [item["template"] for item in found] == list(NAMES)
    assert sorted(path.name for path in home.iterdir()) == ["kspec.schema.json", "rows.csv"]


def test_a_template_and_what_to_do_next():
    assert run("mlp") == "mlp.yaml\nnext      kspec validate mlp.yaml\n          kspec train mlp.yaml\n"
    assert kspec.validate("mlp.yaml", static=True) == []
    record = json.loads(run("cnn", "-o", "a.yaml", "--json"))
    assert record == {
        "path": "a.yaml",
        "template": "cnn",
        "schema": None,
        "next": ["kspec validate a.yaml", "kspec train a.yaml"],
    }


def test_the_schema_that_is_written_is_named(home):
    (home / "kspec.schema.json").unlink()
    lines = run("mlp").splitlines()
    assert lines[:2] == ["mlp.yaml", "editor    kspec.schema.json lets editors complete, explain and check specs"]
    (home / "kspec.schema.json").unlink()
    assert json.loads(run("cnn", "--json"))["schema"] == "kspec.schema.json"


def test_standard_output(home):
    text = f"# yaml-language-server: $schema=./kspec.schema.json\n\n{read_template('mlp').text}"
    assert run("mlp", "-o", "-") == text
    record = json.loads(run("mlp", "-o", "-", "--json"))
    assert (record["path"], record["text"]) == (None, text)
    assert not (home / "mlp.yaml").exists()


def test_a_table(home):
    assert run("rows.csv", "-t", "kind") == (
        "rows.yaml\n"
        "predicts  kind: 3 classes\n"
        "from      1 number, 40 rows\n"
        "next      kspec validate rows.yaml\n"
        "          kspec train rows.yaml\n"
    )
    assert kspec.validate("rows.yaml", static=True) == []


def test_json_of_a_table():
    record = json.loads(run("rows.csv", "-t", "kind", "--json"))
    assert (record["rows"], record["dropped_rows"], record["unused"]) == (40, 0, [])
    assert record["inputs"] == [{"column": "size", "kind": "number"}]
    assert record["targets"] == [{"column": "kind", "kind": "classes", "classes": {"x": 14, "y": 13, "z": 13}}]


def test_options_of_a_table_do_not_go_with_a_template():
    result = CliRunner().invoke(app, ["init", "mlp", "-t", "kind"])
    assert result.exit_code == 2
    assert "go with a table" in result.output


def process(*arguments, **options):
    program = [sys.executable, "-m", "kspec", "init", *arguments]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, **options)


def test_through_a_pipe_nothing_is_asked(home):
    missing = process("rows.csv")
    assert missing.returncode == 2
    assert missing.stderr.startswith("error: nothing says what to predict in `rows.csv`; add `--target COLUMN`;")
    assert missing.stdout == ""
    (home / "rows.yaml").write_text("mine")
    there = process("rows.csv", "--target", "kind")
    assert (there.returncode, there.stdout) == (2, "")
    assert "[file-exists]" in there.stderr
    assert (home / "rows.yaml").read_text() == "mine"
    listed = process()
    assert (listed.returncode, listed.stderr) == (0, "")
    spec = process("rows.csv", "--target", "kind", "-o", "-")
    assert (spec.returncode, spec.stderr) == (0, "")
    assert "\x1b" not in spec.stdout
    (home / "piped.yaml").write_text(spec.stdout)
    assert kspec.validate("piped.yaml", static=True) == []


def test_on_a_terminal_it_is_asked(home):
    program = [sys.executable, "-m", "kspec", "init", "rows.csv"]
    own, other = pty.openpty()
    with subprocess.Popen(program, stdin=other, stdout=subprocess.PIPE, stderr=other, text=True) as running:
        os.write(own, b"kin\nkind\n")
        shown, _ = running.communicate(timeout=60)
    asked = os.read(own, 10_000).decode()
    os.close(own)
    os.close(other)
    assert running.returncode == 0
    assert "Which column of rows.csv is to be predicted? [1-2]" in asked
    assert "did you mean `kind`?" in asked
    assert shown.startswith("rows.yaml\npredicts  kind: 3 classes\n")
