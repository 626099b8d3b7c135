"""The `data` section: sources, and which of their fields become inputs, targets and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of
from kspec.spec.components import ComponentReader, ComponentSpec
from kspec.spec.problems import Path, did_you_mean

_PARTS = ("train", "validation", "test")
_KEYS = ("source", "fallback", *_PARTS, "inputs", "targets", "sample_weight")
_FIELD_KEYS = ("field", "slice", "preprocess", "dtype")
_TEST = "test"
_LATER_SOURCES = ("parquet", "jsonl", "images", "texts", "tfrecord", "windows")
_KEY_HINTS = {
    "x": "name the fields under `inputs`",
    "y": "name the fields under `targets`",
    "target": "it is called `targets`",
    "input": "it is called `inputs`",
    "validation_split": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "preprocess": "it stands with the field: `inputs: {field: x, preprocess: [...]}`",
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Fields of the data, and what is done to them on the way in.

    Args:
        fields: Names of the fields; more than one are put side by side.
        slice: Start and end along the first axis after the batch, or None.
        preprocess: Layers that the values pass through.
        dtype: Type that the values get, or None to leave it.
        path: Place in the document.
    """

    fields: tuple[str, ...]
    slice: tuple[int | None, int | None] | None = None
    preprocess: tuple[ComponentSpec, ...] = ()
    dtype: str | None = None
    path: Path = ()


Fields = FieldSpec | Mapping[str, FieldSpec] | None


@dataclass(frozen=True, slots=True)
class DataSpec:
    """What is read, and what becomes of it.

    Args:
        source: One source with parts of its own, or None.
        fallback: Source that takes its place if it cannot be had, or None.
        parts: Sources by part, where every part has one.
        validation_is_test: Whether the test part serves as validation data.
        inputs: Fields of the one input, or by input name; None for the default.
        targets: Fields of the one output, or by output name; None for the default.
        sample_weight: Field of the weights, or by output name.
        path: Place in the document.
    """

    source: ComponentSpec | None = None
    fallback: ComponentSpec | None = None
    parts: Mapping[str, ComponentSpec] = field(default_factory=dict)
    validation_is_test: bool = False
    inputs: Fields = None
    targets: Fields = None
    sample_weight: Fields = None
    path: Path = ("data",)


