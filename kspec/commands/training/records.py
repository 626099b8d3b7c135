"""What run.json says of data, and of what a training runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kspec.commands.training.job import Job

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared


def data_record(data: Prepared) -> dict[str, Any]:
    """Return what run.json says of data."""
    return {
        "origin": dict(data.origin),
        "fingerprints": dict(data.fingerprints),
        "rows": {name: part.rows for name, part in data.parts.items()},
        "fallback": bool(data.notice),
        "order": _order(data),
    }


def runtime_record(job: Job, model: keras.Model, data: Prepared) -> dict[str, Any]:
    """Return what run.json says of what a training runs on."""
    from kspec.engine.runtime import describe
    from kspec.engine.stepping.paths import choose_path

    spec = job.opened.spec
    return describe(spec, model, choose_path(spec, model, data))


def _order(data: Prepared) -> str:
    """Return how the training rows are put into order."""
    rule = "numpy.random.default_rng([seed, epoch])"
    if "train" not in data.streamed:
        return f"{rule}.permutation(rows)"
    return f"shards by {rule}, rows mixed within windows of neighbouring pieces"
