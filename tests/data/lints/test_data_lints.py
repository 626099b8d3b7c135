"""Every lint of the data speaks of what it is made for, and of nothing else. The data is a few small arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from kspec import catalogue
from kspec.data.lints import DATA_LINTS, lint_data
from kspec.data.prepare import Prepared, prepare
from kspec.data.profile.findings import FINDINGS
from kspec.engine.building.instantiate import instantiate
from kspec.spec.checking import read_spec
from kspec.spec.lints import DATA_CODES
from kspec.spec.problems import Problem
from kspec.spec.reading import read_text
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]
SOFTMAX, SIGMOID = "softmax", "sigmoid"
SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


class Case:
    """A spec of one output with its targets.

    Args:
        y: Targets.
        units: Units of the output.
        activation: Its activation.
        loss: Its loss.
        fit: What stands under `fit`.
        optimizer: The optimizer.
        model: What stands in place of the model.
        x: Inputs of shape `(rows, columns)`; random numbers if left out.
        preprocess: Layers that the inputs pass through.
        first: What the first layer is.
    """

    def __init__(
        self, y: Any, units: int = 1, activation: str = "linear", loss: str = "mse", fit: str = "{}",
        optimizer: str = "adam", x: Any = None, preprocess: str = "[]", first: str = "", model: str = "",
    ) -> None:  # fmt: skip
        layer = f"{{Dense: {{units: {units}, activation: {activation}}}}}"
        before = f"{first}, " if first else ""
        self.model = model or f"{{layers: [{before}{layer}]}}"
        self.y, self.units, self.fit = np.asarray(y), units, fit
        self.loss, self.optimizer, self.preprocess = loss, optimizer, preprocess
        self.x = np.random.default_rng(1).normal(size=(len(self.y), 2)) if x is None else np.asarray(x)

    def problems(self, folder: Path) -> list[Problem]:
        np.savez(folder / "rows.npz", x=self.x, y=self.y)
        text = f"""
