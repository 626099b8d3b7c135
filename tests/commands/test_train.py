"""Training as a user meets it: a spec in, a run folder out, whatever happens on the way."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import kspec
from kspec.commands.runs import list_runs
from kspec.commands.train import resume, train
from kspec.runs.events import BatchEnded, EpochEnded, Notice, Phase, TrainingEnded, TrainingStarted, Warned
from kspec.runs.folder import RunFolder

SPEC = """
name: small
seed: 5
data:
  source: iris
  inputs: {field: x, preprocess: [Normalization]}
model:
  layers:
    - Dense: {units: 16, activation: relu}
    - BatchNormalization
    - Dropout: 0.4
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: {Adam: 0.01}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 5, batch_size: 16, validation_split: {split: 0.25, shuffle: true, stratify: y}}
callbacks:
  - EarlyStopping: {monitor: val_loss, patience: 4, restore_best_weights: true}
  - ReduceLROnPlateau: {monitor: val_loss, factor: 0.5, patience: 1}
  - CSVLogger: extra/log.csv
"""

WHOLE = {
    "spec.yaml", "resolved.yaml", "run.json", "model.keras", "best.keras", "preprocess", "labels.json", "history.csv",
    "history.png", "history.svg", "model.png", "model.svg", "summary.txt", "checkpoint", "evaluation", "report.html",
}  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def metrics_of(run: kspec.Run) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history.rows]


def test_a_run_folder_is_whole(spec, tmp_path):
    events = []
    run = train(spec, runs=tmp_path / "runs", observe=events.append)

    assert run.path == tmp_path / "runs" / "small-1"
    assert {entry.name for entry in run.path.iterdir()} >= WHOLE
    assert not list(run.path.rglob(".writing-*"))
    assert (run.path / "spec.yaml").read_text() == SPEC
    assert (run.path / "extra" / "log.csv").exists()
    manifest = json.loads((run.path / "run.json").read_text())
    assert manifest["status"] == "done"
    assert manifest["seed"] == 5
    assert manifest["epochs_done"] == 5
    assert manifest["data"]["rows"] == {"train": 90, "validation": 30, "test": 30}
    assert set(run.results) == {"validation.loss", "validation.accuracy", "test.loss", "test.accuracy"}
    assert run.results["test.accuracy"] > 0.6
    assert [type(event) for event in events if isinstance(event, TrainingStarted | TrainingEnded)] == [
        TrainingStarted,
        TrainingEnded,
    ]
    assert sum(isinstance(event, EpochEnded) for event in events) == 5
    seen = [(event.epoch, event.step) for event in events if isinstance(event, BatchEnded)]
    assert seen == sorted(set(seen))
    assert {(epoch + 1, 6) for epoch in range(5)} <= set(seen)
    report = (run.path / "report.html").read_text()
    assert "small-1" in report
    assert "data:image/png;base64," in report
    assert "http" not in report.replace("http-equiv", "")


def test_the_same_seed_gives_the_same_history_and_another_seed_another(spec, tmp_path):
    runs = [kspec.train(spec, runs=tmp_path / "runs", overrides={"fit.epochs": 2}) for _ in range(2)]
    other = kspec.train(spec, runs=tmp_path / "runs", overrides={"fit.epochs": 2, "seed": 6})

    assert [run.path.name for run in (*runs, other)] == ["small-1", "small-2", "small-3"]
    assert metrics_of(runs[0]) == metrics_of(runs[1])
    assert metrics_of(runs[0]) != metrics_of(other)


def test_resolved_spec_repeats_the_run(spec, tmp_path):
    first = kspec.train(spec, runs=tmp_path / "runs", overrides={"fit.epochs": 2, "seed": None})
    again = kspec.train(first.path / "resolved.yaml", runs=tmp_path / "again")
    assert metrics_of(first) == metrics_of(again)


@pytest.mark.parametrize("stopped_in", [1, 3])
def test_a_resumed_run_equals_an_uninterrupted_one(spec, tmp_path, stopped_in):
    whole = train(spec, runs=tmp_path / "whole")

    def interrupt(event):
        if isinstance(event, BatchEnded) and event.epoch == stopped_in and event.step >= 2:
            raise KeyboardInterrupt

    run = train(spec, runs=tmp_path / "runs", observe=interrupt)
    assert run.manifest.status == "interrupted"
    assert run.manifest.epochs_done == stopped_in - 1
    assert (run.path / "model.keras").exists()

    run = resume(run.folder)
    assert run.manifest.status == "done"
    assert metrics_of(run) == metrics_of(whole)
    for ours, theirs in zip(run.model(last=True).get_weights(), whole.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert run.results == whole.results


def test_a_finished_run_is_not_resumed(spec, tmp_path):
    run = kspec.train(spec, runs=tmp_path / "runs", overrides={"fit.epochs": 1})
    with pytest.raises(kspec.SpecError, match="is finished: 1 epoch; for more: `kspec train "):
        resume(run.folder)


def test_evaluation_equals_what_was_logged_for_the_best_epoch(spec, tmp_path):
    run = kspec.train(spec, runs=tmp_path / "runs")
    best = run.history.best("val_loss")
    assert run.results["validation.loss"] == pytest.approx(best.value, abs=1e-6)
    assert kspec.evaluate(run)["loss"] == pytest.approx(run.results["test.loss"], abs=1e-6)


def test_smoke_trains_a_little_on_few_rows(spec, tmp_path):
    run = kspec.train(spec, runs=tmp_path / "runs", smoke=True)
    assert run.manifest.smoke
    assert run.manifest.epochs_done == 2
    assert {entry.name for entry in run.path.iterdir()} >= WHOLE


def test_a_fallback_is_said_everywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("KSPEC_DATA", "")
    spec = tmp_path / "fallback.yaml"
    spec.write_text(
        """
