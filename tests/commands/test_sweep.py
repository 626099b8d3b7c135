"""`kspec sweep`: trials are processes, and here most of them only say what a training would say."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.commands.sweeping import sweep as sweeping
from kspec.commands.sweeping import trials
from kspec.commands.train import train
from kspec.runs.sweep_events import TrialEnded, TrialEpoch, TrialStarted
from kspec.runs.sweeps import SweepManifest

SPEC = """
name: tried
seed: 4
vars: {width: 8}
data: {source: iris, inputs: {field: x, preprocess: [Normalization]}}
model: {layers: [{Dense: {units: $(width), activation: relu}}, {Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: 0.01}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 4, validation_split: 0.2}
sweep:
  metric: val_loss
  space:
    vars.width: {int: {low: 1, high: 64}}
  trials: 6
"""

# What a trial says in place of a training. The loss is lowest at a width of 20, and falls with the epochs.
TRAINING = r"""
import json, os, signal, sys, time
from pathlib import Path

width = int(next(word for word in sys.argv if word.startswith("vars.width=")).partition("=")[2])
runs = Path(sys.argv[sys.argv.index("--runs") + 1])
epochs = int(os.environ.get("FAKE_EPOCHS", "3"))
pause = float(os.environ.get("FAKE_PAUSE", "0"))
fails = os.environ.get("FAKE_FAILS", "")

def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)

def stop(number, frame):
    say("result", status="interrupted", reason="interrupted")
    sys.exit(130)

signal.signal(signal.SIGINT, stop)
if fails == "spec":
    problem = {"message": "the model cannot be built", "hint": "take fewer", "code": "component-failed"}
    print(json.dumps({"problems": [problem]}, indent=2))
    sys.exit(2)
if fails == "fault":
    print("a thing went wrong", file=sys.stderr)
    sys.exit(3)
say("training_started", path=str(runs / f"tried-{width}"), epochs=epochs)
for epoch in range(1, epochs + 1):
    loss = (width - 20) ** 2 + 10 / epoch
    say("epoch_ended", epoch=epoch, logs={"loss": 1.0, "val_loss": None if fails == "nan" else loss})
    time.sleep(pause)
say("result", status="failed" if fails == "nan" else "done", reason="")
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    def command(spec, options, runs, code):
        assert all(path.is_file() for path in (spec, *code))
        return [sys.executable, "-c", TRAINING, *options, "--runs", str(runs)]

    monkeypatch.setattr(trials, "training_command", command)
    monkeypatch.chdir(tmp_path)
    Path("tried.yaml").write_text(SPEC)
    return "tried.yaml"


def ignore(event):
    """Observe nothing."""


def with_section(**changes):
    """Return options that change the `sweep` section."""
    return [f"sweep.{key}={json.dumps(value)}" for key, value in changes.items()]


def manifest_of(folder):
    return SweepManifest.read(folder)


@pytest.mark.parametrize("jobs", [1, 3])
def test_trials_are_made_and_ranked(spec, jobs):
    events = []
    folder = sweeping.sweep(spec, jobs=jobs, observe=events.append)
    manifest = manifest_of(folder)
    assert folder.path == Path("runs/tried-sweep-1")
    assert (manifest.status, manifest.finished, manifest.direction) == ("done", 6, "minimize")
    for trial in manifest.trials:
        width = trial.values["vars.width"]
        assert (trial.value, trial.epoch, trial.run) == ((width - 20) ** 2 + 10 / 3, 3, f"tried-{width}")
    best = manifest.ranked[0]
    assert best.value == min(trial.value for trial in manifest.trials)
    assert sweeping.best_command(manifest, folder) == [
        "kspec", "train", "tried.yaml", "--set", "seed=4", "--set", f"vars.width={best.values['vars.width']}",
    ]  # fmt: skip
    lines = folder.table.read_text().splitlines()
    assert lines[0] == "trial,status,val_loss,epoch,vars.width,seconds,run"
    assert len(lines) == 7
    assert sum(isinstance(event, TrialEpoch) for event in events) == 18
    ended = [event for event in events if isinstance(event, TrialEnded)]
    assert [event.value for event in ended if event.best][-1] == best.value
    at_work, most = 0, 0
    for event in events:
        at_work += isinstance(event, TrialStarted) - isinstance(event, TrialEnded)
        most = max(most, at_work)
    assert most == jobs


