import datetime

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from kspec.data.sources import DataError, Fields, SourceContext, Stream, parquet_file, stream
from kspec.data.sources.parquet_head import parquet_fields

TABLE = pa.table(
    {
        "whole": pa.array([1, 2, None, 4, 5], pa.int32()),
        "kind": pa.array(["x", "y", "x", None, "y"]).dictionary_encode(),
        "real": pa.array([1.0, np.nan, 3.0, 4.0, None], pa.float32(), from_pandas=False),
        "size": [{"cm": 1, "note": "a"}, None, {"cm": 3, "note": None}, {"cm": 4, "note": "b"}, {"cm": 5, "note": "c"}],
        "ids": [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]],
        "day": [datetime.date(2020, 1, day) for day in range(1, 6)],
        "sure": pa.array([True, False, True, True, False]),
    }
)


@pytest.fixture
def write(tmp_path):
    def write(name, table=TABLE, **options):
        parquet.write_table(table, tmp_path / name, **options)
        return name

    return write


def values(rows):
    """Return the dtype and the values of each field, a missing number as None."""
    fields = rows.load() if isinstance(rows, Stream) else rows
    found = {}
    for name, array in fields.items():
        plain = array.astype(object)
        if array.dtype.kind == "f":
            plain[np.isnan(array)] = None
        found[name] = (array.dtype.name, plain.tolist())
    return found


def same(one, other):
    assert list(one) == list(other)
    for name, array in one.items():
        assert array.dtype == other[name].dtype
        np.testing.assert_array_equal(array, other[name])


def test_columns_are_fields_of_their_types(load, write):
    loaded = load("parquet", path=write("a.parquet"))
    assert values(loaded.train) == {
        "whole": ("float64", [1.0, 2.0, None, 4.0, 5.0]),
        "kind": ("object", ["x", "y", "x", None, "y"]),
        "real": ("float32", [1.0, None, 3.0, 4.0, None]),
        "size.cm": ("float64", [1.0, None, 3.0, 4.0, 5.0]),
        "size.note": ("object", ["a", None, None, "b", "c"]),
        "ids": ("int64", [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]),
        "day": ("object", [f"2020-01-0{day}" for day in range(1, 6)]),
        "sure": ("bool", [True, False, True, True, False]),
    }
    assert loaded.test is None
    assert [path.name for path in loaded.paths] == ["a.parquet"]


@pytest.mark.parametrize("options", [{}, {"write_statistics": False}])
@pytest.mark.parametrize("piece", [1, 1_000_000])
def test_a_stream_gives_the_same_rows_and_types_in_every_piece(load, write, monkeypatch, options, piece):
    monkeypatch.setattr(stream, "PIECE_BYTES", piece)
    path = write("a.parquet", row_group_size=2, **options)
    whole = load("parquet", path=path).train
    rows = load("parquet", path=path, memory=0).train
    assert isinstance(whole, Fields)
    assert isinstance(rows, Stream)
    assert len(rows.shards) == (3 if piece == 1 else 1)
    assert rows.size > 0
    same(whole, rows.load())
    first = 0
    for start, found in rows.pieces():
        assert start == first
        first += found.rows
        assert {name: (array.dtype, array.shape[1:]) for name, array in found.items()} == {
            name: (array.dtype, array.shape[1:]) for name, array in rows.head.items()
        }
    assert first == 5
    assert list(rows.load(["size.cm"])) == ["size.cm"]


def test_only_the_columns_asked_for_are_read(load, write, monkeypatch):
    asked = []

    def watched(self, size, *, columns, **options):
        asked.append(columns)
        return iter_batches(self, size, columns=columns, **options)

    iter_batches = parquet.ParquetFile.iter_batches
    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", watched)
    path = write("a.parquet")
    assert list(load("parquet", path=path, columns=["ids", "size.cm"]).train) == ["ids", "size.cm"]
    assert list(load("parquet", path=path, without=["ids", "size.cm", "kind"]).train) == [
        "whole", "real", "size.note", "day", "sure",
    ]  # fmt: skip
    assert {name for columns in asked[:3] for name in columns} == {"ids", "size.cm"}
    asked.clear()
    list(load("parquet", path=path, memory=0).train.pieces(["day"]))
    assert asked[-1] == ["day"]


def test_text_is_text_whatever_it_holds(load, write):
    train = load("parquet", path=write("a.parquet"), columns=["whole", "sure", "day"], text=["whole", "sure"]).train
    assert train["whole"].tolist() == ["1", "2", None, "4", "5"]
    assert train["sure"].tolist() == ["true", "false", "true", "true", "false"]


