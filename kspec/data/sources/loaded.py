"""What a source is told, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """What every source may know besides its own arguments.

    Args:
        folder: Folder of the spec that names the source; relative paths start there.
        seed: Seed of the spec, for sources that draw numbers.
        limit: Rows that will be used at most, or None for all. A source may still give more.
    """

    folder: Path
    seed: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The data of one source.

    Args:
        train: Rows to learn from; all rows, where the source has no parts.
        test: Rows of the source's own test part, or None.
        origin: Where the data came from, for a human reader.
        fingerprint: SHA-256 in hexadecimal digits over the files or the arrays.
        paths: Files that were read.
        labels: Names of the classes 0, 1, ... of the field `y`, where they are known.
    """

    train: Fields
    test: Fields | None
    origin: str
    fingerprint: str
    paths: tuple[Path, ...] = ()
    labels: tuple[str, ...] | None = None
