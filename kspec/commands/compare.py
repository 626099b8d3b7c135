"""`kspec runs compare`: what is not the same in several runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.commands.training.resuming import read_manifest
from kspec.commands.training.spec_changes import meaning_of_run
from kspec.runs.comparison import ComparedRun, Comparison, Row, data_rows, labels, scores, surroundings
from kspec.runs.folder import RunFolder
from kspec.spec.changes import ABSENT, Change, changes
from kspec.spec.meaning import Meaning, as_written
from kspec.spec.problems import Path as Place
from kspec.spec.spec_reader import KEYS


def compare_runs(folders: Sequence[RunFolder]) -> Comparison:
    """Hold runs against each other.

    Args:
        folders: Two runs or more. The specs of the others are held against that of the first.

    Raises:
        SpecError: A file of a run is missing or damaged.
    """
    manifests = [read_manifest(folder) for folder in folders]
    meanings = [
        meaning_of_run(folder, Path(manifest.folder)) for folder, manifest in zip(folders, manifests, strict=True)
    ]
    named = labels([folder.path for folder in folders])
    return Comparison(
        runs=tuple(
            ComparedRun(label, folder.path, manifest)
            for label, folder, manifest in zip(named, folders, manifests, strict=True)
        ),
        spec=tuple(spec_rows(meanings)),
        data=tuple(data_rows(manifests)),
        surroundings=tuple(surroundings(manifests)),
        results=tuple(scores(manifests)),
        notices=tuple(
            f"the spec of `{label}` cannot be read by this version of kspec: what is written in it is compared, and "
            "the same in other words shows as a difference"
            for label, each in zip(named, meanings, strict=True)
            if not each.keys
        ),
    )


def spec_rows(meanings: Sequence[Meaning]) -> list[Row]:
    """Return what specs say differently, by the places in the first of them, with the values of all."""
    first, *others = meanings
    found = [list(changes(first, other)) for other in others]
    rows: dict[tuple[Place, bool], Any] = {}
    for change in (each for of_a_run in found for each in of_a_run):
        rows.setdefault((change.was, change.before is ABSENT), change.before)
    ordered = sorted(rows, key=lambda key: KEYS.index(str(key[0][0])) if str(key[0][0]) in KEYS else len(KEYS))
    return [
        Row(
            ".".join(map(str, place)),
            (before, *(_value(place, before, *each) for each in zip(others, found, strict=True))),
            "spec",
        )
        for (place, _), before in ((key, rows[key]) for key in ordered)
    ]


def _value(place: Place, before: Any, other: Meaning, found: Sequence[Change]) -> Any:
    """Return what stands in a spec at a place in the first one, where `before` stands.

    Args:
        place: The place.
        before: What stands there in the first spec, or `ABSENT`.
        other: What the other spec means.
        found: What it means otherwise than the first one.
    """
    size = len(place)
    for change in found:
        if change.was == place and (change.before is ABSENT) == (before is ABSENT):
            return change.now
        if change.before is not ABSENT and len(change.was) < size and change.was == place[: len(change.was)]:
            return ABSENT  # what it would be a part of is another thing there
    below = next((change for change in found if change.was[:size] == place and len(change.was) > size), None)
    if below is None or before is ABSENT or len(below.path) != len(below.was):
        return before
    value: Any = other.content
    try:
        for key in below.path[:size]:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        return before
    return as_written(value)
