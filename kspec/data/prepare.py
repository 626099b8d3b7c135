"""A spec's data, from its sources to what the model is fed: parts, inputs, targets, weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kspec.data.chain import MakeLayer
from kspec.data.chosen import chosen_fields, head_of
from kspec.data.early import source_context
from kspec.data.loading import Parts, load_parts
from kspec.data.look_up import HeldRaw
from kspec.data.memory import DEFAULT_MEMORY, size_of
from kspec.data.part import AnyPart, Numbers, Part, StreamedPart
from kspec.data.plan import Plan
from kspec.data.planning import check_fields
from kspec.data.raw import Learning, PiecedRows, made, raw_part
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.errors import told
from kspec.data.sources.loaded import Progress, unwatched
from kspec.data.split import split_rows
from kspec.data.survey import StreamRows
from kspec.data.weighing import Weigher, weighing_fields
from kspec.spec.data import DataSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Prepared:
    """All data of a run.

    Args:
        train: Rows to learn from.
        validation: Rows to watch, or None.
        test: Rows to judge by, or None.
        plan: How raw fields became inputs and targets.
        origin: Where the data came from.
        fingerprints: SHA-256 of each source.
        notice: What must be said loudly; empty otherwise.
        held_out: Numbers of the rows of the training source that were set apart to validate with, counted from 0;
            None if none were.
        notices: What else the user must not miss of what was read.
    """

    train: AnyPart
    validation: AnyPart | None
    test: AnyPart | None
    plan: Plan
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str]
    notice: str = ""
    held_out: Numbers | None = None
    notices: tuple[str, ...] = ()

    @property
    def parts(self) -> dict[str, AnyPart]:
        """The parts that there are, by name."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in found.items() if part is not None}

    @property
    def streamed(self) -> dict[str, int]:
        """The parts that do not fit into memory, each with about how many bytes it would take."""
        parts = {name: part for name, part in self.parts.items() if isinstance(part, StreamedPart)}
        return {name: size_of(part.sample) * part.rows // part.sample.rows for name, part in parts.items()}

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one row of an input."""
        return self.train.sample.x[name].shape[1:]


@told()
def prepare(
    spec: Spec,
    data: DataSpec,
    *,
    folder: Path,
    seed: int,
    make_layer: MakeLayer,
    limit: int | None = None,
    plan: Plan | None = None,
    progress: Progress = unwatched,
    parts: Parts | None = None,
) -> Prepared:
    """Read and prepare the data of a spec.

    Args:
        spec: The spec.
        data: Its `data` section.
        folder: Folder that relative paths start from.
        seed: Seed of random sources and of the split.
        make_layer: Builds a preprocessing layer.
        limit: Rows of each part to use at most, evenly spread; labels and class weights are those of all rows, but for
            folders with many more files, of which only some are read.
        plan: What an earlier training learnt; learnt anew if left out.
        progress: Is told how far it has got, where that may take long.
        parts: What was read of it before; read if left out.

    Raises:
        SpecError: The data cannot be had, or is not what the spec says.
    """
    memory = spec.runtime.memory or DEFAULT_MEMORY
    if parts is None:
        parts = load_parts(data, source_context(spec, folder=folder, seed=seed, limit=limit, progress=progress))
    _check_rows(spec, data, parts)
    sides = chosen_fields(spec, data, head_of(parts.train))
    for name, rows in parts.named.items():
        check_fields(sides, rows, RowNames(name))
    chosen = _split(spec, parts, seed)
    raw = {
        name: raw_part(
            parts.named[source],
            RowNames(source),
            numbers,
            sides,
            part=name,
            beside=weighing_fields(spec, data),
            limit=limit,
            memory=memory // 2,
            progress=progress,
        )
        for name, (source, numbers) in chosen.items()
    }
    if plan is None:
        plan = raw["train"].learn(Learning(known_labels=parts.labels, make_layer=make_layer))
    else:
        paths = {f"{side}-{name}": wanted.path for side, found in sides.items() for name, wanted in found.items()}
        plan = replace(plan, paths=paths)
    weigher = Weigher(spec, data, plan)
    raw["train"].settle(weigher)
    done: dict[str, AnyPart] = {}
    for name, part in raw.items():
        held = sum(size_of(item) for item in done.values() if isinstance(item, Part))
        done[name] = part.prepare(weigher, memory - held)
    held_out = chosen["validation"][1] if "validation" in chosen else None
    return Prepared(
        done["train"], done.get("validation"), done.get("test"), plan, parts.origin, parts.fingerprints, parts.notice,
        held_out, parts.notices,
    )  # fmt: skip


@told()
def prepare_part(spec: Spec, rows: Fields | Stream, plan: Plan, name: str, progress: Progress = unwatched) -> AnyPart:
    """Return rows from elsewhere as the model is fed them, targets included.

    Args:
        spec: The spec.
        rows: The rows.
        plan: How training made inputs and targets of its rows.
        name: What messages call the rows.
        progress: Is told how far it has got, where that may take long.

    Raises:
        SpecError: Fields are missing, or their values are not what training saw.
    """
    # `given` is no part of a spec: a file called train.csv is judged by as any other.
    data = spec.data or DataSpec()
    weigher = Weigher(spec, data, plan)
    names = RowNames(name)
    if isinstance(rows, Fields):
        plan.check(rows, names)
        part = made(rows, names, weigher, "given")
        weigher.check(part.weights, part=name)
        return replace(part, raw=HeldRaw.of(rows, names))
    sides = plan.sides
    check_fields(sides, rows, names)
    streamed = StreamRows(rows, names, None, name, progress)
    return PiecedRows("given", streamed, sides, None, weighing_fields(spec, data)).prepare(
        weigher, spec.runtime.memory or DEFAULT_MEMORY
    )


def _check_rows(spec: Spec, data: DataSpec, parts: Parts) -> None:
    if spec.fit.validation_split is not None and parts.validation is not None:
        message = "validation rows come from a source of their own, so none are split off the training rows"
        one = "`fit.validation_split` and `data.validation`"
        hint = f"leave out one of {one}" if "validation" in data.parts else "leave out `fit.validation_split`"
        raise SpecError([Problem("two-validations", ("fit", "validation_split"), message, hint, at="key")])
    if empty := [name for name, fields in parts.named.items() if not fields.rows]:
        raise SpecError([Problem("empty-part", data.path, f"the {empty[0]} data has no rows", at="key")])


def _split(spec: Spec, parts: Parts, seed: int) -> dict[str, tuple[str, Numbers | None]]:
    """Return the source of every part and the numbers of its rows, validation rows split off if the spec says so."""
    found: dict[str, tuple[str, Numbers | None]] = {name: (name, None) for name in parts.named}
    if spec.fit.validation_split is not None:
        kept, held = split_rows(parts.train, spec.fit.validation_split, seed)
        found["train"], found["validation"] = ("train", kept), ("train", held)
    return {name: found[name] for name in PARTS if name in found}
