"""The rows of each part a piece at a time, whether they are in memory or stay where they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kspec.data.loading import Parts
from kspec.data.part import Numbers, chosen_pieces
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.stream import stream_of
from kspec.data.split import split_rows
from kspec.spec.problems import Problem, SpecError
from kspec.spec.sections import Split


@dataclass(frozen=True, slots=True)
class PartRows:
    """The rows of a part.

    Args:
        stream: The rows of a source, some or all of which are this part.
        names: What messages call the rows of the source.
        chosen: Numbers of the rows that are this part, ascending; None for all.
    """

    stream: Stream
    names: RowNames
    chosen: Numbers | None = None

    @classmethod
    def of(cls, source: Fields | Stream, part: str, chosen: Numbers | None = None) -> PartRows:
        """Return some rows of a source.

        Args:
            source: The rows.
            part: What messages call the source.
            chosen: Numbers of the rows that are wanted, ascending; None for all.
        """
        return cls(stream_of(source) if isinstance(source, Fields) else source, RowNames(part), chosen)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.stream.rows if self.chosen is None else len(self.chosen)

    @property
    def own_names(self) -> RowNames:
        """What messages call the rows of the part."""
        return self.names if self.chosen is None else self.names.take(self.chosen)

    def pieces(self, fields: Collection[str]) -> Iterator[Fields]:
        """Yield the rows in their order, a piece at a time.

        Args:
            fields: Fields that are wanted.
        """
        for piece, _ in chosen_pieces(self.stream, self.names, self.chosen, fields=fields):
            yield piece


def part_rows(parts: Parts, split: Split | None, seed: int) -> tuple[dict[str, PartRows], list[Problem]]:
    """Return the rows of every part, validation rows split off if the spec says so, and why they cannot be.

    Args:
        parts: What was read.
        split: How validation rows are set apart, or None.
        seed: Seed of the split.
    """
    found = {name: PartRows.of(rows, name) for name, rows in parts.named.items() if rows.rows}
    if split is None or "validation" in found:
        return found, []
    try:
        kept, held = split_rows(parts.train, split, seed)
    except SpecError as error:
        return found, error.problems
    own = {"train": PartRows.of(parts.train, "train", kept), "validation": PartRows.of(parts.train, "train", held)}
    return own | {name: rows for name, rows in found.items() if name != "train"}, []
