"""Classes that are too few, too many, or not there; and numbers that seem to be classes."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.data.labels import shown_labels
from kspec.data.profile.findings.look import Look
from kspec.runs.inspection import TargetProfile
from kspec.spec.lints import Finding

_FEW = 5
_IMBALANCE = 20.0
_MOST_CLASSES = 10
_ROWS_A_CLASS = 10


def rare_class(look: Look) -> Iterator[Finding]:
    """Warn of classes with hardly a training row."""
    for output, target in look.targets.items():
        if target.task != "classes":
            continue
        few = [(name, count) for name, count in _train(target) if 0 < count < _FEW]
        if few and len(few) < len(target.names):
            names = [name for name, _ in few]
            have = "has" if len(few) == 1 else "have"
            message = f"the {_classes(names)} {have} fewer than {_FEW} training rows"
            yield Finding(look.target_path(output), message, "put rare classes together, or find more rows", at="key")


def imbalanced_classes(look: Look) -> Iterator[Finding]:
    """Warn of a class that hides another, where nothing weighs them."""
    weighed = look.spec.fit.sample_weight or look.data.sample_weight
    for output, target in look.targets.items():
        if target.task != "classes":
            continue
        there = sorted((count, name) for name, count in _train(target) if count >= _FEW)
        times = there[-1][0] / there[0][0] if there else 1.0
        loss = look.spec.compile.loss.get(output) if look.spec.compile else None
        focal = "focal" in str(getattr(loss, "name", loss)).lower()
        if times < _IMBALANCE or weighed or output in look.spec.class_weight or focal:
            continue
        (least, rare), (most, frequent) = there[0], there[-1]
        message = f"`{frequent}` has {most:,} training rows and `{rare}` {least:,}, {times:,.0f} times fewer"
        accuracy = target.baseline["train"].get("accuracy", 0.0)
        hint = f"always guessing `{frequent}` is right in {accuracy:.1%}: see `fit.class_weight: balanced`"
        if look.spec.graph.several_outputs:
            hint = hint.replace("class_weight: balanced", f"class_weight: {{{output}: balanced}}")
        yield Finding(look.target_path(output), message, hint, at="key")


def numbered_classes(look: Look) -> Iterator[Finding]:
    """Warn of targets that seem to be the numbers of a few classes, and of a loss that fits numbers."""
    for output, target in look.targets.items():
        if target.task != "numbers" or output not in look.wanted or look.wanted[output].preprocess:
            continue
        profile = look.train.profile.fields[target.field]
        numbers, distinct = profile.numbers, profile.distinct
        if numbers is None or distinct is None or not numbers.whole or not 2 <= distinct <= _MOST_CLASSES:
            continue
        numbered = numbers.low in (0, 1) and numbers.high - numbers.low + 1 == distinct
        if numbered and profile.rows >= _ROWS_A_CLASS * distinct and not look.spec.graph.several_outputs:
            message = f"the targets of `{output}` are the whole numbers {numbers.low:g} to {numbers.high:g}"
            hint = "a crossentropy is for classes; this loss is right where 2 is twice as much as 1"
            if distinct == 2:
                hint = "`binary_crossentropy` with `activation: sigmoid` is for yes and no"
            yield Finding(look.loss_path(output), message, hint, at="key")


def _train(target: TargetProfile) -> list[tuple[str, int]]:
    return list(zip(target.names, target.counts["train"], strict=True))


def _classes(names: list[str]) -> str:
    return f"class `{names[0]}`" if len(names) == 1 else f"classes {shown_labels(names)}"
