"""Rows that are read while those before them are at work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield items again in their order; a thread makes the next one while the one before is in use.

    What making an item raises is raised where the item would have come. If the items are not asked for any more, the
    thread ends with the one that it is at.

    Args:
        items: The items. They are made in one thread, which is not that of the caller.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        following = pool.submit(next, items, _END)
        while (item := following.result()) is not _END:
            following = pool.submit(next, items, _END)
            yield item  # type: ignore[misc]
            del item
