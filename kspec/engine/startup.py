"""Starting TensorFlow: quietly, with the seed and the precision that a run wants."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence

from kspec.engine.own_code import load_code
from kspec.spec.code import CodeFile

_NEVER_USED = ("matplotlib", "sklearn")
"""What Keras imports for its wrappers and galleries, and does without where it is not installed: a second of time."""

_OWN_PROCESS = False


def own_process() -> None:
    """Say that this process is a command of kspec's and runs no other program, which might want all of Keras."""
    global _OWN_PROCESS
    _OWN_PROCESS = True


def start(code: Sequence[CodeFile] = ()) -> None:
    """Import TensorFlow and Keras with their native log lines kept off the screen, and run code of one's own.

    If the import fails, what they wrote is shown, and the exception goes on.

    Args:
        code: Python files, each of which is run once.

    Raises:
        SpecError: One of the files fails.
    """
    if "keras" not in sys.modules or "tensorflow" not in sys.modules:
        lean = _OWN_PROCESS and not code
        with _without(_NEVER_USED if lean else ()), _uncollected(frozen=lean):
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
def _without(modules: Sequence[str]) -> Iterator[None]:
    """Let modules that were not imported yet look as if they were not installed."""
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextlib.contextmanager
def _uncollected(*, frozen: bool) -> Iterator[None]:
    """Look for no garbage while modules are imported: there is none, and looking takes a quarter of the time.

    Args:
        frozen: Whether what was imported is never looked through later, either.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if frozen:
            gc.freeze()
        if collecting:
            gc.enable()


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
