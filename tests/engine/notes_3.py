"""The programs of notes on what Keras is, as a reader of them would write them today."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from hand_written import Program, Programs, flat, to_categorical
from keras import layers, models

Fields = dict[str, np.ndarray]


def demo(fields: Fields) -> Program:
    model = models.Sequential([keras.Input((28 * 28,))])
    model.add(layers.Dense(512, activation=keras.activations.relu))
    model.add(layers.Dense(10, activation=keras.activations.softmax))
    model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    return Program(model, flat(fields["x"]), to_categorical(fields["y"]), {"validation_split": 0.1})


def wine(fields: Fields, acting: Sequence[keras.callbacks.Callback]) -> Program:
    scale = layers.Normalization()
    x, y = fields["x"].astype("float32"), fields["y"]
    scale.adapt(keras.ops.convert_to_tensor(x[: int(len(x) * 0.8)]))
    model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit = {"batch_size": 16, "validation_split": 0.2, "callbacks": list(acting)}
    return Program(model, np.asarray(scale(x)), y, fit)


def callbacks(fields: Fields) -> Program:
    acting = [
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=2),
        keras.callbacks.TerminateOnNaN(),
    ]
    return wine(fields, acting)


def own_callback(fields: Fields) -> Program:
    return wine(fields, ())


def seq_model(fields: Fields) -> Program:
    model = models.Sequential([keras.Input((64,))])
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return trained(model, fields)


def functional_model(fields: Fields) -> Program:
    input_tensor = keras.Input(shape=(64,))
    x = layers.Dense(32, activation="relu")(input_tensor)
    x = layers.Dense(32, activation="relu")(x)
    output_tensor = layers.Dense(10, activation="softmax")(x)
    return trained(models.Model(input_tensor, output_tensor), fields)


def trained(model: keras.Model, fields: Fields) -> Program:
    model.compile("rmsprop", "categorical_crossentropy")
    return Program(model, fields["x"], to_categorical(fields["y"]), {"validation_split": 0.2})


PROGRAMS: Programs = {made.__name__: made for made in (demo, callbacks, own_callback, seq_model, functional_model)}
