"""Shapes told from a spec alone, held against Keras, which is the judge: what is told is so, and no alarm is false."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kspec
import kspec.spec.spec_reader
from kspec import catalogue
from kspec.commands.opening import open_spec
from kspec.data.ops import apply_op
from kspec.engine.building.build import sketch
from kspec.engine.building.instantiate import instantiate
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Tensor
from kspec.spec.problems import SpecError
from kspec.spec.shapes import Shapes
from kspec.spec.shapes.calls import Call, Fed, Mistake, Result, Several
from kspec.spec.shapes.ops.table import OPS
from kspec.spec.shapes.rules import result_of
from kspec.spec.shapes.sizes import UNKNOWN
from kspec.spec.shapes.table import LAYERS
from tests.engine.dice import Dice, Draw, Shape
from tests.engine.layer_draws import draw_layer
from tests.engine.op_draws import draw_op

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
INVALID = Path(__file__).parents[1] / "specs" / "invalid"
MISTAKES = sorted(
    file for file in INVALID.glob("shape-mismatch/*.yaml") if "data:" not in file.read_text(encoding="utf-8")
)
ONLY_IN_USE = {"shared_layer"}
"""Mistakes that Keras takes in a graph, and refuses once the model is used."""

NAMES = [*LAYERS, *(f"ops.{name}" for name in OPS)]
DRAWS = 16

NOT_ALL_FOUND = {
    "Dot", "EinsumDense", "GroupQueryAttention", "RNN", "SpectralNormalization", "TimeDistributed", "ops.where",
    "AdaptiveAveragePooling1D", "RandomCrop", "Resizing",
}  # fmt: skip
"""What Keras refuses in more ways than are worth telling."""

TEXT = {"StringLookup", "TextVectorization"}
WHOLE = {"Hashing", "IntegerLookup", "Embedding", "CategoryEncoding", "HashedCrossing", "one_hot"}


def component_of(draw: Draw) -> ComponentSpec | None:
    """Return the component of a draw; None if a spec cannot say it so."""
    family, name = ("ops", draw.name[4:]) if draw.name.startswith("ops.") else ("layers", draw.name)
    definition = catalogue.load().component(family, name)
    assert definition is not None
    checker = Checker()
    spec = ComponentReader(catalogue.load(), checker).with_value(
        definition, draw.value, (), excused=definition.arguments if family == "ops" else ()
    )
    return None if checker.problems else spec


def told(component: ComponentSpec, draw: Draw, shapes: Sequence[Any]) -> Result | Mistake:
    """Return what the spec alone tells of a call."""
    named = {key: Fed(value) if isinstance(value, tuple) else value for key, value in draw.named.items()}
    try:
        return result_of(Call(component, tuple(shapes), draw.listed, named, {}, result_of))
    except Mistake as mistake:
        return mistake


def applied(component: ComponentSpec, draw: Draw, tensors: Any, named: dict[str, Any]) -> Any:
    """Return what Keras makes of a call."""
    first = tensors if draw.listed else tensors[0]
    if component.family == "ops":
        return apply_op(component, first, named)
    return instantiate(component)(first, **named)


def symbolic(component: ComponentSpec, draw: Draw) -> list[Shape]:
    """Return the shapes that Keras gives a call in a graph."""
    dtype = "string" if component.name in TEXT else "int32" if component.name in WHOLE else "float32"
    tensors = [keras.KerasTensor(shape, dtype=dtype) for shape in draw.shapes]
    named = {key: keras.KerasTensor(item) if isinstance(item, tuple) else item for key, item in draw.named.items()}
    made = applied(component, draw, tensors, named)
    return [tuple(tensor.shape) for tensor in made] if isinstance(made, list | tuple) else [tuple(made.shape)]


def use(component: ComponentSpec, draw: Draw) -> None:
    """Call with numbers, open sizes chosen."""

    def zeros(shape: Shape) -> np.ndarray:
        sizes = [(4 if place else 2) if size is None else size for place, size in enumerate(shape)]
        return np.zeros(sizes, "int32" if component.name in WHOLE else "float32")

    named = {key: zeros(item) if isinstance(item, tuple) else item for key, item in draw.named.items()}
    applied(component, draw, [zeros(shape) for shape in draw.shapes], named)


def agrees(result: Result, shapes: list[Shape]) -> bool:
    """Say whether what is told of some results is so, as far as it is told."""
    if result is None:
        return True
    found = result.shapes if isinstance(result, Several) else (result,)
    return len(found) == len(shapes) and all(
        one is None or (len(one) == len(other) and all(a is UNKNOWN or a == b for a, b in zip(one, other, strict=True)))
        for one, other in zip(found, shapes, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_told_is_what_keras_says(name: str) -> None:
    dice = Dice(name)
    told_of, refused, found = 0, 0, 0
    for _ in range(DRAWS):
        draw = draw_op(name, dice) if name.startswith("ops.") else draw_layer(name, dice)
        component = component_of(draw)
        if component is None or not can_be_made(component):
            continue
        # The less is known of what is fed, the less can be told; what is told must be as right.
        partly = [tuple(UNKNOWN if dice.chance(0.5) else size for size in shape) for shape in draw.shapes]
        answers = [told(component, draw, shapes) for shapes in (draw.shapes, partly, [None] * len(draw.shapes))]
        try:
            shapes = symbolic(component, draw)
        except Exception:  # noqa: BLE001 - whatever Keras raises: it refuses the call, so that no alarm is false
            refused += 1
            found += isinstance(answers[0], Mistake)
            continue
        for answer in answers:
            if isinstance(answer, Mistake):  # some mistakes show only when the layer is used
                with pytest.raises(Exception):  # noqa: B017 - whatever Keras raises
                    use(component, draw)
                    pytest.fail(f"false alarm: {draw}: {answer.reason}")
            else:
                assert agrees(answer, shapes), (draw, answer, shapes)
        told_of += not isinstance(answers[0], Mistake) and answers[0] is not None
    assert told_of, "nothing is ever told"
    assert found == refused or name in NOT_ALL_FOUND, f"{refused - found} of {refused} mistakes are not found"


def can_be_made(component: ComponentSpec) -> bool:
    """Say whether the arguments by themselves are right."""
    try:
        return component.family == "ops" or bool(instantiate(component))
    except SpecError:
        return False


RESNET = """
model:
  input: [32, 32, 3]
  blocks:
    residual:
      params: {filters: null, stride: 1}
      inputs: [x]
      layers:
        - Conv2D: {filters: $(filters), kernel_size: 3, strides: $(stride), padding: same, use_bias: false}
          from: x
        - BatchNormalization
        - Activation: relu
        - Conv2D: {filters: $(filters), kernel_size: 3, padding: same, use_bias: false}
        - BatchNormalization:
          name: main
        - Conv2D: {filters: $(filters), kernel_size: 1, strides: $(stride)}
          from: x
          name: shortcut
        - Add:
          from: [main, shortcut]
        - ReLU
  layers:
    - ZeroPadding2D: 3
    - Conv2D: {filters: 16, kernel_size: 7, strides: 2}
    - MaxPooling2D: {pool_size: 3, strides: 2, padding: same}
    - residual: 16
      repeat: 2
    - residual: {filters: 32, stride: 2}
    - GlobalAveragePooling2D
    - Dense: 10
