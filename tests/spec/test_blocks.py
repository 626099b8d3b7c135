"""`shared`, `blocks`, nested models and operations, written out into a graph."""

from __future__ import annotations

import pytest
from reading_texts import read, shown, spec_of

from kspec.spec.graph import Graph, GraphNode


def wires(graph: Graph) -> dict[str, list[str]]:
    return {node.name: [str(tensor) for tensor in node.sources] for node in graph.nodes}


def node(graph: Graph, name: str) -> GraphNode:
    found = graph.node(name)
    assert found is not None
    return found


RESIDUAL = """
model:
  input: {shape: [8, 8, 16]}
  blocks:
    residual:
      params: {filters: 16, stride: 1, project: 0}
      inputs: [x]
      layers:
        - Conv2D: {filters: $(filters), kernel_size: 3, padding: same, strides: $(stride)}
          from: x
          name: conv
        - Conv2D: {filters: $(filters), kernel_size: 1, strides: $(stride)}
          from: x
          repeat: $(project)
          name: shortcut
        - Add:
          from: [conv, shortcut]
  layers:
    - residual
    - residual: {filters: 32, stride: 2, project: 1}
    - residual: 32
      repeat: 2
      name: late
"""


def test_a_block_is_written_out_at_every_use() -> None:
    graph = spec_of(RESIDUAL).graph
    assert wires(graph) == {
        "residual.conv": ["input"],
        "residual.add": ["residual.conv", "input"],
        "residual_1.conv": ["residual.add"],
        "residual_1.shortcut_0": ["residual.add"],
        "residual_1.add": ["residual_1.conv", "residual_1.shortcut_0"],
        "late_0.conv": ["residual_1.add"],
        "late_0.add": ["late_0.conv", "residual_1.add"],
        "late_1.conv": ["late_0.add"],
        "late_1.add": ["late_1.conv", "late_0.add"],
    }
    filters = [item.arguments["filters"] for item in graph.components() if "filters" in item.arguments]
    assert filters == [16, 32, 32, 32, 32]
    assert list(graph.outputs) == ["late"]


def test_params_hide_constants_and_a_block_does_not_see_the_counter_of_its_user() -> None:
    graph = spec_of("""
        vars: {width: 3}
        model:
          input: [4]
          blocks:
            own:
              params: {width: 7}
              layers: [{Dense: $(width)}]
            outer:
              layers: [{Dense: $(width + 1)}]
          layers:
            - own
            - outer
              """).graph
    assert [item.arguments["units"] for item in graph.components()] == [7, 4]
    problems = shown(
        read("""
        model:
          input: [4]
          blocks:
            counted: {layers: [{Dense: $(i + 1)}]}
          layers:
            - counted:
              repeat: 2
        """).problems
    )
    assert problems == ["4:32 unknown-constant"]


def test_blocks_use_blocks_and_shared_layers() -> None:
    graph = spec_of("""
        model:
          input: [4]
          shared: {scale: {Dense: 4}}
          blocks:
            inner:
              layers: [scale, {Dense: 4}]
            outer:
              layers:
                - inner:
                  repeat: 2
                  name: twice
                - scale
          layers: [outer, outer, {Dense: 1}]
        """).graph
    assert list(wires(graph)) == [
        "outer.twice_0.scale", "outer.twice_0.dense", "outer.twice_1.scale", "outer.twice_1.dense", "outer.scale",
        "outer_1.twice_0.scale", "outer_1.twice_0.dense", "outer_1.twice_1.scale", "outer_1.twice_1.dense",
        "outer_1.scale", "dense",
    ]  # fmt: skip
    assert {item.layer_name for item in graph.nodes if item.shared} == {"scale"}
    assert [entry.name for entry in graph.shared] == ["scale"]


def test_a_block_with_several_outputs() -> None:
    graph = spec_of("""
        model:
          input: [4]
          blocks:
            split:
              layers:
                - Dense: 2
                  name: left
                - Dense: 3
                  from: input
                  name: right
              outputs: [left, right]
          layers:
            - split:
              name: s
            - Concatenate:
              from: [s.1, s.0, input]
        """).graph
    assert wires(graph)["concatenate"] == ["s.right", "s.left", "input"]


