"""The jobs as models in this process, with TensorFlow at work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import Job

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kspec.engine.startup import seed_everything, start

start()

import keras  # noqa: E402

from kspec import catalogue  # noqa: E402
from kspec.engine.benching.contenders import Ours  # noqa: E402
from kspec.engine.building.build import build, read_data  # noqa: E402
from kspec.engine.checking import check  # noqa: E402
from kspec.engine.feeding import feed_of  # noqa: E402
from kspec.engine.stepping.paths import choose_path  # noqa: E402
from kspec.engine.stepping.ways import Looped  # noqa: E402
from kspec.spec.checking import read_spec  # noqa: E402
from kspec.spec.problems import SpecError  # noqa: E402
from kspec.spec.reading import read_document  # noqa: E402
from kspec.spec.spec import Spec  # noqa: E402

SEED = 1


@dataclass(frozen=True)
class Built:
    """A job's spec, data and model."""

    spec: Spec
    data: Any
    model: keras.Model

    @property
    def feed(self) -> tuple[Any, Any]:
        """What the model takes: `(x, y)`."""
        x, y, *_ = feed_of(self.data.train, self.model, self.spec)
        return x, y

    def ours(self) -> Ours:
        """Return what trains it as kspec does, an epoch at a time."""
        path = choose_path(self.spec, self.model, self.data)
        return Ours(self.model, Looped.of(self.spec, self.model, self.data, SEED, path))


def built(job: Job, folder: Path, *, jit: str = "auto", fit: str = "") -> Built:
    """Read the rows of a job, which are written into a folder if need be, and build its model."""
    reading = read_spec(read_document(job.write(folder, jit=jit, fit=fit)), catalogue.load())
    if reading.spec is None:
        raise SpecError(reading.problems)
    spec = reading.spec
    data = read_data(spec, folder=folder, seed=SEED)
    seed_everything(SEED)
    model = build(spec, data)
    check(spec, model, data)
    return Built(spec, data, model)
