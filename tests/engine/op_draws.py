"""Calls of operations of `keras.ops`, drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.engine.dice import Dice, Draw
from tests.engine.layer_draws import joining


def draw_op(name: str, dice: Dice) -> Draw:
    """Return a call of an operation, whose name begins with `ops.`."""
    return OPERATIONS.get(name.removeprefix("ops."), elementwise)(name, dice)


def elementwise(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.whole(1, 4))
    extra = {
        "cast": {"dtype": "float16"}, "saturate_cast": {"dtype": "float16"}, "clip": {"x_min": 0.0, "x_max": 1.0},
        "full_like": {"fill_value": 1.0}, "threshold": {"threshold": 1.0, "default_value": 0.0},
    }  # fmt: skip
    return Draw(name, extra.get(name.removeprefix("ops."), {}), (shape,))


def broadcasting(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.whole(1, 4))
    if dice.chance(0.2) and name not in ("ops.heaviside", "ops.hypot"):
        return Draw(name, {"x2": 2.0}, (shape,))
    shapes = (shape, dice.varied(shape)) if dice.chance(0.5) else (dice.varied(shape), shape)
    return Draw(name, {}, (*shapes, dice.varied(shape)) if name == "ops.where" else shapes, listed=True)


def along_axes(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.whole(1, 4))
    value = {"shift": 1} if name == "ops.roll" else {}
    return Draw(name, value | dice.some(axis=lambda: dice.axis(len(shape))), (shape,))


def reducing(name: str, dice: Dice) -> Draw:
    shape = dice.shape(dice.whole(1, 4))
    several = name not in ("ops.argmax", "ops.argmin", "ops.average")
    axis = dice.axis(len(shape))
    value = {} if name in ("ops.average", "ops.count_nonzero") else dice.some(keepdims=lambda: True)
    return Draw(name, value | dice.some(axis=lambda: [axis] if several and dice.chance(0.4) else axis), (shape,))


def product(name: str, dice: Dice) -> Draw:
    one, other = dice.shape(dice.whole(1, 4)), list(dice.shape(dice.whole(1, 4)))
    if dice.chance(0.8):
        other[-2 if len(other) > 1 else -1] = one[-1]
    if dice.chance(0.6) and len(one) == len(other):
        other[:-2] = one[:-2]
    return Draw(name, {}, (one, tuple(other)), listed=True)


def with_axis(**values: tuple[Any, ...]) -> Callable[[str, Dice], Draw]:
    """Return what draws arguments from some choices, `"axis"` among them standing for any axis."""

    def make(name: str, dice: Dice) -> Draw:
        shape = dice.shape(dice.whole(1, 4))
        drawn = {key: dice.among(*choices) for key, choices in values.items()}
        return Draw(name, {key: dice.axis(len(shape)) if v == "axis" else v for key, v in drawn.items()}, (shape,))

    return make


OPERATIONS: dict[str, Callable[[str, Dice], Draw]] = {
    **dict.fromkeys(
        ("add", "arctan2", "divide", "divide_no_nan", "equal", "floor_divide", "fmax", "fmin", "fmod", "greater",
         "greater_equal", "heaviside", "hypot", "isclose", "less", "less_equal", "logaddexp", "logical_and",
         "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "not_equal", "power", "subtract",
         "true_divide", "where"), broadcasting
    ),
    **dict.fromkeys(
        ("all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "logsumexp", "max", "mean",
         "median", "min", "nanmax", "nanmean", "nanmin", "nansum", "prod", "ptp", "std", "sum", "var"), reducing
    ),
    **dict.fromkeys(
        ("flip", "log_softmax", "normalize", "roll", "softmax", "argsort", "cumprod", "cumsum", "sort"), along_axes
    ),
    "concatenate": joining, "stack": joining, "matmul": product,
    "expand_dims": with_axis(axis=("axis", "axis", [1, 2], [0, -1])),
    "moveaxis": with_axis(source=(1, -1, 0), destination=(1, -1, 2)),
    "one_hot": with_axis(num_classes=(4,)),
    "pad": with_axis(pad_width=([[1, 1]], [[0, 0], [1, 2]], [[0, 0], [1, 2], [0, 1]])),
    "repeat": with_axis(repeats=(1, 3), axis=(None, "axis", "axis")),
    "reshape": with_axis(newshape=([-1], [2, -1], [-1, 3], [4, 3], 12)),
    "split": with_axis(indices_or_sections=(2, 3, [1, 3], [2]), axis=("axis",)),
    "squeeze": with_axis(axis=(None, "axis", [1])),
    "swapaxes": with_axis(axis1=("axis",), axis2=("axis",)),
    "take": with_axis(indices=(0, [0, 0]), axis=(None, "axis", "axis")),
    "tile": with_axis(repeats=(2, [1, 2], [1, 1, 2], [2, 1, 1, 2])),
    "top_k": with_axis(k=(1,)),
    "transpose": with_axis(axes=(None, [0, 2, 1], [1, 0], [0, -1, 1], [0, 0])),
}  # fmt: skip
