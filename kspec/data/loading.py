"""The sources that a spec names, read: the training, validation and test parts, and where they came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kspec.data.sources import SOURCES, DataError, Fields, Loaded, SourceContext, Stream
from kspec.data.sources.errors import source_problem
from kspec.data.sources.own import own
from kspec.data.values import is_text
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.problems import Problem, SpecError

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".gz": "csv", ".txt": "csv", ".npz": "npz", ".npy": "npy"}
_HOW = ("delimiter", "encoding", "missing")
"""Arguments that say how a file is written, not which one it is."""


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

    train: Fields | Stream
    validation: Fields | Stream | None
    test: Fields | Stream | None
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None
    notice: str = ""

    @property
    def named(self) -> dict[str, Fields | Stream]:
        """The parts that there are, by name."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: fields for name, fields in found.items() if fields is not None}


def load_parts(data: DataSpec, context: SourceContext) -> Parts:
    """Read the sources of a `data` section.

    A source that stands for one part gives its own test part to `validation` and `test`, if it has one, and all its
    rows otherwise.

    Raises:
        SpecError: A source cannot be had, or is not what it should be.
    """
    first, notice = _first(data, context)
    loaded = {part: load_source(source, context) for part, source in data.parts.items() if part != "train"}
    held = {part: item.test or item.train for part, item in loaded.items()}
    test = held.get("test") or first.test
    if data.validation_is_test and test is None:
        message = "there are no test rows to validate with"
        hint = "name a source under `test`, or set rows apart with `fit.validation_split`"
        raise SpecError([Problem("missing-part", (*data.path, "validation"), message, hint)])
    name = "source" if data.source is not None else "train"
    every = {name: first, **loaded}
    return Parts(
        train=first.train,
        validation=test if data.validation_is_test else held.get("validation"),
        test=test,
        origin={part: item.origin for part, item in every.items()},
        fingerprints={part: item.fingerprint for part, item in every.items()},
        labels=first.labels,
        notice=notice,
    )


def load_source(source: ComponentSpec, context: SourceContext) -> Loaded:
    """Read one source.

    Raises:
        SpecError: It cannot be had, or is not what it should be; the problem stands at the argument it is about.
    """
    try:
        return _call(source, context)
    except DataError as error:
        raise SpecError([source_problem(source, error)]) from error


def read_file(
    path: Path, *, context: SourceContext, text: Collection[str] = (), like: ComponentSpec | None = None
) -> Loaded:
    """Read a data file by its ending, as `predict` and `evaluate --data` do.

    Args:
        path: The file.
        context: What sources may know.
        text: Fields that are text, even if these rows make them look like numbers.
        like: Source of the training rows: a file of the same kind is read as it was, with its delimiter and encoding.

    Raises:
        DataError: The ending is not known, or the file is not what it should be.
    """
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise DataError(f"`{path}` has an ending that is not known", hint="CSV, NPZ and NPY files can be read")
    if kind == "npy":
        return SOURCES["npy"](context, x=str(path))
    given = like.arguments if like is not None and like.name == kind else {}
    how = {name: value for name, value in given.items() if name in _HOW}
    loaded = SOURCES[kind](context, path=str(path), **how)
    head = loaded.train.head if isinstance(loaded.train, Stream) else loaded.train
    unlike = [name for name in text if name in head and not is_text(head[name])]
    if not unlike or kind != "csv":
        return loaded
    return SOURCES["csv"](context, path=str(path), text=unlike, **how)


def _first(data: DataSpec, context: SourceContext) -> tuple[Loaded, str]:
    """Return what the training rows come from, and what must be said of it."""
    source = data.source or data.parts["train"]
    try:
        return _call(source, context), ""
    except DataError as error:
        if error.unavailable and data.fallback:
            notice = f"`{source.name}` cannot be had here: `{data.fallback.name}` takes its place"
            return load_source(data.fallback, context), notice
        raise SpecError([source_problem(source, error, may_fall_back=data.source is not None)]) from error


def _call(source: ComponentSpec, context: SourceContext) -> Loaded:
    arguments: dict[str, Any] = dict(source.arguments)
    if source.definition.function:
        return own(source.definition, context, arguments)
    return SOURCES[source.name](context, **arguments)
