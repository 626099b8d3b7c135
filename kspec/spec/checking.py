"""A document into the spec that it is, with all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from kspec.catalogue import Catalogue
from kspec.spec.brackets import mend_round_brackets
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.data import DataSpec
from kspec.spec.document import Document
from kspec.spec.extending import folder_of
from kspec.spec.files import Files
from kspec.spec.known_targets import check_known_targets
from kspec.spec.lints import lint
from kspec.spec.problems import Problem
from kspec.spec.sections import Fit
from kspec.spec.spec import Spec
from kspec.spec.spec_reader import SpecReader, SpecReading
from kspec.spec.trying import check_space

_WITHOUT_VALUE = {"unknown-alias", "alias-loop", "tag"}
"""Problems of a text that leave a place without its value; what the checks then miss there is no further mistake."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a spec: the spec, if no problem stops the work, and all problems with their places.

    Its sections `data` and `fit`, as far as they could be read, can be held against files also where others are wrong.
    """

    spec: Spec | None
    problems: tuple[Problem, ...]
    document: Document
    data: DataSpec | None = None
    fit: Fit | None = None

    @property
    def failed(self) -> bool:
        """Whether a problem stops the work."""
        return self.spec is None


def read_spec(
    document: Document, catalogue: Catalogue, *, default_name: str = "model", folder: FilePath | None = None
) -> Reading:
    """Check a document and return the spec that it is.

    Args:
        document: The document, its bases merged and overrides applied.
        catalogue: What Keras offers.
        default_name: Name of the spec if it does not give itself one.
        folder: Folder that relative names of files start from; the current one if left out.
    """
    bases = tuple(FilePath(folder_of(source)) for source in document.bases)
    files = Files(folder or FilePath.cwd(), bases)
    checker = Checker()
    found = SpecReading()
    if document.root is not None:
        mend_round_brackets(document)
        found = SpecReader(document.data(), ComponentReader(catalogue, checker, files), default_name, files).read()
    spec, data, fit = found.spec, found.data, found.fit
    broken = {_line(problem) for problem in document.problems if problem.code in _WITHOUT_VALUE}
    checked = [problem for problem in document.place(checker.as_written()) if _line(problem) not in broken - {None}]
    problems = tuple(document.place([*document.problems, *checked]))
    if any(problem.severity == "error" for problem in problems):
        spec = None
    if spec is not None and (mistakes := list(check_known_targets(spec, document))):
        return Reading(None, tuple(document.place([*problems, *mistakes])), document, data, fit)
    if spec is not None:
        problems = tuple(document.place([*problems, *lint(spec, document)]))
    if spec is not None and spec.sweep is not None:

        def read(trial: Document) -> Reading:
            return read_spec(trial, catalogue, default_name=default_name, folder=folder)

        tried = check_space(document, catalogue, spec.sweep, read)
        problems = tuple(document.place([*problems, *tried]))
        spec = None if tried else spec
    return Reading(spec, problems, document, data, fit)


def _line(problem: Problem) -> tuple[str, int] | None:
    return (problem.span.source.name, problem.span.line) if problem.span else None
