"""`compile` and class weights, sorted to the outputs that they belong to."""

from __future__ import annotations

from typing import Any

import pytest
from reading_texts import read, shown, spec_of

from kspec.spec.compiling import CompileSpec
from kspec.spec.components import ComponentSpec

ONE = "model: {input: [4], layers: [{Dense: 3, name: out}]}\n"
TWO = "model: {input: [4], layers: [{Dense: 3, name: b}, {Dense: 3, name: a}], outputs: [b, a]}\n"


def compiled(model: str, text: str) -> CompileSpec:
    found = spec_of(model + "compile: {" + text + "}").compile
    assert found is not None
    return found


def plain(value: Any) -> Any:
    """Return components as their names, mappings as dicts."""
    if isinstance(value, ComponentSpec):
        return value.name
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("model", "text", "losses"),
    [
        (ONE, "loss: mse", {"out": "mse"}),
        (ONE, "loss: {Huber: 0.5}", {"out": "Huber"}),
        (ONE, "loss: {Huber: {delta: 0.5}}", {"out": "Huber"}),
        (ONE, "loss: {out: mse}", {"out": "mse"}),
        (ONE, "loss: [mse]", {"out": "mse"}),
        (TWO, "loss: mse", {"b": "mse", "a": "mse"}),
        (TWO, "loss: {Huber: 0.5}", {"b": "Huber", "a": "Huber"}),
        (TWO, "loss: [mse, {Huber: 0.5}]", {"b": "mse", "a": "Huber"}),
        (TWO, "loss: {a: mae, b: mse}", {"b": "mse", "a": "mae"}),
        (TWO, "loss: {a: {Huber: 1}, b: null}", {"b": None, "a": "Huber"}),
        (TWO, "loss: [null, mse]", {"b": None, "a": "mse"}),
    ],
)
def test_losses(model: str, text: str, losses: dict[str, Any]) -> None:
    found = compiled(model, text)
    assert plain(dict(found.loss)) == losses
    assert list(found.loss) == list(losses)


@pytest.mark.parametrize(
    ("model", "text", "metrics"),
    [
        (ONE, "metrics: mae", {"out": ["mae"]}),
        (ONE, "metrics: [mae, AUC]", {"out": ["mae", "AUC"]}),
        (ONE, "metrics: {AUC: {name: auc}}", {"out": ["AUC"]}),
        (ONE, "metrics: {out: mae}", {"out": ["mae"]}),
        (ONE, "metrics: []", {}),
        (TWO, "metrics: [mae, mse]", {"b": ["mae", "mse"], "a": ["mae", "mse"]}),
        (TWO, "metrics: [[mae], [mse, AUC]]", {"b": ["mae"], "a": ["mse", "AUC"]}),
        (TWO, "metrics: [mae, null]", {"b": ["mae"], "a": []}),
        (TWO, "metrics: {a: [mae]}", {"a": ["mae"]}),
    ],
)
def test_metrics(model: str, text: str, metrics: dict[str, Any]) -> None:
    assert plain(dict(compiled(model, "loss: mse, " + text).metrics)) == metrics


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("loss_weights: [1, 0.2]", {"b": 1.0, "a": 0.2}),
        ("loss_weights: {a: 0.2}", {"b": 1.0, "a": 0.2}),
        ("loss_weights: 0.5", {"b": 0.5, "a": 0.5}),
        ("loss_weights: null", None),
    ],
)
def test_loss_weights(text: str, weights: dict[str, float] | None) -> None:
    assert compiled(TWO, "loss: mse, " + text).loss_weights == weights


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{loss: {a: mse}}", ["2:11 missing-output"]),
        ("{loss: {a: mse, c: mse}}", ["2:26 unknown-output"]),
        ("{loss: {a: mse, bb: mse}}", ["2:26 unknown-output"]),
        ("{loss: [mse]}", ["2:11 wrong-length"]),
        ("{loss: {a: null, b: null}}", ["2:11 missing-key"]),
        ("{loss: {Hubber: 1}}", ["2:18 unknown-component"]),
        ("{loss: {}}", ["2:11 wrong-type"]),
        ("{loss: 3}", ["2:17 wrong-type"]),
        ("{optimizer: null, loss: mse}", ["2:22 wrong-type"]),
        ("{loss: mse, loss_weights: {a: -1}}", ["2:40 out-of-range"]),
        ("{loss: mse, loss_weights: [1, .nan]}", ["2:40 out-of-range"]),
        ('{loss: mse, loss_weights: ["1", 2]}', ["2:37 wrong-type"]),
        ("{loss: mse, metrics: [[mae], [acuracy]]}", ["2:40 unknown-component"]),
        ("{loss: mse, metrics: {a: [mae, 3]}}", ["2:41 wrong-type"]),
        ("{loss: mse, jit_compile: maybe}", ["2:35 wrong-type"]),
        ("{loss: mse, steps_per_execution: 0}", ["2:43 out-of-range"]),
        ("{loss: mse, optimizer: {Adam: {learning_rate: {Dense: 3}}}}", ["2:57 unknown-component"]),
        ("mse", ["2:10 wrong-type"]),
    ],
)
def test_problems(text: str, problems: list[str]) -> None:
    assert sorted(shown(read(TWO + "compile: " + text).problems)) == sorted(problems)


