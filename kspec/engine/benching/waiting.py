"""How long steps wait for their rows."""

from __future__ import annotations

import time
from typing import Any

import keras
import tensorflow as tf

from kspec.engine.benching.contenders import Ours, timed
from kspec.engine.stepping.shared_steps import SharedRows
from kspec.engine.stepping.stream_epochs import StreamedEpochs
from kspec.engine.stepping.ways import Looped


def waited_share(contender: Ours, epoch: int) -> float | None:
    """Train one epoch, counted from 0, and return the share of it in which a step waited for its rows.

    Rows in memory are waited for by none. Keras' own `fit` fetches a batch inside the function that it compiles, where
    nobody sees it wait; here it is fetched before.

    Returns:
        The share from 0 to 1, or None where batches are shared by devices or several are taken in one call.
    """
    if isinstance(contender.way, Looped):
        rows = contender.way.rows
        if isinstance(rows, SharedRows):
            return None
        if not isinstance(rows, StreamedEpochs):
            return 0.0
        before = rows.by_steps.waited
        clock = timed(contender, epoch)
        return (rows.by_steps.waited - before) / clock.training
    model = contender.model
    if model.steps_per_execution != 1:
        return None
    steps = _WaitingSteps(model)
    before, model.train_function = model.train_function, steps
    try:
        clock = timed(contender, epoch)
    finally:
        model.train_function = before
    return steps.waited / clock.training


class _WaitingSteps:
    """Stands in for the function with which `fit` takes a step, and notes how long it waits for its batch."""

    def __init__(self, model: keras.Model) -> None:
        self.waited = 0.0
        self._step = (
            model.train_step
            if model.run_eagerly
            else tf.function(model.train_step, reduce_retracing=True, jit_compile=model.jit_compile)
        )

    def __call__(self, iterator: Any) -> Any:
        began = time.perf_counter()
        batch = next(iterator)
        self.waited += time.perf_counter() - began
        return self._step(batch)
