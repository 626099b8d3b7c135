"""What each output of a model is: its last layers, its loss and its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kspec.commands.starters.feeds import Line
from kspec.commands.starters.names import StepNames
from kspec.commands.starters.sheet import shown
from kspec.commands.starters.targets import Target

_ALIKE = 10
"""How many times wider than another a quantity may be for both to be trained by one loss."""

_WHY_MSE = "the mean squared error, for quantities"
_METRICS = "[mae, R2Score]"


@dataclass(frozen=True, slots=True)
class Head:
    """One output.

    Args:
        name: Its name.
        targets: What it predicts; several quantities stand side by side.
        steps: Its layers, as YAML.
        loss: Its loss.
        why: Why it has this loss.
        metrics: Its metrics, as YAML.
        weight: How much its loss counts among several, as YAML.
    """

    name: str
    targets: tuple[Target, ...]
    steps: tuple[Line, ...]
    loss: str
    why: str
    metrics: str
    weight: str = "1"


def make_heads(targets: Sequence[Target], names: StepNames) -> list[Head]:
    """Return the outputs: one for quantities of a like scale, else one for each target."""
    quantities = not any(target.classes for target in targets)
    widths = [target.deviation for target in targets]
    if quantities and (len(targets) == 1 or max(widths) <= _ALIKE * min(widths)):
        return [_quantities(tuple(targets), names.give(targets[0].name))]
    return [
        _classes(target, names.give(target.name)) if target.classes else _quantity(target, names.give(target.name))
        for target in targets
    ]


def _classes(target: Target, name: str) -> Head:
    if target.units == 1:
        yes = target.classes[1][0]
        last = ("Dense: {units: 1, activation: sigmoid}", f"the probability of {shown(yes)}")
        metrics = "[accuracy, {AUC: {name: auc}}]"
        return Head(name, (target,), (last,), "binary_crossentropy", "for one of two classes", metrics)
    count = len(target.classes)
    last = (f"Dense: {{units: {count}, activation: softmax}}", f"a probability for each of the {count} classes")
    why = "for one of several classes"
    return Head(name, (target,), (last,), "sparse_categorical_crossentropy", why, "[accuracy]")


def _quantity(target: Target, name: str) -> Head:
    scale, offset = _short(target.deviation), _short(target.mean)
    remark = f"to where the values lie: {offset}, give or take {scale}"
    steps = (("Dense: 1", "a quantity: no activation"), (f"Rescaling: {{scale: {scale}, offset: {offset}}}", remark))
    return Head(name, (target,), steps, "mse", _WHY_MSE, _METRICS, _short(target.deviation**-2))


def _quantities(targets: tuple[Target, ...], name: str) -> Head:
    if len(targets) == 1:
        return _quantity(targets[0], name)
    means = ", ".join(_short(target.mean) for target in targets)
    variances = ", ".join(_short(target.deviation**2) for target in targets)
    steps = (
        (f"Dense: {len(targets)}", "quantities side by side: no activation"),
        (f"Normalization: {{mean: [{means}], variance: [{variances}], invert: true}}", "to where their values lie"),
    )
    return Head(name, targets, steps, "mse", _WHY_MSE, _METRICS)


def _short(number: float) -> str:
    """Return a number with three digits, as YAML reads it."""
    return f"{float(f'{number:.3g}'):g}"
