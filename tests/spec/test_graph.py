"""Steps into a graph: names, numbers, references, repeats."""

from __future__ import annotations

import pytest
from reading_texts import model_of, problems_of, read, shown, spec_of

from kspec.spec.graph import Graph
from kspec.spec.layer_names import layer_base_name


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes]


def wires(graph: Graph) -> dict[str, list[str]]:
    """Return what feeds every layer, first the first call argument."""
    return {node.name: [str(tensor) for tensor in node.sources] for node in graph.nodes}


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("Dense", "dense"), ("MaxPooling2D", "max_pooling2d"), ("LSTM", "lstm"), ("GRUCell", "gru_cell"),
        ("PReLU", "p_re_lu"), ("Conv2DTranspose", "conv2d_transpose"), ("ReLU", "re_lu"),
        ("SpatialDropout1D", "spatial_dropout1d"), ("BatchNormalization", "batch_normalization"),
    ],
)  # fmt: skip
def test_base_names_are_those_of_keras(name: str, base: str) -> None:
    assert layer_base_name(name) == base


def test_unnamed_layers_are_numbered_around_written_names() -> None:
    spec = model_of("""
        - Dense: 3
        - Dense: 3
        - Dense: 3
          name: dense_2
        - Dense: {units: 3, name: dense_4}
        - Dense: 3
        - Dense: 3
        """)
    assert names(spec.graph) == ["dense", "dense_1", "dense_2", "dense_4", "dense_3", "dense_5"]


def test_a_layer_is_not_called_like_an_input() -> None:
    graph = spec_of("model: {inputs: {flatten: [4]}, layers: [Flatten]}").graph
    assert names(graph) == ["flatten_1"]
    assert wires(graph) == {"flatten_1": ["flatten"]}


@pytest.mark.parametrize("step", ["{Dense: 3}\n      repeat: 1", "{Dense: 3}"])
def test_repeat_numbers_from_0_also_for_one(step: str) -> None:
    graph = spec_of(f"model:\n  input: [4]\n  layers:\n    - {step[1:].replace('}', '')}\n      name: a").graph
    assert names(graph) == (["a_0"] if "repeat" in step else ["a"])
    assert list(graph.outputs) == ["a"]


def test_repeat_chains_the_first_input_only() -> None:
    graph = model_of("""
        - Dense: 4
          name: side
        - Dense: 4
        - Add:
          from: [_, side]
          name: sum
          repeat: 3
        - Dense: 1
          from: sum
        """).graph
    assert wires(graph) == {
        "side": ["input"],
        "dense": ["side"],
        "sum_0": ["dense", "side"],
        "sum_1": ["sum_0", "side"],
        "sum_2": ["sum_1", "side"],
        "dense_1": ["sum_2"],
    }


def test_repeat_with_lists_and_counter() -> None:
    graph = model_of("""
        - Dense: {units: $(units + i), activation: $(kind)}
          repeat: {units: [8, 4], kind: [relu, tanh]}
        """).graph
    assert [dict(node.component.arguments) for node in graph.nodes] == [
        {"units": 8, "activation": "relu"},
        {"units": 5, "activation": "tanh"},
    ]


def test_repeat_0_means_what_it_would_have_been_fed() -> None:
    graph = model_of(
        """
        - Dense: 4
          name: first
        - Dense: 4
          name: second
        - Dense: 9
          from: first
          name: gone
          repeat: 0
        - Dense: 1
        - Add:
          from: [second, gone]
        - Concatenate:
          from: [_, dense_x]
          repeat: 0
        - Concatenate:
          from: [_, last]
          name: all
        """.replace("dense_x", "gone").replace("- Dense: 1\n", "- Dense: 1\n          name: last\n")
    ).graph
    assert wires(graph) == {
        "first": ["input"],
        "second": ["first"],
        "last": ["first"],
        "add": ["second", "first"],
        "all": ["add", "last"],
    }


def test_all_steps_left_out() -> None:
    spec = model_of("- Dense: 3\n  name: a\n  repeat: 0")
    assert {name: str(tensor) for name, tensor in spec.graph.outputs.items()} == {"a": "input"}
    assert spec.graph.nodes == ()


def test_previous_step_in_from_and_call() -> None:
    graph = spec_of("""
        model:
          input: [10, 4]
          layers:
            - LSTM: {units: 4, return_sequences: true, return_state: true}
              name: lstm
            - MultiHeadAttention: {num_heads: 1, key_dim: 2}
              from: lstm.0
              call: {value: lstm.0, use_causal_mask: true}
            - MultiHeadAttention: {num_heads: 1, key_dim: 2}
              call: {value: _}
              repeat: 2
              name: attended
        """).graph
    assert wires(graph)["attended_1"] == ["attended_0", "multi_head_attention"]
    assert wires(graph)["attended_0"] == ["multi_head_attention", "multi_head_attention"]
    assert graph.nodes[1].call["use_causal_mask"] is True


