import numpy as np
import pytest

from kspec.catalogue import load
from kspec.data.loading import read_file
from kspec.data.sources import DataError, SourceContext
from kspec.spec.components import ComponentSpec


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
    with pytest.raises(DataError, match="an ending that is not known"):
        read_file(tmp_path / "rows.xlsx", context=context)
