"""Rows that a command is given: a file, or arrays, read as the rows of training were."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.catalogue import Catalogue
from kspec.commands.opening import OpenedSpec
from kspec.data.sources.files import matches
from kspec.runs.folder import RunFolder
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataReader
from kspec.spec.problems import Problem, SpecError, did_you_mean_file
from kspec.spec.reading import STANDARD_INPUT, read_text

if TYPE_CHECKING:
    from kspec.data.plan import Plan
    from kspec.data.sources import Fields, Stream


def check_rows(rows: str | Path, known: Catalogue, *, once: bool = True) -> None:
    """Refuse rows that cannot be had, before TensorFlow is started for them.

    Args:
        rows: A file, a folder or a pattern of files; `-` for standard input; or a source as a spec writes it, such as
            `digits` or `{csv: rows.csv}`.
        known: What a source may be.
        once: Whether they are read but once, so that standard input will do.

    Raises:
        SpecError: It is no source, and there is no such file; or it is a run.
    """
    path = Path(rows)
    if str(rows) == STANDARD_INPUT and not once:
        message = "rows to judge by do not come through a pipe: they are read more than once"
        raise SpecError([Problem("not-a-file", (), message, "name a file")])
    if path.is_dir() and RunFolder(path).exists():
        hint = "name the file to predict after the run"
        raise SpecError([Problem("not-a-file", (), f"`{path}` is a run", hint)])
    if str(rows) == STANDARD_INPUT or path.exists() or written_source(str(rows), known) is not None:
        return
    if is_pattern(str(rows)):
        if not matching(str(rows)):
            raise SpecError([Problem("not-found", (), f"no file matches `{rows}`")])
        return
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise SpecError([Problem("not-found", (), f"there is no file `{path}`", did_you_mean_file(path.name, beside))])


def is_pattern(text: str) -> bool:
    """Say whether a text is a pattern of files such as `data/*.csv`, and no file of that name."""
    return glob.has_magic(text) and not Path(text).exists()


def matching(pattern: str) -> list[Path]:
    """Return the files that a pattern matches, sorted by name.

    Raises:
        SpecError: It is not a pattern.
    """
    try:
        return sorted(path for path in matches(pattern, Path()) if path.is_file())
    except ValueError as error:
        raise SpecError([Problem("not-found", (), f"`{pattern}` is not a pattern of files: {error}")]) from error


def rows_name(rows: str | Path, known: Catalogue) -> str:
    """Return what files about some rows are named after: the file of the rows without its endings, or their source."""
    if str(rows) == STANDARD_INPUT:
        return "stdin"
    if not Path(rows).exists() and (source := written_source(str(rows), known)) is not None:
        return source.name
    name = Path(rows).name.split(".")[0]
    return "".join(letter for letter in name if letter not in "*?[]").strip("-_") or "rows"


def written_source(text: str, known: Catalogue, origin: str = "--data") -> ComponentSpec | None:
    """Return the source that a text is in the language of specs, or None if it is none, such as a file's name.

    Args:
        text: The text.
        known: What a source may be.
        origin: What problems call the place that it comes from.

    Raises:
        SpecError: It is written like a source, and is wrong.
    """
    if not text.startswith("{") and known.component("sources", text) is None:
        return None
    document = read_text(origin, text)
    checker = Checker(document.problems)
    source = DataReader(ComponentReader(known, checker)).read_source(document.data(), ()) if document.root else None
    if checker.problems:
        raise SpecError(document.place(checker.problems))
    return source


def given_fields(
    rows: Any, opened: OpenedSpec, plan: Plan, memory: int | None = None
) -> tuple[Fields | Stream, tuple[str, ...]]:
    """Return the fields of rows that did not come from the spec, and what the user must not miss of them.

    Args:
        rows: A CSV, NPZ or NPY file; a folder of images or texts; a source as a spec writes it; arrays by field name;
            or the array of the field `x`.
        opened: The spec of the run, whose source says how files of its kind are to be read.
        plan: What training made of the fields; text stays text.
        memory: Bytes that rows of a file may take in memory; None for any number.

    Raises:
        SpecError: The file is missing or is not what it should be.
    """
    import numpy as np

    from kspec.data.loading import load_source, read_file
    from kspec.data.sources import DataError, Fields, SourceContext

    spec = opened.spec
    like = (spec.data.source or spec.data.parts.get("train")) if spec.data else None
    try:
        if isinstance(rows, str | Path):
            context = SourceContext(folder=Path.cwd(), memory=memory)
            if not Path(rows).exists() and (source := written_source(str(rows), opened.known)):
                return load_source(source, context).given(source.name)
            return read_file(Path(rows), context=context, text=plan.text_fields, like=like).given(str(rows))
        if isinstance(rows, Mapping):
            return Fields({str(name): np.asarray(value) for name, value in rows.items()}), ()
        return Fields({"x": np.asarray(rows)}), ()
    except DataError as error:
        raise SpecError([Problem("bad-data", (), error.message, error.hint)]) from None
