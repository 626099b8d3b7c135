"""Sections held against each other: names that one uses and the model must have, keys that exclude each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kspec.spec.checker import Checker, listing
from kspec.spec.fields import FIELD_KEYS, Fields, FieldSpec
from kspec.spec.problems import At, Path, did_you_mean, nearest
from kspec.spec.sections import WeightRule

_RANGE = ("min", "max")


def known_output(checker: Checker, name: Any, outputs: Sequence[str], path: Path, *, at: At = "value") -> bool:
    """Say whether the model has an output of this name, noting if not."""
    if name in outputs:
        return True
    hint = did_you_mean(str(name), outputs) or f"the model has {listing(outputs)}"
    checker.error("unknown-output", path, f"there is no output `{name}`", hint, at=at)
    return False


def check_fields(checker: Checker, fields: Fields, names: Sequence[str], path: Path, *, what: str) -> None:
    """Hold the names under `inputs`, `targets` or `sample_weight` against those of the model.

    Args:
        checker: Where problems go.
        fields: The fields as read.
        names: Names of the model's inputs or outputs.
        path: Place of the fields.
        what: `input` or `output`.
    """
    if not isinstance(fields, Mapping):
        if isinstance(fields, FieldSpec) and len(names) > 1 and path[-1] != "sample_weight":
            message = f"the model has {len(names)} {what}s, {listing(names)}, and this is one field for all"
            checker.error("not-by-name", path, message, f"name the field of each: `{names[0]}: FIELD`", at="key")
        return
    unknown = [name for name in fields if name not in names]
    for name in unknown:
        hint = did_you_mean(name, (*names, *FIELD_KEYS)) or f"the model has {listing(names)}"
        code = "unknown-input" if what == "input" else "unknown-output"
        checker.error(code, (*path, name), f"the model has no {what} `{name}`", hint, at="key")
    meant = {nearest(name, names) for name in unknown}
    missing = [name for name in names if name not in fields and name not in meant]
    if what == "input" and missing and (not unknown or len(missing) > len(unknown)):
        message = f"nothing is fed to the {'input' if len(missing) == 1 else 'inputs'} {listing(missing)}"
        checker.error("missing-input", path, message, f"add `{missing[0]}: FIELD`", at="key")


def check_rules(checker: Checker, rules: Sequence[WeightRule]) -> None:
    """Note rules of `fit.sample_weight` whose weight is no finite number."""
    for index, rule in enumerate(rules):
        if not math.isfinite(rule.weight):
            path = ("fit", "sample_weight", index, "weight")
            checker.error("out-of-range", path, f"a weight is finite and at least 0, not {rule.weight}")
        for name, wanted in rule.when.items():
            if isinstance(wanted, Mapping):
                _check_range(checker, wanted, ("fit", "sample_weight", index, "when", name))


def _check_range(checker: Checker, wanted: Mapping[str, Any], path: Path) -> None:
    """Note what is wrong with a range of numbers that a rule wants a field to lie in."""
    known = checker.known_keys(wanted, path, "a range", _RANGE)
    for key, bound in known.items():
        if isinstance(bound, bool) or not isinstance(bound, int | float) or math.isnan(bound):
            checker.error("wrong-type", (*path, key), f"`{key}` is a number")
            return
    if not wanted:
        checker.error("wrong-type", path, "a range has a `min`, a `max` or both")
    elif known.get("min", -math.inf) > known.get("max", math.inf):
        checker.error("out-of-range", path, f"no number is from {known['min']} to {known['max']}")


def check_split(checker: Checker, fit: Any) -> None:
    """Note a `validation_split` whose keys contradict each other: the data would follow one of them in silence."""
    split = fit.get("validation_split") if isinstance(fit, Mapping) else None
    if not isinstance(split, Mapping):
        return
    path = ("fit", "validation_split")
    ways = [key for key in ("stratify", "group", "time") if split.get(key)]
    shuffle = split.get("shuffle")
    if len(ways) > 1:
        message = f"`{ways[0]}` and `{ways[1]}` cannot stand together"
        checker.error("bad-split", (*path, ways[1]), message, "keep one of them", at="key")
    elif ways == ["time"] and shuffle is True:
        message = "`time` sets the latest rows apart, and `shuffle` draws them at random"
        checker.error("bad-split", (*path, "shuffle"), message, "keep one of them", at="key")
    elif ways and ways != ["time"] and shuffle is False:
        message = f"`{ways[0]}` draws the rows at random, and `shuffle: false` takes the last ones"
        checker.error("bad-split", (*path, "shuffle"), message, "leave `shuffle` out", at="key")


def check_validation(checker: Checker, fit: Any, data: Any) -> None:
    """Note where `fit` and `data` both say what is validated on."""
    if not (isinstance(fit, Mapping) and isinstance(data, Mapping)):
        return
    if fit.get("validation_split") is not None and data.get("validation") is not None:
        message = "`validation_split` and `data.validation` both say what is validated on"
        checker.error("two-validations", ("fit", "validation_split"), message, "keep one of them", at="key")
