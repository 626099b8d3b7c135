"""What training and `kspec evaluate` leave in `evaluation/` and show, through the front door."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.data.saved_models import save_model
from kspec.spec.problems import SpecError

ROWS = 90


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a table of two targets and two classes, weights among them, and where the tests stand."""
    folder = tmp_path_factory.mktemp("home")
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 3))
    kind = np.where(x[:, 0] + random.normal(size=ROWS) * 0.5 > 0, "high", "low")
    y = x @ [[1.0, -2.0], [0.5, 3.0], [0, 1.0]] + random.normal(size=(ROWS, 2)) * 0.3
    weight = random.uniform(0.5, 2, ROWS)
    lines = ["a,b,c,kind,p,q,w"]
    lines += [",".join(map(str, row)) for row in zip(*x.T, kind, *y.T, weight, strict=True)]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n")
    (folder / "new.csv").write_text("\n".join([lines[0], *lines[40:61]]) + "\n")
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)


SEVERAL = """
name: several
seed: 3
data:
  source: {csv: rows.csv}
  inputs: {field: [a, b, c]}
  targets: {kind: {field: kind}, values: {field: [p, q]}}
  sample_weight: {values: {field: w}}
model:
  layers:
    - Dense: {units: 8, activation: relu}
      name: trunk
    - Dense: {units: 1, activation: sigmoid}
      from: trunk
      name: kind
    - Dense: 2
      from: trunk
      name: values
  outputs: [kind, values]
compile:
  optimizer: {Adam: 0.05}
  loss: {kind: binary_crossentropy, values: mse}
  metrics: {kind: [accuracy]}
  weighted_metrics: {values: [mae]}
fit: {epochs: 8, batch_size: 16, validation_split: {split: 0.3, shuffle: true}}
callbacks:
  - EarlyStopping: {monitor: val_loss, patience: 0, restore_best_weights: true}
  - LearningRateScheduler: {schedule: {PiecewiseConstantDecay: {boundaries: [3], values: [0.05, 5.0]}}}
"""


@pytest.fixture(scope="module")
def several(home):
    (home / "several.yaml").write_text(SEVERAL)
    return kspec.train("several.yaml")


def command(*arguments, code=0):
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_validation_part_gives_the_logged_metrics_of_the_saved_epoch(several):
    """Also where the last batch is ragged, and where a callback has put the best weights back."""
    assert several.manifest.status == "stopped"
    best = several.manifest.best["epoch"]
    assert best < several.manifest.epochs_done
    logged = {name.removeprefix("val_"): value for name, value in several.history.rows[best - 1].items()
              if name.startswith("val_")}  # fmt: skip
    record = json.loads(command("several-1", "--part", "validation", "--json"))
    assert record["rows"] % 16
    assert set(record["metrics"]) == set(logged)
    assert record["metrics"] == pytest.approx(logged, rel=1e-5, abs=1e-6)
    again = kspec.evaluate(several, part="validation")
    assert again == pytest.approx(record["metrics"], abs=1e-7)


def test_several_outputs_are_scikit_learns_numbers(several, home):
    record = json.loads(command("several-1", "--data", "new.csv", "--batch-size", "4", "--json"))
    assert record == json.loads((several.path / "evaluation/new.json").read_text()) | {"run": "runs/several-1"}
    assert set(record["outputs"]) == {"kind", "values"}
    rows = rows_of(home / "new.csv")
    predicted = kspec.predict(several, "new.csv")
    kind, values = record["outputs"]["kind"], record["outputs"]["values"]
    actual, likely = np.array([row["kind"] for row in rows]) == "low", predicted["kind"][:, 0]
    assert kind["numbers"]["roc_auc"] == pytest.approx(metrics.roc_auc_score(actual, likely), abs=1e-6)
    assert kind["numbers"]["log_loss"] == pytest.approx(metrics.log_loss(actual, likely), abs=1e-6)
    expected = metrics.classification_report(actual, likely > 0.5, target_names=["high", "low"], output_dict=True)
    assert [score["name"] for score in kind["classes"]] == ["high", "low"]
    assert kind["classes"][0]["f1"] == pytest.approx(expected["high"]["f1-score"], abs=1e-6)
    assert not kind["weighted"]
    wanted = np.array([[float(row["p"]), float(row["q"])] for row in rows])
    heavy = np.array([float(row["w"]) for row in rows])
    assert values["weighted"]
    for key, truth in [("r2", metrics.r2_score), ("mean_absolute_error", metrics.mean_absolute_error)]:
        expected = truth(wanted, predicted["values"], sample_weight=heavy)
        assert values["numbers"][key] == pytest.approx(expected, rel=1e-5)
    assert [target["name"] for target in values["targets"]] == ["p", "q"]
    pictures = {path.name for path in (several.path / "evaluation").glob("new-*.png")}
    assert pictures == {
        "new-confusion-kind.png", "new-roc-kind.png", "new-precision_recall-kind.png", "new-calibration-kind.png",
        "new-predicted-values.png", "new-residuals-values.png",
    }  # fmt: skip
    report = (several.path / "report.html").read_text()
    assert "new: 21 rows" in report
    assert report.count("<img") >= 8
    assert "<h3>ROC curves: kind</h3>" in report
    assert "<h3>Residuals: values</h3>" in report


