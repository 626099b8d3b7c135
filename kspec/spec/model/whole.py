"""Models that are not written out: `application` and `load`, and the `weights` that a model starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.expressions import substitute
from kspec.spec.files import WEIGHT_FILES, Files
from kspec.spec.model.repeats import Constants
from kspec.spec.problems import Path
from kspec.spec.slips import slip
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec, SavedWeights

MODEL_FILES = (".keras", ".h5", ".hdf5", ".json")


def read_application(
    model: Mapping[str, Any], path: Path, components: ComponentReader, constants: Constants
) -> ApplicationSpec | None:
    """Return the application that a model is, or None after a problem.

    Args:
        model: The mapping in which `application` stands.
        path: Its place.
        components: Reads arguments.
        constants: What `$(...)` may use.
    """
    checker = components.checker
    before = len(checker.problems)
    at = (*path, "application")
    value = substitute(model["application"], constants, at, checker)
    component = components.read(value, at, "applications") if not checker.errors_since(before) else None
    outputs, start = _taps(model, path, constants, checker)
    if not isinstance(component, ComponentSpec) or checker.errors_since(before):
        return None
    return ApplicationSpec(component, outputs, start, path)


def read_saved_model(
    model: Mapping[str, Any], path: Path, files: Files, constants: Constants, checker: Checker
) -> SavedModelSpec | None:
    """Return the saved model that a model is, or None after a problem.

    Args:
        model: The mapping in which `load` stands.
        path: Its place.
        files: Finds the file.
        constants: What `$(...)` may use.
        checker: Where problems go.
    """
    before = len(checker.problems)
    at = (*path, "load")
    value = substitute(model["load"], constants, at, checker)
    if checker.errors_since(before):
        return None
    file = files.find(value, at, "load", MODEL_FILES, checker)
    outputs, start = _taps(model, path, constants, checker)
    if file is None or checker.errors_since(before):
        return None
    return SavedModelSpec(str(file), outputs, start, at)


def read_weights(value: Any, path: Path, files: Files, constants: Constants, checker: Checker) -> SavedWeights | None:
    """Return the weights that a model starts from, or None after a problem.

    Args:
        value: What stands behind `weights`.
        path: Its place.
        files: Finds the file.
        constants: What `$(...)` may use.
        checker: Where problems go.
    """
    before = len(checker.problems)
    value = substitute(value, constants, path, checker)
    if checker.errors_since(before):
        return None
    if value == "imagenet":
        message = "`imagenet` names the weights of an application, and `weights` a file"
        checker.error("wrong-type", path, message, "write them inside it: `application: {NAME: {weights: imagenet}}`")
        return None
    if isinstance(value, str):
        value = {"load": value}
    expected = "a mapping such as `{load: FILE, by_name: true}`"
    value = checker.mapping(value, path, "`weights`", expected=expected)
    if value is None:
        return None
    value = checker.known_keys(value, path, "`weights`", ("load", "by_name", "skip_mismatch"))
    if "load" not in value:
        checker.error("missing-key", path, "`weights` names no file", "write `weights: {load: FILE}`", at="key")
        return None
    switches = {name: value.get(name, False) for name in ("by_name", "skip_mismatch")}
    for name, item in switches.items():
        if not isinstance(item, bool):
            hint = slip(item, ("bool",)) if isinstance(item, str) else None
            checker.error("wrong-type", (*path, name), f"`{name}` is `true` or `false`, not {kind_of(item)}", hint)
    file = files.find(value["load"], (*path, "load"), "load", WEIGHT_FILES, checker)
    if file is None or checker.errors_since(before):
        return None
    return SavedWeights(str(file), switches["by_name"], switches["skip_mismatch"], (*path, "load"))


def _taps(
    model: Mapping[str, Any], path: Path, constants: Constants, checker: Checker
) -> tuple[tuple[str, ...], str | None]:
    """Return the inner layers whose results a saved model or an application gives, and where its training starts."""
    outputs = model.get("outputs")
    names: list[str] = []
    if outputs is not None:
        at = (*path, "outputs")
        outputs = substitute(outputs, constants, at, checker)
        items = outputs if isinstance(outputs, list) else [outputs]
        if not items or not all(isinstance(item, str) for item in items):
            message = "`outputs` beside a whole model lists the names of its layers"
            checker.error("wrong-type", at, message, "write `outputs: [LAYER]`", at="key")
        else:
            names = items
        if len(set(names)) < len(names):
            checker.error("name-taken", at, "a layer is listed twice as an output", "leave one out")
    return tuple(names), _trainable_from(model.get("trainable"), (*path, "trainable"), checker)


def _trainable_from(value: Any, path: Path, checker: Checker) -> str | None:
    if not isinstance(value, dict):
        return None
    unknown = [key for key in value if key != "from"]
    if unknown or not isinstance(value.get("from"), str):
        message = "`trainable` of a whole model is `true`, `false` or `{from: LAYER}`"
        place = (*path, unknown[0]) if unknown else path
        hint = f"leave {listing(unknown)} out" if unknown else "name its first layer that is to train"
        checker.error("wrong-type", place, message, hint, at="key")
        return None
    return str(value["from"])
