"""What is known of the targets of built-in sources is held against the loss; nothing is said where it is not sure."""

from __future__ import annotations

import pytest
from reading_texts import read

SPEC = """
data: {{{data}}}
model:
  layers:
    - Flatten
    - Dense: {{units: {units}, activation: softmax}}
compile: {{loss: {loss}}}
"""
SPARSE, CATEGORICAL = "sparse_categorical_crossentropy", "categorical_crossentropy"


def problems(data: str, units: int = 10, loss: str = SPARSE) -> list[str]:
    return [problem.text for problem in read(SPEC.format(data=data, units=units, loss=loss)).problems]


@pytest.mark.parametrize(
    ("data", "units", "loss", "expected"),
    [
        ("source: mnist", 9, SPARSE, "has 9 units, for the classes 0 to 8; its targets go from 0 to 9"),
        ("source: reuters", 10, SPARSE, "its targets go from 0 to 45"),
        ("source: {cifar100: {label_mode: coarse}}", 10, SPARSE, "its targets go from 0 to 19"),
        ("source: mnist, fallback: digits", 9, SPARSE, "its targets go from 0 to 9"),
        ("source: iris, targets: {dense: y}", 2, SPARSE, "its targets go from 0 to 2"),
        ("source: imdb", 1, "{SparseCategoricalCrossentropy: {from_logits: true}}", "or use `binary_crossentropy`"),
        ("source: wine", 2, CATEGORICAL, "has 2 units, for the classes 0 to 1; its targets go from 0 to 2"),
        ("source: diabetes", 3, "mse", "has 3 units, its targets have one value a row; give the last layer one unit"),
        ("source: mnist", 10, "mse", "its targets have one value a row; use `sparse_categorical_crossentropy`"),
        ("source: imdb", 2, "binary_crossentropy", "has 2 units, its targets have one value a row; give the last"),
        ("source: diabetes", 3, SPARSE, "needs class numbers, its targets are quantities"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(data: str, units: int, loss: str, expected: str) -> None:
    (problem,) = problems(data, units, loss)
    assert problem.startswith("the output `dense` ")
    assert expected in problem


@pytest.mark.parametrize(
    ("data", "units", "loss"),
    [
        ("source: mnist", 10, SPARSE),
        ("source: mnist", 20, SPARSE),
        ("source: mnist, fallback: iris", 4, SPARSE),
        ("source: mnist, fallback: {csv: a.csv}", 4, SPARSE),
        ("source: wine, targets: alcohol", 2, SPARSE),
        ("source: wine, targets: {field: y, preprocess: [{CategoryEncoding: {num_tokens: 3}}]}", 3, CATEGORICAL),
        ("source: breast_cancer", 2, "crossentropy"),
        ("source: {csv: a.csv}", 2, SPARSE),
        ("source: {random: {rows: 9, x: {shape: [4]}, y: {high: 9, dtype: int32}}}", 2, SPARSE),
    ],
)
def test_what_may_go_together(data: str, units: int, loss: str) -> None:
    assert problems(data, units, loss) == []


def test_a_sequence_where_one_value_is_wanted() -> None:
    text = """
data: {source: imdb}
model:
  input: {shape: [100], dtype: int32}
  layers:
    - Embedding: {input_dim: 10000, output_dim: 8}
    - LSTM: {units: 8, return_sequences: SEQUENCES}
    - Dense: {units: 1, activation: sigmoid}
compile: {loss: binary_crossentropy}
"""
    assert [str(problem) for problem in read(text.replace("SEQUENCES", "false")).problems] == []
    (problem,) = read(text.replace("SEQUENCES", "true")).problems
    assert problem.text == (
        "the output `dense` has shape (?, 100, 1), its targets have one value a row; "
        "if a recurrent layer comes last, leave `return_sequences` out; or add `Flatten`"
    )
