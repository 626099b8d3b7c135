"""Large specs are read like small ones. How fast is measured by benchmarks/validate.py, on demand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

import kspec
from kspec.commands.opening import open_spec

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "validate.py"
LOADER = importlib.util.spec_from_file_location("validate", BENCHMARK)
assert LOADER is not None and LOADER.loader is not None
benchmark = importlib.util.module_from_spec(LOADER)
sys.path.append(str(BENCHMARK.parent))  # where it finds what it shares with others
LOADER.loader.exec_module(benchmark)

LAYERS = {"long": 1248 + 1, "deep": 10_000 + 2, "wide": 10_000}
"""Layers of each spec that the benchmark makes, once everything is written out."""


@pytest.mark.parametrize("name", benchmark.CASES)
def test_a_large_spec_is_right(name: str, tmp_path: Path) -> None:
    _, make, size, _ = benchmark.CASES[name]
    spec = tmp_path / "spec.yaml"
    spec.write_text(make(size), encoding="utf-8")
    opened = open_spec(spec, [])
    found = len(opened.spec.graph.nodes)
    assert (found, list(opened.warnings)) == (LAYERS[name], [])
    if name == "long":
        assert len(spec.read_text(encoding="utf-8").splitlines()) == size


def test_a_mistake_far_down_is_told_once(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(benchmark.long_spec(5_000).replace("units: 1200\n", "unit: 1200\n"), encoding="utf-8")
    (problem,) = kspec.validate(spec, static=True)
    assert (problem.code, problem.span.line) == ("unknown-argument", 4 * (1200 - 64) + 5)
