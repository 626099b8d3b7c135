"""What Keras' own text does not say about its components, written by hand.

The generator lays this over what it reads from signatures and documentation. Everything else about a
component comes from the installed Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kspec.catalogue.overlay_arguments import BY_NAME

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

MANY: Final = frozenset({"layers", "cell", "cells", "metrics", "weighted_metrics", "callbacks", "loss"})
"""Names of arguments that take several components."""

COMMON_LAYER: Final[Mapping[str, Mapping[str, Any]]] = {
    "activity_regularizer": {
        "default": None,
        "family": "regularizers",
        "summary": "Regularizer of the layer's output.",
    },
    "trainable": {"default": True, "types": ["bool"], "summary": "Whether the layer's weights are trained."},
    "dtype": {"default": None, **BY_NAME["dtype"], "summary": "Dtype or dtype policy of the layer."},
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
