"""What callbacks remember from one step to the next, as plain values and arrays, and given back to new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Array = npt.NDArray[Any]

_REMEMBERED: Mapping[str, Sequence[str]] = {
    "EarlyStopping": ("wait", "stopped_epoch", "best", "best_epoch", "best_weights"),
    "ReduceLROnPlateau": ("best", "wait", "cooldown_counter"),
    "ModelCheckpoint": ("best", "_batches_seen_since_last_saving", "_last_batch_seen"),
    "TensorBoard": ("_global_train_batch", "_global_test_batch", "_previous_epoch_iterations"),
    "SwapEMAWeights": ("_ema_weights_in_model",),
    "CSVLogger": ("keys",),
}
"""What each callback remembers. Settings such as `min_delta` stay those of the spec."""

_SHORT = ("float16", "bfloat16")


def value_of(variable: Any) -> Array:
    """Return the value of a variable, which may be its own memory, without Keras' conversions, which take long."""
    inner = variable.value if isinstance(variable, keras.Variable) else variable
    if type(inner).__name__ != "ResourceVariable":  # one that devices share
        return np.asarray(variable)
    return np.asarray(tf.raw_ops.ReadVariableOp(resource=inner.handle, dtype=inner.dtype))


def widened(values: Array) -> Array:
    """Return short floats as float32, which holds all of them: NumPy's files do not know bfloat16."""
    return values.astype(np.float32) if values.dtype.name in _SHORT else values


def remembered(callback: keras.callbacks.Callback, place: str, arrays: dict[str, Array]) -> dict[str, Any]:
    """Return what a callback remembers, as JSON can say it.

    Args:
        callback: The callback. One of one's own that has `state_dict` and `load_state_dict` says it itself.
        place: How the names of its arrays begin.
        arrays: Takes its arrays.

    Raises:
        TypeError: It remembers what can be kept neither as JSON nor as arrays.
    """
    kept: dict[str, Any] = {"kind": type(callback).__name__}
    kept["state"] = {
        name: _packed(getattr(callback, name, None), f"{place}/{name}", arrays) for name in _names(callback)
    }
    if _speaks(callback):
        kept["own"] = _packed(callback.state_dict(), f"{place}/own", arrays)
    if isinstance(callback, keras.callbacks.CSVLogger) and Path(callback.filename).exists():
        kept["text"] = Path(callback.filename).read_text(encoding="utf-8")
    return kept


def remind(callback: keras.callbacks.Callback, kept: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Give a callback back what another one of its kind remembered, as `remembered` said it."""
    for name in _names(callback):
        setattr(callback, name, _unpacked(kept["state"][name], arrays))
    if "own" in kept and _speaks(callback):
        callback.load_state_dict(_unpacked(kept["own"], arrays))


def forgets_steps(callback: keras.callbacks.Callback) -> bool:
    """Say whether a callback sees single steps, and cannot say what it remembers of them."""
    if type(callback).__module__.startswith("keras.") or getattr(callback, "looks_now_and_then", False):
        return False
    hooks = [f"on_{kind}batch_{when}" for kind in ("", "train_") for when in ("begin", "end")]
    return not _speaks(callback) and any(
        getattr(type(callback), hook) is not getattr(keras.callbacks.Callback, hook) for hook in hooks
    )


def _speaks(callback: keras.callbacks.Callback) -> bool:
    return hasattr(callback, "state_dict") and hasattr(callback, "load_state_dict")


def _names(callback: keras.callbacks.Callback) -> Sequence[str]:
    """Return what a callback remembers, by the class of Keras that it is, or is derived from."""
    names = (kind.__name__ for kind in type(callback).__mro__)
    return next((_REMEMBERED[name] for name in names if name in _REMEMBERED), ())


def _packed(value: Any, place: str, arrays: dict[str, Array]) -> Any:
    """Return a value as JSON can say it; containers are told from what stands for an array by a word before them."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {"dict": [[str(key), _packed(item, f"{place}/{key}", arrays)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [_packed(item, f"{place}/{number}", arrays) for number, item in enumerate(value)]}
    array = widened(np.asarray(keras.ops.convert_to_numpy(value)))
    if array.dtype.kind not in "biuf":
        raise TypeError(f"cannot keep {type(value).__name__}")
    arrays[place] = array
    return {"array": place}


def _unpacked(value: Any, arrays: Mapping[str, Array]) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "list" in value:
        return [_unpacked(item, arrays) for item in value["list"]]
    return {key: _unpacked(item, arrays) for key, item in value["dict"]}
