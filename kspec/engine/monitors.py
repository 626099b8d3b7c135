"""What callbacks monitor, held against the metrics that there will be: Keras itself would only warn and do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kspec.runs.history import VALIDATION
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import At, Problem, did_you_mean


def check_monitors(callbacks: Sequence[ComponentSpec], metrics: Iterable[str], *, validated: bool) -> list[Problem]:
    """Return a problem for every callback that watches a metric that there will not be.

    Args:
        callbacks: The callbacks of a spec.
        metrics: Names of the model's metrics, without `val_`.
        validated: Whether there is validation data.
    """
    names = list(metrics)
    known = [*names, *(f"{VALIDATION}{name}" for name in names)] if validated else names
    problems = []
    for callback in callbacks:
        argument = callback.definition.arguments.get("monitor")
        if argument is None or (callback.name in _SAVING and not callback.arguments.get("save_best_only")):
            continue
        monitor = str(callback.arguments.get("monitor", argument.default))
        if monitor in known:
            continue
        path = (*callback.path, "monitor") if "monitor" in callback.arguments else callback.path
        if not validated and monitor.startswith(VALIDATION) and monitor.removeprefix(VALIDATION) in names:
            message = f"{callback.name} watches `{monitor}`, but there is no validation data"
            hint = f"add `validation_split` under `fit`, or write `monitor: {monitor.removeprefix(VALIDATION)}`"
        else:
            message = f"{callback.name} watches `{monitor}`, which is not measured"
            hint = did_you_mean(monitor, known) or "there are " + ", ".join(f"`{name}`" for name in known)
        at: At = "value" if "monitor" in callback.arguments else "key"
        problems.append(Problem("unknown-monitor", path, message, hint, at=at))
    return problems


_SAVING = ("ModelCheckpoint", "OrbaxCheckpoint")
"""Callbacks that heed their monitor only where they save the best state alone."""
