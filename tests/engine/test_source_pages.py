"""What the page of the sources shows of files of one's own is trained on such files, read a piece at a time."""

import io
import json
import re
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
import yaml
from PIL import Image
from pyarrow import parquet

import kspec
from kspec.data.sources import stream

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
RANDOM = np.random.default_rng(0)
ROWS = 200


def example(section):
    """Return the `data` section that the page shows of a source."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    (shown,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    return yaml.safe_load(shown)["data"]


def trips(folder):
    for name, rows in (("trips-1", ROWS), ("trips-2", ROWS), ("last-trips", 50)):
        distance, hour = RANDOM.random(rows), RANDOM.integers(0, 24, rows)
        tip = pa.array(2 * distance + hour / 24, mask=RANDOM.random(rows) < 0.1 if rows == ROWS else None)
        table = pa.table({"distance": distance, "hour": hour, "tip": tip, "driver": ["a"] * rows})
        parquet.write_table(table, folder / f"{name}.parquet", row_group_size=50)


def reviews(folder):
    rows = [
        {"tokens": RANDOM.integers(0, 9, 6).tolist(), "stars": number % 5, "author": {"name": f"n{number}"}}
        for number in range(ROWS)
    ]
    (folder / "reviews.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def images(folder):
    np.savez(folder / "images.npz", images=RANDOM.random((ROWS, 4)), labels=RANDOM.integers(0, 3, ROWS))


def plain(folder):
    np.save(folder / "x.npy", RANDOM.random((ROWS, 4)))
    np.save(folder / "y.npy", RANDOM.integers(0, 3, ROWS))


def digits(folder):
    for file in range(2):
        with tf.io.TFRecordWriter(str(folder / f"digits-{file}.tfrecord"), "GZIP") as writer:
            for number in range(ROWS // 2):
                png = io.BytesIO()
                Image.fromarray(RANDOM.integers(0, 256, (8, 8), dtype=np.uint8)).save(png, "PNG")
                values = {
                    "photo": tf.train.Feature(bytes_list=tf.train.BytesList(value=[png.getvalue()])),
                    "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[number % 10])),
                }
                writer.write(tf.train.Example(features=tf.train.Features(feature=values)).SerializeToString())


def weather(folder):
    lines = [f"{number},{np.sin(number / 9):.6f},{1000 + number % 7}" for number in range(2 * ROWS)]
    (folder / "weather.csv").write_text("hour,celsius,pressure\n" + "\n".join(lines) + "\n", encoding="utf-8")


CLASSES = ({"Flatten": None}, {"Dense": {"units": 10, "activation": "softmax"}}), "sparse_categorical_crossentropy"
NUMBER = ({"Flatten": None}, {"Dense": 1}), "mse"
SHOWN = {
    "parquet": (trips, NUMBER),
    "jsonl": (reviews, ([{"Embedding": {"input_dim": 9, "output_dim": 4}}, *CLASSES[0]], CLASSES[1])),
    "npz": (images, CLASSES),
    "npy": (plain, CLASSES),
    "tfrecord": (digits, CLASSES),
    "windows": (weather, NUMBER),
}


def test_a_table_larger_than_memory_is_learnt_from(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE_BYTES", 200_000)
    x = RANDOM.normal(3, 2, (20_000, 4)).astype(np.float32)
    weights = np.float32([1, -2, 0.5, 3])
    y = x @ weights + RANDOM.normal(0, 0.1, len(x)).astype(np.float32)
    parquet.write_table(pa.table([*x.T, y], names=[*"abcd", "y"]), tmp_path / "rows.parquet", row_group_size=5000)
    spec = {
        "seed": 1,
        "data": {
            "train": {"parquet": "rows.parquet"},
            "inputs": {"field": [*"abcd"], "preprocess": ["Normalization"]},
            "targets": "y",
        },
        "model": {"layers": [{"Dense": 1}]},
        "compile": {"optimizer": {"Adam": 0.05}, "loss": "mse"},
        "fit": {"batch_size": 64, "epochs": 2, "validation_split": {"split": 0.1, "shuffle": True}},
        "runtime": {"memory": "100 kB"},
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    run = kspec.train(tmp_path / "spec.json", runs=tmp_path / "runs")
    assert run.manifest.data["rows"] == {"train": 18_000, "validation": 2000}
    assert run.results["validation.loss"] < 0.02  # the noise itself is 0.01
    kernel = keras.saving.load_model(run.path / "model.keras").layers[-1].get_weights()[0][:, 0]
    best = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0][:4]
    np.testing.assert_allclose(kernel / x.std(axis=0), best, atol=0.05)


BOTH = ("parquet", "windows")
"""Those that are trained in memory, too, to the same end."""


@pytest.mark.parametrize("section", SHOWN)
def test_what_the_page_shows_trains(section, tmp_path):
    write, (layers, loss) = SHOWN[section]
    (tmp_path / "data").mkdir()
    write(tmp_path / "data")
    spec = {
        "seed": 1,
        "data": example(section),
        "model": {"layers": list(layers)},
        "compile": {"optimizer": {"SGD": 0.01}, "loss": loss},
    }
    runs = {}
    for memory in ("1 kB", "1 GB") if section in BOTH else ("1 kB",):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps({**spec, "runtime": {"memory": memory}}))
        runs[memory] = kspec.train(path, runs=tmp_path / "runs")
    rows = [run.manifest.data["rows"] for run in runs.values()]
    losses = [run.history.rows[-1]["loss"] for run in runs.values()]
    assert all(found == rows[0] for found in rows)
    assert losses == pytest.approx(losses[:1] * len(losses), rel=0.2)
    if section == "parquet":
        assert 300 < rows[0]["train"] < 2 * ROWS
        assert rows[0]["test"] == 50
    elif section == "windows":
        assert rows[0] == {"train": 200 - 52, "validation": 100 - 52, "test": 100 - 52}
    else:
        assert rows[0] == {"train": ROWS}
