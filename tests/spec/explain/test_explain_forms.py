"""What is shown as right is right: it is read by the readers themselves."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kspec import catalogue
from kspec.catalogue import Component
from kspec.spec.checker import Checker
from kspec.spec.checking import read_spec
from kspec.spec.component_reader import ComponentReader
from kspec.spec.explain import explain
from kspec.spec.explain.entries import ComponentEntry, WordEntry
from kspec.spec.explain.examples import EXAMPLES, example
from kspec.spec.explain.forms import PLACES, forms, standing
from kspec.spec.ops import free_parameters, read_op
from kspec.spec.reading import read_text
from kspec.spec.vocabulary import descriptions

KNOWN = catalogue.load()
COMPONENTS = [
    component for family in PLACES for name in KNOWN.canonical(family) if (component := KNOWN.component(family, name))
]

# What an example stands in when it is checked: it brings some sections, the others come from here.
FRAME = {
    "data": "data: {source: wine}",
    "model": "model: {layers: [{Dense: {units: 3, activation: softmax}}]}",
    "compile": "compile: {loss: mse}",
}


def faults(component: Component, form: str) -> list[str]:
    """Return what the readers say of a component as it is written in a form."""
    checker = Checker()
    reader = ComponentReader(KNOWN, checker)
    value = yaml.safe_load(form)
    value = value[0] if isinstance(value, list) else next(iter(value.values()))
    if component.family == "ops":
        name, arguments, fed = _op(value)
        assert name == f"ops.{component.name}"
        assert fed <= len(free_parameters(component, arguments)) or fed == 2
        read_op(reader, component, arguments, ())
    elif component.family == "applications":
        reader.read(value["application"], (), component.family)
    else:
        if isinstance(value, dict):
            value = {key: item for key, item in value.items() if key not in ("from", "call")}
        reader.read(value, (), component.family)
    return [str(problem) for problem in checker.problems]


def _op(value: Any) -> tuple[str, dict[str, Any], int]:
    if isinstance(value, str):
        return value, {}, 1
    name = next(iter(value))
    return name, value[name] or {}, len(value.get("from", [None]))


@pytest.mark.parametrize("family", PLACES)
def test_every_form_of_every_component_is_right(family: str) -> None:
    wrong = {
        form: found
        for component in COMPONENTS
        if component.family == family
        for form in forms(component)
        if (found := faults(component, form))
    }
    assert wrong == {}


def test_every_component_that_can_be_written_has_a_form() -> None:
    assert [component.name for component in COMPONENTS if not forms(component)] == ["threshold"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Dense", ["- Dense: 10", "- Dense: {units: 10, activation: relu}"]),
        ("Dropout", ["- Dropout: 0.5", "- Dropout: {rate: 0.5}"]),
        ("Add", ["- Add:\n  from: [left, right]"]),
        ("Bidirectional", ["- Bidirectional: {LSTM: 32}", "- Bidirectional: {layer: {LSTM: 32}, merge_mode: sum}"]),
        ("SGD", ["optimizer: sgd", "optimizer: SGD", "optimizer: {SGD: 0.01}",
                 "optimizer: {SGD: {learning_rate: 0.002, momentum: 0.9}}"]),
        ("ops.concatenate", ["- ops.concatenate:\n  from: [left, right]"]),
        ("ops.clip", ["- ops.clip: {x_min: 0.0, x_max: 1.0}"]),
        ("csv", ["source: {csv: table.csv}", "source: {csv: {path: table.csv, encoding: latin-1}}"]),
    ],
)  # fmt: skip
def test_the_forms(name: str, written: list[str]) -> None:
    (entry,) = explain(KNOWN, name)
    assert isinstance(entry, ComponentEntry)
    assert list(entry.forms) == written


def test_forms_are_short_enough_for_a_narrow_screen() -> None:
    assert max(len(line) for component in COMPONENTS for form in forms(component) for line in form.splitlines()) <= 76


def test_the_words_are_right() -> None:
    reader = ComponentReader(KNOWN, Checker())
    for family in ("losses", "metrics", "optimizers", "initializers", "regularizers", "constraints", "activations"):
        for word in KNOWN.words(family):
            entry = explain(KNOWN, word, family=family)[0]
            assert isinstance(entry, ComponentEntry | WordEntry)
            if entry.forms:
                assert yaml.safe_load(entry.forms[0]) in ([word], {PLACES[family].key: word})
                reader.read(word, (), family)
    assert reader.checker.problems == []


def test_a_form_stands_where_its_place_says() -> None:
    assert standing(PLACES["losses"], "loss: mse") == "compile:\n  loss: mse"
    assert standing(PLACES["layers"], "- Add:\n  from: [a, b]") == "model:\n  layers:\n    - Add:\n      from: [a, b]"


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_example_of_a_key_is_right(path: str) -> None:
    text = example(path)
    missing = [line for key, line in FRAME.items() if f"\n{key}:" not in f"\n{text}"]
    reading = read_spec(read_text("example.yaml", "\n".join([text, *missing])), KNOWN)
    # The files that examples name are not there, and the frame's output suits no data.
    besides = ("not-found", "target-mismatch")
    assert [str(problem) for problem in reading.problems if problem.code not in besides] == []
    assert max(map(len, text.splitlines())) <= 78


def test_an_example_has_its_key() -> None:
    assert set(EXAMPLES) <= set(descriptions())
    without = {path for path in EXAMPLES if path.replace("[]", "").rpartition(".")[2] not in example(path)}
    assert without == set()


def test_every_key_has_an_example() -> None:
    assert [path for path in descriptions() if not example(path)] == []
