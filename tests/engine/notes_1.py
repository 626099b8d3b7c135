"""The programs of a handbook of Keras, as a reader of it would write them today."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from hand_written import Program, Programs, flat, to_categorical
from keras import layers

Fields = dict[str, np.ndarray]


def sequential(fields: Fields) -> Program:
    model = keras.Sequential(
        [
            keras.Input(shape=(3, 3)),
            layers.Dense(2, activation="relu", name="layer1"),
            layers.Dense(3, activation="relu", name="layer2"),
            layers.Dense(4, name="layer3"),
        ]
    )
    model.compile("rmsprop", "mse")
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def stacked(fields: Fields) -> Program:
    layer1 = layers.Dense(2, activation="relu", name="layer1")
    layer2 = layers.Dense(3, activation="relu", name="layer2")
    layer3 = layers.Dense(4, name="layer3")
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layer3(layer2(layer1(inputs))))
    model.compile("rmsprop", "mse")
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def layer_by_layer(fields: Fields) -> Program:
    model = keras.Sequential()
    model.add(layers.Dense(2, activation="relu"))
    model.add(layers.Dense(3, activation="relu"))
    model.add(layers.Dense(4))
    model.compile("rmsprop", "mse")
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def mnist_model(fields: Fields) -> Program:
    inputs = keras.Input(shape=(784,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    outputs = layers.Dense(10)(x)
    model = keras.Model(inputs=inputs, outputs=outputs, name="mnist_model")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("rmsprop", loss, metrics=["accuracy"])
    return Program(model, flat(fields["x"]), fields["y"], {"batch_size": 64, "validation_split": 0.2})


def autoencoder(fields: Fields) -> Program:
    encoder_input = keras.Input(shape=(28, 28, 1), name="original_img")
    x = layers.Conv2D(16, 3, activation="relu")(encoder_input)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D(3)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    encoder = keras.Model(encoder_input, layers.GlobalMaxPooling2D()(x), name="encoder")

    decoder_input = keras.Input(shape=(16,), name="encoded_img")
    x = layers.Reshape((4, 4, 1))(decoder_input)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
    x = layers.UpSampling2D(3)(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    decoder_output = layers.Conv2DTranspose(1, 3, activation="relu")(x)
    decoder = keras.Model(decoder_input, decoder_output, name="decoder")

    autoencoder_input = keras.Input(shape=(28, 28, 1), name="img")
    decoded_img = decoder(encoder(autoencoder_input))
    model = keras.Model(autoencoder_input, decoded_img, name="autoencoder")
    model.compile("adam", "mse")
    images = flat(fields["x"]).reshape(-1, 28, 28, 1)
    return Program(model, images, images, {"batch_size": 64, "validation_split": 0.1})


def ensemble(fields: Fields) -> Program:
    def get_model() -> keras.Model:
        inputs = keras.Input(shape=(128,))
        return keras.Model(inputs, layers.Dense(1)(inputs))

    # Keras makes weights when a layer is first called, so the order of the calls is that of the random numbers.
    inputs = keras.Input(shape=(128,))
    outputs = layers.average([get_model()(inputs), get_model()(inputs), get_model()(inputs)])
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile("rmsprop", "mse")
    return Program(model, fields["x"], fields["y"], {"validation_split": 0.2})


def shared_embedding(fields: Fields) -> Program:
    words = layers.Embedding(1000, 128)
    text_a, text_b = keras.Input((40,), dtype="int32", name="text_a"), keras.Input((40,), dtype="int32", name="text_b")
    encoded = [layers.GlobalAveragePooling1D()(words(text)) for text in (text_a, text_b)]
    outputs = layers.Dense(1, activation="sigmoid")(layers.concatenate(encoded))
    model = keras.Model([text_a, text_b], outputs)
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    texts = {"text_a": fields["text_a"], "text_b": fields["text_b"]}
    return Program(model, texts, fields["same_topic"], {"validation_split": 0.2})


def tanh(fields: Fields, *, dropout: bool = False, **arguments: Any) -> Program:
    model = keras.Sequential([keras.Input((784,))])
    model.add(layers.Dense(units=200, bias_initializer="zeros", activation="tanh", **arguments))
    if dropout:
        model.add(layers.Dropout(0.4))
    model.add(layers.Dense(units=100, bias_initializer="zeros", activation="tanh", **arguments))
    if dropout:
        model.add(layers.Dropout(0.4))
    model.add(layers.Dense(units=10, bias_initializer="zeros", activation="softmax", **arguments))
    model.compile(keras.optimizers.SGD(0.2), "categorical_crossentropy", metrics=["accuracy"])
    return Program(model, flat(fields["x"]), to_categorical(fields["y"]), {"validation_split": 0.1})


def tanh_mlp(fields: Fields) -> Program:
    return tanh(fields)


def dropout(fields: Fields) -> Program:
    return tanh(fields, dropout=True)


def l2(fields: Fields) -> Program:
    return tanh(fields, kernel_regularizer=keras.regularizers.l2(0.0003))


def history_plot(fields: Fields) -> Program:
    scale = layers.Normalization()
    x, y = fields["x"].astype("float32"), fields["y"]
    scale.adapt(keras.ops.convert_to_tensor(x[: int(len(x) * 0.75)]))
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    return Program(model, np.asarray(scale(x)), y, {"batch_size": 16, "validation_split": 0.25})


def compiled(fields: Fields, *, by_name: bool = False, **fit: Any) -> Program:
    inputs = keras.Input(shape=(784,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    if by_name:
        model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
    else:
        model.compile(
            optimizer=keras.optimizers.RMSprop(learning_rate=1e-3),
            loss=keras.losses.SparseCategoricalCrossentropy(),
            metrics=[keras.metrics.SparseCategoricalAccuracy()],
        )
    fit = {"batch_size": 64, "validation_split": 1 / 6, **fit}
    return Program(model, flat(fields["x"]), fields["y"].astype("float32"), fit)


def mnist_training(fields: Fields) -> Program:
    return compiled(fields)


def compiled_by_name(fields: Fields) -> Program:
    return compiled(fields, by_name=True)


def validation_split(fields: Fields) -> Program:
    return compiled(fields, validation_split=0.2)


def class_weight(fields: Fields) -> Program:
    return compiled(fields, class_weight={digit: 2.0 if digit == 5 else 1.0 for digit in range(10)})


def sample_weight(fields: Fields) -> Program:
    program = compiled(fields)
    weights = np.ones(shape=(len(fields["y"]),), dtype="float32")
    weights[fields["y"] == 5] = 2.0
    return Program(program.model, program.x, program.y, program.fit, weights)


PROGRAMS: Programs = {
    made.__name__: made
    for made in (
        sequential, stacked, layer_by_layer, mnist_model, autoencoder, ensemble, shared_embedding, tanh_mlp, dropout,
        l2, history_plot, mnist_training, compiled_by_name, validation_split, class_weight, sample_weight,
    )
}  # fmt: skip
