"""Code of one's own as a user meets it: named on the command line, run once, asked for again, never run unasked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

import kspec
from kspec.commands.evaluate import evaluate
from kspec.commands.plot import plot_run
from kspec.commands.predict import predict
from kspec.commands.train import resume, train
from kspec.commands.training.fitting import going_on
from kspec.runs.events import EpochEnded, Notice
from kspec.spec.problems import SpecError

MINE = '''
    import pathlib

    import keras
    from keras import ops

    with (pathlib.Path(__file__).parent / "ran").open("a") as ran:
        ran.write("ran ")


    class Gate(keras.layers.Layer):
        """Multiplies by a trained factor."""

        def __init__(self, start: float = 1.0, **kwargs):
            super().__init__(**kwargs)
            self.start = start

        def build(self, shape):
            self.factor = self.add_weight(shape=(), initializer=keras.initializers.Constant(self.start))

        def call(self, inputs):
            return inputs * self.factor


    class Halved(keras.layers.Layer):
        def __init__(self, by: float = 2.0, **kwargs):
            super().__init__(**kwargs)
            self.by = by

        def call(self, inputs):
            return inputs / self.by


    class Meeting(keras.layers.Layer):
        def call(self, inputs):
            left, right = inputs
            return left + right


    class Shifted(keras.losses.Loss):
        def __init__(self, by: float = 0.0, **kwargs):
            super().__init__(**kwargs)
            self.by = by

        def call(self, y_true, y_pred):
            return ops.mean((y_true - y_pred - self.by) ** 2, axis=-1)


    class Largest(keras.metrics.Metric):
        def __init__(self, name="largest", **kwargs):
            super().__init__(name=name, **kwargs)
            self.most = self.add_weight(shape=(), initializer="zeros", name="most")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.most.assign(ops.maximum(self.most, ops.max(ops.abs(y_true - y_pred))))

        def result(self):
            return self.most


    class Patient(keras.callbacks.ReduceLROnPlateau):
        """Remembers what its base remembers."""


    class Halves(keras.initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return 0.5 * ops.ones(shape, dtype)


    def off_by(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred), axis=-1)


    def power(exponent: float = 2.0):
        def loss(y_true, y_pred):
            return ops.mean(ops.abs(y_true - y_pred) ** exponent, axis=-1)

        return loss


    def gentle(x):
        return ops.tanh(x)
    '''

SPEC = """
    name: own
    seed: 3
    data:
      source: {random: {rows: 60, x: {shape: [4]}, y: {shape: [1]}}}
      inputs: {field: x, preprocess: [{Halved: {by: 4}}]}
    model:
      layers:
        - Dense: {units: 3, activation: gentle, kernel_initializer: Halves}
          name: first
        - Gate: {start: 2}
          name: scaled
        - Meeting:
          from: [first, scaled]
        - Dense: 1
    compile: {optimizer: adam, loss: {Shifted: {by: 0.1}}, metrics: [off_by, Largest, {power: {exponent: 3}}]}
    fit: {epochs: 4, batch_size: 8, validation_split: 0.25}
    callbacks: [{Patient: {monitor: val_loss, patience: 1, factor: 0.5, min_delta: 10}}]
    """


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write(tmp_path, "mine.py", MINE)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write(tmp_path, "own.yaml", SPEC)


def problem_of(*arguments: Any, **more: Any) -> Any:
    """Return the only problem that training ends with."""
    with pytest.raises(SpecError) as error:
        kspec.train(*arguments, **more)
    (problem,) = error.value.problems
    return problem


def metrics_of(run: kspec.Run) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history.rows]


def test_a_run_with_own_components(mine: Path, spec: Path, tmp_path: Path) -> None:
    run = kspec.train(spec, runs=tmp_path / "runs", code=[mine])
    assert run.manifest.status == "done"
    assert {"loss", "off_by", "largest", "power", "val_power"} <= set(run.history.rows[0])
    assert (tmp_path / "ran").read_text() == "ran "
    assert (run.path / "code" / "mine.py").read_bytes() == mine.read_bytes()
    (record,) = json.loads((run.path / "run.json").read_text())["code"]
    assert (record["path"], len(record["sha256"])) == (str(mine), 64)

    rows = np.ones((3, 4), dtype=np.float32)
    expected = run.model().predict(rows / 4, verbose=0)
    assert [layer.name for layer in run.model().layers][:3] == ["input", "first", "scaled"]
    np.testing.assert_allclose(kspec.predict(run, rows), expected)
    assert kspec.evaluate(run).keys() == {"loss", "off_by", "largest", "power"}

    for use in (lambda: kspec.predict(run.path, rows), lambda: kspec.evaluate(run.path), lambda: plot_run(run.folder),
                kspec.Run(run.path).model):  # fmt: skip
        with pytest.raises(SpecError, match=r"trained with code of its own: mine\.py .*add `--code "):
            use()
    np.testing.assert_allclose(kspec.predict(run.path, rows, code=[mine]), expected)
    np.testing.assert_allclose(kspec.Run(run.path, code=[mine]).model().predict(rows / 4, verbose=0), expected)
    plot_run(run.folder, [mine])


def test_a_file_that_has_changed_is_told(mine: Path, spec: Path, tmp_path: Path) -> None:
    run = kspec.train(spec, runs=tmp_path / "runs", code=[mine], smoke=True)
    kept = run.path / "code" / "mine.py"
    mine.write_text(mine.read_text() + "# changed\n")
    events: list[Any] = []
    evaluate(run.folder, code=[mine], observe=events.append)
    predict(run.folder, np.ones((1, 4)), code=[mine], observe=events.append)
    said = [event.text for event in events if isinstance(event, Notice)]
    assert len(said) == 2
    assert all("mine.py has changed since this run was trained" in text and str(kept) in text for text in said)
    events.clear()
    evaluate(run.folder, code=[kept], observe=events.append)
    assert not [event for event in events if isinstance(event, Notice)]
    mine.unlink()
    with pytest.raises(SpecError, match=r"add `--code .*own-1/code/mine\.py`"):
        evaluate(run.folder)


def test_an_interrupted_run_goes_on_bit_for_bit(mine: Path, spec: Path, tmp_path: Path) -> None:
    whole = kspec.train(spec, runs=tmp_path / "whole", code=[mine])

    def stop(event: Any) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            raise KeyboardInterrupt

    run = train(spec, runs=tmp_path / "runs", code=[mine], observe=stop)
    assert run.manifest.status == "interrupted"
    assert going_on(run.manifest, run.folder).endswith(f"own-1 --code {mine}")
    with pytest.raises(SpecError, match="needs-code"):
        resume(run.folder)
    gone_on = resume(run.folder, code=[mine])
    assert metrics_of(gone_on) == metrics_of(whole)
    rates = [row["learning_rate"] for row in gone_on.history.rows]
    assert rates[-1] < rates[0], "the callback has acted, so that what it remembers counts"


def test_a_source_of_ones_own(tmp_path: Path) -> None:
    code = write(
        tmp_path,
        "moons.py",
        """
        import numpy as np

        import kspec


        @kspec.source
        def moons(rows: int = 40, *, seed, folder):
            assert folder.is_dir()
            random = np.random.default_rng(seed)
            fields = {"x": random.normal(size=(rows, 2)), "y": random.choice(["day", "night"], rows)}
            return fields, {name: values[:8] for name, values in fields.items()}


        @kspec.source
        def wrong():
            return 3


        @kspec.source
        def broken():
            return {"x": 1 / 0}
        """,
    )
    text = """
        seed: 5
        data: {source: {moons: {rows: 48}}}
        model: {layers: [{Dense: {units: 1, activation: sigmoid}}]}
        compile: {optimizer: adam, loss: binary_crossentropy}
        """
    spec = write(tmp_path, "moons.yaml", text)
    run = kspec.train(spec, runs=tmp_path / "runs", code=[code])
    assert run.manifest.data["rows"] == {"train": 48, "test": 8}
    assert run.manifest.data["origin"]["source"].endswith("moons.py")
    assert json.loads((run.path / "labels.json").read_text())["dense"] == ["day", "night"]
    again = kspec.train(spec, runs=tmp_path / "runs", code=[code])
    other = kspec.train(spec, runs=tmp_path / "runs", code=[code], overrides={"seed": 6})
    prints = [each.manifest.data["fingerprints"]["source"] for each in (run, again, other)]
    assert prints[0] == prints[1] != prints[2]
    assert evaluate(run.folder, data="{moons: {rows: 10, seed: 1}}", code=[code])[1].rows == 8

    problem = problem_of(spec, runs=tmp_path / "runs", code=[code], overrides={"data.source": "wrong"})
    assert (problem.code, problem.message) == ("bad-data", "`wrong` gave int")
    problem = problem_of(spec, runs=tmp_path / "runs", code=[code], overrides={"data.source": "broken"})
    assert (problem.code, problem.span.source.name, problem.span.line) == ("code-failed", str(code), 22)


HEAD = "import keras\nfrom keras import ops\n"
PLAIN = "class Mine(keras.layers.Layer):\n    def call(self, inputs, training=None):\n        return inputs\n"
INIT = "class Mine(keras.layers.Layer):\n    def __init__(self, {}):\n        super().__init__({})\n"
CALL = "    def call(self, inputs):\n        return inputs\n"
FAILING = {
    "what it imports": (f"import nowhere\n{HEAD}{PLAIN}", "code-failed", "mine.py:1", "No module named 'nowhere'"),
    "itself": (f"{HEAD}{PLAIN}raise SystemExit(3)\n", "code-failed", "mine.py:6", "SystemExit: 3"),
    "a constructor": (
        HEAD + INIT.format("**kwargs", "**kwargs") + "        raise LookupError('x')\n",
        "component-failed", "own.yaml:4", "LookupError: x (mine.py, line 6)",
    ),
    "a call": (
        HEAD + PLAIN.replace("return inputs", "return oops"),
        "shape-mismatch", "own.yaml:4", "'oops' is not defined (mine.py, line 5)",
    ),
    "a missing call": (f"{HEAD}class Mine(keras.layers.Layer): pass\n", "shape-mismatch", "own.yaml:4", "no `call`"),
    "a layer in training": (
        HEAD + PLAIN.replace("return inputs", "return {}[3] if training else inputs"),
        "training-failed", "own.yaml:4", "KeyError: 3 (mine.py, line 5)",
    ),
    "a layer that cannot be saved": (
        HEAD + INIT.format("thing=1", "") + CALL,
        "not-savable", "own.yaml:4", "unexpected keyword argument",
    ),
    "a layer whose arguments nobody knows": (
        f"{HEAD}{PLAIN}    def get_config(self):\n        raise NotImplementedError\n",
        "not-savable", "own.yaml:4", "Keras cannot tell its arguments",
    ),
    "a regularizer that cannot be saved": (
        f"{HEAD}{PLAIN}class Pull(keras.regularizers.Regularizer):\n    def __call__(self, x):\n        return 0.0\n",
        "not-savable", "own.yaml:5", "Pull could not be read again",
    ),
    "a metric": (
        f"{HEAD}{PLAIN}def off(y_true, y_pred):\n    return 1 / 0\n",
        "metric-failed", "own.yaml:6", "ZeroDivisionError: division by zero (mine.py, line 7)",
    ),
    "a loss": (
        f"{HEAD}{PLAIN}def bad(y_true, y_pred):\n    return ops.nothing(y_true)\n",
        "training-failed", "own.yaml:6", "(mine.py, line 7)",
    ),
    "a callback": (
        f"{HEAD}{PLAIN}class Note(keras.callbacks.Callback):\n    def on_epoch_end(self, epoch, logs=None):\n"
        "        raise BlockingIOError('stuck')\n",
        "callback-failed", "own.yaml:7", "BlockingIOError: stuck (mine.py, line 8)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILING)
def test_what_fails_is_told_at_its_line(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, code, place, part = FAILING[what]
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "mine.py", text)
    metric = "[off]" if "def off" in text else "[]"
    write(
        tmp_path,
        "own.yaml",
        f"""\
        data: {{source: {{random: {{rows: 20, x: {{shape: [4]}}, y: {{shape: [1]}}}}}}}}
        model:
          layers:
            - Mine
            - Dense: {{units: 1, kernel_regularizer: {"Pull" if "Pull" in text else "null"}}}
        compile: {{loss: {"bad" if "def bad" in text else "mse"}, metrics: {metric}}}
        callbacks: [{"Note" if "Note" in text else ""}]
        """,
    )
    problem = problem_of("own.yaml", code=["mine.py"])
    assert (problem.code, f"{problem.span.source.name}:{problem.span.line}") == (code, place)
    assert part in problem.message


def test_files_import_each_other_and_run_once_each(tmp_path: Path) -> None:
    base = write(tmp_path, "bases.py", f"{HEAD}print('bases')\n{PLAIN}".replace("Mine", "Base"))
    mine = write(tmp_path, "mine.py", "import keras\nfrom bases import Base\nprint('mine')\nclass Mine(Base): pass\n")
    spec = write(tmp_path, "spec.yaml", "model: {input: [4], layers: [Mine, Base, {Dense: 1}]}\n")
    program = f"import kspec; print(kspec.build({str(spec)!r}, code=[{str(mine)!r}, {str(base)!r}]).layers[1].name)"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; {program}"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["base", "base"]
    assert [line for line in done.stderr.split() if line in ("bases", "mine")] == ["bases", "mine"]
    lone = write(tmp_path, "lone.py", "import keras\nimport bases\nclass Lone(keras.layers.Layer): pass\n")
    other = write(tmp_path, "other.yaml", "model: {input: [4], layers: [Lone, {Dense: 1}]}\n")
    program = f"import kspec; kspec.build({str(other)!r}, code=[{str(lone)!r}])"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert "No module named 'bases'; install it, or name its file with `--code` too" in done.stderr


CANARY = """
    import pathlib
    pathlib.Path(__file__).with_name("RAN").touch()
    import keras
    class Mine(keras.Layer):
        pass
    """
SPECS_NAMING_CODE = {
    "a key": "code: mine.py\nmodel: {input: [4], layers: [{Dense: 1}]}",
    "a key in the model": "model: {input: [4], code: [mine.py], layers: [{Dense: 1}]}",
    "a module and a class": "model: {input: [4], layers: [{'mine:Mine': {}}]}",
    "a dotted class": "model: {input: [4], layers: [mine.Mine]}",
    "a file": "model: {input: [4], layers: [mine.py]}",
    "a loss": "model: {input: [4], layers: [{Dense: 1}]}\ncompile: {loss: 'mine:loss', optimizer: sgd}",
    "a saved object": "model: {input: [4], layers: [{module: mine, class_name: Mine, config: {}}]}",
    "a saved argument": "model: {input: [4], layers: [{Dense: {units: 1, kernel_initializer: "
    "{module: mine, class_name: Mine, config: {}}}}]}",
    "a saved policy": "model: {input: [4], layers: [{Dense: {units: 1, dtype: "
    "{module: mine, class_name: Mine, config: {}, registered_name: null}}}]}",
    "a saved regularizer in a loss": "model: {input: [4], layers: [{Dense: 1}]}\n"
    "compile: {optimizer: {module: mine, class_name: Mine, config: {}}, loss: mse}",
    "a source": "data: {source: {mine: {}}}\nmodel: {layers: [{Dense: 1}]}",
    "a tag": "model: {input: [4], layers: [!!python/object:mine.Mine {}]}",
    "an own name": "model: {input: [4], layers: [Mine]}",
}


@pytest.mark.parametrize("what", SPECS_NAMING_CODE)
def test_a_spec_never_runs_code(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    write(tmp_path, "mine.py", CANARY)
    spec = write(tmp_path, "spec.yaml", SPECS_NAMING_CODE[what])
    problems = kspec.validate(spec)
    assert any(problem.severity == "error" for problem in problems)
    assert not (tmp_path / "RAN").exists()
    assert "mine" not in sys.modules


def test_a_file_is_not_run_before_the_spec_is_right(tmp_path: Path) -> None:
    code = write(tmp_path, "mine.py", CANARY)
    spec = write(tmp_path, "spec.yaml", "model: {input: [4], layers: [{Mine: {nmae: x}}]}")
    (problem,) = kspec.validate(spec, code=[code])
    assert problem.code == "unknown-argument"
    assert (
        kspec.validate(write(tmp_path, "good.yaml", "model: {input: [4], layers: [Mine]}"), code=[code], static=True)
        == []
    )
    assert not (tmp_path / "RAN").exists()


def test_a_saved_model_of_a_run_needs_its_code_in_plain_keras_too(mine: Path, spec: Path, tmp_path: Path) -> None:
    run = kspec.train(spec, runs=tmp_path / "runs", code=[mine], smoke=True)
    program = f"""
        import importlib.util, keras
        loader = importlib.util.spec_from_file_location("mine", {str(mine)!r})
        module = importlib.util.module_from_spec(loader)
        loader.loader.exec_module(module)
        known = {{name: getattr(module, name) for name in ("Gate", "Meeting", "Halves", "gentle")}}
        model = keras.saving.load_model({str(run.path / "best.keras")!r}, custom_objects=known, compile=False)
        print(model.count_params())
        """
    done = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True)
    assert int(done.stdout) == run.manifest.model["parameters"]


def test_the_commands_that_only_read_names_run_nothing(mine: Path, tmp_path: Path) -> None:
    spec = write(tmp_path, "spec.yaml", "model: {input: [4], layers: [{Gate: 0.5}, {Dense: 1}]}")
    calls = [
        ["validate", "--static", str(spec)],
        ["explain", "Gate"],
        ["list", "layers", "--match", "trained factor"],
        ["schema", "-o", str(tmp_path / "schema.json")],
    ]
    program = f"""
        import sys
        from kspec.cli import main
        for call in {calls!r}:
            sys.argv = ["kspec", *call, "--code", {str(mine)!r}]
            try:
                main()
            except SystemExit as end:
                print("ended with", end.code or 0)
        print(sorted({{"tensorflow", "keras", "numpy"}} & set(sys.modules)))
        """
    done = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True)
    assert done.stdout.count("ended with 0") == len(calls), done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("[]")
    assert done.stdout.count("Multiplies by a trained factor.") == 2
    assert '"Gate"' in (tmp_path / "schema.json").read_text(encoding="utf-8")
    assert not (tmp_path / "ran").exists()


def test_train_evaluate_and_predict_on_the_command_line(mine: Path, spec: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "rows.npz", x=np.ones((2, 4)))
    calls = [
        ["train", "own.yaml", "--smoke", "--quiet"],
        ["evaluate", "own.yaml", "--json"],
        ["predict", "own-1", "rows.npz"],
        ["summary", "own-1"],
    ]
    program = f"""
        import sys
        from kspec.cli import main
        for call in {calls!r}:
            sys.argv = ["kspec", *call, "--code", "mine.py"]
            try:
                main()
            except SystemExit as end:
                print("ended with", end.code or 0)
        """
    done = subprocess.run(
        [sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.count("ended with 0") == len(calls), done.stdout + done.stderr
    assert "kspec evaluate runs/own-1 --code mine.py" in done.stdout
    assert "2 predictions of own-1" in done.stdout
    assert (tmp_path / "ran").read_text() == "ran "
