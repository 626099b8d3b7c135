"""Which lower-case strings Keras takes, and what its own lookup makes of them."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from kspec.catalogue.refused import REFUSED

FROM_SHAPES = {"losses": ("ce", "crossentropy"), "metrics": ("acc", "accuracy")}
"""Words that `Model.compile` resolves itself, by the shapes of targets and outputs."""

_TOOLS = {"get", "serialize", "deserialize"}


def words(family: str, module: str) -> dict[str, dict[str, Any]]:
    """Return every word of a family with what it stands for.

    Args:
        family: Family of the components, such as `losses`.
        module: Dotted path of the module that has them.
    """
    namespace = importlib.import_module(module)
    inner = importlib.import_module(module.replace("keras.", "keras.src.", 1))
    public = {name for name in dir(namespace) if not name.startswith("_")} - _TOOLS
    candidates = {name for name in {*inner.ALL_OBJECTS_DICT, *public} if name == name.lower()}
    if family == "optimizers":
        candidates |= {name.lower() for name in public}
    found: dict[str, dict[str, Any]] = {}
    functions = _functions_of_classes(namespace)
    for word in sorted(candidates - set(FROM_SHAPES.get(family, ()))):
        record = _meaning(word, namespace, functions)
        if record:
            found[word] = record
    return found | {word: {} for word in FROM_SHAPES.get(family, ())}


def _meaning(word: str, namespace: Any, functions: dict[Any, str]) -> dict[str, Any] | None:
    native = True
    try:
        value = namespace.get(word)
    except (ValueError, TypeError, KeyError, NotImplementedError):
        native = False
        value = _named(namespace, word)
    if value is None or inspect.ismodule(value):
        return None
    record: dict[str, Any] = {}
    if inspect.isfunction(value):
        record["function"] = value.__name__
        if value in functions:
            record["component"] = functions[value]
    else:
        kind = value if inspect.isclass(value) else type(value)
        if not any(getattr(namespace, name) is kind for name in dir(namespace)) or not _can_stand_alone(kind):
            return None
        record["component"] = _canonical(namespace, kind)
    return record if native else {**record, "native": False}


def _named(namespace: Any, word: str) -> Any:
    names = [name for name in dir(namespace) if name == word or name.lower() == word]
    return getattr(namespace, names[0]) if names else None


def _canonical(namespace: Any, kind: type) -> str:
    return (
        kind.__name__
        if hasattr(namespace, kind.__name__)
        else next(name for name in dir(namespace) if getattr(namespace, name) is kind)
    )


def _can_stand_alone(kind: type) -> bool:
    parameters = inspect.signature(kind).parameters.values()
    return kind.__name__ not in REFUSED and all(
        p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters
    )


def _functions_of_classes(namespace: Any) -> dict[Any, str]:
    """Return the class that wraps each function, where one does: `mean_squared_error` is `MeanSquaredError`'s."""
    found: dict[Any, str] = {}
    for name, kind in inspect.getmembers(namespace, inspect.isclass):
        if _can_stand_alone(kind):
            instance = kind()
            function = getattr(instance, "fn", getattr(instance, "_fn", None))
            if inspect.isfunction(function):
                found.setdefault(function, name)
    return found
