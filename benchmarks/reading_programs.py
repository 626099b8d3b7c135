"""The programs that `reading.py` measures: those that users would write by hand, and the same done by kspec.

One of them at a time, in a process of its own: python benchmarks/reading_programs.py KIND PROGRAM FOLDER [in-order]

KIND is `csv`, `parquet`, `npz` or `images`, PROGRAM is `hand`, `held` (kspec, rows in memory), `streamed` (kspec, rows
read anew) or `nothing` (TensorFlow started, one row trained). The last line that is printed is what was measured.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = [f"f{number}" for number in range(20)]
CLASSES = ("blue", "green", "grey", "red")
SIDE = 96
BATCH = {"csv": 1024, "parquet": 1024, "npz": 1024, "images": 32}
_TABLE = f"inputs: {{field: [{', '.join(COLUMNS)}], preprocess: [Normalization]}}, targets: kind"
_DENSE = "[{Dense: {units: 32, activation: relu}}, {Dense: {units: 1, activation: sigmoid}}]"
_CONV = (
    "[{Conv2D: {filters: 8, kernel_size: 3, strides: 2, activation: relu}}, "
    "{Conv2D: {filters: 16, kernel_size: 3, strides: 2, activation: relu}}, "
    "GlobalAveragePooling2D, {Dense: {units: 4, activation: softmax}}]"
)
SPECS = {
    "csv": (f"{{train: {{csv: rows.csv}}, {_TABLE}}}", _DENSE, "binary_crossentropy"),
    "parquet": (f"{{train: {{parquet: rows.parquet}}, {_TABLE}}}", _DENSE, "binary_crossentropy"),
    "npz": (
        "{train: {npz: rows.npz}, inputs: {field: x, preprocess: [Normalization]}, targets: kind}",
        _DENSE, "binary_crossentropy",
    ),
    "images": (
        "{train: {images: images}, inputs: {field: image, preprocess: [{Rescaling: $(1 / 255)}]}, targets: label}",
        _CONV, "sparse_categorical_crossentropy",
    ),
}  # fmt: skip


class Clock:
    """Notes in seconds when rows are `opened`, have been `read` and prepared; when training has `begun` and ended."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self.found: dict[str, float] = {}

    def note(self, name: str) -> None:
        """Note the time under a name, the first time that it comes."""
        self.found.setdefault(name, time.perf_counter() - self._begun)


def dense() -> Any:
    """Return the model of the tables, compiled."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((len(COLUMNS),)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    return compiled(keras.Sequential(layers), "binary_crossentropy")


def convolutions() -> Any:
    """Return the model of the images, compiled."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((SIDE, SIDE, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
        keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(4, activation="softmax"),
    ]
    return compiled(keras.Sequential(layers), "sparse_categorical_crossentropy")


def compiled(model: Any, loss: str) -> Any:
    """Return a model, compiled."""
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def table_by_hand(kind: str, folder: Path, clock: Clock, *, shuffle: bool) -> dict[str, float]:
    """Train and predict with pandas, NumPy and Keras."""
    import pandas

    clock.note("opened")
    path = folder / f"rows.{kind}"
    read = pandas.read_csv if kind == "csv" else pandas.read_parquet
    frame = read(path)
    x = frame[COLUMNS].to_numpy("float32")
    y = (frame["kind"] == "yes").to_numpy("float32")
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / deviation
    clock.note("read")
    model = dense()
    clock.note("begun")
    history = model.fit(x, y, batch_size=BATCH[kind], shuffle=shuffle, verbose=0)
    clock.note("trained")
    rows = read(path)[COLUMNS].to_numpy("float32")
    found = model.predict((rows - mean) / deviation, batch_size=BATCH[kind], verbose=0)
    written = pandas.DataFrame({"prediction": np.where(found[:, 0] > 0.5, "yes", "no"), "yes": found[:, 0]})
    written.to_csv(folder / "hand.csv", index=False) if kind == "csv" else written.to_parquet(folder / "hand.parquet")
    return last(history)


