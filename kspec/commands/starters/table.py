"""A CSV file as a spec will name it, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kspec.commands.starters.sheet import scalar
from kspec.data.sources import SOURCES, DataError, Fields, SourceContext, Stream
from kspec.data.sources.csv_columns import is_number
from kspec.data.sources.csv_faults import StrayTextError
from kspec.data.sources.csv_file import MISSING
from kspec.data.values import is_text
from kspec.spec.problems import Problem, SpecError

GAPS = ("?", "-", "--", ".", "*", "#N/A", "n/a", "na", "<NA>", "None", "none", "missing", "unknown")
"""What people write among numbers for a value that is not there."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that was read.

    Args:
        arguments: Arguments of the `csv` source.
        fields: Its columns.
    """

    arguments: Mapping[str, Any]
    fields: Fields

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Table:
        """Read a file, relative to where the user stands.

        A sign that stands for a gap among numbers, such as `?`, is found, and added to `missing`.

        Raises:
            SpecError: The file is not there, or is no table.
        """
        found = dict(arguments)
        while True:
            try:
                table = cls(found, _load(found))
                signs = _signs_of_gaps(table.fields)
            except StrayTextError as error:
                if error.cell not in GAPS:
                    raise _problem(error, found) from None
                signs = [error.cell]
            except DataError as error:
                raise _problem(error, found) from None
            if not signs:
                return table
            found["missing"] = [*found.get("missing", MISSING), *signs]

    def again(self, *, text: Sequence[str], drop_missing: Sequence[str]) -> Table:
        """Read the file again, further columns as text, or without the rows that lack a value in further columns.

        Raises:
            SpecError: It cannot be read so.
        """
        if not text and not drop_missing:
            return self
        arguments = dict(self.arguments)
        if text:
            arguments["text"] = [*arguments.get("text", ()), *text]
        if drop_missing:
            # Where it is `true`, no gaps were left to find.
            arguments["drop_missing"] = [*arguments.get("drop_missing", ()), *drop_missing]
        try:
            return Table(arguments, _load(arguments))
        except DataError as error:
            raise _problem(error, arguments) from None

    @property
    def file(self) -> str:
        """Name of the file, or of the first of several, without its folder."""
        path = self.arguments["path"]
        return Path(path if isinstance(path, str) else path[0]).name


def _load(arguments: Mapping[str, Any]) -> Fields:
    train = SOURCES["csv"](SourceContext(folder=Path.cwd()), **arguments).train
    return train.load() if isinstance(train, Stream) else train


def _signs_of_gaps(fields: Fields) -> list[str]:
    """Return what stands for gaps in columns that were read as text, and hold nothing else but numbers."""
    signs: list[str] = []
    for values in fields.values():
        if not is_text(values):
            continue
        different = {value for value in values.tolist() if value is not None}
        words = {value for value in different if not is_number(value)}
        if words and len(words) < len(different) and words <= set(GAPS):
            signs += sorted(words)
    return list(dict.fromkeys(signs))


def _problem(error: DataError, arguments: Mapping[str, Any]) -> SpecError:
    hint = error.hint
    if error.argument == "encoding" or isinstance(error, StrayTextError):
        # The hint names arguments of the source, which a command has no place for but the source itself.
        path = arguments["path"]
        file = f"[{', '.join(map(scalar, path))}]" if not isinstance(path, str) else scalar(path)
        hint = f"{hint}; such arguments go beside the file: `kspec init '{{csv: {{path: {file}, ...}}}}'`"
    return SpecError([Problem("not-found" if error.unavailable else "bad-data", (), error.message, hint)])
