"""Files and standard input into documents: what may be read at all, and in which encoding."""

from __future__ import annotations

import codecs
import re
import stat
import sys
from pathlib import Path

from kspec.spec.document import Document
from kspec.spec.json_reader import read_json
from kspec.spec.problems import Problem, Source, Span, did_you_mean_file
from kspec.spec.yaml_reader import read_yaml

MAX_BYTES = 10_000_000
"""Size that a spec may have."""

STANDARD_INPUT = "-"

_BEGIN = "begin with `model:` and `layers:` below it"

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_JSON_START = re.compile(r'\s*\{\s*["}]')


def read_document(path: str | Path) -> Document:
    """Read a spec from a file, or from standard input if `path` is `-`.

    Returns:
        The document. What is wrong with the file or its text stands in `problems`; nothing is raised.
    """
    name = str(path)
    if name == STANDARD_INPUT:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        return _decode("<stdin>", raw)
    source = Source(name)
    problem = _refuse(Path(path), source)
    if problem:
        return Document(source, None, [problem])
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _unread(source, "unreadable", f"cannot be read: {error.strerror or error}")
    return _decode(name, raw)


def read_text(name: str, text: str) -> Document:
    """Read a spec from a text; names that end in `.json` are read as JSON, all others as YAML."""
    source = Source(name, text)
    if problem := control_character(source):
        return Document(source, None, [problem])
    as_json = name.lower().endswith(".json") or (name == "<stdin>" and _JSON_START.match(text))
    document = read_json(source) if as_json else read_yaml(source)
    if document.root is None and not document.problems:
        document.problems.append(Problem("empty", (), "the spec is empty", _BEGIN, span=Span(source, 1, 1, 1, 1)))
    return document


def control_character(source: Source) -> Problem | None:
    """Return the problem of a text with a character that no spec may have, or None."""
    text = source.text
    found = _CONTROL.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    span = Span(source, line, column, line, column + 1)
    message = f"the control character U+{ord(found.group()):04X} cannot stand in a spec"
    return Problem("control-character", (), message, "delete it, even if it cannot be seen", span=span)


def _refuse(path: Path, source: Source) -> Problem | None:
    try:
        mode = path.stat()
    except FileNotFoundError:
        hint = did_you_mean_file(path.name, _names_beside(path))
        return Problem("not-found", (), f"there is no file `{path}`", hint)
    except (OSError, ValueError) as error:
        return Problem("unreadable", (), f"`{source.name}` cannot be read: {getattr(error, 'strerror', None) or error}")
    if stat.S_ISDIR(mode.st_mode):
        return Problem("not-a-file", (), f"`{path}` is a folder", "name the spec in it")
    if not stat.S_ISREG(mode.st_mode):
        return Problem("not-a-file", (), f"`{path}` is not a regular file", "name a file, or `-` for standard input")
    if mode.st_size > MAX_BYTES:
        return _too_large(source.name)
    return None


def _names_beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml", ".json")]
    except OSError:
        return []


def _too_large(name: str) -> Problem:
    return Problem("too-large", (), f"`{name}` is larger than {MAX_BYTES // 1_000_000} MB, too large for a spec")


def _unread(source: Source, code: str, message: str, hint: str | None = None) -> Document:
    return Document(source, None, [Problem(code, (), f"`{source.name}` {message}", hint)])


def _decode(name: str, raw: bytes) -> Document:
    source = Source(name)
    if len(raw) > MAX_BYTES:
        return Document(source, None, [_too_large(name)])
    for mark, encoding in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            return _unread(source, "not-utf-8", f"is {encoding}", "save it as UTF-8")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(name, raw, error.start)
    return read_text(name, text)


def _not_utf8(name: str, raw: bytes, start: int) -> Document:
    text = raw.decode("utf-8", errors="replace")
    before = raw[:start].decode("utf-8")
    source = Source(name, text)
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    span = Span(source, line, column, line, column + 1)
    message = f"byte 0x{raw[start]:02X} is not UTF-8"
    return Document(source, None, [Problem("not-utf-8", (), message, "save the file as UTF-8", span=span)])
