"""Asking a run's model about rows, a piece of them at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.given import check_rows
from kspec.commands.opening import OpenedRun, open_run
from kspec.commands.readers import bad_data, check_fields, open_all
from kspec.runs.events import Notice, Observer, Phase, ignore
from kspec.runs.folder import RunFolder
from kspec.spec.problems import Problem, SpecError, did_you_mean

if TYPE_CHECKING:
    import numpy.typing as npt

    from kspec.data.given import Piece, Reader
    from kspec.data.given.unseen import Unseen
    from kspec.data.plan import Plan
    from kspec.engine.predicting.outputs import Predictor
    from kspec.engine.predicting.prediction import OutputMeaning, Prediction
    from kspec.engine.predicting.undoing import Undoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a model.

    Args:
        outputs: Its outputs that are wanted; all if left out.
        keep: Fields of the rows to carry along.
        last: Use the last state of the model rather than the best.
        batch_size: Rows of a step.
        threshold: Probability above which yes is said, of two classes or of a label.
        raw: What the model gives is wanted as it is.
        form: Kind of the files, `csv` or `jsonl`; by their endings if left out.
    """

    outputs: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    last: bool = False
    batch_size: int | None = None
    threshold: float = 0.5
    raw: bool = False
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of some neighbouring rows.

    Args:
        rows: How many they are.
        predictions: By output.
        kept: Fields that are carried along.
        share: How much of all rows is done with these, from 0 to 1; None if their end is not known.
    """

    rows: int
    predictions: Mapping[str, Prediction]
    kept: Mapping[str, npt.NDArray[Any]]
    share: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of rows.

    Args:
        meanings: What every output that is wanted says.
        widths: Size of its last axis.
        answers: The answers in the order of the rows, made as they are asked for.
    """

    meanings: Mapping[str, OutputMeaning]
    widths: Mapping[str, int]
    answers: Iterable[Answer]


def ask(
    run: RunFolder, rows: Any, asked: Asked, *, code: Sequence[str | Path] = (), observe: Observer = ignore
) -> Answers:
    """Open a run's model and rows for it.

    Args:
        run: The run.
        rows: A file, folder, pattern or source, `-` for standard input, or a list of those; or arrays by field name; or
            the array of the only field, or of the field `x`.
        asked: What is asked.
        code: Python files with components of one's own.
        observe: Is told of every event.

    Raises:
        SpecError: Something is missing or damaged, or the rows lack a field that training had. What is wrong with the
            rows themselves is raised by the answers.
    """
    found = open_run(run, code)
    for said in found.notices:
        observe(Notice(said))
    named = [rows] if isinstance(rows, str | Path) else rows if _are_names(rows) else None
    for name in named or ():
        check_rows(name, found.opened.known)
    outputs = _outputs(found, asked)
    observe(Phase("starting TensorFlow"))
    from kspec.engine.startup import start

    start(found.opened.code)
    from kspec.data.given.unseen import Unseen
    from kspec.data.plan import Plan
    from kspec.engine.building.compiling import output_shapes
    from kspec.engine.callbacks import callbacks_with_hooks
    from kspec.engine.predicting.meaning import read_meanings
    from kspec.engine.predicting.outputs import Predictor
    from kspec.engine.predicting.step_rows import predicted_at_once

    spec = found.spec
    observe(Phase("reading data"))
    plan = Plan.load(run)
    readers = open_all(rows, named, found.opened, plan, asked.form)
    for said in dict.fromkeys(said for reader in readers for said in reader.notices):
        observe(Notice(said))
    keep = check_fields(readers, found, plan, asked.keep, observe)
    with found.opened.placing():
        model = found.run.model(last=asked.last)
    shapes = output_shapes(model, spec.graph)
    meanings = {name: meaning for name, meaning in read_meanings(spec, model, plan).items() if name in outputs}
    undoing = {} if asked.raw else _undoing(meanings, shapes, plan, observe)
    size = asked.batch_size or predicted_at_once(spec, model)
    callbacks = callbacks_with_hooks(spec.callbacks, run, "predict")
    predictor = Predictor(model, list(spec.graph.outputs), size, callbacks)
    observe(Phase("predicting"))
    if asked.raw:
        meanings = {name: replace(meaning, kind="values") for name, meaning in meanings.items()}
    chosen = {name: meanings[name] for name in outputs}
    asking = _Asking(found, plan, Unseen(plan, model), predictor, chosen, undoing, asked.threshold)
    widths = {name: int(shapes[name][-1] or 0) for name in outputs}
    return Answers(asking.meanings, widths, asking.answers(readers, keep, observe))


