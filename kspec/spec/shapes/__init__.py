"""Shapes of what comes of every step, told from the spec alone. Keras is the judge; what is not sure is unknown."""

from kspec.spec.shapes.demands import wrong_rank, wrong_size
from kspec.spec.shapes.inference import Shapes, explain, infer
from kspec.spec.shapes.messages import no_such_result, refused, several_results
from kspec.spec.shapes.nesting import wrong_input
from kspec.spec.shapes.sizes import shown

__all__ = [
    "Shapes",
    "explain",
    "infer",
    "no_such_result",
    "refused",
    "several_results",
    "shown",
    "wrong_input",
    "wrong_rank",
    "wrong_size",
]