def test_the_worst_mistakes_are_rows_of_the_source(several, home):
    command("several-1", "--data", "new.csv")
    wrong = rows_of(several.path / "evaluation/new-mistakes-kind.csv")
    rows, likely = rows_of(home / "new.csv"), kspec.predict(several, "new.csv")["kind"][:, 0]
    missed = {at + 1 for at, row in enumerate(rows) if (row["kind"] == "low") != (likely[at] > 0.5)}
    assert {int(row["row"]) for row in wrong} == missed
    for row in wrong:
        read = rows[int(row["row"]) - 1]
        assert row["true"] == read["kind"] != row["predicted"]
        assert [float(row[name]) for name in "abcpq"] == [float(read[name]) for name in "abcpq"]
    farthest = rows_of(several.path / "evaluation/new-mistakes-values.csv")
    assert len(farthest) == 21
    assert float(farthest[0]["residual"]) == pytest.approx(
        float(farthest[0]["true"]) - float(farthest[0]["predicted"]), abs=1e-5
    )
    # Validation rows are split off: they are called by their numbers in the file that they were read from.
    held = rows_of(several.path / "evaluation/validation-mistakes-values.csv")
    every = rows_of(home / "rows.csv")
    for row in held:
        assert float(row["true"]) == pytest.approx(float(every[int(row["row"]) - 1][row["target"]]))


def test_what_the_screen_shows(several):
    shown = command("several-1", "--part", "train", "--last")
    assert "several-1 on 62 train rows" in shown
    for words in ("precision", "macro mean", "roc auc", "mean residual", "r2", "the 5 worst of 62 mistakes"):
        assert words in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    record = json.loads((several.path / "evaluation/train.json").read_text())
    assert record["state"] == "last"
    assert record["metrics"]["loss"] != pytest.approx(several.history.rows[-1]["loss"])


def test_a_part_that_there_is_not(several):
    result = CliRunner().invoke(app, ["evaluate", "several-1", "--part", "test"])
    (problem,) = result.exception.problems
    assert (problem.code, problem.hint) == ("missing-part", "there is `validation` and `train`")
    result = CliRunner().invoke(app, ["evaluate", "several-1", "--part", "train", "--data", "new.csv"])
    assert result.exception.problems[0].code == "two-parts"


IMAGES = """
name: pictures
seed: 1
data: {source: digits, inputs: {field: x, preprocess: [{Reshape: [64]}]}, targets: y}
model: {layers: [Normalization, {Dense: {units: 10, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy}
fit: {epochs: 1, batch_size: 64}
"""


def test_reports_are_those_asked_for(home):
    (home / "pictures.yaml").write_text(IMAGES + "evaluate: {reports: [roc, mistakes]}\n")
    run = kspec.train("pictures.yaml")
    names = {"test.json", "test-roc.png", "test-mistakes.csv", "test-mistakes.png"}
    assert {path.name for path in (run.path / "evaluation").iterdir()} == names
    found = json.loads((run.path / "evaluation/test.json").read_text())["outputs"]["dense"]
    assert len(found["classes"]) == 10
    assert all(len(curve["x"]) <= 1000 for curve in found["roc"])
    none = kspec.train("pictures.yaml", overrides={"evaluate.reports": []})
    assert {path.name for path in (none.path / "evaluation").iterdir()} == {"test.json"}
    record = json.loads((none.path / "evaluation/test.json").read_text())
    assert record["outputs"] == {}
    assert record["metrics"]["loss"] == pytest.approx(none.results["test.loss"])


