"""What the outputs of a trained model say, by its losses and by what its targets were."""

from __future__ import annotations

import keras

from kspec.data.plan import Plan
from kspec.engine.building.compiling import from_logits, output_kind, output_shapes, says_yes_or_no
from kspec.engine.predicting.prediction import OutputMeaning
from kspec.spec.spec import Spec


def read_meanings(spec: Spec, model: keras.Model, plan: Plan) -> dict[str, OutputMeaning]:
    """Return what every output says.

    Args:
        spec: The spec.
        model: The trained model.
        plan: What its targets were made of.
    """
    meanings: dict[str, OutputMeaning] = {}
    for name, shape in output_shapes(model, spec.graph).items():
        kind = output_kind(spec.compile, name, shape[-1])
        labels = plan.class_names(name)
        fields = plan.targets[name].fields if name in plan.targets else ()
        if kind == "classes" and not labels and len(fields) == shape[-1]:
            labels = fields  # one-hot, a field for each class
        found = OutputMeaning(kind, from_logits(spec.compile, name), labels)
        several = len(shape) == 2 and (shape[-1] or 0) > 1 and says_yes_or_no(spec.compile, name)
        if several and kind == "values" and _are_labels(plan, name, bool(labels)):
            found = OutputMeaning("labels", found.logits, labels or (fields if len(fields) == shape[-1] else ()))
        meanings[name] = found
    return meanings


def _are_labels(plan: Plan, name: str, named: bool) -> bool:
    """Say whether targets are labels, each yes or no, and not fractions such as the greys of an image."""
    target = plan.targets.get(name)
    if target is None:
        return False
    return named or (not target.preprocessed and ("int" in target.raw or target.raw == "bool"))
