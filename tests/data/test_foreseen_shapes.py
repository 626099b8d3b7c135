"""Inputs are held against the rows that a source is sure to give, before the data is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kspec import catalogue
from kspec.data.foreseen_shapes import _ROWS, foresee_shapes
from kspec.data.sources import SOURCES, SourceContext
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

CSV = "{train: {csv: rows.csv}, targets: kind}"


@pytest.mark.parametrize(
    ("data", "inputs", "row"),
    [
        ("{source: iris}", "input: {shape: [5]}", "(?, 4)"),
        ("{source: iris}", "input: {shape: [4]}", None),
        ("{source: mnist, inputs: x}", "input: {shape: [784]}", "(?, 28, 28)"),
        ("{source: mnist, inputs: x}", "input: {shape: [28, 28, 1]}", None),
        ("{source: mnist, fallback: digits}", "input: {shape: [784]}", None),
        ("{source: mnist, inputs: {field: x, preprocess: [Flatten]}}", "input: {shape: [784]}", None),
        ("{source: {random: {rows: 9, x: {shape: [8]}, y: {}}}}", "input: {shape: [7]}", "(?, 8)"),
        ("{source: {random: {rows: 9, x: {}, y: {}}}}", "input: {shape: [1]}", None),
        ("{train: {csv: rows.csv}, inputs: [a, b], targets: kind}", "input: {shape: [3]}", "(?, 2)"),
        ("{train: {csv: rows.csv}, inputs: [a, b], targets: kind}", "input: {shape: [null]}", None),
        (CSV, "input: {shape: [2]}", "(?, 3)"),
        (CSV, "input: {shape: [3]}", None),
        (CSV.replace("kind", "kind, inputs: {field: [a, b], slice: [1, null]}"), "input: {shape: [1]}", None),
        (CSV.replace("kind", "kind, inputs: {p: a, q: [b, c]}"), "inputs: {p: [1], q: [3]}", "(?, 2)"),
    ],
)
def test_shapes(data: str, inputs: str, row: str | None, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b,c,kind\n1,2,3,0\n", encoding="utf-8")
    steps = "[Flatten, {Reshape: [-1]}]" if inputs.startswith("input:") else "[{Concatenate: , from: [p, q]}]"
    text = f"data: {data}\nmodel: {{{inputs}, layers: {steps}}}"
    reading = read_spec(read_text("spec.yaml", text), catalogue.load())
    assert reading.spec is not None, reading.problems
    problems = foresee_shapes(reading.spec, tmp_path)
    assert [problem.code for problem in problems] == (["wrong-shape"] if row else [])
    assert row is None or row in problems[0].message


@pytest.mark.parametrize("name", [name for name in _ROWS if name in ("iris", "wine", "breast_cancer", "diabetes")])
def test_the_shapes_are_those_of_the_sources(name: str) -> None:
    loaded = SOURCES[name](SourceContext(folder=Path(), seed=0, limit=None))
    assert loaded.train["x"].shape[1:] == _ROWS[name]
