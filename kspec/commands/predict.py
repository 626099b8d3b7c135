"""`kspec predict`: what a run's model says of new rows."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec import catalogue
from kspec.commands.asking import Answer, Asked, ask
from kspec.commands.given import rows_name
from kspec.commands.predictions.columns import Column, Shown, check_names
from kspec.commands.predictions.writing import check_output, kind_of, writing
from kspec.runs.events import Observer, Progress, ignore
from kspec.runs.folder import RunFolder

if TYPE_CHECKING:
    from kspec.engine.predicting.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        path: The file, or `-` for standard output.
        rows: Number of rows.
        seconds: How long they took, from the first row on.
    """

    path: Path
    rows: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """How fast it was."""
        return self.rows / max(self.seconds, 1e-9)


def predict(
    run: RunFolder,
    rows: Any,
    *,
    last: bool = False,
    batch_size: int | None = None,
    outputs: Sequence[str] = (),
    code: Sequence[str | Path] = (),
    observe: Observer = ignore,
) -> dict[str, Prediction]:
    """Return the predictions for some rows, in their order, by output.

    Args:
        run: The run.
        rows: What `ask` takes: a file, or several; or arrays by field name; or one array.
        last: Use the last state of the model rather than the best.
        batch_size: Rows of a step.
        outputs: Outputs to return; all if left out.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Raises:
        SpecError: A file is missing or damaged, or the rows lack a field that training had.
    """
    asked = Asked(outputs=tuple(outputs), last=last, batch_size=batch_size)
    answers = list(ask(run, rows, asked, code=code, observe=observe).answers)
    return {name: _joined([answer.predictions[name] for answer in answers]) for name in answers[0].predictions}


def predict_to_file(
    run: RunFolder,
    rows: Sequence[str | Path],
    output: Path | None,
    *,
    asked: Asked | None = None,
    shown: Shown | None = None,
    form: str | None = None,
    force: bool = False,
    code: Sequence[str | Path] = (),
    observe: Observer = ignore,
) -> Written:
    """Write the predictions for some rows as they are made; the file is there once all are in it, and not before.

    Args:
        run: The run.
        rows: Files, folders, patterns, sources, or `-` for standard input.
        output: The file, or `-` for standard output; if left out, a file in the run's `predictions/` under the name of
            the rows.
        asked: What is asked of the model.
        shown: What of its predictions is written.
        form: Kind of the file; by its ending if left out.
        force: Whether a file may be written over.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Raises:
        SpecError: As `predict`; or the output cannot be written, or exists and `force` is not given.
    """
    asked, shown = asked or Asked(), shown or Shown(raw=bool(asked and asked.raw))
    made = output is None
    if output is None:
        more = f"-and-{len(rows) - 1}-more" if len(rows) > 1 else ""
        output = run.predictions / f"{rows_name(rows[0], catalogue.load())}{more}.{form or 'csv'}"
    kind = kind_of(output, form)
    check_output(output, force=force, made=made)
    found = ask(run, rows, asked, code=code, observe=observe)
    shown.check(found.meanings, found.widths)
    begun = time.perf_counter()
    answers = iter(found.answers)
    first = next(answers)  # what is wrong with the first rows is said before anything is written
    check_names(first.kept, shown.columns(first.predictions))
    done = 0
    with writing(output, kind) as writer:
        for answer in itertools.chain((first,), answers):
            writer.write(_columns(answer, shown, None if kind == "npz" else done))
            done += answer.rows
            if answer.share != 1:
                observe(Progress("predicting", done, round(done / answer.share) if answer.share else 0))
    return Written(output, done, time.perf_counter() - begun)


def _columns(answer: Answer, shown: Shown, done: int | None) -> list[Column]:
    """Return what is written of some rows; their numbers, too, if it is told how many are done."""
    import numpy as np

    numbers = [] if done is None else [Column("row", np.arange(done + 1, done + answer.rows + 1))]
    kept = [Column(name, values) for name, values in answer.kept.items()]
    return [*numbers, *kept, *shown.columns(answer.predictions)]


def _joined(parts: Sequence[Prediction]) -> Prediction:
    from dataclasses import replace

    import numpy as np

    def together(arrays: Iterable[Any]) -> Any:
        present = [array for array in arrays if array is not None]
        return np.concatenate(present) if present else None

    return replace(
        parts[0],
        values=together(part.values for part in parts),
        chosen=together(part.chosen for part in parts),
        held=together(part.held for part in parts),
    )
