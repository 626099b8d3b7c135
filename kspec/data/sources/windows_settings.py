"""What may be said of windows: counts of steps, steps ahead, and the rows to use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources.errors import DataError
from kspec.spec.checker import is_whole
from kspec.spec.problems import did_you_mean

_ROWS = "such as `rows: [0.0, 0.8]` for the first four fifths, or `rows: [0, 10000]`"


def checked_count(argument: str, number: Any) -> int:
    """Return a positive whole number.

    Raises:
        DataError: It is none.
    """
    if not is_whole(number) or number < 1:
        raise DataError(f"expected a positive whole number, got {number!r}", argument=argument)
    return int(number)


def checked_ahead(ahead: int | Sequence[int]) -> npt.NDArray[np.intp]:
    """Return the steps from the end of a window to its targets, of shape `()` or `(targets,)`.

    Raises:
        DataError: A target would be inside the window.
    """
    given: list[Any] = list(ahead) if isinstance(ahead, list | tuple) else [ahead]
    for number in given:
        if not is_whole(number) or number < 1:
            message = f"expected a positive whole number of steps, got {number!r}"
            hint = "0 is the last step of the window itself, which would tell the target" if number == 0 else None
            raise DataError(message, hint=hint, argument="ahead")
    if not given:
        raise DataError("no step ahead is named", argument="ahead")
    return np.asarray(given if isinstance(ahead, list | tuple) else given[0], dtype=np.intp)


def chosen_rows(rows: Sequence[int | float] | None, count: int) -> slice:
    """Return the rows that are used, of so many.

    Args:
        rows: From and to: shares if one of them is a fraction, else row numbers. None for all.
        count: How many rows there are.

    Raises:
        DataError: There are no such rows.
    """
    if rows is None:
        return slice(0, count)
    numbers = list(rows) if isinstance(rows, list | tuple) else []
    if len(numbers) != 2 or any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
        raise DataError(f"expected two numbers, from and to, got {rows!r}", hint=_ROWS, argument="rows")
    shares = any(isinstance(number, float) for number in numbers)
    first, last = (round(number * count) if shares else int(number) for number in numbers)
    if shares and not all(0 <= number <= 1 for number in numbers):
        raise DataError(f"expected shares from 0.0 to 1.0, got {rows!r}", hint=_ROWS, argument="rows")
    if not 0 <= first < last <= count:
        raise DataError(f"there are no rows {first:,} to {last:,}: the source has {count:,}", argument="rows")
    return slice(first, last)


def names_list(names: str | Sequence[str] | None) -> list[str]:
    """Return one name, several or none as a list."""
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def windows_fields(
    known: Collection[str] | None,
    *,
    target: str | Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    group: str | None = None,
    ahead: int | Sequence[int] = 1,
    **more: Any,
) -> list[str]:
    """Return the names of the fields that `windows` will give.

    Args:
        known: Fields of the source that it looks through; None where they are not known.
        target: As `windows` has it.
        columns: As `windows` has it.
        group: As `windows` has it.
        ahead: As `windows` has it.
        **more: Its other arguments.

    Raises:
        DataError: The source has no such field, or a setting is none.
    """
    for name in ("length", "rate", "stride"):
        checked_count(name, more.get(name, 1))
    checked_ahead(ahead)
    for argument, names in (("columns", columns or ()), ("target", names_list(target)), ("group", names_list(group))):
        for name in names if known is not None else ():
            check_field(name, known or (), argument)
    return list(dict.fromkeys(["x", *(["y"] if target is not None else []), *names_list(group)]))


def check_field(name: str, known: Collection[str], argument: str) -> None:
    """Refuse the name of a field that a source does not have.

    Raises:
        DataError: There is no such field.
    """
    if name not in known:
        hint = did_you_mean(str(name), known) or f"there are {', '.join(known)}"
        raise DataError(f"the source has no field `{name}`", hint=hint, argument=argument)
