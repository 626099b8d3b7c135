"""YAML and JSON texts into documents: values, places, and what is refused."""

from __future__ import annotations

import io
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from reading_texts import read

from kspec.spec.document import Document
from kspec.spec.reading import MAX_BYTES, read_document, read_text


def value_of(text: str, name: str = "spec.yaml") -> Any:
    document = read_text(name, text)
    assert document.problems == []
    return document.data()


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1E5", 100000.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("+1", 1), ("010", 10),
        ("0o10", 8),
        ("0x1F", 31), ("1_000", "1_000"), ("1:30", "1:30"), ("on", "on"), ("off", "off"), ("yes", "yes"), ("no", "no"),
        ("y", "y"), ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False), ("null", None),
        ("~", None), ("Null", None), ("None", "None"), (".inf", math.inf), ("-.INF", -math.inf), ("inf", "inf"),
        ("2024-01-01", "2024-01-01"), ('"1"', "1"), ("'on'", "on"), ('"\\u00e4"', "ä"), ("0b11", "0b11"), ("1e", "1e"),
        ("=", "="), ("12e03", 12000.0), ("-0", 0), ("9" * 401, "9" * 401),
    ],
)  # fmt: skip
def test_plain_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = value_of(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_nan() -> None:
    assert math.isnan(value_of("a: .nan")["a"])


def test_keys_are_text() -> None:
    assert value_of("{5: a, true: b, null: c, 1.5: d}") == {"5": "a", "true": "b", "null": "c", "1.5": "d"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["spec.yaml", "spec.json"])
def test_places(line_end: str, name: str) -> None:
    text = line_end.join(["{", '"a": {"ä€😀": [1,', '  "zwei"]}}', ""])
    document = read_text(name, text)
    assert document.data() == {"a": {"ä€😀": [1, "zwei"]}}

    def place(*path: str | int, key: bool = False) -> tuple[int, int, int, int] | None:
        span = document.span(path, key=key)
        return span and (span.line, span.column, span.end_line, span.end_column)

    assert place("a", key=True) == (2, 1, 2, 4)
    assert place("a", "ä€😀", key=True) == (2, 7, 2, 12)
    assert place("a", "ä€😀", 0) == (2, 15, 2, 16)
    assert place("a", "ä€😀", 1) == (3, 3, 3, 9)
    assert place("a", "ä€😀", 2) == place("a", "ä€😀", key=True)
    assert document.span(("a",)).source.line(3) == '  "zwei"]}}'  # type: ignore[union-attr]


def test_place_of_what_is_not_there_is_that_of_its_owner() -> None:
    document = read_text("spec.yaml", "model:\n  layers:\n    - Dense:\n        units: 3\n")
    span = document.span(("model", "layers", 0, "Dense", "activation"))
    assert span is not None
    assert (span.line, span.column, span.end_column) == (3, 7, 12)


def test_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: [x]\r\n")
    document = read_document(file)
    assert document.data() == {"a": 1, "b": ["x"]}
    span = document.span(("a",), key=True)
    assert span and (span.line, span.column) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_other_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes("a: ä".encode(encoding))
    assert read_document(file).problems


def test_not_utf8_has_a_place(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes("a: ä\nb: ".encode() + b"x\xe4\n")
    (problem,) = read_document(file).problems
    assert problem.code == "not-utf-8"
    assert problem.span and (problem.span.line, problem.span.column) == (2, 5)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("a: 1")
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert codes(read_document(tmp_path)) == ["not-a-file"]
    assert codes(read_document(tmp_path / "large.yaml")) == ["too-large"]
    (problem,) = read_document(tmp_path / "spce.yaml").problems
    assert problem.code == "not-found"
    assert "`spec.yaml`" in problem.text
    assert codes(read_document("\0")) == ["unreadable"]
    assert codes(read_document("/dev/null")) == ["not-a-file"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(b'{"a": [1, 2.0, null]}')

    monkeypatch.setattr(sys, "stdin", Input)
    document = read_document("-")
    assert document.data() == {"a": [1, 2.0, None]}
    assert document.source.name == "<stdin>"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\na: 2", "duplicate-key", 2, 1),
        ("a: {b: 1, 'b': 2}", "duplicate-key", 1, 11),
        ("a: &x {b: 1}\nc: {<<: *x}", "merge-key", 2, 5),
        ("a: !!python/object:os.system x", "tag", 1, 4),
        ("a: !x [1]", "tag", 1, 4),
        ("a: *x", "unknown-alias", 1, 4),
        ("a: &x [*x]", "alias-loop", 1, 8),
        ("? [1, 2]\n: 3", "key-not-text", 1, 3),
        ("a: 1\n---\nb: 2", "many-documents", 2, 1),
        ("a:\n\tb: 1", "tab", 2, 1),
        ("a: [1, 2", "yaml-syntax", 1, 4),
        ("a: “x: y", "typographic-quote", 1, 4),
        ("a: 1\x00", "control-character", 1, 5),
        ("a: 1\u0085b: \u0080", "control-character", 1, 9),
        ("", "empty", 1, 1),
        ("[" * 200, "too-deep", 1, 101),
    ],
)
def test_refused_yaml(text: str, code: str, line: int, column: int) -> None:
    (problem,) = read_text("spec.yaml", text).problems
    assert (problem.code, problem.span and (problem.span.line, problem.span.column)) == (code, (line, column))


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ('{"a": 1, "a": 2}', "duplicate-key", 10),
        ('{"a": 1,}', "json-syntax", 8),
        ("{'a': 1}", "json-syntax", 2),
        ('{"a": NaN}', "json-syntax", 7),
        ('{"a": 01}', "json-syntax", 8),
        ('{"a": tru}', "json-syntax", 7),
        ('{"a": "x\ny"}', "json-syntax", 9),
        ('{"a": 1', "json-syntax", 8),
        ('{"a" 1}', "json-syntax", 6),
        ('{"a": 1} x', "json-syntax", 10),
        ("[" * 200, "too-deep", 101),
    ],
)
def test_refused_json(text: str, code: str, column: int) -> None:
    (problem,) = read_text("spec.json", text).problems
    assert (problem.code, problem.span and problem.span.column) == (code, column)


def test_alias_bomb_is_refused_at_once() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{y}: &{y} [{', '.join([f'*{x}'] * 10)}]" for x, y in zip("abcdefgh", "bcdefghi", strict=True)]
    assert codes(read_text("spec.yaml", "\n".join(lines))) == ["too-many-values"]


def test_aliases_are_read() -> None:
    assert value_of("a: &x {b: [1]}\nc: *x\nd: [*x, 2]") == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, 2]}


def test_round_brackets_in_lists() -> None:
    reading = read("vars: {a: [(1, 2), (3, 4)], b: (5, 6), c: 7}\nmodel: {input: [4], layers: [Dense: 3]}")
    assert [problem.code for problem in reading.problems] == ["round-brackets"] * 3
    assert reading.document.data()["vars"] == {"a": [[1, 2], [3, 4]], "b": [5, 6], "c": 7}


@pytest.mark.parametrize(
    ("text", "column"), [("[age, fair]", 15), ("{field: [age, fair]}", 23), ("{a: [age, fair]}", 19)]
)
def test_place_of_a_field_in_a_list(text: str, column: int) -> None:
    """A list of fields is short for a mapping with `field`, which is what problems name."""
    document = read_text("spec.yaml", f"inputs: {text}")
    path = ("inputs", "a") if "a:" in text else ("inputs",)
    span = document.span((*path, "field", 1))
    assert span is not None
    assert (span.line, span.column, span.end_column - span.column) == (1, column, len("fair"))
