"""Fields of the data: which columns, and what is done to them on the way in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.spec.checker import Checker, is_whole, kind_of, listing
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.ops import find_op, free_parameters, is_op, read_op
from kspec.spec.problems import Path, did_you_mean
from kspec.spec.slips import slip

MEAN = "mean"
"""Stands for the mean of the training rows where something is to stand in for missing numbers."""

FIELD_KEYS = ("field", "slice", "preprocess", "dtype", "missing")
"""Keys of a field that is written as a mapping."""

_HINTS = {"fields": "it is called `field`, also for a list of names", "column": "it is called `field`"}
DTYPES = (
    "float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "bool", "string",
)  # fmt: skip

_SHORT = {"float": "float32", "int": "int32", "double": "float64", "half": "float16", "str": "string", "text": "string"}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Fields of the data, and what is done to them on the way in.

    Args:
        fields: Names of the fields; more than one are put side by side.
        slice: Start and end along the first axis after the batch, or None.
        preprocess: Layers that the values pass through.
        dtype: Type that the values get, or None to leave it.
        missing: What stands in for missing values: a number, a text, the word `mean`, or one of these for each field;
            None if nothing does.
        path: Place in the document.
    """

    fields: tuple[str, ...]
    slice: tuple[int | None, int | None] | None = None
    preprocess: tuple[ComponentSpec, ...] = ()
    dtype: str | None = None
    path: Path = ()
    missing: float | str | tuple[float | str, ...] | None = None


Fields = FieldSpec | Mapping[str, FieldSpec] | None


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads what stands under `inputs`, `targets` and `sample_weight`."""

    components: ComponentReader

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, value: Any, path: Path) -> Fields:
        """Return one field spec, or field specs by the name of the input or output.

        Args:
            value: A mapping with the key `field` is a field spec; any other mapping is by name.
            path: Its place.
        """
        if value is None:
            return None
        if not isinstance(value, dict) or "field" in value:
            return self._field(value, path)
        if not value:
            self.checker.error("wrong-type", path, f"`{path[-1]}` is an empty mapping", "name a field", at="key")
            return None
        if any(self._says_what_to_do(key, item) for key, item in value.items()):
            return self._field(value, path)
        return {name: self._field(item, (*path, name)) for name, item in value.items()}

    @staticmethod
    def _says_what_to_do(key: str, item: Any) -> bool:
        """Say whether an entry is a key of a field spec rather than the name of an input or output."""
        if key == "dtype":
            return item in DTYPES
        if key == "missing":
            return not isinstance(item, str | list | dict) or item == MEAN
        return key == "preprocess" or (key == "slice" and isinstance(item, list))

    def _field(self, value: Any, path: Path) -> FieldSpec:
        """Return a field spec; one without fields after a problem."""
        if isinstance(value, str | int | list) and not isinstance(value, bool):
            return FieldSpec(self._names(value, path), path=path)
        expected = "a name, a list of names, or a mapping with `field`"
        mapping = self.checker.mapping(value, path, "a field", expected=expected)
        if mapping is None:
            return FieldSpec((), path=path)
        written = mapping
        mapping = self.checker.known_keys(mapping, path, "a field", FIELD_KEYS, hints=_HINTS)
        if "field" not in mapping and not any(key in written for key in _HINTS):
            message = f"`{path[-1]}` says what to do, but not with which field"
            self.checker.error("missing-key", path, message, "add `field: NAME`", at="key")
        return FieldSpec(
            fields=self._names(mapping["field"], (*path, "field")) if "field" in mapping else (),
            slice=self._slice(mapping.get("slice"), (*path, "slice")),
            preprocess=self._preprocess(mapping.get("preprocess"), (*path, "preprocess")),
            dtype=self._dtype(mapping.get("dtype"), (*path, "dtype")),
            path=path,
            missing=self._missing(mapping.get("missing"), (*path, "missing")),
        )

    def _names(self, value: Any, path: Path) -> tuple[str, ...]:
        """Return field names; a whole number is one too, as the head of a CSV column may be a year."""
        names = value if isinstance(value, list) else [value]
        if not names:
            self.checker.error("wrong-type", path, "a list of fields is empty", "name at least one")
            return ()
        for index, name in enumerate(names):
            if not isinstance(name, str | int) or isinstance(name, bool):
                at = (*path, index) if isinstance(value, list) else path
                self.checker.error("wrong-type", at, f"a field is named by text, not by {kind_of(name)}")
                return ()
        return tuple(str(name) for name in names)

    def _slice(self, value: Any, path: Path) -> tuple[int | None, int | None] | None:
        if value is None:
            return None
        good = isinstance(value, list) and len(value) == 2
        if not good or not all(item is None or is_whole(item) for item in value):
            message = f"`slice` is `[start, end]`, not {kind_of(value)}"
            self.checker.error("wrong-type", path, message, "`null` leaves an end open")
            return None
        return value[0], value[1]

    def _dtype(self, value: Any, path: Path) -> str | None:
        if value is None:
            return None
        if isinstance(value, str) and value in DTYPES:
            return value
        hint = did_you_mean(_SHORT.get(value, value), DTYPES) if isinstance(value, str) else None
        self.checker.error("not-a-choice", path, f"`dtype` is a type such as `float32`, not {kind_of(value)}", hint)
        return None

    def _missing(self, value: Any, path: Path) -> float | str | None:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return value
        message = f"`missing` is what stands in for a missing value, such as `0` or `mean`, not {kind_of(value)}"
        self.checker.error("wrong-type", path, message)
        return None

    def _preprocess(self, value: Any, path: Path) -> tuple[ComponentSpec, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            hint = slip(value) if isinstance(value, str) else None
            message = f"`preprocess` is a list of layers, not {kind_of(value)}"
            self.checker.error("wrong-type", path, message, hint or "write `[...]` around it")
            return ()
        layers: list[ComponentSpec] = []
        for index, item in enumerate(value):
            at = (*path, index)
            name = item if isinstance(item, str) else next(iter(item), "") if isinstance(item, dict) else ""
            if is_op(name):
                layers += self._op(name, item, at)
                continue
            layer = self.components.read(item, at, "layers")
            if isinstance(layer, ComponentSpec) and self._may_preprocess(layer):
                layers.append(layer)
        return tuple(layers)

    def _op(self, name: str, item: Any, path: Path) -> list[ComponentSpec]:
        """Return the operation that an item of `preprocess` is, as a list; an empty one after a problem."""
        place, value = ((*path, name), item[name]) if isinstance(item, dict) else (path, None)
        if isinstance(item, dict) and len(item) > 1:
            second = next(key for key in item if key != name)
            hint = "begin an item of its own with `- `"
            self.checker.error("two-things", (*path, second), f"`{second}` stands beside `{name}`", hint, at="key")
            return []
        component = find_op(self.components, name, place, at="key" if isinstance(item, dict) else "value")
        op = read_op(self.components, component, value, place) if component else None
        if component is None or op is None:
            return []
        free = [key for key in free_parameters(component, op.arguments) if component.arguments[key].required]
        if len(free) > 1:
            message = f"{name} needs the {'argument' if len(free) == 2 else 'arguments'} {listing(free[1:])}"
            self.checker.error("missing-argument", place, message, f"write `{name}: {{{free[1]}: ...}}`", at="key")
            return []
        return [op]

    def _may_preprocess(self, layer: ComponentSpec) -> bool:
        found = self.components.catalogue.component("layers", layer.name)
        if found is None or not found.training_only:
            return True
        message = f"`{layer.name}` acts only in training, so it would do nothing here"
        self.checker.error("training-only", layer.path, message, "put it into the model", at="key")
        return False
