"""Callbacks of a spec as Keras objects: for training, and those that have something to do in judging and predicting."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import keras

from kspec.engine.building.instantiate import instantiate
from kspec.engine.keeping.checkpoint import State
from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.spec.components import ComponentSpec
from kspec.spec.run_names import written_path

_HOOKS = {
    kind: [f"on_{kind}_{when}" for when in ("begin", "end", "batch_begin", "batch_end")] for kind in ("test", "predict")
}
_LEFT_OUT = ("SwapEMAWeights",)
"""Callbacks that have nothing left to do: the saved weights are the averaged ones already."""


def callbacks_with_hooks(
    components: Iterable[ComponentSpec], folder: RunFolder, kind: Literal["test", "predict"]
) -> list[keras.callbacks.Callback]:
    """Return the callbacks that do something in `evaluate` (`test`) or in `predict`; most of Keras' do nothing there.

    Args:
        components: The callbacks of a spec.
        folder: The run folder, in which they write.
        kind: What the model is about to do.
    """
    wanted = [component for component in components if component.name not in _LEFT_OUT and _acts(component, kind)]
    return [make_callback(component, folder) for component in wanted]


def _acts(component: ComponentSpec, kind: str) -> bool:
    """Say whether the class of a callback has a hook of its own; it is not made for that, which might touch files."""
    made = getattr(importlib.import_module(component.definition.module), component.definition.attribute)
    return any(getattr(made, hook) is not getattr(keras.callbacks.Callback, hook) for hook in _HOOKS[kind])


def make_callback(
    component: ComponentSpec, folder: RunFolder | None, *, state: State | None = None, number: int = 0
) -> keras.callbacks.Callback:
    """Build a callback, what it writes led into the run folder; that of a run that goes on does not start anew.

    Args:
        component: The callback.
        folder: The run folder; None where it is built only to see whether Keras takes it.
        state: Where a run goes on, or None.
        number: Place of the callback in the spec.
    """
    if folder is None:
        return instantiate(component)
    arguments: dict[str, Any] = dict(component.arguments)
    for name, argument in component.definition.arguments.items():
        given = arguments.get(name, argument.default)
        if argument.writes and isinstance(given, str):
            path = folder.path / written_path(given)
            path.parent.mkdir(parents=True, exist_ok=True)
            arguments[name] = str(path)
    if state is not None and component.name == "CSVLogger":
        arguments["append"] = True
        if (text := state.text_of(number)) is not None:
            atomic.write_text(Path(arguments["filename"]), text)
    if state is not None and component.name == "BackupAndRestore":
        # The checkpoint of the run itself has been restored, and Keras' would move the epoch on.
        shutil.rmtree(arguments["backup_dir"], ignore_errors=True)
        return keras.callbacks.Callback()
    if component.name == "LearningRateScheduler" and isinstance(arguments.get("schedule"), ComponentSpec):
        return _scheduler(arguments)
    return instantiate(replace(component, arguments=arguments))


def _scheduler(arguments: dict[str, Any]) -> keras.callbacks.Callback:
    """Build a LearningRateScheduler of a schedule, which gives tensors where the callback wants floats."""
    wanted = arguments.pop("schedule")
    schedule = instantiate(wanted)
    if wanted.definition.function:
        return keras.callbacks.LearningRateScheduler(schedule, **arguments)
    return keras.callbacks.LearningRateScheduler(
        lambda epoch, rate=None: float(keras.ops.convert_to_numpy(schedule(epoch))), **arguments
    )