data:
  source: {mnist: nowhere.npz}
  fallback: digits
  inputs: {field: x, preprocess: [{Reshape: [64]}]}
model: {layers: [{Dense: {units: 10, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy}
""",
        encoding="utf-8",
    )
    events = []
    run = train(spec, runs=tmp_path / "runs", smoke=True, observe=events.append)

    notice = run.manifest.notices[0]
    assert "`mnist` cannot be had here" in notice
    assert notice.endswith("`digits` takes its place")
    assert [event.text for event in events if isinstance(event, Notice)] == [notice]
    assert run.manifest.data["fallback"] is True
    assert "takes its place" in (run.path / "report.html").read_text()
    assert "takes its place" in (run.path / "model.svg").read_text()


def test_warnings_about_the_spec_come_once_before_the_training(spec, tmp_path):
    events = []
    overrides = {"model.layers.2.Dropout": 0.95}
    train(spec, overrides=overrides, runs=tmp_path / "runs", smoke=True, observe=events.append)
    (warned,) = [event for event in events if isinstance(event, Warned)]
    assert events.index(warned) == 0
    assert [problem.code for problem in warned.problems] == ["high-dropout"]
    assert warned.problems[0].span.source.name == "--set"


def test_what_the_data_shows_is_a_warning_too(spec, tmp_path):
    y = np.repeat([0, 1, 2], 40)
    np.savez(tmp_path / "sorted.npz", x=np.ones((120, 4), "float32"), y=y)
    overrides = {"data.source": {"npz": "sorted.npz"}, "fit.validation_split": 0.2, "fit.epochs": 1, "callbacks": []}
    events = []
    run = train(spec, overrides=overrides, runs=tmp_path / "runs", observe=events.append)
    assert run.manifest.status == "done"
    (warned,) = [event for event in events if isinstance(event, Warned)]
    assert [problem.code for problem in warned.problems] == ["unseen-class"]
    assert warned.problems[0].span.source.name == "--set"
    assert events.index(warned) < next(i for i, event in enumerate(events) if isinstance(event, TrainingStarted))

    with pytest.raises(kspec.SpecError) as caught:
        train(spec, overrides=overrides, runs=tmp_path / "strict", strict=True)
    (problem,) = caught.value.problems
    assert (problem.code, problem.severity) == ("unseen-class", "error")
    assert not (tmp_path / "strict").exists()

    text = SPEC.replace("source: iris", "source: {npz: sorted.npz}").replace(
        "fit: {", "fit:\n  # kspec: ignore CODE\n  {"
    )
    text = text.replace("CODE", "unseen-class").replace("{split: 0.25, shuffle: true, stratify: y}", "0.2")
    spec.write_text(text, encoding="utf-8")
    again = []
    overrides = {"fit.epochs": 1, "callbacks": []}
    train(spec, overrides=overrides, runs=tmp_path / "strict", strict=True, observe=again.append)
    assert not [event for event in again if isinstance(event, Warned)]


def test_nothing_is_left_behind_where_a_spec_or_its_data_is_wrong(spec, tmp_path):
    for overrides in (
        {"model.layers.0.Dense.units": -1},
        {"data.source": "{csv: nowhere.csv}"},
        {"compile.loss": "mse"},
    ):
        with pytest.raises(kspec.SpecError):
            kspec.train(spec, runs=tmp_path / "runs", overrides=overrides)
    assert not (tmp_path / "runs").exists()


def test_what_fails_while_training_is_kept_and_placed(spec, tmp_path):
    """A custom loss of Keras that refuses its input only when it is called."""
    overrides = {"compile.loss": {"CTC": None}}
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train(spec, runs=tmp_path / "runs", overrides=overrides)
    (problem,) = caught.value.problems
    assert problem.code in ("training-failed", "target-mismatch")
    assert problem.span is not None


def test_a_loss_that_is_no_number_ends_as_failed(spec, tmp_path):
    run = kspec.train(spec, runs=tmp_path / "runs", overrides={"compile.optimizer": {"SGD": 1e30}, "callbacks": []})
    assert run.manifest.status == "failed"
    assert "is not a number" in run.manifest.reason
    json.loads((run.path / "run.json").read_text(), parse_constant=pytest.fail)


def test_the_status_is_true_after_any_end(spec, tmp_path):
    """Processes are ended while they train; their runs say so, and go on from where they were."""
    program = [sys.executable, str(Path(__file__).with_name("ended_processes.py")), str(spec), str(tmp_path / "runs")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for how, end in json.loads(done.stdout).items():
        folder = RunFolder(Path(end["path"]))
        manifest = kspec.Run(folder).manifest
        assert manifest.true_status == "interrupted", how
        # Epochs are short, and a process that is killed has no time to write what it has not written yet.
        assert manifest.epochs_done >= (1 if how == "SIGKILL" else 2), how
        assert "Traceback" not in end["said"], how
        if how == "SIGKILL":
            assert end["code"] == -signal.SIGKILL
        else:
            assert (how, end["code"], manifest.status) == (how, 130, "interrupted")
            assert not folder.lock.exists(), how
        if how not in ("SIGKILL", "PIPE"):
            assert f"kspec train --resume {folder.path}" in end["said"], how
        rows = kspec.Run(folder).history.rows
        assert [row["epoch"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row.status for row in list_runs(tmp_path / "runs")] == ["interrupted"] * 6


def test_two_at_once_claim_two_folders(tmp_path):
    """The claim is one system call, so threads that start together never share a folder."""
    from concurrent.futures import ThreadPoolExecutor

    from kspec.runs.folder import claim

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: claim(tmp_path / "runs", "x").name, range(40)))
    assert sorted(claimed, key=lambda name: int(name[2:])) == [f"x-{number}" for number in range(1, 41)]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"callbacks": [{"EarlyStopping": {"monitor": "val_los"}}]}, "did you mean `val_loss`?"),
        ({"callbacks": [{"ReduceLROnPlateau": None}], "fit.validation_split": None}, "there is no validation data"),
        (
            {"callbacks": [{"ModelCheckpoint": {"filepath": "a.keras", "save_best_only": True, "monitor": "f1"}}]},
            "not measured",
        ),
    ],
)
def test_a_monitor_that_is_not_measured_is_refused(spec, tmp_path, overrides, expected):
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train(spec, runs=tmp_path / "runs", overrides=overrides)
    (problem,) = caught.value.problems
    assert problem.code == "unknown-monitor"
    assert expected in problem.text
    assert not (tmp_path / "runs").exists()


def test_warnings_of_keras_are_notices(spec, tmp_path):
    events = []
    overrides = {"model.layers.3.Dense.units": 1, "model.layers.3.Dense.activation": "softmax"}
    overrides |= {
        "compile.loss": "binary_crossentropy",
        "fit.epochs": 1,
        "data.source": "breast_cancer",
        "callbacks": [],
    }
    train(spec, runs=tmp_path / "runs", observe=events.append, overrides=overrides)
    texts = [event.text for event in events if isinstance(event, Notice)]
    assert any("softmax" in text for text in texts)
    assert len(texts) == len(set(texts))


def test_a_run_does_not_go_on_with_other_data(spec, tmp_path):
    """The data file is changed between an interruption and the resume."""
    np.savez(tmp_path / "rows.npz", x=np.random.default_rng(0).normal(size=(60, 4)), y=np.arange(60) % 3)

    def interrupt(event):
        if isinstance(event, BatchEnded) and event.epoch == 2:
            raise KeyboardInterrupt

    options = {"data.source": {"npz": "rows.npz"}}
    run = train(spec, runs=tmp_path / "runs", observe=interrupt, overrides=options)
    np.savez(tmp_path / "rows.npz", x=np.random.default_rng(1).normal(size=(60, 4)), y=np.arange(60) % 3)
    with pytest.raises(kspec.SpecError, match=r"`data of source` was sha256 .* when the run began"):
        resume(run.folder)
    assert run.manifest.status == "interrupted"


def test_resolved_spec_finds_its_files_from_anywhere(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "rows.csv").write_text("a,y\n" + "1,0\n2,1\n" * 10)
    spec = tmp_path / "here" / "table.yaml"
    spec.write_text(
        "data: {train: {csv: rows.csv}, test: {csv: {path: [rows.csv]}}, targets: y}\n"
        "model: {layers: [{Dense: {units: 1, activation: sigmoid}}]}\n"
        "compile: {loss: binary_crossentropy}\n"
    )
    first = kspec.train(spec, runs=tmp_path / "runs")
    again = kspec.train(first.path / "resolved.yaml", runs=tmp_path / "elsewhere")
    assert metrics_of(first) == metrics_of(again)
    assert first.results == again.results


def test_a_base_in_another_folder(tmp_path):
    """The base names its data from its own folder; the run holds the whole, and repeats from it alone."""
    for name in ("base", "child"):
        (tmp_path / name).mkdir()
    (tmp_path / "base" / "rows.csv").write_text("a,y\n" + "1,0\n2,1\n" * 10)
    (tmp_path / "base" / "base.yaml").write_text(
        "name: table\n"
        "data: {train: {csv: rows.csv}, test: {csv: {path: [rows.csv]}}, targets: y}\n"
        "model: {layers: [{Dense: {units: 1, activation: sigmoid}}]}\n"
        "compile: {loss: binary_crossentropy}\n"
        "fit: {class_weight: {0: 2.0}}\n"
    )
    spec = tmp_path / "child" / "child.yaml"
    spec.write_text("extends: ../base/base.yaml\nwithout: [fit.class_weight]\nfit: {epochs: 2}\n")
    first = kspec.train(spec, runs=tmp_path / "runs")
    assert first.path.name == "table-1"
    assert first.manifest.bases == [str(tmp_path / "base" / "base.yaml")]
    assert (first.path / "spec.yaml").read_text() == spec.read_text()
    assert "binary_crossentropy" in (first.path / "report.html").read_text()
    resolved = first.path / "resolved.yaml"
    assert "class_weight" not in resolved.read_text()
    (tmp_path / "base" / "base.yaml").unlink()
    again = kspec.train(resolved, runs=tmp_path / "elsewhere")
    assert metrics_of(first) == metrics_of(again)
    assert first.results == again.results
    assert kspec.evaluate(first) == kspec.evaluate(again)


ACTIVE = {
    "fit.epochs": 30,
    "compile.optimizer": {"Adam": 0.03},
    "callbacks": [
        {"EarlyStopping": {"monitor": "val_loss", "patience": 3, "restore_best_weights": True}},
        {"ReduceLROnPlateau": {"monitor": "val_loss", "factor": 0.5, "patience": 1}},
        {"CSVLogger": "log.csv"},
        {"ModelCheckpoint": {"filepath": "kept.keras", "save_best_only": True}},
    ],
}


@pytest.mark.slow
def test_callbacks_that_act_go_on_as_if_nothing_had_happened(spec, tmp_path):
    """Stopped within every epoch, and while the finished model is judged: patience, best and rate are kept."""
    whole = train(spec, runs=tmp_path / "whole", overrides=ACTIVE)
    rates = {row["learning_rate"] for row in whole.history.rows}
    epochs = whole.manifest.epochs_done
    assert whole.manifest.status == "stopped"
    assert len(rates) > 1
    assert epochs > 4

    def interrupt_in(epoch):
        def observe(event):
            if isinstance(event, BatchEnded) and event.epoch == epoch and event.step >= 3:
                raise KeyboardInterrupt
            if isinstance(event, Phase) and event.text == "judging" and epoch > epochs:
                raise KeyboardInterrupt

        return observe

    for stopped_in in (2, epochs // 2, epochs - 1, epochs, epochs + 1):
        runs = tmp_path / f"stopped-{stopped_in}"
        run = train(spec, runs=runs, overrides=ACTIVE, observe=interrupt_in(stopped_in))
        assert run.manifest.status == "interrupted"
        run = resume(run.folder)
        assert run.manifest.status == "stopped"
        assert metrics_of(run) == metrics_of(whole), stopped_in
        assert run.results == whole.results
        assert (run.path / "log.csv").read_text() == (whole.path / "log.csv").read_text()
        for ours, theirs in zip(run.model(last=True).get_weights(), whole.model(last=True).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("callback", [{"BackupAndRestore": "."}, {"CSVLogger": "~/log.csv"}], ids=str)
def test_callbacks_write_into_the_run_folder_alone(spec, callback):
    (problem,) = kspec.validate(spec, overrides={"callbacks": [callback]}, static=True)
    assert problem.code == "outside-run"


def test_callbacks_that_name_what_kspec_writes_are_led_beside_it(spec, tmp_path):
    callbacks = [
        {"ModelCheckpoint": {"filepath": "best.keras", "monitor": "loss", "save_best_only": True}},
        {"CSVLogger": "history.csv"},
        {"TensorBoard": {"log_dir": "./preprocess/x"}},
        "ProgbarLogger",
        "History",
    ]
    problems = kspec.validate(spec, overrides={"callbacks": callbacks}, static=True)
    assert [(problem.code, problem.severity) for problem in problems] == [("own-file", "warning")] * 3
    run = kspec.train(spec, runs=str(tmp_path / "runs"), overrides={"callbacks": callbacks, "fit.epochs": 2})
    beside = run.path / "callbacks"
    assert sorted(path.name for path in beside.iterdir()) == ["best.keras", "history.csv", "preprocess"]
    assert len((beside / "history.csv").read_text().splitlines()) == 3
    assert keras.models.load_model(beside / "best.keras").count_params() == run.model().count_params()
    assert len(run.history.series("loss")) == 2


def test_callbacks_that_keras_refuses_are_placed_and_leave_no_folder(spec, tmp_path):
    for callback in ({"ModelCheckpoint": "no_ending"}, {"SwapEMAWeights": None}):
        with pytest.raises(kspec.SpecError) as caught:
            kspec.train(spec, runs=tmp_path / "runs", overrides={"callbacks": [callback]})
        (problem,) = caught.value.problems
        assert problem.path[:2] == ("callbacks", 0)
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train(spec, runs=tmp_path / "runs", overrides={"compile.metrics": ["AUC"]})
    (problem,) = caught.value.problems
    assert problem.code == "metric-failed"
    assert "`auc`" in problem.text


def test_a_schedule_by_epoch(spec, tmp_path):
    schedule = {"ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.5}}
    overrides = {"callbacks": [{"LearningRateScheduler": {"schedule": schedule}}], "fit.epochs": 3}
    run = kspec.train(spec, runs=tmp_path / "runs", overrides=overrides)
    assert run.history.series("learning_rate") == pytest.approx([0.1, 0.05, 0.025])


def test_the_best_model_is_the_one_that_was_validated(spec, tmp_path):
    """Averaged weights are swapped in for validation only; what is saved as best gives the value that was logged."""
    overrides = {
        "compile.optimizer": {"Adam": {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.9}},
        "callbacks": ["SwapEMAWeights"],
    }
    run = kspec.train(spec, runs=tmp_path / "runs", overrides=overrides)
    assert run.results["validation.loss"] == pytest.approx(run.history.best("val_loss").value, abs=1e-5)


def test_whole_numbers_where_keras_wants_floats(spec, tmp_path):
    run = kspec.train(spec, runs=tmp_path / "runs", overrides={"compile.optimizer": {"SGD": 1}, "fit.epochs": 1})
    assert run.manifest.status == "done"
    (problem,) = kspec.validate(spec, overrides={"compile.optimizer": {"SGD": -0.1}}, static=True)
    assert problem.code == "out-of-range"


def test_a_closed_pipe_interrupts(spec, tmp_path):
    """The reader goes away after a few lines; the run says so and can go on."""
    program = (
        f"{sys.executable} -m kspec train {spec} --epochs 200 --set 'callbacks=[]' --runs {tmp_path}/runs | head -6"
    )
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {program}"], capture_output=True, text=True, timeout=200)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert kspec.Run(tmp_path / "runs" / "small-1").manifest.status == "interrupted"


def test_an_output_without_loss_and_targets_changes_nothing_for_the_others(tmp_path):
    text = """
seed: 4
data: {source: iris, inputs: x, targets: TARGETS}
model:
  layers:
    - Dense: {units: 3, activation: softmax}
      name: kind
    - Dense: 1
      from: input
      name: other
  outputs: [kind, other]
compile: {loss: {kind: sparse_categorical_crossentropy, other: null}, metrics: {kind: [accuracy]}}
fit: {epochs: 2, validation_split: {split: 0.2, shuffle: true}, class_weight: {kind: {1: 2.0}}}
"""
    histories = []
    for targets in ("{kind: y}", "{kind: y, other: sepal_length_cm}"):
        (tmp_path / "two.yaml").write_text(text.replace("TARGETS", targets))
        histories.append(metrics_of(kspec.train(tmp_path / "two.yaml", runs=tmp_path / "runs")))
    assert histories[0] == histories[1]
