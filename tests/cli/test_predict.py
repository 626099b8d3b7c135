"""`kspec predict` as a user types it: what goes in, what comes out, and what is said. One training serves all tests."""

import gzip
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.cli.predict import _told_apart

SPEC = """
name: shop
seed: 3
data:
  source: {csv: train.csv}
  inputs:
    size: {field: [a, b, new], preprocess: [Normalization]}
    sex: {field: sex, preprocess: [{StringLookup: {output_mode: one_hot}}]}
  targets:
    kind: kind
    price: {field: price, preprocess: [Normalization, {Rescaling: {scale: 0.5, offset: 1}}]}
    tags: [red, big]
model:
  inputs: {size: {shape: [3]}, sex: {shape: [3]}}
  layers:
    - Concatenate:
      from: [size, sex]
    - Dense: {units: 8, activation: relu}
      name: both
    - {Dense: {units: 3, activation: softmax}, name: kind, from: both}
    - {Dense: 1, name: price, from: both}
    - {Dense: 2, name: tags, from: both}
  outputs: [kind, price, tags]
compile:
  optimizer: {Adam: 0.05}
  loss: {kind: sparse_categorical_crossentropy, price: mse, tags: {BinaryCrossentropy: {from_logits: true}}}
fit: {epochs: 6, batch_size: 16, validation_split: 0.2}
"""


def rows(count: int = 120) -> list[dict[str, str]]:
    draw = np.random.default_rng(5)
    made = []
    for number in range(count):
        a, b = draw.normal(size=2).round(3) * (3, 40)
        kind = ("low", "middle", "high")[int(a > -1) + int(a > 1.5)]
        made.append(
            {
                "id": f"{number:03}",
                "a": f"{a:.3f}",
                "b": f"{b:.2f}",
                "new": "true" if number % 3 else "false",
                "sex": ("f", "m")[number % 2],
                "kind": kind,
                "price": f"{1000 + 50 * a:.2f}",
                "red": str(int(a > 0)),
                "big": str(int(b > 0)),
            }
        )
    return made


def csv_of(table: list[dict[str, str]], *columns: str) -> str:
    names = columns or tuple(table[0])
    return "\n".join([",".join(names), *(",".join(row[name] for name in names) for row in table)]) + "\n"


FED = ("a", "b", "new", "sex")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a run, and the rows that it was trained on."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "train.csv").write_text(csv_of(rows()))
    (folder / "shop.yaml").write_text(SPEC)
    before = Path.cwd()
    os.chdir(folder)
    try:
        kspec.train("shop.yaml")
        (folder / "new.csv").write_text(csv_of(rows(), "id", *FED))
        yield folder
    finally:
        os.chdir(before)


@pytest.fixture
def predict(home):
    """Predict in this process, with the run of the folder."""

    def predict(*arguments: str, stdin: bytes | None = None):
        result = CliRunner().invoke(app, ["predict", *arguments], input=stdin)
        assert result.exit_code == 0, result.output + repr(result.exception)
        return result

    return predict


@pytest.fixture
def refused(home):
    """Predict what cannot be predicted, and return what is said; nothing is written."""

    def refused(*arguments: str, stdin: bytes | None = None) -> str:
        before = sorted(path.name for path in home.rglob("*"))
        result = CliRunner().invoke(app, ["predict", *arguments, "-o", "refused.csv"], input=stdin)
        assert isinstance(result.exception, kspec.SpecError), result.output + repr(result.exception)
        assert sorted(path.name for path in home.rglob("*")) == before
        return str(result.exception)

    return refused


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def known(home):
    """The predictions for all rows, as a plain Keras program makes them."""
    model = kspec.Run(home / "runs/shop-1").model()
    table = rows()
    size = np.array([[float(row["a"]), float(row["b"]), float(row["new"] == "true")] for row in table])
    train = size[:96]
    x = {
        "size": ((size - train.mean(axis=0)) / train.std(axis=0)).astype(np.float32),
        # one-hot by frequency: an unknown word first, then `f` and `m`, of which there are as many
        "sex": None,
    }
    import keras

    lookup = keras.saving.load_model(home / "runs/shop-1/preprocess/input-sex.keras")
    import tensorflow as tf

    x["sex"] = np.asarray(lookup(tf.constant([[row["sex"]] for row in table])))
    return model.predict(x, verbose=0)


