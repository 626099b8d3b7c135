"""What a spec says of the features of TFRecord files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.spec.checker import is_whole
from kspec.spec.problems import did_you_mean

_KEYS = ("shape", "dtype", "default_value", "decode")
_STORED = ("float32", "int64", "string")
_DECODERS = ("raw", "image")
_CHANNELS = (1, 3, 4)
_EXAMPLE = "such as `features: {x: {shape: [28, 28], dtype: float32}, y: {dtype: int64}}`"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of the records, with the words of `tf.io.FixedLenFeature`.

    Args:
        name: Its name, and that of the field.
        shape: Shape of its values in one record.
        dtype: Type of its values.
        default: What stands for it in a record that lacks it, or None.
        decode: How bytes become numbers: `raw`, `image`, or None for values that stand as they are.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    default: Any = None
    decode: str | None = None

    @property
    def count(self) -> int:
        """Number of values in one record."""
        return math.prod(self.shape)

    @property
    def stored(self) -> str:
        """Type in which a record holds the values."""
        return "string" if self.decode else self.dtype


def read_features(features: Any) -> dict[str, Feature]:
    """Return the features that a spec describes, by name.

    Raises:
        DataError: They cannot be read so.
    """
    if not isinstance(features, Mapping) or not features:
        raise DataError(f"expected a mapping by name, got {features!r}", hint=_EXAMPLE, argument="features")
    return {str(name): _feature(str(name), keys) for name, keys in features.items()}


def _feature(name: str, keys: Any) -> Feature:
    if not isinstance(keys, Mapping):
        raise _refused(name, f"expected a mapping, got {keys!r}", _EXAMPLE)
    for key in keys:
        if key not in _KEYS:
            hint = did_you_mean(str(key), _KEYS) or f"known are {', '.join(_KEYS)}"
            raise _refused(name, f"there is no key `{key}`", hint)
    decode = keys.get("decode")
    if decode is not None and decode not in _DECODERS:
        raise _refused(name, f"`decode` is `raw` or `image`, not {decode!r}")
    feature = Feature(name, _shape(name, keys.get("shape", [])), _dtype(name, keys, decode), decode=decode)
    if decode == "image" and (len(feature.shape) != 3 or feature.shape[2] not in _CHANNELS):
        message = f"an image has the shape [height, width, channels], got {list(feature.shape)}"
        raise _refused(name, message, "channels are 1, 3 or 4")
    if keys.get("default_value") is None:
        return feature
    if decode:
        raise _refused(name, "what is decoded has no `default_value`")
    default = _default(feature, keys["default_value"])
    return Feature(name, feature.shape, feature.dtype, default, decode)


def _shape(name: str, shape: Any) -> tuple[int, ...]:
    whole = isinstance(shape, list | tuple) and all(is_whole(size) and size > 0 for size in shape)
    if not whole:
        message = f"expected `shape` as a list of positive whole numbers, got {shape!r}"
        raise _refused(name, message, "every record has the same number of values; `[]` for one")
    return tuple(shape)


def _dtype(name: str, keys: Mapping[str, Any], decode: str | None) -> str:
    if "dtype" not in keys and decode != "image":
        raise _refused(name, "`dtype` is missing", f"the values are {', '.join(_STORED)}" if not decode else None)
    dtype = keys.get("dtype", "uint8")
    if decode is None:
        if dtype not in _STORED:
            hint = did_you_mean(str(dtype), _STORED)
            hint = hint or "numbers that stand in bytes want `decode: raw`, images `decode: image`"
            raise _refused(name, f"records hold {', '.join(_STORED)}, not {dtype!r}", hint)
    elif decode == "image":
        if dtype != "uint8":
            raise _refused(name, f"images are uint8, not {dtype!r}", "leave `dtype` out, and cast under `inputs`")
    elif _kind(dtype) not in ("u", "i", "f", "b"):
        raise _refused(name, f"there are no numbers of dtype {dtype!r}")
    return str(dtype)


def _kind(dtype: Any) -> str:
    try:
        return str(np.dtype(dtype).kind)
    except TypeError:
        return ""


def _default(feature: Feature, value: Any) -> Any:
    """Return a default as `tf.io.FixedLenFeature` takes it: of the feature's shape."""
    items = list(_flat(value))
    kinds = {"float32": (int, float), "int64": (int,), "string": (str,)}[feature.dtype]
    fits = all(isinstance(item, kinds) and not isinstance(item, bool) for item in items)
    if not fits or len(items) not in (1, feature.count):
        expected = f"{feature.dtype} of shape {list(feature.shape)}"
        raise _refused(feature.name, f"expected `default_value` as {expected}, got {value!r}")
    whole = items * feature.count if len(items) == 1 else items
    return np.array(whole, dtype=object if feature.dtype == "string" else feature.dtype).reshape(feature.shape).tolist()


def _flat(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        return [value]
    return [item for inner in value for item in _flat(inner)]


def _refused(name: str, message: str, hint: str | None = None) -> DataError:
    return DataError(f"feature `{name}`: {message}", hint=hint, argument="features")
