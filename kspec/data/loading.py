"""The sources that a spec names, read: the training, validation and test parts, and where they came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kspec.data.sources import SOURCES, DataError, Fields, Loaded, SourceContext, Stream
from kspec.data.sources.errors import source_problem
from kspec.data.sources.folder_heads import is_table
from kspec.data.sources.folder_search import IMAGES, TEXTS
from kspec.data.sources.own import own
from kspec.data.values import is_text
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.problems import Problem, SpecError

_ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".gz": "csv", ".txt": "csv", ".npz": "npz", ".npy": "npy", ".parquet": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".tfrecord": "tfrecord", ".tfrecords": "tfrecord",
}  # fmt: skip
_TABLES = ("csv", "parquet", "jsonl")
_FILES = {"images": IMAGES.endings, "texts": TEXTS.endings}
"""Endings of files that such a source reads, whatever they are to others."""

_HOW = {
    "csv": ("delimiter", "encoding", "missing"),
    "images": (
        "size", "color_mode", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "labels", "file",
    ),
    "texts": ("encoding", "labels"),
    "tfrecord": ("features", "compression"),
}  # fmt: skip
"""Arguments of a source that say how its files are to be read, not which ones they are."""


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
        notices: What else the user must not miss of what was read.
    """

    train: Fields | Stream
    validation: Fields | Stream | None
    test: Fields | Stream | None
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None
    notice: str = ""
    notices: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, Fields | Stream]:
        """The parts that there are, by name."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: fields for name, fields in found.items() if fields is not None}


def load_parts(data: DataSpec, context: SourceContext) -> Parts:
    """Read the sources of a `data` section.

    A source that stands for one part gives its own rows of that part, if it has any, its test rows to `validation`,
    too, and all its rows otherwise.

    Raises:
        SpecError: A source cannot be had, or is not what it should be.
    """
    first, notice = _first(data, context)
    loaded = {part: load_source(source, context) for part, source in data.parts.items() if part != "train"}
    held = {part: _part(item, part) for part, item in loaded.items()}
    test = held.get("test") or first.test
    if data.validation_is_test and test is None:
        message = "there are no test rows to validate with"
        hint = "name a source under `test`, or set rows apart with `fit.validation_split`"
        raise SpecError([Problem("missing-part", (*data.path, "validation"), message, hint)])
    name = "source" if data.source is not None else "train"
    every = {name: first, **loaded}
    validation = held.get("validation") or first.validation
    return Parts(
        train=first.train,
        validation=test if data.validation_is_test else validation,
        test=test,
        origin={part: item.origin for part, item in every.items()},
        fingerprints={part: item.fingerprint for part, item in every.items()},
        labels=first.labels,
        notice=notice,
        notices=tuple(dict.fromkeys(said for item in every.values() for said in item.notices)),
    )


def _part(loaded: Loaded, part: str) -> Fields | Stream:
    own = loaded.validation if part == "validation" else None
    return own or loaded.test or loaded.train


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
    """Read a data file by its ending, or a folder, as `predict` and `evaluate --data` do.

    Args:
        path: The file; or, for a run that was trained on images or texts, a folder of them, of class folders or flat.
        context: What sources may know.
        text: Fields that are text, even if these rows make them look like numbers.
        like: Source of the training rows: a file of the same kind is read as it was, with its delimiter and encoding,
            images in their size and colours.

    Raises:
        DataError: The ending is not known, or the file is not what it should be.
    """
    if like is not None and like.name == "windows":
        return _windows(read_file(path, context=context, text=text, like=like.arguments.get("source")), context, like)
    kind = _kind(path, like)
    if kind == "npy":
        return SOURCES["npy"](context, x=str(path))
    given = like.arguments if like is not None and like.name == kind else {}
    how = {name: value for name, value in given.items() if name in _HOW.get(kind, ())}
    loaded = SOURCES[kind](replace(context, given=True), path=str(path), **how)
    head = loaded.train.head if isinstance(loaded.train, Stream) else loaded.train
    unlike = [name for name in text if name in head and not is_text(head[name])]
    if not unlike or kind not in _TABLES:
        return loaded
    return SOURCES[kind](context, path=str(path), text=unlike, **how)


def _windows(found: Loaded, context: SourceContext, like: ComponentSpec) -> Loaded:
    """Return windows over rows as training had them; where what is to be told is not in the rows, without it."""
    arguments = {name: value for name, value in like.arguments.items() if name not in ("source", "rows")}
    target = arguments.get("target")
    named = [target] if isinstance(target, str) else list(target or ())
    if any(name not in found.train for name in named):
        del arguments["target"]
    return SOURCES["windows"](context, source=found, **arguments)


def _kind(path: Path, like: ComponentSpec | None) -> str:
    """Return the name of the source that reads a file or a folder.

    Raises:
        DataError: None does.
    """
    trained = like.name if like is not None else ""
    ending = path.suffix.lower()
    if trained in _FILES and (path.is_dir() or ending in _FILES[trained] or (trained == "images" and is_table(path))):
        return trained
    if path.is_dir():
        was = f", and this run was trained on `{trained}`" if trained else ""
        raise DataError(f"`{path}` is a folder{was}", hint="name a file in it")
    packed = ending == ".gz" and path.with_suffix("").suffix.lower()
    if packed and _ENDINGS.get(packed) == "jsonl":
        return "jsonl"
    if ending not in _ENDINGS:
        hint = "CSV, Parquet, JSON Lines, TFRecord, NPZ and NPY files can be read"
        raise DataError(f"`{path}` has an ending that is not known", hint=hint)
    return _ENDINGS[ending]


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
    arguments = {name: _argument(value, context) for name, value in source.arguments.items()}
    if source.definition.function:
        return own(source.definition, context, arguments)
    return SOURCES[source.name](context, **arguments)


def _argument(value: Any, context: SourceContext) -> Any:
    """Return an argument of a source: another source is read, its rows left where they are until they are wanted."""
    if not isinstance(value, ComponentSpec):
        return value
    try:
        return _call(value, replace(context, memory=0, limit=None))
    except DataError as error:
        error.source = error.source or value
        raise
