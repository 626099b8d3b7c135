"""Rows that a command is given, opened and held against what training saw, before any of them is predicted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.given import is_pattern, matching, written_source
from kspec.commands.opening import OpenedRun, OpenedSpec
from kspec.runs.events import Notice, Observer
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.reading import STANDARD_INPUT

if TYPE_CHECKING:
    from kspec.data.given import Reader
    from kspec.data.plan import Plan
    from kspec.spec.components import ComponentSpec

_SHOWN = 8
_TABLES = (".csv", ".tsv")
_FOLDERS = ("images", "texts")
"""Sources of folders, whose rows say which file they come from."""


def open_all(
    rows: Any, named: Sequence[str | Path] | None, opened: OpenedSpec, plan: Plan, form: str | None
) -> list[Reader]:
    """Open all rows that are given, reading no more than shows what they are.

    Args:
        rows: Arrays by field name, or one array; where there are no names.
        named: Files, folders, patterns, sources, `-` for standard input.
        opened: The spec of the run.
        plan: What training made of the fields.
        form: Kind of the files; by their endings if left out.

    Raises:
        SpecError: Something is not what it should be, or there are no rows.
    """
    from kspec.data.given.held_rows import HeldRows
    from kspec.data.given.opening import given_arrays
    from kspec.data.sources import DataError

    try:
        if named is None:
            readers: list[Reader] = [HeldRows(given_arrays(rows, plan.only_field))]
        else:
            readers = list(_opened([str(name) for name in named], opened, plan, form))
    except DataError as error:
        raise bad_data(error) from None
    if any(isinstance(reader, HeldRows) and not reader.data.rows for reader in readers):
        raise SpecError([Problem("empty-part", (), "there are no rows to predict")])
    return readers


def training_source(opened: OpenedSpec) -> ComponentSpec | None:
    """Return the source of the training rows."""
    data = opened.spec.data
    return (data.source or data.parts.get("train")) if data else None


def _opened(names: Sequence[str], opened: OpenedSpec, plan: Plan, form: str | None) -> Iterator[Reader]:
    """Yield what reads the rows of each name; neighbouring images are one table, so that they are read as one."""
    from kspec.data.given import open_rows
    from kspec.data.given.held_rows import HeldRows
    from kspec.data.loading import load_source
    from kspec.data.memory import DEFAULT_MEMORY
    from kspec.data.sources import SourceContext

    like = training_source(opened)
    places = [place for name in names for place in (map(str, matching(name)) if is_pattern(name) else [name])]
    memory = (opened.spec.runtime.memory or DEFAULT_MEMORY) // len(places)
    context = SourceContext(folder=Path.cwd(), memory=memory)
    for images, found in itertools.groupby(places, lambda place: _is_image(place, like)):
        some = list(found)
        if images and like is not None and len(some) > 1:
            several = replace(like, arguments={**like.arguments, "path": some})
            yield HeldRows.of(load_source(several, context), f"{some[0]} and {len(some) - 1:,} more")
            continue
        for place in some:
            if _names_source(place) and (source := written_source(place, opened.known)):
                yield HeldRows.of(load_source(source, context), source.name)
            else:
                yield open_rows(place, context=context, text=plan.text_fields, like=like, form=form)


def _names_source(name: str) -> bool:
    return name != STANDARD_INPUT and not Path(name).exists()


def _is_image(name: str, like: ComponentSpec | None) -> bool:
    path = Path(name)
    return like is not None and like.name == "images" and path.is_file() and path.suffix.lower() not in _TABLES


def check_fields(
    readers: Sequence[Reader], found: OpenedRun, plan: Plan, keep: Sequence[str], observe: Observer
) -> tuple[str, ...]:
    """Hold the fields of rows against those of training.

    Args:
        readers: The rows.
        found: The run.
        plan: What training made of the fields.
        keep: Fields that are to be carried along.
        observe: Is told which fields are not used.

    Returns:
        The fields that are carried along.

    Raises:
        SpecError: The rows lack fields; all are named.
    """
    from kspec.data.choice import weight_fields

    like = training_source(found.opened)
    if like is not None and like.name in _FOLDERS and all("file" in reader.names for reader in readers):
        keep = ("file", *keep)
    keep = tuple(dict.fromkeys(keep))
    problems: list[Problem] = []
    for reader in readers:
        for problem in plan.lacking(reader.names, ("input",)):
            subject = f"`{reader.name}`" if len(readers) > 1 else "the data"
            problems.append(replace(problem, message=problem.message.replace("the data", subject, 1)))
        for name in keep:
            if name not in reader.names:
                hint = did_you_mean(name, reader.names) or f"there are {_listed(reader.names)}"
                problems.append(Problem("unknown-field", (), f"`{reader.name}` has no field `{name}` to keep", hint))
        if problems:
            raise SpecError(problems)
    weights = weight_fields(found.spec.data, plan.targets) if found.spec.data else {}
    used = {field for item in (*plan.inputs.values(), *plan.targets.values()) for field in item.fields}
    used |= {*keep, *(field for wanted in weights.values() for field in wanted.fields)}
    unused = list(dict.fromkeys(name for reader in readers for name in reader.primary if name not in used))
    if unused:
        are = "is a field" if len(unused) == 1 else "are fields"
        observe(Notice(f"{_listed(unused)} {are} that the model does not use", severity="note"))
    return keep


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def bad_data(error: Exception) -> SpecError:
    """Return the problem of rows that cannot be read."""
    return SpecError([Problem("bad-data", (), getattr(error, "message", str(error)), getattr(error, "hint", None))])