@pytest.mark.parametrize("options", [{}, {"write_statistics": False}])
def test_drop_missing_leaves_rows_out_and_types_as_they_are(load, write, tmp_path, options):
    path = write("a.parquet", row_group_size=2, **options)
    for memory in (None, 0):
        loaded = load("parquet", path=path, drop_missing=["whole", "real"], columns=["whole", "real"], memory=memory)
        assert values(loaded.train) == {"whole": ("int32", [1, 4]), "real": ("float32", [1.0, 4.0])}
        assert loaded.origin == f"{tmp_path / path}, without 3 of its 5 rows, in which a value is missing"
        assert loaded.train.rows == 2
        every = load("parquet", path=path, drop_missing=True, memory=memory).train
        assert values(every)["size.cm"] == ("int64", [1])
    assert load("parquet", path=path, drop_missing=["sure"]).origin == str(tmp_path / path)


def test_numbers_that_are_read_as_text_have_the_gaps_that_they_had(load, write):
    path = write("a.parquet", columns := TABLE.select(["real", "whole"]), row_group_size=2)
    assert columns.num_rows == 5
    for memory in (None, 0):
        train = load("parquet", path=path, text=["real"], drop_missing=["real"], memory=memory).train
        every = load("parquet", path=path, text=["real"], memory=memory).train
        assert values(every)["real"] == ("object", ["1", None, "3", "4", None])
        assert values(train)["real"] == ("object", ["1", "3", "4"])


def test_many_files_are_one_table(load, write):
    write("p1.parquet", pa.table({"a": pa.array([1, 2], pa.int32()), "t": ["x", "y"]}))
    write("p2.parquet", pa.table({"t": pa.array(["z"]).dictionary_encode(), "a": pa.array([None], pa.int64())}))
    write("p3.parquet", pa.table({"a": pa.array([1.5]), "t": pa.array(["w"], pa.large_string())}))
    loaded = load("parquet", path="p*.parquet")
    assert values(loaded.train) == {
        "a": ("float64", [1.0, 2.0, None, 1.5]),
        "t": ("object", ["x", "y", "z", "w"]),
    }
    rows = load("parquet", path=["p2.parquet", "p1.parquet"], memory=0).train
    assert [shard.rows for shard in rows.shards] == [1, 2]
    assert values(rows)["a"] == ("float64", [None, 1.0, 2.0])


def test_the_index_of_pandas_is_no_column(load, write):
    path = write("a.parquet", pa.table({"a": [1], "__index_level_0__": ["x"]}))
    assert list(load("parquet", path=path).train) == ["a"]
    assert list(load("parquet", path=path, columns=["a", "__index_level_0__"]).train) == ["a", "__index_level_0__"]


def test_a_file_without_rows_among_others_is_passed_over(load, write):
    write("p1.parquet", TABLE.slice(0, 0))
    write("p2.parquet")
    assert load("parquet", path="p*.parquet").train.rows == 5
    assert load("parquet", path="p*.parquet", limit=2).train.rows == 2


def test_foresight_is_what_reading_gives(load, write, tmp_path):
    path = write("a.parquet")
    for arguments in ({}, {"columns": ["size.cm", "ids"]}, {"without": ["kind"], "drop_missing": ["whole"]}):
        assert parquet_fields(tmp_path, path=path, **arguments) == list(load("parquet", path=path, **arguments).train)


def test_long_looks_for_gaps_are_told(write, tmp_path):
    told = []
    context = SourceContext(folder=tmp_path, progress=lambda *what: told.append(what))
    path = write("a.parquet", write_statistics=False)
    parquet_file.parquet(context, path=path)
    assert told == [("looking for gaps", 0, 1)]


def bad_files(folder):
    """Write what is no Parquet file, or none that can be read."""
    parquet.write_table(TABLE, folder / "good.parquet", compression="none")
    whole = (folder / "good.parquet").read_bytes()
    (folder / "empty.parquet").write_bytes(b"")
    (folder / "half.parquet").write_bytes(whole[:-20])
    (folder / "table.parquet").write_bytes(b"a,b\n1,2\n")
    (folder / "secret.parquet").write_bytes(b"PARE" + bytes(100) + b"PARE")
    (folder / "footer.parquet").write_bytes(whole[:-60] + b"\xff" * 52 + whole[-8:])
    (folder / "worn.parquet").write_bytes(whole[:20] + b"\xff" * 200 + whole[220:])
    parquet.write_table(TABLE.slice(0, 0), folder / "rowless.parquet")
    parquet.write_table(pa.table({"whole": ["a"]}), folder / "words.parquet")
    parquet.write_table(pa.table({"whole": [1]}), folder / "narrow.parquet")
    parquet.write_table(pa.table({"ids": [[1], [2], [1, 2]], "raw": [b"a", b"b", b"c"]}), folder / "odd.parquet")
    parquet.write_table(pa.table({"a.b": [1], "a": [{"b": 1}]}), folder / "twice.parquet")


