"""What the calls of a model that is being built have given so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.spec.graph import Graph, GraphNode, Tensor
from kspec.spec.problems import SpecError
from kspec.spec.shapes import no_such_result, several_results


class Results:
    """Symbolic results by the name of the input or call that gives them.

    Args:
        graph: The model.
        inputs: Its symbolic inputs by name.
    """

    def __init__(self, graph: Graph, inputs: Mapping[str, Any]) -> None:
        self._graph = graph
        self._found: dict[str, Any] = dict(inputs)

    def add(self, name: str, result: Any) -> None:
        """Note the result of a call: a tensor, or several of them."""
        self._found[name] = result

    def of(self, wanted: Tensor | tuple[Tensor, ...], node: GraphNode) -> Any:
        """Return the Keras tensor of a result, or a list of them.

        Args:
            wanted: The result, or several.
            node: The call that takes them, which is the place of a problem.

        Raises:
            SpecError: The call that is named gives several results, or fewer than that.
        """
        if isinstance(wanted, tuple):
            return [self.of(item, node) for item in wanted]
        found = self._found[wanted.name]
        count = len(found) if isinstance(found, list | tuple) else 1
        if wanted.index is None:
            if count > 1:
                raise SpecError([several_results((*node.path, "from"), wanted, count, self._graph.node(wanted.name))])
            return found[0] if isinstance(found, list | tuple) else found
        if wanted.index >= count:
            raise SpecError([no_such_result((*node.path, "from"), wanted, count)])
        return found[wanted.index] if isinstance(found, list | tuple) else found

    def resolved(self, value: Any, node: GraphNode) -> Any:
        """Return a call argument with the Keras tensors in place of the results that it names."""
        if isinstance(value, Tensor):
            return self.of(value, node)
        if isinstance(value, list):
            return [self.resolved(item, node) for item in value]
        return value

    def shapes(self) -> dict[str, Any]:
        """Return the shapes of all results; the second one of a call that has several is called `name.1`."""
        shapes: dict[str, Any] = {}
        for name, found in self._found.items():
            for index, tensor in enumerate(found if isinstance(found, list | tuple) else [found]):
                shape = tuple(getattr(tensor, "shape", ()))
                shapes.setdefault(name, shape)
                shapes[f"{name}.{index}"] = shape
        return shapes
