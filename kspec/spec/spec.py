"""A checked spec: every section of it as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.class_weights import ClassWeight
from kspec.spec.compiling import CompileSpec
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.expect import Expectation
from kspec.spec.graph import Graph
from kspec.spec.runtime import Runtime
from kspec.spec.sections import Checkpoint, Evaluate, Fit, Predict
from kspec.spec.shapes import Shapes
from kspec.spec.sweep import SweepSpec


@dataclass(frozen=True, slots=True)
class Spec:
    """A checked spec.

    Args:
        name: Name that the run folder gets.
        graph: The model.
        shapes: The shapes in it, as far as the spec alone says them.
        data: What it is trained on; None if the spec does not say.
        compile: How it is trained; None if the spec does not say.
        fit: Epochs, batch size and the rest.
        class_weight: Weight of every class, by output.
        callbacks: Keras callbacks.
        checkpoint: How often it is kept where training stands.
        evaluate: How it is judged.
        predict: How predictions are made.
        runtime: What the training runs on, and how exactly.
        strategy: How it is spread over devices; None for one device.
        expect: What must come out.
        sweep: What is tried out, or None.
        seed: Seed of initializers, dropout and row order; None if the spec leaves it open.
        description: What the spec says about itself.
        content: The whole spec as plain values, constants and overrides put in.
    """

    name: str
    graph: Graph
    shapes: Shapes = field(default_factory=Shapes)
    data: DataSpec | None = None
    compile: CompileSpec | None = None
    fit: Fit = field(default_factory=Fit)
    class_weight: Mapping[str, ClassWeight] = field(default_factory=dict)
    callbacks: tuple[ComponentSpec, ...] = ()
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    evaluate: Evaluate = field(default_factory=Evaluate)
    predict: Predict = field(default_factory=Predict)
    runtime: Runtime = field(default_factory=Runtime)
    strategy: ComponentSpec | None = None
    expect: tuple[Expectation, ...] = ()
    sweep: SweepSpec | None = None
    seed: int | None = None
    description: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
