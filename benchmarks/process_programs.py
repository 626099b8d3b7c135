"""The programs of `process.py`: what a user would write to train a job, and nothing else.

Run as: python benchmarks/process_programs.py mnist|tabular FILE EPOCHS, where FILE is the `.npz` with the rows. The
last line of the output holds the last epoch's losses as JSON.
"""

import json
import sys

import keras
import numpy as np

program, file, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
layers = keras.layers
keras.utils.set_random_seed(7)
with np.load(file) as rows:
    if program == "mnist":
        x = rows["x_train"].reshape(-1, 784).astype("float32") / 255
        y = rows["y_train"]
    else:
        x, y = rows["x"], rows["y"]
if program == "mnist":
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )
    loss, batch_size = "sparse_categorical_crossentropy", 128
else:
    model = keras.Sequential(
        [
            keras.Input((20,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    loss, batch_size = "binary_crossentropy", 32
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
done = model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_split=0.1, verbose=0).history
sys.stdout.write(json.dumps({name: done[name][-1] for name in ("loss", "val_loss")}) + "\n")
