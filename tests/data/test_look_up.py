"""A few rows looked up as they were read, from memory and from a stream."""

import numpy as np

from kspec.data.look_up import HeldRaw, StreamedRaw
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.stream import Shard


def test_rows_of_a_stream_are_those_of_memory_and_only_their_shards_are_read():
    fields = Fields({"a": np.arange(100) * 10, "t": np.array([f"row {n}" for n in range(100)], dtype=object)})
    read = []

    def shard(start):
        def give(names):
            read.append(start)
            yield fields.take(slice(start, start + 5))
            yield fields.take(slice(start + 5, start + 10))

        return Shard(10, give)

    stream = Stream([shard(start) for start in range(0, 100, 10)], head=fields.head(1), size=1)
    chosen = np.arange(1, 100, 2)
    held = HeldRaw.of(fields.take(chosen), RowNames("train", chosen))
    streamed = StreamedRaw(stream, RowNames("train"), chosen)
    places = np.array([48, 3, 4, 0])
    assert held.numbers(places).tolist() == streamed.numbers(places).tolist() == [97, 7, 9, 1]
    found, same = streamed.look_up(places), held.look_up(places)
    assert found["t"].tolist() == same["t"].tolist() == ["row 97", "row 7", "row 9", "row 1"]
    assert found["a"].dtype == same["a"].dtype
    assert read == [0, 90]
    assert streamed.look_up(np.array([], dtype=int)).rows == 0


def test_rows_that_take_much_memory_are_let_go():
    large = np.broadcast_to(np.zeros(1), (3, 1_000_000_000))
    held = HeldRaw.of(Fields({"x": large}), RowNames("train", np.array([5, 6, 7])))
    assert held.look_up(np.array([1])) is None
    assert held.numbers(np.array([1])).tolist() == [6]
