"""`kspec predict`: what a run's model says of new rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec import catalogue
from kspec.commands.given import check_rows, given_fields, rows_name
from kspec.commands.opening import open_run
from kspec.commands.prediction_files import check_output, write_predictions
from kspec.runs.events import Notice, Observer, Phase, ignore
from kspec.runs.folder import RunFolder
from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    from kspec.engine.prediction import Prediction


def predict(
    run: RunFolder,
    rows: str | Path | Mapping[str, Any] | Any,
    *,
    last: bool = False,
    batch_size: int | None = None,
    outputs: Sequence[str] = (),
    code: Sequence[str | Path] = (),
    observe: Observer = ignore,
) -> dict[str, Prediction]:
    """Return the predictions for some rows, in their order.

    Args:
        run: The run.
        rows: A CSV, NPZ or NPY file; or arrays by field name; or the array of the field `x`.
        last: Use the last state of the model rather than the best.
        batch_size: Rows of a step.
        outputs: Outputs to return; all if left out.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Raises:
        SpecError: A file is missing or damaged, or the rows lack a field that training had.
    """
    found = open_run(run, code)
    for said in found.notices:
        observe(Notice(said))
    if isinstance(rows, str | Path):
        check_rows(rows, found.opened.known)
    observe(Phase("starting TensorFlow"))
    from kspec.engine.startup import start

    start(found.opened.code)
    from kspec.commands.evaluate import output_meanings
    from kspec.data.plan import Plan
    from kspec.data.sources import Stream
    from kspec.engine.prediction import interpret, predict_outputs

    spec = found.spec
    observe(Phase("reading data"))
    plan = Plan.load(run)
    given = given_fields(rows, found.opened, plan)
    x = plan.x(given.load() if isinstance(given, Stream) else given, "given")
    if not len(next(iter(x.values()))):
        raise SpecError([Problem("empty-part", (), "there are no rows to predict")])
    model = found.run.model(last=last)
    wanted = list(outputs or spec.predict.outputs or spec.graph.outputs)
    if unknown := [name for name in wanted if name not in spec.graph.outputs]:
        known = ", ".join(f"`{name}`" for name in spec.graph.outputs)
        raise SpecError([Problem("unknown-output", (), f"there is no output `{unknown[0]}`", f"the model has {known}")])
    size = batch_size or spec.predict.batch_size or max(spec.fit.batch_size, 256)
    observe(Phase("predicting"))
    with found.opened.placing():
        raw = predict_outputs(
            model, x if spec.graph.several_inputs else next(iter(x.values())), list(spec.graph.outputs), size
        )
    meanings = output_meanings(spec, model, plan.labels)
    return {name: interpret(raw[name], meanings[name]) for name in wanted}


def predict_to_file(
    run: RunFolder, rows: str | Path, output: Path | None, *, force: bool = False, last: bool = False,
    batch_size: int | None = None, code: Sequence[str | Path] = (), observe: Observer = ignore,
) -> tuple[Path, int]:  # fmt: skip
    """Write the predictions for the rows of a file and return the written path and the number of rows.

    Without `output` they go into the run's `predictions/`, under the name of the file.

    Raises:
        SpecError: As `predict`; or the output cannot be written, or exists and `force` is not given.
    """
    if output is None:
        run.predictions.mkdir(exist_ok=True)
        output = run.predictions / f"{rows_name(rows, catalogue.load())}.csv"
    check_output(output, force=force)
    predictions = predict(run, rows, last=last, batch_size=batch_size, code=code, observe=observe)
    write_predictions(output, predictions)
    return output, len(next(iter(predictions.values())).values)
