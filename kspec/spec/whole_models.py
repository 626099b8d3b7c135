"""Models that a spec does not write out, those of `keras.applications` and saved ones, and saved weights."""

from __future__ import annotations

from dataclasses import dataclass

from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path


@dataclass(frozen=True, slots=True)
class ApplicationSpec:
    """A model of `keras.applications`.

    Args:
        component: Its class name and arguments.
        outputs: Names of inner layers whose results it returns; empty for its own output.
        trainable_from: Name of the first layer that trains, those before it being frozen; None if nothing is said.
        path: Its place in the document.
    """

    component: ComponentSpec
    outputs: tuple[str, ...] = ()
    trainable_from: str | None = None
    path: Path = ()


@dataclass(frozen=True, slots=True)
class SavedModelSpec:
    """A model that is read from a file.

    Args:
        file: The file as written: `.keras`, `.h5`, or Keras' own JSON.
        outputs: Names of inner layers whose results it returns; empty for its own outputs.
        trainable_from: Name of the first layer that trains, those before it being frozen; None if nothing is said.
        path: Its place in the document.
    """

    file: str
    outputs: tuple[str, ...] = ()
    trainable_from: str | None = None
    path: Path = ()


@dataclass(frozen=True, slots=True)
class SavedWeights:
    """Weights that a model starts from.

    Args:
        file: The file as written.
        by_name: Whether layers are matched by their names rather than by their order.
        skip_mismatch: Whether layers of other shapes are left as they are.
        path: Its place in the document.
    """

    file: str
    by_name: bool = False
    skip_mismatch: bool = False
    path: Path = ()
