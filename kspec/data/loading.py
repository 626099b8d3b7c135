"""The sources that a spec names, read: the training, validation and test parts, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kspec.data.sources import SOURCES, DataError, Fields, Loaded, SourceContext
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.problems import Problem, SpecError


@dataclass(frozen=True, slots=True)
class Parts:
    """The data of a spec, as read.

    Args:
        train: Training rows; all rows, where validation rows are still to be split off.
        validation: Validation rows that have a source of their own, or None.
        test: Test rows, or None.
        origin: Where each part came from, for a human reader.
        fingerprints: SHA-256 of each source.
        labels: Class names that the source knows, or None.
        notice: What must be said loudly: that a fallback took the source's place; empty otherwise.
    """

    train: Fields
    validation: Fields | None
    test: Fields | None
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None
    notice: str = ""


def load_parts(data: DataSpec, context: SourceContext) -> Parts:
    """Read the sources of a `data` section.

    Raises:
        SpecError: A source cannot be had, or is not what it should be.
    """
    if data.source is not None:
        return _load_one(data, data.source, context)
    loaded = {part: load_source(source, context) for part, source in data.parts.items()}
    train = loaded["train"]
    validation, test = loaded.get("validation"), loaded.get("test")
    return Parts(
        train=train.train,
        validation=validation.train if validation else None,
        test=test.train if test else train.test,
        origin={part: item.origin for part, item in loaded.items()},
        fingerprints={part: item.fingerprint for part, item in loaded.items()},
        labels=train.labels,
    )


def load_source(source: ComponentSpec, context: SourceContext) -> Loaded:
    """Read one source.

    Raises:
        SpecError: It cannot be had, or is not what it should be; the problem stands at the argument it is about.
    """
    try:
        return _call(source, context)
    except DataError as error:
        raise SpecError([_problem(source, error)]) from error


def read_file(path: Path, *, context: SourceContext) -> Loaded:
    """Read a data file by its ending, as `predict` and `evaluate --data` do.

    Raises:
        DataError: The ending is not known, or the file is not what it should be.
    """
    endings = {".csv": "csv", ".tsv": "csv", ".gz": "csv", ".txt": "csv", ".npz": "npz", ".npy": "npy"}
    kind = endings.get(path.suffix.lower())
    if kind is None:
        raise DataError(f"`{path}` has an ending that is not known", hint="CSV, NPZ and NPY files can be read")
    if kind == "npy":
        return SOURCES["npy"](context, x=str(path))
    return SOURCES[kind](context, path=str(path))


def _load_one(data: DataSpec, source: ComponentSpec, context: SourceContext) -> Parts:
    notice = ""
    try:
        loaded = _call(source, context)
    except DataError as error:
        if not (error.unavailable and data.fallback):
            hint = error.hint
            if error.unavailable and not data.fallback:
                hint = f"{hint + ', or ' if hint else ''}name a `fallback` beside `source`"
            raise SpecError([_problem(source, error, hint)]) from error
        loaded = load_source(data.fallback, context)
        notice = f"`{source.name}` cannot be had here ({error.message}): `{data.fallback.name}` takes its place"
    return Parts(
        train=loaded.train,
        validation=loaded.test if data.validation_is_test else None,
        test=loaded.test,
        origin={"source": loaded.origin},
        fingerprints={"source": loaded.fingerprint},
        labels=loaded.labels,
        notice=notice,
    )


def _call(source: ComponentSpec, context: SourceContext) -> Loaded:
    arguments: dict[str, Any] = dict(source.arguments)
    return SOURCES[source.name](context, **arguments)


def _problem(source: ComponentSpec, error: DataError, hint: str | None = None) -> Problem:
    path = (*source.path, error.argument) if error.argument and error.argument in source.arguments else source.path
    code = "source-unavailable" if error.unavailable else "bad-data"
    return Problem(code, path, error.message, hint or error.hint, at="value" if path != source.path else "key")
