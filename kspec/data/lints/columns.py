"""Columns of the inputs that tell too much, and columns that drown others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import field_path
from kspec.data.labels import class_numbers
from kspec.data.lints.outputs import Outputs, loss_name
from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.data.profile.giveaway import columns_telling_class, columns_telling_number, giveaway
from kspec.data.values import is_text
from kspec.spec.lints import Finding
from kspec.spec.lints.losses import BINARY, CLASSES
from kspec.spec.problems import Path
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]

_MOST_COLUMNS = 64
"""Columns of a table; with more, an input is rather a picture, a sequence, or many categories."""
_MOST_ROWS = 200_000
_SAMPLE = 20_000
_LARGE, _TIMES, _MANY_TIMES = 100.0, 100.0, 10_000.0
_LEVELLING = {
    "BatchNormalization", "CategoryEncoding", "Discretization", "Embedding", "GroupNormalization", "Hashing",
    "IntegerLookup", "LayerNormalization", "Normalization", "Rescaling", "RMSNormalization", "UnitNormalization",
}  # fmt: skip
"""Layers behind which the scale of an input does not matter, or is another."""
_PASSING = {"Activation", "Concatenate", "Dropout", "Flatten", "GaussianNoise", "Identity", "Reshape"}
"""Layers that leave the scale as it is."""


def giveaway_column(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of a column that alone tells the target. Of large data `kspec inspect` tells."""
    train, rows = data.train, data.train.rows
    if rows > _MOST_ROWS or not isinstance(train, Part):
        return
    chosen = slice(None) if rows <= _SAMPLE else np.linspace(0, rows - 1, _SAMPLE).astype(np.intp)
    for output, targets in train.y.items():
        fed_back = set(data.plan.targets[output].fields)
        classes = _classes(spec, output, targets[chosen])
        for name, array in train.x.items():
            fields = data.plan.inputs[name].fields
            table = (
                None if fed_back & set(fields) and array.shape == targets.shape else _table(np.asarray(array[chosen]))
            )
            if table is None:
                continue
            if classes is not None:
                told = [(at, f"tells the class of `{output}`") for at in columns_telling_class(table, classes)]
            elif targets.size == len(targets) and loss_name(spec, output) not in CLASSES | BINARY:
                found = columns_telling_number(table, targets[chosen].reshape(-1).astype(np.float64))
                told = [(at, f"gives the target of `{output}`: their correlation is {r:.5f}") for at, r in found]
            else:
                continue
            for at, what in told[:1]:
                yield giveaway(*_called(data, name, at, table.shape[1]), told=what)


def unscaled_input(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of columns that are hundreds of times as large as others: the small ones are hardly heard."""
    for name, array in data.train.sample.x.items():
        if array.ndim != 2 or not 1 < array.shape[1] <= _MOST_COLUMNS or array.dtype.kind not in "iuf":
            continue
        if len(array) < 2 or _levelled(spec, name):
            continue
        few = np.asarray(array[:_SAMPLE])
        sizes = np.abs(few.astype(np.float64)).max(axis=0)
        varied = np.ptp(few, axis=0) > 0
        sizes = np.where(varied & (sizes > 0), sizes, np.nan)
        if np.isnan(sizes).all():
            continue
        largest, smallest = int(np.nanargmax(sizes)), int(np.nanargmin(sizes))
        times = sizes[largest] / sizes[smallest]
        if times < _TIMES or (sizes[largest] < _LARGE and times < _MANY_TIMES):
            continue
        large, path = _called(data, name, largest, array.shape[1])
        small, _ = _called(data, name, smallest, array.shape[1])
        message = f"{large} goes up to {sizes[largest]:.4g} and {small} to {sizes[smallest]:.4g}"
        where = path[:-2] if path[-2:-1] == ("field",) else path
        yield Finding(where, message, "bring them to one scale: `preprocess: [Normalization]`", at="key")


def _classes(spec: Spec, output: str, targets: Array) -> npt.NDArray[np.int64] | None:
    if loss_name(spec, output) not in CLASSES | BINARY:
        return None
    try:
        return class_numbers(targets)
    except ValueError:
        return None


def _table(array: Array) -> Array | None:
    """Return an input as columns; a category that stands in a place for each of its values is one column."""
    table = array.reshape(len(array), -1)
    if is_text(array):
        return table if table.shape[1] == 1 else None
    if table.shape[1] > 1 and table.dtype.kind in "iuf" and _is_one_hot(table):
        return np.asarray(table.argmax(axis=1))[:, np.newaxis]
    return table if table.shape[1] <= _MOST_COLUMNS else None


def _is_one_hot(table: Array) -> bool:
    if table.max() != 1 or table.min() != 0:
        return False
    return bool((table.sum(axis=1) == 1).all()) and bool(((table == 0) | (table == 1)).all())


def _called(data: Prepared, name: str, at: int, columns: int) -> tuple[str, Path]:
    """Return what a column of an input is called, and its place."""
    plan, path = data.plan.inputs[name], data.plan.paths.get(f"input-{name}", ())
    wanted = plan.wanted(path)
    if len(plan.fields) == columns:
        return f"`{plan.fields[at]}`", field_path(wanted, at)
    if columns == 1:
        return f"`{', '.join(plan.fields)}`", path
    return f"`{plan.fields[0]}[{at}]`", path


def _levelled(spec: Spec, name: str) -> bool:
    """Say whether layers bring an input to one scale, or take it for something else than quantities."""
    if spec.graph.whole:
        return True
    as_it_is = {name}
    for node in spec.graph.nodes:
        if not as_it_is & {source.name for source in node.sources}:
            continue
        if node.component is None or node.component.name in _LEVELLING:
            return True
        if node.component.name in _PASSING:
            as_it_is.add(node.name)
    return False
