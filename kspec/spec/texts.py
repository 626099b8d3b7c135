"""Text that an operation is given among numbers: Keras notices some of it when it builds, and some in training only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kspec.spec.checker import kind_of
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, GraphNode, InputSpec
from kspec.spec.ops import OPS
from kspec.spec.problems import Path, Problem, nearest
from kspec.spec.slips import slip
from kspec.spec.whole_models import SavedModelSpec

_STRING = "string"


def texts_among_numbers(graph: Graph, dtypes: Mapping[str, str] | None = None) -> list[Problem]:
    """Return a problem for every text that an operation is to compute with although it is fed numbers.

    What is fed text may well be compared with text, as may what could be text: an input whose type the data decides, or
    what comes of a layer of one's own.

    Args:
        graph: The model.
        dtypes: Types of the inputs that the spec leaves to the data; None if they are not known.
    """
    inputs = [_may_be_text(item, dtypes) for item in graph.inputs.values()]
    found = {problem.path: problem for problem in _problems(graph, inputs)}  # one for all rounds of a repeated step
    return list(found.values())


def _problems(graph: Graph, inputs: Sequence[bool]) -> Iterator[Problem]:
    """Yield the problems of a model.

    Args:
        graph: The model.
        inputs: For each of its inputs, whether it may be text.
    """
    texts = dict(zip(graph.inputs, inputs, strict=True))
    for node in graph.nodes:
        fed = [texts[tensor.name] for tensor in node.sources]
        texts[node.name] = any(fed) or _gives_text(node)
        if isinstance(node.thing, Graph) and len(fed) == len(node.thing.inputs):
            yield from _problems(node.thing, fed)
        if isinstance(node.thing, ComponentSpec) and node.thing.family == "ops" and not any(fed):
            yield from _misplaced(node.thing, [*graph.inputs, *(other.name for other in graph.nodes)])


def _may_be_text(item: InputSpec, dtypes: Mapping[str, str] | None) -> bool:
    given = item.arguments.get("dtype") or (dtypes or {}).get(item.name)
    return given == _STRING if given or item.known else dtypes is None


def _gives_text(node: GraphNode) -> bool:
    """Say whether what is called may make text of numbers."""
    if isinstance(node.thing, SavedModelSpec):
        return True
    if not isinstance(node.thing, ComponentSpec):
        return False
    own = not node.thing.definition.module.startswith("keras.")
    return own or bool(node.thing.arguments.get("invert")) or node.thing.arguments.get("dtype") == _STRING


def _misplaced(operation: ComponentSpec, names: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for each text among what an operation computes with: arguments of which no type is known."""
    for key, value in operation.arguments.items():
        argument = operation.definition.arguments.get(key)
        if argument is None or argument.types:
            continue
        for path, text in _texts((*operation.path, key), value):
            message = f"`{key}` of {OPS}{operation.name} is numbers, as what it is fed is, not {kind_of(text)}"
            meant = nearest(text, names)
            hint = f"a result is named beside it: `call: {{{key}: {meant}}}`" if meant else slip(text, ("float",))
            yield Problem("wrong-type", path, message, hint)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the texts in a value, each with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts((*path, index), item)
