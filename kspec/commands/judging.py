"""Judging a model on a part of the data: from its outputs and targets to reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kspec.judging.mistakes import Mistakes
from kspec.judging.reports import Report
from kspec.runs.outcomes import Outcome
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    import keras
    import numpy.typing as npt

    from kspec.data.part import AnyPart
    from kspec.data.plan import Plan
    from kspec.engine.predicting.judging import Answers
    from kspec.engine.predicting.prediction import OutputMeaning
    from kspec.judging.rows import Rows


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging found.

    Args:
        metrics: Loss and metrics.
        rows: Number of rows.
        last: Whether the last state of the model was judged and not the best.
        reports: What was found out about every output with targets.
        mistakes: The worst mistakes of each.
        unjudged: Why an output with targets has no report.
        expected: What the spec expects of this part, beside what came out.
    """

    metrics: Mapping[str, float]
    rows: int = 0
    last: bool = False
    reports: Mapping[str, Report] = field(default_factory=dict)
    mistakes: Mapping[str, Mistakes] = field(default_factory=dict)
    unjudged: Mapping[str, str] = field(default_factory=dict)
    expected: Sequence[Outcome] = ()


class Judging:
    """Judges a compiled model by parts of the data.

    Args:
        spec: The spec.
        model: The model.
        plan: How raw fields became targets.
        batch_size: Rows of a step; if left out, that of the spec, or what fits into memory.
        callbacks: Callbacks with hooks for this.
    """

    def __init__(
        self, spec: Spec, model: keras.Model, plan: Plan, *, batch_size: int | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:  # fmt: skip
        from kspec.engine.predicting.judging import Judge

        self._spec, self._model, self._plan = spec, model, plan
        self._judge = Judge(spec, model, batch_size=batch_size, callbacks=callbacks)

    def __call__(self, part: AnyPart) -> Judgement:
        """Return how good the model is on some rows."""
        spec, plan = self._spec, self._plan
        wanted = spec.evaluate.reports != ()
        unjudged = _too_large(spec, self._model, part) if wanted else {}
        names = [name for name in part.sample.y if name not in unjudged] if wanted else []
        metrics, said = self._judge(part, names)
        meanings = output_meanings(spec, self._model, plan.labels)
        reports: dict[str, Report] = {}
        mistakes: dict[str, Mistakes] = {}
        for name in names:
            rows = _collect(spec, said, plan, name, meanings[name])
            if isinstance(rows, str):
                unjudged[name] = rows
                continue
            reports[name] = _report(rows)
            if spec.evaluate.reports is None or "mistakes" in spec.evaluate.reports:
                from kspec.commands.wrong_rows import wrong_rows

                mistakes[name] = wrong_rows(rows, name, part, plan)
        return Judgement(metrics, part.rows, reports=reports, mistakes=mistakes, unjudged=unjudged)


def output_meanings(spec: Spec, model: keras.Model, labels: Mapping[str, Sequence[str]]) -> dict[str, OutputMeaning]:
    """Return what every output of a model says."""
    from kspec.engine.building.compiling import from_logits, output_kind, output_shapes
    from kspec.engine.predicting.prediction import OutputMeaning

    return {
        name: OutputMeaning(
            output_kind(spec.compile, name, shape[-1]), from_logits(spec.compile, name), tuple(labels.get(name, ()))
        )
        for name, shape in output_shapes(model, spec.graph).items()
    }


def _too_large(spec: Spec, model: keras.Model, part: AnyPart) -> dict[str, str]:
    """Return the outputs that would take more memory than they may, each with what must be said of it."""
    from kspec.data.memory import DEFAULT_MEMORY, readable
    from kspec.engine.building.compiling import output_shapes

    most = max(spec.runtime.memory or 0, DEFAULT_MEMORY)
    found = {}
    for name, shape in output_shapes(model, spec.graph).items():
        targets = part.sample.y.get(name)
        if targets is None:
            continue
        sizes = [size for size in shape[1:] if size is not None]
        of_a_row = math.prod(sizes) if len(sizes) == len(shape) - 1 else targets[0].size
        needed = part.rows * (4 * of_a_row + targets[0].nbytes)
        if needed > most:
            allows = "`runtime: {memory: ...}` allows more"
            found[name] = f"targets and predictions take {readable(needed)}, more than {readable(most)}: {allows}"
    return found


def _report(rows: Rows) -> Report:
    from kspec.judging.classification import judge_classes
    from kspec.judging.regression import judge_values

    return judge_values(rows) if rows.kind == "values" else judge_classes(rows)


def _collect(spec: Spec, said: Answers, plan: Plan, name: str, meaning: OutputMeaning) -> Rows | str:
    """Lay the targets of an output beside what the model gave."""
    from kspec.engine.building.compiling import ignored_class, says_yes_or_no
    from kspec.engine.predicting.prediction import interpret
    from kspec.judging.rows import collect

    raw, targets, weights = said.outputs[name], said.targets[name], _weights(spec, said, name)
    names: Sequence[str] = meaning.labels or plan.targets[name].fields
    if raw.shape[-1] > 1 and says_yes_or_no(spec.compile, name):
        likely = interpret(raw, replace(meaning, kind="binary")).values
        names = names if len(names) == raw.shape[-1] else [str(number) for number in range(raw.shape[-1])]
        return collect(targets, likely, "labels", names, weights=weights)
    if meaning.kind == "values":
        return collect(targets, raw, "values", names, weights=weights)
    found, ignored = interpret(raw, meaning), ignored_class(spec.compile, name)
    return collect(targets, found.values, "classes", found.classes, weights=weights, ignored=ignored)


def _weights(spec: Spec, said: Answers, name: str) -> npt.NDArray[Any] | None:
    """Return what the rows stand for, where the spec says it; weights that only say how to fit are none of that."""
    from kspec.data.choice import weight_fields

    named = spec.data is not None and name in weight_fields(spec.data, said.targets)
    return said.weights.get(name) if named else None
