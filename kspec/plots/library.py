"""Draws the graph on standard input with the Graphviz that pygraphviz brings; run as a program by `rendering`.

A process of its own keeps what Graphviz and fontconfig write to standard error, their settings, and a crash of theirs
away from a training that goes on.
"""

from __future__ import annotations

import sys

import pygraphviz


def main(kind: str, dots_per_inch: str) -> None:
    """Write the picture to standard output."""
    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
    if kind == "png":
        graph.graph_attr["dpi"] = dots_per_inch
    sys.stdout.buffer.write(graph.draw(format=kind, prog="dot"))


if __name__ == "__main__":
    main(*sys.argv[1:])
