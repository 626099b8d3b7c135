"""`kspec init`: a spec to start from, from a template, or for a table or a folder of images."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kspec.catalogue import load
from kspec.commands.given import written_source
from kspec.commands.opening import name_of_file
from kspec.commands.schema import modeline, write_schema
from kspec.commands.starters.editor import schema_of
from kspec.commands.starters.image_folder import ImageFolder
from kspec.commands.starters.image_spec import image_spec
from kspec.commands.starters.plan import TablePlan, plan_table
from kspec.commands.starters.sheet import listing, plain
from kspec.commands.starters.table import Table
from kspec.commands.starters.table_spec import table_spec
from kspec.commands.starters.targets import Task
from kspec.commands.starters.templates import NAMES, read_template
from kspec.runs import atomic
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.reading import STANDARD_INPUT
from kspec.spec.run_names import name_problem

STANDARD_OUTPUT = STANDARD_INPUT
"""What stands for standard output in place of a file."""

_ENDINGS = (".yaml", ".yml")
_TABLES = (".csv", ".tsv", ".txt", ".gz")

AskTarget = Callable[[Sequence[str]], str | None]
"""Asks which column is to be predicted; None if nobody answers."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A spec that was made.

    Args:
        path: Where it was written, or None for standard output.
        text: The spec.
        template: The template that it is, or None for one that was made for some data.
        plan: What was seen in the table, or None if there was none.
        schema: The schema for editors that was written beside it, or None if there was one.
        folder: What was seen in the folder of images, or None if there was none.
    """

    path: Path | None
    text: str
    template: str | None = None
    plan: TablePlan | None = None
    schema: Path | None = None
    folder: ImageFolder | None = None

    @property
    def next_commands(self) -> tuple[str, ...]:
        """Commands to try next, as they are typed."""
        if self.path is None:
            return ()
        written = shlex.quote(str(self.path))
        return (f"kspec validate {written}", f"kspec train {written}")


def init_template(name: str, output: str | None = None, *, run_name: str | None = None, force: bool = False) -> Starter:
    """Write a template as a spec of one's own.

    Args:
        name: The template.
        output: File to write, or `-` for standard output; `NAME.yaml` if left out.
        run_name: What runs of the spec are to be called; after the file if left out.
        force: Write over a file that exists.

    Raises:
        SpecError: There is no such template, or the file cannot be written.
    """
    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"there are {', '.join(NAMES)}"
        if Path(name).exists():
            hint = "a table is named by a file that ends in `.csv`, or as a source, such as `{csv: FILE}`"
        raise SpecError([Problem("unknown-template", (), f"there is no template `{name}`", hint)])
    path, called = _place(output, run_name, name, force=force)
    found = read_template(name)
    return _write(path, found.called(called, path or Path(f"{called}.yaml")), template=name)


def init_table(
    source: str,
    output: str | None = None,
    *,
    targets: Sequence[str] = (),
    inputs: Sequence[str] = (),
    drop: Sequence[str] = (),
    task: Task | None = None,
    run_name: str | None = None,
    force: bool = False,
    ask: AskTarget | None = None,
) -> Starter:
    """Write a spec for a table.

    Args:
        source: A CSV file, or the `csv` source as a spec writes it, such as `{csv: {path: a.csv, delimiter: ";"}}`.
        output: File to write, or `-` for standard output; after the table if left out.
        targets: Columns to predict.
        inputs: Columns to predict from; all others that are of use if left out.
        drop: Columns not to predict from.
        task: Whether targets are classes or quantities; guessed if None.
        run_name: What runs of the spec are to be called; after the file if left out.
        force: Write over a file that exists.
        ask: Asks for the target if none is named.

    Raises:
        SpecError: The table cannot be read or nothing can be learnt from it, or the file cannot be written.
    """
    written = written_source(source, load(), "SOURCE") if source.startswith("{") else None
    if written is not None and written.name != "csv":
        message = f"a spec can be made for a CSV file, not for `{written.name}`"
        raise SpecError([Problem("bad-data", (), message, f"start from a template: {', '.join(NAMES)}")])
    arguments = {"path": source} if written is None else dict(written.arguments)
    paths = [arguments["path"]] if isinstance(arguments["path"], str) else list(arguments["path"])
    stem = name_of_file(Path(paths[0].removesuffix(".gz")))
    path, called = _place(output, run_name, stem, force=force)
    table = Table.read(arguments)
    if not targets:
        chosen = ask(list(table.fields)) if ask is not None else None
        if chosen is None:
            hint = f"add `--target COLUMN`; the columns are {listing(table.fields, most=12)}"
            raise SpecError([Problem("missing-target", (), f"nothing says what to predict in `{table.file}`", hint)])
        targets = (chosen,)
    plan = plan_table(table, targets, inputs=inputs, drop=drop, task=task)
    text = table_spec(
        plan,
        name=called,
        made_by=_command(source, targets, inputs, drop, task),
        trains=f"kspec train {shlex.quote(str(path or Path(called + '.yaml')))}",
        paths=[_relative(item, path) for item in paths],
    )
    return _write(path, text, plan=plan)


def init_images(start: str, output: str | None = None, *, run_name: str | None = None, force: bool = False) -> Starter:
    """Write a spec for a folder of images.

    Args:
        start: The folder, with a folder for each class in it, or in its `train`.
        output: File to write, or `-` for standard output; after the folder if left out.
        run_name: What runs of the spec are to be called; after the file if left out.
        force: Write over a file that exists.

    Raises:
        SpecError: There are no images in folders for classes, or the file cannot be written.
    """
    path, called = _place(output, run_name, name_of_file(Path(f"{Path(start).resolve().name}.yaml")), force=force)
    folder = ImageFolder.look(start)
    text = image_spec(
        folder,
        name=called,
        made_by=shlex.join(["kspec", "init", start]),
        trains=f"kspec train {shlex.quote(str(path or Path(called + '.yaml')))}",
        path=_relative(start, path),
    )
    return replace(_write(path, text), folder=folder)


def is_folder(start: str) -> bool:
    """Say whether what a spec is to start from is a folder rather than a template."""
    return start not in NAMES and Path(start).is_dir()


def is_table(start: str) -> bool:
    """Say whether what a spec is to start from is a table rather than a template."""
    return start.startswith("{") or Path(start).suffix.lower() in _TABLES


def _place(output: str | None, run_name: str | None, default: str, *, force: bool) -> tuple[Path | None, str]:
    """Return the file to write, or None for standard output, and what runs of the spec are to be called.

    Raises:
        SpecError: The file cannot be written, or runs cannot be called so.
    """
    if run_name is not None and (problem := name_problem(run_name)):
        raise SpecError([Problem("bad-name", (), *problem)])
    if output == STANDARD_OUTPUT:
        return None, run_name or default
    path = Path(output) if output is not None else Path(f"{run_name or default}.yaml")
    _check_output(path, force=force)
    return path, run_name or name_of_file(path)


def _check_output(path: Path, *, force: bool) -> None:
    """Refuse a file that could not be written, before any work is done.

    Raises:
        SpecError: It is no YAML file, its folder does not exist, or it is there already.
    """
    if path.is_dir():
        raise SpecError([Problem("bad-output", (), f"`{path}` is a folder", "name a file in it")])
    if path.suffix.lower() not in _ENDINGS:
        message = f"`{path}` has another ending than the YAML that would be in it"
        raise SpecError([Problem("bad-output", (), message, f"name it `{path.with_suffix('.yaml')}`")])
    if os.path.lexists(path) and not force:
        hint = "`--force` writes over it, `--output` names another file"
        raise SpecError([Problem("file-exists", (), f"`{path}` exists", hint)])
    if not path.parent.is_dir():
        raise SpecError([Problem("bad-output", (), f"the folder `{path.parent}` does not exist", "make it first")])


def _relative(file: str, spec: Path | None) -> str:
    """Return the path of a table's file from the folder of the spec.

    Raises:
        SpecError: A spec cannot name it.
    """
    place = Path(file).expanduser()
    place = Path(os.path.realpath(place.parent), place.name)
    folder = os.path.realpath(spec.parent if spec is not None else Path.cwd())
    try:
        found = Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:  # on another drive
        found = place.as_posix()
    try:
        found.encode()
    except UnicodeEncodeError:
        message = f"{os.fsencode(found)!r} cannot be named in a spec, for it is not UTF-8"
        raise SpecError([Problem("bad-data", (), message, "rename it")]) from None
    if "$(" in found:
        message = f"`{plain(found)}` cannot be named in a spec: it has `$(`, which stands for arithmetic"
        raise SpecError([Problem("bad-data", (), message, "rename it")])
    return found


def _command(source: str, targets: Sequence[str], inputs: Sequence[str], drop: Sequence[str], task: Task | None) -> str:
    """Return the command that makes the same spec."""
    words = ["kspec", "init", source]
    for option, names in (("--target", targets), ("--input", inputs), ("--drop", drop)):
        words += [word for name in names for word in (option, name)]
    return shlex.join([*words, "--task", task] if task else words)


def _write(path: Path | None, text: str, *, template: str | None = None, plan: TablePlan | None = None) -> Starter:
    """Write a spec that begins with the line for editors, and the schema that this line names, where there is none.

    On standard output there is nothing for the line to stand beside, unless there is a schema already.
    """
    schema = schema_of(path or Path("spec.yaml"))
    missing = not schema.is_file()
    if path is None and missing:
        return Starter(path, text, template, plan)
    text = f"{modeline(path or Path('spec.yaml'), schema)}\n\n{text}"
    if path is None:
        return Starter(path, text, template, plan)
    if missing:
        write_schema(schema)
    atomic.write_text(path, text)
    return Starter(path, text, template, plan, path.parent / schema.name if missing else None)
