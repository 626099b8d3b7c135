"""A value for arguments that must be given, so that an example can be written of every component."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from kspec.catalogue import Argument, Component
from kspec.spec.arguments import fits
from kspec.spec.ops import LISTED, OPS, VARIADIC

_OF_ONE: Final[Mapping[str, Any]] = {
    "Bidirectional.layer": {"LSTM": 32},
    "RNN.cell": {"LSTMCell": 32},
    "CSVLogger.filename": "epochs.csv",
    "ModelCheckpoint.filepath": "best_by_mine.keras",
    "BackupAndRestore.backup_dir": "backup",
    "OrbaxCheckpoint.directory": "orbax",
    "LearningRateScheduler.schedule": {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 20}},
    "OneDeviceStrategy.device": "/gpu:0",
    "npz.path": "arrays.npz",
    "digits.image_size": [28, 28],
    "csv.path": "table.csv",
    "images.path": "photos/",
    "texts.path": "reviews/",
    "parquet.path": "table.parquet",
    "jsonl.path": "rows.jsonl",
    "RandomPosterization.factor": 4,
    "EinsumDense.equation": "abc,cd->abd",
    "EinsumDense.output_shape": [None, 64],
    "MultiOptimizer.optimizer_map": {"OptimizerMap": "adam"},
    "ops.cast.dtype": "float32",
    "ops.view.dtype": "int32",
    "ops.get_item.key": 0,
    "ops.einsum.subscripts": "ij,jk->ik",
}
"""By `Component.argument`."""

_OF_NAME: Final[Mapping[str, Any]] = {
    "activation": "relu",
    "rate": 0.5,
    "pool_size": 2,
    "layer": {"Dense": 10},
    "layers": [{"Rescaling": 0.5}, {"Resizing": {"height": 64, "width": 64}}],
    "cells": [{"LSTMCell": 32}, {"LSTMCell": 16}],
    "height": 64,
    "width": 64,
    "filters": 32,
    "kernel_size": 3,
    "units": 10,
    "output_size": 4,
    "axes": 1,
    "axis": -1,
    "input_dim": 1000,
    "output_dim": 64,
    "num_heads": 8,
    "num_query_heads": 8,
    "num_key_value_heads": 4,
    "key_dim": 64,
    "head_dim": 64,
    "dims": [2, 1],
    "factor": 0.2,
    "height_factor": 0.2,
    "width_factor": 0.2,
    "stddev": 0.1,
    "n": 3,
    "num_bins": 64,
    "max_number": 32,
    "scale": 0.5,
    "target_shape": [28, 28, 1],
    "inner_optimizer": "adam",
    "default_optimizer": "adam",
    "initial_learning_rate": 0.1,
    "decay_steps": 1000,
    "first_decay_steps": 1000,
    "decay_rate": 0.5,
    "boundaries": [1000, 2000],
    "values": [0.1, 0.01, 0.001],
    "num_classes": 10,
    "target_class_ids": [0],
    "recall": 0.9,
    "precision": 0.9,
    "specificity": 0.9,
    "sensitivity": 0.9,
    "rows": 1000,
    "percentile": 25,
}
"""By the name of an argument, whatever it belongs to."""

_OF_OPS: Final[Mapping[str, Any]] = {
    "axes": [1],
    "bins": [0.0, 0.5, 1.0],
    "fft_length": 512,
    "kernel_size": 3,
    "output_size": 4,
    "shape": [28, 28],
    "start_indices": [0, 0],
    "axis": -1,
    "axis1": 1,
    "axis2": 2,
    "block_size": 2,
    "destination": 1,
    "fill_value": 0,
    "indices_or_sections": 2,
    "k": 5,
    "kth": 1,
    "max_val": 1.0,
    "newshape": [-1, 28, 28],
    "num_classes": 10,
    "order": 1,
    "pad_width": 1,
    "pattern": "b h w -> b (h w)",
    "pool_size": 2,
    "q": 0.5,
    "repeats": 2,
    "sequence_length": 16,
    "sequence_stride": 8,
    "shift": 1,
    "size": [64, 64],
    "source": 2,
    "threshold": 0.5,
    "default_value": 0.0,
    "x_max": 1.0,
    "x_min": 0.0,
}
"""By the name of an op's argument that is no tensor. All other arguments that an op needs are fed to it."""


