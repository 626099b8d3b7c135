"""What a summary says of a model, without TensorFlow."""

from kspec.commands.summary import summary_of, summary_text
from kspec.plots.outline import Outline, OutlineEdge, OutlineNode


def node(key: str, kind: str, units: int, parameters: int = 0) -> OutlineNode:
    name = key.rpartition("/")[2].partition("#")[0]
    return OutlineNode(key, name, kind, (), parameters, parameters > 0, ((None, units),))


def tower(key: str, *, again: bool) -> Outline:
    inside = (f"{key}/words", f"{key}/dense")
    children = (node(inside[0], "InputLayer", 4), node(inside[1], "Dense", 3, 0 if again else 15))
    edges = (OutlineEdge(*inside, (None, 4)),)
    parameters = 0 if again else 15
    return Outline(
        key, "tower", parameters, parameters, 2, children, edges, inside[:1], (("dense", inside[1]),), True,
        kind="Sequential", shapes=((None, 3),), again=again,
    )  # fmt: skip


def siamese() -> Outline:
    first, second = tower("net/tower", again=False), tower("net/tower#2", again=True)
    pairs = [
        ("net/left", "net/tower/words"),
        ("net/right", "net/tower#2/words"),
        ("net/tower/dense", "net/proj"),
        ("net/tower#2/dense", "net/proj#2"),
        ("net/proj", "net/dot"),
        ("net/proj#2", "net/dot"),
    ]
    children = (
        node("net/left", "InputLayer", 4), node("net/right", "InputLayer", 4), first, second,
        node("net/proj", "Dense", 2, 8), node("net/proj#2", "Dense", 2), node("net/dot", "Dot", 1),
    )  # fmt: skip
    edges = (*first.edges, *second.edges, *(OutlineEdge(*pair, (None, 4)) for pair in pairs))
    return Outline("net", "net", 23, 23, 7, children, edges, ("net/left", "net/right"), (("dot", "net/dot"),))


def test_nested_and_shared_models():
    summary = summary_of(siamese())
    assert summary_text(summary).splitlines()[2:-2] == [
        "left      InputLayer  4   0",
        "right     InputLayer  4   0",
        "tower     Sequential  3  15  left",
        "  dense   Dense       3  15  words",
        "tower #2  Sequential  3   0  right",
        "proj      Dense       2   8  tower",
        "proj #2   Dense       2   0  tower #2",
        "dot       Dot         1   0  proj, proj #2",
    ]
    assert sum(row.parameters for row in summary.layers if not row.depth) == 23


def test_a_model_that_is_one_layer():
    """A subclassed model has no graph to read: its one node has the model's own key."""
    odd = node("odd", "Odd", 2, 8)
    summary = summary_of(Outline("odd", "odd", 8, 8, 1, (odd,), (), (), ()))
    assert [(row.name, row.kind, row.fed_by) for row in summary.layers] == [("odd", "Odd", ())]