@pytest.mark.parametrize(
    ("model", "text", "weights"),
    [
        (ONE, "balanced", {"out": "balanced"}),
        (ONE, "{5: 2.0, cat: 1}", {"out": {"5": 2.0, "cat": 1.0}}),
        (ONE, '{"5": 2.0}', {"out": {"5": 2.0}}),
        (ONE, "{out: {5: 2.0}}", {"out": {"5": 2.0}}),
        (TWO, "{a: {0: 1}, b: balanced}", {"a": {"0": 1.0}, "b": "balanced"}),
        (TWO, "{a: balanced}", {"a": "balanced"}),
    ],
)
def test_class_weights(model: str, text: str, weights: dict[str, Any]) -> None:
    assert spec_of(model + f"fit: {{class_weight: {text}}}").class_weight == weights


@pytest.mark.parametrize(
    ("model", "text", "problems"),
    [
        (ONE, "class_weight: {0: heavy}", ["2:25 wrong-type"]),
        (ONE, "class_weight: {0: null}", ["2:25 wrong-type"]),
        (ONE, "class_weight: {0: -1}", ["2:25 out-of-range"]),
        (ONE, "class_weight: {0: .nan}", ["2:25 out-of-range"]),
        (ONE, "class_weight: [1, 2]", ["2:21 wrong-type"]),
        (TWO, "class_weight: {0: 1}", ["2:7 not-by-output"]),
        (TWO, "class_weight: {c: balanced}", ["2:22 unknown-output"]),
        (TWO, "class_weight: {a: balance}", ["2:25 wrong-type"]),
        (ONE, "sample_weight: [{when: {y: 5}, weight: .inf}]", ["2:46 out-of-range"]),
        (ONE, "sample_weight: [{when: {y: 5}}]", ["2:23 missing-key"]),
        (ONE, "sample_weight: {when: {y: 5}, weight: 1}", ["2:22 wrong-type"]),
        (ONE, "validation_split: 0.0", []),
        (ONE, "validation_split: true", ["2:25 wrong-type"]),
        (ONE, "validation_split: {split: 1.5}", ["2:33 out-of-range"]),
        (ONE, "validation_split: {spilt: 0.5}", ["2:26 unknown-key"]),
        (ONE, "epochs: true", ["2:15 wrong-type"]),
        (ONE, "epochs: 2.0", ["2:15 wrong-type"]),
        (ONE, "batch_size: 0", ["2:19 out-of-range"]),
    ],
)
def test_fit_problems(model: str, text: str, problems: list[str]) -> None:
    assert shown(read(model + f"fit: {{{text}}}").problems) == problems


@pytest.mark.parametrize(
    ("given", "split", "shuffle"),
    [("0.2", 0.2, False), ("10000", 10000, False), ("{split: 0.1, shuffle: true}", 0.1, True)],
)
def test_validation_split(given: str, split: float, shuffle: bool) -> None:
    found = spec_of(ONE + f"fit: {{validation_split: {given}}}").fit.validation_split
    assert found and (found.split, found.shuffle) == (split, shuffle)
