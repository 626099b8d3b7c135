"""What Keras offers: names, arguments, defaults. Generated; never imports TensorFlow."""

from kspec.catalogue.components import Argument, Component, Function, Inputs, Type, Word
from kspec.catalogue.lookup import Catalogue, is_current, load
from kspec.catalogue.oldnames import renamed
from kspec.catalogue.refused import refused

__all__ = [
    "Argument", "Catalogue", "Component", "Function", "Inputs", "Type", "Word",
    "is_current", "load", "refused", "renamed",
]  # fmt: skip
