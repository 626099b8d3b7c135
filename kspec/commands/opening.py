"""Opening what a command is pointed at: a spec, or a run and the spec in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec import catalogue
from kspec.catalogue import Catalogue
from kspec.catalogue.cache import installed_keras
from kspec.commands.own_code import check_code
from kspec.commands.run import Run
from kspec.runs.folder import RunFolder
from kspec.spec.checking import Reading, read_spec
from kspec.spec.code import CodeFile, read_code
from kspec.spec.code.files import read_file
from kspec.spec.document import Document
from kspec.spec.extending import extend
from kspec.spec.overrides import apply_overrides
from kspec.spec.problems import Problem, SpecError, as_errors
from kspec.spec.reading import STANDARD_INPUT, read_document
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    from kspec.runs.manifest import Manifest


@dataclass(frozen=True, slots=True)
class OpenedSpec:
    """A spec that can be worked with.

    Args:
        spec: The checked spec.
        document: What it was read from; places problems.
        folder: Folder that its relative paths start from.
        known: What it may name.
        code: Python files with components of one's own, not run yet.
        warnings: Problems that do not stop the work.
    """

    spec: Spec
    document: Document
    folder: Path
    known: Catalogue
    code: tuple[CodeFile, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @contextmanager
    def placing(self) -> Iterator[None]:
        """Give problems that later stages raise their places in this spec, and failures of one's own code theirs."""
        try:
            yield
        except SpecError as error:
            raise SpecError(self.document.place(error.problems)) from error
        except Exception as error:
            from kspec.engine.own_code import failed_code

            if problem := failed_code(error):
                raise SpecError([problem]) from error
            raise


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run, the spec that it was made from, and what must be said of the code that was given for it."""

    folder: RunFolder
    manifest: Manifest
    opened: OpenedSpec
    notices: tuple[str, ...] = ()

    @property
    def spec(self) -> Spec:
        """The spec."""
        return self.opened.spec

    @property
    def run(self) -> Run:
        """The run, with its code."""
        return Run(self.folder, code=[file.path for file in self.opened.code])


def open_spec(
    path: str | Path, overrides: Iterable[str] = (), *, code: Sequence[str | Path] = (),
    strict: bool = False, static: bool = False, look: bool = False,
) -> OpenedSpec:  # fmt: skip
    """Read and check a spec without importing TensorFlow, unless its names of Keras are to be read first.

    Args:
        path: The file, or `-` for standard input.
        overrides: `path=value` changes.
        code: Python files with components of one's own.
        strict: Whether warnings are errors.
        static: Whether TensorFlow is never to be imported.
        look: Whether its data is looked for, too, if something else is wrong; if nothing is, `check_data` does.

    Raises:
        SpecError: With every problem that was found.
    """
    document = read_document(path)
    known = _known_names(document, static=static)
    own = read_code(code, known)
    known = known.extended(own.components)
    extend(document, known)
    apply_overrides(document, list(overrides), known)
    name = "model" if str(path) == STANDARD_INPUT else name_of_file(Path(path))
    folder = Path.cwd() if str(path) == STANDARD_INPUT else Path(path).absolute().parent
    reading = read_spec(document, known, default_name=name, folder=folder)
    problems = as_errors(reading.problems) if strict else reading.problems
    if reading.spec is None or any(problem.severity == "error" for problem in problems):
        raise SpecError([*problems, *(_wrong_data(reading, folder) if look else ())])
    return OpenedSpec(reading.spec, document, folder, known, own.files, reading.problems)


def _wrong_data(reading: Reading, folder: Path) -> list[Problem]:
    """Return what is wrong between the data that a wrong spec names and its files."""
    from kspec.data.foresight import foresee_readable

    if reading.data is None:
        return []
    return reading.document.place(foresee_readable(reading.data, reading.fit, folder, reading.problems))


def _known_names(document: Document, *, static: bool) -> Catalogue:
    """Return what the installed Keras offers, as far as it is known, noting in the document if it is not."""
    known = catalogue.load()
    if catalogue.is_current():
        return known
    installed = installed_keras()
    message = f"names are those of Keras {known.version}, and Keras {installed} is installed"
    if static:
        hint = "without `--static`, those of the installed Keras are read once, and kept"
        document.problems.append(Problem("other-keras", (), message, hint, severity="note"))
        return known
    from kspec.engine.renewal import RenewalError, renewed_catalogue

    try:
        return renewed_catalogue()
    except RenewalError as error:
        hint = f"its own could not be read: {error}"
        document.problems.append(Problem("other-keras", (), message, hint, severity="warning"))
        return known


def check_data(opened: OpenedSpec) -> None:
    """Hold a spec against its files, the fields in them and the shapes of these, before TensorFlow is started.

    Raises:
        SpecError: A file is missing, or has not the fields that the spec names; or an input takes other rows.
    """
    from kspec.data.foreseen_shapes import foresee_shapes  # not for commands that only read specs
    from kspec.data.foresight import foresee

    if problems := foresee(opened.spec, opened.folder) or foresee_shapes(opened.spec, opened.folder):
        raise SpecError(opened.document.place(problems))


def open_run(folder: RunFolder, code: Sequence[str | Path] = ()) -> OpenedRun:
    """Read a run and the spec in it.

    Args:
        folder: The run.
        code: Python files with components of one's own.

    Raises:
        SpecError: A file of the run is missing or damaged, or code that it was trained with was not given.
    """
    from kspec.runs.manifest import Manifest, ManifestError  # not for commands that only read specs

    try:
        manifest = Manifest.read(folder)
    except ManifestError as error:
        raise SpecError([Problem("damaged-run", (), str(error))]) from None
    if link := folder.link():
        message = f"`{link}` is a link: a run is read and written in its own folder only"
        raise SpecError([Problem("damaged-run", (), message, "put what it leads to in its place")])
    notices = check_code(manifest, folder, [read_file(file) for file in code])
    opened = open_spec(folder.resolved, code=code)
    return OpenedRun(folder, manifest, replace(opened, folder=Path(manifest.folder)), tuple(notices))


def as_options(overrides: Mapping[str, Any] | Sequence[str]) -> list[str]:
    """Return overrides as `path=value` options."""
    if not isinstance(overrides, Mapping):
        return list(overrides)
    from kspec.spec.writing import to_inline

    return [f"{path}={to_inline(value)}" for path, value in overrides.items()]


def name_of_file(path: Path) -> str:
    """Return the name that the runs of a spec have which does not name itself."""
    name = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "_-.") else "_" for letter in path.stem
    )
    return name.strip("._-")[:64] or "model"