@pytest.mark.parametrize(
    ("arguments", "message", "argument"),
    [
        ({"path": "empty.parquet"}, "`empty.parquet` is empty", "path"),
        ({"path": "half.parquet"}, "`half.parquet` is cut short: a Parquet file ends with b'PAR1'; copy it again, or "
         "write it again", "path"),
        ({"path": "table.parquet"}, "`table.parquet` is no Parquet file: it begins with b'a,b\\n'", "path"),
        ({"path": "secret.parquet"}, "`secret.parquet` is encrypted; write it again without encryption", "path"),
        ({"path": "rowless.parquet"}, "`rowless.parquet` has columns and no rows", "path"),
        ({"path": ["narrow.parquet", "words.parquet"]}, "column `whole` is string in `words.parquet` and int64 in "
         "`narrow.parquet`; write one type into all files, or read it as text: `text: [whole]`", "path"),
        ({"path": ["good.parquet", "narrow.parquet"]}, "`narrow.parquet` has no column `kind`, which `good.parquet` "
         "has", "path"),
        ({"path": ["narrow.parquet", "good.parquet"]}, "`good.parquet` has a column `kind`, which `narrow.parquet` has "
         "not; name the columns to read in `columns`", "path"),
        ({"path": "odd.parquet"}, "`odd.parquet`: `raw` holds bytes (binary), which no field can hold; leave it out "
         "with `without`", "path"),
        ({"path": "odd.parquet", "columns": ["ids"]}, "`odd.parquet`, row 3: `ids` has 2 values, and 1 in the rows "
         "before: its lists must be of equal length", "path"),
        ({"path": "twice.parquet"}, "`twice.parquet` names two columns `a.b`", "path"),
        ({"path": "good.parquet", "columns": ["hole"]}, "there is no column `hole`; did you mean `whole`?", "columns"),
        ({"path": "good.parquet", "text": ["ids"]}, "column `ids` holds lists and cannot be text", "text"),
        ({"path": "good.parquet", "columns": ["ids"], "drop_missing": ["whole"]}, "there is no column `whole`; its "
         "columns are ids", "drop_missing"),
        ({"path": "god.parquet"}, "there is no file `god.parquet`; did you mean `good.parquet`?", "path"),
    ],
)  # fmt: skip
def test_bad_files_and_arguments_are_refused(arguments, message, argument, refusal, tmp_path):
    bad_files(tmp_path)
    error = refusal("parquet", **arguments)
    assert (str(error), error.argument) == (message, argument)


@pytest.mark.parametrize("name", ["footer", "worn"])
def test_a_damaged_file_is_named(name, refusal, tmp_path):
    bad_files(tmp_path)
    assert refusal("parquet", path=f"{name}.parquet").message.startswith(f"`{name}.parquet` cannot be read: ")


def test_all_rows_left_out(refusal, write):
    path = write("a.parquet", pa.table({"a": pa.array([1, None]), "b": pa.array([None, 2])}))
    error = refusal("parquet", path=path, drop_missing=True)
    assert str(error) == "no row is left: every one lacks a value in `a`, `b`"


def test_lists_of_another_length_further_down_are_told_when_they_are_read(write, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 1)
    path = write("a.parquet", pa.table({"ids": [[1, 2]] * 5 + [[1]]}), row_group_size=2)
    rows = parquet_file.parquet(SourceContext(folder=tmp_path, memory=0), path=path).train
    with pytest.raises(DataError, match=r"a.parquet`, row 6: `ids` has 1 value, and 2 in the rows before"):
        rows.load()


def test_a_fault_that_a_stream_meets_late_is_a_problem(prepared, problems_of, write, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 1)
    write("late.parquet", pa.table({"x": [[1.0, 2.0]] * 9 + [[1.0]], "y": [1.0] * 10}), row_group_size=2)
    sections = {"data": {"train": {"parquet": "late.parquet"}}, "runtime": {"memory": "64 B"}}
    (problem,) = problems_of(prepared, **sections)
    shown = f"`{tmp_path / 'late.parquet'}`, row 10: `x` has 1 value, and 2 in the rows before"
    assert (problem.code, problem.path) == ("bad-data", ("data",))
    assert problem.message == f"{shown}: its lists must be of equal length"
