"""Measuring how the model of a spec trains: how soon, how fast, in how much memory, beside Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.engine.benching.arithmetic import count_operations, peak_operations
from kspec.engine.benching.contenders import Clock, Contender, Keras, Ours, start_alike, timed, tried, unchanged
from kspec.engine.benching.waiting import waited_share
from kspec.engine.blaming import blaming
from kspec.engine.callbacks import make_callback
from kspec.engine.feeding import feed_of
from kspec.engine.memory import peak_memory
from kspec.engine.stepping.loop import wants_every_step
from kspec.engine.stepping.paths import choose_path
from kspec.engine.stepping.stream_epochs import StreamedEpochs
from kspec.engine.stepping.ways import way_of
from kspec.runs.benchmark import Arithmetic, Benchmark, Epochs, Path, Size
from kspec.runs.events import Observer, Progress
from kspec.spec.spec import Spec

LONGEST = 5.0
"""Seconds that an epoch may take, unless somebody says how many steps it is to have."""

_STREAMED = "rows that do not fit into memory cannot be handed over as arrays"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured.

    Args:
        epochs: Epochs that are timed.
        steps: Steps of an epoch at most; None for as many as take a few seconds.
        against_fit: Whether Keras' own `fit` trains the same rows in turn.
    """

    epochs: int = 5
    steps: int | None = None
    against_fit: bool = True


def measure(
    spec: Spec, model: keras.Model, data: Prepared, *, seed: int, wanted: Wanted, again: Callable[[], keras.Model],
    name: str, seconds: Mapping[str, float], machine: Mapping[str, Any], observe: Observer,
) -> Benchmark:  # fmt: skip
    """Train a model for a while, and return what that took. Callbacks of the spec are left out.

    Args:
        spec: The spec.
        model: Its model, built, compiled and held against the data.
        data: Its data.
        seed: Seed of the row order.
        wanted: What is to be measured.
        again: Builds the model once more, with the same weights.
        name: What the benchmark is called.
        seconds: Seconds of each phase until now.
        machine: What it runs on.
        observe: Is told of every event.

    Raises:
        SpecError: Training fails for a reason of the spec's.
    """
    path = choose_path(spec, model, data)
    way = way_of(spec, model, data, seed, path)
    if isinstance(way.rows, StreamedEpochs):
        way.rows.epochs = wanted.epochs + 2  # as many as are timed and waited for, so that each is read ahead
    ours = Ours(model, way)
    with blaming(spec, model, data, way):
        first_step, later = tried(ours)
        all_rows, all_steps = way.rows.rows_per_epoch, way.rows.steps
        ours = _within(ours, wanted.steps, later)
        timed(ours, 0)
        memory = peak_memory()
        without_fit = _without_fit(data, wanted)
        theirs, their_first = None, 0.0
        if not without_fit:
            rival = again()
            theirs = Keras(rival, feed_of(_held(data), rival, spec), spec.fit, seed, ours.way.rows.steps)
            start_alike(model, rival)
            with unchanged(rival):
                their_first, later = tried(theirs)
            ours = _within(ours, wanted.steps, later)
            theirs = replace(theirs, steps=ours.way.rows.steps)
        clocks, peak = _rounds([ours, theirs] if theirs else [ours], wanted.epochs, observe)
        waited = waited_share(ours, wanted.epochs + 1)
        ours.way.close()
        rows, steps = way.rows.rows_per_epoch, ours.way.rows.steps
        size = Size(rows, steps, all_rows, all_steps, spec.fit.batch_size, model.count_params())
        done = Benchmark(
            name=name,
            path=Path(path.kind, path.compiled, path.why, path.rule, path.fused, path.shared),
            size=size,
            to_first_step={**seconds, "first call": first_step},
            kspec=_epochs(clocks[0], first_step),
            fit=_epochs(clocks[1], their_first) if theirs else None,
            without_fit=without_fit,
            waited=waited,
            memory=memory,
            arithmetic=Arithmetic(None, "", None, peak),
            machine=machine,
            notices=tuple(_notices(spec, ours, size, wanted)),
        )
        return replace(done, arithmetic=_arithmetic(spec, model, data, done))


def _within(ours: Ours, asked: int | None, later: float) -> Ours:
    """Return what trains with epochs no longer than they may be.

    Args:
        ours: What trains.
        asked: Steps that an epoch may have, if somebody says.
        later: Seconds of a step.
    """
    steps = ours.way.rows.steps
    most = asked or (max(1, int(LONGEST / later)) if later else steps)
    return ours.shortened(most) if most < steps else ours


def _rounds(contenders: Sequence[Contender], epochs: int, observe: Observer) -> tuple[list[list[Clock]], float | None]:
    """Train epochs in turn, every other round in the opposite order, and see in every round what the machine can do.

    Returns:
        The times of the epochs by contender, and the most operations a second that the machine reached. The first
        epoch, in which what was not tried is traced, is not counted.
    """
    clocks: list[list[Clock]] = [[] for _ in contenders]
    peaks: list[float] = []
    for epoch in range(epochs + 1):
        for place in range(len(contenders)) if epoch % 2 else reversed(range(len(contenders))):
            clocks[place].append(timed(contenders[place], epoch))
        peaks += filter(None, [peak_operations()])
        observe(Progress("timing epochs", epoch + 1, epochs + 1))
    return [times[1:] for times in clocks], max(peaks, default=None)


def _epochs(clocks: Sequence[Clock], first_step: float) -> Epochs:
    validated = [clock.validation for clock in clocks if clock.validation]
    return Epochs(first_step, tuple(clock.training for clock in clocks), clocks[-1].loss, tuple(validated))


def _without_fit(data: Prepared, wanted: Wanted) -> str:
    if not wanted.against_fit:
        return "not asked for"
    return "" if isinstance(data.train, Part) else _STREAMED


def _held(data: Prepared) -> Part:
    if not isinstance(data.train, Part):
        raise TypeError("only rows in memory can be handed over as arrays")
    return data.train


def _notices(spec: Spec, ours: Ours, size: Size, wanted: Wanted) -> list[str]:
    """Return what must be said of what was measured and what was not."""
    said = [ours.way.notice] if ours.way.notice else []
    if size.steps < size.all_steps:
        why = "" if wanted.steps else ", so that none takes long; `--steps` says how many"
        said.append(f"epochs have {size.steps:,} of {size.all_steps:,} steps, and no validation{why}")
    for component in spec.callbacks:
        if wants_every_step([make_callback(component, None)], "train"):
            said.append(f"{component.name} is to see every step in training, which is slower than what is shown here")
    return said


def _arithmetic(spec: Spec, model: keras.Model, data: Prepared, done: Benchmark) -> Arithmetic:
    """Return how many operations a second were taken."""
    peak = done.arithmetic.peak
    feed = feed_of(data.train.sample, model, spec)
    batch = tf.nest.map_structure(lambda array: np.asarray(array[: spec.fit.batch_size]), feed)
    rows = len(tf.nest.flatten(batch)[0])
    operations, why = count_operations(model, batch)
    if operations is None:
        return Arithmetic(None, why, None, peak)
    row = operations / rows
    return Arithmetic(row, "", row * done.rows_per_second, peak)
