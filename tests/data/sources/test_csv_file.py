import csv
import gzip
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kspec.data.sources import SOURCES, DataError, SourceContext

ANOTHER_DELIMITER = "name an ASCII character that neither quotes text nor ends a line"


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "t.csv") -> str:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def columns(loaded):
    return {name: (array.dtype.name, array.tolist()) for name, array in loaded.train.items()}


def test_columns_are_numbers_bools_or_text(load, write):
    text = "i,f,b,t,d\n1,1.5,true,x,2020-01-31\n-2,2e3,false,y z,2021-02-01\n"
    assert columns(load("csv", path=write(text))) == {
        "i": ("int64", [1, -2]),
        "f": ("float64", [1.5, 2000.0]),
        "b": ("bool", [True, False]),
        "t": ("object", ["x", "y z"]),
        "d": ("object", ["2020-01-31", "2021-02-01"]),
    }


def test_gaps_are_nan_in_numbers_and_none_in_text(load, write):
    train = load("csv", path=write("i,b,t,none\n1,true,x,\nNA,,,NA\n3,false,nan,\n")).train
    np.testing.assert_array_equal(train["i"], [1, np.nan, 3])
    np.testing.assert_array_equal(train["b"], [1, np.nan, 0])
    assert train["t"].tolist() == ["x", None, None]
    assert np.isnan(train["none"]).all()
    assert {train[name].dtype.name for name in ("i", "b", "none")} == {"float64"}


def test_a_kind_is_judged_by_all_rows(load, write):
    train = load("csv", path=write("a\n" + "1\n" * 600_000 + "1.5\n")).train
    assert train["a"].dtype == np.float64
    assert train["a"][-1] == 1.5


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter, load, write):
    text = "a,b,c\n1,2,3\n".replace(",", delimiter)
    assert list(load("csv", path=write(text)).train) == ["a", "b", "c"]


def test_writing_of_files(load, write):
    assert columns(load("csv", path=write(b"\xef\xbb\xbf\r\n a , b\r\n1, 2\r\n\r\n"))) == {
        "a": ("int64", [1]),
        "b": ("int64", [2]),
    }
    assert columns(load("csv", path=write('a\n"x\ny"\n"p,q"\n')))["a"] == ("object", ["x\ny", "p,q"])
    assert columns(load("csv", path=write("a\ncafé\n".encode("latin-1")), encoding="latin-1"))["a"][1] == ["café"]
    assert columns(load("csv", path=write(gzip.compress(b"a\n1\n"), "t.csv.gz")))["a"] == ("int64", [1])
    assert columns(load("csv", path=write("a:b\n1:2\n"), delimiter=":"))["b"] == ("int64", [2])


def test_columns_chooses_and_orders(load, write):
    assert list(load("csv", path=write("a,b,c\n1,2,3\n"), columns=["c", "a"]).train) == ["c", "a"]


def test_without_leaves_columns_out(load, write):
    file = write("a,b,c\n1,2,3\n")
    assert list(load("csv", path=file, without=["b"]).train) == ["a", "c"]
    assert list(load("csv", path=file, columns=["c", "b"], without=["b"]).train) == ["c"]


def test_drop_missing_leaves_rows_out(load, write):
    file = write("a,b,c,d\n1,,x,\n2,3,,\n,4,y,\n5,6,z,\n")
    every = load("csv", path=file)
    some = load("csv", path=file, drop_missing=["a", "b"])
    assert [columns(some)[name] for name in "abc"] == [("int64", [2, 5]), ("int64", [3, 6]), ("object", [None, "z"])]
    assert some.origin == f"{every.origin}, without 2 of its 4 rows, in which a value is missing"
    whole = load("csv", path=file, drop_missing=True, without=["d"])
    assert columns(whole) == {"a": ("int64", [5]), "b": ("int64", [6]), "c": ("object", ["z"])}
    assert load("csv", path=file, drop_missing=True, columns=["d", "a"], without=["d"], limit=1).train[
        "a"
    ].tolist() == [1]
    assert load("csv", path=write("a\n1\n", "whole.csv"), drop_missing=True).origin.endswith("whole.csv")


def test_text_keeps_codes_as_they_are(load, write):
    assert columns(load("csv", path=write("code\n007\n010\n"), text=["code"]))["code"] == ("object", ["007", "010"])


