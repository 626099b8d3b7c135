"""Reading a table that nobody has described yet."""

import numpy as np
import pytest

from kspec.commands.starters.table import Table
from kspec.data.sources.csv_file import MISSING
from kspec.spec.problems import SpecError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**arguments):
    with pytest.raises(SpecError) as caught:
        Table.read(arguments)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("every", [2, 40], ids=["many gaps", "few gaps"])
def test_a_sign_among_numbers_is_a_gap(home, every):
    rows = [f"{number if number % every else '?'},{number % 3}" for number in range(80)]
    (home / "t.csv").write_text("\n".join(["a,b", *rows]))
    table = Table.read({"path": "t.csv"})
    assert table.arguments == {"path": "t.csv", "missing": [*MISSING, "?"]}
    assert np.isnan(table.fields["a"]).sum() == 80 // every
    assert table.file == "t.csv"


def test_several_signs(home):
    rows = [{0: "?,x", 1: "1,-", 2: "--,x"}.get(number % 40, f"{number},x") for number in range(80)]
    (home / "t.csv").write_text("\n".join(["a,b", *rows]))
    table = Table.read({"path": "t.csv", "missing": ["none"]})
    assert table.arguments["missing"] == ["none", "--", "?"]
    assert table.fields["b"].tolist().count("-") == 2


def test_a_word_among_numbers_is_no_gap(home):
    (home / "t.csv").write_text("a,b\n" + "1,2\n" * 50 + "abc,2\n")
    problem = refused(path="t.csv")
    assert problem.code == "bad-data"
    assert "column `a`: `abc` among numbers" in problem.message
    assert problem.hint.endswith("such arguments go beside the file: `kspec init '{csv: {path: t.csv, ...}}'`")
    assert Table.read({"path": "t.csv", "text": ["a"]}).fields["a"].tolist()[-1] == "abc"


def test_what_cannot_be_read(home):
    (home / "t.csv").write_bytes(b"a\ncaf\xe9\n")
    assert refused(path="tt.csv").code == "not-found"
    assert refused(path="t.csv").code == "bad-data"
    assert "{csv: {path: t.csv, ...}}" in refused(path="t.csv").hint
    assert Table.read({"path": "t.csv", "encoding": "latin-1"}).fields["a"].tolist() == ["café"]


def test_reading_again_adds_to_what_was_said(home):
    (home / "t.csv").write_text("a,b,c\n1,,07\n2,5,08\n,6,09\n")
    table = Table.read({"path": "t.csv", "text": ["c"], "drop_missing": ["a"]})
    assert table.again(text=[], drop_missing=[]) is table
    again = table.again(text=["b"], drop_missing=["b"])
    assert again.arguments == {"path": "t.csv", "text": ["c", "b"], "drop_missing": ["a", "b"]}
    assert {name: values.tolist() for name, values in again.fields.items()} == {"a": [2], "b": ["5"], "c": ["08"]}