def test_name_and_trainable_beside_or_inside() -> None:
    graph = model_of("""
        - Dense: {units: 3, name: a, trainable: false}
        - Dense: 3
          name: b
          trainable: false
        - Dense: {units: 3, trainable: true}
        - RepeatVector: {n: 2, name: d}
        - Bidirectional: {LSTM: {units: 3, name: inner}}
        """).graph
    assert [(node.name, node.trainable) for node in graph.nodes] == [
        ("a", False), ("b", False), ("dense", True), ("d", None), ("bidirectional", None),
    ]  # fmt: skip
    assert all("name" not in node.component.arguments for node in graph.nodes)
    assert all("trainable" not in node.component.arguments for node in graph.nodes)


def test_names_may_hold_constants() -> None:
    spec = spec_of("""
        vars: {part: dense}
        model:
          input: [4]
          layers:
            - Dense: 4
            - Dense: {units: 4, name: $(part)_a}
            - Dense: 4
              name: $(part)
            - Add:
              from: [$(part)_a, $(part)]
            - Dense: 1
              name: $(part)_out
        """)
    assert names(spec.graph) == ["dense_1", "dense_a", "dense", "add", "dense_out"]
    assert list(spec.graph.outputs) == ["dense_out"]
    reading = read("vars: {part: my body}\nmodel: {input: [4], layers: [{Dense: 4, name: $(part)}]}")
    assert shown(reading.problems) == ["2:47 bad-name"]


def test_whole_model_frozen() -> None:
    graph = spec_of("model: {input: [4], trainable: false, layers: [{Dense: 3}, {Dense: 2}]}").graph
    assert [node.trainable for node in graph.nodes] == [False, False]


@pytest.mark.parametrize(
    ("text", "sequential"),
    [
        ("{layers: [Flatten, {Dense: 3}]}", True),
        ("{input: [4], layers: [{Dense: 3, name: a, trainable: false}]}", True),
        ("{inputs: {a: [4]}, layers: [{Dense: 3}]}", True),
        ("{input: [4], layers: [{Dense: 3, name: a}], outputs: [a]}", True),
        ("{input: [4], layers: [{Dense: 3, from: _}]}", False),
        ("{input: [4], layers: [{Dense: 3, repeat: 2}]}", False),
        ("{input: [4], layers: [{Dropout: 0.5, call: {}}]}", False),
        ("{input: [4], layers: [{Dense: 3, name: a}, {Dense: 2, name: b}], outputs: [a, b]}", False),
    ],
)
def test_sequential(text: str, sequential: bool) -> None:
    assert spec_of(f"model: {text}").graph.sequential is sequential


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("", {"b": "b"}),
        ("outputs: b", {"b": "b"}),
        ("outputs: [b, a]", {"b": "b", "a": "a"}),
        ("outputs: [_, a]", {"b": "b", "a": "a"}),
        ("outputs: [c.1, b]", {"c.1": "c.1", "b": "b"}),
        ("outputs: [input, b]", {"input": "input", "b": "b"}),
    ],
)
def test_outputs(outputs: str, expected: dict[str, str]) -> None:
    text = "model:\n  input: [4]\n  layers:\n  - {Dense: 3, name: a}\n"
    text += (
        "  - {Reshape: [3, 1], from: a}\n  - {LSTM: {units: 2, return_state: true}, name: c}\n"
        if "c" in outputs
        else ""
    )
    text += "  - {Dense: 3, from: a, name: b}\n"
    graph = spec_of(text + ("  " + outputs if outputs else "")).graph
    assert {name: str(tensor) for name, tensor in graph.outputs.items()} == expected


def test_old_input_shape() -> None:
    for argument, shape in (("input_shape: [4, 2]", [4, 2]), ("input_dim: 4", [4])):
        graph = spec_of(f"model: {{layers: [{{Dense: {{units: 3, {argument}}}}}, {{Dense: 3}}]}}").graph
        assert graph.inputs["input"].arguments["shape"] == shape
        assert dict(graph.nodes[0].component.arguments) == {"units": 3}
    graph = spec_of("model: {layers: [{Embedding: {input_dim: 9, output_dim: 2, input_shape: [7]}}]}").graph
    assert graph.inputs["input"].arguments["shape"] == [7]
    assert graph.nodes[0].component.arguments["input_dim"] == 9


def test_input_forms() -> None:
    for text in ("input: [4]", "input: {shape: [4]}", "vars_: 1"):
        text = text if "vars_" not in text else "inputs: {input: [4]}"
        assert spec_of(f"model: {{{text}, layers: [Flatten]}}").graph.inputs["input"].arguments == {"shape": [4]}
    graph = spec_of("model: {input: {shape: [null], dtype: int32, name: words}, layers: [Flatten]}").graph
    assert dict(graph.inputs["words"].arguments) == {"shape": [None], "dtype": "int32"}
    assert not spec_of("model: {layers: [Flatten]}").graph.inputs["input"].known


