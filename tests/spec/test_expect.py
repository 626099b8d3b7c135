"""What a spec may expect of its results."""

from __future__ import annotations

import math

import pytest
from reading_texts import read, spec_of

from kspec.runs.outcomes import outcomes
from kspec.spec.expect import Expectation, settled

SPEC = """\
data: {source: iris}
model:
  layers:
    - Dense: {units: 3, activation: softmax}
compile: {loss: sparse_categorical_crossentropy, metrics: [accuracy, {Poisson: {name: two}}]}
"""


def expectations(text: str, *overrides: str) -> list[tuple[str, float | None, float | None]]:
    spec = spec_of(f"{SPEC}expect: {text}\n", *overrides)
    return [(item.name, item.minimum, item.maximum) for item in spec.expect]


def test_bounds() -> None:
    text = "{test.two: {min: 0.5}, train.loss: {min: -1, max: 3}, parameters: {max: 1e6}, seconds: {max: $(60 * 2)}}"
    assert expectations(text) == [
        ("test.two", 0.5, None), ("train.loss", -1, 3), ("parameters", None, 1e6), ("seconds", None, 120),
    ]  # fmt: skip
    assert expectations("null") == []
    assert expectations("{test.acc: {min: 0.5, max: null}}") == [("test.accuracy", 0.5, None)]


def test_names_of_several_outputs() -> None:
    spec = """
    model:
      input: [4]
      layers: [{Dense: 1, name: a}, {Dense: 1, name: b}]
      outputs: [a, b]
    compile: {loss: mse, metrics: {b: [mae]}}
    expect: {NAME: {max: 1}}
    """
    for name in ("test.loss", "test.a_loss", "train.b_loss", "test.b_mae"):
        assert spec_of(spec.replace("NAME", name)).expect[0].name == name
    for name in ("test.mae", "test.a_mae", "test.c_loss"):
        assert [problem.code for problem in read(spec.replace("NAME", name)).problems] == ["unknown-result"]


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("[test.loss]", "wrong-type", None),
        ("{accuracy: {min: 1}}", "unknown-result", "`test.accuracy`"),
        ("{val_accuracy: {min: 1}}", "unknown-result", "`test.accuracy`"),
        ("{val.accuracy: {min: 1}}", "unknown-result", "`validation.accuracy`"),
        ("{tset.accuracy: {min: 1}}", "unknown-result", "`test.accuracy`"),
        ("{holdout.accuracy: {min: 1}}", "unknown-result", "the parts are"),
        ("{test: {accuracy: {min: 1}}}", "unknown-result", "`test.accuracy`"),
        ("{parameter: {max: 1}}", "unknown-result", "`parameters`"),
        ("{test.acuracy: {min: 1}}", "unknown-result", "`test.accuracy`"),
        ("{test.val_loss: {max: 1}}", "unknown-result", "`validation.loss`"),
        ("{test.auc: {min: 1}}", "unknown-result", "`test.loss`, `test.accuracy`"),
        ("{validation.loss: {max: 1}}", "unknown-result", "`fit.validation_split`"),
        ("{test.loss: 0.5}", "wrong-type", "`{min: 0.5}`"),
        ("{test.loss: {}}", "missing-key", "`max: ...`"),
        ("{test.loss: {min: null}}", "missing-key", "`max: ...`"),
        ("{test.loss: {least: 1}}", "unknown-key", "`min` and `max`"),
        ("{test.loss: {max: 90 %}}", "wrong-type", "`0.9`"),
        ("{test.loss: {max: true}}", "wrong-type", None),
        ("{test.loss: {max: .nan}}", "wrong-type", None),
        ("{test.loss: {min: 2, max: 1}}", "out-of-range", None),
    ],
)
def test_what_is_wrong(text: str, code: str, hint: str | None) -> None:
    (problem,) = read(f"{SPEC}expect: {text}\n").problems
    assert problem.code == code
    assert problem.span is not None and problem.span.line == 6
    assert (hint or "") in (problem.hint or ""), problem.text


def test_validation_that_there_may_be() -> None:
    assert expectations("{validation.loss: {max: 1}}", "fit.validation_split=0.2") == [("validation.loss", None, 1)]


def test_a_number_for_each_class() -> None:
    """Only the data says how many there are: the names are known before training, and not before."""
    expected = [Expectation("test.f1_score_0", 0.5), Expectation("test.f1_score", 0.5)]
    assert settled(expected, ["loss", "f1_score"], ["test"])[1] == []
    (problem,) = settled(expected, ["loss", "f1_score_0", "f1_score_1"], ["test"])[1]
    assert "`test.f1_score_0`" in problem.text


def test_outcomes() -> None:
    expected = [
        Expectation("a", minimum=0.97), Expectation("b", maximum=2), Expectation("c", 1, 2), Expectation("d", 1),
        Expectation("e", minimum=0), Expectation("f", maximum=0.5),
        Expectation("g", 1e6),
    ]  # fmt: skip
    results = {"a": 0.96996, "b": 2.0, "c": 3.5, "e": math.nan, "f": math.inf, "g": 1204480}
    found = outcomes(expected, results)
    assert [outcome.met for outcome in found] == [False, True, False, False, False, False, True]
    assert [str(outcome) for outcome in found] == [
        "a is 0.96996, expected at least 0.97",
        "b is 2, expected at most 2",
        "c is 3.5, expected at least 1 and at most 2",
        "d is not a number, expected at least 1",
        "e is not a number, expected at least 0",
        "f is not a number, expected at most 0.5",
        "g is 1,204,480, expected at least 1,000,000",
    ]