def arrays_by_hand(kind: str, folder: Path, clock: Clock, *, shuffle: bool) -> dict[str, float]:
    """Train and predict with NumPy and Keras."""
    clock.note("opened")
    with np.load(folder / "rows.npz") as archive:
        x, y = archive["x"], archive["kind"]
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / deviation
    clock.note("read")
    model = dense()
    clock.note("begun")
    history = model.fit(x, y, batch_size=BATCH[kind], shuffle=shuffle, verbose=0)
    clock.note("trained")
    with np.load(folder / "rows.npz") as archive:
        rows = archive["x"]
    np.savez(folder / "hand.npz", model.predict((rows - mean) / deviation, batch_size=BATCH[kind], verbose=0))
    return last(history)


def images_by_hand(kind: str, folder: Path, clock: Clock, *, shuffle: bool) -> dict[str, float]:
    """Train and predict with Keras and `tf.data`."""
    import keras
    import tensorflow as tf

    def dataset(**options: Any) -> Any:
        found = keras.utils.image_dataset_from_directory(
            folder / "images", image_size=(SIDE, SIDE), batch_size=BATCH[kind], verbose=False, **options
        )
        return found.prefetch(tf.data.AUTOTUNE)

    clock.note("opened")
    rows = dataset(shuffle=shuffle, seed=1)
    clock.note("read")
    model = convolutions()
    clock.note("begun")
    history = model.fit(rows, verbose=0)
    clock.note("trained")
    np.savetxt(folder / "hand.txt", model.predict(dataset(shuffle=False, labels=None), verbose=0))
    return last(history)


def last(history: Any) -> dict[str, float]:
    """Return the loss and the metrics of the last epoch."""
    return {name: values[-1] for name, values in history.history.items()}


def with_kspec(kind: str, folder: Path, clock: Clock, *, shuffle: bool, memory: str) -> dict[str, float]:
    """Train and predict with kspec."""
    import kspec
    from kspec.commands.asking import Asked
    from kspec.commands.predict import predict_to_file

    data, layers, loss = SPECS[kind]
    text = (
        f"name: {kind}\nseed: 1\ndata: {data}\nmodel: {{layers: {layers}}}\n"
        f"compile: {{optimizer: adam, loss: {loss}, metrics: [accuracy]}}\n"
        f"fit: {{epochs: 1, batch_size: {BATCH[kind]}, shuffle: {str(shuffle).lower()}}}\n"
        f"runtime: {{memory: {memory}}}\n"
    )
    spec = folder / f"{kind}-{memory.replace(' ', '')}.yaml"
    spec.write_text(text, encoding="utf-8")

    def observe(event: Any) -> None:
        match type(event).__name__, getattr(event, "text", ""):
            case "Phase", "reading data":
                clock.note("opened")
            case "Phase", "building the model":
                clock.note("read")
            case "TrainingStarted", _:
                clock.note("begun")
            case "TrainingEnded", _:
                clock.note("trained")

    run = kspec.train(spec, runs=folder / "runs", observe=observe)
    clock.note("judged")
    rows, ending = ("images", "csv") if kind == "images" else (f"rows.{kind}", kind)
    asked = Asked(batch_size=BATCH[kind])
    predict_to_file(run.folder, [folder / rows], folder / f"{memory}.{ending}", asked=asked, force=True)
    return {name: run.history.rows[-1][name] for name in ("loss", "accuracy")}


def nothing() -> dict[str, float]:
    """Train on one row, so that TensorFlow is there with all that it needs."""
    return last(dense().fit(np.zeros((1, len(COLUMNS))), np.zeros(1), verbose=0))


def main(kind: str, program: str, folder: Path, *, shuffle: bool) -> None:
    """Run a program, and print what was measured."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # noqa: F401 - to start it is not what is measured

    clock = Clock()
    if program == "nothing":
        found = nothing()
    elif program == "hand":
        by_hand = {"npz": arrays_by_hand, "images": images_by_hand}.get(kind, table_by_hand)
        found = by_hand(kind, folder, clock, shuffle=shuffle)
    else:
        memory = {"held": "8 GB", "streamed": "1 MB"}[program]
        found = with_kspec(kind, folder, clock, shuffle=shuffle, memory=memory)
    clock.note("written")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(json.dumps({**clock.found, **found, "peak": peak}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), shuffle="in-order" not in sys.argv[4:])