@pytest.mark.parametrize(
    ("steps", "problems"),
    [
        ("- Dense: 3\n  name: 5", ["2:9 bad-name"]),
        ("- Dense: 3\n  name:", ["2:3 bad-name"]),
        ("- Dense: 3\n  name: a.b", ["2:9 bad-name"]),
        ("- Dense: 3\n  name: _a", ["2:9 bad-name"]),
        ("- Dense: 3\n  name: ä", ["2:9 bad-name"]),
        ("- Dense: 3\n  name: input", ["2:9 bad-name"]),
        ("- Dense: 3\n  name: i", ["2:9 bad-name"]),
        ("- {Dense: {units: 3, name: Dense}}", ["1:28 bad-name"]),
        ("- Dense: 3\n  name: a\n- Dense: 3\n  name: a", ["4:9 name-taken"]),
        ("- Dense: 3\n  from: [_]", ["2:9 needs-one"]),
        ("- Dense: 3\n  from: [_, 5]", ["2:13 wrong-type"]),
        ("- Dense: 3\n  from: []", ["2:3 empty-from"]),
        ("- Dense: 3\n  from: a\n- Dense: 3\n  name: a", ["2:9 defined-later"]),
        ("- Dense: 3\n  name: a\n- Dense: 3\n  from: a.x", ["4:9 unknown-step"]),
        ("- Dense: 3\n  repeat: -1", ["2:11 out-of-range"]),
        ("- Dense: 3\n  repeat: true", ["2:11 wrong-type"]),
        ("- Dense: 3\n  repeat: 2.0", ["2:11 wrong-type"]),
        ("- Dense: 3\n  repeat: {}", ["2:11 wrong-type"]),
        ("- Dense: 3\n  repeat: {units: 3}", ["2:19 wrong-type"]),
        ("- Dense: 3\n  repeat: {i: [3]}", ["2:12 bad-name"]),
        ("- Dense: $(2 - i)\n  repeat: 4", ["1:10 out-of-range"]),
        ("- Dense: 3\n  trainable: no", ["2:14 wrong-type"]),
        ("- {Dense: {units: 3, trainable: 1}}", ["1:33 wrong-type"]),
        ("- Dense: 3\n  call: 5", ["2:9 wrong-type"]),
        ("- Dense: 3\n  call: {mask: a}", ["2:10 unknown-argument"]),
        ("- Dense: 3\n  call: {inputs: a}", ["2:10 unknown-argument"]),
        ("- LSTM: 3\n  call: {initial_state: [a, b]}", ["2:26 unknown-step", "2:29 unknown-step"]),
        ("- Dense: {units: 3, unit: 4}", ["1:21 unknown-argument"]),
        ("- Dense: {unit: 4}", ["1:11 unknown-argument"]),
        ("- 5", ["1:3 wrong-type"]),
        ("- [Dense]", ["1:3 wrong-type"]),
        ("- {}", ["1:3 wrong-type"]),
        ("- Adam", ["1:3 unknown-component"]),
        ("- Dense: 3\n  Units: 4", ["2:3 unknown-key"]),
        ("- Dense: 3\n  Name: a", ["2:3 unknown-key"]),
        ("- Dense: 3\n  foo: a", ["2:3 unknown-key"]),
        ("- Dense: 3\n  layers: []", ["1:3 two-things"]),
        ("- load: model.keras", ["1:9 not-found"]),
        ("- layers: [Flaten]\n  name: sub\n- Dense: 3\n  from: sub", ["1:12 unknown-component"]),
        ("- Dense: 3\n  name: a\n- Dense: 3\n  from: input", ["1:3 unused-step"]),
    ],
)
def test_problems(steps: str, problems: list[str]) -> None:
    assert problems_of(steps) == problems


def test_all_sections_are_checked_even_if_the_model_is_broken() -> None:
    reading = read("""
        data: {source: mnits}
        model:
          input: [4]
          layers:
            - Dense: {units: 3, activaton: relu}
            - Dense: {units: 3}
              name: out
        compile: {optimizer: adma, loss: {oot: mse}, metrics: [acuracy]}
        fit: {epochs: 0, class_weight: {0: x}}
        callbacks: [EarlyStoping]
        predict: {outputs: [uot]}
        """)
    assert shown(reading.problems) == [
        "1:16 unknown-component", "5:25 unknown-argument", "8:22 unknown-component", "8:35 unknown-output",
        "8:56 unknown-component", "9:15 out-of-range", "9:36 wrong-type", "10:13 unknown-component",
        "11:21 unknown-output",
    ]  # fmt: skip
