"""`kspec evaluate`: how good a run's model is on rows that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.commands.evaluation_files import write_judgement
from kspec.commands.given import check_rows, given_fields, rows_name
from kspec.commands.judging import Judgement, Judging
from kspec.commands.judging import output_meanings as output_meanings
from kspec.commands.opening import OpenedRun, open_run
from kspec.runs.events import Notice, Observer, Phase, ignore
from kspec.runs.folder import RunFolder
from kspec.runs.outcomes import outcomes
from kspec.runs.report import write_report
from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    import keras

    from kspec.data.part import AnyPart
    from kspec.data.plan import Plan

PARTS = ("test", "validation", "train")
"""Parts to judge by; where none is named, the first that there is."""


def evaluate(
    run: RunFolder,
    *,
    data: str | Path | None = None,
    part: str | None = None,
    last: bool = False,
    batch_size: int | None = None,
    code: Sequence[str | Path] = (),
    observe: Observer = ignore,
) -> tuple[str, Judgement]:
    """Judge the model of a run.

    Args:
        run: The run.
        data: A file or a source to judge by, in place of the spec's own rows.
        part: The part of the spec's rows to judge by; the test rows if left out, or what there is in their place.
        last: Judge the last state rather than the best.
        batch_size: Rows of a step.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Returns:
        The part that was used, and what was found.

    Raises:
        SpecError: A file of the run is damaged, the data is not what training saw, or there is no such part.
    """
    if part is not None and data is not None:
        raise SpecError([Problem("two-parts", (), "`--part` and `--data` both say what to judge by", "keep one")])
    found = open_run(run, code)
    for said in found.notices:
        observe(Notice(said))
    if isinstance(data, str | Path):
        check_rows(data, found.opened.known, once=False)
    observe(Phase("starting TensorFlow"))
    from kspec.engine.startup import start

    start(found.opened.code)
    from kspec.data.plan import Plan
    from kspec.engine.callbacks import callbacks_with_hooks

    observe(Phase("reading data"))
    plan = Plan.load(run)
    name, rows, notices = _rows(found, plan, data, part)
    for said in notices:
        observe(Notice(said))
    observe(Phase("evaluating"))
    with found.opened.placing():
        model = compiled_model(found, last=last)
        callbacks = callbacks_with_hooks(found.spec.callbacks, run, "test")
        judging = Judging(found.spec, model, plan, batch_size=batch_size, callbacks=callbacks)
        judgement = replace(judging(rows), last=last)
    if data is None:
        results = {f"{name}.{metric}": value for metric, value in judgement.metrics.items()}
        expected = [expectation for expectation in found.spec.expect if expectation.part == name]
        judgement = replace(judgement, expected=outcomes(expected, results))
    observe(Phase("drawing"))
    for fault in write_judgement(run, name, judgement, found.spec, notice="; ".join(notices) or None):
        observe(Notice(fault))
    if run.report.exists():
        write_report(run, found.manifest, found.run.history)
    return name, judgement


def compiled_model(found: OpenedRun, *, last: bool = False) -> keras.Model:
    """Return the trained model of a run, compiled as its spec says."""
    from kspec.engine.building.compiling import compile_model
    from kspec.engine.runtime import precision

    with precision(found.spec.runtime):  # what scales losses is chosen by it, too
        model = found.run.model(last=last)
        if found.spec.compile is not None:
            compile_model(model, found.spec.compile, found.spec.graph)
    return model


def _rows(
    found: OpenedRun, plan: Plan, data: str | Path | None, wanted: str | None
) -> tuple[str, AnyPart, tuple[str, ...]]:
    """Return the name of the part to judge by, its rows, and what must be said of them."""
    from kspec.data.memory import DEFAULT_MEMORY
    from kspec.data.prepare import prepare_part
    from kspec.engine.building.build import read_data

    seed = found.manifest.seed or 0
    if data is not None:
        written = isinstance(data, str | Path)
        name = rows_name(data, found.opened.known) if written else "given"
        memory = found.spec.runtime.memory or DEFAULT_MEMORY
        fields, said = given_fields(data, found.opened, plan, memory)
        return name, prepare_part(found.spec, fields, plan, name), said
    with found.opened.placing():
        prepared = read_data(found.spec, folder=found.opened.folder, seed=seed, plan=plan)
    if prepared.notice and not found.manifest.data.get("fallback"):
        message = f"`{found.folder.name}` was trained on other data than can be had here"
        raise SpecError([Problem("data-changed", (), message, prepared.notice)])
    notices = [prepared.notice, *prepared.notices] if prepared.notice else [*prepared.notices]
    if not found.manifest.smoke and dict(prepared.fingerprints) != found.manifest.data.get("fingerprints"):
        notices.append("the data has changed since this run was trained")
    if wanted is not None and wanted not in prepared.parts:
        there = " and ".join(f"`{name}`" for name in PARTS if name in prepared.parts)
        message = f"the data of `{found.folder.name}` has no {wanted} part"
        raise SpecError([Problem("missing-part", (), message, f"there is {there}")])
    part = wanted or next(name for name in PARTS if name in prepared.parts)
    if part == "train" and not wanted:
        notices.append("there are no test rows: these are the rows that the model was trained on")
    return part, prepared.parts[part], tuple(notices)
