"""Problems with calls, in words that are the same whether a spec alone shows them or Keras finds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kspec.spec.graph import GraphNode, Tensor
from kspec.spec.layer_names import layer_base_name
from kspec.spec.problems import Path, Problem
from kspec.spec.shapes.sizes import shown


def refused(node: GraphNode, shapes: Mapping[str, Iterable[Any] | None], reason: str, hint: str | None) -> Problem:
    """Return the problem of a call that cannot be: the step, what feeds it, and the shapes.

    Args:
        node: The call.
        shapes: Shape of each result, as far as known.
        reason: Why it cannot be.
        hint: How to mend it.
    """
    fed = ", ".join(f"`{tensor}` {shown(shapes.get(str(tensor)))}".rstrip() for tensor in node.sources)
    message = f"{node.kind} cannot be applied to {fed or 'nothing'}: {reason}"
    return Problem("shape-mismatch", node.path, message, hint, at="key")


def several_results(
    path: Path, tensor: Tensor, count: int, step: GraphNode | None = None, *, output: bool = False
) -> Problem:
    """Return the problem of using a step that has several results as if it had one.

    Args:
        path: Place where it is used.
        tensor: The step's result as it is named there.
        count: How many results it has.
        step: The step, if it is known.
        output: Whether it is used as an output of the model.
    """
    component = step.component if step else None
    name = tensor.name.rpartition(".")[2]  # inside a block, names are local
    unnamed = component and re.fullmatch(rf"{layer_base_name(component.name)}(_\d+)?", name)
    name = "NAME" if unnamed else name
    if output:
        hint = f"{'give it a `name`, and list' if unnamed else 'list'} what the model returns: `outputs: [{name}.0]`"
    elif unnamed:
        hint = "give that step a `name`, and write `NAME.0` for the first of them"
    else:
        hint = f"name one of them: {', '.join(f'`{name}.{index}`' for index in range(min(count, 4)))}"
    return Problem("several-results", path, f"`{tensor.name}` has {count} results", hint)


def no_such_result(path: Path, tensor: Tensor, count: int) -> Problem:
    """Return the problem of naming a result that a step does not have."""
    results = "result" if count == 1 else "results"
    message = f"`{tensor.name}` has {count} {results}, counted from 0: there is no `{tensor}`"
    return Problem("unknown-step", path, message)
