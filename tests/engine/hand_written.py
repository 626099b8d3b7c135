"""What programs that are written by hand need to train as kspec does: rows in the order of each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

Rows = Any
"""An array, or arrays by name."""


@dataclass(frozen=True)
class Program:
    """A compiled model and what it is fitted to.

    Args:
        model: The model.
        x: What it is fed: all training rows, those for validation last.
        y: What it is to give.
        fit: Arguments of `fit`; `validation_split` is Keras' own rule.
        weights: A weight for each row.
    """

    model: keras.Model
    x: Rows
    y: Rows
    fit: Mapping[str, Any] = field(default_factory=dict)
    weights: Rows = None


Programs = dict[str, Callable[[dict[str, np.ndarray]], Program]]
"""Programs by the name of their spec; each is given the fields of the data."""


class Ordered(keras.utils.PyDataset):
    """Rows in batches, in the order that belongs to each epoch."""

    def __init__(self, arrays: tuple[Rows, ...], *, seed: int, batch_size: int) -> None:
        super().__init__()
        self.arrays, self.seed, self.batch_size = arrays, seed, batch_size
        self.rows = len(next(iter(keras.tree.flatten(arrays))))
        self.epoch = 0

    def __len__(self) -> int:
        return math.ceil(self.rows / self.batch_size)

    def __getitem__(self, index: int) -> tuple[Rows, ...]:
        order = np.random.default_rng([self.seed, self.epoch]).permutation(self.rows)
        return cut(self.arrays, order[index * self.batch_size : (index + 1) * self.batch_size])

    def begin(self, epoch: int, logs: object = None) -> None:
        self.epoch = epoch


def cut(arrays: Any, rows: Any) -> Any:
    return keras.tree.map_structure(lambda array: array[rows], arrays)


def fit(program: Program, *, seed: int, epochs: int) -> dict[str, list[float]]:
    """Train a model with Keras' own `fit`, epoch by epoch in kspec's order of rows, and return its history."""
    given = dict(program.fit)
    arrays = (program.x, program.y) if program.weights is None else (program.x, program.y, program.weights)
    batch_size = given.pop("batch_size", 32)
    rows = len(next(iter(keras.tree.flatten(arrays))))
    train = math.floor(rows * (1 - given.pop("validation_split", 0)))
    if train < rows:
        given.update(validation_data=cut(arrays, slice(train, None)), validation_batch_size=batch_size)
    ordered = Ordered(cut(arrays, slice(train)), seed=seed, batch_size=batch_size)
    given["callbacks"] = [keras.callbacks.LambdaCallback(on_epoch_begin=ordered.begin), *given.get("callbacks", ())]
    return program.model.fit(ordered, epochs=epochs, shuffle=False, verbose=0, **given).history


def to_categorical(labels: np.ndarray, classes: int = 10) -> np.ndarray:
    return keras.utils.to_categorical(labels, num_classes=classes)


def flat(images: np.ndarray) -> np.ndarray:
    """Return images as rows of numbers from 0 to 1."""
    return images.reshape(len(images), -1).astype("float32") * np.float32(1 / 255)
