"""Layers that learn from rows that come a piece at a time: many layers in one pass."""

from __future__ import annotations

from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt

from kspec.data.preprocess import as_tensor

Array = npt.NDArray[Any]


class Learner(Protocol):
    """Lets a layer learn from pieces of the training rows."""

    def see(self, rows: Array) -> None:
        """Look at some rows, of shape `(rows, ...)`."""

    def end(self) -> None:
        """Give the layer what was learnt from all rows."""


def learner(layer: keras.layers.Layer) -> Learner:
    """Return how a layer learns from pieces."""
    if isinstance(layer, keras.layers.Normalization):
        return Moments(layer)
    return States(layer) if hasattr(layer, "update_state") else Whole(layer)


class Moments:
    """Mean and variance for a `Normalization`, in float64.

    Pieces are put together as in Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing
    Sample Variances" (1979), equation 2.1.
    """

    def __init__(self, layer: keras.layers.Normalization) -> None:
        self._layer = layer
        self._count = 0
        self._mean: Any = 0.0
        self._squares: Any = 0.0
        self._shape: tuple[int, ...] = ()

    def see(self, rows: Array) -> None:
        """Look at some rows."""
        self._shape = rows.shape
        axis = self._layer.axis
        kept = {place % rows.ndim for place in ((axis,) if isinstance(axis, int) else axis or ())}
        over = tuple(place for place in range(rows.ndim) if place not in kept)
        numbers = rows.astype(np.float64)
        count = int(np.prod([rows.shape[place] for place in over]))
        mean = numbers.mean(axis=over)
        squares = ((numbers - np.expand_dims(mean, over)) ** 2).sum(axis=over)
        total = self._count + count
        apart = mean - self._mean
        self._mean = self._mean + apart * (count / total)
        self._squares = self._squares + squares + apart**2 * (self._count * count / total)
        self._count = total

    def end(self) -> None:
        """Give the layer its mean and variance, as its own `adapt` does."""
        if not self._layer.built:
            self._layer.build((None, *self._shape[1:]))
        self._layer.adapt_mean.assign(self._mean)
        self._layer.adapt_variance.assign(self._squares / self._count)
        self._layer.finalize_state()


class States:
    """Keras' layers that gather what they learn a batch at a time: lookups, `TextVectorization`, `Discretization`."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._begun = False

    def see(self, rows: Array) -> None:
        """Look at some rows."""
        if not self._begun:
            self._begun = True
            if not self._layer.built:
                self._layer.build((None, *rows.shape[1:]))
            self._layer.reset_state()
        self._layer.update_state(as_tensor(rows))

    def end(self) -> None:
        """Let the layer make of it what it keeps."""
        self._layer.finalize_state()


class Whole:
    """A layer of one's own, which knows only how to learn from all rows at once: they are gathered for it."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._rows: list[Array] = []

    def see(self, rows: Array) -> None:
        """Keep some rows."""
        self._rows.append(rows)

    def end(self) -> None:
        """Adapt the layer."""
        self._layer.adapt(as_tensor(np.concatenate(self._rows)))
        self._rows.clear()
