"""What a spec means now, held against what it meant when a run began."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kspec import catalogue
from kspec.catalogue import Catalogue
from kspec.commands.opening import OpenedRun
from kspec.runs.differences import Difference
from kspec.runs.folder import RunFolder
from kspec.spec.changes import ABSENT, Change, changes, deciding, stated
from kspec.spec.checker import shortened
from kspec.spec.checking import read_spec
from kspec.spec.code import read_code
from kspec.spec.document import Document
from kspec.spec.extending import extend
from kspec.spec.meaning import Meaning, meaning
from kspec.spec.problems import Problem, SpecError
from kspec.spec.reading import read_document, read_text
from kspec.spec.writing import to_inline


def spec_differences(before: str, now: str, *, known: Catalogue, folder: Path) -> list[Difference]:
    """Return what differs between two resolved specs that decides how a model is trained.

    Args:
        before: The earlier spec, as YAML.
        now: The later one.
        known: What they may name.
        folder: Folder that their relative paths start from.
    """
    one, other = (meaning(deciding(_content(text)), known, folder) for text in (before, now))
    return as_differences(changes(one, other))


def as_differences(found: Iterable[Change]) -> list[Difference]:
    """Return changes of a spec as differences between two trainings."""
    return [
        Difference(".".join(map(str, each.path)), _value(each.before), _value(each.now), "spec", each.path)
        for each in found
    ]


def meaning_of_run(run: RunFolder, folder: Path) -> Meaning:
    """Return what the spec of a run means, with the code that it was trained with.

    Args:
        run: The run.
        folder: Folder that the spec's relative paths start from.

    Raises:
        SpecError: The spec is missing, or is no spec.
    """
    file = run.begun if run.begun.exists() else run.resolved
    document = read_document(file)
    content = document.data()
    if faults := [problem for problem in document.problems if problem.severity == "error"]:
        raise SpecError(document.place(faults))
    if not isinstance(content, dict):
        raise SpecError([Problem("damaged-run", (), f"`{file}` is no spec", "train anew from `spec.yaml`")])
    return meaning(stated(content), known_to(run), folder)


def known_to(run: RunFolder) -> Catalogue:
    """Return what the spec of a run may name: what Keras offers, and the run's own code, which is not run."""
    known = catalogue.load()
    try:
        own = read_code(sorted(run.code.glob("*.py")), known)
    except SpecError:  # it was written for another version of kspec
        return known
    return known.extended(own.components)


def edited_since(found: OpenedRun) -> str | None:
    """Return what must be said of a spec that was edited after a run began, where the run goes on as it was.

    A spec that is only written in other words has not been edited.
    """
    manifest = found.manifest
    path = Path(manifest.folder, Path(manifest.spec).name)
    if not manifest.spec or not path.is_file() or path == found.folder.resolved or not found.folder.spec.is_file():
        return None
    now = read_document(path)
    before = found.folder.spec.read_text(encoding="utf-8")
    if now.source.text == before or _same(read_text(str(path), before), now, found.opened.known, path.parent):
        return None
    return (
        f"`{manifest.spec}` is another now than when this run began, which goes on as it was; "
        f"`kspec train --resume {shlex.quote(manifest.spec)}` takes the spec as it is now"
    )


def _same(before: Document, now: Document, known: Catalogue, folder: Path) -> bool:
    """Say whether two specs as they were written mean the same; not if either is wrong."""
    meanings = []
    for document in (before, now):
        extend(document, known)
        spec = read_spec(document, known, folder=folder).spec
        if spec is None:
            return False
        meanings.append(meaning(stated(spec.content), known, folder))
    return all(change.path[0] == "description" for change in changes(*meanings))


def _content(text: str) -> Mapping[str, Any]:
    content = read_text("", text).data()
    return content if isinstance(content, dict) else {}


def _value(value: Any) -> str | None:
    return None if value is ABSENT else shortened(to_inline(value))
