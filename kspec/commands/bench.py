"""`kspec bench`: how the model of a spec trains on this machine. Nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.commands.opening import OpenedSpec, check_data, open_run, open_spec
from kspec.commands.training.surroundings import warnings_shown
from kspec.runs.benchmark import Benchmark, describe_machine
from kspec.runs.events import Notice, Observer, Phase, Warned, ignore, telling
from kspec.runs.folder import RunFolder

if TYPE_CHECKING:
    import keras

_BUSY = 0.5
"""Processors that others may keep busy before it is said."""


def open_to_bench(
    where: RunFolder | str | Path, overrides: Sequence[str] = (), *, code: Sequence[str | Path] = ()
) -> OpenedSpec:  # fmt: skip
    """Return the spec of a run, or one that is named, with changes.

    Args:
        where: A run, or a spec; `-` reads standard input.
        overrides: `path=value` changes.
        code: Python files with components of one's own.

    Raises:
        SpecError: It is wrong, or the run is damaged.
    """
    if not isinstance(where, RunFolder):
        return open_spec(where, overrides, code=code)
    found = open_run(where, code)
    if not overrides:
        return found.opened
    return replace(open_spec(where.resolved, overrides, code=code), folder=found.opened.folder)


def bench(
    opened: OpenedSpec, *, name: str | None = None, epochs: int = 5, steps: int | None = None,
    against_fit: bool = True, observe: Observer = ignore,
) -> Benchmark:  # fmt: skip
    """Train the model of a spec for a while and say what that took.

    Args:
        opened: The spec.
        name: What to call it; by its own name if left out.
        epochs: Epochs that are timed.
        steps: Steps of an epoch at most; if left out, as many as take a few seconds.
        against_fit: Whether Keras' own `fit` trains the same rows in turn.
        observe: Is told of every event.

    Raises:
        SpecError: The spec or its data is wrong, or training fails for a reason of the spec's.
    """
    machine = describe_machine()
    if (machine["load"] or 0) > _BUSY:
        observe(Notice(f"the machine has other work to do (a load of {machine['load']:g}): look at ratios only"))
    seconds: dict[str, float] = {}
    spec, seed = opened.spec, opened.spec.seed or 0
    check_data(opened)
    if opened.warnings:
        observe(Warned(opened.warnings))
    with warnings_shown(observe):
        observe(Phase("starting TensorFlow"))
        with _timed(seconds, "start"):
            from kspec.data.early import EarlyReading
            from kspec.engine.startup import seed_everything, start

            early = None if opened.code else EarlyReading.begin(spec, folder=opened.folder, seed=seed)
            start(opened.code)
            from kspec.engine import runtime
            from kspec.engine.benching.bench import Wanted, measure
            from kspec.engine.building.build import build, read_data
            from kspec.engine.checking import check
        with opened.placing():
            runtime.configure(spec)
            observe(Phase("reading data"))
            with _timed(seconds, "data"):
                progress = telling(observe)
                parts = early.parts(progress) if early else None
                data = read_data(spec, folder=opened.folder, seed=seed, progress=progress, parts=parts)
            for said in (*filter(None, [data.notice]), *data.notices):
                observe(Notice(said))

            def made() -> keras.Model:
                seed_everything(seed)
                with runtime.make_strategy(spec.strategy).scope():
                    model = build(spec, data)
                    check(spec, model, data)
                return model

            observe(Phase("building the model"))
            with _timed(seconds, "build"):
                model = made()
            observe(Phase("timing"))
            return measure(
                spec, model, data, seed=seed, wanted=Wanted(epochs, steps, against_fit), again=made,
                name=name or spec.name, seconds=seconds, machine=machine, observe=observe,
            )  # fmt: skip


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    """Note the seconds of a block."""
    began = time.perf_counter()
    yield
    seconds[phase] = time.perf_counter() - began
