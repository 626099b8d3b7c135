"""What a spec may say under `sweep`, and what is wrong with it before anything is tried."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
from reading_texts import read, spec_of

from kspec import catalogue
from kspec.spec.sweep import SweepSpec

SPEC = """\
vars: {width: 8}
data: {source: iris}
model:
  layers:
    - Dense: {units: $(width), activation: relu}
      name: hidden
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 3, validation_split: 0.2}
sweep:
  metric: METRIC
  space: SPACE
"""
WIDTH = "{vars.width: {int: {low: 4, high: 64}}}"


def text(space: str = WIDTH, metric: str = "val_loss", more: str = "") -> str:
    return SPEC.replace("METRIC", metric).replace("SPACE", space) + (f"  {more}\n" if more else "")


def sweep_of(space: str = WIDTH, metric: str = "val_loss", more: str = "") -> SweepSpec:
    sweep = spec_of(text(space, metric, more)).sweep
    assert sweep is not None
    return sweep


def test_a_sweep() -> None:
    space = """{vars.width: {categorical: [8, 16]}, fit.batch_size: {int: {low: 8, high: 64, log: true}},
      compile.optimizer.Adam.learning_rate: {float: {low: 1e-4, high: 1e-1, log: true}},
      model.layers.hidden.activation: {categorical: [relu, tanh, {LeakyReLU: 0.2}]},
      fit.validation_split: {float: {low: 0.1, high: 0.5, step: 0.1}}}"""
    found = sweep_of(space, "val_acc", "sampler: {TPESampler: {n_startup_trials: 3}}")
    assert (found.metric, found.direction, found.trials) == ("val_accuracy", "maximize", 20)
    assert found.sampler and found.sampler.arguments == {"n_startup_trials": 3}
    assert found.pruner is None
    dimensions = {item.name: (item.kind, item.values, item.low, item.high, item.log, item.step) for item in found.space}
    assert dimensions == {
        "vars.width": ("categorical", (8, 16), 0, 0, False, None),
        "fit.batch_size": ("int", (), 8, 64, True, 1),
        "compile.optimizer.Adam.learning_rate": ("float", (), 1e-4, 1e-1, True, None),
        "model.layers.hidden.activation": ("categorical", ("relu", "tanh", {"LeakyReLU": 0.2}), 0, 0, False, None),
        "fit.validation_split": ("float", (), 0.1, 0.5, False, 0.1),
    }


def test_the_direction_is_that_of_the_metric() -> None:
    assert sweep_of(metric="val_loss").direction == "minimize"
    assert sweep_of(metric="accuracy").direction == "maximize"
    assert sweep_of(metric="loss", more="direction: maximize").direction == "maximize"
    unsure = text().replace("metrics: [accuracy]", "metrics: [{Mean: {name: m}}]").replace("val_loss", "m")
    assert [problem.code for problem in read(unsure).problems] == ["missing-key"]


def test_the_spec_itself_is_as_it_is_written() -> None:
    """A `sweep` changes nothing but what `kspec sweep` does."""
    spec = spec_of(text())
    assert spec.graph.nodes[0].thing.arguments["units"] == 8  # type: ignore[union-attr]
    assert spec.content["sweep"]["metric"] == "val_loss"


@pytest.mark.parametrize(
    ("space", "code", "hint"),
    [
        ("{}", "wrong-type", "name a path"),
        ("[vars.width]", "wrong-type", ""),
        ("{vars.widht: {int: {low: 1, high: 2}}}", "unknown-constant", "`width`"),
        ("{fit.epoch: {int: {low: 1, high: 2}}}", "unknown-key", "`epochs`"),
        ("{fitt.epochs: {int: {low: 1, high: 2}}}", "unknown-key", "`fit`"),
        ("{model.layers.hiden.units: {int: {low: 1, high: 2}}}", "bad-path", "`hidden`"),
        ("{model.layers.9.Dense.units: {int: {low: 1, high: 2}}}", "bad-path", ""),
        (
            "{compile.optimizer.Adam.learning_rat: {float: {low: 0.1, high: 0.2}}}",
            "unknown-argument",
            "`learning_rate`",
        ),
        ("{name: {categorical: [a]}}", "bad-path", "`vars.width`"),
        ("{sweep.trials: {categorical: [1]}}", "bad-path", "`vars.width`"),
        ("{fit..epochs: {categorical: [1]}}", "bad-path", ""),
        ("{vars: {categorical: [{width: 3}]}, vars.width: {categorical: [1]}}", "bad-path", "try one of them"),
        ("{vars.width: [1, 2]}", "wrong-type", "`{categorical: [...]}`"),
        ("{vars.width: 3}", "wrong-type", "`{float:"),
        ("{vars.width: {}}", "wrong-type", "`{float:"),
        ("{vars.width: {int: {low: 1, high: 2}, float: {low: 1, high: 2}}}", "wrong-type", ""),
        ("{vars.width: {integer: {low: 1, high: 2}}}", "unknown-key", "`int`"),
        ("{vars.width: {categorical: []}}", "wrong-type", ""),
        ("{vars.width: {categorical: 3}}", "wrong-type", ""),
        ("{vars.width: {categorical: [1, 2, 1]}}", "given-twice", "leave it out"),
        ("{vars.width: {int: {low: 1}}}", "missing-key", ""),
        ("{vars.width: {int: {low: 1, hihg: 3}}}", "unknown-key", "`high`"),
        ("{vars.width: {int: {low: 1.5, high: 3}}}", "wrong-type", ""),
        ("{vars.width: {int: {low: 3, high: 3}}}", "out-of-range", ""),
        ("{vars.width: {int: {low: 0, high: 3, log: true}}}", "out-of-range", ""),
        ("{vars.width: {int: {low: 1, high: 9, step: 2, log: true}}}", "out-of-range", "leave one of them out"),
        ("{vars.width: {int: {low: 1, high: 9, step: 0}}}", "out-of-range", ""),
        ("{vars.width: {int: {low: 1, high: 9, log: yes}}}", "wrong-type", ""),
        ("{vars.width: {float: {low: 1, high: .inf}}}", "wrong-type", ""),
        ("{fit.epochs: {float: {low: 1, high: 3}}}", "wrong-type", ""),
        ("{fit.batch_size: {categorical: [8, ten, 16]}}", "wrong-type", ""),
        ("{fit.batch_size: {int: {low: 0, high: 8}}}", "out-of-range", ""),
        ("{compile.optimizer: {categorical: [adam, sdg]}}", "unknown-component", "`sgd`"),
        ("{model.layers.1.Dense.units: {categorical: [3, 1]}}", "target-mismatch", ""),
    ],
)
def test_what_is_wrong_with_a_space(space: str, code: str, hint: str) -> None:
    (problem,) = read(text(space)).problems
    assert problem.code == code
    assert problem.span is not None and problem.span.line == 12
    assert hint in (problem.hint or ""), problem.text


def test_a_wrong_value_is_shown_in_the_list() -> None:
    (problem,) = read(text("{fit.batch_size: {categorical: [8, ten, 16]}}")).problems
    assert (
        problem.span
        and text("{fit.batch_size: {categorical: [8, ten, 16]}}").splitlines()[11][
            problem.span.column - 1 : problem.span.end_column - 1
        ]
        == "ten"
    )


def test_a_value_that_breaks_the_spec_elsewhere() -> None:
    """With two inputs of a sum no longer of one size, no single place is wrong: the space is."""
    spec = """
    vars: {width: 8}
    model:
      input: [8]
      layers:
        - Dense: $(width)
          name: a
        - Add:
          from: [input, a]
    compile: {loss: mse}
    sweep: {metric: loss, space: {vars.width: {categorical: [8, 9]}}}
    """
    (problem,) = read(spec).problems
    assert problem.span is not None and problem.span.line == 10
    assert problem.message.startswith("with `vars.width=9`: ")


@pytest.mark.parametrize(
    ("metric", "more", "code", "hint"),
    [
        ("val_acuracy", "", "unknown-monitor", "`val_accuracy`"),
        ("test.accuracy", "", "unknown-monitor", ""),
        ("loss", "direction: max", "not-a-choice", "`maximize`"),
        ("loss", "trials: 0", "out-of-range", ""),
        ("loss", "trails: 3", "unknown-key", "`trials`"),
        ("loss", "sampler: TPE", "unknown-component", "`TPESampler`"),
        ("loss", "sampler: MedianPruner", "unknown-component", "is a pruner"),
        ("loss", "pruner: PercentilePruner", "missing-argument", ""),
        ("loss", "pruner: {MedianPruner: {warmup: 3}}", "unknown-argument", "`n_warmup_steps`"),
    ],
)
def test_what_is_wrong_beside_the_space(metric: str, more: str, code: str, hint: str) -> None:
    (problem,) = read(text(metric=metric, more=more)).problems
    assert problem.code == code
    assert hint in (problem.hint or ""), problem.text


def test_a_metric_needs_its_rows() -> None:
    (problem,) = read(text(), "fit.validation_split=null").problems
    assert problem.code == "unknown-monitor"
    assert "`fit.validation_split`" in problem.text


@pytest.mark.parametrize("family", ["samplers", "pruners"])
def test_optuna_takes_what_the_catalogue_says(family: str) -> None:
    module: Any = importlib.import_module(f"optuna.{family}")
    known = catalogue.load()
    for name in known.names(family):
        component = known.component(family, name)
        assert component is not None
        parameters = inspect.signature(getattr(module, name)).parameters
        for argument in component.arguments.values():
            found = parameters[argument.name]
            assert argument.required == (found.default is inspect.Parameter.empty)
            assert argument.required or found.default == argument.default, (name, argument.name)
