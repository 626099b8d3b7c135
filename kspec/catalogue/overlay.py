"""What Keras' own text does not say about its components, written by hand.

The generator lays this over what it reads from signatures and documentation. Everything else about a
component comes from the installed Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FAMILY_OF_NAME: Final[Mapping[str, str]] = {
    "activation": "activations",
    "inner_optimizer": "optimizers",
    "default_optimizer": "optimizers",
    "optimizer_map": "optimizers",
    "optimizer": "optimizers",
    "loss": "losses",
    "metrics": "metrics",
    "weighted_metrics": "metrics",
    "callbacks": "callbacks",
    "layer": "layers",
    "layers": "layers",
    "backward_layer": "layers",
    "cell": "layers",
    "cells": "layers",
    "learning_rate": "schedules",
    "schedule": "schedules",
    "source": "sources",
}
"""Family of the components that an argument of this name takes, whatever it belongs to."""

FAMILY_OF_ENDING: Final[Mapping[str, str]] = {
    "_activation": "activations",
    "_initializer": "initializers",
    "_regularizer": "regularizers",
    "_constraint": "constraints",
}
"""The same by the end of its name."""

MANY: Final = frozenset(
    {"layers", "cell", "cells", "metrics", "weighted_metrics", "callbacks", "loss", "optimizer_map"}
)
"""Names of arguments that take several components, as a list or a mapping."""

BY_NAME: Final[Mapping[str, Mapping[str, Any]]] = {
    "name": {"types": ["str", "null"]},
    "dtype": {"types": ["str", "dict", "null"]},
    "seed": {"types": ["int", "null"]},
    "data_format": {"types": ["str", "null"], "choices": ["channels_last", "channels_first"]},
    "trainable": {"types": ["bool"]},
    "value_range": {"types": ["list"]},
    "learning_rate": {"minimum": 0, "above": True},
    "verbose": {"types": ["int", "bool"], "choices": []},
    "kernel_size": {"types": ["int", "list"]},
    "pool_size": {"types": ["int", "list"]},
    "strides": {"types": ["int", "list", "null"]},
    "dilation_rate": {"types": ["int", "list"]},
    "axis": {"types": ["int", "list", "null"]},
    "axes": {"types": ["int", "list", "null"]},
    "reduction": {
        "types": ["str", "null"],
        "choices": ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"],
    },
    "quantization_config": {"types": []},
}
"""What is said of an argument by its name alone, wherever the documentation says less or something else."""

COMMON_LAYER: Final[Mapping[str, Mapping[str, Any]]] = {
    "activity_regularizer": {
        "default": None,
        "family": "regularizers",
        "summary": "Regularizer of the layer's output.",
    },
    "trainable": {"default": True, "types": ["bool"], "summary": "Whether the layer's weights are trained."},
    "dtype": {"default": None, "types": ["str", "dict", "null"], "summary": "Dtype or dtype policy of the layer."},
    "autocast": {
        "default": True,
        "types": ["bool"],
        "summary": "Whether inputs are cast to the layer's compute dtype.",
    },
    "name": {"default": None, "types": ["str", "null"], "summary": "Name of the layer."},
    "input_shape": {
        "default": None,
        "types": ["list", "null"],
        "summary": "Shape of the input, without the batch axis.",
    },
    "input_dim": {"default": None, "types": ["int", "null"], "summary": "Size of an input of one axis."},
}
"""Arguments that every layer with `**kwargs` takes besides its own."""

WITHOUT: Final[Mapping[str, frozenset[str]]] = {
    "ActivityRegularization": frozenset({"activity_regularizer"}),
    "IntegerLookup": frozenset({"activity_regularizer", "autocast", "input_shape", "input_dim"}),
    "StringLookup": frozenset({"activity_regularizer", "autocast", "input_shape", "input_dim"}),
}
"""Those of them that a layer refuses all the same."""

_RESIZING: Final = ["area", "bicubic", "bilinear", "lanczos3", "lanczos5", "nearest"]

ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ModelCheckpoint.filepath": {"types": ["str"], "writes": True},
    "BackupAndRestore.backup_dir": {"types": ["str"], "writes": True},
    "CSVLogger.filename": {"types": ["str"], "writes": True},
    "TensorBoard.log_dir": {"types": ["str"], "writes": True},
    "OrbaxCheckpoint.directory": {"types": ["str"], "writes": True},
    "TensorBoard.embeddings_metadata": {"types": ["str", "dict", "null"]},
    "EarlyStopping.monitor": {"types": ["str"]},
    "ModelCheckpoint.monitor": {"types": ["str"]},
    "OrbaxCheckpoint.monitor": {"types": ["str"]},
    "LearningRateScheduler.schedule": {"types": []},
    "AugMix.factor": {"types": ["float", "list"]},
    "RandAugment.factor": {"types": ["float", "list"]},
    "RandomPosterization.factor": {"types": ["float", "list"]},
    "Resizing.interpolation": {"choices": _RESIZING},
    "UpSampling2D.interpolation": {"choices": _RESIZING},
    "GaussianDropout.rate": {"minimum": 0, "maximum": 1},
    "SGD.momentum": {"minimum": 0, "maximum": 1},
    "RandomElasticTransform.fill_mode": {"choices": ["constant", "mirror", "nearest", "reflect", "wrap"]},
    "Reshape.target_shape": {"types": ["list"]},
    "Input.shape": {"types": ["list", "null"]},
    "Input.batch_size": {"types": ["int", "null"]},
    "fit.epochs": {"types": ["int"], "minimum": 1},
    "fit.initial_epoch": {"types": ["int"], "minimum": 0},
    "fit.batch_size": {"types": ["int", "null"], "minimum": 1},
    "fit.steps_per_epoch": {"types": ["int", "null"], "minimum": 1},
    "fit.class_weight": {"types": []},
    "fit.sample_weight": {"types": []},
    "fit.validation_split": {"types": []},
    "fit.shuffle": {"types": ["bool", "str"], "choices": ["batch"]},
    "evaluate.batch_size": {"types": ["int", "null"], "minimum": 1},
    "predict.batch_size": {"types": ["int", "null"], "minimum": 1},
    "applications:weights": {"types": ["str", "null"], "reads": True},
    "StringLookup.vocabulary": {"types": ["list", "str", "null"], "reads": True},
    "IntegerLookup.vocabulary": {"types": ["list", "str", "null"], "reads": True},
    "TextVectorization.vocabulary": {"types": ["list", "str", "null"], "reads": True},
}
"""What is said of one argument, `Component.argument` or `family:argument`. Laid over everything else."""

LISTS: Final = frozenset({"Attention", "AdditiveAttention", "HashedCrossing"})
"""Layers fed with one list of tensors, besides the merging layers, which Keras' classes tell."""

TRAINING_ONLY: Final = frozenset(
    {
        "ActivityRegularization",
        "AlphaDropout",
        "AugMix",
        "CutMix",
        "Dropout",
        "Equalization",
        "GaussianDropout",
        "GaussianNoise",
        "MixUp",
        "RandAugment",
        "RandomBrightness",
        "RandomColorDegeneration",
        "RandomColorJitter",
        "RandomContrast",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomGaussianBlur",
        "RandomGrayscale",
        "RandomHue",
        "RandomInvert",
        "RandomPerspective",
        "RandomPosterization",
        "RandomRotation",
        "RandomSaturation",
        "RandomSharpness",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
        "Solarization",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    }
)
"""Layers that pass their input through outside training. RandomCrop is none of them: it then crops the centre."""