_TELLING: Final[Mapping[str, Any]] = {
    "activation": "relu",
    "return_sequences": True,
    "mask_zero": True,
    "merge_mode": "sum",
    "learning_rate": 0.002,
    "momentum": 0.9,
    "weight_decay": 0.004,
    "output_mode": "one_hot",
    "patience": 3,
    "restore_best_weights": True,
    "save_best_only": True,
    "label_smoothing": 0.1,
    "from_logits": True,
    "padding": "same",
    "num_words": 20000,
    "drop_missing": True,
    "color_mode": "grayscale",
    "maxlen": 200,
    "image_size": [28, 28],
    "max_tokens": 20000,
    "axis": -1,
    "keepdims": True,
}
"""Values for optional arguments that show what a component is for, the most telling first."""

_WHOLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "sources:npy": {"x": "x.npy", "y": "y.npy"},
    "sources:csv": {"path": "table.csv", "encoding": "latin-1"},
    "sources:jsonl": {"path": "rows.jsonl", "without": ["id"]},
    "sources:parquet": {"path": "table.parquet", "columns": ["age", "fare", "survived"]},
    "sources:tfrecord": {"path": "a.tfrecord", "features": {"x": {"shape": [9], "dtype": "int64"}}},
    "sources:windows": {"source": {"csv": "weather.csv"}, "length": 24, "target": "celsius"},
    "sources:random": {"rows": 1000, "x": {"shape": [100]}, "y": {"low": 0, "high": 10, "dtype": "int32"}},
    "layers:CategoryEncoding": {"num_tokens": 10, "output_mode": "one_hot"},
    "layers:Discretization": {"num_bins": 8, "output_mode": "one_hot"},
    "callbacks:ReduceLROnPlateau": {"factor": 0.5, "patience": 3},
    "callbacks:TensorBoard": {"histogram_freq": 1},
    "metrics:AUC": {"curve": "PR", "name": "auc_pr"},
    "metrics:TopKCategoricalAccuracy": {"k": 3, "name": "top_3"},
}
"""All arguments of a component in an example, by `family:Component`."""


NOT_BARE: Final = frozenset({"CategoryEncoding", "Discretization"})
"""Components that need one of their arguments although each of them has a default."""

_FED: Final[Mapping[str, tuple[str, ...]]] = {"where": ("condition", "x1", "x2")}
"""What is fed to an op that is fed more than it needs."""


def sample(component: Component, argument: Argument) -> Any:
    """Return a value that an argument takes; its default if it has one that is not null."""
    own = _OF_ONE.get(f"{component.name}.{argument.name}")
    if own is not None:
        return own
    if argument.default is not None:
        return argument.default
    return _OF_NAME.get(argument.name)


def named_samples(component: Component, without: Collection[str] = ()) -> dict[str, Any]:
    """Return values for the required arguments, and for one or two others that show what a component is for.

    Args:
        component: The component.
        without: Optional arguments that show nothing.
    """
    whole = _WHOLE.get(f"{component.family}:{component.name}")
    if whole is not None:
        return dict(whole)
    optional = {
        name: item
        for name, item in component.arguments.items()
        if not item.required and not item.common and name not in without
    }
    telling = {name: value for name, value in _TELLING.items() if name in optional and _fits(optional[name], value)}
    default = {name: item.default for name, item in optional.items() if item.default is not None}
    shown = list((telling or default).items())[: 1 if component.required else 2]
    return {**required_samples(component), **dict(shown)}


def required_samples(component: Component) -> dict[str, Any]:
    """Return a value for every argument that must be given."""
    return {name: sample(component, component.arguments[name]) for name in component.required}


def _fits(argument: Argument, value: Any) -> bool:
    """Say whether a value is one that the argument takes and that is not its default."""
    if isinstance(value, str):
        return value in argument.choices or (argument.family is not None and argument.default is None)
    return value != argument.default and (not argument.types or fits(value, argument.types))


def op_samples(component: Component) -> dict[str, Any]:
    """Return values for those required arguments of an op that are not fed to it."""
    first = 0 if component.name in VARIADIC else 1
    found: dict[str, Any] = {}
    for name in component.required[first:]:
        value = _OF_ONE.get(f"{OPS}{component.name}.{name}", _OF_OPS.get(name))
        if value is not None:
            found[name] = value
    return found


def fed_to(component: Component) -> list[str]:
    """Return names for what is fed to an op, the step before it or steps that `from` names."""
    if component.name in LISTED | VARIADIC:
        return ["left", "right"]
    given = op_samples(component)
    return list(_FED.get(component.name, [name for name in component.required if name not in given]))
