"""A scene as a Graphviz graph: boxes as HTML-like tables, groups as clusters."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from html import escape

import pydot

from kspec.plots.chains import straight_chains
from kspec.plots.families import CONVOLUTION, FAMILIES, Family, family_of
from kspec.plots.outline import OutlineEdge
from kspec.plots.scene import Box, Group, Item, Scene, boxes, parting
from kspec.plots.style import AMBER_EDGE, AMBER_INK, AMBER_PALE, AXIS, FONT, GREY, INK, MUTED, TEXT, text_width, wrap
from kspec.plots.words import clip, name_range, write_count, write_shape

_NAME, _DETAIL = 34, 52  # characters
_LEGEND = 5  # families in a row of the legend
_ROW = 25  # height of a row of a box in points
_SHORT = {"BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "Activation": ""}


def draw_graph(scene: Scene, notice: str | None = None) -> pydot.Dot:
    """Return the graph of a scene.

    Args:
        scene: What to draw.
        notice: What the reader must not miss; shown on amber below the title.
    """
    graph = pydot.Dot("model", graph_type="digraph", rankdir="TB", bgcolor="white", pad="0.35", nodesep="0.4")
    graph.set_graph_defaults(fontname=FONT, ranksep="0.42", splines="spline", labeljust="l", labelloc="b")
    graph.set("label", _legend(scene))
    graph.set_node_defaults(shape="plain", fontname=FONT, fontsize="11", fontcolor=INK)
    graph.set_edge_defaults(
        fontname=FONT, fontsize="9.5", fontcolor=MUTED, color=GREY, penwidth="1.3", arrowsize="0.65"
    )
    # The page is a cluster, because a graph has but one label, and that one is the legend below.
    page = pydot.Cluster("page", label=_title(scene, notice), labelloc="t", labeljust="l", pencolor="none", margin="6")
    keys = [box.key for item in scene.items for box in boxes(item)]
    chains = straight_chains(keys, scene.edges)
    inside = parting(scene)
    _add(page, scene.items, chains, set(inside.values()))
    for name, key in scene.outputs:
        page.add_node(pydot.Node(_quote(f"output {name} {key}"), label=_output(name, alone=len(scene.outputs) == 1)))
    graph.add_subgraph(page)
    for edge in _edges(scene, chains, inside):
        graph.add_edge(edge)
    return graph


def _add(parent: pydot.Graph, items: Sequence[Item], chains: Mapping[str, int], forks: Container[str]) -> None:
    for item in items:
        if isinstance(item, Box):
            node = pydot.Node(_quote(item.key), label=_box(item), tooltip=_quote(item.name))
            node.set("group", f"chain{chains[item.key]}")
            parent.add_node(node)
            continue
        cluster = pydot.Cluster(_quote_name(item.key), label=_group(item), margin="14", style="rounded,filled")
        cluster.set("fillcolor", "#f8fafc" if item.times == 1 else "#f1f5f9")
        cluster.set("pencolor", AXIS)
        cluster.set("labelloc", "t")
        cluster.set("labeljust", "l")
        if item.key in forks:
            fork = pydot.Node(_quote(f"{item.key} fork"), shape="point", width="0.02", color=GREY)
            fork.set("group", f"chain{chains[next(boxes(item)).key]}")
            cluster.add_node(fork)
        _add(cluster, item.children, chains, forks)
        parent.add_subgraph(cluster)


def _edges(scene: Scene, chains: Mapping[str, int], inside: Mapping[str, str]) -> list[pydot.Edge]:
    place = {box.key: index for index, box in enumerate(box for item in scene.items for box in boxes(item))}
    shapes = {box.key: box.shapes for item in scene.items for box in boxes(item)}
    nearest: dict[tuple[str, int], OutlineEdge] = {}
    for edge in scene.edges:
        near = nearest.setdefault((edge.tail, edge.output), edge)
        if place[edge.head] < place[near.head]:
            nearest[edge.tail, edge.output] = edge
    drawn = []
    forks = set()
    for edge in scene.edges:
        # A tensor that goes to several layers is told its shape once.
        text = write_shape(edge.shape) if nearest[edge.tail, edge.output] is edge else ""
        straight = chains[edge.tail] == chains[edge.head]
        group = inside.get(edge.head)
        if group is not None and inside.get(edge.tail) != group:
            # A block is entered once: within it the line parts.
            fork = f"{group} fork"
            if fork not in forks:
                drawn.append(_edge(edge.tail, fork, write_shape(edge.shape), straight=True, arrow=False))
                forks.add(fork)
            drawn.append(_edge(fork, edge.head, "", straight=straight))
        else:
            drawn.append(_edge(edge.tail, edge.head, text, straight=straight))
    for name, key in scene.outputs:
        shape = shapes[key]
        said = len(shape) == 1 and (key, 0) not in nearest
        drawn.append(_edge(key, f"output {name} {key}", write_shape(shape[0]) if said else "", straight=False))
    return drawn


def _edge(tail: str, head: str, text: str, *, straight: bool, arrow: bool = True) -> pydot.Edge:
    edge = pydot.Edge(_quote(tail), _quote(head))
    if text:
        edge.set("label", _quote(f"  {text}  "))
    if straight:
        edge.set("weight", "20")
    if not arrow:
        edge.set("arrowhead", "none")
    return edge


def _box(box: Box) -> str:
    family = family_of(box.kinds[0], box.details)
    name = _font(clip(name_range(box.name, box.last), _NAME), "white", 12, bold=True)
    kinds = " + ".join(word for word in (_SHORT.get(kind, kind) for kind in box.kinds[:2]) if word) or box.kinds[0]
    details = clip(" · ".join(box.details), _DETAIL)
    head = _row(name, _font(_note(box), "white", 9.5))
    body = _row(_font(kinds, INK, 11), _font(details, "#475569", 9.5))
    # Two colours with a weight and an angle make a hard edge half way down: a coloured head with round corners.
    return (
        f'<<TABLE STYLE="ROUNDED" BORDER="1" COLOR="{family.head}" BGCOLOR="{family.head};0.5:{family.body}" '
        f'GRADIENTANGLE="270" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{head}{body}</TABLE>>'
    )


def _note(box: Box | Group) -> str:
    words = []
    if box.parameters:
        words.append(f"{write_count(box.parameters)} params")
    if isinstance(box, Box) and box.frozen:
        words.append("frozen")
    if box.shared:
        words.append("shared")
    note = " · ".join(words)
    if box.times == 1:
        return note
    return f"{box.times} × {note}" if note else f"× {box.times}"


def _row(left: str, right: str) -> str:
    # Cells keep their distance by empty cells: padding would also raise the row.
    gap = f'<TD WIDTH="10" HEIGHT="{_ROW}"></TD>'
    if not right:
        return f'<TR>{gap}<TD ALIGN="LEFT" COLSPAN="3">{left}</TD>{gap}</TR>'
    between = '<TD WIDTH="16"></TD>'
    return f'<TR>{gap}<TD ALIGN="LEFT">{left}</TD>{between}<TD ALIGN="RIGHT">{right}</TD>{gap}</TR>'


def _group(group: Group) -> str:
    name = clip(name_range(group.name, group.last), 44)
    factor = f"{group.times} ×  " if group.times > 1 else ""
    note = f"{write_count(group.parameters)} params each" if factor and group.parameters else _note(group)
    # An empty half keeps the line that enters in the middle away from the words.
    space = f'<TD WIDTH="{int(max(text_width(factor + name, 12.5, bold=True), text_width(note, 9.5)))}"></TD>'
    title = _font(factor, CONVOLUTION.head, 12, bold=True) + _font(name, TEXT, 12, bold=True)
    below = f'<TR><TD ALIGN="LEFT">{_font(note, MUTED, 9.5)}</TD></TR>' if note else ""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0">'
        f'<TR><TD ALIGN="LEFT">{title}</TD>{space}</TR>{below}</TABLE>>'
    )


def _output(name: str, *, alone: bool) -> str:
    text = "output" if alone else clip(name, _NAME)
    return (
        f'<<TABLE STYLE="ROUNDED" BORDER="1" COLOR="{GREY}" BGCOLOR="white" CELLBORDER="0" CELLSPACING="0" '
        f'CELLPADDING="5"><TR><TD>{_font(f" {text} ", MUTED, 10.5, bold=not alone)}</TD></TR></TABLE>>'
    )


def _title(scene: Scene, notice: str | None) -> str:
    layers = f"{scene.layers:,} layer{'' if scene.layers == 1 else 's'}"
    counts = f"{scene.parameters:,} parameters · {layers}"
    frozen = scene.parameters - scene.trainable_parameters
    if frozen:
        counts += f" · {frozen:,} not trained"
    rows = [_font(clip(scene.name, 48), INK, 19, bold=True), _font(counts, MUTED, 11)]
    cells = [f'<TD ALIGN="LEFT">{row}</TD>' for row in rows]
    if notice:
        text = '<BR ALIGN="LEFT"/>'.join(
            _font(line, AMBER_INK, 11, bold=True) for line in wrap(f"⚠ {notice}", 380, 11, bold=True)
        )
        cells += [
            '<TD HEIGHT="4"></TD>',
            f'<TD ALIGN="LEFT" BALIGN="LEFT" BORDER="1" COLOR="{AMBER_EDGE}" STYLE="ROUNDED" BGCOLOR="{AMBER_PALE}" '
            f'CELLPADDING="8">{text}</TD>',
        ]
    # As wide as the legend, so that both begin at the same margin.
    cells.append(f'<TD HEIGHT="10" WIDTH="{_legend_width(_families(scene))}"></TD>')
    table = "".join(f"<TR>{cell}</TR>" for cell in cells)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0">{table}</TABLE>>'


def _families(scene: Scene) -> list[Family]:
    used = {family_of(box.kinds[0], box.details) for item in scene.items for box in boxes(item)}
    return [family for family in FAMILIES if family in used]


def _legend(scene: Scene) -> str:
    families = _families(scene)
    rows = [families[start : start + _LEGEND] for start in range(0, len(families), _LEGEND)]
    table = "".join(f"<TR>{''.join(_legend_entry(family) for family in row)}</TR>" for row in rows)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="5" CELLPADDING="0">{table}</TABLE>>'


def _legend_entry(family: Family) -> str:
    swatch = (
        f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{family.head}" FIXEDSIZE="TRUE" '
        f'WIDTH="11" HEIGHT="11"><TR><TD></TD></TR></TABLE>'
    )
    return f'<TD>{swatch}</TD><TD ALIGN="LEFT">{_font(f"{family.name}  ", TEXT, 9.5)}</TD>'


def _legend_width(families: Sequence[Family]) -> int:
    columns = [families[column::_LEGEND] for column in range(min(_LEGEND, len(families)))]
    return int(sum(22 + max(text_width(f"{family.name}  ", 9.5) for family in column) for column in columns))


def _font(text: str, color: str, size: float, *, bold: bool = False) -> str:
    if not text.strip():
        return ""
    inner = escape(text)
    return f'<FONT COLOR="{color}" POINT-SIZE="{size:g}">{f"<B>{inner}</B>" if bold else inner}</FONT>'


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _quote_name(key: str) -> str:
    return "".join(letter if letter.isalnum() else f"_{ord(letter):x}_" for letter in key)
