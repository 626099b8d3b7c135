import gzip

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from kspec.catalogue import load
from kspec.data.loading import load_source, read_file
from kspec.data.sources import DataError, SourceContext
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import SpecError


def test_fields_that_were_text_stay_text(tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("zip,n\n01234,1\n")
    context = SourceContext(folder=tmp_path)
    assert read_file(path, context=context).train["zip"].tolist() == [1234]
    fields = read_file(path, context=context, text=["zip", "absent"]).train
    assert fields["zip"].tolist() == ["01234"]
    assert fields["n"].tolist() == [1]


def test_a_file_is_read_as_the_training_rows_were(tmp_path):
    path = tmp_path / "new.csv"
    path.write_bytes("größe;zip\n?;01\n".encode("latin-1"))
    arguments = {
        "path": "old.csv",
        "columns": ["größe", "y"],
        "delimiter": ";",
        "encoding": "latin-1",
        "missing": ["?"],
    }
    like = ComponentSpec(load().component("sources", "csv"), arguments)
    fields = read_file(path, context=SourceContext(folder=tmp_path), like=like, text=["zip"]).train
    assert np.isnan(fields["größe"][0])
    assert fields["zip"].tolist() == ["01"]


def test_a_file_is_read_by_its_ending(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3))
    np.savez(tmp_path / "rows.npz", x=np.arange(3), y=np.arange(3))
    (tmp_path / "rows.tsv").write_text("a\tb\n1\t2\n")
    context = SourceContext(folder=tmp_path)
    assert list(read_file(tmp_path / "x.npy", context=context).train) == ["x"]
    assert list(read_file(tmp_path / "rows.npz", context=context).train) == ["x", "y"]
    assert list(read_file(tmp_path / "rows.tsv", context=context).train) == ["a", "b"]
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "rows.parquet")
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n')
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}\n'))
    for name in ("rows.parquet", "rows.jsonl", "rows.jsonl.gz"):
        assert read_file(tmp_path / name, context=context).train["a"].tolist() == [1]
        assert read_file(tmp_path / name, context=context, text=["a"]).train["a"].tolist() == ["1"]
    with pytest.raises(DataError, match="an ending that is not known"):
        read_file(tmp_path / "rows.xlsx", context=context)


def windows_of(tmp_path, **more):
    known = load()
    (tmp_path / "old.csv").write_text("a;b\n1;2\n3;4\n5;6\n7;8\n")
    inner = ComponentSpec(known.component("sources", "csv"), {"path": "old.csv", "delimiter": ";"}, ("inner",))
    arguments = {"source": inner, "length": 2, "columns": ["a"], "target": "b", **more}
    return ComponentSpec(known.component("sources", "windows"), arguments, ("outer",))


def test_windows_look_through_the_source_that_they_are_given(tmp_path):
    loaded = load_source(windows_of(tmp_path), SourceContext(folder=tmp_path))
    assert loaded.train["x"][:, :, 0].tolist() == [[1, 3], [3, 5]]
    assert loaded.train["y"].tolist() == [6, 8]
    assert loaded.paths == (tmp_path / "old.csv",)


def test_a_fault_of_the_source_behind_windows_is_told_in_its_place(tmp_path):
    source = windows_of(tmp_path)
    (tmp_path / "old.csv").unlink()
    with pytest.raises(SpecError) as caught:
        load_source(source, SourceContext(folder=tmp_path))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("source-unavailable", ("inner", "path"))
    with pytest.raises(SpecError) as caught:
        load_source(windows_of(tmp_path, target="c"), SourceContext(folder=tmp_path))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("bad-data", ("outer", "target"))


def test_a_file_for_windows_is_looked_at_as_in_training(tmp_path):
    source, context = windows_of(tmp_path, rows=[0, 3]), SourceContext(folder=tmp_path)
    (tmp_path / "new.csv").write_text("a;b\n1;2\n3;4\n5;6\n")
    (tmp_path / "without.csv").write_text("a;c\n1;2\n3;4\n5;6\n")
    train = read_file(tmp_path / "new.csv", context=context, like=source).train
    assert (train["x"][:, :, 0].tolist(), train["y"].tolist()) == ([[1, 3]], [6])
    train = read_file(tmp_path / "without.csv", context=context, like=source).train
    assert train["x"][:, :, 0].tolist() == [[1, 3], [3, 5]]
    assert "y" not in train
