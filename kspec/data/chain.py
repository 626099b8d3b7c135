"""Preprocessing layers put together one after the other, each that learns adapted to what reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kspec.data.ops import apply_op
from kspec.data.preprocess import Preprocessor, as_tensor, dense, dtype_of, reason, run
from kspec.data.values import is_text
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
MakeLayer = Callable[[ComponentSpec], keras.layers.Layer]


def learn(layers: Sequence[ComponentSpec], rows: Array, make_layer: MakeLayer) -> Preprocessor:
    """Build preprocessing layers, each adapted to the training rows as the layers before it leave them.

    Args:
        layers: The layers and operations in order.
        rows: Training rows, of shape `(rows, ...)`.
        make_layer: Builds a layer.

    Raises:
        SpecError: A layer cannot be built, or refuses the rows.
    """
    chain = Chain(layers, rows[:1], make_layer)
    while (layer := chain.waiting()) is not None:
        with chain.refusing():
            layer.adapt(as_tensor(chain.reaching(rows)))
        chain.go_on()
    return chain.done()


class Chain:
    """Preprocessing layers that are built up to the next one that learns.

    Args:
        layers: The layers and operations in order.
        head: The first rows, one at least, of shape `(rows, ...)`.
        make_layer: Builds a layer.
    """

    def __init__(self, layers: Sequence[ComponentSpec], head: Array, make_layer: MakeLayer) -> None:
        self._left = list(layers)
        self._head = head
        self._make_layer = make_layer
        self._start = self._tensor = keras.Input(head.shape[1:], dtype=dtype_of(head))
        self._before: keras.Model | None = None
        self._learner: keras.layers.Layer | None = None

    def waiting(self) -> keras.layers.Layer | None:
        """Put layers in their places up to the next one that learns, and return that; None if there is none.

        Raises:
            SpecError: A layer cannot be built, or refuses the rows.
        """
        while self._left and self._learner is None:
            component = self._left[0]
            with self.refusing():
                if component.family == "ops":
                    self._tensor = apply_op(component, self._tensor)
                else:
                    layer = self._make_layer(component)
                    if component.learns:
                        self._learner = layer
                        break
                    self._place(layer)
                self._try()
            self._left.pop(0)
        self._before = None if self._tensor is self._start else keras.Model(self._start, self._tensor)
        return self._learner

    def reaching(self, rows: Array) -> Array:
        """Return rows as the layers in place leave them, which is what reaches the layer that waits."""
        return rows if self._before is None else run(self._before, rows)

    def go_on(self) -> None:
        """Put the layer that waited, and has learnt by now, in its place.

        Raises:
            SpecError: It refuses the rows.
        """
        if self._learner is not None:
            with self.refusing():
                self._place(self._learner)
                self._try()
            self._learner = None
            self._left.pop(0)

    def done(self) -> Preprocessor:
        """Return the layers, all of which are in place."""
        return Preprocessor(keras.Model(self._start, self._tensor))

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Place what the layer at hand raises."""
        try:
            yield
        except SpecError:
            raise
        except Exception as error:
            raise SpecError([_refused(self._left[0], error, self._head)]) from error

    def _place(self, layer: keras.layers.Layer) -> None:
        self._tensor = layer(self._tensor)
        if layer.trainable_weights:
            component = self._left[0]
            message = f"`{component.name}` has weights to train, which nothing here would train"
            raise SpecError([Problem("trained-layer", component.path, message, "put it into the model", at="key")])

    def _try(self) -> None:
        dense(keras.Model(self._start, self._tensor)(as_tensor(self._head[:1]), training=False))


def _refused(component: ComponentSpec, error: Exception, rows: Array) -> Problem:
    kind = "text" if is_text(rows) else str(rows.dtype)
    shape = np.shape(rows)[1:]
    message = f"{component.name} does not take these values ({kind}, shape {shape} a row): {reason(error)}"
    return Problem("preprocess-failed", component.path, message, at="key")
