"""Running the Python files that the command line names, and finding them again where something fails."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from kspec.catalogue import Component
from kspec.spec.code import CodeFile
from kspec.spec.code.files import MODULE_PREFIX
from kspec.spec.problems import Problem, Source, Span, SpecError

_DIGEST = "__kspec_sha256__"
_SOURCE = "__kspec_source__"
_TRACED = re.compile(r'File "([^"]+)", line (\d+), in ')
"""How TensorFlow names the lines of functions that it has translated."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r'Exception encountered when calling |in user code:|File "|\w+\(\*')


def load_code(files: Sequence[CodeFile]) -> None:
    """Run each file once as a module, and make what it offers known to Keras, which reads saved models with it.

    Raises:
        SpecError: A file fails; the problem stands at the line of it that failed.
    """
    import keras

    with _importable(files):
        for file in files:
            module = sys.modules.get(file.module)
            if getattr(module, _DIGEST, None) != file.sha256:
                module = _run(file)
            for name in file.offered:
                if (found := getattr(module, name, None)) is not None:
                    keras.saving.get_custom_objects()[name] = found


def is_own(component: Component) -> bool:
    """Say whether a component comes from a file of one's own."""
    return component.module.startswith(MODULE_PREFIX)


def _run(file: CodeFile) -> ModuleType:
    path = str(file.path)
    module = ModuleType(file.module)
    module.__file__ = path
    setattr(module, _DIGEST, file.sha256)
    setattr(module, _SOURCE, file.source)
    sys.modules[file.module] = module
    try:
        code: CodeType = compile(file.source.text, path, "exec")
        with contextlib.redirect_stdout(sys.stderr):
            exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[file.module]
        span = _line(file.source, path, error.__traceback__) or Span(file.source, 1, 1, 1, 1)
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"{file.path.name} cannot be run: {said}"
        raise SpecError([Problem("code-failed", (), message, _hint(error), span=span)]) from error
    return module


def _hint(error: BaseException) -> str | None:
    if isinstance(error, ModuleNotFoundError):
        return "install it, or name its file with `--code` too"
    if isinstance(error, SystemExit):
        return 'keep what is to run by itself behind `if __name__ == "__main__":`'
    return None


@contextlib.contextmanager
def _importable(files: Sequence[CodeFile]) -> Iterator[None]:
    """Let the files import each other by name while they run, those that have the name of nothing else in use."""
    finder = _Finder(files)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for file in files:
            if getattr(sys.modules.get(file.stem), _DIGEST, None):
                del sys.modules[file.stem]


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the named files by the names without their endings."""

    def __init__(self, files: Sequence[CodeFile]) -> None:
        taken = {*sys.modules, *sys.stdlib_module_names}
        self.files = {file.stem: file for file in files if file.stem not in taken}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how a file is to be imported, or None if it is none of the named ones."""
        return importlib.util.spec_from_loader(name, self) if path is None and name in self.files else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module of a file, run if it has not been yet."""
        file = self.files[spec.name]
        return sys.modules.get(file.module) or _run(file)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module has been run."""


def failed_code(error: BaseException) -> Problem | None:
    """Return the problem of an error that came out of a file of one's own, at its line there; None if it did not."""
    for path, source in _loaded():
        if span := _line(source, path, error.__traceback__) or _traced(source, path, str(error)):
            return Problem("code-failed", (), _said(error), span=span)
    return None


def code_reason(error: BaseException) -> str | None:
    """Return what an error that came out of a file of one's own says, with its line there; None if it did not."""
    problem = failed_code(error)
    span = problem.span if problem else None
    return f"{problem.message} ({Path(span.source.name).name}, line {span.line})" if problem and span else None


def _said(error: BaseException) -> str:
    """Return the kind of an error and its own sentence, without what Keras and TensorFlow wrap around it."""
    given = error.args[0] if isinstance(error, KeyError) and error.args else error
    text = _COLOURS.sub("", str(given)).partition("\nArguments received by")[0]
    text = text.rpartition("Error encountered:")[2]
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _FRAME.match(line.strip())]
    if not lines:
        return type(error).__name__
    line = lines[-1] if "in user code:" in text else lines[0]
    kind = type(error).__name__
    return line if line.startswith(f"{kind}: ") else f"{kind}: {line}"


def own_class(error: BaseException) -> str | None:
    """Return the class of one's own in whose method an error came up, also by way of a base of Keras; None if none."""
    name = None
    trace = error.__traceback__
    while trace is not None:
        owner = type(trace.tb_frame.f_locals.get("self"))
        if owner.__module__.startswith(MODULE_PREFIX):
            name = owner.__name__
        trace = trace.tb_next
    return name


def _loaded() -> Iterator[tuple[str, Source]]:
    for module in list(sys.modules.values()):
        source = getattr(module, _SOURCE, None)
        if isinstance(source, Source):
            yield str(module.__file__), source


def _line(source: Source, path: str, trace: TracebackType | None) -> Span | None:
    """Return the innermost line of a file in a traceback."""
    number = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            number = trace.tb_lineno
        trace = trace.tb_next
    return _whole_line(source, number) if number else None


def _traced(source: Source, path: str, text: str) -> Span | None:
    found = [int(number) for file, number in _TRACED.findall(text) if Path(file) == Path(path)]
    return _whole_line(source, found[-1]) if found else None


def _whole_line(source: Source, number: int) -> Span:
    line = source.line(number)
    start = len(line) - len(line.lstrip())
    return Span(source, number, start + 1, number, len(line.rstrip()) + 1)
