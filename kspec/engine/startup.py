"""Starting TensorFlow: quietly, with the seed and the precision that a run wants."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence

from kspec.engine.own_code import load_code
from kspec.spec.code import CodeFile


def start(code: Sequence[CodeFile] = ()) -> None:
    """Import TensorFlow and Keras with their native log lines kept off the screen, and run code of one's own.

    If the import fails, what they wrote is shown, and the exception goes on.

    Args:
        code: Python files, each of which is run once.

    Raises:
        SpecError: One of the files fails.
    """
    if "keras" not in sys.modules or "tensorflow" not in sys.modules:
        _import_quietly()
    if code:
        load_code(code)


def _import_quietly() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _quiet():
        import tensorflow as tf

        tf.config.list_physical_devices()
        import keras

        keras.utils.disable_interactive_logging()
    tf.get_logger().setLevel("ERROR")


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and Keras, as a Keras program does with `keras.utils.set_random_seed`."""
    import keras

    keras.utils.set_random_seed(seed)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what is written to the standard error stream, by native code too, unless the block fails."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error stream at all
        yield
        return
    with tempfile.TemporaryFile() as noise:
        os.dup2(noise.fileno(), 2)
        try:
            yield
        except Exception:
            sys.stderr.flush()
            os.dup2(kept, 2)
            noise.seek(0)
            sys.stderr.write(noise.read().decode(errors="replace"))
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
