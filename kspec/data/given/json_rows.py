"""Rows of JSON lines: one object a line, in the types that training saw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kspec.data.given.piece import Piece
from kspec.data.given.text import Text
from kspec.data.given.wanted import SHOWN, Kind, Wanted
from kspec.data.rows import RowNames
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.jsonl_faults import json_reason
from kspec.data.values import texts
from kspec.spec.problems import Problem, SpecError

_Row = tuple[int, dict[str, Any]]


class JsonRows:
    """The rows of a text of JSON lines.

    Args:
        text: The text.

    Attributes:
        name: What messages call the text.
        names: The keys of its first rows.

    Raises:
        DataError: The text is empty, or its first lines are no objects.
    """

    def __init__(self, text: Text) -> None:
        self.text, self.name = text, text.name
        head = text.head()
        if not head.strip():
            raise DataError(f"`{text.name}` is empty", argument="path")
        whole = head[: head.rfind(b"\n") + 1] or head
        self.names = tuple(dict.fromkeys(key for _, row in _objects(text.name, whole, 1) for key in row))
        self.primary = self.names
        self.notices: tuple[str, ...] = ()

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the rows in order.

        Raises:
            DataError: A line is no object, or the text cannot be read.
            SpecError: A value is not what training saw.
        """
        rest, line = b"", 1
        for chunk in self.text.blocks():
            rest += chunk
            end = rest.rfind(b"\n") + 1
            if piece := self._piece(rest[:end], line, wanted):
                yield piece
            line, rest = line + rest.count(b"\n", 0, end), rest[end:]
        if piece := self._piece(rest, line, wanted):
            yield piece

    def _piece(self, text: bytes, line: int, wanted: Wanted) -> Piece | None:
        rows = list(_objects(self.text.name, text, line))
        if not rows:
            return None
        kept = {name: _as_given(rows, name) for name in wanted.keep}
        problems: list[Problem] = []
        fields: dict[str, Array] = {}
        for name, kind in wanted.kinds.items():
            if name not in self.names:
                continue
            try:
                fields[name] = _column(self.text.name, rows, name, kind)
            except SpecError as error:
                problems += error.problems
        if problems:
            raise SpecError(problems)

        def called(row: int) -> str:
            return f"line {rows[row][0]:,} of `{self.text.name}`"

        return Piece(Fields(fields or kept), RowNames("given", called=called), kept, self.text.share)


def _objects(name: str, text: bytes, line: int) -> Iterator[_Row]:
    for number, written in enumerate(text.split(b"\n"), start=line):
        if not written.strip():
            continue
        try:
            found = json.loads(written)
        except (ValueError, RecursionError) as error:
            reason = json_reason(error)[1] if isinstance(error, json.JSONDecodeError) else str(error)
            raise DataError(
                f"`{name}`, line {number:,}: this is not JSON: {reason}",
                hint='each line is an object, such as `{"age": 31}`',
            ) from error
        if not isinstance(found, dict):
            hint = 'each line is an object, such as `{"age": 31}`'
            raise DataError(f"`{name}`, line {number:,}: expected an object, found {_shown(found)}", hint=hint)
        yield number, _flat(found)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose values are none: those of an object within are called `object.value`."""
    if not any(isinstance(value, dict) for value in row.values()):
        return row
    done: dict[str, Any] = {}
    for name, value in row.items():
        inner = _flat(value) if isinstance(value, dict) else None
        done |= {name: value} if inner is None else {f"{name}.{key}": item for key, item in inner.items()}
    return done


def _column(name: str, rows: Sequence[_Row], field: str, kind: Kind) -> Array:
    values = [row.get(field) for _, row in rows]
    for (line, _), value in zip(rows, values, strict=True):
        if not _fits(value, kind):
            what = f"{_shown(value)} is not {SHOWN[kind]}, as it was in training"
            raise SpecError([Problem("bad-value", (), f"`{name}`, line {line:,}, field `{field}`: {what}")])
    if kind == "text":
        held = np.empty(len(values), dtype=object)
        held[:] = values
        return texts(np.array(values, dtype=object) if isinstance(values[0], list) else held)
    try:
        return np.array([np.nan if value is None else value for value in values])
    except ValueError:
        first = _length(values[0])
        line = next(
            (line for (line, _), value in zip(rows, values, strict=True) if _length(value) != first), rows[0][0]
        )
        message = f"`{name}`, line {line:,}, field `{field}`: other numbers of values than in the rows before"
        raise SpecError([Problem("bad-value", (), message)]) from None


def _fits(value: Any, kind: Kind) -> bool:
    if isinstance(value, list):
        return all(_fits(item, kind) and item is not None for item in value)
    if value is None or kind == "text":
        return not isinstance(value, dict)
    return isinstance(value, bool if kind == "truth" else int | float)


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None


def _as_given(rows: Sequence[_Row], name: str) -> Array:
    """Return values of any kind, as they are."""
    held = np.empty(len(rows), dtype=object)
    held[:] = [row.get(name) for _, row in rows]
    return held


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"