def test_missing_replaces_the_markers(load, write):
    train = load("csv", path=write("a,b\n1,NA\n?,x\n"), missing=["?"]).train
    np.testing.assert_array_equal(train["a"], [1, np.nan])
    assert train["b"].tolist() == ["NA", "x"]


def test_limit_gives_the_first_rows(load, write):
    assert load("csv", path=write("a\n1\n2\n3\n"), limit=2).train["a"].tolist() == [1, 2]


def test_many_files_are_one_source_sorted_by_name(load, write, tmp_path):
    for number in (10, 2, 1):
        write(f"a,b\n{number},x{number}\n", f"data/part-{number:02}.csv")
    loaded = load("csv", path="data/*.csv")
    assert loaded.train["a"].tolist() == [1, 2, 10]
    assert loaded.train["b"].tolist() == ["x1", "x2", "x10"]
    assert [path.name for path in loaded.paths] == ["part-01.csv", "part-02.csv", "part-10.csv"]
    chosen = load("csv", path=["data/part-10.csv", "data/part-01.csv"])
    assert chosen.train["a"].tolist() == [10, 1]
    assert chosen.fingerprint != loaded.fingerprint


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("data/**", ["1.csv", "2.csv", "3.csv"]),
        ("data/**/*.csv", ["1.csv", "2.csv", "3.csv"]),
        ("data/in/**", ["2.csv", "3.csv"]),
        ("./**/deep/*", ["3.csv"]),
    ],
)
def test_two_stars_are_folders_at_any_depth(pattern, names, load, write, tmp_path):
    for name in ("data/1.csv", "data/in/2.csv", "data/in/deep/3.csv"):
        write("a\n1\n", name)
    assert [path.name for path in load("csv", path=pattern).paths] == names
    assert [path.name for path in load("csv", path=str(tmp_path / pattern)).paths] == names


def test_two_stars_beside_a_name_are_no_pattern(refusal, write):
    write("a\n1\n", "data/1.csv")
    error = refusal("csv", path="data/**.csv")
    assert str(error) == (
        "`data/**.csv` is not a pattern of files: `**` stands for folders: instead of `**.csv` write `**/*.csv`"
    )
    assert not error.unavailable


def test_the_fingerprint_is_of_the_bytes(load, write):
    one = load("csv", path=write("a\n1\n"))
    assert one.fingerprint == load("csv", path=write("a\n1\n", "copy.csv")).fingerprint
    assert one.fingerprint != load("csv", path=write("a\n2\n")).fingerprint


@pytest.mark.parametrize(
    ("text", "message", "argument"),
    [
        ("", "`t.csv` is empty", "path"),
        ("\n\n", "`t.csv` is empty", "path"),
        ("a,b\n", "`t.csv` has a header and no rows", "path"),
        ("a,b\n1,2\n3\n", "`t.csv`, line 3: expected 2 cells, as in the header, found 1", "path"),
        (
            '\na,b\n\n"x\ny",1\n1,2,3\n',
            "`t.csv`, line 6: expected 2 cells, as in the header, found 3; "
            "put a cell that holds the delimiter into double quotes",
            "path",
        ),
        (
            'a,b\n"x\u2028y",1\n"z\nz",2,3\n',  # a line of a text editor is not one of the file
            "`t.csv`, line 3: expected 2 cells, as in the header, found 3; "
            "put a cell that holds the delimiter into double quotes",
            "path",
        ),
        ("a,b,a\n1,2,3\n", "`t.csv` names two columns `a`", "path"),
        (
            ",a\n0,1\n",
            "`t.csv` has no name for column 1; the first line must name every column",
            "path",
        ),
        (
            b"a\ncaf\xe9\n",
            "`t.csv` is not utf-8: byte 5 is 0xe9; name its encoding, such as `encoding: latin-1`",
            "encoding",
        ),
        (
            "age,b\n" + "1,x\n" * 50 + "?,x\n",
            "`t.csv`, line 52, column `age`: `?` among numbers; if it stands for a gap, add it to `missing:`; "
            "if this is text, name it in `text: [age]`",
            "path",
        ),
    ],
)
def test_what_is_no_table_is_refused_at_its_line(text, message, argument, refusal, write):
    error = refusal("csv", path=write(text))
    assert (str(error), error.argument, error.unavailable) == (message, argument, False)


