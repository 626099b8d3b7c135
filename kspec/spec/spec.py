"""A whole spec: every section checked, and what one section says held against the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from kspec.catalogue import Catalogue
from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.compiling import CompileReader, CompileSpec
from kspec.spec.components import ComponentReader, ComponentSpec
from kspec.spec.data import DataReader, DataSpec, Fields, FieldSpec
from kspec.spec.document import Document
from kspec.spec.expressions import substitute
from kspec.spec.graph import Graph
from kspec.spec.model import ModelReader
from kspec.spec.problems import Path, Problem, did_you_mean
from kspec.spec.sections import Evaluate, Fit, Predict, read_section

LANGUAGE_VERSION = 1
MAX_SEED = 2**32 - 1

KEYS = (
    "kspec", "name", "description", "seed", "extends", "without", "vars",
    "data", "model", "compile", "fit", "callbacks", "evaluate", "predict", "runtime", "expect", "sweep",
)  # fmt: skip
_LATER = ("extends", "without", "runtime", "expect", "sweep")
_HINTS = {
    "layers": "it stands under `model`",
    "optimizer": "it stands under `compile`",
    "loss": "it stands under `compile`",
    "metrics": "it stands under `compile`",
    "epochs": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "validation_split": "it stands under `fit`",
    "class_weight": "it stands under `fit`",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

ClassWeight = Mapping[str, float] | str
"""Weight by label, the label as text, or the word `balanced`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A checked spec.

    Args:
        name: Name that the run folder gets.
        graph: The model.
        data: What it is trained on; None if the spec does not say.
        compile: How it is trained; None if the spec does not say.
        fit: Epochs, batch size and the rest.
        class_weight: Weight of every class, by output.
        callbacks: Keras callbacks.
        evaluate: How it is judged.
        predict: How predictions are made.
        seed: Seed of initializers, dropout and row order; None if the spec leaves it open.
        description: What the spec says about itself.
        content: The whole spec as plain values, constants and overrides put in.
    """

    name: str
    graph: Graph
    data: DataSpec | None = None
    compile: CompileSpec | None = None
    fit: Fit = field(default_factory=Fit)
    class_weight: Mapping[str, ClassWeight] = field(default_factory=dict)
    callbacks: tuple[ComponentSpec, ...] = ()
    evaluate: Evaluate = field(default_factory=Evaluate)
    predict: Predict = field(default_factory=Predict)
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


def read_spec(document: Document, catalogue: Catalogue, *, default_name: str = "model") -> Reading:
    """Check a document and return the spec that it is.

    Args:
        document: The document, overrides applied.
        catalogue: What Keras offers.
        default_name: Name of the spec if it does not give itself one.
    """
    checker = Checker()
    spec = None
    if document.root is not None:
        spec = _SpecReader(document.data(), ComponentReader(catalogue, checker), default_name).read()
    problems = tuple(document.place([*document.problems, *checker.problems]))
    if any(problem.severity == "error" for problem in problems):
        spec = None
    return Reading(spec, problems, document)


class _SpecReader:
    def __init__(self, content: Any, components: ComponentReader, default_name: str) -> None:
        self.content = content
        self.components = components
        self.checker = components.checker
        self.default_name = default_name

    def read(self) -> Spec | None:
        value = self.checker.mapping(self.content, (), "a spec", expected="a mapping with `model`, `data`, `compile` and `fit`")
        if value is None:
            return None
        self.checker.known_keys(value, (), "a spec", KEYS, hints=_HINTS)
        for key in _LATER:
            if key in value:
                message = f"`{key}` is part of the language, but this version of kspec cannot do it yet"
                self.checker.error("not-built-yet", (key,), message, at="key")
        constants = self._constants(value.get("vars"))
        model = value.get("model")
        value = {
            key: item if key == "model" else substitute(item, constants, (key,), self.checker)
            for key, item in value.items()
            if key not in _LATER
        }
        self._check_version(value.get("kspec", LANGUAGE_VERSION))
        if "model" not in value:
            self.checker.error("missing-key", (), "the spec has no `model`", "add `model: {layers: [...]}`")
        graph = ModelReader(self.components, constants).read(model) if "model" in value else None
        outputs = list(graph.outputs) if graph else []
        data = DataReader(self.components).read(value["data"]) if "data" in value else None
        compiler = CompileReader(self.components, outputs, sure=graph is not None)
        compiled = compiler.read(value["compile"]) if "compile" in value else None
        fit = read_section(Fit, value["fit"], ("fit",), self.checker) if "fit" in value else Fit()
        callbacks = self._callbacks(value.get("callbacks"))
        evaluate = read_section(Evaluate, value.get("evaluate"), ("evaluate",), self.checker)
        predict = read_section(Predict, value.get("predict"), ("predict",), self.checker)
        name, seed = self._name(value.get("name")), self._seed(value.get("seed"))
        if graph is None:
            return None
        if data:
            self._check_fields(data, graph)
        if predict and predict.outputs:
            for index, output in enumerate(predict.outputs):
                self._known_output(output, outputs, ("predict", "outputs", index))
        weights = self._class_weight(fit.class_weight, outputs) if fit else {}
        if fit is None or evaluate is None or predict is None:
            return None
        return Spec(
            name, graph, data, compiled, fit, weights, callbacks, evaluate, predict, seed,
            str(value.get("description") or ""), {**value, **({"model": model} if model is not None else {})},
        )  # fmt: skip

    def _constants(self, value: Any) -> Mapping[str, Any]:
        if value is None:
            return {}
        constants = self.checker.mapping(value, ("vars",), "`vars`", expected="a mapping of names to constants") or {}
        done: dict[str, Any] = {}
        for name, item in constants.items():
            if not name.isidentifier() or name == "i":
                self.checker.error("bad-name", ("vars", name), f"`{name}` cannot name a constant", "use letters, digits and `_`, a letter first", at="key")
            done[name] = substitute(item, done, ("vars", name), self.checker)
        return done

    def _check_version(self, version: Any) -> None:
        if version != LANGUAGE_VERSION or isinstance(version, bool):
            self.checker.error("wrong-version", ("kspec",), f"this kspec reads version {LANGUAGE_VERSION} of the language, not {kind_of(version)}")

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

    def _callbacks(self, value: Any) -> tuple[ComponentSpec, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.checker.error("wrong-type", ("callbacks",), f"`callbacks` is a list, not {kind_of(value)}", "put `- ` before each callback")
            return ()
        callbacks: list[ComponentSpec] = []
        for index, item in enumerate(value):
            callback = self.components.read(item, ("callbacks", index), "callbacks")
            if isinstance(callback, ComponentSpec):
                callbacks.append(callback)
                self._check_written_paths(callback)
        return tuple(callbacks)

    def _check_written_paths(self, callback: ComponentSpec) -> None:
        component = self.components.catalogue.component("callbacks", callback.name)
        for name, given in callback.arguments.items():
            argument = component.arguments.get(name) if component else None
            if argument and argument.writes and isinstance(given, str) and not stays_inside(given):
                message = f"`{name}` of {callback.name} must lie in the run folder"
                self.checker.error("outside-run", (*callback.path, name), message, "write a relative path without `..`")

    def _check_fields(self, data: DataSpec, graph: Graph) -> None:
        self._match(data.inputs, list(graph.inputs), (*data.path, "inputs"), "input")
        self._match(data.targets, list(graph.outputs), (*data.path, "targets"), "output")
        if isinstance(data.sample_weight, Mapping):
            for name in data.sample_weight:
                self._known_output(name, list(graph.outputs), (*data.path, "sample_weight", name), at_key=True)

    def _match(self, fields: Fields, names: list[str], path: Path, what: str) -> None:
        """Hold the names under `inputs` or `targets` against those of the model."""
        if isinstance(fields, FieldSpec) and len(names) > 1:
            message = f"the model has {len(names)} {what}s: {listing(names)}"
            self.checker.error("wrong-length", path, message, f"name the field of each: `{names[0]}: FIELD`")
        if not isinstance(fields, Mapping):
            return
        for name in fields:
            if name not in names:
                hint = did_you_mean(name, names) or f"the model has {listing(names)}"
                self.checker.error(f"unknown-{what}", (*path, name), f"the model has no {what} `{name}`", hint, at="key")
        if what == "input":
            missing = [name for name in names if name not in fields]
            if missing:
                self.checker.error("missing-input", path, f"nothing is fed to the input {listing(missing)}", f"add `{missing[0]}: FIELD`", at="key")

    def _known_output(self, name: str, outputs: list[str], path: Path, *, at_key: bool = False) -> bool:
        if name in outputs:
            return True
        hint = did_you_mean(name, outputs) or f"the model has {listing(outputs)}"
        self.checker.error("unknown-output", path, f"there is no output `{name}`", hint, at="key" if at_key else "value")
        return False

    def _class_weight(self, value: Any, outputs: list[str]) -> dict[str, ClassWeight]:
        path: Path = ("fit", "class_weight")
        if value is None:
            return {}
        if isinstance(value, dict) and any(isinstance(item, dict) or item == "balanced" for item in value.values()):
            known = {name: item for name, item in value.items() if self._known_output(name, outputs, (*path, name), at_key=True)}
            return {name: self._labels(item, (*path, name)) for name, item in known.items()}
        if len(outputs) > 1:
            hint = f"write `{{{outputs[0]}: {{...}}}}`"
            self.checker.error("wrong-type", path, "with several outputs, class weights are given by output", hint)
            return {}
        return {outputs[0]: self._labels(value, path)} if outputs else {}

    def _labels(self, value: Any, path: Path) -> ClassWeight:
        if value == "balanced":
            return "balanced"
        weights: dict[str, float] = {}
        for label, weight in (self.checker.mapping(value, path, "`class_weight`", expected="`balanced` or a mapping of labels to weights") or {}).items():
            if isinstance(weight, bool) or not isinstance(weight, int | float):
                self.checker.error("wrong-type", (*path, label), f"a weight is a number, not {kind_of(weight)}")
            elif not 0 <= weight < float("inf"):
                self.checker.error("out-of-range", (*path, label), f"a weight is at least 0 and finite, not {weight}")
            else:
                weights[str(label)] = float(weight)
        return weights


def name_problem(name: Any) -> tuple[str, str] | None:
    """Return a message and a hint if a run cannot have this name, else None."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or ".." in name or name.endswith("."):
        hint = "a name has letters, digits, `_`, `-` and `.`, starts with a letter or digit, and has at most 64 characters"
        return f"{kind_of(name)} cannot name a run", hint
    return None


def stays_inside(path: str) -> bool:
    """Say whether a path stays in the folder that it is relative to."""
    windows = PureWindowsPath(path)
    inside = not PurePosixPath(path).is_absolute() and not windows.is_absolute() and not windows.drive
    return inside and ".." not in windows.parts and "://" not in path and bool(path.strip()) and "\0" not in path
