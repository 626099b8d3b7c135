"""What kspec reads, made wrong at random and read: each attempt ends with an answer or a refusal.

An attempt is a function of a seed alone, so that a fault can be had again.
"""

from __future__ import annotations

import random
import shutil
import warnings
from pathlib import Path

import keras
import numpy as np
from mutating import other_values, some_archive, some_bytes, some_json, some_lines

import kspec
from kspec import catalogue
from kspec.commands.opening import open_run
from kspec.commands.runs import list_runs, runs_as_json
from kspec.data.plan import Plan
from kspec.data.preprocess import Preprocessor
from kspec.engine.building.build import build, read_data
from kspec.engine.building.weights import start_from
from kspec.engine.building.whole import make_whole
from kspec.engine.callbacks import make_callback
from kspec.engine.keeping.checkpoint import State, restore_callbacks, restore_model
from kspec.engine.training import load_model
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import ManifestError
from kspec.runs.report import write_report
from kspec.runs.states import load_state, settle
from kspec.runs.tensors import read_tensors, write_tensors
from kspec.spec.checking import read_spec
from kspec.spec.extending import extend
from kspec.spec.problems import SpecError
from kspec.spec.reading import read_text
from kspec.spec.whole_models import SavedModelSpec, SavedWeights

SPEC = """
seed: 1
data:
  source: {csv: rows.csv}
  inputs: {field: [a, b], preprocess: [Normalization]}
  targets: kind
model: {layers: [{Dense: 3}, BatchNormalization, {Dropout: 0.5}, {Dense: {units: 2, activation: softmax}}]}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 2, validation_split: 0.2}
callbacks: [{EarlyStopping: {monitor: loss, restore_best_weights: true}}, {ReduceLROnPlateau: {monitor: loss}}]
"""
REFUSALS = (SpecError, ManifestError)


class Fault(Exception):  # noqa: N818 - it is one of kspec
    """What should have been refused was read."""


