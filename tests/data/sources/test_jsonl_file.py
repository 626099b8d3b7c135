import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kspec.data.sources import SOURCES, DataError, Fields, SourceContext, Stream, jsonl_lines
from kspec.data.sources.jsonl_head import jsonl_fields

ROWS = [
    {"whole": 1, "real": 1, "day": "2020-01-31", "sure": True, "ids": [1, 2], "size": {"cm": 1, "in": {"to": "x"}}},
    {"whole": None, "real": 2.5, "day": None, "sure": False, "ids": [3, 4], "size": {"cm": 2}},
    {"real": 3, "day": "2020-01-31 00:00:00", "sure": True, "ids": [5, 6], "size": None, "late": 7},
]
TEXT = "\n".join(map(json.dumps, ROWS)) + "\n"
VALUES = {
    "whole": ("float64", [1.0, None, None]),
    "real": ("float64", [1.0, 2.5, 3.0]),
    "day": ("object", ["2020-01-31", None, "2020-01-31 00:00:00"]),
    "sure": ("bool", [True, False, True]),
    "ids": ("int64", [[1, 2], [3, 4], [5, 6]]),
    "size.cm": ("float64", [1.0, 2.0, None]),
    "size.in.to": ("object", ["x", None, None]),
    "late": ("float64", [None, None, 7.0]),
}