def test_trainable_freezes_a_whole_use() -> None:
    graph = spec_of("""
        model:
          input: [4]
          blocks: {two: {layers: [{Dense: 4}, {Dense: 4}]}}
          layers:
            - two:
              trainable: false
            - two
        """).graph
    assert [item.trainable for item in graph.nodes] == [False, False, None, None]


def test_shared_entries_are_built_in_order_but_after_what_they_use() -> None:
    graph = spec_of(
        """
        model:
          input: [4]
          shared:
            tower:
              layers: [late, {Dense: 2}]
            late: {Dense: {units: 4}, trainable: false}
          layers: [tower, tower]
          """.replace("layers: [tower, tower]", "layers:\n            - tower")
    ).graph
    assert [(entry.name, entry.trainable) for entry in graph.shared] == [("late", False), ("tower", None)]
    tower = graph.shared[1].thing
    assert isinstance(tower, Graph)
    assert wires(tower) == {"late": ["input"], "dense": ["late"]}


def test_nested_models_are_numbered_by_their_kind_and_keep_their_names_to_themselves() -> None:
    graph = spec_of("""
        model:
          input: [4]
          layers:
            - Dense: 4
              name: a
            - layers:
                - Dense: 4
                  name: a
            - layers:
                - Dense: 4
                  name: a
                - Add:
                  from: [_, a]
            - layers: [{Dense: 4}]
              repeat: 2
              name: chain
        """).graph
    assert list(wires(graph)) == ["a", "sequential", "functional", "chain_0", "chain_1"]
    assert [thing.sequential for item in graph.nodes if isinstance(thing := item.thing, Graph)] == [
        True, False, True, True,
    ]  # fmt: skip


def test_operations_take_what_feeds_them_in_order() -> None:
    graph = spec_of("""
        model:
          inputs: {a: [4], b: [4]}
          layers:
            - ops.subtract: {x1: 1}
              from: a
              name: rest
            - ops.where:
              from: b
              call: {x1: rest, x2: 0}
            - ops.concatenate: {axis: -1}
              from: [_, a]
            - ops.mean: {axis: 1, keepdims: true}
            - ops.image.resize: {size: [2, 2]}
              name: big
        """).graph
    assert [item.kind for item in graph.nodes] == [
        "ops.subtract", "ops.where", "ops.concatenate", "ops.mean", "ops.image.resize",
    ]  # fmt: skip
    assert list(wires(graph)) == ["rest", "where", "concatenate", "mean", "big"]
    assert wires(graph)["where"] == ["b", "rest"]
    assert node(graph, "where").call["x2"] == 0


def test_a_model_that_is_left_out_by_repeat_is_still_checked() -> None:
    assert shown(
        read("""
        model:
          input: [4]
          blocks: {two: {params: {n: 1}, layers: [{Dense: $(n)}]}}
          layers:
            - two: {m: 3}
              repeat: 0
            - Dense: 1
        """).problems
    ) == ["5:13 unknown-argument"]


