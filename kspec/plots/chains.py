"""Which boxes stand straight below each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from kspec.plots.outline import OutlineEdge

_BRANCHES = 3


def straight_chains(keys: Sequence[str], edges: Sequence[OutlineEdge]) -> Mapping[str, int]:
    """Part a graph into chains: the longest path from an input first, then the longest of what is left.

    Args:
        keys: Nodes, each after those it needs.
        edges: Edges between them.

    Returns:
        The number of the chain of every node.
    """
    pairs = {(edge.tail, edge.head): None for edge in edges}
    fan_out, fan_in = Counter(tail for tail, _ in pairs), Counter(head for _, head in pairs)
    heads: dict[str, list[str]] = {key: [] for key in keys}
    for tail, head in pairs:
        # Where three or more branches part or meet, none is the straight one: the middle is.
        if max(fan_out[tail], fan_in[head]) < _BRANCHES:
            heads[tail].append(head)
    chain: dict[str, int] = {}
    left = list(keys)
    while left:
        longest: dict[str, int] = {}
        onward: dict[str, str] = {}
        for key in reversed(left):
            free = [head for head in heads[key] if head not in chain]
            if free:
                onward[key] = max(free, key=lambda head: longest[head])
            longest[key] = 1 + (longest[onward[key]] if free else 0)
        start: str | None = max(left, key=lambda key: longest[key])
        number = len(set(chain.values()))
        while start is not None:
            chain[start] = number
            start = onward.get(start)
        left = [key for key in left if key not in chain]
    return chain
