"""The `data` section: sources, and which of their fields become inputs, targets and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.checker import Checker, kind_of, shortened
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.fields import FieldReader, Fields, FieldSpec
from kspec.spec.problems import Path

__all__ = ["DataReader", "DataSpec", "FieldSpec", "Fields"]

_PARTS = ("train", "validation", "test")
_FIELDS = ("inputs", "targets", "sample_weight")
_KEYS = ("source", "fallback", *_PARTS, *_FIELDS)
TEST = "test"
_ENDINGS = {
    "csv": "csv", "npz": "npz", "npy": "npy", "parquet": "parquet", "jsonl": "jsonl", "ndjson": "jsonl",
}  # fmt: skip
"""Sources that read files, by the endings of these."""
_KEY_HINTS = {
    "x": "name the fields under `inputs`",
    "y": "name the fields under `targets`",
    "target": "it is called `targets`",
    "input": "it is called `inputs`",
    "validation_split": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "class_weight": "it stands under `fit`",
    "preprocess": "it stands with the field: `inputs: {field: x, preprocess: [...]}`",
    "csv": "write `source: {csv: FILE}`",
    "path": "it stands with the source: `source: {csv: FILE}`",
}


@dataclass(frozen=True, slots=True)
class DataSpec:
    """What is read, and what becomes of it.

    Args:
        source: One source with parts of its own, or None.
        fallback: Source that takes its place if it cannot be had, or None.
        parts: Sources by part, where every part has one.
        validation_is_test: Whether the test part of `source` serves as validation data.
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
        expected = "a mapping with `source` or `train`"
        if isinstance(section, str):
            message = f"`data` is {expected}, not {kind_of(section)}"
            self.checker.error("wrong-type", self.path, message, f"write `data: {{source: {shortened(section)}}}`")
            return None
        value = self.checker.mapping(section, self.path, "`data`", expected=expected)
        if value is None:
            return None
        value = self.checker.known_keys(value, self.path, "`data`", _KEYS, hints=_KEY_HINTS)
        if not {"source", "train", "csv", "path"} & {*value, *section}:
            hint = "write `source: mnist`, or `train: {csv: FILE}`"
            self.checker.error("missing-key", self.path, "`data` names no source", hint, at="key")
        if "fallback" in value and "source" not in value and "train" in value:
            message = "`fallback` takes the place of `source`, and there is none"
            self.checker.error("missing-key", (*self.path, "fallback"), message, "leave it out", at="key")
        fields = FieldReader(self.components)
        inputs, targets, weights = (fields.read(value.get(key), (*self.path, key)) for key in _FIELDS)
        return DataSpec(
            source=self._source(value["source"], "source") if "source" in value else None,
            fallback=self._source(value["fallback"], "fallback") if "fallback" in value else None,
            parts=self._parts(value),
            validation_is_test="source" in value and value.get("validation") == TEST,
            inputs=inputs,
            targets=targets,
            sample_weight=weights,
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
            if isinstance(value, dict) and len(value) > 1:
                self.components.read(value, path, "sources")
                return None
            given = "an empty mapping" if value == {} else kind_of(value)
            message = f"a source is a name or a mapping with one name, not {given}"
            self.checker.error("wrong-type", path, message, "write `{csv: FILE}`")
            return None
        if isinstance(value, str) and (hint := self._file_hint(name)):
            what = "folder" if name.endswith("/") else "file"
            self.checker.error("unknown-component", path, f"`{name}` is a {what}, not a source", hint)
            return None
        component = self.components.find(name, at, "sources", at="value" if isinstance(value, str) else "key")
        return self.components.with_value(component, inner, at) if component else None

    @staticmethod
    def _file_hint(name: str) -> str | None:
        """Return how to name a file as a source, if the name looks like one."""
        if name.endswith("/"):
            return f"write `{{images: {name}}}` or `{{texts: {name}}}`"
        source = _ENDINGS.get(name.rpartition(".")[2].lower()) if "." in name else None
        return f"write `{{{source}: {name}}}`" if source else None

    def _parts(self, value: Mapping[str, Any]) -> dict[str, ComponentSpec]:
        parts: dict[str, ComponentSpec] = {}
        for part in _PARTS:
            if part not in value:
                continue
            path, given = (*self.path, part), value[part]
            from_test = part == "validation" and given == TEST
            if from_test and "train" in value and "test" not in value:
                message = "`validation: test` means the test rows, and there is no `test`"
                self.checker.error("missing-key", path, message, "add `test: {csv: FILE}`")
            elif "source" in value and not from_test:
                message = f"`source` and `{part}` cannot stand together"
                hint = "a source brings its own parts; or name a source for each part: `train`, `validation`, `test`"
                if part == "validation" and isinstance(given, str):
                    hint = "write `validation: test` for its own test part, or name a source for each part"
                self.checker.error("two-sources", path, message, hint, at="key")
            elif not from_test and (source := self._source(given, part)):
                parts[part] = source
        if "train" in value and value.get("validation") == TEST and "test" in parts:
            parts["validation"] = parts["test"]
        return parts

    def _source(self, value: Any, part: str) -> ComponentSpec | None:
        return self.read_source(value, (*self.path, part))
