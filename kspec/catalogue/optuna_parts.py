"""Samplers and pruners of Optuna, written by hand: what of them a spec can say.

They stand in the catalogue beside the components of Keras, so that all that is done for those is done for these.
Arguments that take Python objects are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Record = dict[str, Any]

_SEED: Final = {
    "default": None,
    "types": ["int", "null"],
    "minimum": 0,
    "summary": "Seed; that of the spec if left out.",
}
_STARTUP: Final = {"types": ["int"], "minimum": 0, "summary": "Trials that are made before any is ended early."}
_WARMUP: Final = {"default": 0, "types": ["int"], "minimum": 0, "summary": "Epochs that every trial is given."}
_INTERVAL: Final = {"default": 1, "types": ["int"], "minimum": 1, "summary": "Epochs from one check to the next."}
_LEAST: Final = {"default": 1, "types": ["int"], "minimum": 1, "summary": "Trials that must have reached the epoch."}
_RANDOM_FIRST: Final = {"types": ["int"], "minimum": 0, "summary": "Trials with random values, to begin with."}
_REDUCTION: Final = {"types": ["int"], "minimum": 2, "summary": "One of so many trials is kept at every stage."}
_BOOTSTRAP: Final = {"default": 0, "types": ["int"], "minimum": 0, "summary": "Trials that a stage waits for."}


def _flag(summary: str, *, default: bool = False) -> Record:
    return {"default": default, "types": ["bool"], "summary": summary}


def _with_default(record: Mapping[str, Any], default: Any) -> Record:
    return {"default": default, **record}


_SAMPLERS: Final[Mapping[str, Record]] = {
    "TPESampler": {
        "summary": "Draws values near those of the best trials so far; the usual choice.",
        "arguments": {
            "n_startup_trials": _with_default(_RANDOM_FIRST, 10),
            "n_ei_candidates": {"default": 24, "types": ["int"], "minimum": 1, "summary": "Candidates of each draw."},
            "multivariate": {
                "default": None,
                "types": ["bool", "null"],
                "summary": "Whether values are drawn together.",
            },
            "group": _flag("Whether values that are drawn together are grouped."),
            "constant_liar": _flag("Whether trials that still run are taken for bad ones.", default=True),
            "seed": _SEED,
        },
    },
    "RandomSampler": {"summary": "Draws every value at random.", "arguments": {"seed": _SEED}},
    "QMCSampler": {
        "summary": "Spreads the trials evenly over the space.",
        "arguments": {
            "qmc_type": {"default": "sobol", "types": ["str"], "choices": ["sobol", "halton"], "summary": "Sequence."},
            "scramble": _flag("Whether the sequence is scrambled."),
            "seed": _SEED,
        },
    },
    "BruteForceSampler": {
        "summary": "Tries every combination once; floats need a `step`.",
        "arguments": {
            "seed": _SEED,
            "avoid_premature_stop": _flag("Whether combinations are tried again while others still run."),
        },
    },
    "CmaEsSampler": {
        "summary": "Draws values by CMA-ES; needs the package cmaes.",
        "arguments": {
            "sigma0": {"default": None, "types": ["float", "null"], "minimum": 0, "summary": "First spread of values."},
            "n_startup_trials": _with_default(_RANDOM_FIRST, 1),
            "consider_pruned_trials": _flag("Whether trials that were ended early count."),
            "popsize": {"default": None, "types": ["int", "null"], "minimum": 2, "summary": "Trials of a generation."},
            "use_separable_cma": _flag("Whether values are taken as independent of each other."),
            "with_margin": _flag("Whether whole numbers are kept from becoming fixed."),
            "lr_adapt": _flag("Whether its learning rate adapts."),
            "seed": _SEED,
        },
    },
    "GPSampler": {
        "summary": "Draws values by a Gaussian process; needs the packages scipy and torch.",
        "arguments": {
            "seed": _SEED,
            "n_startup_trials": _with_default(_RANDOM_FIRST, 10),
            "deterministic_objective": _flag("Whether the same values always give the same result."),
        },
    },
}

_PRUNERS: Final[Mapping[str, Record]] = {
    "MedianPruner": {
        "summary": "Ends a trial that is worse than the median of the others at the same epoch.",
        "arguments": {
            "n_startup_trials": _with_default(_STARTUP, 5),
            "n_warmup_steps": _WARMUP,
            "interval_steps": _INTERVAL,
            "n_min_trials": _LEAST,
        },
    },
    "PercentilePruner": {
        "summary": "Ends a trial that is not among the best few percent at the same epoch.",
        "arguments": {
            "percentile": {"types": ["float"], "minimum": 0, "maximum": 100, "summary": "Percent that are kept."},
            "n_startup_trials": _with_default(_STARTUP, 5),
            "n_warmup_steps": _WARMUP,
            "interval_steps": _INTERVAL,
            "n_min_trials": _LEAST,
        },
    },
    "SuccessiveHalvingPruner": {
        "summary": "Keeps a part of the trials at epochs that lie further and further apart.",
        "arguments": {
            "min_resource": {"default": "auto", "types": ["int", "str"], "choices": ["auto"], "minimum": 1,
                             "summary": "Epochs that every trial is given."},
            "reduction_factor": _with_default(_REDUCTION, 4),
            "min_early_stopping_rate": {"default": 0, "types": ["int"], "minimum": 0, "summary": "Stages left out."},
            "bootstrap_count": _BOOTSTRAP,
        },
    },
    "HyperbandPruner": {
        "summary": "Several successive halvings that begin at different epochs.",
        "arguments": {
            "min_resource": {"default": 1, "types": ["int"], "minimum": 1, "summary": "Epochs of the shortest."},
            "max_resource": {"default": "auto", "types": ["int", "str"], "choices": ["auto"], "minimum": 1,
                             "summary": "Epochs of a whole trial."},
            "reduction_factor": _with_default(_REDUCTION, 3),
            "bootstrap_count": _BOOTSTRAP,
        },
    },
    "ThresholdPruner": {
        "summary": "Ends a trial whose metric leaves its bounds.",
        "arguments": {
            "lower": {"default": None, "types": ["float", "null"], "summary": "The least that it may be."},
            "upper": {"default": None, "types": ["float", "null"], "summary": "The most that it may be."},
            "n_warmup_steps": _WARMUP,
            "interval_steps": _INTERVAL,
        },
    },
    "NopPruner": {"summary": "Ends no trial early.", "arguments": {}},
}  # fmt: skip


def families() -> dict[str, Record]:
    """Return the families of the catalogue that are Optuna's."""
    return {
        family: {name: {"module": f"optuna.{family}", **record} for name, record in components.items()}
        for family, components in (("samplers", _SAMPLERS), ("pruners", _PRUNERS))
    }