@pytest.mark.parametrize(
    ("arguments", "message", "argument"),
    [
        ({"path": "penguin.csv"}, "there is no file `penguin.csv`; did you mean `penguins.csv`?", "path"),
        ({"path": "x/y.csv"}, "there is no file `x/y.csv`; the folder `x` does not exist either", "path"),
        ({"path": "*.tsv"}, "no file matches `*.tsv`", "path"),
        ({"path": "."}, "`.` is a folder, not a file", "path"),
        ({"path": "https://a.b/c.csv"}, "`https://a.b/c.csv` is a URL, not a file; download it first", "path"),
        ({"path": "x" * 300}, f"`{'x' * 300}` cannot be looked at: File name too long", "path"),
        ({"path": []}, "no file is named", "path"),
        ({"path": 3}, "expected the path of a file, or a list of paths, got 3", "path"),
        ({"columns": [3]}, 'the name of a column is text, not 3; write `"3"`', "columns"),
        ({"without": ["bil"]}, "there is no column `bil`; did you mean `bill`?", "without"),
        ({"without": ["bill", "sex"]}, "no column is left to read", "without"),
        (
            {"without": ["sex"], "drop_missing": ["sex"]},
            "there is no column `sex`; its columns are bill",
            "drop_missing",
        ),
        ({"drop_missing": True, "missing": ["1"]}, "no row is left: every one lacks a value in `bill`", "drop_missing"),
        ({"columns": ["bil"]}, "there is no column `bil`; did you mean `bill`?", "columns"),
        ({"text": ["zzz"]}, "there is no column `zzz`; its columns are bill, sex", "text"),
        ({"delimiter": "||"}, "expected one character, got '||'", "delimiter"),
        ({"delimiter": '"'}, f"""'"' cannot stand between cells; {ANOTHER_DELIMITER}""", "delimiter"),
        ({"delimiter": "\n"}, f"'\\n' cannot stand between cells; {ANOTHER_DELIMITER}", "delimiter"),
        ({"delimiter": "é"}, f"'é' cannot stand between cells; {ANOTHER_DELIMITER}", "delimiter"),
        ({"encoding": "utf-9"}, "there is no encoding `utf-9`", "encoding"),
        (
            {"path": ["penguins.csv", "other.csv"]},
            "`other.csv` has other columns than `penguins.csv`: bill; expected bill, sex",
            "path",
        ),
    ],
)
def test_wrong_arguments_are_refused(arguments, message, argument, refusal, write):
    write("bill,sex\n1,m\n", "penguins.csv")
    write("bill\n1\n", "other.csv")
    error = refusal("csv", **{"path": "penguins.csv"} | arguments)
    assert (str(error), error.argument) == (message, argument)


def test_only_a_file_that_is_not_there_is_unavailable(refusal, write):
    assert refusal("csv", path="not.csv").unavailable
    assert not refusal("csv", path=write(b"torn", "t.csv.gz")).unavailable


def test_a_column_with_many_words_is_text(load, write):
    text = "ticket\n" + "123\n" * 70 + "A/5 21171\n" * 30
    assert load("csv", path=write(text)).train["ticket"].dtype == object


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0")).map(lambda text: f"t{text}")


@given(rows=st.lists(st.tuples(CELLS, st.integers(-(2**62), 2**62), st.floats(allow_nan=False)), min_size=1))
def test_what_pythons_own_writer_wrote_is_read_back(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("text", "whole", "real"), *rows])
    with TemporaryDirectory() as folder:
        Path(folder, "t.csv").write_bytes(out.getvalue().encode())
        train = SOURCES["csv"](SourceContext(folder=Path(folder)), path="t.csv").train
    assert list(zip(*(train[name].tolist() for name in train), strict=True)) == rows


@given(data=st.binary(max_size=60) | st.text('a1,;"\n. ', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    with TemporaryDirectory() as folder:
        Path(folder, "t.csv").write_bytes(data)
        try:
            assert SOURCES["csv"](SourceContext(folder=Path(folder)), path="t.csv").train.rows > 0
        except DataError as error:
            assert "t.csv" in error.message
