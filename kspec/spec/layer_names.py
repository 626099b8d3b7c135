"""The names that Keras gives to layers."""

from __future__ import annotations

import re


def layer_base_name(class_name: str) -> str:
    """Return the name that Keras would give a layer of this class: `MaxPooling2D` becomes `max_pooling2d`.

    Source: the rule of `keras.src.utils.naming.to_snake_case`.
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
