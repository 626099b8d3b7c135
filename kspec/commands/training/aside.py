"""Work beside training, which leaves Python idle most of the time."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Aside:
    """Something that is done by a thread of its own, and what went wrong in it.

    Args:
        work: The work; it returns what went wrong, or None, and raises nothing.
    """

    def __init__(self, work: Callable[[], str | None]) -> None:
        self._work = work
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._do, daemon=True)
        self._thread.start()

    def fault(self) -> str | None:
        """Wait until it is done, and return what went wrong, or None."""
        self._thread.join()
        return self._fault

    def _do(self) -> None:
        self._fault = self._work()