"""
INCEPTION = """
model:
  input: [28, 28, 8]
  layers:
    - Conv2D: {filters: 4, kernel_size: 1}
      from: input
      name: one
    - Conv2D: {filters: 4, kernel_size: 1}
      from: input
    - Conv2D: {filters: 6, kernel_size: 3, padding: same}
      name: three
    - SeparableConv2D: {filters: 5, kernel_size: 5, padding: same}
      from: input
      name: five
    - AveragePooling2D: {pool_size: 3, strides: 1, padding: same}
      from: input
      name: pool
    - Concatenate:
      from: [one, three, five, pool]
    - ops.mean: {axis: [1, 2], keepdims: true}
    - ops.squeeze: {axis: [1, 2]}
    - Dense: 3
"""
TRANSLATION = """
model:
  inputs: {source: {shape: [null], dtype: int32}, target: {shape: [12], dtype: int32}}
  shared: {words: {Embedding: {input_dim: 100, output_dim: 16}}}
  layers:
    - words:
      from: source
    - Bidirectional: {layer: {LSTM: {units: 8, return_sequences: true, return_state: true}}}
      name: encoded
    - words:
      from: target
    - LSTM: {units: 8, return_sequences: true}
      call: {initial_state: [encoded.1, encoded.2]}
    - MultiHeadAttention: {num_heads: 2, key_dim: 4}
      call: {value: encoded.0}
    - LayerNormalization
    - layers: [{Dense: {units: 32, activation: gelu}}, {Dense: 8}]
    - TimeDistributed: {Dense: 100}
