"""Arrays in NumPy's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kspec.data.sources.archive import Header, check_headers, map_array, plain_text, read_arrays, read_headers
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.files import find_file, fingerprint_files
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.numpy_streams import fits, mapped, stream_of_archive, stream_of_arrays
from kspec.data.sources.stream import Stream
from kspec.spec.problems import did_you_mean


def npz(context: SourceContext, *, path: str, fields: Sequence[str] | Mapping[str, str] | None = None) -> Loaded:
    """The arrays of a NumPy archive, each a field.

    An archive whose arrays are called `x_train`, `y_train`, `x_test`, `y_test` has a train and a test part, with fields
    `x` and `y`; so it is with any names that end in `_train` and `_test` in pairs.

    Args:
        path: String. The file, relative to the spec.
        fields: List of strings, the arrays to read, or mapping from field name to array name. All arrays if left out.

    Returns:
        One array of shape `(rows, ...)` for each field.

    Raises:
        DataError: If the file is missing or not whole, or an array is missing or holds Python objects.
    """
    file = find_file(path, folder=context.folder)
    headers = read_headers(file)
    chosen = _chosen(fields, tuple(headers), file)
    train_names, test_names = _parts(chosen) if fields is None else (chosen, {})
    names = [*train_names.values(), *test_names.values()]
    check_headers(file, headers, names)
    read = _held if fits([headers[name] for name in names], context.memory) else _streamed
    return Loaded(
        train=read(file, headers, train_names),
        test=read(file, headers, test_names) if test_names else None,
        origin=str(file),
        fingerprint=fingerprint_files([file]),
        paths=(file,),
    )


def npy(context: SourceContext, **fields: str) -> Loaded:
    """Arrays in `.npy` files, one file for each field.

    Args:
        **fields: String for each field. The file, relative to the spec.

    Returns:
        One array of shape `(rows, ...)` for each field.

    Raises:
        DataError: If a file is missing, not whole, or holds Python objects, or the arrays differ in their rows.
    """
    if not fields:
        raise DataError("no field is named", hint="such as `npy: {x: x.npy, y: y.npy}`")
    files = {name: find_file(path, folder=context.folder, argument=name) for name, path in fields.items()}
    mapped = {name: map_array(file, argument=name) for name, file in files.items()}
    paths = tuple(dict.fromkeys(files.values()))
    held = fits(list(mapped.values()), context.memory)
    return Loaded(
        train=_in_memory(mapped, context.limit) if held else stream_of_arrays(mapped),
        test=None,
        origin=", ".join(str(path) for path in paths),
        fingerprint=fingerprint_files(files.values()),
        paths=paths,
    )


def npz_fields(folder: Path, *, path: str, fields: Sequence[str] | Mapping[str, str] | None = None) -> list[str]:
    """Return the names of the fields that `npz` will give, reading no values.

    Raises:
        DataError: If the file is missing or not whole, or has no such array.
    """
    file = find_file(path, folder=folder)
    chosen = _chosen(fields, tuple(read_headers(file)), file)
    return list(_parts(chosen)[0] if fields is None else chosen)


def npy_fields(folder: Path, **fields: str) -> list[str]:
    """Return the names of the fields that `npy` will give.

    Raises:
        DataError: If a file is missing.
    """
    for name, path in fields.items():
        find_file(path, folder=folder, argument=name)
    return list(fields)


def _chosen(fields: Sequence[str] | Mapping[str, str] | None, found: Sequence[str], file: Path) -> dict[str, str]:
    """Return the array for each field name."""
    if fields is None:
        return {name: name for name in found}
    chosen = dict(fields) if isinstance(fields, Mapping) else {name: name for name in fields}
    for name in chosen.values():
        if name not in found:
            hint = did_you_mean(name, found) or f"it has {', '.join(found)}"
            raise DataError(f"`{file}` has no array `{name}`", hint=hint, argument="fields")
    return chosen


def _parts(arrays: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    train = {name.removesuffix("_train"): name for name in arrays if name.endswith("_train")}
    test = {name.removesuffix("_test"): name for name in arrays if name.endswith("_test")}
    in_pairs = train.keys() == test.keys() and len(train) + len(test) == len(arrays)
    return (train, test) if in_pairs else (dict(arrays), {})


def _in_memory(mapped: Mapping[str, Array], limit: int | None) -> Fields:
    first = {name: array if limit is None or not array.ndim else array[:limit] for name, array in mapped.items()}
    return Fields({name: plain_text(np.array(array)) for name, array in first.items()})


def _held(file: Path, headers: Mapping[str, Header], names: Mapping[str, str]) -> Fields:
    arrays = read_arrays(file, names.values())
    try:
        return Fields({field: plain_text(arrays[name]) for field, name in names.items()})
    except DataError as error:
        raise DataError(f"`{file}`: {error.message}", argument="path") from error


def _streamed(file: Path, headers: Mapping[str, Header], names: Mapping[str, str]) -> Fields | Stream:
    chosen = {field: headers[name] for field, name in names.items()}
    if all(header.place is not None for header in chosen.values()):
        try:
            return stream_of_arrays({field: mapped(file, header) for field, header in chosen.items()})
        except DataError as error:
            raise DataError(f"`{file}`: {error.message}", argument="path") from error
    return stream_of_archive(file, chosen, names)
