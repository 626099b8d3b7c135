"""The one fault of this room."""

from __future__ import annotations


class DataError(Exception):
    """Data cannot be read, or is not what it should be.

    Args:
        message: What is wrong, one sentence without a full stop.
        hint: How to mend it.
        argument: Argument of the source that the fault is about, for the place in the spec.
        unavailable: True where the source cannot be had on this machine, so that a `fallback` may take over. A file
            that is there but wrong is not unavailable.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, argument: str | None = None, unavailable: bool = False
    ) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.argument = argument
        self.unavailable = unavailable
