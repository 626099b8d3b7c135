"""Rows that inputs do not take, and those that they do."""

import numpy as np
import pytest

from kspec import catalogue
from kspec.engine.input_checks import check_inputs
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

WHOLE = np.arange(10.0).reshape(2, 5)
FRACTIONS = WHOLE + np.array([[0], [0.25]])
LARGE = np.array([[1, 2**31 + 5]])
TEXT = np.array([["a", "b"], ["c", "d"]], dtype=object)
EMBEDDING = "[{Embedding: {input_dim: 300, output_dim: 2}}, Flatten, {Dense: 1}]"


@pytest.mark.parametrize(
    ("model", "rows", "code"),
    [
        ("{input: {shape: [4]}, layers: [{Dense: 1}]}", WHOLE, "wrong-shape"),
        ("{input: {shape: [5, 2]}, layers: [Flatten, {Dense: 1}]}", WHOLE, "wrong-shape"),
        ("{input: {batch_shape: [2, 4]}, layers: [{Dense: 1}]}", WHOLE, "wrong-shape"),
        ("{input: {shape: [5, 1]}, layers: [Flatten, {Dense: 1}]}", WHOLE, None),
        ("{input: {shape: [null]}, layers: [{Reshape: [5]}, {Dense: 1}]}", WHOLE, None),
        ("{input: {batch_size: 2, shape: [5]}, layers: [{Dense: 1}]}", WHOLE, None),
        (f"{{layers: {EMBEDDING}}}", FRACTIONS, "bad-value"),
        (f"{{layers: {EMBEDDING}}}", WHOLE, None),
        ("{input: {shape: [5], dtype: int32}, layers: [{Dense: 1}]}", FRACTIONS, "bad-value"),
        ("{input: {shape: [2], dtype: int32}, layers: [{Dense: 1}]}", LARGE, "bad-value"),
        ("{input: {shape: [2], dtype: int64}, layers: [{Dense: 1}]}", LARGE, None),
        ("{input: {shape: [5], dtype: float64}, layers: [{Dense: 1}]}", FRACTIONS, None),
        ("{layers: [{Dense: 1}]}", TEXT, "bad-field"),
        ("{layers: [{StringLookup: {output_mode: one_hot}}, {Dense: 1}]}", TEXT, None),
    ],
)
def test_inputs(model, rows, code):
    reading = read_spec(read_text("spec.yaml", f"model: {model}"), catalogue.load())
    problems = check_inputs(reading.spec.graph, {"train": {"input": WHOLE[:0]}, "validation": {"input": rows}})
    assert [problem.code for problem in problems] == ([code] if code else [])