def test_predictions_are_those_of_keras_and_targets_are_given_back(predict, known):
    found = records(predict("new.csv", "-o", "-", "--to", "jsonl").stdout)
    assert [row["row"] for row in found] == list(range(1, 121))
    chances = np.array([list(row["kind.probabilities"].values()) for row in found])
    np.testing.assert_allclose(chances, known["kind"], atol=1e-5)
    names = list(found[0]["kind.probabilities"])
    assert names == ["high", "low", "middle"]
    assert [row["kind.prediction"] for row in found] == [names[place] for place in known["kind"].argmax(axis=1)]

    prices = np.array([float(row["price"]) for row in rows()[:96]])
    undone = (known["price"][:, 0] - 1) / 0.5 * prices.std() + prices.mean()
    np.testing.assert_allclose([row["price.prediction"] for row in found], undone, rtol=1e-4)

    held = 1 / (1 + np.exp(-known["tags"])) > 0.5
    assert [row["tags.prediction"] for row in found] == [
        [name for name, holds in zip(("red", "big"), row, strict=True) if holds] for row in held
    ]
    stricter = records(predict("new.csv", "-o", "-", "--to", "jsonl", "--only", "tags", "--threshold", "0.9").stdout)
    fewer = sum(len(row["prediction"]) for row in stricter)
    assert fewer == int((1 / (1 + np.exp(-known["tags"])) > 0.9).sum()) < int(held.sum())


