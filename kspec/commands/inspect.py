"""`kspec inspect`: what the data of a spec is like, what the model will be fed, and what is hardly meant in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.opening import OpenedSpec, check_data
from kspec.commands.training.surroundings import warnings_shown
from kspec.console.diagnostics import problems_as_json
from kspec.runs.events import Notice, Observer, Phase, telling
from kspec.runs.inspection import Fed, Inspection
from kspec.runs.strict_json import strict
from kspec.spec.lints import loud
from kspec.spec.problems import Problem, SpecError, as_errors, sort_problems

if TYPE_CHECKING:
    from kspec.data.loading import Parts
    from kspec.data.part import AnyPart
    from kspec.data.plan import Side
    from kspec.data.prepare import Prepared
    from kspec.data.profile.findings import Look
    from kspec.spec.data import DataSpec, FieldSpec


@dataclass(frozen=True, slots=True)
class Looked:
    """The data of a spec as it was read.

    Args:
        opened: The spec.
        parts: What was read.
        inspection: What is shown of it.
        look: What findings are made from.
        problems: What is wrong with it so far, or hardly meant, with its place.
    """

    opened: OpenedSpec
    parts: Parts
    inspection: Inspection
    look: Look
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What training would see and say.

    Args:
        fed: What every input of the model is fed; empty where the data cannot be fed.
        problems: Everything that is wrong or hardly meant.
        prepared: The data as the model is fed it, or None.
    """

    fed: tuple[Fed, ...]
    problems: tuple[Problem, ...]
    prepared: Prepared | None


def look(
    opened: OpenedSpec, *, name: str | None = None, trained_on: Mapping[str, str] | None = None, observe: Observer
) -> Looked:
    """Read the data of a spec and look at all of its rows, without TensorFlow.

    Args:
        opened: The spec.
        name: What to call it; by its own name if left out.
        trained_on: Fingerprints of the data that a run was trained on.
        observe: Is told of every event.

    Raises:
        SpecError: The spec has no data, or it cannot be read.
    """
    check_data(opened)
    spec = opened.spec
    if spec.data is None:
        raise SpecError([Problem("missing-key", (), "the spec has no `data`", "add `data: {source: ...}`")])
    if opened.code:  # a source of one's own may be anything
        from kspec.engine.startup import start

        start(opened.code)
    observe(Phase("reading data"))
    progress = telling(observe)
    from kspec.data.choice import weight_fields
    from kspec.data.chosen import chosen_fields, head_of
    from kspec.data.loading import load_parts
    from kspec.data.memory import DEFAULT_MEMORY
    from kspec.data.profile.findings import Look, find
    from kspec.data.profile.parts import gather_parts
    from kspec.data.profile.reading import part_rows
    from kspec.data.profile.targets import loss_kind, target_profile
    from kspec.data.sources import SourceContext

    with opened.placing():
        context = SourceContext(
            folder=opened.folder, seed=spec.seed or 0, memory=spec.runtime.memory or DEFAULT_MEMORY, progress=progress
        )
        parts = load_parts(spec.data, context)
        head = head_of(parts.train)
        sides = chosen_fields(spec, spec.data, head)
        _check(spec.data, parts, sides)
    rows, faults = part_rows(parts, spec.fit.validation_split, spec.seed or 0)
    inputs = {name: wanted.fields for name, wanted in sides["input"].items()}
    weights = tuple(dict.fromkeys(f for w in weight_fields(spec.data, sides["target"]).values() for f in w.fields))
    used = [field for fields in inputs.values() for field in fields]
    others = [*(field for wanted in sides["target"].values() for field in wanted.fields), *weights]
    gathered = gather_parts(rows, inputs=used, others=others, progress=progress)
    targets = {
        output: target_profile(output, wanted, loss_kind(spec, output), gathered, parts.labels)
        for output, wanted in sides["target"].items()
    }
    seen = Look(spec, spec.data, sides["input"], sides["target"], gathered, targets)
    unused = tuple(name for name in head.primary if name not in {*used, *others})
    inspection = Inspection(
        name or spec.name, parts.origin, {name: found.profile for name, found in gathered.items()}, inputs,
        tuple(targets.values()), weights, unused, parts.notice,
    )  # fmt: skip
    if parts.notice:
        observe(Notice(parts.notice))
    if trained_on is not None and dict(trained_on) != dict(parts.fingerprints):
        observe(Notice("this is not the data that the run was trained on"))
    return Looked(opened, parts, inspection, seen, tuple(_placed(opened, [*faults, *find(seen)])))


