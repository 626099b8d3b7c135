"""`data`: sources and fields."""

from __future__ import annotations

import pytest
from reading_texts import read, shown, spec_of

from kspec.spec.data import DataSpec
from kspec.spec.fields import FieldSpec

MODEL = "\nmodel: {input: [4], layers: [{Dense: 3, name: out}]}\n"
TWO = "\nmodel: {inputs: {a: [4], b: [4]}, layers: [{Concatenate: null, from: [a, b]}, {Dense: 3, name: out}]}\n"


def data_of(text: str, model: str = MODEL) -> DataSpec:
    found = spec_of("data: " + text + model).data
    assert found is not None
    return found


def test_sources() -> None:
    data = data_of("{source: mnist, fallback: {digits: {image_size: [28, 28]}}, validation: test}")
    assert data.source and data.fallback and data.validation_is_test
    assert (data.source.name, data.fallback.arguments) == ("mnist", {"image_size": [28, 28]})
    data = data_of("{train: {csv: a.csv}, test: {csv: [b.csv, c.csv]}, validation: test}")
    assert {part: source.arguments for part, source in data.parts.items()} == {
        "train": {"path": "a.csv"},
        "test": {"path": ["b.csv", "c.csv"]},
        "validation": {"path": ["b.csv", "c.csv"]},
    }
    data = data_of("{source: {npy: {x: a.npy, y: b.npy}}}")
    assert data.source and data.source.arguments == {"x": "a.npy", "y": "b.npy"}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("x", ("x",)),
        ("[age, fare]", ("age", "fare")),
        ("{field: x}", ("x",)),
        ("{field: [a, b]}", ("a", "b")),
        ("2020", ("2020",)),
    ],
)
def test_fields(text: str, fields: tuple[str, ...]) -> None:
    found = data_of(f"{{source: mnist, inputs: {text}, targets: {{out: {text}}}}}")
    assert isinstance(found.inputs, FieldSpec)
    assert found.inputs.fields == fields
    assert isinstance(found.targets, dict)
    assert found.targets["out"].fields == fields


def test_field_with_everything() -> None:
    found = data_of(
        "{source: mnist, inputs: {field: x, slice: [1, null], dtype: int32, preprocess: [{Rescaling: 2}]}}"
    ).inputs
    assert isinstance(found, FieldSpec)
    assert (found.slice, found.dtype, [layer.name for layer in found.preprocess]) == ((1, None), "int32", ["Rescaling"])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{source: mnist, inputs: {c: x}}", ["1:32 unknown-input"]),
        ("{source: mnist, inputs: {input: x, more: x}}", ["1:42 unknown-input"]),
        ("{source: mnist, targets: {uot: y}}", ["1:33 unknown-output"]),
        ("{source: mnist, inputs: {field: [x, null]}}", ["1:43 wrong-type"]),
        ("{source: mnist, inputs: {field: x, slice: 3}}", ["1:49 wrong-type"]),
        ("{source: mnist, inputs: {field: x, preprocess: Normalization}}", ["1:54 wrong-type"]),
        ("{source: mnist, inputs: {field: x, preprocess: [Normalisation]}}", ["1:55 unknown-component"]),
        ("{source: mnist, inputs: {field: x, preprocess: [GaussianNoise: 0.1]}}", ["1:55 training-only"]),
        ("{source: mnist, inputs: true}", ["1:31 wrong-type"]),
        ("{source: 3}", ["1:16 wrong-type"]),
        ("{source: {mnist: {paht: a}}}", ["1:25 unknown-argument"]),
        ("{source: {csv: null}}", ["1:17 missing-argument"]),
        ("{train: test}", ["1:15 unknown-component"]),
        ("{source: mnist, train: mnist}", ["1:23 two-sources"]),
        ("{train: {csv: a.csv}, fallback: digits}", ["1:29 missing-key"]),
        ("{validation: {csv: a.csv}}", ["1:1 missing-key"]),
        ("{x: a}", ["1:8 unknown-key", "1:1 missing-key"]),
        ("mnist", ["1:7 wrong-type"]),
        ("[mnist]", ["1:7 wrong-type"]),
        ("{source: {images: cats}}", []),
        ("{source: {images: {size: [64, 64]}}}", ["1:17 missing-argument"]),
        ("{source: {images: {path: cats, color_mode: rbg}}}", ["1:50 not-a-choice"]),
        ("{source: {texts: {path: cats, labels: none}}}", ["1:45 not-a-choice"]),
        ("{source: windows}", ["1:8 missing-argument"]),
        ("{source: {windows: {source: {csvv: a}, length: 3}}}", ["1:36 unknown-component"]),
        ("{source: {windows: {source: {csv: {paht: a}}, length: 0}}}", ["1:42 unknown-argument", "1:61 out-of-range"]),
        ("{source: {tfrecord: {path: a, features: [x], compression: zip}}}", ["1:47 wrong-type", "1:65 not-a-choice"]),
        ("{source: rows.ndjson}", ["1:16 unknown-component"]),
    ],
)
def test_problems(text: str, problems: list[str]) -> None:
    assert sorted(shown(read("data: " + text + MODEL).problems)) == sorted(problems)


def test_several_inputs() -> None:
    assert shown(read("data: {source: mnist, inputs: x}" + TWO).problems) == ["1:23 not-by-name"]
    assert shown(read("data: {source: mnist, inputs: {a: x}}" + TWO).problems) == ["1:23 missing-input"]
    assert shown(read("data: {source: mnist, inputs: {a: x, c: x}}" + TWO).problems) == ["1:38 unknown-input"]
    assert shown(read("data: {source: mnist, inputs: {a: x, b: [], }}" + TWO).problems) == ["1:41 wrong-type"]


def test_validation_is_said_once() -> None:
    text = "data: {source: mnist, validation: test}\nfit: {validation_split: 0.2}" + MODEL
    assert shown(read(text).problems) == ["2:7 two-validations"]
