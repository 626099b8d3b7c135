"""Items that threads make are those that would be made one after the other, and so is what goes wrong."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from kspec.data.sources.ahead import OneAhead, ahead
from kspec.data.sources.fields import Fields
from kspec.data.sources.stream import Shard, Stream


@pytest.mark.parametrize("readers", [1, 2, 3, 8])
def test_items_come_in_the_order_of_the_runs(readers):
    runs = [[1, 2], [], [3], [4, 5, 6], [], [7]]
    assert list(ahead(map(iter, runs), readers)) == [1, 2, 3, 4, 5, 6, 7]
    assert list(ahead([], readers)) == []


def test_the_next_item_is_made_while_one_is_in_use():
    made = threading.Event()

    def items():
        yield "first"
        made.set()
        yield "second"

    found = ahead([items()], readers=1)
    assert next(found) == "first"
    assert made.wait(timeout=60)
    assert list(found) == ["second"]


def test_runs_are_made_side_by_side():
    meeting = threading.Barrier(3, timeout=60)

    def run(number):
        meeting.wait()
        yield number

    assert list(ahead(map(run, range(3)), readers=3)) == [0, 1, 2]


@pytest.mark.parametrize("readers", [1, 4])
def test_a_fault_is_raised_where_its_item_would_have_come(readers):
    def faulty():
        yield 2
        raise OSError("gone")

    found = ahead([iter([1]), faulty(), iter([3])], readers)
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        next(found)


def test_no_thread_is_left_when_items_are_not_wanted_any_more():
    found = ahead([iter(range(100))], readers=1)
    next(found)
    found.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_a_stream_reads_no_more_pieces_than_it_has_readers_for():
    begun = []

    def shard(number):
        def read(_):
            begun.append(number)
            yield Fields({"x": np.full(2, number)})

        return Shard(2, read)

    pieces = Stream(map(shard, range(50)), head=Fields({"x": np.zeros(1)}), size=0).pieces(order=range(49, -1, -1))
    assert next(pieces)[0] == 98
    pieces.close()
    assert len(begun) < 10


def test_one_item_is_made_before_it_is_asked_for_and_no_more_after_the_end():
    begun, going_on, ended = threading.Event(), threading.Event(), threading.Event()

    def items():
        try:
            begun.set()
            yield 1
            going_on.set()
            yield 2
            yield 3
        finally:
            ended.set()

    found = OneAhead(items())
    assert begun.wait(10)
    assert next(found) == 1
    assert going_on.wait(10)
    assert next(found) == 2
    found.close()
    assert ended.is_set()
    assert list(OneAhead(iter("abc"))) == ["a", "b", "c"]


def test_what_goes_wrong_comes_where_the_item_would_have_come():
    def items():
        yield 1
        raise ValueError("no second one")

    found = OneAhead(items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="no second one"):
        next(found)