data: {{source: {{npz: rows.npz}}, inputs: {{field: x, preprocess: {self.preprocess}}}}}
model: {self.model}
compile: {{optimizer: {self.optimizer}, loss: {self.loss}}}
fit: {self.fit}
"""
        document = read_text("spec.yaml", text)
        reading = read_spec(document, catalogue.load())
        assert reading.spec is not None, reading.problems
        found = lint_data(reading.spec, prepared(reading.spec, folder), {"dense": (None, self.units)})
        return document.place(found)


def prepared(spec: Spec, folder: Path) -> Prepared:
    assert spec.data is not None
    return prepare(spec, spec.data, folder=folder, seed=0, make_layer=instantiate)


def classes(counts: dict[int, int], *, mixed: bool = False) -> Array:
    y = np.repeat(list(counts), list(counts.values()))
    return np.random.default_rng(0).permutation(y) if mixed else y


TEN = dict.fromkeys(range(10), 30)
TAIL = "{validation_split: 0.2}"
FIFTH = "{validation_split: 0.22}"
VALUES = [1.0, 2.0] * 40
NOISE = np.random.default_rng(2).normal(size=200)
PAIRS = np.random.default_rng(3).normal(size=(100, 2))
HALVES = np.random.default_rng(4).permutation([0, 1] * 100)
SCALES = np.column_stack([NOISE[::-1], 5000 * NOISE[:100].repeat(2)])
FEW = np.random.default_rng(5).integers(0, 4, (200, 2))
ONE_HOT = "[{StringLookup: {output_mode: one_hot}}]"

LOUD = {
    "absent-class": [
        Case([*classes({0: 50, 1: 50}, mixed=True), 2, 2, 2], 3, SOFTMAX, SPARSE, TAIL),
        Case([2, 2, 2, *classes({0: 50, 1: 50}, mixed=True)], 3, SOFTMAX, SPARSE, TAIL),
        Case(np.eye(3)[[2, 2, 2, *([0, 1] * 50)]], 3, SOFTMAX, "categorical_crossentropy", TAIL),
    ],
    "binary-targets": [
        Case([-1, 1] * 20, 1, SIGMOID, BINARY),
        Case([0, 255] * 20, 1, SIGMOID, BINARY),
        Case([1, 2] * 20, 1, SIGMOID, BINARY),
        Case([0, 1, 2] * 20, 1, SIGMOID, "bce"),
        Case([0.5, 1.5, 0.1] * 9, 1, SIGMOID, "{BinaryCrossentropy: {label_smoothing: 0.1}}"),
        Case([[0.0, -0.5], [1.0, 0.5]] * 9, 2, SIGMOID, BINARY),
    ],
    "constant-target": [
        Case([3.0] * 20),
        Case([1] * 20, 3, SOFTMAX, SPARSE),
        Case([1] * 20, 3, SOFTMAX, SPARSE, TAIL),
        Case([[0, 1, 0]] * 20, 3, SOFTMAX, "categorical_crossentropy"),
    ],
    "giveaway-column": [
        Case(HALVES, 1, SIGMOID, BINARY, x=np.column_stack([NOISE, HALVES])),
        Case(HALVES, 1, SIGMOID, BINARY, x=np.column_stack([NOISE, HALVES * 5.0 + NOISE.clip(-1, 1)])),
        Case(HALVES * 2 + np.arange(200) // 100, 4, SOFTMAX, SPARSE, x=HALVES * 2 + np.arange(200) // 100 + 7),
        Case(NOISE, x=np.column_stack([NOISE[::-1], 3 - 2 * NOISE])),
        Case(["yes", "no"] * 100, 1, SIGMOID, BINARY, x=["red", "blue"] * 100, preprocess=ONE_HOT),
    ],
    "never-updated": [
        Case(VALUES, optimizer="{Adam: {gradient_accumulation_steps: 8}}", fit="{batch_size: 32, epochs: 2}"),
        Case(
            [1.0, 2.0] * 40,
            optimizer="{SGD: {gradient_accumulation_steps: 4}}",
            fit="{batch_size: 8, steps_per_epoch: 3}",
        ),
    ],
    "one-row-normalized": [
        Case(VALUES, fit="{batch_size: 1}", model="{layers: [{Dense: 4}, BatchNormalization, {Dense: 1}]}"),
    ],
    "leaked-rows": [Case(NOISE, fit="{validation_split: 0.5}", x=[*PAIRS, *PAIRS])],
    "steps-beyond-data": [
        Case(VALUES, fit="{batch_size: 32, steps_per_epoch: 4}"),
        Case(
            [1.0, 2.0] * 40, fit="{batch_size: 8, validation_split: {split: 0.2, shuffle: true}, validation_steps: 3}"
        ),
    ],
    "unscaled-input": [
        Case(NOISE, x=np.column_stack([NOISE[::-1], 5000 * NOISE[:100].repeat(2)])),
        Case(NOISE, x=np.column_stack([NOISE[::-1], 1e-5 * NOISE[:100].repeat(2)])),
    ],
    "unseen-class": [
        Case(classes(TEN), 10, SOFTMAX, SPARSE, TAIL),
        Case(classes({0: 60, 1: 20}), 1, SIGMOID, BINARY, TAIL),
        Case(classes({0: 70, 1: 80, 2: 70}), 3, SOFTMAX, SPARSE, "{validation_split: 120}"),
        Case(np.eye(10)[classes(TEN)], 10, SOFTMAX, "categorical_crossentropy", TAIL),
        Case(
            [*classes({0: 100}), *classes({0: 40, 1: 200}, mixed=True), *([1] * 100)],
            2,
            SOFTMAX,
            SPARSE,
            "{validation_split: 0.22}",
        ),
    ],
    "unused-unit": [
        Case(classes(TEN, mixed=True), 12, SOFTMAX, SPARSE),
        Case(classes({number + 1: 30 for number in range(10)}, mixed=True), 11, SOFTMAX, SPARSE),
        Case(["a", "b"] * 20, 3, SOFTMAX, SPARSE),
    ],
}
"""Data with one warning each."""

SILENT = {
    "absent-class": [
        Case([2, *([0, 1] * 50), 2], 3, SOFTMAX, SPARSE, TAIL),
        Case([2, 2, 2, *([0, 1] * 50)], 3, SOFTMAX, SPARSE),
        Case([2.0, 2.0, 2.0, *([0, 1] * 50)], fit=TAIL),
    ],
    "binary-targets": [
        Case([0, 1] * 20, 1, SIGMOID, BINARY),
        Case([0.0, 0.5, 1.0004] * 9, 1, SIGMOID, BINARY),
        Case([True, False] * 9, 1, SIGMOID, BINARY),
        Case([-1, 1] * 20, 1, "tanh", "hinge"),
        Case([0, 255] * 20),
    ],
    "constant-target": [Case([3.0] * 19 + [3.1]), Case([3.0]), Case([0] * 16 + [1] * 4, 2, SOFTMAX, SPARSE)],
    "giveaway-column": [
        Case(HALVES, 1, SIGMOID, BINARY, x=np.column_stack([NOISE, HALVES ^ (np.arange(200) % 20 == 0)])),
        Case(HALVES, 1, SIGMOID, BINARY, x=np.column_stack([NOISE, HALVES * 5.0 + 2 * NOISE])),
        Case(["yes", "no"] * 100, 1, SIGMOID, BINARY, x=[f"row {at}" for at in range(200)], preprocess=ONE_HOT),
        Case([0, 1] * 10, 1, SIGMOID, BINARY, x=np.column_stack([NOISE[:20], [0, 1] * 10])),
        Case(NOISE, x=np.column_stack([NOISE[::-1], NOISE + 0.1 * NOISE[::-1]])),
        Case(PAIRS, 2, x=PAIRS),
    ],
    "never-updated": [
        Case(VALUES, optimizer="{Adam: {gradient_accumulation_steps: 6}}", fit="{batch_size: 32, epochs: 2}"),
        Case(VALUES, optimizer="adam", fit="{batch_size: 80}"),
    ],
    "one-row-normalized": [
        Case(VALUES, fit="{batch_size: 2}", model="{layers: [{Dense: 4}, BatchNormalization, {Dense: 1}]}"),
        Case(
            [1.0, 2.0] * 40,
            fit="{batch_size: 1}",
            model="{layers: [{Reshape: [2, 1]}, {Dense: 4}, BatchNormalization, Flatten, {Dense: 1}]}",
        ),
    ],
    "leaked-rows": [
        Case(NOISE, fit="{validation_split: 0.5}"),
        Case(NOISE, fit="{validation_split: 0.5}", x=FEW),
        Case(NOISE, x=[*PAIRS, *PAIRS]),
    ],
    "steps-beyond-data": [
        Case(VALUES, fit="{batch_size: 32, steps_per_epoch: 3}"),
        Case(VALUES, fit="{batch_size: 32, validation_steps: 30}"),
    ],
    "unscaled-input": [
        Case(NOISE, x=SCALES, preprocess="[Normalization]"),
        Case(NOISE, x=SCALES, first="BatchNormalization"),
        Case(NOISE, x=SCALES, first="{Dropout: 0.1}, Flatten, LayerNormalization"),
        Case(NOISE, x=np.column_stack([NOISE[::-1], 20 * NOISE[:100].repeat(2)])),
        Case(NOISE, x=np.column_stack([np.full(200, 1e-7), 5 * NOISE[:100].repeat(2)])),
    ],
    "unseen-class": [
        Case(classes(TEN, mixed=True), 10, SOFTMAX, SPARSE, TAIL),
        Case(classes(TEN), 10, SOFTMAX, SPARSE, "{validation_split: {split: 0.2, shuffle: true}}"),
        Case(classes(TEN), 10, SOFTMAX, SPARSE, "{validation_split: {split: 0.2, stratify: y}}"),
        Case(classes(TEN), 10, SOFTMAX, SPARSE),
        Case(np.sort(np.random.default_rng(0).normal(size=100)), fit=TAIL),
        Case(classes(TEN), 1, "linear", "mse", TAIL),
    ],
    "unused-unit": [
        Case(classes(TEN, mixed=True), 10, SOFTMAX, SPARSE),
        Case(classes({0: 30, 2: 30}, mixed=True), 3, SOFTMAX, SPARSE),
        Case(classes({0: 20, 1: 20}), 3, SOFTMAX, SPARSE),
        Case(np.random.default_rng(0).integers(0, 900, 1000), 1000, SOFTMAX, SPARSE),
        Case(["a", "b", "c"] * 20, 3, SOFTMAX, SPARSE),
    ],
}
"""Data that looks like that above and is right."""


def examples(table: dict[str, list[Case]]) -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{number}")
        for code, cases in table.items()
        for number, case in enumerate(cases)
    ]


def test_every_lint_is_known_to_the_spec_and_tested_both_ways() -> None:
    assert set(LOUD) == set(SILENT) == set(DATA_LINTS)
    assert {*DATA_LINTS, *FINDINGS} == set(DATA_CODES)


@pytest.mark.parametrize(("code", "case"), examples(LOUD))
def test_a_mistake_gives_one_warning(code: str, case: Case, tmp_path: Path) -> None:
    problems = case.problems(tmp_path)
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    assert problems[0].severity == "warning"
    assert problems[0].span is not None


@pytest.mark.parametrize(("code", "case"), examples(SILENT))
def test_what_is_right_gives_no_warning(code: str, case: Case, tmp_path: Path) -> None:
    assert [str(problem) for problem in case.problems(tmp_path)] == []


WORDS = {
    "absent-class": (
        "the class `2` of the validation rows is in no row that is trained on; give the training rows some of it"
    ),
    "binary-targets": (
        "the loss of `dense` wants targets from 0 to 1, and they go from -1 to 1; write 0 and 1 for -1 and 1"
    ),
    "unseen-class": (
        "the rows seem to be sorted: the classes `8`, `9` are in the validation rows only; "
        "draw the rows: `validation_split: {split: 0.2, shuffle: true}`"
    ),
    "unused-unit": (
        "the output `dense` has 12 units for the classes 0 to 11, and its targets go from 0 to 9; "
        "give the last layer 10 units"
    ),
    "steps-beyond-data": "80 rows make 3 steps of 32, and `steps_per_epoch` asks for 4; leave it out",
    "never-updated": (
        "the weights change after every 8 steps, and the whole training has 6; "
        "gather over fewer steps, or train for more epochs"
    ),
    "constant-target": "the target of `dense` is the same in every row",
}


@pytest.mark.parametrize("code", WORDS)
def test_the_words(code: str, tmp_path: Path) -> None:
    (problem,) = LOUD[code][0].problems(tmp_path)
    assert problem.text == WORDS[code]


def test_classes_that_are_only_trained_on_are_told_by_name(tmp_path: Path) -> None:
    (problem,) = LOUD["unseen-class"][4].problems(tmp_path)
    assert problem.message == "the rows seem to be sorted: the class `0` is in the training rows only"
    (problem,) = Case(["cat"] * 64 + ["dog"] * 20, 2, SOFTMAX, SPARSE, TAIL).problems(tmp_path)
    assert problem.message == "the rows seem to be sorted: the class `cat` is in the training rows only"
    (problem,) = LOUD["unused-unit"][2].problems(tmp_path)
    assert problem.text == "the output `dense` has 3 units, and there are 2 classes; give the last layer 2 units"