ODD = """
name: odd
seed: 1
data: {train: {npz: odd.npz}, targets: {tags: {field: tags}, steps: {field: steps}, ghost: {field: ghost}}}
model:
  inputs: {x: {shape: [4]}, s: {shape: [5, 2]}}
  layers:
    - Dense: {units: 3, activation: sigmoid}
      from: x
      name: tags
    - Dense: 3
      from: s
      name: steps
    - Dense: {units: 1}
      from: x
      name: ghost
    - Dense: 4
      from: x
      name: spare
  outputs: [tags, steps, ghost, spare]
compile:
  loss:
    tags: binary_crossentropy
    steps: {SparseCategoricalCrossentropy: {from_logits: true, ignore_class: 2}}
    ghost: mse
    spare: null
fit: {epochs: 1}
evaluate: {reports: [mistakes]}
"""


def test_labels_sequences_and_what_cannot_be_told(home):
    """Several labels a row, a class for every step, predictions that are no numbers, values that are all the same."""
    random = np.random.default_rng(0)
    steps = random.integers(0, 2, (20, 5))
    steps[:, 4] = 2
    x = random.normal(size=(20, 4)).astype(np.float32)
    np.savez(home / "odd.npz", x=x, s=random.normal(size=(20, 5, 2)).astype(np.float32), steps=steps,
             tags=random.integers(0, 2, (20, 3)), ghost=np.ones(20, np.float32))  # fmt: skip
    (home / "odd.yaml").write_text(ODD)
    run = kspec.train("odd.yaml")
    shown = command("odd-1", "--part", "train")
    found = json.loads((run.path / "evaluation/train.json").read_text())["outputs"]
    assert (found["tags"]["kind"], found["tags"]["samples"]) == ("labels", 20)
    assert (found["steps"]["samples"], found["steps"]["steps_of_a_row"]) == (80, 5)
    assert {row["step"] for row in found["steps"]["mistakes"]["worst"]} <= {1, 2, 3, 4}
    assert "r2" not in found["ghost"]["numbers"]
    assert "R² is left out" in shown
    np.savez(home / "one.npz", **{name: array[:1] for name, array in np.load(home / "odd.npz").items()})
    assert "of one class" in command("odd-1", "--data", "one.npz")
    model = run.model()
    model.get_layer("tags").bias.assign([np.nan] * 3)
    save_model(model, run.path / "best.keras")
    shown = command("odd-1", "--part", "train")
    assert "`tags`: 20 of 20 rows are left out: the model gives no numbers for them" in " ".join(shown.split())
    record = json.loads((run.path / "evaluation/train.json").read_text())
    assert set(record["unjudged"]) == {"tags"}
    assert record["metrics"]["loss"] is None
    report = (run.path / "report.html").read_text()
    assert "tags: 20 of 20 rows are left out" in report


def test_rows_that_are_not_taken_and_pipes_are_said(several, home):
    from kspec.commands.evaluate import evaluate
    from kspec.runs.events import Notice
    from kspec.runs.folder import RunFolder

    table = rows_of(home / "new.csv")
    arrays = {name: np.array([row[name] for row in table]) for name in ("a", "b", "c", "kind", "p", "q", "w")}
    arrays = {name: array if name == "kind" else array.astype(float) for name, array in arrays.items()}
    parts = {"train": slice(5, None), "test": slice(5)}
    cut = {f"{name}_{part}": array[rows] for name, array in arrays.items() for part, rows in parts.items()}
    np.savez(home / "parts.npz", **cut)
    told = []
    name, found = evaluate(RunFolder(several.path), data="parts.npz", observe=told.append)
    assert (name, found.rows) == ("parts", 5)
    assert [event.text for event in told if isinstance(event, Notice)] == [
        "of `parts.npz` only the 5 test rows are taken, none of the 16 others"
    ]
    with pytest.raises(SpecError, match="do not come through a pipe"):
        evaluate(RunFolder(several.path), data="-")