def test_the_same_seed_tries_the_same_values(spec):
    tried = [[trial.values for trial in manifest_of(sweeping.sweep(spec, observe=ignore)).trials] for _ in range(2)]
    assert tried[0] == tried[1]
    other = manifest_of(sweeping.sweep(spec, overrides=["seed=5"], observe=ignore))
    assert [trial.values for trial in other.trials] != tried[0]
    assert Path("runs/tried-sweep-3/whole.yaml").read_text().count("seed: 5") == 1


def test_trials_are_made_from_the_whole_spec(spec, tmp_path):
    """Bases and options are put in, constants are not: a trial changes them."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more/child.yaml").write_text("extends: ../tried.yaml\nwithout: [seed]\n")
    folder = sweeping.sweep("more/child.yaml", overrides=["fit.epochs=9"], trials=1, observe=ignore)
    whole = folder.whole.read_text()
    assert "$(width)" in whole
    assert "epochs: 9" in whole
    assert "extends" not in whole
    assert f"seed: {manifest_of(folder).seed}" in whole
    assert folder.spec.read_text().startswith("extends")


def test_hopeless_trials_are_ended_early(spec, monkeypatch):
    monkeypatch.setenv("FAKE_EPOCHS", "40")
    monkeypatch.setenv("FAKE_PAUSE", "0.05")
    pruner = {"MedianPruner": {"n_startup_trials": 1}}
    folder = sweeping.sweep(spec, overrides=with_section(pruner=pruner, trials=4), observe=ignore)
    trials = manifest_of(folder).trials
    assert trials[0].status == "done"
    assert "pruned" in [trial.status for trial in trials]
    for trial in trials[1:]:
        worse = abs(trial.values["vars.width"] - 20) > abs(trials[0].values["vars.width"] - 20)
        assert trial.status != "pruned" or (worse and trial.epoch < 40)
    assert manifest_of(folder).ranked[0].status == "done"


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        ("spec", "the model cannot be built; take fewer [component-failed]"),
        ("fault", "a thing went wrong"),
        ("nan", "the metric is no number"),
    ],
)
def test_a_sweep_whose_first_trials_fail_is_given_up(spec, monkeypatch, fails, reason):
    monkeypatch.setenv("FAKE_FAILS", fails)
    result = CliRunner().invoke(app, ["sweep", spec])
    assert result.exit_code == 1, result.output
    manifest = manifest_of(sweeping.SweepFolder(Path("runs/tried-sweep-1")))
    assert [trial.status for trial in manifest.trials] == ["failed"] * 3
    assert {trial.reason for trial in manifest.trials} == {reason}
    assert reason in result.output
    assert "no trial has a result" in result.output


def test_an_interrupted_sweep_goes_on(spec, monkeypatch):
    """What was being trained is made again, and there are as many trials as were asked for."""
    monkeypatch.setenv("FAKE_PAUSE", "0.2")
    started = []

    def interrupt(event):
        if isinstance(event, TrialStarted):
            started.append(event)
        if isinstance(event, TrialEpoch) and event.trial == 3:
            raise KeyboardInterrupt

    folder = sweeping.sweep(spec, observe=interrupt, jobs=2)
    manifest = manifest_of(folder)
    assert manifest.status == "interrupted"
    lost = [trial.values for trial in manifest.trials if trial.status == "interrupted"]
    assert lost
    assert manifest.finished == len(started) - len(lost)

    monkeypatch.setenv("FAKE_PAUSE", "0")
    sweeping.resume(folder, observe=ignore)
    manifest = manifest_of(folder)
    assert (manifest.status, manifest.finished) == ("done", 6)
    counted = [trial.values for trial in manifest.trials if trial.status == "done"]
    assert all(values in counted for values in lost)

    with pytest.raises(kspec.SpecError, match="is finished: it has 6 trials"):
        sweeping.resume(folder, observe=ignore)
    result = CliRunner().invoke(app, ["sweep", "--resume", "--trials", "8", "--json"])
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout.splitlines()[-1])["trials"]) == 8 + len(lost)


def test_a_sweep_that_goes_on_draws_other_values(spec):
    random = with_section(sampler="RandomSampler")
    folder = sweeping.sweep(spec, overrides=random, trials=4, observe=ignore)
    sweeping.resume(folder, trials=8, observe=ignore)
    widths = [trial.values["vars.width"] for trial in manifest_of(folder).trials]
    assert widths[:4] != widths[4:]


def test_a_space_that_is_used_up(spec):
    options = with_section(sampler="BruteForceSampler", space={"vars.width": {"int": {"low": 3, "high": 5}}})
    manifest = manifest_of(sweeping.sweep(spec, overrides=options, observe=ignore))
    assert sorted(trial.values["vars.width"] for trial in manifest.trials) == [3, 4, 5]
    assert (manifest.status, manifest.reason) == ("done", "every combination has been tried")


def test_values_of_any_kind_are_tried(spec):
    space = {"vars.width": {"int": {"low": 8, "high": 9}}, "compile.optimizer": {"categorical": [{"SGD": 0.1}, "adam"]}}
    options = with_section(sampler="BruteForceSampler", space=space)
    manifest = manifest_of(sweeping.sweep(spec, overrides=options, observe=ignore))
    assert len(manifest.trials) == 4
    found = [trial.values["compile.optimizer"] for trial in manifest.trials]
    assert found.count("adam") == found.count({"SGD": 0.1}) == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["sweep=null"], "missing-key"),
        (with_section(sampler={"ThresholdSampler": None}), "unknown-component"),
        (with_section(pruner="ThresholdPruner"), "component-failed"),
    ],
)
def test_what_cannot_be_swept(spec, options, code):
    result = CliRunner().invoke(app, ["sweep", spec, *(word for option in options for word in ("--set", option))])
    assert isinstance(result.exception, kspec.SpecError), result.output
    assert [problem.code for problem in result.exception.problems] == [code]
    assert not Path("runs").exists()


@pytest.mark.parametrize("section", ["data", "compile"])
def test_a_spec_that_cannot_be_trained(spec, section):
    lines = [line for line in SPEC.splitlines() if not line.startswith(f"{section}:")]
    Path("less.yaml").write_text("\n".join(lines))
    with pytest.raises(kspec.SpecError, match=f"the spec has no `{section}`"):
        sweeping.sweep("less.yaml", observe=ignore)
    assert not Path("runs").exists()


def test_without_optuna(spec, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(kspec.SpecError, match=r"pip install 'kspec\[sweep\]'"):
        sweeping.sweep(spec, observe=ignore)
    assert not Path("runs").exists()


def test_components_of_ones_own(spec):
    """They are named again when a sweep goes on, unchanged: no code is run that was not named."""
    Path("own.py").write_text("import keras\n\n\nclass Twice(keras.layers.Layer):\n    pass\n")
    option = 'model.layers=["Twice", {"Dense": {"units": 3, "activation": "softmax"}}]'
    with pytest.raises(kspec.SpecError, match="there is no layer `Twice`"):
        sweeping.sweep(spec, overrides=[option], observe=ignore)
    folder = sweeping.sweep(spec, overrides=[option], code=["own.py"], trials=1, observe=ignore)
    manifest = manifest_of(folder)
    assert manifest.finished == 1
    assert sweeping.best_command(manifest, folder)[3:5] == ["--code", manifest.code[0].path]
    sweeping.resume(folder, code=["own.py"], trials=2, observe=ignore)
    Path("own.py").write_text("import keras\n\n\nclass Twice(keras.layers.Layer):\n    more = 1\n")
    for code in ([], ["own.py"]):
        with pytest.raises(kspec.SpecError, match="--code"):
            sweeping.resume(folder, code=code, trials=3, observe=ignore)


@pytest.mark.slow
def test_real_trainings(tmp_path, monkeypatch):
    """The best trial, trained again by the command that is shown, comes to the same."""
    monkeypatch.chdir(tmp_path)
    Path("tried.yaml").write_text(SPEC)
    folder = sweeping.sweep("tried.yaml", overrides=["fit.epochs=2"], trials=2, jobs=2, observe=ignore)
    manifest = manifest_of(folder)
    assert [trial.status for trial in manifest.trials] == ["done", "done"]
    best = manifest.ranked[0]
    run = kspec.Run(folder.trials / best.run)
    assert run.manifest.status == "done"
    options = [word for word in sweeping.best_command(manifest, folder)[3:] if word != "--set"]
    again = train("tried.yaml", overrides=options)
    assert again.history.best("val_loss") == run.history.best("val_loss")
    assert again.history.best("val_loss").value == best.value
