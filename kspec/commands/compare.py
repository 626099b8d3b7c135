"""`kspec runs compare`: what is not the same in several runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.commands.training.resuming import read_manifest
from kspec.commands.training.spec_changes import meaning_of_run
from kspec.runs.comparison import ComparedRun, Comparison, Row, data_rows, labels, scores, surroundings
from kspec.runs.folder import RunFolder
from kspec.spec.changes import ABSENT, changes
from kspec.spec.meaning import Meaning
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
    found: dict[tuple[Place, bool], list[Any]] = {}
    for number, other in enumerate(others, start=1):
        for change in changes(first, other):
            place = change.was, change.before is ABSENT
            found.setdefault(place, [change.before] * len(meanings))[number] = change.now
    ordered = sorted(found, key=lambda key: KEYS.index(str(key[0][0])))
    return [Row(".".join(map(str, key[0])), tuple(found[key]), "spec") for key in ordered]
