"""How trainings end that do not come to their end: what is kept, what is said, and that they go on to the last bit."""

import contextlib
import errno
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

import kspec
from kspec.commands.train import resume, train
from kspec.engine.keeping import keeper
from kspec.runs import states
from kspec.runs.events import BatchEnded, EpochStarted, Notice
from kspec.runs.failure import RunFailed
from kspec.runs.folder import RunFolder
from kspec.runs.states import load_state

SPEC = """
name: small
seed: 5
data: {source: {npz: rows.npz}}
model:
  layers:
    - Dense: {units: 16, activation: relu, name: first}
    - BatchNormalization
    - Dropout: 0.4
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: {Adam: 0.02}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 4, batch_size: 8, validation_split: 0.25}
callbacks:
  - EarlyStopping: {patience: 3}
  - CSVLogger: log.csv
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ends")
    x = np.random.default_rng(0).normal(size=(160, 4)).astype(np.float32)
    np.savez(folder / "rows.npz", x=x, y=x[:, :3].argmax(axis=1))
    path = folder / "small.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture(autouse=True)
def every_state_is_written(monkeypatch):
    """Epochs are short here, so that not every state would be."""
    monkeypatch.setattr(keeper, "_SHARE", math.inf)


def left_by(run):
    """Return all that a run leaves, but for its times."""
    stored = load_state(run.folder)
    record = {**stored.record, "history": [{**row, "seconds": 0} for row in stored.record["history"]]}
    for named in ("variables", "metrics", "best"):  # Keras counts names up, and archives have times
        del record[named]
    arrays = {name: array.tobytes() for name, array in stored.arrays.items()}
    return record, arrays, (run.path / "log.csv").read_text(), run.results


WAYS = {"loop": {}, "fit": {"compile.steps_per_execution": 2}, "stream": {"runtime.memory": "1 kB"}}


@pytest.fixture(scope="module")
def whole(spec):
    """What runs leave that were never stopped, by the way that they were trained."""
    found = {}

    def whole(way):
        if way not in found:
            found[way] = left_by(train(spec, runs=spec.parent / "whole", overrides=WAYS[way]))
        return found[way]

    return whole


def at(epoch, act, step=2):
    """Return an observer that acts once, in an epoch."""
    done = []

    def observe(event):
        if isinstance(event, BatchEnded) and event.epoch == epoch and event.step >= step and not done:
            done.append(event.step)
            act()

    return observe


def sent(number):
    return lambda: os.kill(os.getpid(), number)


@pytest.fixture
def heard():
    """Signals act in this process, though the shell that began it may have it pass over some."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("way", "number"), [("loop", signal.SIGTERM), ("fit", signal.SIGHUP), ("stream", signal.SIGINT)]
)
def test_a_signal_ends_a_training_at_its_step_and_none_is_taken_twice(spec, whole, tmp_path, way, number):
    run = train(spec, runs=tmp_path, overrides=WAYS[way], observe=at(3, sent(number)))
    assert run.manifest.status == "interrupted"
    stored = load_state(run.folder)
    assert stored.record["epoch"] == run.manifest.epochs_done == 2
    assert stored.record["step"] > 0
    seen = []
    run = resume(run.folder, observe=seen.append)
    assert run.manifest.status == "done"
    first = next(event for event in seen if isinstance(event, BatchEnded))
    assert (first.epoch, first.step) > (3, stored.record["step"])
    assert left_by(run) == whole(way)


def test_a_clock_that_jumps_changes_nothing(spec, whole, tmp_path, monkeypatch):
    clock = time.time
    jumps = iter((-1e8, 1e8, -1e7))

    def jump():
        by = next(jumps, 0.0)
        monkeypatch.setattr(time, "time", lambda: clock() + by)

    def observe(event):
        if isinstance(event, EpochStarted):
            jump()
        if isinstance(event, BatchEnded) and event.epoch == 3:
            sent(signal.SIGTERM)()

    run = train(spec, runs=tmp_path, observe=observe)
    assert run.manifest.true_status == "interrupted"
    assert all(row["seconds"] < 60 for row in run.history.rows)
    assert left_by(resume(run.folder)) == whole("loop")


