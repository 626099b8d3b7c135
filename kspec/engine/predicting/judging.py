"""A model held against rows whose targets are known: loss, metrics, and what it says of each, from one look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.part import AnyPart, Part
from kspec.data.sources.ahead import ahead
from kspec.data.stream_order import windows
from kspec.engine.batching import Batches
from kspec.engine.carried import forget
from kspec.engine.feeding import feed_of
from kspec.engine.predicting.forward import Forward, in_calls
from kspec.engine.predicting.prediction import predict_outputs
from kspec.engine.predicting.step_rows import judged_at_once
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]
Arrays = dict[str, list[Array]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of the rows of a part, beside what is true.

    Args:
        outputs: Raw outputs of shape `(rows, ...)` by output.
        targets: Targets of shape `(rows, ...)` by output that has some.
        weights: Weight of every row by output; empty if all rows weigh the same.
    """

    outputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    weights: Mapping[str, Array]


class Judge:
    """Judges a compiled model by as many parts of the data as are wanted.

    Args:
        spec: The spec.
        model: The model.
        batch_size: Rows of a step; the spec's, or what fits into memory, if left out.
        callbacks: Callbacks with test hooks, called as `keras.Model.evaluate` does.
    """

    def __init__(
        self, spec: Spec, model: keras.Model, *, batch_size: int | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:  # fmt: skip
        self._spec = spec
        self._model = model
        self._callbacks = list(callbacks)
        self._whole = self._callbacks or not _is_plain(model)
        usual = spec.evaluate.batch_size or spec.fit.validation_batch_size or spec.fit.batch_size
        self._size = batch_size or (usual if self._whole else judged_at_once(spec, model))
        self._forwards: dict[tuple[str, ...], Forward] = {}

    def __call__(self, part: AnyPart, names: Collection[str]) -> tuple[dict[str, float], Answers]:
        """Return loss and metrics over all rows of a part, and what the model says of them.

        Args:
            part: The rows.
            names: Outputs with targets of which it is wanted what the model says.

        Raises:
            SpecError: The rows cannot be read to their end.
        """
        if self._whole:
            return self._evaluated(part), self._predicted(part, names)
        wanted = tuple(name for name in self._spec.graph.outputs if name in names)
        if wanted not in self._forwards:
            self._forwards[wanted] = Forward(self._model, wanted, self._size, judged=True)
        forward = self._forwards[wanted]
        forward.begin()
        forget(self._model)
        kept = _Kept(names)
        for piece in self._pieces(part):
            kept.add(forward(feed_of(piece, self._model, self._spec)), piece)
        return numbers(forward.metrics()), kept.answers()

    def _pieces(self, part: AnyPart) -> Iterator[Part]:
        """Yield all rows in pieces of whole batches, the last as it is."""
        if not isinstance(part, Part):
            yield from ahead([windows(part.pieces(), self._size)])
            return
        yield from map(part.take, in_calls(part.x, self._size))

    def _evaluated(self, part: AnyPart) -> dict[str, float]:
        rows = Batches.of(part, self._model, self._spec, self._size)
        forget(self._model)
        try:
            found = self._model.evaluate(rows.dataset, return_dict=True, verbose=0, callbacks=self._callbacks)
        except tf.errors.OpError:
            rows.check()
            raise
        return numbers(found)

    def _predicted(self, part: AnyPart, names: Collection[str]) -> Answers:
        kept = _Kept(names)
        graph = self._spec.graph
        forget(self._model)
        for piece in part.pieces() if names else ():
            x = piece.inputs if graph.several_inputs else next(iter(piece.inputs.values()))
            kept.add(predict_outputs(self._model, x, list(graph.outputs), self._size), piece)
        return kept.answers()


class _Kept:
    """What is kept of the pieces that were judged: outputs, targets and weights of some outputs."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._kept: tuple[Arrays, Arrays, Arrays] = ({}, {}, {})

    def add(self, outputs: Mapping[str, Array], piece: Part) -> None:
        for kept, arrays in zip(self._kept, (outputs, piece.y, piece.weights), strict=True):
            for name, array in arrays.items():
                if name in self._names:
                    kept.setdefault(name, []).append(array)

    def answers(self) -> Answers:
        def joined(kept: Arrays) -> dict[str, Array]:
            return {name: np.concatenate(every) if len(every) > 1 else every[0] for name, every in kept.items()}

        return Answers(*map(joined, self._kept))


def _is_plain(model: keras.Model) -> bool:
    """Say whether a model is judged by Keras' own step, on one device, in a graph."""
    alone = model.distribute_strategy is tf.distribute.get_strategy()
    return alone and not model.run_eagerly and type(model).test_step is keras.Model.test_step


def numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """Return metrics as numbers; one with several values gives one for each."""
    done: dict[str, float] = {}
    for name, value in found.items():
        flat = np.asarray(value).ravel()
        done |= {name: float(flat[0])} if flat.size == 1 else {f"{name}_{i}": float(v) for i, v in enumerate(flat)}
    return done