@dataclass(frozen=True, slots=True)
class _Asking:
    found: OpenedRun
    plan: Plan
    unseen: Unseen
    predictor: Predictor
    meanings: Mapping[str, OutputMeaning]
    undoing: Mapping[str, Undoing]
    threshold: float

    def answers(self, readers: Sequence[Reader], keep: tuple[str, ...], observe: Observer) -> Iterator[Answer]:
        from kspec.data.given import Wanted
        from kspec.data.sources import DataError

        wanted = Wanted.of(self.plan, keep)
        try:
            for number, reader in enumerate(readers):
                for piece in reader.pieces(wanted):
                    share = None if piece.share is None else (number + piece.share) / len(readers)
                    yield self._answer(piece, share)
        except DataError as error:
            raise bad_data(error) from None
        self.predictor.end()
        for sentence in self.unseen.sentences():
            observe(Notice(sentence))

    def _answer(self, piece: Piece, share: float | None) -> Answer:
        from kspec.data.part import Part
        from kspec.engine.feeding import unknown_ids
        from kspec.engine.predicting.prediction import interpret

        graph = self.found.spec.graph
        x = self.plan.x(piece.fields, piece.rows)
        self.unseen.count(piece.fields)
        with self.found.opened.placing():
            if problems := list(unknown_ids(graph, {"given": Part(x, {}, names=piece.rows)})):
                raise SpecError(problems)
            raw = self.predictor(x if graph.several_inputs else next(iter(x.values())))
        predictions = {
            name: interpret(
                self.undoing[name](raw[name]) if name in self.undoing else raw[name], meaning, threshold=self.threshold
            )
            for name, meaning in self.meanings.items()
        }
        return Answer(len(next(iter(x.values()))), predictions, piece.kept, share)


def _are_names(rows: Any) -> bool:
    return isinstance(rows, list | tuple) and bool(rows) and all(isinstance(name, str | Path) for name in rows)


def _outputs(found: OpenedRun, asked: Asked) -> list[str]:
    """Return the outputs that are wanted, in the order of the model."""
    known = list(found.spec.graph.outputs)
    wanted = list(asked.outputs or found.spec.predict.outputs or known)
    if unknown := [name for name in wanted if name not in known]:
        shown = ", ".join(f"`{name}`" for name in known)
        hint = did_you_mean(unknown[0], known) or f"the model has {shown}"
        raise SpecError([Problem("unknown-output", (), f"there is no output `{unknown[0]}`", hint)])
    return [name for name in known if name in wanted]


def _undoing(
    meanings: Mapping[str, OutputMeaning], shapes: Mapping[str, tuple[int | None, ...]], plan: Plan, observe: Observer
) -> dict[str, Undoing]:
    """Return, by output, what brings values back into the units of the data, and say where nothing does."""
    from kspec.engine.predicting.undoing import CannotUndoError, Undoing

    done: dict[str, Undoing] = {}
    for name, meaning in meanings.items():
        layers = plan.layers.get(f"target-{name}")
        if meaning.kind != "values" or layers is None:
            continue
        try:
            if tuple(shapes[name][1:]) != plan.targets[name].shape:
                raise CannotUndoError("preprocess")
            done[name] = Undoing(layers)
        except CannotUndoError as error:
            said = f"predictions of `{name}` are as `preprocess` leaves its targets: `{error.layer}` cannot be undone"
            observe(Notice(said, severity="note"))
    return done
