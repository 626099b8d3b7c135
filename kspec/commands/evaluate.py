"""`kspec evaluate`: how good a run's model is on rows that it was not trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.commands.given import check_rows, given_fields, rows_name
from kspec.commands.opening import OpenedRun, open_run
from kspec.runs import atomic
from kspec.runs.events import Notice, Observer, Phase, ignore
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import strict
from kspec.runs.outcomes import Outcome, outcomes
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    import keras
    import numpy as np
    import numpy.typing as npt

    from kspec.data.part import AnyPart
    from kspec.data.plan import Plan
    from kspec.engine.prediction import OutputMeaning


@dataclass(frozen=True, slots=True)
class Judgement:
    """What evaluation found.

    Args:
        metrics: Loss and metrics.
        confusions: For every output with classes, how often each class (rows) was taken for each (columns).
        classes: Class names by output.
        rows: Number of rows.
        expected: What the spec expects of this part, beside what came out.
    """

    metrics: Mapping[str, float]
    confusions: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: int = 0
    expected: Sequence[Outcome] = ()

    def write(self, folder: RunFolder, part: str, *, notice: str | None = None) -> list[Path]:
        """Write metrics and figures into the run's `evaluation/` and return the figures' paths."""
        from kspec.plots.confusion import draw_confusion

        folder.evaluation.mkdir(exist_ok=True)
        record = {
            "part": part,
            "rows": self.rows,
            "metrics": dict(self.metrics),
            "confusion": {
                name: {"classes": list(self.classes[name]), "counts": matrix.tolist()}
                for name, matrix in self.confusions.items()
            },
        }
        atomic.write_text(
            folder.evaluation / f"{part}.json", json.dumps(strict(record), indent=2, ensure_ascii=False) + "\n"
        )
        paths = []
        for name, matrix in self.confusions.items():
            one = len(self.confusions) == 1
            path = folder.evaluation / f"{part}-confusion{'' if one else '-' + name}.png"
            title = f"{folder.name} on the {part} rows" + ("" if one else f": {name}")
            paths += draw_confusion(matrix, self.classes[name], title=title, paths=[path], notice=notice)
        return paths


def evaluate(
    run: RunFolder,
    *,
    data: str | Path | None = None,
    last: bool = False,
    batch_size: int | None = None,
    code: Sequence[str | Path] = (),
    observe: Observer = ignore,
) -> tuple[str, Judgement]:
    """Judge the model of a run.

    Args:
        run: The run.
        data: A file or a source to judge by, in place of the spec's own test rows, or validation rows.
        last: Judge the last state rather than the best.
        batch_size: Rows of a step.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Returns:
        The part that was used, and what was found.

    Raises:
        SpecError: A file of the run is damaged, or the data is not what training saw.
    """
    found = open_run(run, code)
    for said in found.notices:
        observe(Notice(said))
    if isinstance(data, str | Path):
        check_rows(data, found.opened.known)
    observe(Phase("starting TensorFlow"))
    from kspec.engine.startup import start

    start(found.opened.code)
    from kspec.data.plan import Plan

    observe(Phase("reading data"))
    plan = Plan.load(run)
    part, rows, notice = _rows(found, plan, data)
    if notice:
        observe(Notice(notice))
    observe(Phase("evaluating"))
    with found.opened.placing():
        model = compiled_model(found, last=last)
    judgement = judge(found.spec, model, rows, plan.labels, batch_size=batch_size)
    if data is None:
        results = {f"{part}.{metric}": value for metric, value in judgement.metrics.items()}
        expected = [expectation for expectation in found.spec.expect if expectation.part == part]
        judgement = replace(judgement, expected=outcomes(expected, results))
    judgement.write(run, part, notice=notice or None)
    return part, judgement


def judge(
    spec: Spec, model: keras.Model, part: AnyPart, labels: Mapping[str, Sequence[str]], *, batch_size: int | None = None
) -> Judgement:
    """Return the metrics of a compiled model on some rows, and its confusions where it tells classes apart."""
    from kspec.engine.batching import Batches, answers
    from kspec.engine.prediction import confusion, interpret
    from kspec.engine.training import evaluate_model

    size = batch_size or spec.evaluate.batch_size or spec.fit.batch_size
    metrics = evaluate_model(model, Batches.of(part, model, spec, size))
    meanings = output_meanings(spec, model, labels)
    confusions, classes = {}, {}
    if any(meaning.kind != "values" for meaning in meanings.values()):
        found = answers(part, model, spec, size)
        for name, meaning in meanings.items():
            if name in found.targets and meaning.kind != "values":
                prediction = interpret(found.outputs[name], meaning)
                matrix = confusion(prediction, found.targets[name])
                if matrix is not None:
                    confusions[name], classes[name] = matrix, prediction.classes
    return Judgement(metrics, confusions, classes, part.rows)


def compiled_model(found: OpenedRun, *, last: bool = False) -> keras.Model:
    """Return the trained model of a run, compiled as its spec says."""
    from kspec.engine.compiling import compile_model
    from kspec.engine.runtime import precision

    with precision(found.spec.runtime):  # what scales losses is chosen by it, too
        model = found.run.model(last=last)
        if found.spec.compile is not None:
            compile_model(model, found.spec.compile, found.spec.graph)
    return model


def output_meanings(spec: Spec, model: keras.Model, labels: Mapping[str, Sequence[str]]) -> dict[str, OutputMeaning]:
    """Return what every output of a model says."""
    from kspec.engine.compiling import from_logits, output_kind, output_shapes
    from kspec.engine.prediction import OutputMeaning

    return {
        name: OutputMeaning(
            output_kind(spec.compile, name, shape[-1]), from_logits(spec.compile, name), tuple(labels.get(name, ()))
        )
        for name, shape in output_shapes(model, spec.graph).items()
    }


def _rows(found: OpenedRun, plan: Plan, data: str | Path | None) -> tuple[str, AnyPart, str]:
    """Return the name of the part to judge by, its rows, and what must be said of them."""
    from kspec.data.memory import DEFAULT_MEMORY
    from kspec.data.prepare import prepare_part
    from kspec.engine.build import read_data

    seed = found.manifest.seed or 0
    if data is not None:
        written = isinstance(data, str | Path)
        name = rows_name(data, found.opened.known) if written else "given"
        memory = found.spec.runtime.memory or DEFAULT_MEMORY
        return name, prepare_part(found.spec, given_fields(data, found.opened, plan, memory), plan, name), ""
    with found.opened.placing():
        prepared = read_data(found.spec, folder=found.opened.folder, seed=seed, plan=plan)
    if prepared.notice and not found.manifest.data.get("fallback"):
        message = f"`{found.folder.name}` was trained on other data than can be had here"
        raise SpecError([Problem("data-changed", (), message, prepared.notice)])
    notices = [prepared.notice] if prepared.notice else []
    if dict(prepared.fingerprints) != found.manifest.data.get("fingerprints"):
        notices.append("the data has changed since this run was trained")
    part = next(name for name in ("test", "validation", "train") if name in prepared.parts)
    if part == "train":
        notices.append("there are no test rows: these are the rows that the model was trained on")
    return part, prepared.parts[part], "; ".join(notices)
