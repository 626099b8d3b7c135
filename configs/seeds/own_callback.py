"""The callback of own_callback.yaml."""

from pathlib import Path

import keras


class Diary(keras.callbacks.Callback):
    """Notes when Keras calls its hooks.

    Args:
        filename: String. File that the notes are written to, in the folder of the run.
    """

    def __init__(self, filename="diary.txt"):
        super().__init__()
        self.filename = filename
        self.batches = 0

    def note(self, text):
        with Path(self.filename).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def on_train_begin(self, logs=None):
        self.note("training begins")

    def on_epoch_begin(self, epoch, logs=None):
        self.batches = 0
        self.note(f"epoch {epoch} begins")

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"epoch {epoch} ends after {self.batches} batches, with a loss of {logs['loss']:.4f}")

    def on_train_end(self, logs=None):
        self.note("training ends")