@pytest.mark.usefixtures("heard")
def test_a_second_request_ends_a_training_at_once(spec, whole, tmp_path):
    def twice():
        sent(signal.SIGINT)()
        sent(signal.SIGINT)()

    run = train(spec, runs=tmp_path, observe=at(2, twice))
    assert run.manifest.status == "interrupted"
    assert load_state(run.folder).record["step"] == 0
    assert left_by(resume(run.folder)) == whole("loop")


def test_what_nohup_has_a_process_pass_over_ends_nothing(spec, tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = train(spec, runs=tmp_path, overrides={"fit.epochs": 1}, observe=at(1, sent(signal.SIGHUP)))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert run.manifest.status == "done"


def test_long_epochs_are_kept_within(spec, whole, tmp_path):
    """`checkpoint.every` is so short here that each look of the training at its clock is a save."""

    def end():
        raise KeyboardInterrupt

    run = train(spec, runs=tmp_path, overrides={"checkpoint.every": 1e-9}, observe=at(1, end, step=9))
    assert (load_state(run.folder).record["epoch"], load_state(run.folder).record["step"]) == (0, 1)
    assert left_by(resume(run.folder)) == whole("loop")


def test_states_of_short_epochs_are_written_when_training_ends(spec, whole, tmp_path, monkeypatch):
    """Writing would take all the time that there is: after the first state, only what must be written is."""
    monkeypatch.setattr(keeper, "_SHARE", 1e-9)
    written = []
    save = states.save_state

    def noted(folder, record, arrays):
        written.append((record["epoch"], record["step"]))
        save(folder, record, arrays)

    monkeypatch.setattr(states, "save_state", noted)
    run = train(spec, runs=tmp_path)
    assert written == [(1, 0), (4, 0)]
    assert left_by(run) == whole("loop")

    def fail():
        raise KeyboardInterrupt

    for act, left in ((sent(signal.SIGTERM), [(1, 0), (2, 0), (2, 2)]), (fail, [(1, 0), (2, 0)])):
        written.clear()
        run = train(spec, runs=tmp_path, observe=at(3, act))
        assert written[:2] == left[:2] and len(written) == len(left)
        assert run.manifest.epochs_done == len(run.history.rows) == 2
        assert left_by(resume(run.folder)) == whole("loop")

    def break_down():
        raise ZeroDivisionError

    written.clear()
    with pytest.raises(ZeroDivisionError):
        train(spec, runs=tmp_path / "broken", observe=at(3, break_down))
    assert written == [(1, 0), (2, 0)]
    assert left_by(resume(RunFolder(tmp_path / "broken" / "small-1"))) == whole("loop")


def test_a_best_model_that_was_not_written_at_once_is_that_of_its_epoch(spec, tmp_path, monkeypatch):
    worse = {"compile.optimizer.Adam": 0.5, "fit.epochs": 7, "callbacks": []}
    found = []
    for share in (math.inf, 1e-9):
        monkeypatch.setattr(keeper, "_SHARE", share)
        run = train(spec, runs=tmp_path, overrides=worse)
        assert 1 < run.manifest.best["epoch"] < 7
        with zipfile.ZipFile(run.folder.best_model) as file:
            found.append(file.read("model.weights.h5"))
        found.append([values.tobytes() for values in run.model().get_weights()])
    assert found[1] == found[3] and len(found[0]) == len(found[2])


def test_large_states_are_written_beside_the_training(spec, whole, tmp_path, monkeypatch):
    """Every state counts as large here; that one could not be written is said by whoever waits for it."""
    monkeypatch.setattr(keeper, "_BESIDE", 0)
    run = train(spec, runs=tmp_path, observe=at(3, sent(signal.SIGTERM)))
    assert run.manifest.status == "interrupted"
    assert load_state(run.folder).record["epoch"] == run.manifest.epochs_done == len(run.history.rows) == 2
    assert left_by(resume(run.folder)) == whole("loop")

    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def observe(event):
        if isinstance(event, EpochStarted) and event.epoch == 2:
            monkeypatch.setattr(states, "save_state", refuse)

    with pytest.raises(RunFailed, match="No space left"):
        train(spec, runs=tmp_path / "full", observe=observe)


def test_a_training_that_is_killed_again_and_again_ends_as_if_it_had_not_been():
    """The short form of the soak: killed at calls that change files, and at any moment."""
    program = [sys.executable, str(Path(__file__).parents[2] / "benchmarks" / "soak.py")]
    program += ["--kills", "4", "--way", "loop", "--quiet"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["kills"] >= 3


@contextlib.contextmanager
def limited(kind, limit):
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


REFUSALS = {"read-only": errno.EROFS, "quota": errno.EDQUOT, "broken": errno.EIO}


@pytest.mark.parametrize("kind", ["disk", "files", *REFUSALS])
def test_a_disk_that_refuses_ends_a_training_with_the_last_state_whole(spec, whole, tmp_path, kind, monkeypatch):
    """A file size limit stands for a full disk: what is written up to it stays, and the rest is refused."""

    def refuse(*_, **__):
        raise OSError(REFUSALS[kind], os.strerror(REFUSALS[kind]))

    with contextlib.ExitStack() as limits:

        def observe(event):
            if isinstance(event, EpochStarted) and event.epoch == 3:
                if kind == "disk":
                    limits.enter_context(limited(resource.RLIMIT_FSIZE, 4000))
                elif kind == "files":
                    limits.enter_context(limited(resource.RLIMIT_NOFILE, 3))
                else:
                    monkeypatch.setattr(tempfile, "mkstemp", refuse)

        with pytest.raises(RunFailed) as caught:
            train(spec, runs=tmp_path, observe=observe)
    monkeypatch.undo()
    (problem,) = caught.value.problems
    assert problem.code == "disk-failed"
    said = {"disk": "File too large", "files": "Too many open files"}
    assert (said.get(kind) or os.strerror(REFUSALS[kind])) in problem.text
    assert f"kspec train --resume {tmp_path / 'small-1'}" in problem.hint
    run = kspec.Run(tmp_path / "small-1")
    assert load_state(run.folder).record["epoch"] == 2
    assert not [path for path in run.path.rglob("*") if ".writing-" in path.name]
    (run.path / "checkpoint" / ".writing-old").write_text("half")
    assert left_by(resume(run.folder)) == whole("loop")
    assert not (run.path / "checkpoint" / ".writing-old").exists()


def test_memory_that_does_not_suffice_is_said_and_the_run_goes_on(spec, whole, tmp_path, monkeypatch):
    def full(*_, **__):
        raise MemoryError

    def observe(event):
        if isinstance(event, EpochStarted) and event.epoch == 2:
            monkeypatch.setattr(keeper, "taken", full)

    with pytest.raises(RunFailed, match="memory does not suffice") as caught:
        train(spec, runs=tmp_path, observe=observe)
    monkeypatch.undo()
    assert "kspec train --resume" in caught.value.problems[0].hint
    run = kspec.Run(tmp_path / "small-1")
    assert run.manifest.status == "failed"
    assert left_by(resume(run.folder)) == whole("loop")


def test_a_loss_that_is_no_number_ends_a_training_with_its_last_finite_state(spec, tmp_path):
    """The rate is raised by a schedule in the third epoch."""
    rate = {"PiecewiseConstantDecay": {"boundaries": [30], "values": [0.01, 1e30]}}
    overrides = {"compile.optimizer": {"SGD": {"learning_rate": rate}}, "callbacks": []}
    run = train(spec, runs=tmp_path, overrides=overrides)
    assert run.manifest.status == "failed"
    assert "is not a number" in run.manifest.reason
    assert "epoch 3" in run.manifest.reason
    assert run.manifest.epochs_done == 2
    stored = load_state(run.folder)
    assert stored.record["epoch"] == 2
    model = run.model(last=True)
    for index, variable in enumerate(model.variables):
        if "seed_generator" not in variable.path:
            np.testing.assert_array_equal(variable.numpy(), stored.arrays[f"variable/{index}"])
    json.loads((run.path / "run.json").read_text(), parse_constant=pytest.fail)


def test_a_weight_that_is_not_finite_is_named_though_the_loss_is(spec, tmp_path):
    """An infinite bias of a unit that the softmax then gives no chance: its loss is a number all the same."""
    code = tmp_path / "spoil.py"
    code.write_text(
        "import keras\n\n\nclass Spoil(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        if epoch == 1:\n"
        "            kernel = self.model.get_layer('first').kernel\n"
        "            kernel.assign(kernel * float('nan'))\n"
    )
    run = train(spec, runs=tmp_path, overrides={"callbacks": ["Spoil"]}, code=[code])
    assert run.manifest.status == "failed"
    assert run.manifest.reason == "values of `first/kernel` are not finite after epoch 2"
    assert run.manifest.epochs_done == 1
    assert load_state(run.folder).record["epoch"] == 1


def test_a_damaged_state_gives_way_to_the_one_before_it(spec, whole, tmp_path):
    run = train(spec, runs=tmp_path, observe=at(4, sent(signal.SIGTERM)))
    content = bytearray(run.folder.checkpoint.read_bytes())
    content[len(content) // 2] ^= 1
    run.folder.checkpoint.write_bytes(content)
    said = []
    run = resume(run.folder, observe=said.append)
    (notice,) = [event.text for event in said if isinstance(event, Notice) and "checkpoint" in event.text]
    assert "does not match its digest; training goes on from the one before it" in notice
    assert left_by(run) == whole("loop")


def test_the_best_model_of_a_state_is_brought_back(spec, whole, tmp_path):
    """Between two saves the newer best model lies there already, or its name is gone."""
    run = train(spec, runs=tmp_path, observe=at(3, sent(signal.SIGTERM)))
    best = run.folder.best_model.read_bytes()
    run.folder.best_model.unlink()
    run.folder.best_model.write_bytes(b"another")
    run.folder.history.write_text("epoch,loss\n1,0.5\n")
    seen = []

    def observe(event):
        if isinstance(event, EpochStarted) and event.epoch == 3:
            seen.append(run.folder.best_model.read_bytes())
            seen.append(len(run.history.rows))

    again = resume(run.folder, observe=observe)
    assert seen == [best, 2]
    assert left_by(again) == whole("loop")

    stopped = train(spec, runs=tmp_path / "other", observe=at(3, sent(signal.SIGTERM)))
    for path in (stopped.folder.best_model, *stopped.folder.checkpoint.parent.glob("best-*")):
        path.unlink()
        path.write_bytes(b"")
    with pytest.raises(kspec.SpecError, match=r"the best model, .* is damaged or gone"):
        resume(stopped.folder)


def test_a_callback_of_ones_own_goes_on_with_what_it_remembers(spec, tmp_path):
    code = tmp_path / "warm.py"
    code.write_text(
        "import keras\n\n\nclass Warm(keras.callbacks.Callback):\n"
        "    def __init__(self):\n        super().__init__()\n        self.steps = 0\n\n"
        "    def on_train_batch_end(self, batch, logs=None):\n"
        "        self.steps += 1\n"
        "        self.model.optimizer.learning_rate.assign(0.001 * self.steps)\n\n"
        "    def state_dict(self):\n        return {'steps': self.steps, 'seen': [('a', 1.5), {'b': None}]}\n\n"
        "    def load_state_dict(self, state):\n"
        "        assert state['seen'] == [['a', 1.5], {'b': None}]\n        self.steps = state['steps']\n"
    )
    options = {"overrides": {"callbacks": ["Warm", {"CSVLogger": "log.csv"}]}, "code": [code]}
    expected = left_by(train(spec, runs=tmp_path / "whole", **options))
    run = train(spec, runs=tmp_path / "runs", observe=at(2, sent(signal.SIGTERM), step=5), **options)
    assert load_state(run.folder).record["step"] == 5
    assert left_by(resume(run.folder, code=[code])) == expected
