"""What a source is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.fields import Fields
from kspec.data.sources.stream import Stream

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


def unwatched(what: str, done: int, total: int) -> None:
    """Tell nobody of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """What every source may know besides its own arguments.

    Args:
        folder: Folder of the spec that names the source; relative paths start there.
        seed: Seed of the spec, for sources that draw numbers.
        limit: Rows that will be used at most, or None for all. A source may still give more.
        memory: Bytes that the rows of a source may take; a source of files that takes more gives them as a stream.
            None for any number.
        progress: Is told how far the source has got, where it may take long.
        sample: Rows of each part that show what the data is like, where no more is asked; None for all. A source of
            folders reads so many of their files, some of every class.
        given: Whether the rows are those that a command is given, to predict or to judge: labels may be missing there.
    """

    folder: Path
    seed: int = 0
    limit: int | None = None
    memory: int | None = None
    progress: Progress = unwatched
    sample: int | None = None
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The data of one source.

    Args:
        train: Rows to learn from; all rows, where the source has no parts. In memory, or as a stream.
        test: Rows of the source's own test part, or None.
        origin: Where the data came from, for a human reader.
        fingerprint: SHA-256 in hexadecimal digits over the files or the arrays.
        paths: Files that were read.
        labels: Names of the classes 0, 1, ... of the field `y`, where they are known.
        validation: Rows of the source's own validation part, or None.
        notices: What the user must not miss, such as files that were passed over.
    """

    train: Fields | Stream
    test: Fields | Stream | None
    origin: str
    fingerprint: str
    paths: tuple[Path, ...] = ()
    labels: tuple[str, ...] | None = None
    validation: Fields | Stream | None = None
    notices: tuple[str, ...] = ()

    def given(self, name: str) -> tuple[Fields | Stream, tuple[str, ...]]:
        """Return the rows that a command is given with this source, and what must be said of them.

        These are its test part, if it has one: a model may know the others.

        Args:
            name: What messages call the source.
        """
        if self.test is None:
            return self.train, self.notices
        others = self.train.rows + (self.validation.rows if self.validation is not None else 0)
        said = f"of `{name}` only the {self.test.rows:,} test rows are taken, none of the {others:,} others"
        return self.test, (*self.notices, said)
