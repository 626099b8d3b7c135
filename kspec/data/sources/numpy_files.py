"""Arrays in NumPy's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kspec.data.sources.archive import plain_text, read_array, read_arrays, read_headers
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.files import find_file, fingerprint_files
from kspec.data.sources.loaded import Loaded, SourceContext
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
    found = tuple(read_headers(file))
    chosen = _chosen(fields, found, file)
    train_names, test_names = _parts(chosen) if fields is None else (chosen, {})
    arrays = read_arrays(file, [*train_names.values(), *test_names.values()])
    return Loaded(
        train=_as_fields(arrays, train_names, file),
        test=_as_fields(arrays, test_names, file) if test_names else None,
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
    arrays = {name: plain_text(read_array(file, limit=context.limit, argument=name)) for name, file in files.items()}
    paths = tuple(dict.fromkeys(files.values()))
    return Loaded(
        train=Fields(arrays),
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


def _as_fields(arrays: Mapping[str, Array], names: Mapping[str, str], file: Path) -> Fields:
    try:
        return Fields({field: plain_text(arrays[name]) for field, name in names.items()})
    except DataError as error:
        raise DataError(f"`{file}`: {error.message}", argument="path") from error