@dataclass(frozen=True, slots=True)
class DataReader:
    """Reads one `data` section."""

    components: ComponentReader
    path: Path = ("data",)

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, section: Any) -> DataSpec | None:
        """Return the section, or None if it is no mapping."""
        value = self.checker.mapping(section, self.path, "`data`", expected="a mapping with `source` or `train`")
        if value is None:
            return None
        self.checker.known_keys(value, self.path, "`data`", _KEYS, hints=_KEY_HINTS)
        if "source" in value and "train" in value:
            message = "`source` and `train` cannot stand together"
            self.checker.error("two-sources", (*self.path, "train"), message, "`source` has its own training part", at="key")
        elif "source" not in value and "train" not in value:
            self.checker.error("missing-key", self.path, "`data` names no source", "write `source: mnist`, or `train: {csv: FILE}`", at="key")
        parts = {part: self._source(value[part], part) for part in _PARTS if part in value and value[part] != _TEST}
        return DataSpec(
            source=self._source(value["source"], "source") if "source" in value else None,
            fallback=self._source(value["fallback"], "fallback") if "fallback" in value else None,
            parts={part: source for part, source in parts.items() if source},
            validation_is_test=value.get("validation") == _TEST,
            inputs=self._fields(value.get("inputs"), "inputs"),
            targets=self._fields(value.get("targets"), "targets"),
            sample_weight=self._fields(value.get("sample_weight"), "sample_weight"),
            path=self.path,
        )

    def read_source(self, value: Any, path: Path) -> ComponentSpec | None:
        """Return a source with its arguments, which are plain data: nothing in them is a component."""
        name, inner = (value, None) if isinstance(value, str) else (None, None)
        at = path
        if isinstance(value, dict) and len(value) == 1:
            ((name, inner),) = value.items()
            at = (*path, name)
        if name is None:
            self.checker.error("wrong-type", path, f"a source is a name or a mapping with one name, not {kind_of(value)}", "write `{csv: FILE}`")
            return None
        if name in _LATER_SOURCES and not self.components.catalogue.component("sources", name):
            self.checker.error("not-built-yet", at, f"the source `{name}` is part of the language, but this version of kspec cannot read it yet", at="key")
            return None
        component = self.components.find(name, at, "sources")
        return self.components.with_value(component, inner, at) if component else None

    def _source(self, value: Any, part: str) -> ComponentSpec | None:
        return self.read_source(value, (*self.path, part))

    def _fields(self, value: Any, key: str) -> Fields:
        path = (*self.path, key)
        if value is None:
            return None
        if isinstance(value, dict) and "field" not in value:
            if key != "sample_weight" and value.keys() & set(_FIELD_KEYS):
                self.checker.error("missing-key", path, f"`{key}` says what to do but names no field", "add `field: NAME`", at="key")
                return None
            entries = {name: self._field(item, (*path, name)) for name, item in value.items()}
            return {name: item for name, item in entries.items() if item}
        return self._field(value, path)

    def _field(self, value: Any, path: Path) -> FieldSpec | None:
        if isinstance(value, str):
            return FieldSpec((value,), path=path)
        if isinstance(value, list):
            names = self._names(value, path)
            return FieldSpec(names, path=path) if names else None
        mapping = self.checker.mapping(value, path, "a field", expected="a name, a list of names, or a mapping with `field`")
        if mapping is None:
            return None
        self.checker.known_keys(mapping, path, "a field", _FIELD_KEYS)
        if "field" not in mapping:
            self.checker.error("missing-key", path, "this names no field", "add `field: NAME`", at="key")
            return None
        names = self._names(mapping["field"], (*path, "field"))
        return FieldSpec(
            fields=names,
            slice=self._slice(mapping.get("slice"), (*path, "slice")),
            preprocess=self._preprocess(mapping.get("preprocess"), (*path, "preprocess")),
            dtype=self._dtype(mapping.get("dtype"), (*path, "dtype")),
            path=path,
        )

    def _names(self, value: Any, path: Path) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        wrong = [index for index, name in enumerate(names) if not isinstance(name, str | int) or isinstance(name, bool)]
        if wrong or not names:
            self.checker.error("wrong-type", path, f"a field is named by text, not by {kind_of(names[wrong[0]] if wrong else [])}")
            return ()
        return tuple(str(name) for name in names)

    def _slice(self, value: Any, path: Path) -> tuple[int | None, int | None] | None:
        if value is None:
            return None
        good = isinstance(value, list) and len(value) == 2
        if not good or not all(item is None or (isinstance(item, int) and not isinstance(item, bool)) for item in value):
            self.checker.error("wrong-type", path, f"`slice` is `[start, end]`, not {kind_of(value)}", "`null` leaves an end open")
            return None
        return value[0], value[1]

    def _dtype(self, value: Any, path: Path) -> str | None:
        kinds = ("float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "bool", "string")
        if value is None or value in kinds:
            return value
        hint = did_you_mean(value, kinds) if isinstance(value, str) else None
        self.checker.error("not-a-choice", path, f"`dtype` is a type such as `float32`, not {kind_of(value)}", hint)
        return None

    def _preprocess(self, value: Any, path: Path) -> tuple[ComponentSpec, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.checker.error("wrong-type", path, f"`preprocess` is a list of layers, not {kind_of(value)}", "write `[...]` around it")
            return ()
        layers: list[ComponentSpec] = []
        for index, item in enumerate(value):
            at = (*path, index)
            name = item if isinstance(item, str) else next(iter(item), "") if isinstance(item, dict) else ""
            if name.startswith("ops."):
                self.checker.error("not-built-yet", at, "`ops` are part of the language, but this version of kspec cannot do them yet")
                continue
            layer = self.components.read(item, at, "layers")
            if isinstance(layer, ComponentSpec) and self._may_preprocess(layer, at):
                layers.append(layer)
        return tuple(layers)

    def _may_preprocess(self, layer: ComponentSpec, path: Path) -> bool:
        found: Component | None = self.components.catalogue.component("layers", layer.name)
        if found and found.training_only:
            message = f"`{layer.name}` acts only in training, so it would do nothing here"
            self.checker.error("training-only", path, message, "put it into the model")
            return False
        return True
