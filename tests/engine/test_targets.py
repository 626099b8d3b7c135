"""Targets held against outputs and losses, before a batch is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kspec import catalogue
from kspec.data.part import Part
from kspec.engine.targets import check_targets
from kspec.spec.compiling import CompileSpec

NUMBERS = np.arange(12) % 3
SPARSE, CATEGORICAL, GENERALIZED = (
    "sparse_categorical_crossentropy", "categorical_crossentropy", "categorical_generalized_cross_entropy",
)  # fmt: skip


def fault(loss: str, shape: tuple[int | None, ...], targets: Any) -> str | None:
    rows = Part({"x": np.zeros(len(targets))}, {"out": np.asarray(targets)})
    problems = check_targets(CompileSpec(loss={"out": loss}), {"out": shape}, rows)
    assert [problem.code for problem in problems] in ([], ["target-mismatch"])
    return problems[0].text if problems else None


@pytest.mark.parametrize(
    ("loss", "shape", "targets"),
    [
        ("mse", (None, 1), NUMBERS),
        ("mse", (None, 1), NUMBERS[:, None]),
        ("mse", (None, 5, 1), np.ones((12, 5))),
        ("mse", (None, None, 2), np.ones((12, 5, 2))),
        (SPARSE, (None, 3), NUMBERS),
        (SPARSE, (None, 3), NUMBERS[:, None]),
        (SPARSE, (None, 5, 3), np.ones((12, 5))),
        (CATEGORICAL, (None, 3), np.eye(3)[NUMBERS]),
        (CATEGORICAL, (None, 3), NUMBERS),
        (CATEGORICAL, (None, 3), NUMBERS[:, None]),
        (SPARSE, (None, 3), np.eye(3)[NUMBERS]),
        (GENERALIZED, (None, 3), NUMBERS),
        ("ctc", (None, 9, 3), np.ones((12, 4))),
    ],
)
def test_what_goes_together(loss: str, shape: tuple[int | None, ...], targets: Any) -> None:
    assert fault(loss, shape, targets) is None


@pytest.mark.parametrize(
    ("loss", "shape", "targets", "part"),
    [
        ("mse", (None, 3), NUMBERS, "give the last layer one unit"),
        ("mse", (None, 3), NUMBERS[:, None], "its targets (?, 1)"),
        ("mse", (None, 1), np.ones((12, 3)), "has shape (?, 1), its targets (?, 3)"),
        ("mse", (None, 5, 1), NUMBERS, "its targets (?)"),
        ("mse", (None, 5, 1), NUMBERS[:, None], "leave `return_sequences` out"),
        (SPARSE, (None, 3), np.ones((12, 3)), "use `categorical_crossentropy` for one-hot targets"),
        (SPARSE, (None, 3), np.eye(4)[NUMBERS], "the targets have (?, 4)"),
        (SPARSE, (None, 8, 8, 3), NUMBERS, "the targets have (?); put `Flatten` or a global pooling before"),
        (SPARSE, (None, 8, 3), NUMBERS, "the targets have (?); if a recurrent layer comes last, leave"),
        (SPARSE, (None, 3), NUMBERS + 1, "has 3 units, for the classes 0 to 2; its targets go from 1 to 3"),
        (SPARSE, (None, 3), NUMBERS / 2, "and a target is 0.5"),
        (SPARSE, (None, 1), NUMBERS, "has one unit"),
        (CATEGORICAL, (None, 3), NUMBERS + 1, "has 3 units, for the classes 0 to 2; its targets go from 1 to 3"),
        (CATEGORICAL, (None, 3), NUMBERS / 2, "and a target is 0.5"),
        (CATEGORICAL, (None, 1), NUMBERS, "use `binary_crossentropy` for class numbers"),
        (
            GENERALIZED,
            (None, 3),
            NUMBERS[:, None],
            "its loss wants class numbers of shape (?), the targets have (?, 1)",
        ),
    ],
)
def test_what_keras_would_lay_over_each_other_or_refuse(
    loss: str, shape: tuple[int | None, ...], targets: Any, part: str
) -> None:
    assert part in str(fault(loss, shape, targets))


def test_classes_that_the_loss_passes_over_need_no_unit() -> None:
    from kspec.spec.components import ComponentSpec

    definition = catalogue.load().component("losses", "SparseCategoricalCrossentropy")
    assert definition is not None
    loss = ComponentSpec(definition, {"ignore_class": -1}, ("compile", "loss"))
    rows = Part({"x": np.zeros(4)}, {"out": np.array([-1, 0, 2, -1])})
    assert check_targets(CompileSpec(loss={"out": loss}), {"out": (None, 3)}, rows) == []
    (problem,) = check_targets(CompileSpec(loss={"out": loss}), {"out": (None, 2)}, rows)
    assert "its targets go from 0 to 2" in problem.text
