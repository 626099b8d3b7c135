"""The programs of notes on functional models, as a reader of them would write them today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from hand_written import Program, Programs, flat, to_categorical
from keras import layers

CONFIGS = Path(__file__).parents[2] / "configs" / "seeds"
Fields = dict[str, np.ndarray]


def classifier() -> keras.Model:
    inputs = keras.Input(shape=(784,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    return keras.Model(inputs=inputs, outputs=layers.Dense(10, activation="softmax")(x))


def trained_on_digits(model: keras.Model, fields: Fields) -> Program:
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return Program(model, flat(fields["x"]), to_categorical(fields["y"]), {"validation_split": 0.1})


def functional_mlp(fields: Fields) -> Program:
    return trained_on_digits(classifier(), fields)


def reused_model(fields: Fields) -> Program:
    model = classifier()
    x = keras.Input(shape=(784,))
    return trained_on_digits(keras.Model(x, model(x)), fields)


def from_json(fields: Fields) -> Program:
    text = (CONFIGS / "functional_mlp.json").read_text(encoding="utf-8")
    return trained_on_digits(keras.models.model_from_json(text), fields)


def weights_by_name(fields: Fields) -> Program:
    names = ("layer1", "layer2", "layer3")
    source = keras.Sequential([keras.Input((3, 3)), layers.Dense(2), layers.Dense(3), layers.Dense(4)])
    source.load_weights(CONFIGS / "sequential.weights.h5")
    saved = dict(zip(names, (layer.get_weights() for layer in source.layers), strict=True))
    keras.utils.set_random_seed(8)
    model = keras.Sequential(
        [
            keras.Input((3, 3)),
            layers.Dense(2, activation="relu", name="layer1"),
            layers.Dense(3, activation="relu", name="layer2"),
            layers.Dense(1, name="head"),
        ]
    )
    for layer in model.layers:
        if layer.name in saved:
            layer.set_weights(saved[layer.name])
    model.compile("rmsprop", "mse")
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def headline_model() -> keras.Model:
    main_input = keras.Input(shape=(100,), dtype="int32", name="main_input")
    x = layers.Embedding(output_dim=512, input_dim=10000)(main_input)
    lstm_out = layers.LSTM(32)(x)
    auxiliary_output = layers.Dense(1, activation="relu", name="auxiliary_output")(lstm_out)
    auxiliary_input = keras.Input(shape=(5,), name="aux_input")
    x = layers.concatenate([lstm_out, auxiliary_input])
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(64, activation="relu")(x)
    main_output = layers.Dense(1, activation="sigmoid", name="main_output")(x)
    outputs = {"main_output": main_output, "auxiliary_output": auxiliary_output}
    return keras.Model({"main_input": main_input, "aux_input": auxiliary_input}, outputs)


def headline_fit(model: keras.Model, fields: Fields) -> Program:
    x = {"main_input": fields["headline"], "aux_input": fields["additional"]}
    labels = fields["label"]
    return Program(model, x, {"main_output": labels, "auxiliary_output": labels}, {"validation_split": 0.1})


def headline(fields: Fields) -> Program:
    model = headline_model()
    # Keras takes lists by the sorted names of such outputs, and one loss for one of them.
    losses = dict.fromkeys(("main_output", "auxiliary_output"), "binary_crossentropy")
    weights = dict(zip(losses, [1.0, 0.2], strict=True))
    model.compile(optimizer="rmsprop", loss=losses, loss_weights=weights)
    return headline_fit(model, fields)


def headline_by_name(fields: Fields) -> Program:
    model = headline_model()
    model.compile(
        optimizer="rmsprop",
        loss={"main_output": "binary_crossentropy", "auxiliary_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "auxiliary_output": 0.2},
    )
    return headline_fit(model, fields)


def shared_lstm(fields: Fields) -> Program:
    tweet_a, tweet_b = keras.Input((140, 256), name="tweet_a"), keras.Input((140, 256), name="tweet_b")
    shared = layers.LSTM(64)
    merged = layers.concatenate([shared(tweet_a), shared(tweet_b)], axis=-1)
    model = keras.Model([tweet_a, tweet_b], layers.Dense(1, activation="sigmoid")(merged))
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    tweets = {"tweet_a": fields["tweet_a"], "tweet_b": fields["tweet_b"]}
    return Program(model, tweets, fields["same_author"], {"validation_split": 0.2})


def inception(fields: Fields) -> Program:
    input_img = keras.Input(shape=(256, 256, 3))
    tower_1 = layers.Conv2D(64, (1, 1), padding="same", activation="relu")(input_img)
    tower_1 = layers.Conv2D(64, (3, 3), padding="same", activation="relu")(tower_1)
    tower_2 = layers.Conv2D(64, (1, 1), padding="same", activation="relu")(input_img)
    tower_2 = layers.Conv2D(64, (5, 5), padding="same", activation="relu")(tower_2)
    tower_3 = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")(input_img)
    tower_3 = layers.Conv2D(64, (1, 1), padding="same", activation="relu")(tower_3)
    model = keras.Model(input_img, layers.concatenate([tower_1, tower_2, tower_3], axis=-1))
    model.compile("rmsprop", "mse")
    images = fields["img"]
    return Program(model, images, np.tile(images, 64), {"batch_size": 1, "validation_split": 0.25})


def residual(fields: Fields) -> Program:
    x = keras.Input(shape=(256, 256, 3))
    y = layers.Conv2D(3, (3, 3), padding="same")(x)
    model = keras.Model(x, layers.add([x, y]))
    model.compile("rmsprop", "mse")
    return Program(model, fields["img"], fields["img"], {"batch_size": 4, "validation_split": 0.25})


def shared_vision(fields: Fields) -> Program:
    digit_input = keras.Input(shape=(27, 27, 1))
    x: Any = layers.Conv2D(64, (3, 3))(digit_input)
    x = layers.Conv2D(64, (3, 3))(x)
    x = layers.MaxPooling2D((2, 2))(x)
    vision_model = keras.Model(digit_input, layers.Flatten()(x))

    digit_a, digit_b = keras.Input((27, 27, 1), name="digit_a"), keras.Input((27, 27, 1), name="digit_b")
    concatenated = layers.concatenate([vision_model(digit_a), vision_model(digit_b)])
    model = keras.Model([digit_a, digit_b], layers.Dense(1, activation="sigmoid")(concatenated))
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    digits = {"digit_a": fields["digit_a"], "digit_b": fields["digit_b"]}
    return Program(model, digits, fields["same"], {"validation_split": 0.25})


PROGRAMS: Programs = {
    made.__name__: made
    for made in (
        functional_mlp, reused_model, from_json, weights_by_name, headline, headline_by_name, shared_lstm, inception,
        residual, shared_vision,
    )
}  # fmt: skip
