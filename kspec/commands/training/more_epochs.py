"""What more epochs for a run do not change: schedules that were made for the number it was to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kspec.commands.opening import OpenedRun
from kspec.spec.changes import used_names
from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.problems import Problem
from kspec.spec.reading import read_document
from kspec.spec.spec import Spec

_ENDING = ("CosineDecay", "PolynomialDecay")
"""Schedules that come to an end: their rate stays the same from then on."""


def totals_fixed(found: OpenedRun) -> tuple[Problem, ...]:
    """Return warnings for a run that is to have another number of epochs than it was begun with.

    Each is about a schedule that would be another had the run been begun with that number, or that has come to its end.
    """
    manifest, spec = found.manifest, found.spec
    if spec.fit.epochs == manifest.epochs:
        return ()
    documents = [read_document(path) for path in (found.folder.spec, *map(Path, manifest.bases)) if path.is_file()]
    problems = [*_computed(documents, spec.fit.epochs), *_ended(found)]
    return tuple(found.opened.document.place(problems))


def _computed(documents: list[Document], epochs: int) -> Iterator[Problem]:
    """Yield a warning for each value that was computed from the constant that gives the number of epochs."""
    contents = [content for document in documents if isinstance(content := document.data(), Mapping)]
    constants: dict[str, Any] = {}
    for content in reversed(contents):
        constants |= content.get("vars") or {}
    fit: Mapping[str, Any] = next(
        (content["fit"] for content in contents if isinstance(content.get("fit"), Mapping)), {}
    )
    totals = used_names(fit.get("epochs"), constants)
    for content in contents:
        for section in ("compile", "callbacks"):
            for path in _using(content.get(section), totals, constants, (section,)):
                name = ".".join(map(str, path))
                message = f"`{name}` was computed for as many epochs as this run was to have, and stays so"
                hint = f"a run begun with {epochs} would have another value there"
                yield Problem("fixed-total", path, message, hint, severity="warning")


def _using(
    value: Any, names: set[str], constants: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str) and names & used_names(value, constants):
        yield path
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _using(item, names, constants, (*path, key))


def _ended(found: OpenedRun) -> Iterator[Problem]:
    """Yield a warning for each schedule of the optimizer's that has come to its end."""
    spec, manifest = found.spec, found.manifest
    rows = manifest.data.get("rows", {}).get("train", 0)
    steps = -(-rows // spec.fit.batch_size)
    steps = min(steps, spec.fit.steps_per_epoch or steps)
    for schedule in _schedules(spec):
        if schedule.name not in _ENDING or schedule.arguments.get("cycle"):
            continue
        numbers = [schedule.arguments.get(name) or 0 for name in ("decay_steps", "warmup_steps")]
        end = sum(number for number in numbers if isinstance(number, int | float))
        if steps and end <= manifest.epochs_done * steps:
            message = f"{schedule.name} has come to its end at step {end:,}, in epoch {-(-int(end) // steps)}"
            yield Problem("schedule-ended", schedule.path, message, "the learning rate stays as it is",
                          severity="warning", at="key")  # fmt: skip


def _schedules(spec: Spec) -> Iterator[ComponentSpec]:
    optimizer = spec.compile.optimizer if spec.compile else None
    if isinstance(optimizer, ComponentSpec):
        yield from (value for value in optimizer.arguments.values() if isinstance(value, ComponentSpec))
