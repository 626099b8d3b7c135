"""A whole spec: every section checked, and what one section says held against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from kspec.catalogue import Catalogue
from kspec.spec.brackets import mend_round_brackets
from kspec.spec.callbacks import CallbackReader
from kspec.spec.checker import Checker, kind_of
from kspec.spec.class_weights import ClassWeight, read_class_weight
from kspec.spec.compiling import CompileReader, CompileSpec
from kspec.spec.components import ComponentReader, ComponentSpec
from kspec.spec.conflicts import check_callbacks, check_optimizer
from kspec.spec.constants import read_constants
from kspec.spec.cross import check_fields, check_rules, check_split, check_validation, known_output
from kspec.spec.data import DataReader, DataSpec
from kspec.spec.document import Document
from kspec.spec.expect import PARTS, Expectation, read_expectations
from kspec.spec.expect import settled as settled_expectations
from kspec.spec.expressions import substitute
from kspec.spec.extending import EXTENDS, WITHOUT, folder_of
from kspec.spec.files import Files
from kspec.spec.graph import Graph
from kspec.spec.known_targets import check_known_targets
from kspec.spec.lints import lint
from kspec.spec.measures import measures_of
from kspec.spec.model import ModelReader, ModelReading
from kspec.spec.monitors import settled, will_validate
from kspec.spec.problems import Problem
from kspec.spec.run_names import name_problem, path_problem
from kspec.spec.runtime import Runtime, check_strategy, read_runtime
from kspec.spec.sections import Checkpoint, Evaluate, Fit, Predict, read_section
from kspec.spec.shapes import Shapes, infer
from kspec.spec.sweep import SweepSpec, read_sweep
from kspec.spec.sweep import settled as settled_sweep
from kspec.spec.trying import check_space

__all__ = ["ClassWeight", "Reading", "Spec", "name_problem", "path_problem", "read_spec"]

LANGUAGE_VERSION = 1
MAX_SEED = 2**32 - 1

KEYS = (
    "kspec", "name", "description", "seed", "extends", "without", "vars",
    "data", "model", "compile", "fit", "callbacks", "checkpoint", "evaluate", "predict", "runtime", "expect",
    "sweep",
)  # fmt: skip
SCHEMA_KEY = "$schema"
"""Key that tells an editor which schema to read; it says nothing of the spec."""

_PUT_TOGETHER = (EXTENDS, WITHOUT)
_WITHOUT_VALUE = {"unknown-alias", "alias-loop", "tag"}
"""Problems of a text that leave a place without its value; what the checks then miss there is no further mistake."""

_HINTS = {
    **dict.fromkeys(("layers", "input", "inputs", "outputs", "shared", "blocks", "weights"), "it stands under `model`"),
    "optimizer": "it stands under `compile`",
    "loss": "it stands under `compile`",
    "metrics": "it stands under `compile`",
    "epochs": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "validation_split": "it stands under `fit`",
    "class_weight": "it stands under `fit`",
    "code": "Python files are named on the command line, never in a spec: `--code FILE`",
}


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a spec: the spec, if no problem stops the work, and all problems with their places."""

    spec: Spec | None
    problems: tuple[Problem, ...]
    document: Document

    @property
    def failed(self) -> bool:
        """Whether a problem stops the work."""
        return self.spec is None


def read_spec(
    document: Document, catalogue: Catalogue, *, default_name: str = "model", folder: FilePath | None = None
) -> Reading:
    """Check a document and return the spec that it is.

    Args:
        document: The document, its bases merged and overrides applied.
        catalogue: What Keras offers.
        default_name: Name of the spec if it does not give itself one.
        folder: Folder that relative names of files start from; the current one if left out.
    """
    bases = tuple(FilePath(folder_of(source)) for source in document.bases)
    files = Files(folder or FilePath.cwd(), bases)
    checker = Checker()
    spec = None
    if document.root is not None:
        mend_round_brackets(document)
        spec = _SpecReader(document.data(), ComponentReader(catalogue, checker, files), default_name, files).read()
    broken = {_line(problem) for problem in document.problems if problem.code in _WITHOUT_VALUE}
    checked = [problem for problem in document.place(checker.as_written()) if _line(problem) not in broken - {None}]
    problems = tuple(document.place([*document.problems, *checked]))
    if any(problem.severity == "error" for problem in problems):
        spec = None
    if spec is not None and (mistakes := list(check_known_targets(spec, document))):
        return Reading(None, tuple(document.place([*problems, *mistakes])), document)
    if spec is not None:
        problems = tuple(document.place([*problems, *lint(spec, document)]))
    if spec is not None and spec.sweep is not None:

        def read(trial: Document) -> Reading:
            return read_spec(trial, catalogue, default_name=default_name, folder=folder)

        found = check_space(document, catalogue, spec.sweep, read)
        problems = tuple(document.place([*problems, *found]))
        spec = None if found else spec
    return Reading(spec, problems, document)


def _line(problem: Problem) -> tuple[str, int] | None:
    return (problem.span.source.name, problem.span.line) if problem.span else None


