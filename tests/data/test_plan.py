import json

import numpy as np
import pytest

from kspec.data.plan import Plan
from kspec.data.sources import Fields
from kspec.runs.folder import RunFolder


@pytest.fixture
def kept(prepared, tmp_path):
    """A run folder with the plan of a standardized input and text labels, and the plan."""
    arrays = {"x": np.arange(6.0).reshape(3, 2), "kind": np.array(["b", "a", "b"])}
    data = {"inputs": {"field": "x", "preprocess": [{"Normalization": {}}]}, "targets": "kind"}
    plan = prepared(arrays, data=data).plan
    run = RunFolder(tmp_path / "run-1")
    run.path.mkdir()
    plan.save(run)
    return run, plan


def test_what_is_read_is_what_was_saved(kept):
    run, plan = kept
    found = Plan.load(run)
    assert (found.inputs, found.targets, found.labels, found.indexed) == (
        plan.inputs, plan.targets, plan.labels, plan.indexed,
    )  # fmt: skip
    assert found.text_fields == ("kind",)
    rows = Fields({"x": np.array([[7.0, 8.0]]), "kind": np.array(["a"], object)})
    assert found.x(rows, "new")["input"].tobytes() == plan.x(rows, "new")["input"].tobytes()
    assert found.y(rows, "new")["dense"].tolist() == [0]


@pytest.mark.parametrize("damage", ["cut", "gone", "not json", "key"])
def test_a_damaged_plan_is_a_problem(damage, kept, problems_of):
    run, _ = kept
    record = run.preprocess / "plan.json"
    layers = run.preprocess / "input-input.keras"
    if damage == "cut":
        layers.write_bytes(layers.read_bytes()[:100])
    elif damage == "gone":
        record.unlink()
    elif damage == "not json":
        record.write_text("{")
    else:
        record.write_text(json.dumps({"inputs": {}}))
    (problem,) = problems_of(Plan.load, run)
    assert problem.code == "damaged-run"
    assert str(run.preprocess) in problem.message
