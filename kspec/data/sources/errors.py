"""The one fault of this room, and how it is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError


class DataError(Exception):
    """Data cannot be read, or is not what it should be.

    Args:
        message: What is wrong, one sentence without a full stop.
        hint: How to mend it.
        argument: Argument of the source that the fault is about, for the place in the spec.
        unavailable: True where the source cannot be had on this machine, so that a `fallback` may take over. A file
            that is there but wrong is not unavailable.

    Attributes:
        source: The source that is to blame where it is another's: the one that `windows` looks through.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, argument: str | None = None, unavailable: bool = False
    ) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.argument = argument
        self.unavailable = unavailable
        self.source: ComponentSpec | None = None


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Raise a fault that comes up while rows are read a piece at a time as a problem of the spec.

    Raises:
        SpecError: Data cannot be read, or is not what it should be.
    """
    try:
        yield
    except DataError as error:
        raise SpecError([Problem("bad-data", ("data",), error.message, error.hint, at="key")]) from error


def source_problem(source: ComponentSpec, error: DataError, *, may_fall_back: bool = False) -> Problem:
    """Return the problem of a source that cannot be had, or is not what it should be.

    Args:
        source: The source.
        error: What is wrong with it; the problem stands at the argument that it is about.
        may_fall_back: Whether another source could take its place.
    """
    hint = error.hint
    source = error.source or source
    if error.unavailable and may_fall_back:
        fallback = "name a `fallback` beside it"
        hint = f"{hint} Or {fallback}" if hint and hint.endswith("?") else f"{hint + ', or ' if hint else ''}{fallback}"
    path = (*source.path, error.argument) if error.argument and error.argument in source.arguments else source.path
    code = "source-unavailable" if error.unavailable else "bad-data"
    return Problem(code, path, error.message, hint, at="value" if path != source.path else "key")
