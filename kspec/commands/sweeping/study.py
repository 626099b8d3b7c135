"""Optuna's part of a sweep: which values are tried next, which trials are hopeless, kept in a journal."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec import catalogue
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.sweep import PATH, SweepSpec
from kspec.spec.sweep_space import Dimension
from kspec.spec.writing import to_inline

if TYPE_CHECKING:
    import optuna

_SEED = "seed"


def require_optuna() -> None:
    """Import Optuna.

    Raises:
        SpecError: It is not installed.
    """
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        hint = "install it: `pip install 'kspec[sweep]'`"
        raise SpecError(
            [Problem("no-optuna", PATH, "a sweep needs Optuna, which is not installed", hint, at="key")]
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


class Study:
    """A study in a journal; every change is kept at once.

    Args:
        journal: File of the journal; a study in it goes on.
        sweep: The space, the sampler and the pruner.
        seed: Seed of the sampler, if the spec gives it none.

    Raises:
        SpecError: Sampler or pruner cannot be made.
    """

    def __init__(self, journal: Path, sweep: SweepSpec, *, seed: int) -> None:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        self._states = optuna.trial.TrialState
        self._space = sweep.space
        storage = JournalStorage(JournalFileBackend(str(journal)))
        _, pruner = parts_of(sweep, seed)
        self._study = optuna.create_study(
            study_name="sweep", storage=storage, direction=sweep.direction, pruner=pruner, load_if_exists=True
        )
        self._try_again()
        # A sampler that goes on must not draw again what it drew at first.
        own = seed + len(self._study.trials)
        self._study.sampler, _ = parts_of(sweep, own)
        self.exhausted = False
        # A sampler that has tried everything asks the study to stop, which only Optuna's own loop would heed.
        setattr(self._study, "stop", self._stop)  # noqa: B010 - it takes the place of a method

    def ask(self) -> tuple[optuna.Trial, dict[str, Any]]:
        """Return the next trial and its values by path."""
        trial = self._study.ask()
        return trial, {dimension.name: _suggest(trial, dimension) for dimension in self._space}

    def report(self, trial: optuna.Trial, value: float, epoch: int) -> bool:
        """Note the metric of an epoch and say whether the trial is hopeless."""
        trial.report(value, epoch)
        return bool(trial.should_prune())

    def done(self, trial: optuna.Trial, value: float) -> None:
        """Note the result of a trial."""
        self._study.tell(trial, value)

    def pruned(self, trial: optuna.Trial) -> None:
        """Note that a trial was ended early."""
        self._study.tell(trial, state=self._states.PRUNED)

    def failed(self, trial: optuna.Trial) -> None:
        """Note that a trial has no result."""
        self._study.tell(trial, state=self._states.FAIL)

    def again(self, trial: optuna.Trial) -> None:
        """Note that a trial was interrupted, and is to be made again."""
        self.failed(trial)
        self._study.enqueue_trial(trial.params)

    def _stop(self) -> None:
        self.exhausted = True

    def _try_again(self) -> None:
        """Put the trials of a process that was killed back into the queue."""
        for frozen in self._study.get_trials(deepcopy=False, states=(self._states.RUNNING,)):
            self._study.tell(frozen.number, state=self._states.FAIL)
            self._study.enqueue_trial(frozen.params)


def _suggest(trial: optuna.Trial, dimension: Dimension) -> Any:
    """Return the value that a trial has at a dimension."""
    if dimension.kind == "categorical":
        # Optuna keeps texts and numbers only; a value of the spec may be a list or a mapping.
        texts = [to_inline(value) for value in dimension.values]
        return dimension.values[texts.index(trial.suggest_categorical(dimension.name, texts))]
    if dimension.kind == "int":
        low, high, step = int(dimension.low), int(dimension.high), int(dimension.step or 1)
        return trial.suggest_int(dimension.name, low, high, step=step, log=dimension.log)
    return trial.suggest_float(dimension.name, dimension.low, dimension.high, step=dimension.step, log=dimension.log)


def parts_of(sweep: SweepSpec, seed: int) -> tuple[optuna.samplers.BaseSampler, optuna.pruners.BasePruner]:
    """Return the sampler and the pruner of a sweep.

    Args:
        sweep: The sweep.
        seed: Seed of the sampler, if the spec gives it none.

    Raises:
        SpecError: Optuna refuses their arguments.
    """
    sampler = _made(sweep.sampler or _usual("samplers", "TPESampler"), "sampler", seed=seed)
    return sampler, _made(sweep.pruner or _usual("pruners", "NopPruner"), "pruner")


def _usual(family: str, name: str) -> ComponentSpec:
    found = catalogue.load().component(family, name)
    if found is None:
        raise KeyError(name)
    return ComponentSpec(found)


def _made(component: ComponentSpec, key: str, *, seed: int | None = None) -> Any:
    arguments: dict[str, Any] = dict(component.arguments)
    if seed is not None and arguments.get(_SEED) is None:
        arguments[_SEED] = seed
    try:
        return getattr(importlib.import_module(f"optuna.{component.family}"), component.name)(**arguments)
    except Exception as error:  # whatever Optuna raises here is about these arguments
        message = f"{component.name} cannot be made: {' '.join(str(error).split())}"
        raise SpecError([Problem("component-failed", component.path or (*PATH, key), message, at="key")]) from error
