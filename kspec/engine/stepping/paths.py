"""Which way a training goes: a loop of steps inside one graph, or Keras' `fit`, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import keras
import tensorflow as tf

from kspec.data.prepare import Prepared
from kspec.engine.stepping.fused import fuses
from kspec.engine.stepping.xla import compiling_rule
from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class TrainingPath:
    """How a model is trained.

    Args:
        kind: `loop` for many steps in one graph, or `fit` for Keras' own.
        why: Why it is not the loop; empty otherwise.
        compiled: Whether XLA compiles the steps.
        rule: What decided whether it does; empty where Keras' own `fit` does as the spec says.
        fused: Whether each step of the optimizer is one operation.
        shared: Whether the devices of a strategy share the batches.
    """

    kind: Literal["loop", "fit"]
    why: str = ""
    compiled: bool = False
    rule: str = ""
    fused: bool = False
    shared: bool = False

    def record(self) -> dict[str, str | bool]:
        """Return what run.json says of it."""
        said = {"why": self.why, "rule": self.rule}
        fused = {"fused": True} if self.fused else {}
        return {
            "kind": self.kind,
            "compiled": self.compiled,
            **fused,
            **{key: text for key, text in said.items() if text},
        }


def choose_path(spec: Spec, model: keras.Model, data: Prepared) -> TrainingPath:
    """Return which way a training goes.

    The loop wants a graph: it takes the steps of `fit` without what surrounds them.
    """
    options = spec.compile.options if spec.compile else {}
    if model.run_eagerly:
        return TrainingPath("fit", "the model runs eagerly")
    if options.get("steps_per_execution", 1) != 1:
        return TrainingPath("fit", "the spec says how many steps are taken at once")
    if model.distribute_strategy is not tf.distribute.get_strategy() or spec.strategy is not None:
        return _shared(options.get("jit_compile", "auto"))
    compiled, rule = compiling_rule(spec, model, data.train.rows)
    fused = not compiled and fuses(spec, model, data.train.rows)
    return TrainingPath("loop", compiled=compiled, rule=rule, fused=fused)


def _shared(compiled: Any) -> TrainingPath:
    if compiled == "auto":
        return TrainingPath("loop", rule="devices share the batches", shared=True)
    rule = f"`jit_compile: {str(bool(compiled)).lower()}` in the spec"
    return TrainingPath("loop", compiled=bool(compiled), rule=rule, shared=True)