@pytest.fixture
def write(tmp_path):
    def write(text, name="t.jsonl"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def values(rows):
    fields = rows.load() if isinstance(rows, Stream) else rows
    found = {}
    for name, array in fields.items():
        plain = array.astype(object)
        if array.dtype.kind == "f":
            plain[np.isnan(array)] = None
        found[name] = (array.dtype.name, plain.tolist())
    return found


@pytest.mark.parametrize("block", [60, 8_000_000])
@pytest.mark.parametrize("packed", [False, True])
def test_keys_are_fields_whatever_the_blocks(load, write, monkeypatch, block, packed):
    monkeypatch.setattr(jsonl_lines, "BLOCK_BYTES", block)
    path = write(gzip.compress(TEXT.encode()), "t.jsonl.gz") if packed else write(TEXT)
    loaded = load("jsonl", path=path)
    assert isinstance(loaded.train, Fields)
    assert values(loaded.train) == VALUES
    rows = load("jsonl", path=path, memory=0).train
    assert isinstance(rows, Stream)
    assert len(rows.shards) == (3 if block == 60 and not packed else 1)
    assert values(rows) == VALUES
    assert list(rows.load(["size.cm", "ids"])) == ["ids", "size.cm"]
    for _, piece in rows.pieces():
        assert {name: (array.dtype, array.shape[1:]) for name, array in piece.items()} == {
            name: (array.dtype, array.shape[1:]) for name, array in rows.head.items()
        }


def test_ways_of_writing_a_file(load, write):
    assert values(load("jsonl", path=write(b'\xef\xbb\xbf{"a": 1}\r\n\r\n {"a": 2}'), memory=0).train) == {
        "a": ("int64", [1, 2])
    }
    assert load("jsonl", path=write('{"a": "caf\\u00e9"}\n{"a": "é"}')).train["a"].tolist() == ["café", "é"]
    assert values(load("jsonl", path=write('{"a": [null, 1]}\n{"a": [2, 3]}')).train)["a"][1] == [[None, 1.0], [2, 3]]
    assert values(load("jsonl", path=write('{"a": []}\n{"b": 12345678901234567890123}')).train) == {
        "a": ("float64", [[], []]),
        "b": ("float64", [None, 12345678901234567890123.0]),
    }


def test_many_files_are_one_source(load, write, tmp_path):
    write('{"a": 1}\n{"a": 2}\n', "p1.jsonl")
    write('{"b": "x", "a": 3.5}\n', "p2.jsonl")
    loaded = load("jsonl", path="p*.jsonl")
    assert values(loaded.train) == {"a": ("float64", [1.0, 2.0, 3.5]), "b": ("object", [None, None, "x"])}
    assert loaded.origin == f"2 files, {tmp_path / 'p1.jsonl'} to {tmp_path / 'p2.jsonl'}"
    assert load("jsonl", path="p*.jsonl", limit=2).train.rows == 2


def test_columns_are_chosen_as_of_csv(load, write):
    path = write(TEXT)
    assert list(load("jsonl", path=path, columns=["ids", "size.in.to"]).train) == ["ids", "size.in.to"]
    assert list(load("jsonl", path=path, without=["ids", "size.cm", "late", "whole", "day"]).train) == [
        "real", "sure", "size.in.to",
    ]  # fmt: skip
    assert load("jsonl", path=path, text=["real", "sure"]).train["sure"].tolist() == ["true", "false", "true"]


@pytest.mark.parametrize("block", [60, 8_000_000])
def test_drop_missing_leaves_rows_out(load, write, tmp_path, monkeypatch, block):
    monkeypatch.setattr(jsonl_lines, "BLOCK_BYTES", block)
    path = write(TEXT)
    for memory in (None, 0):
        loaded = load("jsonl", path=path, drop_missing=["size.cm", "whole"], memory=memory)
        assert values(loaded.train)["whole"] == ("int64", [1])
        assert values(loaded.train)["late"] == ("float64", [None])
        assert loaded.origin == f"{tmp_path / path}, without 2 of its 3 rows, in which a value is missing"
    assert load("jsonl", path=path, drop_missing=["real"]).train.rows == 3
    assert values(load("jsonl", path=write('{"a": NaN}\n{"a": 1}', "nan.jsonl"), drop_missing=True).train) == {
        "a": ("float64", [1.0])
    }
    assert load("jsonl", path=path, drop_missing=True, columns=["whole", "real"]).train.rows == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`t.jsonl` is empty"),
        ("\n  \n", "`t.jsonl` is empty"),
        ('{"a": 1}\n\n{"a": "x"}\n', "`t.jsonl`, line 3: `a` is text, and a number in line 1; write `null` where there "
         "is no value, and otherwise one kind of value"),
        ('{"a": {"b": true}}\n{"a": {"b": 0}}', "`t.jsonl`, line 2: `a.b` is a number, and true or false in line 1; "
         "write `null` where there is no value, and otherwise one kind of value"),
        ('{"a": [1]}\n{"a": ["x"]}', "`t.jsonl`, line 2: a value in `a` is text, and a number in line 1; write `null` "
         "where there is no value, and otherwise one kind of value"),
        ('{"a": 1}\n{"a": 1\n', "`t.jsonl`, line 2, column 8: expecting ',' delimiter"),
        ('{"a": nul}\n', "`t.jsonl`, line 1, column 7: expecting value"),
        ('{"a": [1, ]}\n', "`t.jsonl`, line 1, column 9: a `,` before `]`"),
        ('{"a": 1,}\n', "`t.jsonl`, line 1, column 8: a `,` before `}`"),
        ('{,}\n', "`t.jsonl`, line 1, column 2: expecting property name enclosed in double quotes"),
        ("{'a': 1}", "`t.jsonl`, line 1, column 2: expecting property name enclosed in double quotes; keys and text "
         "stand in double quotes"),
        ('[{"a": 1}]\n', '`t.jsonl`, line 1 is a list; each line is one object, such as `{"x": 1, "y": 2}`'),
        ('{\n"a": 1\n}\n', "`t.jsonl`, line 1, column 2: expecting property name enclosed in double quotes; each line "
         'is one object, such as `{"x": 1, "y": 2}`'),
        ('{"a": 1}{"a": 2}', "`t.jsonl`, line 1, column 9: extra data; each line is one object, such as "
         '`{"x": 1, "y": 2}`'),
        ('"a"\n', '`t.jsonl`, line 1 is text; each line is one object, such as `{"x": 1, "y": 2}`'),
        ('{"a": 1, "a": 2}\n', "`t.jsonl`, line 1 has the key `a` twice"),
        ('{"a.b": 1, "a": {"b": 2}}', "`t.jsonl` names two columns `a.b`"),
        ('{"a": {}}\n{}', "`t.jsonl` has no key in any line"),
        ('{"a": [1]}\n\n{"a": [1, 2]}\n', "`t.jsonl`, line 3: `a` has 2 values, and 1 in the rows before: its lists "
         "must be of equal length"),
        ('{"a": [{"b": 1}]}', "`t.jsonl`: `a` holds lists of objects, which no field can hold; leave it out with "
         "`without`"),
        (b'{"a": 1}\n{"a": "\xe9"}', "`t.jsonl`, line 2: the byte 0xe9 is not UTF-8; JSON is written in UTF-8: write "
         "the file again in it"),
        ('{"a": 1}\n{"a": 1e999}\n', "`t.jsonl`, line 2: number too big to be stored in double"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_line(text, message, refusal, write):
    error = refusal("jsonl", path=write(text))
    assert (str(error), error.argument) == (message, "path")


@pytest.mark.parametrize(
    ("arguments", "message", "argument"),
    [
        ({"columns": ["siz.cm"]}, "there is no column `siz.cm`; did you mean `size.cm`?", "columns"),
        ({"without": ["size"]}, "there is no column `size`; did you mean `size.cm`?", "without"),
        ({"drop_missing": ["late", "whole"]}, "no row is left: every one lacks a value in `late`, `whole`",
         "drop_missing"),
        ({"path": "t.json"}, "there is no file `t.json`; did you mean `t.jsonl`?", "path"),
        ({"path": ["t.jsonl", "other.jsonl"]}, "`other.jsonl`, line 1: `whole` is text, and a number in line 1 of "
         "`t.jsonl`; write `null` where there is no value, and otherwise one kind of value", "path"),
        ({"path": "torn.jsonl.gz"}, "`torn.jsonl.gz` is not a whole gzip file: Compressed file ended before the "
         "end-of-stream marker was reached", "path"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(arguments, message, argument, refusal, write):
    write(TEXT)
    write('{"whole": "a"}\n', "other.jsonl")
    write(gzip.compress(TEXT.encode())[:-9], "torn.jsonl.gz")
    error = refusal("jsonl", **{"path": "t.jsonl"} | arguments)
    assert (str(error), error.argument) == (message, argument)


def test_a_fault_between_blocks_is_told_with_both_lines(refusal, write, monkeypatch):
    monkeypatch.setattr(jsonl_lines, "BLOCK_BYTES", 10)
    path = write('{"a": 1}\n' * 5 + '{"a": "x"}\n')
    assert str(refusal("jsonl", path=path)).startswith("`t.jsonl`, line 6: `a` is text, and a number in line 1;")


def test_foresight_is_what_reading_gives(load, write, tmp_path):
    path = write(TEXT)
    assert jsonl_fields(tmp_path, path=path) == list(load("jsonl", path=path).train)
    assert jsonl_fields(tmp_path, path=path, without=["ids"], drop_missing=True) == [*VALUES][:4] + [*VALUES][5:]
    with pytest.raises(DataError, match="line 1, column 2"):
        jsonl_fields(tmp_path, path=write("{a: 1}", "bad.jsonl"))


def test_the_first_lines_tell_only_what_is_sure(write, tmp_path):
    alike = '{"a": 1, "b": {"c": 2}}\n' * 20_000
    assert jsonl_fields(tmp_path, path=write(alike)) == ["a", "b.c"]
    assert jsonl_fields(tmp_path, path=write('{"a": 1}\n' + alike)) is None
    assert jsonl_fields(tmp_path, path=write('{"a": 1, "b": null}\n' * 20_000)) is None
    assert jsonl_fields(tmp_path, path=write(" \n")) is None


NUMBERS = st.integers(-(2**62), 2**62)
TEXTS = st.text(st.characters(codec="utf-8"))


@settings(deadline=None)  # the first example imports Arrow's reader
@given(rows=st.lists(st.tuples(TEXTS, NUMBERS, st.lists(NUMBERS, min_size=2, max_size=2)), min_size=1))
def test_what_python_wrote_is_read_back(rows):
    with TemporaryDirectory() as folder:
        text = "\n".join(json.dumps({"t": text, "n": number, "l": numbers}) for text, number, numbers in rows)
        Path(folder, "t.jsonl").write_text(text, encoding="utf-8")
        train = SOURCES["jsonl"](SourceContext(folder=Path(folder), memory=0), path="t.jsonl").train.load()
    assert list(zip(*(train[name].tolist() for name in "tnl"), strict=True)) == rows


@settings(deadline=None)  # the first example imports Arrow's reader
@given(data=st.binary(max_size=60) | st.text('{}[]":, a1.\n', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    with TemporaryDirectory() as folder:
        Path(folder, "t.jsonl").write_bytes(data)
        try:
            assert SOURCES["jsonl"](SourceContext(folder=Path(folder)), path="t.jsonl").train.rows > 0
        except DataError as error:
            assert "t.jsonl" in error.message
