"""Shapes through a graph, told without TensorFlow. Whether each rule says what Keras says is tested in tests/engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kspec.spec.graph import Graph, GraphNode, InputSpec, SharedThing, Tensor
from kspec.spec.shapes import Shapes, explain, infer
from kspec.spec.shapes.data_format import configured_data_format
from tests.spec.reading_texts import problems_of, read, shown, spec_of


def shapes_of(steps: str, shape: str = "[28, 28, 1]") -> Shapes:
    """Return the shapes in a model of these steps, in flow style."""
    return spec_of(f"model: {{input: {shape}, layers: [{steps}]}}").shapes


def test_shapes_by_name() -> None:
    shapes = spec_of("""
        model:
          inputs: {words: {shape: [20], dtype: int32}, numbers: {shape: [5], batch_size: 8}}
          layers:
            - Embedding: {input_dim: 100, output_dim: 6}
              from: words
            - LSTM: {units: 7, return_state: true, return_sequences: true}
              name: read
            - Concatenate:
              from: [read.1, numbers]
              name: both
            - Dense: 3
              name: main
          outputs: [main, read.0]
        """).shapes
    assert (shapes.of("words"), shapes.of("numbers")) == ((None, 20), (8, 5))
    assert shapes.of("read.0") == (None, 20, 7)
    assert shapes.of(Tensor("read", 2)) == (None, 7)
    assert shapes.of("read") is None, "it has three results"
    assert shapes.of("nothing") is None
    assert shapes.of("both") == (None, 12)
    assert shapes.outputs == {"main": (None, 3), "read.0": (None, 20, 7)}


def test_what_the_data_decides_is_unknown_and_what_follows_for_sure_is_not() -> None:
    shapes = spec_of("""
        data: {source: mnist}
        model:
          layers:
            - Dense: {units: 4, name: wide}
            - Flatten: {name: flat}
            - Dense: {units: 10, name: digit}
        """).shapes
    assert shapes.of("wide") is None, "any number of axes"
    assert shapes.of("flat") == (None, None)
    assert shapes.outputs == {"digit": (None, 10)}


def test_one_mistake_is_one_problem() -> None:
    """What comes of a mistake is unknown, and a repeated step says the same once."""
    assert problems_of("- Reshape: [3, 3]\n- LSTM: 2\n- Flatten\n- Dense: 1") == ["1:3 shape-mismatch"]
    assert problems_of("- Reshape: [3, 3]\n  repeat: 3") == ["1:3 shape-mismatch"]


def test_every_mistake_is_a_problem() -> None:
    reading = read("""
        model:
          inputs: {a: {shape: [4]}, b: {shape: [8]}}
          layers:
            - LSTM: 3
              from: a
              name: read
            - Add:
              from: [a, b]
              name: sum
            - Conv1D: {filters: 2, kernel_size: 3}
              from: b
              name: slid
          outputs: [read, sum, slid]
        """)
    assert shown(reading.problems) == ["4:7 shape-mismatch", "7:7 shape-mismatch", "10:7 shape-mismatch"]


def test_an_input_that_may_hold_something_else_than_rows_is_unknown() -> None:
    assert shapes_of("{Flatten: }", "{shape: [9], sparse: true}").of("input") is None
    assert shapes_of("{Flatten: }", "{batch_shape: [4, 9]}").of("input") == (4, 9)


def test_only_arguments_that_are_sure_are_used() -> None:
    """Wrong arguments are Keras' to refuse, in its own words; the shapes then are unknown."""
    assert problems_of("- Reshape: [-1, -1]\n- Flatten") == []
    assert problems_of("- Dot: {axes: [1, 2, 3]}\n  from: [_, _]") == []


def layer(steps: str) -> GraphNode:
    """Return the call of a layer that is fed four numbers."""
    return spec_of(f"model: {{input: [4], layers: [{steps}]}}").graph.nodes[0]


def test_a_shared_layer_has_one_set_of_weights() -> None:
    dense = layer("{Dense: 4}").thing
    path = ("model", "shared", "d")
    nodes = (
        GraphNode("one", dense, Tensor("a"), path=("1",), shared=path, called="d"),
        GraphNode("two", dense, Tensor("one"), path=("2",), shared=path, called="d"),
        GraphNode("three", dense, Tensor("b"), path=("3",), shared=path, called="d"),
    )
    inputs = {name: InputSpec(name, {"shape": [size]}, ()) for name, size in (("a", 4), ("b", 5))}
    graph = Graph(inputs, nodes, {"three": Tensor("three")}, False, shared=(SharedThing("d", dense, path=path),))
    (problem,) = infer(graph).problems
    assert problem.path == ("3",)
    assert "its weights are made for 4 along axis 1, and it gets 5" in problem.message
    unshared = replace(graph, nodes=tuple(replace(node, shared=None) for node in nodes), shared=())
    assert infer(unshared).problems == ()


