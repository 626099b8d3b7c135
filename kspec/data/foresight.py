"""What the data of a spec will hold, told without reading it: files that are missing, and fields that are not there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from kspec.data.choice import named_inputs, target_fields, unknown_field, unknown_fields, weight_fields
from kspec.data.sources.csv_head import csv_fields
from kspec.data.sources.errors import DataError, source_problem
from kspec.data.sources.folder_heads import has_validation, image_fields, text_fields
from kspec.data.sources.jsonl_head import jsonl_fields
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.measures import measures_of
from kspec.spec.monitors import OWN_PARTS, check_monitors, says_validation
from kspec.spec.problems import Problem, SpecError
from kspec.spec.sections import Fit
from kspec.spec.spec import Spec

Fields = Collection[str]

_X_AND_Y = ("cifar10", "cifar100", "digits", "fashion_mnist", "imdb", "mnist", "reuters", "california_housing")
"""Sources whose fields are `x` and `y` and nothing else."""


def foresee(spec: Spec, folder: Path) -> list[Problem]:
    """Return what is wrong between a spec and its data, as far as names of files and of fields show it.

    Args:
        spec: The spec.
        folder: Folder that relative paths start from.
    """
    data = spec.data
    if data is None:
        return []
    problems = _of_all_parts(data, folder, lambda fields, training: _missing(spec, data, fields, training=training))
    return problems or _unvalidated(spec, data, folder)


def foresee_readable(data: DataSpec, fit: Fit | None, folder: Path, told: Iterable[Problem]) -> list[Problem]:
    """Return what is wrong between the data of a spec and its files where something else in the spec is wrong, too.

    Only files and fields that the spec names are looked for: what stands in their place where it names none depends on
    what is wrong.

    Args:
        data: The `data` section, as far as it could be read.
        fit: The `fit` section, or None.
        folder: Folder that relative paths start from.
        told: What has been found wrong.
    """
    wrong = {problem.path for problem in told}
    above = {path[:length] for path in wrong for length in range(len(path) + 1)}
    sources = [data.source, data.fallback, *data.parts.values()]
    if any(source is not None and (source.path in above or _is_left_empty(source)) for source in sources):
        return []
    named = [item for item in (data.inputs, data.targets) if item is not None]

    def missing(fields: Fields, training: bool) -> list[Problem]:
        weights = [data.sample_weight] if training and data.sample_weight is not None else []
        listed = [[item] if isinstance(item, FieldSpec) else item.values() for item in (*named, *weights)]
        found = [problem for items in listed for field in items for problem in unknown_fields(fields, field)]
        return found + (_missing_in_fit(fit, fields) if training and fit else [])

    return [problem for problem in _of_all_parts(data, folder, missing) if problem.path not in wrong]


def _is_left_empty(source: ComponentSpec) -> bool:
    """Say whether an argument lacks a value that it must have, as where a constant or an alias is wrong."""
    required = set(source.definition.required)
    return any(
        value is None or (isinstance(value, list | tuple) and None in value)
        for name, value in source.arguments.items()
        if name in required
    )


def _of_all_parts(data: DataSpec, folder: Path, missing: Callable[[Fields, bool], list[Problem]]) -> list[Problem]:
    """Return what is wrong with the sources of all parts.

    Args:
        data: The `data` section.
        folder: Folder that relative paths start from.
        missing: Returns a problem for each field that is not there, of a part to train on or of another.
    """
    sources = dict(data.parts) if data.source is None else {"source": data.source}
    problems: list[Problem] = []
    for part, source in sources.items():
        try:
            fields = _fields(source, data, folder)
        except SpecError as error:
            problems += error.problems
            continue
        if fields is not None:
            problems += missing(fields, part in ("source", "train"))
    told: dict[tuple[str, str], Problem] = {}
    for problem in problems:  # what is missing in every part is told of the first
        told.setdefault((problem.code, problem.message), problem)
    return list(told.values())


def _fields(source: ComponentSpec, data: DataSpec, folder: Path) -> Fields | None:
    """Return the names of the fields that a source will give, or its fallback; None where only reading it tells.

    Raises:
        SpecError: A file is missing, or is not what the spec says.
    """
    try:
        return _named(source, folder)
    except DataError as error:
        first = source is data.source
        if error.unavailable and first and data.fallback is not None:
            return _fields(data.fallback, data, folder)
        raise SpecError([source_problem(source, error, may_fall_back=first)]) from error


def _named(source: ComponentSpec, folder: Path) -> Fields | None:
    """Return the names of the fields that one source will give; None where only reading it tells.

    Raises:
        DataError: A file is missing, or is not what the spec says.
    """
    if source.name in _X_AND_Y and not source.arguments.get("path"):
        return ("x", "y")
    if source.name == "random":
        return [name for name in source.arguments if name not in source.definition.arguments]
    if source.name not in _FILES:
        return None
    try:
        return _FILES[source.name](folder, source)
    except DataError as error:
        error.source = error.source or source
        raise


def _missing(spec: Spec, data: DataSpec, fields: Fields, *, training: bool) -> list[Problem]:
    """Return a problem for each field that is named and is not there."""
    problems: list[Problem] = []
    wanted: list[FieldSpec] = []
    try:
        wanted += target_fields(spec, data, fields).values()
    except SpecError as error:
        problems += error.problems
    try:
        wanted += (named_inputs(spec, data, fields) or {}).values()
    except SpecError as error:
        problems += error.problems
    if training:
        wanted += weight_fields(data, spec.graph.outputs).values()
        problems += _missing_in_fit(spec.fit, fields)
    return problems + [problem for field in wanted for problem in unknown_fields(fields, field)]


def _unvalidated(spec: Spec, data: DataSpec, folder: Path) -> list[Problem]:
    """Return a problem for each callback that watches validation rows where the folder of the data has none."""
    source = data.source
    if source is None or data.fallback is not None or source.name not in OWN_PARTS or spec.compile is None:
        return []
    measures = measures_of(spec.compile, list(spec.graph.outputs))
    if says_validation(spec.fit, data) or not measures.complete:
        return []
    if has_validation(folder, source.name, source.arguments["path"]):
        return []
    return check_monitors(spec.callbacks, measures.better, validated=False)


def _missing_in_fit(fit: Fit, fields: Fields) -> list[Problem]:
    """Return a problem for each field that is not there, and that rows are parted or weighed by."""
    problems: list[Problem] = []
    for key in ("stratify", "group", "time"):
        if (name := getattr(fit.validation_split, key, None)) is not None and name not in fields:
            problems.append(unknown_field(fields, name, ("fit", "validation_split", key)))
    for number, rule in enumerate(fit.sample_weight):
        path = ("fit", "sample_weight", number, "when")
        problems += [unknown_field(fields, name, (*path, name)) for name in rule.when if name not in fields]
    return problems


def _csv(folder: Path, source: ComponentSpec) -> Fields | None:
    return csv_fields(folder, **source.arguments)


def _npz(folder: Path, source: ComponentSpec) -> Fields | None:
    from kspec.data.sources.numpy_files import npz_fields  # NumPy itself reads these heads

    return npz_fields(folder, **source.arguments)


def _npy(folder: Path, source: ComponentSpec) -> Fields | None:
    from kspec.data.sources.numpy_files import npy_fields

    return npy_fields(folder, **source.arguments)


def _images(folder: Path, source: ComponentSpec) -> Fields:
    return image_fields(folder, **source.arguments)


def _texts(folder: Path, source: ComponentSpec) -> Fields:
    return text_fields(folder, **source.arguments)


def _parquet(folder: Path, source: ComponentSpec) -> Fields | None:
    from kspec.data.sources.parquet_head import parquet_fields  # Arrow reads these heads

    return parquet_fields(folder, **source.arguments)


def _jsonl(folder: Path, source: ComponentSpec) -> Fields | None:
    return jsonl_fields(folder, **source.arguments)


def _tfrecord(folder: Path, source: ComponentSpec) -> Fields | None:
    from kspec.data.sources.tfrecord_file import tfrecord_fields  # NumPy knows the types of these

    return tfrecord_fields(folder, **source.arguments)


def _windows(folder: Path, source: ComponentSpec) -> Fields | None:
    from kspec.data.sources.windows_settings import windows_fields

    inner, arguments = source.arguments.get("source"), dict(source.arguments)
    known = _named(inner, folder) if isinstance(inner, ComponentSpec) else None
    return windows_fields(known, **{**arguments, "source": None})


_FILES: Mapping[str, Callable[[Path, ComponentSpec], Fields | None]] = {
    "csv": _csv, "images": _images, "jsonl": _jsonl, "npy": _npy, "npz": _npz, "parquet": _parquet,
    "texts": _texts, "tfrecord": _tfrecord, "windows": _windows,
}  # fmt: skip
"""Sources that read files, and how the names of their fields are told from the files' heads."""
