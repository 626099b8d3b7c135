"""CSV files that are read a block at a time: the same values as in one piece, whatever the size of the blocks."""

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kspec.data.sources import SOURCES, SourceContext, Stream, csv_blocks
from kspec.data.sources.csv_head import open_files
from kspec.data.sources.csv_scan import CsvTable


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 64)


def read(path, *, memory=0, **arguments):
    return SOURCES["csv"](SourceContext(folder=path.parent, memory=memory), path=path.name, **arguments).train


def table(rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "gap", "word", "truth"])
    for row in range(rows):
        word = ["a", 'b "c"', "d\ne", "f,g"][row % 4]
        writer.writerow([row, "" if row == rows - 1 else row / 2, word, str(row % 2 == 0).lower()])
    return text.getvalue()


def truth(rows):
    return {
        "number": np.arange(rows),
        "gap": np.array([*(row / 2 for row in range(rows - 1)), np.nan]),
        "word": np.array([["a", 'b "c"', "d\ne", "f,g"][row % 4] for row in range(rows)], dtype=object),
        "truth": np.arange(rows) % 2 == 0,
    }


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize("memory", [0, 10_000_000])
def test_blocks_hold_what_the_file_holds(tmp_path, small_blocks, ending, encoding, memory):
    data = table(100).encode(encoding)
    path = tmp_path / f"t{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    train = read(path, memory=memory, encoding=None if encoding == "utf-16" and ending == ".csv" else encoding)
    assert isinstance(train, Stream) == (memory == 0)
    pieces = list(train.pieces()) if memory == 0 else []
    assert memory or len(pieces) > 5
    whole = train.load() if memory == 0 else train
    for name, values in truth(100).items():
        np.testing.assert_array_equal(whole[name], values)
        assert whole[name].dtype == values.dtype
        assert all(piece[name].dtype == values.dtype for _, piece in pieces)
    assert [first for first, _ in pieces] == np.cumsum([0, *(piece.rows for _, piece in pieces)])[:-1].tolist()


def test_a_shard_is_read_without_those_before_it(tmp_path, small_blocks):
    (tmp_path / "t.csv").write_text(table(100), encoding="utf-8")
    train = read(tmp_path / "t.csv")
    order = list(reversed(range(len(train.shards))))
    seen = np.concatenate([piece["number"] for _, piece in train.pieces(["number"], order)])
    assert sorted(seen) == list(range(100))
    assert seen[0] > 90
    assert all(list(piece) == ["number"] for _, piece in train.pieces(["number"]))
    for first, piece in train.pieces(order=order):
        assert piece["number"][0] == first


def test_kinds_are_judged_by_all_blocks(tmp_path, small_blocks):
    rows = "".join(f"{row},{row},\n" for row in range(50))
    (tmp_path / "t.csv").write_text(f"a,b,c\n{rows}1.5,x,\n".replace("\n1,", "\n1,"), encoding="utf-8")
    train = read(tmp_path / "t.csv", text=["b"])
    assert {name: str(array.dtype) for name, array in train.head.items()} == {
        "a": "float64",
        "b": "object",
        "c": "float64",
    }
    assert train.load()["b"].tolist() == [*(str(row) for row in range(50)), "x"]


def test_gaps_anywhere_make_floats_everywhere(tmp_path, small_blocks):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,true\n" * 50 + ",\n", encoding="utf-8")
    for _, piece in read(tmp_path / "t.csv").pieces():
        assert {array.dtype.name for array in piece.values()} == {"float64"}


def test_faults_are_placed_in_later_blocks(tmp_path, small_blocks, refusal):
    rows = "".join(f"{row},{row}\n" for row in range(100))
    (tmp_path / "t.csv").write_text(f"a,b\n{rows}100,x\n", encoding="utf-8")
    assert "line 102, column `b`: `x` among numbers" in str(refusal("csv", path="t.csv"))
    (tmp_path / "t.csv").write_text(f"a,b\n{rows}100\n", encoding="utf-8")
    assert "line 102: expected 2 cells, as in the header, found 1" in str(refusal("csv", path="t.csv"))
    (tmp_path / "t.csv").write_bytes(f"a,b\n{rows}".encode() + b"1,\xff\n")
    assert f"byte {len(rows) + 6} is 0xff" in str(refusal("csv", path="t.csv"))


def test_rows_with_gaps_are_left_out_of_every_block(tmp_path, small_blocks):
    rows = "".join(f"{row},{'' if row % 3 else row}\n" for row in range(90))
    (tmp_path / "t.csv").write_text(f"a,b\n{rows}", encoding="utf-8")
    train = read(tmp_path / "t.csv", drop_missing=["b"])
    assert train.rows == 30
    assert train.load()["a"].tolist() == list(range(0, 90, 3))
    assert train.load(["a"])["a"].tolist() == list(range(0, 90, 3))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=30), size=st.integers(16, 200))
def test_any_size_of_block_gives_the_same_rows(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b"), *rows])
    whole = read(path, memory=None, text=["a", "b"], missing=[])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", size)
        files = open_files([path], encoding=None, delimiter=",")
        stream, _ = CsvTable(files, ["a", "b"], ["a", "b"], []).scan(0, lambda *_: None)
    loaded = stream.load()
    assert {name: array.tolist() for name, array in loaded.items()} == {
        name: array.tolist() for name, array in whole.items()
    }
