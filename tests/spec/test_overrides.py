"""`--set path=value`."""

from __future__ import annotations

import pytest
from reading_texts import read, spec_of

from kspec.spec.components import ComponentSpec

SPEC = """
model:
  input: [4]
  layers:
    - Dense: 8
      name: hidden
    - Flatten
    - Dropout: 0.5
    - Dense: {units: 3, name: out}
compile: {optimizer: adam, loss: mse, metrics: [mae]}
fit: {epochs: 2}
"""


def optimizer(*overrides: str, written: str = "adam") -> tuple[str, dict[str, object]]:
    spec = spec_of(SPEC.replace("optimizer: adam", f"optimizer: {written}"), *overrides)
    assert spec.compile and isinstance(spec.compile.optimizer, ComponentSpec)
    return spec.compile.optimizer.name, dict(spec.compile.optimizer.arguments)


@pytest.mark.parametrize("written", ["adam", "Adam", "{Adam: 0.001}", "{Adam: {learning_rate: 0.001}}", "{Adam: null}"])
@pytest.mark.parametrize("path", ["compile.optimizer.Adam.learning_rate", "compile.optimizer.learning_rate"])
def test_argument_of_an_optimizer(written: str, path: str) -> None:
    assert optimizer(f"{path}=1e-2", written=written) == ("Adam", {"learning_rate": 0.01})


def test_an_argument_is_added_to_the_others() -> None:
    assert optimizer("compile.optimizer.Adam.beta_1=0.5", written="{Adam: 0.1}") == (
        "Adam",
        {"learning_rate": 0.1, "beta_1": 0.5},
    )


@pytest.mark.parametrize("written", ["adam", "{Adam: {beta_1: 0.5}}"])
def test_a_component_of_another_class_replaces_the_whole(written: str) -> None:
    assert optimizer("compile.optimizer={SGD: 0.1}", written=written) == ("SGD", {"learning_rate": 0.1})
    if written != "adam":
        assert optimizer("compile.optimizer.SGD.momentum=0.9", written=written) == ("SGD", {"momentum": 0.9})


def units(step: int, *overrides: str) -> object:
    return spec_of(SPEC, *overrides).graph.nodes[step].component.arguments


@pytest.mark.parametrize(
    ("override", "step", "arguments"),
    [
        ("model.layers.hidden.units=3", 0, {"units": 3}),
        ("model.layers.0.units=3", 0, {"units": 3}),
        ("model.layers.0.Dense.units=3", 0, {"units": 3}),
        ("model.layers.hidden.activation=relu", 0, {"units": 8, "activation": "relu"}),
        ("model.layers.out.units=$(1 + 1)", 3, {"units": 2}),
        ("model.layers.-1.Dense.units=5", 3, {"units": 5}),
        ("model.layers.Flatten.data_format=channels_first", 1, {"data_format": "channels_first"}),
        ("model.layers.Dropout.rate=0.1", 2, {"rate": 0.1}),
        ("model.layers.2=Flatten", 2, {}),
    ],
)
def test_steps(override: str, step: int, arguments: dict[str, object]) -> None:
    assert units(step, override) == arguments


def test_words_of_a_step_stand_beside_its_layer() -> None:
    spec = spec_of(SPEC, "model.layers.hidden.trainable=false", "model.layers.hidden.name=first")
    assert spec.graph.nodes[0].trainable is False
    assert spec.graph.nodes[0].name == "first"


def test_new_sections_are_made_and_later_options_win() -> None:
    spec = spec_of("model: {layers: [Flatten]}", "fit.epochs=3", "fit.epochs=4", "callbacks=[TerminateOnNaN]")
    assert spec.fit.epochs == 4
    assert [callback.name for callback in spec.callbacks] == ["TerminateOnNaN"]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("expect.test.loss.min=2", [("test.loss", 2, 9), ("parameters", None, 100)]),
        ("expect.test.loss={min: 1}", [("test.loss", 1, None), ("parameters", None, 100)]),
        ("expect.parameters.max=50", [("test.loss", None, 9), ("parameters", None, 50)]),
        ("expect.train.mae.max=1", [("test.loss", None, 9), ("parameters", None, 100), ("train.mae", None, 1)]),
    ],
)
def test_results_have_a_dot_in_their_names(override: str, expected: list[object]) -> None:
    spec = spec_of(SPEC + "expect: {test.loss: {max: 9}, parameters: {max: 100}}\n", override)
    assert [(item.name, item.minimum, item.maximum) for item in spec.expect] == expected


def test_paths_of_a_space_have_dots() -> None:
    sweep = "sweep: {metric: loss, space: {fit.epochs: {int: {low: 1, high: 4}}}}\n"
    options = ["sweep.space.fit.epochs.int.high=9", "sweep.space.fit.batch_size={categorical: [8, 16]}"]
    found = spec_of(SPEC + sweep, *options, "sweep.space.fit.batch_size.categorical.1=32").sweep
    assert found and [(item.name, item.high, item.values) for item in found.space] == [
        ("fit.epochs", 9, ()), ("fit.batch_size", 0, (8, 32)),
    ]  # fmt: skip


def test_the_value_is_yaml() -> None:
    spec = spec_of("model: {layers: [Flatten]}", "description=", "seed=010", "name=a=b".replace("=b", "_b"))
    assert (spec.description, spec.seed, spec.name) == ("", 10, "a_b")


def test_an_alias_is_changed_in_one_place_only() -> None:
    text = "model:\n  input: [4]\n  layers:\n    - &d {Dense: 3}\n    - *d\n"
    nodes = spec_of(text, "model.layers.1.Dense.units=5").graph.nodes
    assert [node.component.arguments["units"] for node in nodes] == [3, 5]


@pytest.mark.parametrize(
    ("override", "code", "column"),
    [
        ("fit.epochs", "bad-override", 1),
        ("=3", "bad-override", 1),
        ("fit..epochs=3", "bad-override", 1),
        ("model.layers.9.units=3", "bad-override", 14),
        ("model.layers.hiden.units=3", "bad-override", 14),
        ("model.layers.Dense.units=3", "bad-override", 14),
        ("fit.epochs.x=3", "bad-override", 12),
        ("fit.epoch=3", "unknown-key", 5),
        ("fit.epochs=x", "wrong-type", 12),
        ("fit.epochs=[1", "yaml-syntax", 12),
        ("fit={epochs: 1, epochs: 2}", "duplicate-key", 17),
        ("model.layers.hidden.unitz=3", "unknown-key", 21),
        ("compile.optimizer.Adam.learning_rat=3", "unknown-argument", 24),
        ("compile.optimizer.Adem.learning_rate=3", "bad-override", 19),
        ("model.layers.hidden.units=-1", "out-of-range", 27),
        ("fit.epochs=\x07", "control-character", 12),
    ],
)
def test_problems_are_shown_in_the_option(override: str, code: str, column: int) -> None:
    reading = read(SPEC, override)
    (problem,) = reading.problems
    assert problem.span is not None
    assert (problem.code, problem.span.source.name, problem.span.source.text) == (code, "--set", override)
    assert (problem.span.line, problem.span.column) == (1, column)
