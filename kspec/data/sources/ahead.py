"""Rows that are read while those before them are at work."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