class _SpecReader:
    def __init__(self, content: Any, components: ComponentReader, default_name: str, files: Files) -> None:
        self.content = content
        self.components = components
        self.checker = components.checker
        self.default_name = default_name
        self.files = files

    def read(self) -> Spec | None:
        expected = "a mapping with `model`, `data`, `compile` and `fit`"
        value = self.checker.mapping(self.content, (), "a spec", expected=expected)
        if value is None:
            return None
        value = {key: item for key, item in value.items() if key != SCHEMA_KEY}
        value = self.checker.known_keys(value, (), "a spec", KEYS, hints=_HINTS)
        constants = read_constants(value.get("vars"), self.checker)
        if not {"model", "layers", "extends"} & {*self.content, *value}:
            self.checker.error("missing-key", (), "the spec has no `model`", "add `model:` with `layers:` below it")
        model = value.get("model")
        written = value
        value = {
            key: item if key in ("model", "vars") else substitute(item, constants, (key,), self.checker)
            for key, item in value.items()
            if key not in _PUT_TOGETHER
        }
        self._check_version(value.get("kspec", LANGUAGE_VERSION))
        found = (
            ModelReader(self.components, constants, self.files).read(model) if "model" in value else ModelReading(None)
        )
        graph, inputs, outputs = found.graph, found.inputs, found.outputs
        shapes = infer(graph) if graph else Shapes()
        self.checker.problems += shapes.problems
        data = DataReader(self.components).read(value["data"]) if "data" in value else None
        compiler = CompileReader(self.components, outputs or (), sure=outputs is not None)
        compiled = compiler.read(value["compile"]) if "compile" in value else None
        fit = read_section(Fit, value["fit"], ("fit",), self.checker) if "fit" in value else Fit()
        callbacks = CallbackReader(self.components).read(value.get("callbacks"))
        checkpoint = read_section(Checkpoint, value.get("checkpoint"), ("checkpoint",), self.checker)
        evaluate = read_section(Evaluate, value.get("evaluate"), ("evaluate",), self.checker)
        predict = read_section(Predict, value.get("predict"), ("predict",), self.checker)
        runtime, strategy = read_runtime(value.get("runtime"), self.components)
        check_strategy(self.checker, strategy, compiled)
        expect = read_expectations(value.get("expect"), self.checker)
        sweep = read_sweep(value["sweep"], self.components) if value.get("sweep") is not None else None
        name, seed = self._name(value.get("name")), self._seed(value.get("seed"))
        description = self._description(value.get("description"))
        if data and inputs is not None:
            check_fields(self.checker, data.inputs, inputs, (*data.path, "inputs"), what="input")
        if data and outputs is not None:
            for key, fields in (("targets", data.targets), ("sample_weight", data.sample_weight)):
                check_fields(self.checker, fields, outputs, (*data.path, key), what="output")
        check_rules(self.checker, fit.sample_weight if fit else ())
        check_split(self.checker, value.get("fit"))
        check_validation(self.checker, value.get("fit"), value.get("data"))
        if predict and predict.outputs and outputs is not None:
            for index, output in enumerate(predict.outputs):
                known_output(self.checker, output, outputs, ("predict", "outputs", index))
        section = value.get("fit")
        given = section.get("class_weight") if isinstance(section, dict) else None
        weights = read_class_weight(given, outputs, self.checker)
        if compiled:
            check_optimizer(self.checker, compiled.optimizer)
            check_callbacks(self.checker, callbacks, compiled.optimizer)
        if graph is None or fit is None or evaluate is None or predict is None or runtime is None or checkpoint is None:
            return None
        if compiled and not self.checker.errors_since(0):
            measures = measures_of(compiled, outputs or ())
            validated = will_validate(fit, data)
            callbacks = settled(self.checker, callbacks, measures, validated=validated)
            parts = [part for part in PARTS if part != "validation" or validated]
            expect, missing = settled_expectations(expect, measures.better, parts)
            self.checker.problems += missing if measures.complete else ()
            if sweep:
                sweep = settled_sweep(sweep, measures, self.checker, validated=validated)
        content = {key: written[key] if key in ("model", "vars") else item for key, item in value.items()}
        return Spec(
            name=name,
            graph=graph,
            shapes=shapes,
            data=data,
            compile=compiled,
            fit=fit,
            class_weight=weights,
            callbacks=callbacks,
            checkpoint=checkpoint,
            evaluate=evaluate,
            predict=predict,
            runtime=runtime,
            strategy=strategy,
            expect=expect,
            sweep=sweep,
            seed=seed,
            description=description,
            content=content,
        )

    def _check_version(self, version: Any) -> None:
        if version != LANGUAGE_VERSION or isinstance(version, bool):
            message = f"this kspec reads version {LANGUAGE_VERSION} of the language, not {kind_of(version)}"
            self.checker.error("wrong-version", ("kspec",), message, f"write `kspec: {LANGUAGE_VERSION}`")

    def _name(self, name: Any) -> str:
        if name is None:
            return self.default_name
        if problem := name_problem(name):
            self.checker.error("bad-name", ("name",), *problem)
        return str(name)

    def _seed(self, seed: Any) -> int | None:
        if seed is None:
            return None
        if not isinstance(seed, int) or isinstance(seed, bool):
            self.checker.error("wrong-type", ("seed",), f"`seed` is a whole number, not {kind_of(seed)}")
            return None
        if not 0 <= seed <= MAX_SEED:
            self.checker.error("out-of-range", ("seed",), f"`seed` lies between 0 and {MAX_SEED}")
        return seed

    def _description(self, text: Any) -> str:
        if text is not None and not isinstance(text, str):
            self.checker.error("wrong-type", ("description",), f"`description` is text, not {kind_of(text)}")
        return text if isinstance(text, str) else ""
