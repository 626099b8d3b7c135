"""Writes the catalogue from the installed Keras: `python -m kspec.engine.introspect`."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

import keras

from kspec.catalogue import docstrings, optuna_parts, overlay, overlay_arguments
from kspec.catalogue.cache import SHIPPED
from kspec.catalogue.refused import REFUSED
from kspec.engine.introspect_words import words

Record = dict[str, Any]

CLASSES = {
    "layers": "keras.layers",
    "optimizers": "keras.optimizers",
    "schedules": "keras.optimizers.schedules",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
    "callbacks": "keras.callbacks",
    "regularizers": "keras.regularizers",
    "initializers": "keras.initializers",
    "constraints": "keras.constraints",
}
STRATEGIES = ("MirroredStrategy", "OneDeviceStrategy")
METHODS = ("compile", "fit", "evaluate", "predict")
_DISTRIBUTE = "tensorflow.compat.v2.distribute"
_TOOLS = {"get", "serialize", "deserialize"}
_FED = {"activations": 1, "sources": 1}


def catalogue() -> Record:
    """Return the whole content of the catalogue's file, read from the installed Keras."""
    families: dict[str, Record] = {family: _classes(family, module) for family, module in CLASSES.items()}
    families["activations"] = _functions("activations", "keras.activations", _public("keras.activations"))
    families["ops"] = _functions("ops", "keras.ops", _ops())
    families["applications"] = _functions("applications", "keras.applications", _public("keras.applications"))
    families["inputs"] = _functions("inputs", "keras", {"Input": keras.Input})
    families["methods"] = _functions("methods", "keras.Model", {name: getattr(keras.Model, name) for name in METHODS})
    distribute = importlib.import_module(_DISTRIBUTE)
    families["strategies"] = {
        name: _component("strategies", getattr(distribute, name), name, _DISTRIBUTE) for name in STRATEGIES
    }
    sources = importlib.import_module("kspec.data.sources")
    families |= optuna_parts.families()
    families["sources"] = _functions("sources", "kspec.data.sources", getattr(sources, "SOURCES", {}))
    return {
        "keras": keras.__version__,
        "common": {"layers": overlay.COMMON_LAYER},
        "words": {family: words(family, CLASSES.get(family, f"keras.{family}")) for family in _WORDY},
        "families": families,
    }


_WORDY = ("activations", "losses", "metrics", "optimizers", "initializers", "regularizers", "constraints")


def text(record: Record) -> str:
    """Return the catalogue as JSON with one component to a line, so that changes can be read as a diff."""
    plain = json.loads(json.dumps(record))
    blocks = [f'"keras": {json.dumps(plain["keras"])}', f'"common": {json.dumps(plain["common"])}']
    for part in ("words", "families"):
        inner = ",\n".join(f' "{family}": {{\n{_lines(entries)}\n }}' for family, entries in plain[part].items())
        blocks.append(f'"{part}": {{\n{inner}\n}}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _lines(entries: Mapping[str, Any]) -> str:
    return ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(entries[name], ensure_ascii=False)}" for name in sorted(entries)
    )


def _classes(family: str, module: str) -> Record:
    namespace = importlib.import_module(module)
    names: dict[type, list[str]] = {}
    for name in dir(namespace):
        value = getattr(namespace, name)
        if inspect.isclass(value) and name[0].isupper() and name not in REFUSED:
            names.setdefault(value, []).append(name)
    found = {}
    for kind, known in names.items():
        name = kind.__name__ if kind.__name__ in known else known[0]
        record = _component(family, kind, name, module)
        if len(known) > 1:
            record["aliases"] = sorted(set(known) - {name})
        found[name] = record
    return found


def _functions(family: str, module: str, functions: Mapping[str, Callable[..., Any]]) -> Record:
    return {
        name: _component(family, function, name, ".".join([module, *name.split(".")[:-1]]))
        for name, function in functions.items()
    }


def _public(module: str) -> dict[str, Callable[..., Any]]:
    namespace = importlib.import_module(module)
    return {name: value for name, value in inspect.getmembers(namespace, inspect.isfunction) if name not in _TOOLS}


def _ops() -> dict[str, Callable[..., Any]]:
    found = _public("keras.ops")
    known = set(found.values())
    for part in ("image", "linalg", "nn"):
        for name, function in _public(f"keras.ops.{part}").items():
            if function not in known:
                found[f"{part}.{name}"] = function
    return {name: function for name, function in found.items() if f"ops.{name}" not in REFUSED}


