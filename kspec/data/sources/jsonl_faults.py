"""Where in a JSON Lines file a fault is. Read again line by line, which only a faulty file has to wait for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kspec.data.sources.errors import DataError
from kspec.data.sources.jsonl_lines import JsonBlock

_ONE_A_LINE = 'each line is one object, such as `{"x": 1, "y": 2}`'
_KINDS = ((bool, "true or false"), (int | float, "a number"), (str, "text"), (list, "a list"), (dict, "an object"))


def parse_line(path: Path, number: int, line: bytes) -> dict[str, Any]:
    """Return the object that a line writes.

    Raises:
        DataError: The line is no JSON object; the fault is told with line and column.
    """
    where = f"`{path}`, line {number:,}"
    try:
        found = json.loads(line, object_pairs_hook=_Record)
    except json.JSONDecodeError as error:
        column, reason = json_reason(error)
        raise DataError(f"{where}, column {column}: {reason}", hint=_hint(line, error), argument="path") from error
    except RecursionError as error:
        raise DataError(f"{where}: lists or objects are nested too deep", argument="path") from error
    if not isinstance(found, _Record):
        raise DataError(f"{where} is {kind_of(found)}", hint=_ONE_A_LINE, argument="path")
    for record in _records(found):
        if record.twice is not None:
            raise DataError(f"{where} has the key `{record.twice}` twice", argument="path")
    return found


def json_reason(error: json.JSONDecodeError) -> tuple[int, str]:
    """Return the column of a fault in one line of JSON, from 1, and what is wrong, alike in all versions of Python.

    Before Python 3.13, `json` does not see the last comma in `[1,]`, but misses a value after it.
    """
    text, at = error.doc, error.pos
    if text[at : at + 1] in ("}", "]") and text[:at].rstrip().endswith(","):
        at = text.rindex(",", 0, at)
    elif not error.msg.startswith("Illegal trailing comma"):
        return error.colno, error.msg[:1].lower() + error.msg[1:]
    return at + 1, f"a `,` before `{text[at + 1 :].lstrip()[:1]}`"


def first_fault(blocks: Iterable[JsonBlock]) -> DataError | None:
    """Return the first fault in some lines, or None: what is no JSON object, or a value of another kind than before."""
    seen: dict[str, tuple[str, str]] = {}
    for block in blocks:
        for number, line in block.lines():
            try:
                found = parse_line(block.path, number, line)
            except DataError as error:
                return error
            for name, kind in _kinds(found):
                first, place = seen.setdefault(name, (kind, f"line {number:,} of `{block.path}`"))
                if first != kind:
                    place = place.removesuffix(f" of `{block.path}`")
                    shown = f"a value in `{name.rstrip('[]')}`" if name.endswith("[]") else f"`{name}`"
                    return DataError(
                        f"`{block.path}`, line {number:,}: {shown} is {kind}, and {first} in {place}",
                        hint="write `null` where there is no value, and otherwise one kind of value",
                        argument="path",
                    )
    return None


def kind_of(value: Any) -> str:
    """Return what a value of JSON is called in a message."""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


class _Record(dict[str, Any]):
    """An object of JSON that knows whether a key stood in it twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = next((key for key in keys if keys.count(key) > 1), None) if len(self) < len(pairs) else None


def _records(value: Any) -> Iterator[_Record]:
    if isinstance(value, _Record):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _records(item)


def _kinds(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the kind of every value by its name, also of those inside objects and lists; null is of every kind."""
    for key, value in record.items():
        name = f"{above}{key}"
        if value is None:
            continue
        yield name, kind_of(value)
        if isinstance(value, dict):
            yield from _kinds(value, f"{name}.")
        while isinstance(value, list):
            name, value = f"{name}[]", next((item for item in value if item is not None), None)
            if value is not None:
                yield name, kind_of(value)


def _hint(line: bytes, error: json.JSONDecodeError) -> str | None:
    text = line.strip()
    if text in (b"{", b"[") or error.msg == "Extra data" or text.startswith(b"["):
        return _ONE_A_LINE
    return "keys and text stand in double quotes" if b"'" in text and b'"' not in text else None
