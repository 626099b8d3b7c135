"""Seeded random numbers, for trying a model out before there is data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.spec.checker import is_whole
from kspec.spec.problems import did_you_mean

_KEYS = ("shape", "low", "high", "dtype", "distribution")


def random(context: SourceContext, *, rows: int, test_rows: int = 0, **fields: Mapping[str, Any]) -> Loaded:
    """Random numbers, the same for the same seed of the spec. A field's numbers do not depend on the other fields.

    Args:
        rows: Positive integer. Rows to train on.
        test_rows: Non-negative integer. Rows of a test part.
        **fields: Mapping for each field, all of it optional: `shape` of one row (default `[]`, a single number), `low`
            (default 0) and `high` (default 1, not reached), `dtype` (default float32; with integers, `high` must be
            given), `distribution` (`uniform` or `normal`, which has mean 0 and deviation 1).

    Returns:
        One array of shape `(rows, *shape)` for each field.

    Raises:
        DataError: If a field's mapping cannot be drawn from.
    """
    for argument, count, least in (("rows", rows, 1), ("test_rows", test_rows, 0)):
        if not is_whole(count) or count < least:
            raise DataError(f"expected a whole number of {least} or more, got {count!r}", argument=argument)
    if not fields:
        raise DataError("no field is named", hint="such as `random: {rows: 1000, x: {shape: [100]}}`")

    def part(name: str, count: int) -> Fields:
        count = count if context.limit is None else min(count, context.limit)
        return Fields({field: _draw(context.seed, name, field, count, keys) for field, keys in fields.items()})

    train = part("train", rows)
    test = part("test", test_rows) if test_rows else None
    return Loaded(
        train=train,
        test=test,
        origin=f"random numbers, seed {context.seed}",
        fingerprint=fingerprint_fields(train, test),
    )


def _draw(seed: int, part: str, field: str, rows: int, keys: Mapping[str, Any]) -> Array:
    keys = _checked(field, keys)
    shape = (rows, *keys.get("shape", ()))
    dtype = _dtype(field, keys.get("dtype", "float32"))
    low, high = keys.get("low", 0), keys.get("high", 2 if dtype.kind == "b" else 1)
    digest = hashlib.sha256(f"{part}/{field}".encode()).digest()
    generator = np.random.default_rng([abs(seed), *np.frombuffer(digest, dtype=np.uint32).tolist()])
    if keys.get("distribution", "uniform") == "normal":
        return generator.standard_normal(shape).astype(dtype)
    if dtype.kind in "iub":
        return generator.integers(low, high, shape).astype(dtype)
    exact = np.float64 if dtype == np.float64 else np.float32
    numbers: Array = low + (high - low) * generator.random(shape, dtype=exact)
    return numbers.astype(dtype)


def _checked(field: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(keys, Mapping):
        raise DataError(f"expected a mapping such as {{shape: [100]}}, got {keys!r}", argument=field)
    for key in keys:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"known are {', '.join(_KEYS)}"
            raise DataError(f"a random field has no `{key}`", hint=hint, argument=field)
    shape = keys.get("shape", [])
    if not isinstance(shape, list | tuple) or not all(is_whole(size) and size > 0 for size in shape):
        raise DataError(f"expected `shape` as a list of positive integers, got {shape!r}", argument=field)
    if keys.get("distribution", "uniform") not in ("uniform", "normal"):
        raise DataError(f"expected `uniform` or `normal`, got {keys['distribution']!r}", argument=field)
    integers = _dtype(field, keys.get("dtype", "float32")).kind in "iu"
    if keys.get("distribution") == "normal" and (integers or {"low", "high"} & keys.keys()):
        raise DataError("a normal distribution takes a float `dtype`, no `low` and no `high`", argument=field)
    if integers and "high" not in keys:
        raise DataError("integers need `high`, the first number that is not drawn", argument=field)
    _check_bounds(field, keys, integers=integers)
    return keys


def _check_bounds(field: str, keys: Mapping[str, Any], *, integers: bool) -> None:
    low, high = keys.get("low", 0), keys.get("high", 1)
    for name, bound in (("low", low), ("high", high)):
        if not (is_whole(bound) or (not integers and isinstance(bound, float))):
            kind = "a whole number" if integers else "a number"
            raise DataError(f"expected {kind} as `{name}`, got {bound!r}", argument=field)
    if low >= high:
        raise DataError(f"`low` must be less than `high`, got {low} and {high}", argument=field)
    dtype = _dtype(field, keys.get("dtype", "float32"))
    if integers and not (np.iinfo(dtype).min <= low and high - 1 <= np.iinfo(dtype).max):
        raise DataError(f"{dtype} does not hold {low} to {high - 1}", argument=field)


def _dtype(field: str, name: Any) -> np.dtype[Any]:
    try:
        dtype: np.dtype[Any] = np.dtype(name)
    except TypeError as error:
        raise DataError(f"there is no dtype `{name}`", argument=field) from error
    if dtype.kind not in "iufb":
        raise DataError(f"cannot draw numbers of dtype `{name}`", argument=field)
    return dtype