def nested(inner: Graph, shape: list[int | None]) -> Shapes:
    """Return the shapes in a model that calls another one on its input."""
    inputs = {"x": InputSpec("x", {"shape": shape}, ())}
    node = GraphNode("inside", inner, Tensor("x"), path=("model", "layers", 0))
    return infer(Graph(inputs, (node,), {"inside": Tensor("inside")}, False))


def test_models_in_models() -> None:
    model = spec_of("model: {input: [null, 4], layers: [{Conv1D: {filters: 3, kernel_size: 2}, name: last}]}").graph
    assert nested(model, [9, 4]).outputs == {"inside": (None, 8, 3)}, "what it leaves open is said by what feeds it"
    assert nested(model, [None, 4]).outputs == {"inside": (None, None, 3)}
    (problem,) = nested(model, [9, 5]).problems
    assert problem.message == "the model cannot be applied to `x` (?, 9, 5): its input `input` is (?, ?, 4)"
    assert problem.hint and "`null` in it is any size" in problem.hint
    model = spec_of("model: {layers: [{Conv1D: {filters: 3, kernel_size: 2}, name: last}]}").graph
    assert nested(model, [9, 4]).outputs == {"inside": (None, 8, 3)}, "a model without an input of its own"
    (problem,) = nested(model, [4]).problems
    assert problem.path == ("model", "layers", 0)
    two = spec_of("model: {input: [4], layers: [{Dense: 2, name: a}, {Dense: 3, name: b}], outputs: [a, b]}").graph
    assert nested(two, [4]).of("inside.1") == (None, 3)


def test_models_and_shared_layers_inside_layers() -> None:
    shapes = spec_of("""
        model:
          input: [5, 8, 8, 1]
          shared:
            vision: {input: [8, 8, 1], layers: [{Conv2D: {filters: 3, kernel_size: 3}}, Flatten]}
            words: {LSTM: {units: 4, return_sequences: true}}
          layers:
            - TimeDistributed: vision
              name: seen
            - Bidirectional: words
              name: read
            - TimeDistributed: {layer: {input: [8], layers: [{Dense: 2}]}}
              name: last
        """).shapes
    assert [shapes.of(name) for name in ("seen", "read", "last")] == [(None, 5, 108), (None, 5, 8), (None, 5, 2)]


def test_models_deep_in_models_take_no_time() -> None:
    steps = "{Dense: 3}"
    for _ in range(18):
        steps = f"{{inputs: {{x: {{shape: [null, 4]}}}}, layers: [{steps}, {{Dense: 4}}]}}"
    start = time.perf_counter()
    assert shapes_of(f"{steps}, {{Flatten: {{name: flat}}}}", "[7, 4]").of("flat") == (None, 28)
    assert time.perf_counter() - start < 2


def test_what_keras_refuses_is_explained_by_the_shapes() -> None:
    node = layer("{Dense: {units: 2, name: x}}")
    mistake = explain(node, {"input": (None, None)})
    assert mistake is not None
    assert mistake.reason == "axis 1 has no fixed size, which its weights need"
    assert explain(node, {"input": (None, 4)}) is None
    assert explain(node, {}) is None


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for Keras' own configuration."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    yield tmp_path
    configured_data_format.cache_clear()


def test_the_channel_axis_is_where_keras_is_told_it_is(keras_home: Path) -> None:
    for content, size in (("{}", 1), ('{"image_data_format": "channels_first"}', 28), ("no json", 1)):
        (keras_home / "keras.json").write_text(content, encoding="utf-8")
        configured_data_format.cache_clear()
        assert shapes_of("{GlobalMaxPooling2D: {name: pooled}}").of("pooled") == (None, size)


def test_a_deep_model_takes_no_time() -> None:
    graph = spec_of("model: {input: [64], layers: [{Dense: 64, repeat: 10000}]}").graph
    start = time.perf_counter()
    assert infer(graph).problems == ()
    assert time.perf_counter() - start < 2
