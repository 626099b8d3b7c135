import numpy as np
import pytest

from kspec.data.sources import DataError, Fields, Stream, stream


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


def arrays(rows=1000):
    random = np.random.default_rng(0)
    return {
        "x": random.random((rows, 7)),
        "y": np.arange(rows, dtype=np.int32),
        "name": np.array([f"w{number}" for number in range(rows)]),
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_that_does_not_fit_stays_on_the_disk(save, load, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 20_000)
    save(tmp_path / "a.npz", **arrays())
    whole = load("npz", path="a.npz").train
    rows = load("npz", path="a.npz", memory=1000).train
    assert isinstance(whole, Fields)
    assert isinstance(rows, Stream)
    assert len(rows.shards) == (1 if save is np.savez_compressed else 6)
    assert sum(1 for _ in rows.pieces()) == 6
    assert rows.size > arrays()["x"].nbytes
    loaded = rows.load()
    for name, array in whole.items():
        assert array.dtype == loaded[name].dtype == rows.head[name].dtype
        np.testing.assert_array_equal(array, loaded[name])
    assert list(next(rows.pieces(["y"]))[1]) == ["y"]
    assert isinstance(load("npz", path="a.npz", memory=10_000_000).train, Fields)


def test_npz_parts_are_streams_too(load, tmp_path):
    given = arrays(5)
    np.savez(tmp_path / "a.npz", x_train=given["x"], y_train=given["y"], x_test=given["x"][:2], y_test=given["y"][:2])
    loaded = load("npz", path="a.npz", memory=0)
    assert (loaded.train.rows, loaded.test.rows) == (5, 2)
    np.testing.assert_array_equal(loaded.test.load()["x"], given["x"][:2])


def test_npy_that_does_not_fit_stays_on_the_disk(load, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 20_000)
    given = arrays()
    np.save(tmp_path / "x.npy", np.asfortranarray(given["x"]))
    np.save(tmp_path / "name.npy", given["name"])
    rows = load("npy", memory=0, x="x.npy", word="name.npy").train
    assert isinstance(rows, Stream)
    assert len(rows.shards) > 3
    np.testing.assert_array_equal(rows.load()["x"], given["x"])
    assert rows.load(["word"])["word"].tolist() == given["name"].tolist()


def test_npy_without_rows_is_no_stream(load, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    assert load("npy", memory=0, x="x.npy").train.rows == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("columns", "array `x` of `columns.npz` is packed column by column, and too large to be unpacked at once; save "
         "it with `numpy.ascontiguousarray`, or allow more memory"),
        ("uneven", "`uneven.npz`: the fields differ in their number of rows: `x` has 1,000, `y` has 3"),
        ("uneven_packed", "`uneven_packed.npz`: the fields differ in their number of rows: `x` has 1,000, `y` has 3"),
    ],
)  # fmt: skip
def test_npz_that_cannot_be_streamed_is_refused(name, message, refusal, tmp_path):
    x, y = arrays()["x"], np.arange(3)
    np.savez_compressed(tmp_path / "columns.npz", x=np.asfortranarray(x))
    np.savez(tmp_path / "uneven.npz", x=x, y=y)
    np.savez_compressed(tmp_path / "uneven_packed.npz", x=x, y=y)
    error = refusal("npz", path=f"{name}.npz", memory=0)
    assert (str(error), error.argument) == (message, "path")


def test_packed_rows_that_are_damaged_are_told_when_they_are_read(load, tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=np.random.default_rng(0).integers(0, 255, 200_000, dtype=np.uint8))
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(data[:100_000] + bytes(200) + data[100_200:])
    rows = load("npz", path="a.npz", memory=0).train
    with pytest.raises(DataError, match=r"Bad CRC-32|Error -3"):
        rows.load()


def test_npz_behind_a_password_is_refused(refusal, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(3))
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[6] |= 1  # the flag of encryption, in the member's own header and in the list at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.npz").write_bytes(data)
    assert "is not a whole NumPy archive (.npz): " in refusal("npz", path="a.npz").message
    assert "encrypted" in refusal("npz", path="a.npz").message