def _component(family: str, kind: Callable[..., Any], name: str, module: str) -> Record:
    """Return the record of a class, or of a function whose first parameters are fed, not written."""
    own = kind.__init__.__doc__ if inspect.isclass(kind) else inspect.getdoc(kind)
    # Muon's own text leaves a gap where the arguments that all optimizers share should stand.
    shared = keras.optimizers.SGD.__doc__ if family == "optimizers" else None
    said = docstrings.arguments(kind.__doc__, own, shared)
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.name != "self"][_FED.get(family, 0) :]
    record: Record = {
        "module": module,
        "summary": docstrings.summary(inspect.getdoc(kind)),
        "arguments": {
            p.name: _argument(family, name, p, said.get(p.name, ""))
            for p in parameters
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        },
    }
    rest = [p.name for p in parameters if p.kind is p.VAR_KEYWORD]
    if family == "sources" and rest:
        record["open"] = rest[0]
    if family == "layers" and inspect.isclass(kind):
        if rest:
            taken = {*record["arguments"], *overlay.WITHOUT.get(name, ())}
            record["common"] = [key for key in overlay.COMMON_LAYER if key not in taken]
        record |= _call(name, kind)
    return record


def _argument(family: str, component: str, parameter: inspect.Parameter, said: str) -> Record:
    name, default = parameter.name, parameter.default
    record: Record = {}
    if default is not parameter.empty:
        record["default"] = default if _is_json(default) else None
    takes = _family(family, name)
    kinds = docstrings.types(said, default)
    if family == "ops" and default is parameter.empty:
        kinds = []  # What an op must be given is most often a tensor, whatever its text calls it.
    if family == "schedules" and "int" in kinds:
        kinds = [kind for kind in docstrings.ORDER if kind in {*kinds, "float"} - {"int"}]
    if takes:
        record["family"] = takes
        if name in overlay.MANY:
            record["many"] = True
    if not takes or takes == "schedules":
        record["types"] = kinds
        record |= docstrings.limits(said, kinds)
        record["choices"] = docstrings.choices(said) if "str" in kinds and family != "ops" else []
        record |= overlay_arguments.BY_NAME.get(name, {})
    laid = overlay_arguments.ARGUMENTS
    record |= laid.get(f"{component}.{name}", laid.get(f"{family}:{name}", {}))
    record["summary"] = docstrings.summary(said)
    _widen(record, default)
    return {
        key: value
        for key, value in record.items()
        if key == "default" or (value is not False and value not in ([], (), ""))
    }


def _widen(record: Record, default: Any) -> None:
    """Make the record say yes to the argument's own default, which Keras takes for sure."""
    kind = docstrings.type_of(default)
    kinds = record.get("types", [])
    if kinds and kind and kind not in kinds and not (kind == "int" and "float" in kinds):
        record["types"] = [*kinds, kind]
    chosen = record.get("choices", [])
    if chosen and isinstance(default, str) and default not in chosen:
        record["choices"] = []
    if kind in ("int", "float") and not record.get("minimum", default) <= default <= record.get("maximum", default):
        record.pop("minimum", None)
        record.pop("maximum", None)


def _family(family: str, name: str) -> str | None:
    if family in ("ops", "activations"):
        return None
    if name in overlay.FAMILY_OF_NAME and (name != "source" or family == "sources"):
        return overlay.FAMILY_OF_NAME[name]
    return next((takes for ending, takes in overlay.FAMILY_OF_ENDING.items() if name.endswith(ending)), None)


def _call(name: str, kind: type[Any]) -> Record:
    """Return how a layer is fed."""
    merging = importlib.import_module("keras.src.layers.merging.base_merge").Merge
    call: Callable[..., Any] = kind.call
    parameters = list(inspect.signature(call).parameters.values())[1:]
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name != "training"]
    required = [p.name for p in named if p.default is p.empty]
    listed = issubclass(kind, merging) or name in overlay.LISTS
    record: Record = {"call": [p.name for p in named], "call_required": required}
    if listed or len(required) > 1:
        record["inputs"] = "list" if listed else "several"
    if hasattr(kind, "adapt"):
        record["adapts"] = True
    if name in overlay.TRAINING_ONLY:
        record["training_only"] = True
    return record


def _is_json(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_json(item) for item in value)
    return docstrings.type_of(value) in {"null", "bool", "int", "float", "str", "dict"}


def main() -> None:
    """Write the catalogue's file beside the code that reads it."""
    SHIPPED.write_text(text(catalogue()), encoding="utf-8")


if __name__ == "__main__":
    main()
