"""What is told beside a mistake: every other mistake, and nothing that only follows from one."""

from pathlib import Path

import pytest

import kspec

MODEL = "model: {input: [2], layers: [{Dense: 1}]}\ncompile: {optimizer: adam, loss: mse}\n"


def told(text: str, home: Path) -> list[tuple[str, int | None]]:
    """Return the code and the line of every problem, warnings left out."""
    (home / "spec.yaml").write_text(text, encoding="utf-8")
    found = kspec.validate(home / "spec.yaml", static=True)
    return [(item.code, item.span and item.span.line) for item in found if item.severity == "error"]


@pytest.mark.parametrize("path", ["$(p)", "[$(p), other.csv]"])
def test_a_source_that_a_wrong_constant_left_without_its_file(tmp_path, path):
    text = f"vars: {{p: $(nope)}}\n{MODEL}data: {{source: {{csv: {{path: {path}}}}}, inputs: [a], targets: y}}\n"
    assert told(text, tmp_path) == [("unknown-constant", 1)]


def test_the_same_mistake_in_two_blocks_is_told_of_both(tmp_path):
    text = """model:
  input: [2]
  blocks:
    one: {layers: [{Densee: 2}]}
    two: {layers: [{Densee: 2}]}
  layers: [{Dense: 1}]
"""
    assert told(text, tmp_path) == [("unknown-component", 4), ("unknown-component", 5)]


def test_misspelt_outputs_are_no_outputs_listed_twice(tmp_path):
    text = """model:
  input: [2]
  layers: [{Dense: 1, name: head}, {Dense: 1, name: head2, from: head}]
  outputs: [hed, haed]
"""
    assert told(text, tmp_path) == [("unknown-step", 4)] * 2


def test_a_header_with_a_long_cell_is_read(tmp_path):
    (tmp_path / "long.csv").write_text(f'a,y,"{"x" * 140_000}"\n1,2,0\n', encoding="utf-8")
    text = f"{MODEL}data: {{source: {{csv: long.csv}}, inputs: [a, b], targets: y}}\n"
    assert told(text, tmp_path) == [("unknown-field", 3)]


def test_a_number_of_rows_that_cannot_be_percent(tmp_path):
    (tmp_path / "spec.yaml").write_text(f"{MODEL}fit: {{validation_split: 100}}\n")
    assert kspec.validate(tmp_path / "spec.yaml", static=True) == []
