"""Which way a training goes: a loop of steps inside one graph, or Keras' `fit`, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
import tensorflow as tf

from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.engine.xla import compiles
from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class TrainingPath:
    """How a model is trained.

    Args:
        kind: `loop` for many steps in one graph, or `fit` for Keras' own.
        why: Why it is not the loop; empty otherwise.
        compiled: Whether XLA compiles the steps.
    """

    kind: Literal["loop", "fit"]
    why: str = ""
    compiled: bool = False

    def record(self) -> dict[str, str | bool]:
        """Return what run.json says of it."""
        return {"kind": self.kind, "compiled": self.compiled, **({"why": self.why} if self.why else {})}


def choose_path(spec: Spec, model: keras.Model, data: Prepared) -> TrainingPath:
    """Return which way a training goes.

    The loop wants its data in memory, one device, and a graph: it takes the steps of `fit` without what surrounds them.
    """
    seen = {name: part for name, part in data.parts.items() if name != "test"}
    streamed = [name for name, part in seen.items() if not isinstance(part, Part)]
    options = spec.compile.options if spec.compile else {}
    if streamed:
        return TrainingPath("fit", f"the {streamed[0]} rows do not fit into memory")
    if model.distribute_strategy is not tf.distribute.get_strategy() or spec.strategy is not None:
        return TrainingPath("fit", "devices share the batches")
    if model.run_eagerly:
        return TrainingPath("fit", "the model runs eagerly")
    if options.get("steps_per_execution", 1) != 1:
        return TrainingPath("fit", "the spec says how many steps are taken at once")
    return TrainingPath("loop", compiled=compiles(spec, model, data.train.rows))