def test_raw_outputs_are_left_as_they_are(predict, known):
    predict("new.csv", "-o", "raw.npz", "--raw", "--only", "price", "--only", "tags")
    with np.load("raw.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["price.raw", "tags.raw"]
        np.testing.assert_allclose(arrays["price.raw"], known["price"], atol=1e-5)
        np.testing.assert_allclose(arrays["tags.raw"], known["tags"], atol=1e-5)
    lines = predict("new.csv", "-o", "-", "--raw", "--only", "tags").stdout.splitlines()
    assert lines[0] == "row,raw_0,raw_1"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_size_of_the_batch_changes_nothing(predict, size):
    one = records(predict("new.csv", "-o", "-", "--to", "jsonl", "--batch-size", "32").stdout)
    other = records(predict("new.csv", "-o", "-", "--to", "jsonl", "--batch-size", str(size)).stdout)
    for row, like in zip(other, one, strict=True):
        assert row["kind.prediction"] == like["kind.prediction"]
        assert row["tags.prediction"] == like["tags.prediction"]
        assert row["kind.probabilities"] == pytest.approx(like["kind.probabilities"], abs=1e-6)
        assert row["price.prediction"] == pytest.approx(like["price.prediction"], rel=1e-6)


def test_rows_in_many_pieces_give_what_they_give_in_one(predict, home, monkeypatch):
    """Lines are cut anywhere, also within quotes."""
    table = rows()
    table[7]["id"] = '"a, and\n""b"""'
    text = csv_of(table, "sex", "id", "new", "b", "a")
    whole = predict("-", "-o", "-", "--keep", "id", stdin=text.encode())
    assert 'a, and\n""b""' in whole.stdout
    monkeypatch.setattr("kspec.data.given.text._READ_BYTES", 100)
    monkeypatch.setattr("kspec.data.given.text.BLOCK_BYTES", 300)
    monkeypatch.setattr("kspec.data.sources.csv_blocks.BLOCK_BYTES", 300)
    assert predict("-", "-o", "-", "--keep", "id", stdin=text.encode()).stdout == whole.stdout
    (home / "cut.csv").write_text(text)
    (home / "cut.csv.gz").write_bytes(gzip.compress(text.replace("\n", "\r\n").encode()))
    for name, output in (("cut.csv", "cut.parquet"), ("cut.csv.gz", "cut.npz")):
        predict(name, "-o", output, "--keep", "id")
    from pyarrow import parquet

    written = parquet.read_table("cut.parquet").to_pydict()
    assert written["id"][7] == 'a, and\n"b"'
    shown = [line.split(",") for line in whole.stdout.splitlines() if re.match(r"\d+,\d{3},", line)]
    assert [row[2] for row in shown] == written["kind.prediction"][:7] + written["kind.prediction"][8:]
    with np.load("cut.npz", allow_pickle=False) as arrays:
        assert arrays["kind.prediction"].tolist() == written["kind.prediction"]
        assert arrays["price.prediction"].shape == (120, 1)
        np.testing.assert_array_equal(arrays["price.prediction"][:, 0], written["price.prediction"])


def test_rows_that_have_come_are_predicted_before_the_next_are_waited_for(home, monkeypatch):
    """What a program writes slowly into a pipe is answered as it comes."""
    from kspec.commands.asking import Asked, ask

    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.lines = csv_of(rows(), *FED).encode().splitlines(keepends=True)
            self.given = 0

        def read1(self, size: int) -> bytes:
            found = self.lines[self.given : self.given + 10]
            self.given += len(found)
            return b"".join(found)

    slow = Slow()
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": slow}))
    monkeypatch.setattr("kspec.data.given.text._more_waits", lambda stream: False)
    answers = iter(ask(kspec.Run("runs/shop-1").folder, "-", Asked()).answers)
    assert [(next(answers).rows, slow.given) for _ in range(3)] == [(9, 10), (10, 20), (10, 30)]


def test_columns_are_matched_by_name_and_files_follow_each_other(predict, home):
    known = predict("new.csv", "-o", "-", "--keep", "id").stdout.splitlines()
    table = rows()
    (home / "more").mkdir()
    (home / "more/1.csv").write_text(csv_of(table[60:], "sex", "b", "id", "a", "new"))
    lines = [{**row, "a": float(row["a"]), "b": float(row["b"]), "new": row["new"] == "true"} for row in table[:60]]
    (home / "more/2.jsonl").write_text("\n".join(map(json.dumps, lines)))
    found = predict("more/*", "-o", "-", "--keep", "id")
    assert [line.split(",")[1:3] for line in found.stdout.splitlines()[1:]] == [
        line.split(",")[1:3] for line in known[61:] + known[1:61]
    ]
    assert predict("shop-1", "more/1.csv", "more/2.jsonl", "-o", "-", "--keep", "id").stdout == found.stdout
    assert predict("more/1.csv", "more/2.jsonl", "-o", "-", "--keep", "id").stdout == found.stdout
    by_stdin = predict("-", "-o", "-", "--keep", "id", stdin=(home / "more/2.jsonl").read_bytes()).stdout
    assert by_stdin.splitlines()[1:] == known[1:61]


def test_rows_that_a_source_reads_keep_their_types(predict):
    import pyarrow as pa
    from pyarrow import parquet

    table = rows()
    columns = {name: [float(row[name]) for row in table] for name in ("a", "b")}
    columns |= {"new": [row["new"] == "true" for row in table], "sex": [row["sex"] for row in table]}
    parquet.write_table(pa.table({"id": list(range(120)), **columns}), "rows.parquet")
    found = records(predict("rows.parquet", "-o", "-", "--to", "jsonl", "--keep", "id").stdout)
    known = records(predict("new.csv", "-o", "-", "--to", "jsonl", "--keep", "id").stdout)
    assert [row.pop("id") for row in found] == list(range(120))
    assert [row.pop("id") for row in known] == [f"{number:03}" for number in range(120)]
    assert found == known
    by_source = records(predict("{parquet: rows.parquet}", "-o", "-", "--to", "jsonl").stdout)
    assert by_source == known


def test_top_and_all_probabilities(predict, known):
    lines = predict("new.csv", "-o", "-", "--only", "kind", "--top", "2").stdout.splitlines()
    assert lines[0] == "row,prediction,probability,class_1,probability_1,class_2,probability_2"
    cells = [line.split(",") for line in lines[1:]]
    order = np.argsort(-known["kind"], axis=1)
    names = ["high", "low", "middle"]
    assert [row[5] for row in cells] == [names[place] for place in order[:, 1]]
    np.testing.assert_allclose([float(row[6]) for row in cells], np.sort(known["kind"])[:, 1], atol=1e-5)
    assert predict("new.csv", "-o", "-", "--only", "kind", "--no-proba").stdout.startswith(
        "row,prediction,probability\n"
    )
    (first, *_) = records(
        predict("new.csv", "-o", "-", "--to", "jsonl", "--only", "kind", "--top", "1", "--proba").stdout
    )
    assert list(first) == ["row", "prediction", "probability", "top", "probabilities"]
    assert first["top"] == [{"class": first["prediction"], "probability": first["probability"]}]


def test_more_likeliest_classes_than_there_are(refused):
    assert "`--top 4` is more than the 3 classes of `kind`" in refused("new.csv", "--top", "4")
    assert "no output tells one of several classes" in refused("new.csv", "--top", "1", "--only", "price")
    assert "did you mean `kind`?" in refused("new.csv", "--only", "kinds")


def test_fields_are_kept_as_they_are_written(predict, refused):
    lines = predict("train.csv", "-o", "-", "--only", "price", "--keep", "id", "--keep", "a").stdout.splitlines()
    assert lines[0] == "row,id,a,prediction"
    assert [line.split(",")[1:3] for line in lines[1:]] == [[row["id"], row["a"]] for row in rows()]
    assert "`new.csv` has no field `idd` to keep; did you mean `id`?" in refused("new.csv", "--keep", "idd")
    renamed = csv_of(rows(), "id", *FED).replace("id,", "probability,", 1).encode()
    assert "the predictions have a column of that name" in refused(
        "-", "--keep", "probability", "--only", "kind", stdin=renamed
    )


def test_fields_that_are_not_used_are_said_once(predict):
    said = predict("new.csv", "-o", "-").stderr
    assert said.count("note: `id` is a field that the model does not use") == 1
    assert "does not use" not in predict("train.csv", "-o", "-", "--keep", "id").stderr


def test_categories_that_training_did_not_see_are_counted(predict):
    table = rows()
    for number, sex in ((3, "x"), (4, "x"), (50, "?")):
        table[number]["sex"] = sex
    said = predict("-", "-o", "-", stdin=csv_of(table, *FED).encode()).stderr
    assert "warning: 3 of 120 rows have a `sex` that training did not see: `x`, `?`" in said
    assert "did not see" not in predict("new.csv", "-o", "-").stderr


def changed(row: int, name: str, value: str) -> bytes:
    table = rows()
    table[row][name] = value
    return csv_of(table, *FED).encode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(40, "a", "abc"), "`<stdin>`, line 42, column `a`: `abc` is not a number, as it is in training"),
        (changed(40, "a", ""), "`a` is missing in line 42 of `<stdin>`"),
        (changed(40, "sex", ""), "`sex` is missing in line 42 of `<stdin>`"),
        (changed(40, "b", "1,2"), "`<stdin>`, line 42: expected 4 cells, as in the header, found 5"),
        (b"a,b,new,sex\n", "`<stdin>` has a header and no rows"),
        (b"", "`<stdin>` is empty"),
        (b"\n\n", "`<stdin>` is empty"),
        (b"a,neww,z\n1,2,3\n", "the data has no field `b`"),
        (b"a,neww,z\n1,2,3\n", "the data has no field `new`; did you mean `neww`?"),
        (b"a,neww,z\n1,2,3\n", "the data has no field `sex`"),
        (b'{"a": 1, "b": 2, "new": true, "sex": "f"}\n\n[1]', "`<stdin>`, line 3: expected an object, found `[1]`"),
        (b'{"a": 1, "b": 2, "new": true, "sex": "f"}\n{"a"', "`<stdin>`, line 2: this is not JSON"),
        (b'{"a": 1,}', "`<stdin>`, line 1: this is not JSON: a `,` before `}`"),
        (b'{"a": "x", "b": 2, "new": true, "sex": "f"}\n', 'line 1, field `a`: `"x"` is not a number'),
        (b'{"a": null, "b": 2, "new": true, "sex": "f"}\n', "`a` is missing in line 1 of `<stdin>`"),
        (b"a,b,new,sex\n1,2,true,\xff\n", "is not utf-8: it has the byte 0xff"),
    ],
)
def test_what_is_wrong_with_rows_is_said_at_its_place(refused, text, message):
    assert message in refused("-", stdin=text)


