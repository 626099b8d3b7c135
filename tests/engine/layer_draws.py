"""Calls of layers, drawn at random."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tests.engine.dice import Dice, Draw


def draw_layer(name: str, dice: Dice) -> Draw:
    """Return a call of a layer."""
    exact = LAYERS.get(name)
    make = exact or next((make for start, make in BY_START.items() if name.startswith(start)), keeping)
    return make(name, dice)


def formatted(dice: Dice) -> dict[str, Any]:
    return {"data_format": dice.among("channels_first", "channels_last")} if dice.chance(0.25) else {}


def convolution(name: str, dice: Dice) -> Draw:
    count = int(next(letter for letter in name if letter.isdigit()))
    value: dict[str, Any] = {"kernel_size": dice.per_axis(count), **formatted(dice)}
    value |= {"depth_multiplier": dice.whole(1, 3)} if "Depthwise" in name else {"filters": dice.among(1, 2, 4, 6)}
    value |= dice.some(padding=lambda: dice.among("same", "valid", "SAME"))
    way = dice.among("strides", "dilation_rate", None)
    value |= {way: dice.per_axis(count, 1, 3)} if way else {}
    if name.startswith("Conv") and "Transpose" not in name:
        value |= dice.some(groups=lambda: dice.whole(1, 3))
    if "Transpose" in name:
        value |= dice.some(output_padding=lambda: dice.per_axis(count, 0, 2))
    return Draw(name, value, (dice.shape(dice.near(count + 2)),))


def pooling(name: str, dice: Dice) -> Draw:
    count = int(name[-2])
    value: dict[str, Any] = formatted(dice)
    if name.startswith("Global"):
        value |= dice.some(keepdims=lambda: True)
    elif name.startswith("Adaptive"):
        return Draw(name, value | {"output_size": dice.per_axis(count)}, (dice.shape(dice.near(count + 2), 4),))
    else:
        value |= {"pool_size": dice.per_axis(count)}
        value |= dice.some(strides=lambda: dice.per_axis(count, 1, 3), padding=lambda: dice.among("same", "valid"))
    return Draw(name, value, (dice.shape(dice.near(count + 2)),))


def padding(name: str, dice: Dice) -> Draw:
    count = int(name[-2])
    pairs = [[dice.whole(0, 3), dice.whole(0, 3)] for _ in range(count)]
    value = {"padding" if "Zero" in name else "cropping": dice.among(1, pairs if count > 1 else pairs[0])}
    return Draw(name, value | ({} if name == "Cropping1D" else formatted(dice)), (dice.shape(dice.near(count + 2)),))


def up_sampling(name: str, dice: Dice) -> Draw:
    count = int(name[-2])
    value = {"size": dice.whole(1, 3)} if count == 1 else {"size": dice.per_axis(count), **formatted(dice)}
    return Draw(name, value, (dice.shape(dice.near(count + 2)),))


def keeping(name: str, dice: Dice) -> Draw:
    return Draw(name, KEEPING.get(name, {}), (dice.shape(dice.whole(1, 5)),))


def image(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.among(4, 4, 4, 3, 5))
    return Draw(name, IMAGES[name], ((*shape[:-1], 3) if dice.chance(0.5) else shape,))


def normalization(name: str, dice: Dice) -> Draw:
    value = dice.some(axis=lambda: dice.among(-1, 1, 2, 3, -2, -4))
    value |= {"groups": dice.among(1, 2, 3, -1, 32)} if name[0] == "G" else {}
    value |= dice.some(scale=lambda: False, center=lambda: False) if name[0] in "BL" else {}
    return Draw(name, value, (dice.shape(dice.whole(2, 5)),))


def recurrent_arguments(dice: Dice) -> dict[str, Any]:
    flags = ("return_sequences", "return_state", "go_backwards")
    value = {"units": dice.whole(1, 5), **{name: True for name in flags if dice.chance(0.35)}}
    return value | ({"stateful": True} if dice.chance(0.1) else {})


def recurrent(name: str, dice: Dice) -> Draw:
    return Draw(name, recurrent_arguments(dice), (dice.shape(dice.near(3)),))


def around_cells(name: str, dice: Dice) -> Draw:
    cells = [{dice.among("LSTMCell", "GRUCell", "SimpleRNNCell"): dice.whole(1, 5)} for _ in range(2)]
    value = {key: item for key, item in recurrent_arguments(dice).items() if key != "units"}
    cell = dice.among(cells[0], cells, {"StackedRNNCells": {"cells": cells}})
    return Draw(name, value | {"cell": cell}, (dice.shape(dice.near(3)),))


def bidirectional(name: str, dice: Dice) -> Draw:
    layer = {dice.among("LSTM", "GRU", "SimpleRNN"): recurrent_arguments(dice)}
    value = {"layer": layer, **dice.some(merge_mode=lambda: dice.among("sum", "mul", "ave", None))}
    return Draw(name, value, (dice.shape(dice.near(3)),))


def recurrent_convolution(name: str, dice: Dice) -> Draw:
    count = int(name[-2])
    value = {"filters": dice.whole(1, 3), "kernel_size": dice.per_axis(count, 1, 3), **formatted(dice)}
    value |= dice.some(return_sequences=lambda: True, return_state=lambda: True, padding=lambda: "same")
    return Draw(name, value, (dice.shape(dice.near(count + 3), open_=0.05),))


def wrapper(name: str, dice: Dice) -> Draw:
    inner = draw_layer(dice.among(*INSIDE), dice)
    shape = inner.shapes[0]
    if name == "TimeDistributed":
        shape = (shape[0], dice.among(None, 3), *shape[1:])
    return Draw(name, {"layer": {inner.name: inner.value}}, (shape,))


def merging(name: str, dice: Dice) -> Draw:
    first = dice.shape(dice.whole(1, 4))
    count = 2 if name == "Subtract" else dice.whole(1, 3)
    return Draw(name, None, (first, *(dice.varied(first) for _ in range(count - 1))), listed=True)


def joining(name: str, dice: Dice) -> Draw:
    first = dice.shape(dice.whole(1, 4))
    axis = dice.axis(len(first))
    shapes = [first]
    for _ in range(dice.whole(0, 2)):
        sizes = list(first)
        if -len(sizes) <= axis < len(sizes) and dice.chance(0.8):
            sizes[axis] = dice.size()
        if dice.chance(0.2):
            sizes[dice.whole(0, len(sizes) - 1)] = dice.size()
        shapes.append(tuple(sizes))
    return Draw(name, {"axis": axis}, tuple(shapes), listed=True)


def dot(name: str, dice: Dice) -> Draw:
    one, other = dice.shape(dice.whole(2, 4)), list(dice.shape(dice.whole(2, 4)))
    axes = dice.among(1, -1, 2, -2, 0, [1, 1], [1, 2], [2, 1], [-1, -1])
    a, b = (axes, axes) if isinstance(axes, int) else axes
    if -len(one) <= a < len(one) and -len(other) <= b < len(other) and dice.chance(0.7):
        other[b] = one[a]
    return Draw(name, {"axes": axes}, (one, tuple(other)), listed=True)


def attention(name: str, dice: Dice) -> Draw:
    width = dice.whole(2, 6)
    shapes = [(None, dice.size(), dice.among(width, width, 3)) for _ in range(2)]
    if dice.chance(0.4):
        shapes.append((None, shapes[1][1] if dice.chance(0.8) else 7, width))
    named = {"return_attention_scores": True} if dice.chance(0.3) else {}
    return Draw(name, {}, tuple(shapes[: dice.among(1, *[3] * 12)]), listed=True, named=named)


def heads(name: str, dice: Dice) -> Draw:
    query = dice.shape(dice.among(3, 3, 3, 4))
    value_shape = (None, *(dice.size() for _ in query[2:]), dice.among(query[-1], query[-1], 5))
    value: dict[str, Any] = {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3}
    if name == "MultiHeadAttention":
        value = {"num_heads": 2, "key_dim": 3, **dice.some(output_shape=lambda: dice.among(5, [5], [2, 3]))}
    named: dict[str, Any] = {"value": value_shape}
    if dice.chance(0.4):
        named["key"] = (None, *(size if dice.chance(0.9) else 7 for size in value_shape[1:-1]), dice.size())
    if dice.chance(0.3):
        named["return_attention_scores"] = True
    return Draw(name, value, (query,), named=named)


def reshape(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.whole(1, 4))
    total = math.prod(size or 2 for size in shape[1:])
    part = dice.among(*(number for number in range(1, total + 1) if total % number == 0))
    target = dice.among([total], [part, total // part], [-1], [part, -1], [7, -1], [2, 3], [1, total, 1])
    return Draw(name, {"target_shape": target}, (shape,))


def permute(name: str, dice: Dice) -> Draw:
    count = dice.whole(1, 4)
    return Draw(name, {"dims": dice.random.sample(range(1, count + 1), count)}, (dice.shape(dice.near(count + 1)),))


def equation(name: str, dice: Dice) -> Draw:
    written, output, rank = dice.among(
        ("abc,cd->abd", [None, 5], 3), ("ab,bc->ac", 5, 2), ("...x,xy->...y", 5, 3), ("ab...,bc->ac...", [5], 3),
        ("abc,cde->abde", [None, 3, 4], 3), ("abc,cd->abd", [4, 5], 3), ("abcd,dce->abe", [None, 5], 4),
    )  # fmt: skip
    return Draw(name, {"equation": written, "output_shape": output}, (dice.shape(dice.near(rank)),))


def encoding(name: str, dice: Dice) -> Draw:
    modes = dice.among("int", "one_hot", "multi_hot")
    value: dict[str, Any] = {
        "StringLookup": {"vocabulary": ["a", "b"], "output_mode": modes},
        "IntegerLookup": {"vocabulary": [1, 2], "output_mode": modes},
        "TextVectorization": {"vocabulary": ["a"], **dice.some(output_sequence_length=lambda: 7)},
        "Hashing": {"num_bins": 5, "output_mode": modes},
        "CategoryEncoding": {"num_tokens": 5, "output_mode": dice.among("one_hot", "multi_hot", "count")},
        "Discretization": {"bin_boundaries": [0.0, 1.0]},
        "HashedCrossing": {"num_bins": 4},
    }[name]
    shape = dice.among((None,), (None, 1), (None, 5), (None, 3, 1))
    if name == "TextVectorization":
        shape = shape[:2] if shape[1:2] != (5,) else (None,)
    listed = name == "HashedCrossing"
    return Draw(name, value, (shape, shape) if listed else (shape,), listed=listed)


def simple(*values: Any, ranks: tuple[int, int] = (1, 4)) -> Callable[[str, Dice], Draw]:
    """Return what draws one of some values and any shape."""
    return lambda name, dice: Draw(name, dice.among(*values), (dice.shape(dice.whole(*ranks)),))


KEEPING = {
    "Activation": "relu", "ActivityRegularization": {"l2": 0.1}, "AlphaDropout": 0.5, "Dropout": 0.5,
    "GaussianDropout": 0.5, "GaussianNoise": 0.5, "Rescaling": 0.5, "Normalization": {"mean": 0.0, "variance": 1.0},
    "SpatialDropout1D": 0.5, "SpatialDropout2D": 0.5, "SpatialDropout3D": 0.5,
}  # fmt: skip
IMAGES: dict[str, Any] = {
    "AugMix": {}, "AutoContrast": {}, "ContrastLimitedAdaptiveHistogramEqualization": {}, "CutMix": {}, "MixUp": {},
    "RandAugment": {}, "RandomBrightness": 0.2, "RandomColorJitter": {"brightness_factor": 0.1}, "RandomContrast": 0.2,
    "RandomElasticTransform": {}, "RandomErasing": {}, "RandomFlip": {}, "RandomGaussianBlur": {},
    "RandomGrayscale": {}, "RandomHue": 0.2, "RandomInvert": {}, "RandomPerspective": {}, "RandomPosterization": 4,
    "RandomRotation": 0.1, "RandomSaturation": 0.2, "RandomSharpness": 0.2, "RandomShear": {"x_factor": 0.1},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1}, "RandomZoom": 0.1, "Solarization": {},
    "RandomColorDegeneration": 0.2, "Resizing": {"height": 5, "width": 6}, "Equalization": {},
    "CenterCrop": {"height": 3, "width": 2}, "RandomCrop": {"height": 3, "width": 2},
}  # fmt: skip
INSIDE = (
    "Dense", "Conv1D", "Conv2D", "Flatten", "MaxPooling2D", "LSTM", "Reshape", "BatchNormalization", "Dropout",
    "GlobalAveragePooling1D", "RepeatVector", "Permute", "Embedding", "LayerNormalization", "Cropping1D",
)  # fmt: skip
LAYERS: dict[str, Callable[[str, Dice], Draw]] = {
    **dict.fromkeys(IMAGES, image),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), recurrent),
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), merging),
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "CategoryEncoding", "Discretization",
         "HashedCrossing"), encoding
    ),
    **dict.fromkeys(
        ("BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization"),
        normalization,
    ),
    "AdditiveAttention": attention, "Attention": attention, "Bidirectional": bidirectional, "Concatenate": joining,
    "Dense": simple({"units": 3}, {"units": 7, "use_bias": False}), "Dot": dot, "EinsumDense": equation,
    "Embedding": simple({"input_dim": 9, "output_dim": 4, "mask_zero": True}, {"input_dim": 9, "output_dim": 1}),
    "GroupQueryAttention": heads, "MultiHeadAttention": heads, "Permute": permute, "RNN": around_cells,
    "MelSpectrogram": simple({"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 8}, ranks=(2, 2)),
    "PReLU": simple({}, {"shared_axes": [1]}, {"shared_axes": [1, 2]}, ranks=(3, 4)),
    "RepeatVector": simple(1, 4), "Reshape": reshape,
    "ReversibleEmbedding": simple({"input_dim": 9, "output_dim": 4}),
    "SpectralNormalization": wrapper, "TimeDistributed": wrapper,
}  # fmt: skip
BY_START: dict[str, Callable[[str, Dice], Draw]] = {
    "ConvLSTM": recurrent_convolution, "Conv": convolution, "Depthwise": convolution, "Separable": convolution,
    "Global": pooling, "Adaptive": pooling, "Max": pooling, "Average": pooling, "ZeroPadding": padding,
    "Cropping": padding, "UpSampling": up_sampling,
}  # fmt: skip
