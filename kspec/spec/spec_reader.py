"""A whole spec: every section read, and what one section says held against the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kspec.spec.callbacks import CallbackReader
from kspec.spec.checker import Checker, is_whole, kind_of
from kspec.spec.class_weights import read_class_weight
from kspec.spec.compiling import CompileReader, CompileSpec
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.conflicts import check_callbacks, check_optimizer
from kspec.spec.constants import read_constants
from kspec.spec.cross import check_fields, check_rules, check_split, check_validation, known_output
from kspec.spec.data import DataReader, DataSpec
from kspec.spec.expect import PARTS, Expectation, read_expectations
from kspec.spec.expect import settled as settled_expectations
from kspec.spec.expressions import substitute
from kspec.spec.extending import EXTENDS, WITHOUT
from kspec.spec.files import Files
from kspec.spec.measures import Measures, measures_of
from kspec.spec.model import ModelReader, ModelReading
from kspec.spec.monitors import settled, will_validate
from kspec.spec.run_names import name_problem
from kspec.spec.runtime import check_strategy, read_runtime
from kspec.spec.sections import Checkpoint, Evaluate, Fit, Predict, read_section
from kspec.spec.shapes import Shapes, infer
from kspec.spec.spec import Spec
from kspec.spec.sweep import SweepSpec, read_sweep
from kspec.spec.sweep import settled as settled_sweep
from kspec.spec.texts import texts_among_numbers

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
_OF_ITS_OWN = ("model", "vars")
"""Sections in which `$(...)` is not put in here: a model has parameters of its own."""

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
class SpecReading:
    """What came of reading a whole spec: the spec, if every section could be read, and what is held against files."""

    spec: Spec | None = None
    data: DataSpec | None = None
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class SpecReader:
    """Reads a whole spec.

    Args:
        content: The spec as plain values, its bases merged and overrides applied.
        components: Reads components; its checker is told of every problem.
        default_name: Name of the spec if it does not give itself one.
        files: Finds the files that it names.
    """

    content: Any
    components: ComponentReader
    default_name: str
    files: Files

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self) -> SpecReading:
        """Return the spec, or of one that is wrong what could be read."""
        written = self._written()
        if written is None:
            return SpecReading()
        constants = read_constants(written.get("vars"), self.checker)
        value = self._with_constants(written, constants)
        self._check_version(value.get("kspec", LANGUAGE_VERSION))
        model = self._model(written, constants)
        seen = model.graph or model.readable
        shapes = infer(seen) if seen else Shapes()
        self.checker.problems += [*shapes.problems, *(texts_among_numbers(model.graph) if model.graph else ())]
        data = DataReader(self.components).read(value["data"]) if "data" in value else None
        compiler = CompileReader(self.components, model.outputs or (), sure=model.outputs is not None)
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
        self._check_data(data, model)
        self._check_fit(value, fit)
        self._check_predict(predict, model.outputs)
        section = value.get("fit")
        given = section.get("class_weight") if isinstance(section, dict) else None
        weights = read_class_weight(given, model.outputs, self.checker)
        self._check_training(compiled, callbacks)
        if measured := self._measured(compiled, fit, data, model.outputs):
            callbacks, expect, sweep = self._settled(*measured, callbacks, expect, sweep)
        if not (model.graph and fit and evaluate and predict and runtime and checkpoint):
            return SpecReading(None, data, fit)
        spec = Spec(
            name=name,
            graph=model.graph,
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
            content={key: written[key] if key in _OF_ITS_OWN else item for key, item in value.items()},
        )
        return SpecReading(spec, data, fit)

    def _written(self) -> dict[str, Any] | None:
        """Return the sections as they are written; None if this is no spec."""
        expected = "a mapping with `model`, `data`, `compile` and `fit`"
        value = self.checker.mapping(self.content, (), "a spec", expected=expected)
        if value is None:
            return None
        value = {key: item for key, item in value.items() if key != SCHEMA_KEY}
        value = self.checker.known_keys(value, (), "a spec", KEYS, hints=_HINTS)
        if not {"model", "layers", "extends"} & {*self.content, *value}:
            self.checker.error("missing-key", (), "the spec has no `model`", "add `model:` with `layers:` below it")
        return value

    def _with_constants(self, written: Mapping[str, Any], constants: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sections with what `$(...)` stands for put in."""
        return {
            key: item if key in _OF_ITS_OWN else substitute(item, constants, (key,), self.checker)
            for key, item in written.items()
            if key not in _PUT_TOGETHER
        }

    def _model(self, written: Mapping[str, Any], constants: Mapping[str, Any]) -> ModelReading:
        if "model" not in written:
            return ModelReading(None)
        return ModelReader(self.components, constants, self.files).read(written["model"])

    def _check_data(self, data: DataSpec | None, model: ModelReading) -> None:
        """Hold the fields of the data against the inputs and outputs of the model."""
        if data is None:
            return
        if model.inputs is not None:
            check_fields(self.checker, data.inputs, model.inputs, (*data.path, "inputs"), what="input")
        if model.outputs is not None:
            for key, fields in (("targets", data.targets), ("sample_weight", data.sample_weight)):
                check_fields(self.checker, fields, model.outputs, (*data.path, key), what="output")

    def _check_fit(self, value: Mapping[str, Any], fit: Fit | None) -> None:
        check_rules(self.checker, fit.sample_weight if fit else ())
        check_split(self.checker, value.get("fit"))
        check_validation(self.checker, value.get("fit"), value.get("data"))

    def _check_predict(self, predict: Predict | None, outputs: Sequence[str] | None) -> None:
        if predict and predict.outputs and outputs is not None:
            for index, output in enumerate(predict.outputs):
                known_output(self.checker, output, outputs, ("predict", "outputs", index))

    def _check_training(self, compiled: CompileSpec | None, callbacks: Sequence[ComponentSpec]) -> None:
        if compiled:
            check_optimizer(self.checker, compiled.optimizer)
            check_callbacks(self.checker, callbacks, compiled.optimizer)

    def _measured(
        self, compiled: CompileSpec | None, fit: Fit | None, data: DataSpec | None, outputs: Sequence[str] | None
    ) -> tuple[Measures, bool] | None:
        """Return what will be measured, and whether on validation rows, too; None if what says so is wrong."""
        if compiled is None or fit is None or outputs is None or any(map(self._wrong, ("compile", "fit", "data"))):
            return None
        return measures_of(compiled, outputs), will_validate(fit, data)

    def _settled(
        self, measures: Measures, validated: bool, callbacks: Sequence[ComponentSpec],
        expect: tuple[Expectation, ...], sweep: SweepSpec | None,
    ) -> tuple[tuple[ComponentSpec, ...], tuple[Expectation, ...], SweepSpec | None]:  # fmt: skip
        """Return what names metrics with what follows from them, noting names that will not be measured."""
        right = [callback for callback in callbacks if not self._wrong(*callback.path[:2])]
        watching = settled(self.checker, right, measures, validated=validated)
        parts = [part for part in PARTS if part != "validation" or validated]
        known, missing = settled_expectations(expect, measures.better, parts)
        self.checker.problems += missing if measures.complete else ()
        return watching, known, sweep and settled_sweep(sweep, measures, self.checker, validated=validated)

    def _wrong(self, *path: str | int) -> bool:
        """Say whether something is wrong at a place or below it."""
        return any(problem.path[: len(path)] == path for problem in self.checker.problems)

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
        if not is_whole(seed):
            self.checker.error("wrong-type", ("seed",), f"`seed` is a whole number, not {kind_of(seed)}")
            return None
        if not 0 <= seed <= MAX_SEED:
            self.checker.error("out-of-range", ("seed",), f"`seed` lies between 0 and {MAX_SEED}")
        return seed

    def _description(self, text: Any) -> str:
        if text is not None and not isinstance(text, str):
            self.checker.error("wrong-type", ("description",), f"`description` is text, not {kind_of(text)}")
        return text if isinstance(text, str) else ""