"""
UNET = """
model:
  input: [64, 64, 1]
  layers:
    - Conv2D: {filters: 4, kernel_size: 3, padding: same}
      name: high
    - MaxPooling2D
    - DepthwiseConv2D: {kernel_size: 3, padding: same, depth_multiplier: 2}
      name: low
    - AveragePooling2D: {pool_size: 2, padding: same}
    - Conv2DTranspose: {filters: 8, kernel_size: 2, strides: 2}
    - Add:
      from: [_, low]
    - UpSampling2D
    - Concatenate:
      from: [_, high]
    - Cropping2D: 2
    - Resizing: {height: 64, width: 64}
    - Conv2D: {filters: 1, kernel_size: 1}
"""
WHOLE_MODELS = """
model:
  input: [5, 32, 32, 3]
  shared: {vision: {input: [32, 32, 3], layers: [{Conv2D: {filters: 3, kernel_size: 3}}, GlobalMaxPooling2D]}}
  layers:
    - TimeDistributed: vision
      name: seen
    - ops.take: {indices: 0, axis: 1}
      from: input
    - application: {MobileNet: {weights: null, alpha: 0.25, input_shape: [32, 32, 3], classes: 7}}
    - RepeatVector: 5
    - Concatenate:
      from: [_, seen]
    - GRU: 2
"""
TEXTS = {"resnet": RESNET, "inception": INCEPTION, "words": TRANSLATION, "unet": UNET, "models": WHOLE_MODELS}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_shape_of_a_model_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    opened = open_spec(tmp_path / "spec.yaml")
    made = {operation.name: operation.output for operation in kspec.build(tmp_path / "spec.yaml").operations}
    for node in opened.spec.graph.nodes:
        output = made[node.layer_name]
        for index, tensor in enumerate(output if isinstance(output, list | tuple) else [output]):
            if node.shared is None:
                assert opened.spec.shapes.of(Tensor(node.name, index)) == tuple(tensor.shape), node.name


@pytest.mark.parametrize("file", MISTAKES, ids=lambda file: file.stem)
def test_keras_refuses_what_is_told_to_be_a_mistake_and_it_reads_alike(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SpecError) as told_first:
        open_spec(file)
    monkeypatch.setattr(kspec.spec.spec_reader, "infer", lambda graph: Shapes())
    opened = open_spec(file)
    if file.stem in ONLY_IN_USE:
        model = kspec.build(file)
        with pytest.raises(Exception):  # noqa: B017 - whatever Keras raises
            model({tensor.name: np.zeros((2, *tensor.shape[1:]), "float32") for tensor in model.inputs})
        return
    with pytest.raises(SpecError) as found, opened.placing():
        sketch(opened.spec, file.parent)
    assert found.value.problems == told_first.value.problems


def test_a_program_that_moves_the_channel_axis_is_believed() -> None:
    draw = Draw("GlobalMaxPooling2D", {}, ((None, 4, 5, 6),))
    component = component_of(draw)
    assert component is not None
    before = keras.config.image_data_format()
    try:
        for data_format, size in (("channels_first", 4), ("channels_last", 6)):
            keras.config.set_image_data_format(data_format)
            assert told(component, draw, draw.shapes) == symbolic(component, draw)[0] == (None, size)
    finally:
        keras.config.set_image_data_format(before)


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_what_is_told_of_an_example_is_so(file: Path) -> None:
    shapes = open_spec(file).spec.shapes
    model = kspec.build(file)
    for name, output in zip(shapes.outputs, model.outputs, strict=True):
        # Of an input whose axes only the data tells, nothing may be known.
        assert shapes.outputs[name] in (None, tuple(output.shape))
