"""What callbacks monitor, held against what will be measured: Keras itself would only warn, or fail after an epoch."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kspec.spec.checker import Checker
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.measures import VALIDATION, Better, Measures
from kspec.spec.problems import At, Problem, did_you_mean
from kspec.spec.sections import Fit

_SAVING = ("ModelCheckpoint", "OrbaxCheckpoint")
"""Callbacks that heed their monitor only where they save the best state alone."""

OWN_PARTS = ("images", "texts")
"""Sources whose folders may have a validation part, which is known for sure when they are read."""

_AUTO, _EACH_EPOCH = "auto", "epoch"
_SPELLINGS = {"accuracy": "acc", "acc": "accuracy"}


def check_monitors(
    callbacks: Sequence[ComponentSpec], measured: Mapping[str, Better | None], *, validated: bool
) -> list[Problem]:
    """Return a problem for every callback that watches, or names its files by, a metric that there will not be.

    Args:
        callbacks: The callbacks of a spec.
        measured: The names of all losses and metrics, without `val_`, and whether less or more is better.
        validated: Whether there is validation data.
    """
    known = _known(measured, validated=validated)
    problems = []
    for callback in callbacks:
        watches, names = f"{callback.name} watches", f"{callback.name} names its files by"
        if (monitor := monitored(callback)) is not None:
            given = "monitor" in callback.arguments
            path = (*callback.path, "monitor") if given else callback.path
            at: At = "value" if given else "key"
            if monitor not in known:
                message, hint = _unknown(watches, monitor, "monitor: {}", measured, validated=validated)
                problems.append(Problem("unknown-monitor", path, message, hint, at=at))
            elif known[monitor] is None and _leaves_mode_open(callback):
                message = f"Keras cannot tell whether less or more of `{monitor}` is better"
                hint = f"write `mode: min` or `mode: max` in {callback.name}"
                problems.append(Problem("unknown-direction", path, message, hint, at=at))
        for name in _names_in_file(callback):
            if name not in known:
                message, hint = _unknown(names, name, "{{{}}}", measured, validated=validated)
                problems.append(Problem("unknown-monitor", (*callback.path, "filepath"), message, hint))
    return problems


def settled(
    checker: Checker, callbacks: Sequence[ComponentSpec], measures: Measures, *, validated: bool
) -> tuple[ComponentSpec, ...]:
    """Return the callbacks with what they leave to Keras put in, after noting those that would watch nothing.

    `accuracy` and `acc` are one. `mode` is put in because Keras looks a monitor up among the names that metrics have
    of themselves; those of a model with several outputs are called otherwise in the history.

    Args:
        checker: Where problems go.
        callbacks: The callbacks of a spec.
        measures: What will be measured.
        validated: Whether there is validation data.
    """
    known = _known(measures.better, validated=validated)
    done = tuple(_settled(callback, known) for callback in callbacks)
    if measures.complete:
        checker.problems += check_monitors(done, measures.better, validated=validated)
    return done


def will_validate(fit: Fit, data: DataSpec | None) -> bool:
    """Say whether there may be validation data; where no data is named, it may come."""
    return data is None or says_validation(fit, data) or any(map(_may_validate, (data.source, data.fallback)))


def says_validation(fit: Fit, data: DataSpec) -> bool:
    """Say whether a spec itself says what is validated on."""
    return data.validation_is_test or "validation" in data.parts or fit.validation_split is not None


def _may_validate(source: ComponentSpec | None) -> bool:
    return source is not None and source.name in OWN_PARTS


def monitored(callback: ComponentSpec) -> str | None:
    """Return the name that a callback watches, or None if it heeds none."""
    argument = callback.definition.arguments.get("monitor")
    if argument is None or (callback.name in _SAVING and not callback.arguments.get("save_best_only")):
        return None
    return str(callback.arguments.get("monitor", argument.default))


def _settled(callback: ComponentSpec, known: Mapping[str, Better | None]) -> ComponentSpec:
    monitor = monitored(callback)
    if monitor is None:
        return callback
    more: dict[str, str] = {}
    if monitor not in known and (other := other_spelling(monitor)) in known:
        more["monitor"] = monitor = other
    way = known.get(monitor)
    if way and _leaves_mode_open(callback):
        more["mode"] = way
    return replace(callback, arguments={**callback.arguments, **more}) if more else callback


def _leaves_mode_open(callback: ComponentSpec) -> bool:
    return "mode" in callback.definition.arguments and str(callback.arguments.get("mode", _AUTO)).lower() == _AUTO


def other_spelling(monitor: str) -> str:
    """Return the name with `accuracy` for `acc` at its end, or the other way round."""
    head, line, last = monitor.rpartition("_")
    return f"{head}{line}{_SPELLINGS.get(last, last)}"


def _known(measured: Mapping[str, Better | None], *, validated: bool) -> dict[str, Better | None]:
    watched = {f"{VALIDATION}{name}": way for name, way in measured.items()} if validated else {}
    return {**measured, **watched}


def _unknown(
    what: str, name: str, instead: str, measured: Mapping[str, Better | None], *, validated: bool
) -> tuple[str, str | None]:
    known = list(_known(measured, validated=validated))
    bare = name.removeprefix(VALIDATION)
    if not validated and bare != name and bare in measured:
        hint = f"add `validation_split` under `fit`, or write `{instead.format(bare)}`"
        return f"{what} `{name}`, but there is no validation data", hint
    listed = "there are " + ", ".join(f"`{other}`" for other in known)
    return f"{what} `{name}`, which is not measured", did_you_mean(name, known) or listed


def _names_in_file(callback: ComponentSpec) -> Iterator[str]:
    """Yield the metrics in a name such as `{epoch}-{val_loss:.2f}.keras`, which Keras puts in after an epoch."""
    path = callback.arguments.get("filepath")
    if callback.name != "ModelCheckpoint" or not isinstance(path, str):
        return
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(path) if field is not None]
    except ValueError:
        return
    always = {"epoch", "learning_rate"}
    if callback.arguments.get("save_freq", _EACH_EPOCH) != _EACH_EPOCH:
        always.add("batch")
    for field in fields:
        name = field.partition(".")[0].partition("[")[0]
        if name not in always:
            yield name
