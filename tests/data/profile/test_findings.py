"""Every finding speaks of what it is made for, and keeps quiet where the data only looks like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kspec.commands.inspect import Looked, look
from kspec.commands.opening import open_spec
from kspec.data.profile.findings import FINDINGS
from kspec.runs.events import ignore

ROWS = 240
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(size=ROWS)
OTHER = RANDOM.normal(size=ROWS)
HALVES = RANDOM.permutation([0, 1] * (ROWS // 2))
THIRDS = RANDOM.permutation([0, 1, 2] * (ROWS // 3))
RARE = RANDOM.permutation([1] * 8 + [0] * (ROWS - 8))
WORDS = np.array(["north", "south", "east"])[RANDOM.integers(0, 3, ROWS)]
LAST = "{validation_split: 0.25}"
KEPT = ROWS * 3 // 4
BINARY = "binary_crossentropy"
SPARSE = "sparse_categorical_crossentropy"

Columns = Mapping[str, Any]


class Case:
    """A spec and its rows.

    Args:
        columns: The columns of the table; `y` is the target, all others are inputs.
        loss: The loss.
        fit: What stands under `fit`.
        preprocess: Layers that the inputs pass through.
    """

    def __init__(self, columns: Columns, loss: str = "mse", fit: str = "{}", preprocess: str = "[]") -> None:
        self.columns = {"y": NOISE, **columns}
        self.loss, self.fit, self.preprocess = loss, fit, preprocess

    def look(self, folder: Path) -> Looked:
        arrays = {name: np.asarray(values) for name, values in self.columns.items()}
        np.savez(folder / "rows.npz", **arrays)
        inputs = [name for name in arrays if name != "y"]
        fields = ", ".join(f"{name}: {{field: {name}, preprocess: {self.preprocess}}}" for name in inputs)
        spec = f"""
data: {{train: {{npz: rows.npz}}, inputs: {{{fields}}}, targets: y}}
model:
  inputs: {{{", ".join(f"{name}: {{}}" for name in inputs)}}}
  layers:
    - Concatenate:
      from: [{", ".join(inputs)}]
    - Dense: 1
