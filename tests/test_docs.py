"""README and docs are true: their specs are right, their commands exist, their codes are those of the package."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import typer.main
import yaml

import kspec
from kspec.cli.app import app
from kspec.data.sources import SOURCES
from kspec.spec.codes import read_codes
from kspec.spec.lints import DATA_CODES, LINTS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
FRAGMENT = "<!-- fragment -->"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# What a fragment stands in when it is checked: it brings one section, the others come from here.
FRAME = {
    "data": {"source": "wine"},
    "model": {"layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
    "compile": {"loss": "sparse_categorical_crossentropy"},
}


# The spec whose mistakes the README shows.
BAD = """\
name: digits
data:
  source: mnits
  targets: y
model:
  layers:
    - Dense: {unit: 128, activation: relu}
    - Dropout: 0.2
    - Dense: {units: 10, activation: softmax}
compile:
  optimizer: {Adam: {lr: 1e-3}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
fit:
  epochs: ten
"""


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str
    before: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks() -> Iterator[Block]:
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        start = None
        for number, line in enumerate(lines):
            if not line.startswith("```"):
                continue
            if start is None:
                start = number
                continue
            before = next((lines[above] for above in range(start - 1, -1, -1) if lines[above].strip()), "")
            yield Block(page, start + 1, lines[start][3:].strip(), "\n".join(lines[start + 1 : number]) + "\n", before)
            start = None
        assert start is None, f"{page}:{start}: a fence is not closed"


def is_fragment(block: Block) -> bool:
    return block.before.strip() == FRAGMENT


BLOCKS = list(blocks())
SPECS = [block for block in BLOCKS if block.language == "yaml" and not is_fragment(block)]
FRAGMENTS = [block for block in BLOCKS if block.language == "yaml" and is_fragment(block)]
COMMANDS = [
    (block, line.strip())
    for block in BLOCKS
    if block.language in ("", "sh")
    for line in block.text.splitlines()
    if re.match(r"\s*(\w+=\S+ )?kspec \w", line)
]


def place(block: Block) -> str:
    return block.place


EXAMPLES = ("source-unavailable", "target-mismatch")
"""Codes that say nothing of a fragment: its files are not there, and the frame knows nothing of its classes."""


def code_of(page: Path, folder: Path) -> list[Path]:
    """Write the Python files of a page, which begin with their names, and return them."""
    files = []
    for block in BLOCKS:
        if block.page == page and block.language == "python" and (name := re.match(r"# (\w+\.py)\n", block.text)):
            files.append(folder / name[1])
            files[-1].write_text(block.text, encoding="utf-8")
    return files


def validate(text: str, folder: Path, page: Path, *, besides: tuple[str, ...] = ()) -> list[str]:
    spec = folder / "spec.yaml"
    spec.write_text(text, encoding="utf-8")
    (folder / "configs").symlink_to(ROOT / "configs")
    problems = kspec.validate(spec, static=True, code=code_of(page, folder))
    return [str(problem) for problem in problems if problem.code not in besides]


@pytest.mark.parametrize("block", SPECS, ids=place)
def test_a_spec_on_a_page_is_right(block: Block, tmp_path: Path) -> None:
    assert "\nmodel:" in f"\n{block.text}", f"a fragment is marked by {FRAGMENT} above it"
    assert validate(block.text, tmp_path, block.page) == []


@pytest.mark.parametrize("block", FRAGMENTS, ids=place)
def test_a_fragment_on_a_page_is_right_in_its_place(block: Block, tmp_path: Path) -> None:
    missing = {key: value for key, value in FRAME.items() if f"\n{key}:" not in f"\n{block.text}"}
    assert len(missing) < len(FRAME), "a fragment is one or more sections"
    rest = "" if "\nextends:" in f"\n{block.text}" else yaml.safe_dump(missing)
    problems = validate(block.text + rest, tmp_path, block.page, besides=EXAMPLES)
    assert [problem for problem in problems if "[not-found]" not in problem] == []  # a fragment's files are not here


@pytest.mark.parametrize("block", SPECS, ids=place)
def test_a_spec_on_a_page_trains(block: Block, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(block.text, encoding="utf-8")
    run = kspec.train(spec, runs=tmp_path / "runs", smoke=True, code=code_of(block.page, tmp_path))
    assert run.manifest.status in ("done", "stopped")


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    (block,) = [block for block in BLOCKS if block.language == "python" and block.page.name == "README.md"]
    names: dict[str, Any] = {}
    exec(compile(block.text, block.place, "exec"), names)
    assert names["problems"] == []
    assert (tmp_path / "runs" / "iris-1" / "best.keras").is_file()


def test_the_mistakes_of_the_readme_are_shown_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = [block for block in BLOCKS if block.text.startswith("$ kspec validate bad.yaml")]
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(BAD, encoding="utf-8")
    shown = [line for line in block.text.splitlines() if line.startswith("bad.yaml:")]
    assert shown == [str(problem) for problem in kspec.validate("bad.yaml", static=True)]


def test_there_is_something_to_test() -> None:
    assert len(SPECS) >= 5
    assert len(FRAGMENTS) >= 5
    assert len(COMMANDS) >= 7


@pytest.mark.parametrize(("block", "line"), COMMANDS, ids=[f"{block.place} {line}" for block, line in COMMANDS])
def test_a_command_on_a_page_exists_with_its_options(block: Block, line: str) -> None:
    words = shlex.split(line, comments=True)
    words = words[words.index("kspec") + 1 :]
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    name, *given = words
    assert name in group.commands, f"{block.place}: there is no command `{name}`"
    parameters = group.commands[name].params
    known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)} | {"--help", "-h"}
    options = {word.partition("=")[0] for word in given if word.startswith("-") and word != "-"}
    assert options <= known, f"{block.place}: `{name}` has no {options - known}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}
    missing = {link for link in links if link and not (page.parent / link).exists()}
    named = set(re.findall(r"\b(?:configs|docs|tests|kspec)/[\w./-]*\w\.(?:yaml|csv|md|py|png|json)\b", text))
    missing |= {path for path in named if not (ROOT / path).exists()}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_heading_that_a_page_points_to_exists(page: Path) -> None:
    for path, heading in re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        other = page.parent / path if path else page
        assert heading in headings(other), f"{page.name} points to #{heading}"


def headings(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def codes() -> set[str]:
    """Return the diagnostic codes in the package: what is written where problems are made."""
    found: set[str] = set()
    for file in (ROOT / "kspec").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= codes_in(node)
    return found


def codes_in(node: ast.AST) -> set[str]:
    written: list[ast.expr] = []
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("Problem", "error", "note", "warning", "problem"):
            written += node.args[:1]
        elif called in ("_unread", "ExpressionError"):
            written += node.args[1:]
        written += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    elif isinstance(node, ast.FunctionDef):
        arguments = [*node.args.posonlyargs, *node.args.args]
        defaults = zip(reversed(arguments), reversed(node.args.defaults), strict=False)
        written += [default for argument, default in defaults if argument.arg == "code"]
    elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "code" for target in node.targets):
        written.append(node.value)
    branches = [branch for value in written for branch in branches_of(value)]
    texts = [branch.value for branch in branches if isinstance(branch, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def branches_of(value: ast.expr) -> list[ast.expr]:
    return branches_of(value.body) + branches_of(value.orelse) if isinstance(value, ast.IfExp) else [value]


# Codes that are put together from words, which reading the source does not show.
COMPOSED = {"unknown-input", "unknown-output"}


def test_every_diagnostic_code_is_on_its_page() -> None:
    explained = set(read_codes((ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")))
    known = codes() | COMPOSED | {*LINTS, *DATA_CODES}
    assert len(known) > 50, "the codes were not found in the source"
    assert known - explained == set(), "codes that docs/diagnostics.md lacks"
    assert explained - known == set(), "codes that docs/diagnostics.md explains and nothing gives"


def test_every_source_is_on_its_page() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert [name for name in SOURCES if f"`{name}`" not in page] == []


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    assert [name for name in group.commands if f"kspec {name}" not in text] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    install, develop = lines.index("```sh") + 1, lines.index("```sh") + 2
    assert lines[install].startswith("pip install -e . && kspec train configs/mnist.yaml ")
    assert lines[develop].startswith("pip install -e '.[dev]' && pytest ")


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("*")), ids=lambda path: path.name)
def test_pictures_are_small(picture: Path) -> None:
    assert picture.stat().st_size < 150_000
