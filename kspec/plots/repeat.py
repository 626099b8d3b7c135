"""Folding: a layer or a block that follows upon itself is drawn once, with a factor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from kspec.plots.outline import OutlineEdge
from kspec.plots.scene import Box, Edges, Group, Item, Scene, boxes
from kspec.plots.words import common_start

_WORTH = 2  # boxes that must be saved: two equal layers in a row are read faster than a factor


def fold_repeats(scene: Scene) -> Scene:
    """Fold every run of equal neighbours into its first, innermost models first.

    Args:
        scene: A scene.

    Returns:
        The scene; a single layer becomes a box with a factor, a block of several a group with a factor.
    """
    items, edges = _fold(scene.items, scene.edges, {key for _, key in scene.outputs})
    return replace(
        scene,
        items=items,
        edges=edges.kept,
        outputs=tuple((name, edges.moved.get(key, key)) for name, key in scene.outputs),
    )


@dataclass(frozen=True, slots=True)
class _Rewritten:
    kept: Edges
    moved: dict[str, str]


def _fold(items: tuple[Item, ...], edges: Edges, results: set[str]) -> tuple[tuple[Item, ...], _Rewritten]:
    moved: dict[str, str] = {}
    children: list[Item] = []
    for item in items:
        if isinstance(item, Group):
            inner, rewritten = _fold(item.children, edges, results)
            children.append(replace(item, children=inner))
            edges = rewritten.kept
            moved.update(rewritten.moved)
            results = {rewritten.moved.get(key, key) for key in results}
        else:
            children.append(item)
    row = _Row(children, edges, results)
    folded: list[Item] = []
    start = 0
    while start < len(children):
        length, times = row.longest(start)
        run = children[start : start + length * times]
        if times == 1:
            folded += run
        else:
            folded.append(_once(run, length, times))
            moved.update(_aliases(run, length))
        start += length * times
    kept = [replace(edge, tail=moved.get(edge.tail, edge.tail)) for edge in edges if edge.head not in moved]
    return tuple(folded), _Rewritten(tuple(kept), moved)


class _Row:
    """The items of one model in build order, ready to be compared."""

    def __init__(self, items: Sequence[Item], edges: Edges, results: set[str]) -> None:
        self._items = items
        self._place = {box.key: index for index, item in enumerate(items) for box in boxes(item)}
        self._ordinal = {box.key: n for item in items for n, box in enumerate(boxes(item))}
        self._in: dict[int, list[OutlineEdge]] = defaultdict(list)
        self._out: dict[int, list[OutlineEdge]] = defaultdict(list)
        inner: dict[int, list[Hashable]] = defaultdict(list)
        for edge in edges:
            head, tail = self._place.get(edge.head), self._place.get(edge.tail)
            if head is not None and head == tail:
                inner[head].append((self._ordinal[edge.tail], self._ordinal[edge.head], edge.output, edge.shape))
            else:
                if head is not None:
                    self._in[head].append(edge)
                if tail is not None:
                    self._out[tail].append(edge)
        self._ends = {self._place[key] for key in results if key in self._place}
        self._looks = [(_look(item), tuple(inner[index])) for index, item in enumerate(items)]

    def longest(self, start: int) -> tuple[int, int]:
        """Return length and number of the repetitions from `start` that save most boxes; `(1, 1)` for none."""
        best, most = (1, 1), _WORTH - 1
        for length in range(1, (len(self._items) - start) // 2 + 1):
            times = self._times(start, length)
            saved = (times - 1) * sum(len(list(boxes(item))) for item in self._items[start : start + length])
            if saved > most:
                best, most = (length, times), saved
        return best

    def _times(self, start: int, length: int) -> int:
        if self._looks[start] != self._looks[start + length]:
            return 1
        first = self._links(start, length)
        if first is None:
            return 1
        times = 1
        looks = self._looks[start : start + length]
        while self._looks[start + times * length : start + (times + 1) * length] == looks:
            following = start + times * length
            links = self._links(following, length)
            if links is None or links[0] != first[0] or not self._follows(following, length):
                break
            times += 1
            if links[1] != first[1]:
                # The last block may lead nowhere; one that leads on from elsewhere is another block.
                times -= 1 if links[1] else 0
                break
        while times > 1 and any(self._ends & set(range(start, start + (times - 1) * length))):
            times -= 1
        return times

    def _links(self, start: int, length: int) -> tuple[Hashable, Hashable] | None:
        """Return how a block is wired, in places relative to it; None where it has more than one way in or out."""
        ways_in, ways_out = set(), set()
        wires = []
        for index in range(start, start + length):
            for edge in self._in[index]:
                tail = self._place.get(edge.tail)
                within = tail is not None and start <= tail < start + length
                if not within:
                    ways_in.add((edge.tail, edge.output))
                source = (tail - start, self._ordinal[edge.tail]) if tail is not None and within else None
                wires.append((source, index - start, self._ordinal[edge.head], edge.output, edge.shape))
            for edge in self._out[index]:
                if not start <= self._place.get(edge.head, -1) < start + length:
                    ways_out.add((index - start, self._ordinal[edge.tail], edge.output))
        return (tuple(wires), tuple(ways_out)) if len(ways_in) == 1 and len(ways_out) <= 1 else None

    def _follows(self, start: int, length: int) -> bool:
        """Say whether the block's only source is the block before, which feeds nothing else."""
        sources = {self._place.get(edge.tail, -1) for index in range(start, start + length) for edge in self._in[index]}
        before = range(start - length, start)
        heads = {self._place.get(edge.head, -1) for index in before for edge in self._out[index]}
        return min(sources) >= start - length and heads <= set(range(start - length, start + length))


def _look(item: Item) -> Hashable:
    """Return what makes an item equal to another; names do not count, a shared layer equals none."""
    if isinstance(item, Box):
        alone = item.key if item.shared else ""
        return item.kinds, item.details, item.parameters, item.frozen, item.shapes, item.times, alone
    alone = item.key if item.shared else ""
    return tuple(_look(child) for child in item.children), item.parameters, item.times, alone


def _once(run: Sequence[Item], length: int, times: int) -> Item:
    first, last = run[:length], run[-length:]
    if length == 1:
        return replace(run[0], times=times * run[0].times, last=last[0].last or last[0].name)
    return Group(
        key=f"{first[0].key}×{times}",
        name=_block_name(first),
        parameters=sum(item.parameters * item.times for item in first),
        children=tuple(first),
        times=times,
        last=_block_name(last),
    )


def _block_name(items: Sequence[Item]) -> str:
    """Return what the names of a block begin with; its last layer, often a nameless Add, may differ."""
    names = [item.name for item in items]
    starts = [common_start(some).rstrip("_-./ ") for some in (names, names[:-1])]
    return next((start for start in starts if len(start) > 2), names[0])


def _aliases(run: Sequence[Item], length: int) -> dict[str, str]:
    """Return for every box of a later repetition the box of the first that stands for it."""
    first = [box.key for item in run[:length] for box in boxes(item)]
    later = [box.key for item in run[length:] for box in boxes(item)]
    return {key: first[index % len(first)] for index, key in enumerate(later)}