compile: {{optimizer: adam, loss: {self.loss}}}
fit: {self.fit}
"""
        if len(inputs) == 1:
            spec = spec.replace("    - Concatenate:\n      from: [a]\n", "")
        (folder / "spec.yaml").write_text(spec, encoding="utf-8")
        return look(open_spec(folder / "spec.yaml"), observe=ignore)


def changed(values: Any, change: Callable[[Any], Any]) -> Any:
    """Return values of which those of the validation rows are others."""
    return np.concatenate([values[:KEPT], change(values[KEPT:])])


LOUD = {
    "constant-input": [Case({"a": OTHER, "b": np.full(ROWS, 3)}), Case({"a": np.full(ROWS, "x")})],
    "giveaway-column": [
        Case({"a": OTHER, "b": np.array(["no", "yes"])[HALVES], "y": HALVES}, BINARY),
        Case({"a": OTHER, "b": NOISE * 1.609 + 32}),
        Case({"a": THIRDS * 10 + OTHER.clip(-4, 4), "y": THIRDS}, SPARSE),
    ],
    "id-column": [
        Case({"a": OTHER, "b": RANDOM.permutation(ROWS) + 5000}),
        Case({"a": OTHER, "customer_id": RANDOM.permutation(ROWS) * 37}),
        Case({"a": [f"customer {at}" for at in RANDOM.permutation(ROWS)]}),
    ],
    "imbalanced-classes": [Case({"a": OTHER, "y": RARE}, BINARY)],
    "numbered-classes": [Case({"a": OTHER, "y": THIRDS}), Case({"a": OTHER, "y": HALVES * 1.0}, "mae")],
    "rare-class": [Case({"a": OTHER, "y": [*THIRDS[:-3], 3, 3, 3]}, SPARSE)],
    "repeated-rows": [Case({"a": [*NOISE[:120]] * 2, "b": [*OTHER[:120]] * 2, "y": RANDOM.normal(size=ROWS)})],
    "leaked-rows": [
        Case({"a": changed(OTHER, lambda part: OTHER[: len(part)])}, fit=LAST),
    ],
    "shifted-input": [Case({"a": changed(OTHER, lambda part: part + 2)}, fit=LAST)],
    "unseen-category": [Case({"a": changed(WORDS, lambda part: [*part[:50], *["west"] * 10])}, fit=LAST)],
}
"""Data with one finding each."""

SILENT = {
    "constant-input": [Case({"a": OTHER, "b": [*[3] * (ROWS - 1), 4]})],
    "giveaway-column": [
        Case({"a": OTHER, "b": np.array(["no", "yes"])[HALVES ^ (np.arange(ROWS) % 30 == 0)], "y": HALVES}, BINARY),
        Case({"a": OTHER, "b": NOISE + 0.1 * OTHER}),
        Case({"a": THIRDS * 2 + OTHER, "y": THIRDS}, SPARSE),
        Case({"a": [f"p{at % 97}" for at in range(ROWS)], "y": HALVES}, BINARY),
    ],
    "id-column": [
        Case({"a": OTHER, "b": RANDOM.permutation(ROWS) * 37 + RANDOM.integers(0, 30, ROWS)}),
        Case({"a": OTHER, "price": np.arange(ROWS) ** 2}),
        Case({"a": RANDOM.integers(0, ROWS, ROWS)}),
        Case({"a": [f"a text of many words about {at}" for at in range(ROWS)]}),
        Case({"a": [f"customer {at}" for at in range(ROWS)]}, preprocess="[{TextVectorization: {max_tokens: 9}}]"),
    ],
    "imbalanced-classes": [
        Case({"a": OTHER, "y": RARE}, BINARY, "{class_weight: balanced}"),
        Case({"a": OTHER, "y": RARE}, "binary_focal_crossentropy"),
        Case({"a": OTHER, "y": RANDOM.permutation([1] * 30 + [0] * 210)}, BINARY),
    ],
    "numbered-classes": [
        Case({"a": OTHER, "y": RANDOM.integers(0, 40, ROWS)}),
        Case({"a": OTHER, "y": THIRDS * 5}),
        Case({"a": OTHER, "y": THIRDS}, SPARSE),
    ],
    "rare-class": [Case({"a": OTHER, "y": [*THIRDS[:-5], 3, 3, 3, 3, 3]}, SPARSE)],
    "repeated-rows": [Case({"a": RANDOM.integers(0, 4, ROWS), "b": RANDOM.integers(0, 4, ROWS)})],
    "leaked-rows": [
        Case({"a": OTHER}, fit=LAST),
        Case({"a": RANDOM.integers(0, 30, ROWS), "b": RANDOM.integers(0, 4, ROWS)}, fit=LAST),
        Case({"a": changed(OTHER, lambda part: [*OTHER[:2], *part[2:]])}, fit=LAST),
        Case({"a": np.where(np.arange(ROWS) % 6 == 0, "", OTHER.astype(str))}, fit=LAST),
    ],
    "shifted-input": [
        Case({"a": changed(OTHER, lambda part: part + 0.4)}, fit=LAST),
        Case({"a": OTHER, "b": np.arange(ROWS) * 0.5}, fit="{validation_split: {split: 0.25, time: b}}"),
    ],
    "unseen-category": [
        Case({"a": WORDS}, fit=LAST),
        Case({"a": [f"name {at // 2}" for at in RANDOM.permutation(ROWS)]}, fit=LAST),
    ],
}
"""Data that looks like that above and is right."""


def examples(table: dict[str, list[Case]]) -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{number}")
        for code, cases in table.items()
        for number, case in enumerate(cases)
    ]


def test_every_finding_is_tested_both_ways() -> None:
    assert set(LOUD) == set(SILENT) == set(FINDINGS)


@pytest.mark.parametrize(("code", "case"), examples(LOUD))
def test_what_is_hardly_meant_is_said_once(code: str, case: Case, tmp_path: Path) -> None:
    problems = case.look(tmp_path).problems
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    assert problems[0].severity == "warning"
    assert problems[0].span is not None


@pytest.mark.parametrize(("code", "case"), examples(SILENT))
def test_what_is_right_gives_no_finding(code: str, case: Case, tmp_path: Path) -> None:
    assert [str(problem) for problem in case.look(tmp_path).problems] == []


def test_the_words(tmp_path: Path) -> None:
    (shared,) = LOUD["leaked-rows"][0].look(tmp_path).problems
    assert shared.message == (
        "60 of 60 validation rows have the inputs of a training row, such as row 181 of the train data those of "
        "row 1 of the train data"
    )
    (rare,) = LOUD["imbalanced-classes"][0].look(tmp_path).problems
    assert rare.text == (
        "`0` has 232 training rows and `1` 8, 29 times fewer; "
        "always guessing `0` is right in 96.7%: see `fit.class_weight: balanced`"
    )
    (unseen,) = LOUD["unseen-category"][0].look(tmp_path).problems
    assert unseen.message == "`a` is `west` in 10 of 60 validation rows, and never in the training rows"