def test_an_id_that_no_embedding_has_is_said_at_its_line(home):
    """Whole numbers stay whole, also where they are written with a point; on a GPU, such an id would give zeros."""
    (home / "ids.csv").write_text("word,y\n" + "".join(f"{number % 5},{number % 2}\n" for number in range(20)))
    spec = """
data: {source: {csv: ids.csv}, inputs: word, targets: y}
model: {input: {shape: [1], dtype: int32}, layers: [{Embedding: {input_dim: 5, output_dim: 2}}, Flatten, {Dense: 1}]}
compile: {loss: mse}
fit: {epochs: 1}
"""
    (home / "ids.yaml").write_text(spec)
    run = kspec.train("ids.yaml", runs=home / "others")
    (home / "given.csv").write_text("word\n1\n4.0\n")
    assert kspec.predict(run, "given.csv").shape == (2, 1)
    np.testing.assert_array_equal(kspec.predict(run, "given.csv"), kspec.predict(run, np.array([1, 4])))
    (home / "given.csv").write_text("word\n1\n5\n")
    with pytest.raises(kspec.SpecError, match=r"goes up to 5 in line 3 of `given.csv`"):
        kspec.predict(run, "given.csv")
    (home / "given.csv").write_text("word\n1\n2.5\n")
    with pytest.raises(kspec.SpecError, match=r"`word` is 2.5, which is no whole number, in line 3 of `given.csv`"):
        kspec.predict(run, "given.csv")


