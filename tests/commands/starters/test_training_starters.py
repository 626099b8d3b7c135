"""What `kspec init` writes is built and trained as it is written."""

import os
from pathlib import Path

import pytest
from made_tables import boxes, pixels, shop, write

import kspec
from kspec.commands.init import init_table, init_template
from kspec.commands.starters.templates import NAMES

FOLDER = Path(os.environ.get("KSPEC_DATA", "/nowhere"))
WINE = Path(__file__).parent.parent.parent.parent / "configs" / "data"
real = pytest.mark.skipif(
    not (FOLDER / "penguins.csv").exists() or not (FOLDER / "mpg.csv").exists(),
    reason="KSPEC_DATA names no folder with penguins.csv and mpg.csv",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("kspec.schema.json").touch()
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_template_trains(name):
    made = init_template(name)
    run = kspec.train(made.path, smoke=True)
    assert run.path == Path("runs") / f"{name}-1"
    assert run.manifest.status == "done"
    assert {"validation.loss", "test.loss"} <= set(run.results)


@pytest.mark.parametrize(
    ("table", "options", "inputs", "outputs"),
    [
        (shop, {"targets": ["outcome"]}, 7, 1),
        (shop, {"targets": ["price"], "inputs": ["city"]}, 1, 1),
        (shop, {"targets": ["outcome"], "inputs": ["review"]}, 1, 1),
        (boxes, {"targets": ["size", "cost", "kind", "sort", "grade"]}, 1, 5),
        (boxes, {"targets": ["size", "width"]}, 3, 1),
        (pixels, {"targets": ["label"]}, 1, 1),
    ],
    ids=["every kind", "many categories", "text", "several outputs", "side by side", "wide"],
)
def test_a_spec_for_a_made_table_trains(table, options, inputs, outputs):
    write(table(), Path("table.csv"))
    made = init_table("table.csv", **options)
    run = kspec.train(made.path, smoke=True)
    assert run.manifest.status == "done"
    assert len(run.manifest.model["inputs"]) == inputs
    assert sum(name.endswith("_loss") for name in run.history.metrics) == (outputs if outputs > 1 else 0)


def test_a_model_for_wines_is_good():
    made = init_table(str(WINE / "wine_train.csv"), targets=["wine"])
    run = kspec.train(made.path, overrides={"fit.epochs": 30})
    assert kspec.evaluate(run, data=WINE / "wine_test.csv")["accuracy"] >= 0.9
    assert kspec.predict(run, WINE / "wine_test.csv").shape == (36, 3)


@real
def test_a_model_for_penguins_is_good():
    made = init_table(str(FOLDER / "penguins.csv"), targets=["species"])
    assert (made.plan.rows, made.plan.dropped) == (344, 0)
    assert kspec.validate(made.path) == []
    run = kspec.train(made.path, overrides={"fit.epochs": 15})
    assert run.results["validation.accuracy"] >= 0.97
    assert run.manifest.data["rows"] == {"train": 275, "validation": 69}
    # Also those of the two birds that nobody measured.
    assert len(kspec.predict(run, FOLDER / "penguins.csv")) == 344


@real
def test_a_model_for_cars_is_good():
    made = init_table(str(FOLDER / "mpg.csv"), targets=["mpg"])
    assert (made.plan.rows, made.plan.dropped) == (398, 0)
    assert [column.name for column in made.plan.left_out] == ["name"]
    assert kspec.validate(made.path) == []
    run = kspec.train(made.path, overrides={"fit.epochs": 25})
    assert run.results["validation.mae"] <= 2.4
    assert run.results["validation.r2_score"] >= 0.8


@real
def test_a_table_that_was_mended_needs_nothing_left_out():
    rows = (FOLDER / "penguins.csv").read_text().splitlines()
    Path("whole.csv").write_text("\n".join(row for row in rows if ",," not in row and not row.endswith(",")))
    made = init_table("whole.csv", targets=["species"])
    assert (made.plan.rows, made.plan.dropped, made.plan.left_out) == (333, 0, ())
    assert "mask_token" not in made.text
    assert "drop_missing" not in made.text
    assert kspec.validate(made.path) == []
