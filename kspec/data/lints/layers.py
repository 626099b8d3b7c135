"""Layers that the shapes of the data show in another light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kspec.data.lints.outputs import Outputs
from kspec.data.prepare import Prepared
from kspec.spec.lints import Finding
from kspec.spec.lints.layers import normalizing_one_row
from kspec.spec.shapes import infer
from kspec.spec.spec import Spec


def one_row_normalized(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of BatchNormalization over batches of one row where only the data says what shape it is fed."""
    inputs = {
        name: item if item.known else replace(item, arguments={**item.arguments, "shape": list(data.shape(name))})
        for name, item in spec.graph.inputs.items()
    }
    if spec.graph.whole or inputs == spec.graph.inputs:
        return
    graph = replace(spec.graph, inputs=inputs)
    told = set(normalizing_one_row(spec))
    found = normalizing_one_row(replace(spec, graph=graph, shapes=infer(graph)))
    yield from (finding for finding in found if finding not in told)