@pytest.mark.parametrize(
    ("model", "problems"),
    [
        ("shared: {a: {Dens: 3}}, layers: [a]", ["1:34 unknown-component"]),
        ("shared: {a: Flatten}, layers: [{a: 3}]", ["1:53 misplaced-argument"]),
        ("shared: {a: {Dense: 3}}, layers: [{a: , trainable: false}]", ["1:61 misplaced-argument"]),
        ("shared: {a: {Dense: 3, name: b}}, layers: [a]", ["1:44 misplaced-argument"]),
        ("shared: {a: {ops.mean: }}, layers: [a]", ["1:30 wrong-type"]),
        ("shared: {a: {}}, layers: [a]", ["1:33 no-thing"]),
        ("shared: {Dense: {Dense: 3}}, layers: [Flatten]", ["1:30 bad-name"]),
        ("shared: {a: {Add: }}, layers: [a]", ["1:52 needs-list"]),
        ("blocks: {a: {layers: []}}, layers: [a]", ["1:34 wrong-type"]),
        ("blocks: {a: {layer: [Flatten]}}, layers: [a]", ["1:34 unknown-key"]),
        ("blocks: {a: {layers: [Flatten], inputs: {x: [3]}}}, layers: [a]", ["1:61 wrong-type"]),
        ("blocks: {a: {layers: [Flatten], params: [n]}}, layers: [a]", ["1:61 wrong-type"]),
        ("blocks: {a: {inputs: [x, y], layers: [Flatten]}}, layers: [{a: , from: [input, input]}]",
         ["1:46 unused-input"]),
        ("blocks: {a: {layers: [{Dense: 2}, {Dense: 2, from: input}]}}, layers: [a]", ["1:43 unused-step"]),
        ("blocks: {a: {layers: [Flatten]}}, layers: [{a: , call: {mask: input}}]", ["1:70 unknown-argument"]),
        ("blocks: {a: {layers: [Flatten]}}, layers: [{a: 5}]", ["1:68 unknown-argument"]),
        ("blocks: {a: {layers: [Flatten]}}, layers: [Flatten, {a: , from: input}]", ["1:64 unused-step"]),
        ("layers: [{layers: [Flatten], unit: 3}]", ["1:50 unknown-key"]),
        ("layers: [{layers: [Flatten], Dense: 3}]", ["1:50 two-things"]),
        ("layers: [{ops.mean: 1}]", ["1:41 wrong-type"]),
        ("layers: [{ops.mean: {axes: 1}}]", ["1:42 unknown-argument"]),
        ("layers: [{ops.add: }]", ["1:31 missing-argument"]),
        ("layers: [{ops.exp: , from: [input, input]}]", ["1:48 needs-one"]),
        ("layers: [ops.cond]", ["1:30 refused"]),
        ("layers: [{load: 'http://example.org/model.keras'}]", ["1:37 refused"]),
        ("layers: [{load: 5}]", ["1:37 wrong-type"]),
        ("layers: [{application: null, weights: null}]", ["1:44 wrong-type", "1:50 unknown-key"]),
        ("layers: [{application: ResNet51}]", ["1:44 unknown-component"]),
        ("layers: [{application: {ResNet50: {weights: null, input_tensor: 3}}}]", ["1:71 refused"]),
        ("layers: [{Dense: 3, trainable: {from: a}}]", ["1:52 wrong-type"]),
        ("layers: [{application: {ResNet50: {weights: null}}, trainable: {to: a}}]", ["1:85 wrong-type"]),
        ("layers: [Flatten], weights: {by_name: true}", ["1:40 missing-key"]),
        ("layers: [Flatten], weights: {load: a.weights.h5, by_names: true}", ["1:56 not-found", "1:70 unknown-key"]),
        ("application: {ResNet50: {weights: null}}, layers: [Flatten]", ["1:21 two-things"]),
    ],
)  # fmt: skip
def test_problems(model: str, problems: list[str]) -> None:
    assert shown(read(f"model: {{input: [4], {model}}}\n").problems) == problems


def test_nested_use_is_bounded() -> None:
    blocks = "".join(f"    b{n}: {{layers: [{{b{n + 1}: , repeat: 100}}]}}\n" for n in range(4))
    text = f"model:\n  input: [4]\n  blocks:\n{blocks}    b4: {{layers: [{{Dense: 4}}]}}\n  layers: [b0]\n"
    assert [problem.split()[1] for problem in shown(read(text).problems)] == ["too-many-steps"]


SKIPS = """
model:
  input: [8]
  blocks:
    residual:
      layers:
        - {Dense: 8, name: skip}
        - {Add: , from: [input, skip], name: out}
      outputs: [out, skip]
  layers:
    - {residual: , name: a}
    - {residual: , from: a.0, name: b}
    - Add:
      from: [a.1, b.1]
"""


def test_a_result_of_a_block_may_be_left() -> None:
    assert shown(read(SKIPS).problems) == []
    assert shown(read(SKIPS.replace("a.1, b.1", "a.1, a.0")).problems) == ["11:7 unused-step"]


def test_what_a_step_that_is_left_out_would_have_taken_second() -> None:
    """`repeat: 0` hands its first input on; who means the second is told so where it stands."""
    text = """
model:
  input: [8]
  layers:
    - {Dense: 8, name: body}
    - {Dense: 8}
    - Add:
      from: [body, _]
      repeat: 0
    - Dense: 1
"""
    (problem,) = read(text).problems
    assert (problem.code, problem.span and problem.span.line) == ("unused-step", 7)
    assert "`repeat: 0`" in problem.text
