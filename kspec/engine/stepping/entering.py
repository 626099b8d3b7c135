"""Going on in the middle of an epoch in Keras' own `fit`, which can begin whole epochs only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from keras.src.backend.tensorflow import trainer


@contextmanager
def entering(step: int) -> Iterator[None]:
    """Have the first epoch of a `fit` in this block begin with a step; the rows of those before are read and left out.

    Args:
        step: The step, counted from 0; with several steps in one execution, the first of one.
    """
    if not step:
        yield
        return
    kept = trainer.TFEpochIterator
    waiting = [step]

    class Entering(kept):  # type: ignore[misc, valid-type]
        """An iterator over epochs, the first of which begins in the middle."""

        def _enumerate_iterator(self) -> Iterator[tuple[int, int, Any]]:
            first = waiting.pop() if waiting else 0
            for begin, end, batches in super()._enumerate_iterator():
                if begin >= first:
                    yield begin, end, batches
                else:
                    for _ in range(begin, end + 1):
                        next(batches)

    trainer.TFEpochIterator = Entering
    try:
        yield
    finally:
        trainer.TFEpochIterator = kept
