"""What fails while a model is built or trained, placed where the spec says it."""

import re

import pytest
import tensorflow as tf

import kspec
from kspec.engine.memory import memory_reason
from kspec.engine.run_faults import failed_node
from kspec.spec.checking import read_spec
from kspec.spec.problems import SpecError
from kspec.spec.reading import read_text

DATA = "data: {source: {random: {rows: 40, x: {shape: [5], low: 0, high: 200, dtype: int32}, y: {shape: [1]}}}}\n"
COMPILE = "compile: {optimizer: adam, loss: mse}\n"


def fault(tmp_path, text):
    spec = tmp_path / "spec.yaml"
    spec.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        kspec.train(spec, runs=tmp_path / "runs")
    (problem,) = raised.value.problems
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").glob("*/model.keras"))
    return problem


def test_ids_that_no_embedding_has(tmp_path):
    model = "model: {layers: [{Embedding: {input_dim: 100, output_dim: 2}}, Flatten, {Dense: 1}]}\n"
    problem = fault(tmp_path, DATA + model + COMPILE)
    assert (problem.code, problem.span.line) == ("bad-id", 2)
    highest = int(re.search(r"goes up to (\d+)", problem.message)[1])
    assert 100 <= highest < 200
    assert f"input_dim` at least {highest + 1}" in problem.hint


def test_rows_that_an_input_does_not_take_are_told_of_at_the_input(tmp_path):
    model = "model: {input: {shape: [4], dtype: int32}, layers: [{Dense: 1}]}\n"
    problem = fault(tmp_path, DATA + model + COMPILE)
    assert (problem.code, problem.span.line, problem.span.column) == ("wrong-shape", 2, 9)
    assert "(?, 4)" in problem.message
    assert "(?, 5)" in problem.message


def test_ids_inside_a_model_are_traced_to_their_layer(tmp_path):
    model = """
model:
  layers:
    - ops.multiply: {x2: 1}
    - layers:
        - Embedding: {input_dim: 100, output_dim: 2}
        - Flatten
      name: inner
    - Dense: 1
"""
    problem = fault(tmp_path, DATA + model + COMPILE)
    assert (problem.code, problem.span.line) == ("bad-id", 7)
    assert "from 0 to 99" in problem.message


def test_a_callback_of_keras_that_fails_is_told_at_its_place(tmp_path):
    model = "model: {layers: [{Dense: 1}]}\n"
    callbacks = "callbacks: [TerminateOnNaN, {CSVLogger: {filename: rows.csv, separator: '::'}}]\n"
    problem = fault(tmp_path, DATA + model + COMPILE + callbacks)
    assert (problem.code, problem.span.line, problem.span.column) == ("callback-failed", 4, 30)
    assert "CSVLogger failed" in problem.message


@pytest.mark.parametrize(("batch", "line"), [(16, 2), (32, 2)])
def test_a_fixed_batch_size(tmp_path, batch, line):
    model = f"model: {{input: {{shape: [5], batch_size: {batch}}}, layers: [{{Dense: 1}}]}}\n"
    problem = fault(tmp_path, DATA + model + COMPILE)
    assert (problem.code, problem.span.line) == ("batch-size", line)


def test_a_layer_that_no_memory_holds(tmp_path):
    problem = fault(tmp_path, DATA + "model: {layers: [{Dense: 4000000000}, {Dense: 1}]}\n" + COMPILE)
    assert (problem.code, problem.span.line) == ("out-of-memory", 2)
    assert "80.0 GB" in problem.message


def test_an_operation_that_only_a_batch_refuses(tmp_path):
    model = "model: {layers: [{ops.reshape: {newshape: [3, 3]}}, {Dense: 1}]}\n"
    problem = fault(tmp_path, DATA.replace("low: 0, high: 200, dtype: int32", "low: 0") + model + COMPILE)
    assert (problem.code, problem.span.line) == ("training-failed", 2)
    assert "node" not in problem.message


def test_memory_in_plain_words():
    assert "7.28 GiB" in memory_reason(MemoryError("Unable to allocate 7.28 GiB for an array"))
    oom = tf.errors.ResourceExhaustedError(
        None, None, "OOM when allocating tensor with shape[10,10] and type half on /x"
    )
    assert "10 × 10 numbers" in memory_reason(oom)
    assert memory_reason(ValueError("no")) is None


def test_the_innermost_call_is_found():
    text = """
model:
  input: [4]
  layers:
    - layers:
        - Dense: {units: 4, name: dense_1}
      name: sub
    - Dense: {units: 4, name: dense_1}
compile: {optimizer: adam, loss: mse}
"""
    from kspec import catalogue

    graph = read_spec(read_text("spec.yaml", text), catalogue.load()).spec.graph
    inner = failed_node(graph, "Detected at node spec_1/sub_1/dense_1/MatMul defined at")
    assert inner.path == ("model", "layers", 0, "layers", 0)
    assert failed_node(graph, "[[{{node spec_1/dense_1_2/MatMul}}]]").path == ("model", "layers", 1)
    assert failed_node(graph, "[[{{node spec_1/other/MatMul}}]]") is None
