import numpy as np
import pytest


def test_npz_gives_its_arrays_by_name(load, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 2), np.float32), kind=np.array(["a", "b", "c"]))
    loaded = load("npz", path="a.npz")
    assert list(loaded.train) == ["x", "kind"]
    assert loaded.train["x"].dtype == np.float32
    assert loaded.train["kind"].tolist() == ["a", "b", "c"]
    assert loaded.train["kind"].dtype == object
    assert loaded.test is None


def test_npz_with_parts(load, tmp_path):
    arrays = {"x_train": np.zeros((3, 2)), "y_train": np.ones(3), "x_test": np.zeros((1, 2)), "y_test": np.ones(1)}
    np.savez(tmp_path / "a.npz", **arrays)
    loaded = load("npz", path="a.npz")
    assert list(loaded.train) == list(loaded.test) == ["x", "y"]
    assert (loaded.train.rows, loaded.test.rows) == (3, 1)


def test_npz_fields_choose_and_rename(load, tmp_path):
    np.savez(tmp_path / "a.npz", a=np.zeros(2), b=np.ones(2), more=np.ones(5))
    assert list(load("npz", path="a.npz", fields=["b", "a"]).train) == ["b", "a"]
    assert load("npz", path="a.npz", fields={"x": "b"}).train["x"].tolist() == [1, 1]


def test_npz_faults(refusal, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(2), y=np.ones(3))
    np.savez(tmp_path / "o.npz", x=np.array([[1], [1, 2]], dtype=object))
    (tmp_path / "t.npz").write_text("no archive")
    rows = "`a.npz`: the fields differ in their number of rows: `x` has 2, `y` has 3"
    assert str(refusal("npz", path="a.npz")) == rows
    assert str(refusal("npz", path="a.npz", fields=["z"])) == "`a.npz` has no array `z`; it has x, y"
    assert str(refusal("npz", path="o.npz")) == (
        "array `x` of `o.npz` holds Python objects, which could run code when read; "
        "save it with a dtype of numbers or text"
    )
    assert str(refusal("npz", path="t.npz")) == "`t.npz` is not a whole NumPy archive (.npz): File is not a zip file"


def test_npz_that_declares_more_than_it_holds_is_refused_before_it_is_read(refusal, tmp_path):
    import io
    import zipfile

    member = io.BytesIO()
    np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w") as archive:
        archive.writestr("x.npy", member.getvalue())
    assert "`x.npy` declares 8,000,000,000,000 bytes and holds 0" in refusal("npz", path="bomb.npz").message


def test_npy_files_are_fields(load, tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6).reshape(3, 2))
    np.save(tmp_path / "b.npy", np.arange(3.0))
    loaded = load("npy", x="a.npy", y="b.npy")
    assert loaded.train["x"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert loaded.train["y"].dtype == np.float64
    assert load("npy", limit=2, x="a.npy", y="b.npy").train.rows == 2
    assert len(loaded.paths) == 2


@pytest.mark.parametrize("name", ["x", "y"])
def test_npy_faults_name_the_field(name, refusal, tmp_path):
    np.save(tmp_path / "o.npy", np.array([[1], [1, 2]], dtype=object))
    np.save(tmp_path / "whole.npy", np.zeros(100))
    (tmp_path / "half.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:300])
    assert refusal("npy", **{name: "o.npy"}).message == ("`o.npy` holds Python objects, which could run code when read")
    assert refusal("npy", **{name: "half.npy"}).message.startswith("`half.npy` is not a whole NumPy array (.npy): ")
    missing = refusal("npy", **{name: "hole.npy"})
    assert str(missing) == "there is no file `hole.npy`; did you mean `whole.npy`?"
    assert missing.argument == name


def test_npy_without_fields_is_refused(refusal):
    assert str(refusal("npy")) == "no field is named; such as `npy: {x: x.npy, y: y.npy}`"
