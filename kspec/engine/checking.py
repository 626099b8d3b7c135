"""A built model held against its data before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from kspec.data.prepare import Prepared
from kspec.engine.blaming import blame, cause_of, is_refusal
from kspec.engine.building.compiling import metric_directions, output_shapes
from kspec.engine.callbacks import make_callback
from kspec.engine.feeding import check_feeding, feed_of
from kspec.engine.runtime import check_sharing, skip_first_look
from kspec.engine.targets import check_targets
from kspec.runs.events import Direction
from kspec.spec.compiling import CompileSpec
from kspec.spec.expect import settled
from kspec.spec.graph import Graph
from kspec.spec.measures import measures_of
from kspec.spec.monitors import check_monitors
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec


def check(spec: Spec, model: keras.Model, data: Prepared) -> None:
    """Hold a built model against its data before anything is written or trained.

    Raises:
        SpecError: The spec does not say how to train, the first batch would fail, or a callback watches a metric
            that there will not be.
    """
    if spec.compile is None:
        raise SpecError(
            [Problem("missing-key", (), "the spec has no `compile`", "add `compile: {optimizer: adam, loss: ...}`")]
        )
    for part in data.parts.values():
        if problems := check_targets(spec.compile, output_shapes(model, spec.graph), part.sample):
            raise SpecError(problems)
    fed = {name: part for name, part in data.parts.items() if name != "test"}
    if problems := check_feeding(spec.graph, fed, batch_size=spec.fit.batch_size):
        raise SpecError(problems)
    feed = feed_of(data.train.sample, model, spec)
    batch = tf.nest.map_structure(lambda array: tf.convert_to_tensor(array[: spec.fit.batch_size]), feed)
    try:
        # What `fit` does with its first batch: losses and metrics meet targets, without a step being made.
        model._symbolic_build(data_batch=batch)
    except Exception as error:
        if not is_refusal(error):
            raise
        raise SpecError([blame(spec, model, data, [], cause_of(model, batch, error))]) from error
    validated = data.validation is not None
    for component in spec.callbacks:
        make_callback(component, None)
    check_sharing(spec, model, data)
    skip_first_look(model)
    if problems := check_monitors(spec.callbacks, _measured(spec.compile, model, spec.graph), validated=validated):
        raise SpecError(problems)
    if problems := settled(spec.expect, _results(model), data.parts)[1]:
        raise SpecError(problems)


def _results(model: keras.Model) -> list[str]:
    """Return the names that the results of an evaluation will have."""
    names: list[str] = []
    for name, value in model.get_metrics_result().items():
        size = int(np.size(value))
        names += [name] if size == 1 else [f"{name}_{index}" for index in range(size)]
    return names


def _measured(settings: CompileSpec, model: keras.Model, graph: Graph) -> Mapping[str, Direction | None]:
    """Return the metrics that a model really has, with what Keras knows of their direction."""
    better = {**metric_directions(model), **measures_of(settings, list(graph.outputs)).better}
    return {name: better.get(name) for name in model.get_metrics_result()}
