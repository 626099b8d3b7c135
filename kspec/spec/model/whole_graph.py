"""A `model` section that is nothing but a saved model or an application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from kspec.spec.component_reader import ComponentReader
from kspec.spec.files import Files
from kspec.spec.graph import Graph, GraphNode, InputSpec, Tensor
from kspec.spec.model.inputs import InputReader
from kspec.spec.model.names import Names
from kspec.spec.model.repeats import Constants
from kspec.spec.model.saved import SavedModelError, describe_saved
from kspec.spec.model.whole import read_application, read_saved_model
from kspec.spec.model.words import DEFAULT_INPUT
from kspec.spec.problems import Path
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec

_ALONE = ("layers", "shared", "blocks", "weights")


def read_whole_graph(
    thing: str, value: Mapping[str, Any], path: Path, components: ComponentReader, files: Files, constants: Constants
) -> Graph | None:
    """Return the model that a section with `application` or `load` is, or None after a problem.

    Args:
        thing: Which of the two.
        value: The section.
        path: Its place.
        components: Reads arguments.
        files: Finds the file.
        constants: What `$(...)` may use.
    """
    checker = components.checker
    before = len(checker.problems)
    for key in (key for key in _ALONE if key in value):
        message = f"`{key}` has no place beside `{thing}`, which is a whole model"
        hint = f"make it a step: `layers: [{{{thing}: ...}}, ...]`"
        checker.error("two-things", (*path, key), message, hint, at="key")
    if checker.errors_since(before):
        return None
    if thing == "application":
        application = read_application(value, path, components, constants)
        return None if application is None else _application_graph(application, value, path, components, constants)
    saved = read_saved_model(value, path, files, constants, checker)
    if saved is None:
        return None
    for key in (key for key in ("input", "inputs") if key in value):
        message = f"`{key}` has no place beside `load`: the saved model has inputs of its own"
        checker.error("two-inputs", (*path, key), message, "leave it out", at="key")
        return None
    try:
        found = describe_saved(FilePath(saved.file))
    except SavedModelError as error:
        checker.error("bad-model-file", saved.path, f"`{FilePath(saved.file).name}` cannot be loaded: {error}")
        return None
    inputs = {name: InputSpec(name, arguments, saved.path) for name, arguments in found.inputs.items()}
    return _graph(saved, inputs, saved.outputs or found.outputs, path)


def _application_graph(
    application: ApplicationSpec, value: Mapping[str, Any], path: Path, components: ComponentReader,
    constants: Constants,
) -> Graph:  # fmt: skip
    shape = application.component.arguments.get("input_shape")
    if "input" in value or "inputs" in value:
        names = Names(components.catalogue, components.checker)
        inputs = InputReader(names, constants, path).read(value)
        first = next(iter(inputs.values()))
        if shape is None and "shape" in first.arguments:
            arguments = {**application.component.arguments, "input_shape": first.arguments["shape"]}
            application = replace(application, component=replace(application.component, arguments=arguments))
    else:
        inputs = {DEFAULT_INPUT: InputSpec(DEFAULT_INPUT, {} if shape is None else {"shape": shape}, path)}
    return _graph(application, inputs, application.outputs or (application.component.name.lower(),), path)


def _graph(
    thing: ApplicationSpec | SavedModelSpec, inputs: Mapping[str, InputSpec], outputs: tuple[str, ...], path: Path
) -> Graph:
    name = outputs[0] if len(outputs) == 1 else "model"
    sources = tuple(Tensor(each) for each in inputs)
    node = GraphNode(name, thing, sources if len(sources) > 1 else sources[0], path=path)
    results = {each: Tensor(name, index if len(outputs) > 1 else None) for index, each in enumerate(outputs)}
    return Graph(inputs, (node,), results, sequential=False, path=path, whole=True)
