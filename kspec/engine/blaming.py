"""What Keras raises in a training step, as a problem at the place in the spec that is to blame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from kspec.data.prepare import Prepared
from kspec.engine.building.compiling import output_shapes
from kspec.engine.faults import comes_from_kspec, culprit, first_line, whole_traces
from kspec.engine.keeping.keeper import NotFinite
from kspec.engine.own_code import code_reason
from kspec.engine.run_faults import run_failed
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    from kspec.engine.stepping.ways import Way

_REFUSALS = (ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError, MemoryError, tf.errors.OpError)
"""What Keras and TensorFlow raise where a spec asks for something that cannot be."""

_NOT_BUILT = "Unable to automatically build the model"


@contextmanager
def blaming(
    spec: Spec, model: keras.Model, data: Prepared, way: Way, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> Iterator[None]:
    """Make of what a training step in the block raises a problem at its place, if the spec asks for what cannot be.

    Raises:
        SpecError: It does.
    """
    try:
        with whole_traces():
            yield
    except (SpecError, NotFinite):
        raise
    except Exception as error:
        way.check()
        if not is_refusal(error) or comes_from_kspec(error):
            raise
        raise SpecError([blame(spec, model, data, callbacks, error)]) from error


def is_refusal(error: Exception) -> bool:
    """Say whether an error is about what the spec asks for; code of one's own may raise anything."""
    return isinstance(error, _REFUSALS) or code_reason(error) is not None


def cause_of(model: keras.Model, batch: Any, error: Exception) -> Exception:
    """Return what a layer raised, where Keras only says that the model cannot be built."""
    if _NOT_BUILT not in str(error):
        return error
    try:
        model(batch[0], training=True)
    except Exception as cause:  # noqa: BLE001 - whatever it is, it is what was looked for
        return cause
    return error


def blame(
    spec: Spec, model: keras.Model, data: Prepared, callbacks: Sequence[keras.callbacks.Callback], error: Exception
) -> Problem:
    """Return the problem of a failed step at the callback, the metric or the loss that failed."""
    callback = culprit(error, keras.callbacks.Callback)
    if callback in callbacks:
        component = spec.callbacks[list(callbacks).index(callback)]
        message = f"{component.name} failed: {first_line(error)}"
        return Problem("callback-failed", component.path, message, at="key")
    metric = culprit(error, keras.metrics.Metric)
    if metric is not None and type(metric).__name__ not in ("CompileMetrics", "CompileLoss"):
        message = f"the metric `{metric.name}` cannot be computed: {first_line(error)}"
        hint = "see what targets and predictions it wants: some take one-hot targets, or one unit, only"
        return Problem("metric-failed", ("compile", "metrics"), message, hint, at="key")
    layer = culprit(error, keras.layers.Layer) if code_reason(error) else None
    if node := next((node for node in spec.graph.nodes if layer and node.layer_name == layer.name), None):
        return Problem("training-failed", node.path, f"{node.kind} failed in training: {first_line(error)}", at="key")
    shapes = output_shapes(model, spec.graph)
    beside = {name: (shapes[name], (None, *array.shape[1:])) for name, array in data.train.sample.y.items()}
    return run_failed(spec.graph, beside, error)
