"""Every lint speaks of what it is made for, once, and of nothing else."""

from __future__ import annotations

import pytest
from specs import codes_of, problems_of, spec

from kspec.spec.lints import LINTS

SPARSE, CATEGORICAL, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"

LOUD = {
    "high-dropout": [
        spec("Dropout: 0.9 | Dense: 1"),
        spec("Dropout: {rate: 1.0} | Dense: 1"),
        spec("Reshape: [4, 4] | TimeDistributed: {Dropout: 0.99} | Flatten: | Dense: 1"),
    ],
    "loss-activation": [
        spec("Dense: 3", SPARSE),
        spec("Dense: 1", BINARY),
        spec("Dense: 1", "bce"),
        spec("Dense: 1", "{BinaryFocalCrossentropy: {gamma: 1.0}}"),
        spec("Dense: {units: 3, activation: relu}", SPARSE),
        spec("Dense: {units: 3, activation: sigmoid}", SPARSE),
        spec("Dense: {units: 3, activation: softmax}", BINARY),
        spec("Dense: {units: 3, activation: softmax}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 1, activation: sigmoid}", "{BinaryCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 3, activation: relu}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: 3 | Activation: tanh", CATEGORICAL),
        spec("Dense: 3 | ReLU: ", CATEGORICAL),
        spec("Dense: 3 | Activation: linear", CATEGORICAL),
        spec("Dense: 3 | Dropout: 0.1", CATEGORICAL),
        spec("Dense: 3 | BatchNormalization: ", CATEGORICAL),
        spec("Reshape: [4, 4] | TimeDistributed: {Dense: 3}", SPARSE),
        spec("Reshape: [4, 4] | LSTM: 3", SPARSE),
        spec("Dense: 3", "crossentropy"),
        spec("Dense: 1", "poisson"),
        spec(", ".join(["Dropout: 0.5", "repeat: 5000"]) + " | Dense: 3", SPARSE),
    ],
    "one-unit-classes": [
        spec("Dense: {units: 1, activation: sigmoid}", CATEGORICAL),
        spec("Dense: 1", SPARSE),
        spec("Dense: 1", "{CategoricalCrossentropy: {from_logits: true}}"),
    ],
    "one-unit-softmax": [
        spec("Dense: {units: 1, activation: softmax}", BINARY),
        spec("Dense: {units: 1, activation: softmax}", CATEGORICAL),
        spec("Dense: {units: 1, activation: softmax} | Dense: 2"),
    ],
}
"""Specs with one warning each."""

SILENT = {
    "high-dropout": [spec("Dropout: 0.89 | Dense: 1"), spec("Dropout: 0.5 | GaussianDropout: 0.95 | Dense: 1")],
    "loss-activation": [
        spec("Dense: {units: 3, activation: softmax}", SPARSE),
        spec("Dense: 3 | Softmax: ", SPARSE),
        spec("Dense: 3 | Activation: softmax", SPARSE),
        spec("Dense: 3 | Dropout: 0.1 | Activation: softmax | Dropout: 0.1", SPARSE),
        spec("Dense: 3", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 3, activation: log_softmax}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 1, activation: sigmoid}", BINARY),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY),
        spec("Dense: {units: 5, activation: hard_sigmoid}", BINARY),
        spec("Dense: {units: 1, activation: sigmoid}", "ce"),
        spec("Dense: {units: 3, activation: sparsemax}", CATEGORICAL),
        spec("Dense: {units: 3, activation: softmax}", "mse"),
        spec("Dense: {units: 3, activation: tanh}", "hinge"),
        spec("Dense: {units: 1, activation: exponential}", "poisson"),
        spec("Dense: 3 | Reshape: [3, 1] | Softmax: {axis: 1}", BINARY),
        spec("Reshape: [4, 4] | Dense: {units: 3, activation: softmax} | GlobalAveragePooling1D: ", SPARSE),
        spec(", ".join(["Dropout: 0.5", "repeat: 5000"]) + " | Dense: {units: 3, activation: softmax}", SPARSE),
        spec("Dense: {units: 3, activation: softmax} | Dropout: 0.1, repeat: 5000", SPARSE),
    ],
    "one-unit-classes": [
        spec("Dense: {units: 1, activation: sigmoid}", BINARY),
        spec("Dense: {units: 2, activation: softmax}", CATEGORICAL),
        spec("Dense: 1"),
    ],
    "one-unit-softmax": [
        spec("Dense: {units: 2, activation: softmax}", CATEGORICAL),
        spec("Reshape: [4, 4] | Dense: 1 | Softmax: {axis: 1} | Flatten: | Dense: 2"),
    ],
}
"""Specs that look like those above and are right."""


def examples(table: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(code, text, id=f"{code}-{number}")
        for code, texts in table.items()
        for number, text in enumerate(texts)
    ]


def test_every_lint_is_tested_both_ways() -> None:
    assert set(LOUD) == set(SILENT) == set(LINTS)


@pytest.mark.parametrize(("code", "text"), examples(LOUD))
def test_a_mistake_gives_one_warning(code: str, text: str) -> None:
    problems = problems_of(text)
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    (problem,) = problems
    assert problem.severity == "warning"
    assert problem.span is not None
    assert not problem.message.endswith(".")


@pytest.mark.parametrize(("code", "text"), examples(SILENT))
def test_what_is_right_gives_no_warning(code: str, text: str) -> None:
    assert codes_of(text) == []
