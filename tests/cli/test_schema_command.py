"""`kspec schema`, and the line by which a spec names what it has written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kspec.cli.app import app
from kspec.commands.schema import modeline, write_schema


def schema(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["schema", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_goes_to_standard_output() -> None:
    text = schema()
    assert text.count("\n") == 1
    assert json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#"
    indented = schema("--indent")
    assert indented.count("\n") > 10_000
    assert json.loads(indented) == json.loads(text)


def test_it_is_written_to_a_file_that_specs_can_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = schema("--output", "editor/kspec.schema.json").splitlines()
    assert "editor/kspec.schema.json" in lines[0]
    assert lines[1:] == ["# yaml-language-server: $schema=./kspec.schema.json"]
    assert Path("editor/kspec.schema.json").read_text(encoding="utf-8") == schema()
    write_schema(Path("other.json"), indent=True)
    assert Path("other.json").read_text(encoding="utf-8") == schema("--indent")


@pytest.mark.parametrize(
    ("spec", "file", "way"),
    [
        ("spec.yaml", "kspec.schema.json", "./kspec.schema.json"),
        ("configs/deep/spec.yaml", "kspec.schema.json", "../../kspec.schema.json"),
        ("spec.yaml", "editor/kspec.schema.json", "./editor/kspec.schema.json"),
        ("/one/spec.yaml", "/one/two/kspec.schema.json", "./two/kspec.schema.json"),
    ],
)
def test_the_way_to_the_schema_starts_from_the_spec(spec: str, file: str, way: str) -> None:
    assert modeline(Path(spec), Path(file)) == f"# yaml-language-server: $schema={way}"
