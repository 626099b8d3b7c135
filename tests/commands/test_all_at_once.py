"""Mistakes of different sections and kinds are told together, and what only follows from one of them is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

import kspec

TABLE = "age,fare,alive,weight,family\n1,2,0,1,3\n2,3,1,1,4\n"

DATA = """\
model: {layers: [{Dense: {unit: 1, activation: sigmoid}}]}
compile: {loss: binary_crossentropy}
data:
  train: {csv: people.csv}
  test: {csv: poeple.csv}
  inputs: {field: [age, fair]}
  targets: aliev
  sample_weight: wieght
fit:
  validation_split: {split: 0.5, group: famliy}
  sample_weight: [{when: {agge: 1}, weight: 2}]
"""

WATCHED = """\
model: {layers: [{Dense: {units: 3, activation: sotfmax}}]}
compile: {loss: mse, metrics: [mae]}
callbacks:
  - EarlyStopping: {monitor: los, restore_best_weights: true}
  - TerminateOnNan
expect: {train.mea: {max: 1}}
"""

SHAPES = """\
model:
  input: {shape: [28, 28]}
  layers:
    - LSTM: {units: 4, retrun_sequences: true}
      name: read
    - LSTM: 4
    - Conv2D: {filters: 3, kernel_size: 3}
      from: input
    - Flatten
"""

OUTPUTS = """\
model:
  input: {shape: [4]}
  layers:
    - Dense: 1
      name: price
    - Dense: 1
      name: size
  outputs: [pirce, size]
compile: {loss: {price: mse, seize: mse}}
"""

BLOCKS = """\
model:
  input: {shape: [4]}
  blocks:
    tower:
      params: {size: null}
      layers:
        - Dense: {unit: $(size)}
          name: first
        - Add:
          from: [frist, input]
    loop: {layers: [loop]}
  layers:
    - tower: {sise: 3}
    - loop
    - Dense: 1
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            DATA,
            [(1, "units"), (5, "people.csv"), (6, "fare"), (7, "alive"), (8, "weight"), (10, "family"), (11, "age")],
        ),
        (WATCHED, [(1, "softmax"), (4, "loss"), (5, "TerminateOnNaN"), (6, "train.mae")]),
        (SHAPES, [(4, "return_sequences"), (7, "a channel axis is missing: put `Reshape: [28, 28, 1]` before it")]),
        (OUTPUTS, [(8, "price"), (9, "size")]),
        (BLOCKS, [(7, "units"), (10, "first"), (11, "a block or a shared model cannot contain itself"), (13, "size")]),
    ],
    ids=["data", "watched", "shapes", "outputs", "blocks"],
)
def test_mistakes_are_told_together(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    (tmp_path / "people.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    problems = kspec.validate(tmp_path / "spec.yaml", static=True)
    hints = [(problem.hint or "").removeprefix("did you mean `").removesuffix("`?") for problem in problems]
    lines = [problem.span.line for problem in problems if problem.span]
    assert list(zip(lines, hints, strict=True)) == expected
