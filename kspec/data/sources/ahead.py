"""Rows that are read while those before them are at work."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_END = object()

READERS = min(4, os.cpu_count() or 1)
"""How many runs of rows are read at a time: each has a piece of its own in memory."""


def ahead(runs: Iterable[Iterator[T]], readers: int = READERS) -> Iterator[T]:
    """Yield the items of one run after the other; threads make the next ones while one is in use.

    Which items come, and in which order, does not depend on the threads. What making an item raises is raised where the
    item would have come. If items are not asked for any more, each thread ends with the one that it is at.

    Args:
        runs: Runs of items. Each is made by one thread at a time, several of them side by side.
        readers: How many runs are made at a time.
    """
    left = iter(runs)
    with ThreadPoolExecutor(readers, thread_name_prefix="ahead") as pool:
        begun = deque((run, pool.submit(next, run, _END)) for run in itertools.islice(left, readers))
        while begun:
            run, following = begun.popleft()
            item = following.result()
            if item is not _END:
                begun.appendleft((run, pool.submit(next, run, _END)))
                yield item  # type: ignore[misc]
                del item
            elif (other := next(left, None)) is not None:
                begun.append((other, pool.submit(next, other, _END)))


class OneAhead(Generic[T]):
    """Items that a thread makes, the next one while one is in use; the first one from now on.

    What making an item raises is raised where the item would have come.

    Args:
        items: The items.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="one-ahead")
        self._following = self._pool.submit(self._make)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        item = self._following.result()
        if item is _END:
            self.close()
            raise StopIteration
        self._following = self._pool.submit(self._make)
        return item  # type: ignore[no-any-return]

    def close(self) -> None:
        """Make no more items; the one that is being made is waited for."""
        self._pool.shutdown(cancel_futures=True)
        if close := getattr(self._items, "close", None):
            close()

    def _make(self) -> Any:
        return next(self._items, _END)
