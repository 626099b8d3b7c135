"""The programs of notes on Sequential models, as a reader of them would write them today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from hand_written import Program, Programs, to_categorical
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD
from keras.optimizers.schedules import InverseTimeDecay

Fields = dict[str, np.ndarray]


def binary(fields: Fields, *more: Callable[[Any, Any], Any]) -> Program:
    model = Sequential([keras.Input((100,)), Dense(32, activation="relu"), Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy", *more])
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def custom_metric(fields: Fields) -> Program:
    def mean_pred(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(y_pred)

    return binary(fields, mean_pred)


def categorical(fields: Fields) -> Program:
    model = Sequential([keras.Input((100,)), Dense(32, activation="relu"), Dense(10, activation="softmax")])
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return Program(model, fields["x"], to_categorical(fields["y"]), {"validation_split": 0.2})


def regression(fields: Fields) -> Program:
    model = Sequential([keras.Input((10,)), Dense(32, activation="relu"), Dense(1)])
    model.compile(optimizer="rmsprop", loss="mse")
    return Program(model, fields["x"].astype("float32"), fields["y"], {"validation_split": 0.2})


def decaying_sgd() -> SGD:
    """Return what `SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)` was."""
    return SGD(InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-6), momentum=0.9, nesterov=True)


def mlp_softmax(fields: Fields) -> Program:
    model = Sequential([keras.Input((20,))])
    model.add(Dense(64, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(64, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer=decaying_sgd(), loss="categorical_crossentropy", metrics=["accuracy"])
    return Program(model, fields["x"], to_categorical(fields["y"]), {"batch_size": 128, "validation_split": 0.2})


def mlp_binary(fields: Fields) -> Program:
    model = Sequential([keras.Input((20,))])
    model.add(Dense(64, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(64, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return Program(model, fields["x"], fields["y"], {"batch_size": 128, "validation_split": 0.2})


def vgg_like(fields: Fields) -> Program:
    model = Sequential([keras.Input((100, 100, 3))])
    model.add(Conv2D(32, (3, 3), activation="relu"))
    model.add(Conv2D(32, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(256, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer=decaying_sgd(), loss="categorical_crossentropy")
    return Program(model, fields["x"], to_categorical(fields["y"]), {"validation_split": 0.2})


PROGRAMS: Programs = {
    made.__name__: made for made in (binary, custom_metric, categorical, regression, mlp_softmax, mlp_binary, vgg_like)
}
