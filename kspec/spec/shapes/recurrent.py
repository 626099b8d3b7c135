"""Recurrent layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.shapes.calls import Call, Mistake, Result, Several, Unsure
from kspec.spec.shapes.convolution import convolved
from kspec.spec.shapes.demands import of_rank, weighs
from kspec.spec.shapes.sizes import Shape, times

_STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1, "LSTMCell": 2, "GRUCell": 1, "SimpleRNNCell": 1}
"""How many states of its own size a layer or a cell keeps."""


def recurrent(call: Call) -> Result:
    """`LSTM`, `GRU` and `SimpleRNN`: sequences of numbers."""
    shape = of_rank(call, 3)
    weighs(call, shape, 2)
    units = call.whole("units")
    return _results(call, shape, (units,), [(units,)] * _STATES[call.name])


def around_cells(call: Call) -> Result:
    """`RNN`: a sequence of numbers through one cell of Keras' own, or several."""
    shape = call.shape
    if shape is not None and len(shape) != 3 and shape != (None, *shape[1:2]):
        raise Unsure  # what a cell makes of it is its own affair
    cells = _cells(call.argument("cell"))
    units = [_units(cell) for cell in cells]
    if len(cells) > 1 and any(_STATES[cell.name] > 1 for cell in cells):
        raise Unsure  # the states of each cell are a list of their own
    states = [(size,) for cell, size in zip(cells, units, strict=True) for _ in range(_STATES[cell.name])]
    known = of_rank(call, 3)
    weighs(call, known, 2)
    return _results(call, known, (units[-1],), states)


def convolutional(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of a recurrent convolution over `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 3)
        first = 3 if call.channels_first else 2
        for axis in range(first, first + spatial):
            if shape[axis] is None:
                raise Mistake(f"axis {axis} has no fixed size, which it needs", "say it in the shape of the input")
        weighs(call, shape, 2 if call.channels_first else -1)
        step = convolved(call, (shape[0], *shape[2:]), call.whole("filters"), spatial)
        return _results(call, shape, step[1:], [step[1:]] * 2)

    return rule


def bidirectional(call: Call) -> Result:
    """`Bidirectional`: a recurrent layer forwards and backwards."""
    inner = call.inside(call.argument("layer"), call.shape)
    if inner is None:
        return None
    forwards, *states = inner.shapes if isinstance(inner, Several) else (inner,)
    mode = call.argument("merge_mode")
    if mode not in ("concat", "sum", "mul", "ave", None) or forwards is None:
        raise Unsure
    if mode == "concat":
        forwards = (*forwards[:-1], times(forwards[-1], 2))
    results = [forwards, forwards] if mode is None else [forwards]
    return Several((*results, *states, *states)) if len(results) > 1 or states else forwards


def _results(call: Call, shape: Shape, step: Shape, states: Sequence[Shape]) -> Result:
    """Return what a recurrent layer gives: its output, and its states if they are asked for."""
    if call.flag("stateful") and shape[0] is None:
        hint = "write `batch_size` beside `shape` in the input, or leave `stateful` out"
        raise Mistake("a `stateful` layer needs a fixed batch size", hint)
    output = (shape[0], shape[1], *step) if call.flag("return_sequences") else (shape[0], *step)
    if not call.flag("return_state"):
        return output
    return Several((output, *((shape[0], *state) for state in states)))


def _cells(value: Any) -> list[ComponentSpec]:
    if isinstance(value, ComponentSpec) and value.name == "StackedRNNCells":
        value = value.arguments.get("cells")
    cells = list(value) if isinstance(value, list | tuple) else [value]
    if not cells or not all(isinstance(cell, ComponentSpec) and cell.name in _STATES for cell in cells):
        raise Unsure
    return cells


def _units(cell: ComponentSpec) -> int:
    return Call(cell, ()).whole("units")