class Workshop:
    """A run and files of weights, whole, to be made wrong again and again."""

    def __init__(self, folder: Path, specs: Path) -> None:
        self.folder = folder
        rows = [f"{i % 7},{i * 3 % 11},{'yes' if i % 3 else 'no'}\n" for i in range(40)]
        (folder / "rows.csv").write_text("a,b,kind\n" + "".join(rows), encoding="utf-8")
        (folder / "fuzz.yaml").write_text(SPEC, encoding="utf-8")
        self.run = kspec.train(folder / "fuzz.yaml", runs=folder / "whole").path
        self.spec = open_run(RunFolder(self.run)).spec
        self.trained = build(self.spec, read_data(self.spec, folder=folder, seed=1))
        keras.utils.set_random_seed(1)
        self.model = keras.Sequential(
            [keras.Input((5, 4)), keras.layers.LSTM(3), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
        )
        self.weights = {}
        for name in ("w.weights.h5", "w.keras", "w.h5"):
            (self.model.save_weights if "weights" in name else self.model.save)(folder / name)
            self.weights[name] = (folder / name).read_bytes()
        self.specs = {path: path.read_bytes() for path in sorted(specs.rglob("*.yaml"))}
        self.files = [path.relative_to(self.run) for path in sorted(self.run.rglob("*")) if path.is_file()]

    def attempt(self, kind: str, seed: int) -> str:
        """Make something wrong and read it.

        Args:
            kind: One of `KINDS`.
            seed: What it is made wrong by.

        Returns:
            `read` or `refused`.

        Raises:
            Exception: Whatever else comes of it.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                {**KINDS, "whole": Workshop.all_as_it_was}[kind](self, random.Random(f"{kind} {seed}"))
            except REFUSALS:
                return "refused"
        return "read"

    def a_spec(self, draw: random.Random) -> None:
        """Read a spec."""
        path = draw.choice(list(self.specs))
        document = read_text(str(path), some_lines(self.specs[path], draw).decode("utf-8", "replace"))
        extend(document, catalogue.load())
        reading = read_spec(document, catalogue.load(), folder=path.parent)
        errors = [problem for problem in reading.problems if problem.severity == "error"]
        if (reading.spec is None) != bool(errors):
            raise Fault("a spec without a problem, or a problem without one")
        if errors:
            raise SpecError(errors)

    def records_of_a_run(self, draw: random.Random) -> None:
        """Read what a run says of itself: each reader must refuse or answer, whatever the others do."""
        run = self._copy()
        texts = [file for file in self.files if file.suffix in (".json", ".csv", ".yaml", ".txt")]
        name = draw.choice(texts)
        change = some_json if name.suffix == ".json" else some_lines
        (run / name).write_bytes(change((self.run / name).read_bytes(), draw))
        self._read_records(run)

    def _read_records(self, run: Path) -> None:
        """Have every reader read a run, also after one has refused it."""
        list_runs(run.parent)
        runs_as_json(run.parent)
        refused = None
        found = kspec.Run(run)
        folder = RunFolder(run)
        for read in (
            lambda: open_run(folder),
            lambda: found.history.best("loss"),
            lambda: found.results,
            lambda: write_report(folder, found.manifest, found.history),
            lambda: self._plan(folder),
        ):
            try:
                read()
            except REFUSALS as error:
                refused = error
        if refused:
            raise refused

    def models_of_a_run(self, draw: random.Random) -> None:
        """Read the models that a run keeps, of which nothing may be taken that was not written so."""
        name = draw.choice([file for file in self.files if file.suffix == ".keras"])
        whole = (self.run / name).read_bytes()
        content = some_archive(whole, draw)
        file = self.folder / "damaged.keras"
        file.write_bytes(content)
        load_model(file)
        if content != whole:
            raise Fault(f"{name} was changed, and read")

    def state_of_a_run(self, draw: random.Random) -> None:
        """Read a state with some bytes changed, which may not be; or one that was sealed again after it was changed."""
        run = RunFolder(self._copy())
        run.previous_checkpoint.unlink(missing_ok=True)
        if draw.random() < 0.4:
            whole = run.checkpoint.read_bytes()
            run.checkpoint.write_bytes(some_bytes(whole, draw))
            load_state(run)
            if run.checkpoint.read_bytes() != whole:
                raise Fault("the state was changed, and read")
        record, arrays = read_tensors(run.checkpoint)
        changed = other_values(record, draw)
        if not isinstance(changed, dict):
            return
        if draw.random() < 0.3:
            arrays = dict(list(arrays.items())[draw.choice([0, 1]) :])
        write_tensors(run.checkpoint, changed, arrays)
        stored = load_state(run)
        if stored is None:
            return
        state = State.of(stored)
        settle(run, stored, state.best)
        components = enumerate(self.spec.callbacks)
        callbacks = [make_callback(component, run, state=state, number=number) for number, component in components]
        restore_model(state, self.trained)
        restore_callbacks(state, callbacks)

    def weights_from_elsewhere(self, draw: random.Random) -> None:
        """Put weights into a model."""
        name = self._damaged(draw)
        by_name, skip = draw.random() < 0.3, draw.random() < 0.3
        start_from(self.model, SavedWeights(str(self.folder / name), by_name, skip), filled=draw.random() < 0.9)
        self._check(self.model)

    def a_model_from_elsewhere(self, draw: random.Random) -> None:
        """Load a whole model."""
        name = self._damaged(draw, whole=True)
        self._check(make_whole(SavedModelSpec(str(self.folder / name))))

    def all_as_it_was(self, draw: random.Random) -> None:
        """Read everything without having changed it."""
        self._read_records(self._copy())
        for file in self.files:
            if file.suffix == ".keras":
                load_model(self.run / file)
        for name, content in self.weights.items():
            (self.folder / name).write_bytes(content)
            start_from(self.model, SavedWeights(str(self.folder / name)), filled=True)

    def _damaged(self, draw: random.Random, *, whole: bool = False) -> str:
        name = draw.choice([name for name in self.weights if not (whole and "weights" in name)])
        change = some_archive if name.endswith(".keras") else some_bytes
        (self.folder / f"damaged-{name}").write_bytes(change(self.weights[name], draw))
        return f"damaged-{name}"

    def _copy(self) -> Path:
        copy = self.folder / "runs" / self.run.name
        shutil.rmtree(copy.parent, ignore_errors=True)
        shutil.copytree(self.run, copy)
        return copy

    @staticmethod
    def _plan(folder: RunFolder) -> None:
        for layers in Plan.load(folder).layers.values():
            if not isinstance(layers, Preprocessor):
                raise Fault("what is no preprocessing was taken for it")

    @staticmethod
    def _check(model: keras.Model) -> None:
        if not all(np.isfinite(weight).all() for weight in model.get_weights()):
            raise Fault("weights that are not finite were taken")


KINDS = {
    "a spec": Workshop.a_spec,
    "records of a run": Workshop.records_of_a_run,
    "models of a run": Workshop.models_of_a_run,
    "state of a run": Workshop.state_of_a_run,
    "weights from elsewhere": Workshop.weights_from_elsewhere,
    "a model from elsewhere": Workshop.a_model_from_elsewhere,
}
