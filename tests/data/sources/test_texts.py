"""Texts in files: each a row with the name of its class folder, or a row for each line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kspec.data.sources import SOURCES, Fields, Loaded, SourceContext, Stream
from kspec.data.sources.stream import memory_of
from kspec.data.sources.text_files import LINES_OF_A_SHARD

Make = Callable[..., Path]
Load = Callable[..., Loaded]


def columns(fields: Fields | Stream | None) -> dict[str, list[str]]:
    assert isinstance(fields, Fields)
    assert {array.dtype for array in fields.values()} == {np.dtype(object)}
    return {name: list(array) for name, array in fields.items()}


def test_folders_are_classes(write: Make, load: Load) -> None:
    for name, text in {"pos/b": "good\n", "pos/a": "fine", "neg/sub/c": "bad", "neg/d": "two\r\nlines"}.items():
        write(f"reviews/{name}.txt", text)
    write("reviews/urls.html", "x")
    loaded = load("texts", path="reviews")
    assert columns(loaded.train) == {
        "text": ["two\nlines", "bad", "fine", "good\n"],
        "label": ["neg", "neg", "pos", "pos"],
        "file": ["neg/d.txt", "neg/sub/c.txt", "pos/a.txt", "pos/b.txt"],
    }
    assert loaded.train.primary == ("text", "label")
    assert loaded.notices == (f"`{loaded.origin}`: 1 other file is not read: .html; texts end in .txt",)


def test_a_flat_folder_has_no_labels(write: Make, load: Load) -> None:
    write("texts/a.txt", "one")
    assert columns(load("texts", path="texts").train) == {"text": ["one"], "file": ["a.txt"]}


def test_a_folder_may_hold_the_parts(write: Make, load: Load) -> None:
    for name in ("train/neg/1", "train/pos/2", "test/neg/3"):
        write(f"aclImdb/{name}.txt", name)
    loaded = load("texts", path="aclImdb")
    assert columns(loaded.train)["label"] == ["neg", "pos"]
    assert columns(loaded.test) == {"text": ["test/neg/3"], "label": ["neg"], "file": ["test/neg/3.txt"]}
    assert loaded.validation is None


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8", "shift_jis"])
def test_texts_are_read_in_their_encoding(encoding: str, write: Make, load: Load) -> None:
    text = "表\nか" if encoding == "shift_jis" else "schön\nnaïve"
    write("texts/a.txt", text.encode(encoding))
    write("lines.txt", text.encode(encoding))
    assert columns(load("texts", path="texts", encoding=encoding).train)["text"] == [text]
    assert columns(load("texts", path="lines.txt", encoding=encoding).train)["text"] == text.split("\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(encoding: str, write: Make, load: Load) -> None:
    write("texts/a.txt", "schön\nzwei".encode(encoding))
    assert columns(load("texts", path="texts").train)["text"] == ["schön\nzwei"]
    assert columns(load("texts", path="texts/a.txt").train)["text"] == ["schön", "zwei"]


def test_empty_texts_are_told(write: Make, load: Load) -> None:
    for name, text in {"a": "one", "b": "", "c": " \n"}.items():
        write(f"texts/{name}.txt", text)
    loaded = load("texts", path="texts")
    assert columns(loaded.train)["text"] == ["one", "", " \n"]
    assert loaded.notices == (f"2 of 3 texts are empty: `{loaded.origin}/b.txt`, `{loaded.origin}/c.txt`",)


def test_each_line_of_a_file_is_a_row(write: Make, load: Load) -> None:
    write("a.txt", "one\ntwo\r\n\nfour\n")
    write("b.txt", "five")
    loaded = load("texts", path=["a.txt", "b.txt"])
    assert columns(loaded.train) == {"text": ["one", "two", "", "four", "five"]}
    (said,) = loaded.notices
    assert said.endswith("a.txt`")
    assert said.startswith("one of 5 texts is empty: line 3 of `")


def test_texts_that_do_not_fit_into_memory_are_a_stream(tmp_path: Path, write: Make) -> None:
    for number in range(300):
        write(f"texts/{'ab'[number % 2]}/{number:03}.txt", f"text {number} " * number)
    whole = SOURCES["texts"](SourceContext(folder=tmp_path), path="texts").train
    assert isinstance(whole, Fields)
    size = memory_of(Fields({"text": whole["text"]}))
    assert SOURCES["texts"](SourceContext(folder=tmp_path, memory=size), path="texts").train.rows == 300
    stream = SOURCES["texts"](SourceContext(folder=tmp_path, memory=size - 1), path="texts").train
    assert isinstance(stream, Stream)
    assert len(stream.shards) == 2
    assert columns(stream.load()) == columns(whole)
    assert list(stream.load(["label"])["label"]) == list(whole["label"])


def test_lines_that_do_not_fit_into_memory_are_a_stream(tmp_path: Path, write: Make) -> None:
    lines = [f"zeile {number} ß" for number in range(LINES_OF_A_SHARD + 3)]
    write("lines.txt", "\n".join(lines))
    stream = SOURCES["texts"](SourceContext(folder=tmp_path, memory=1000), path="lines.txt").train
    assert isinstance(stream, Stream)
    assert [shard.rows for shard in stream.shards] == [LINES_OF_A_SHARD, 3]
    assert stream.size == memory_of(Fields({"text": np.array(lines, dtype=object)}))
    assert columns(stream.load()) == {"text": lines}
    assert [first for first, _ in stream.pieces(order=[1, 0])] == [LINES_OF_A_SHARD, 0]


def test_the_fingerprint_is_that_of_names_and_bytes(write: Make, load: Load) -> None:
    found = set()
    for name, text in (("a", "one"), ("a", "one "), ("b", "one")):
        path = write(f"texts/{name}.txt", text)
        found.add(load("texts", path="texts").fingerprint)
        path.unlink()
    assert len(found) == 3