def test_a_fault_in_the_last_piece_leaves_nothing_behind(refused, home, monkeypatch):
    monkeypatch.setattr("kspec.data.sources.csv_blocks.BLOCK_BYTES", 300)
    (home / "late.csv").write_bytes(changed(119, "b", "much"))
    try:
        assert "`late.csv`, line 121, column `b`: `much` is not a number" in refused("late.csv")
    finally:
        (home / "late.csv").unlink()


def test_ctrl_c_leaves_nothing_behind(home, monkeypatch):
    from kspec.commands.predictions.text_files import CsvWriter

    write, calls = CsvWriter.write, []

    def interrupted(self, columns):
        calls.append(sorted(path.name for path in home.iterdir() if path.name.startswith(".writing-")))
        if len(calls) > 1:
            raise KeyboardInterrupt
        write(self, columns)

    monkeypatch.setattr("kspec.data.sources.csv_blocks.BLOCK_BYTES", 300)
    monkeypatch.setattr(CsvWriter, "write", interrupted)
    before = sorted(path.name for path in home.rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        from kspec.commands.predict import predict_to_file

        predict_to_file(kspec.Run("runs/shop-1").folder, ["new.csv"], Path("cut-off.csv"))
    assert len(calls[1]) == 1
    assert sorted(path.name for path in home.rglob("*")) == before


def test_progress_is_told_in_rows(home, monkeypatch):
    from kspec.commands.predict import predict_to_file
    from kspec.runs.events import Progress

    monkeypatch.setattr("kspec.data.sources.csv_blocks.BLOCK_BYTES", 1000)
    told = []
    folder = kspec.Run("runs/shop-1").folder
    predict_to_file(folder, ["new.csv"], Path("told.csv"), force=True, observe=told.append)
    steps = [event for event in told if isinstance(event, Progress)]
    assert len(steps) >= 2
    assert all(abs(event.steps - 120) < 10 for event in steps)
    assert [event.step for event in steps] == sorted({event.step for event in steps})
    assert steps[-1].step < 120


def test_files_that_are_not_there(refused):
    assert "there is no file `neww.csv`; did you mean `new.csv`?" in refused("neww.csv")
    assert "no file matches `nowhere/*.csv`" in refused("nowhere/*.csv")
    assert "instead of `**.csv` write `**/*.csv`" in refused("nowhere/**.csv")
    assert "`runs/shop-1` is a run" in refused("shop-1", "runs/shop-1")


def test_how_rows_and_predictions_are_written_can_be_named(predict, refused, home):
    (home / "rows.data").write_text(csv_of(rows(), *FED))
    predict("rows.data", "--format", "csv", "-o", "answers.txt", "--to", "jsonl")
    assert len(records((home / "answers.txt").read_text())) == 120
    result = CliRunner().invoke(app, ["predict", "new.csv", "-o", "answers.xls"])
    assert "use .csv, .jsonl, .parquet or .npz" in str(result.exception)
    result = CliRunner().invoke(app, ["predict", "new.csv", "-o", "-", "--to", "npz"])
    assert "npz cannot be written to standard output" in str(result.exception)


def test_without_a_name_they_go_into_the_run(predict, home):
    record = json.loads(predict("new.csv", "train.csv", "--json").stdout)
    assert record["output"] == "runs/shop-1/predictions/new-and-1-more.csv"
    assert record["rows"] == len((home / record["output"]).read_text().splitlines()) - 1


def test_from_python(predict, home):
    by_file = kspec.predict("shop-1", ["new.csv", "new.csv"])
    assert by_file["price"].shape == (240, 1)
    table = rows()
    arrays = {name: np.array([float(row[name]) for row in table]) for name in ("a", "b")}
    arrays |= {"sex": np.array([row["sex"] for row in table]), "new": np.array([row["new"] == "true" for row in table])}
    by_arrays = kspec.predict("shop-1", arrays)
    np.testing.assert_allclose(by_arrays["kind"], by_file["kind"][:120], atol=1e-6)
    out = io.StringIO(predict("new.csv", "-o", "-", "--only", "price").stdout)
    np.testing.assert_allclose(
        by_file["price"][:120, 0], np.loadtxt(out, delimiter=",", skiprows=1, usecols=1, dtype=np.float32), rtol=1e-6
    )


@pytest.mark.parametrize("rows", ["new/*.csv", "{csv: a.csv}", "-"])
def test_the_first_of_several_rows_is_not_taken_for_a_run(rows, tmp_path):
    assert _told_apart(rows, ["b.csv"], tmp_path) == (None, [rows, "b.csv"])
    assert _told_apart("name-1", ["b.csv"], tmp_path) == ("name-1", ["b.csv"])
