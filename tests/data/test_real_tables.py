"""Two real tables with gaps, which are not kept with the project: `KSPEC_DATA` names the folder that has them."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(os.environ.get("KSPEC_DATA", "/nowhere"))
pytestmark = pytest.mark.skipif(
    not (FOLDER / "penguins.csv").exists() or not (FOLDER / "mpg.csv").exists(),
    reason="KSPEC_DATA names no folder with penguins.csv and mpg.csv",
)

MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def rows_of(name):
    with (FOLDER / name).open() as file:
        return list(csv.DictReader(file))


def penguins(source):
    lookup = {"StringLookup": {"output_mode": "one_hot", "mask_token": ""}}
    inputs = {
        "numbers": {"field": MEASURES, "preprocess": [{"Normalization": {}}]},
        "sex": {"field": "sex", "preprocess": [lookup]},
    }
    layers = [{"Concatenate": None, "from": ["numbers", "sex"]}, {"Dense": 3}]
    return {
        "data": {"train": {"csv": str(source)}, "inputs": inputs, "targets": "species"},
        "model": {"inputs": {"numbers": {"shape": [4]}, "sex": {"shape": [3]}}, "layers": layers},
        "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
        "fit": {"validation_split": {"split": 0.2, "stratify": "species"}, "class_weight": "balanced"},
    }


def test_every_gap_is_named(prepared, problems_of):
    rows = rows_of("penguins.csv")
    found = problems_of(prepared, **penguins(FOLDER / "penguins.csv"))
    assert [problem.path[-1] for problem in found] == [0, 1, 2, 3]
    for name, problem in zip(MEASURES, found, strict=True):
        gaps = [number for number, row in enumerate(rows, start=1) if not row[name]]
        start = f"`{name}` is missing in row {gaps[0]} of the train data"
        assert problem.message == f"{start} and {len(gaps) - 1} more of {len(rows)} rows"


def test_penguins_without_gaps(prepared, tmp_path):
    rows = [row for row in rows_of("penguins.csv") if row["body_mass_g"]]
    with (tmp_path / "whole.csv").open("w") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    data = prepared(**penguins("whole.csv"))
    species = sorted({row["species"] for row in rows})
    assert data.plan.labels == {"dense": tuple(species)}
    assert data.train.rows + data.validation.rows == len(rows)
    np.testing.assert_allclose(data.train.x["numbers"].mean(axis=0), 0, atol=1e-4)
    unknown = sum(not row["sex"] for row in rows)
    assert sum(int((part.x["sex"].sum(axis=1) == 0).sum()) for part in data.parts.values()) == unknown
    for part in data.parts.values():
        share = np.bincount(part.y["dense"]) / part.rows
        whole = np.array([sum(row["species"] == name for row in rows) for name in species]) / len(rows)
        np.testing.assert_allclose(share, whole, atol=0.01)


def test_cars(prepared):
    rows = rows_of("mpg.csv")
    names = ["cylinders", "displacement", "weight"]
    data = prepared(data={"train": {"csv": str(FOLDER / "mpg.csv")}, "inputs": names, "targets": "mpg"})
    np.testing.assert_array_equal(
        data.train.x["input"], np.array([[row[name] for name in names] for row in rows], "f4")
    )
    np.testing.assert_array_equal(data.train.y["dense"], np.array([row["mpg"] for row in rows], "f4"))