def judge(looked: Looked, *, observe: Observer, as_strict: bool = False) -> Judged:
    """Prepare the data, build the model, and say what training would say.

    Args:
        looked: The data.
        observe: Is told of every event.
        as_strict: Whether warnings are errors.
    """
    opened = looked.opened
    spec = opened.spec
    observe(Phase("starting TensorFlow"))
    from kspec.engine.startup import seed_everything, start

    start(opened.code)
    from kspec.data.lints import lint_data
    from kspec.engine.building.build import build, read_data
    from kspec.engine.building.compiling import output_shapes
    from kspec.engine.checking import check
    from kspec.engine.suiting import suiting_notes

    seed = spec.seed or 0
    found = [*opened.warnings, *looked.problems]
    prepared: Prepared | None = None
    fed: tuple[Fed, ...] = ()
    with warnings_shown(observe):
        try:
            with opened.placing():
                observe(Phase("preparing data"))
                prepared = read_data(
                    spec, folder=opened.folder, seed=seed, progress=telling(observe), parts=looked.parts
                )
                fed = tuple(_fed(prepared.train, looked.inspection.inputs))
                observe(Phase("building the model"))
                seed_everything(seed)
                model = build(spec, prepared)
                if spec.compile is not None:
                    check(spec, model, prepared)
                    shapes = output_shapes(model, spec.graph)
                    for note in suiting_notes(prepared.train.sample, spec.compile, shapes):
                        observe(Notice(note, "note"))
                    more = lint_data(spec, prepared, shapes)
                    said = {problem.code for problem in found}
                    found += _placed(opened, [problem for problem in more if problem.code not in said])
        except SpecError as error:
            found += error.problems
    problems = as_errors(found) if as_strict else found
    return Judged(fed, tuple(sort_problems(problems)), prepared)


def _check(data: DataSpec, parts: Parts, sides: Mapping[Side, Mapping[str, FieldSpec]]) -> None:
    """Refuse training data of which nothing can be shown.

    Raises:
        SpecError: It has no rows, or lacks fields.
    """
    from kspec.data.choice import unknown_fields

    if not parts.train.rows:
        raise SpecError([Problem("empty-part", data.path, "the train data has no rows", at="key")])
    wanted = [item for fields in sides.values() for item in fields.values()]
    if problems := [problem for item in wanted for problem in unknown_fields(parts.train, item)]:
        raise SpecError(problems)


def _fed(part: AnyPart, inputs: Mapping[str, tuple[str, ...]]) -> Iterator[Fed]:
    from kspec.data.profile.moments import Moments
    from kspec.data.values import is_text

    for name, array in part.sample.inputs.items():
        numbers = None
        if not is_text(array):
            moments = Moments(array.shape[1:])
            moments.update(array)
            numbers = moments.together()
        dtype = "text" if is_text(array) else array.dtype.name
        yield Fed(name, inputs.get(name, ()), dtype, array.shape[1:], len(array), numbers)


def _placed(opened: OpenedSpec, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with their places, without the warnings that the spec silences."""
    return loud(opened.document.place(problems), opened.document)


def draw(looked: Looked, judged: Judged, path: Path) -> Problem | None:
    """Draw the data; return what went wrong, or None."""
    from kspec.commands.drawn_rows import drawn_rows
    from kspec.plots.data.figure import draw_data

    rows = drawn_rows(looked.look, judged.prepared)
    try:
        draw_data(looked.inspection, rows, paths=[path], notice=looked.inspection.notice or None)
    except (OSError, ValueError) as error:
        return Problem("not-drawn", (), f"the data could not be drawn: {error}")
    return None


def as_json(looked: Looked, judged: Judged, problems: Iterable[Problem], picture: Path | None) -> dict[str, Any]:
    """Return everything that was found as values for `json.dumps`.

    Args:
        looked: The data.
        judged: What training would see.
        problems: What is wrong.
        picture: The picture that was drawn, or None.
    """
    found = asdict(looked.inspection)
    found["targets"] = [{**asdict(target), "imbalance": target.imbalance} for target in looked.inspection.targets]
    record = {
        **found,
        "fed": [asdict(item) for item in judged.fed],
        "problems": problems_as_json(problems),
        "figure": str(picture) if picture else None,
    }
    return dict(strict(record))
