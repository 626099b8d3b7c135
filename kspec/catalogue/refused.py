"""Names of Keras that a spec cannot use, each with the reason."""

from __future__ import annotations

_FUNCTION = "it is made of a Python function, and a spec is data; bring a class of your own with --code"
_STEPS = "it takes Python functions, and a spec is data; bring a layer of your own with --code"
_FOREIGN = "it wraps a model of another framework, which a spec cannot hold"
_BASE = "it is a base class for classes of your own; bring those with --code"
_CONSTANT = (
    "it makes a constant, and a step is fed by an input; see `ops.zeros_like`, `ops.ones_like` and `ops.full_like`"
)
_NO_TENSOR = "what it gives is no tensor, so no further step could take it"
_CLUSTER = "it is made of objects that describe a cluster, and training with it needs a program of its own"

REFUSED: dict[str, str] = {
    "Lambda": "it is made of a Python function, and a spec is data; use `ops.NAME` steps, or bring a layer with --code",
    "LambdaCallback": _FUNCTION,
    "MeanMetricWrapper": _FUNCTION,
    "TFSMLayer": "it runs a SavedModel file as a layer; write a step `load: FILE` with a .keras or .h5 file",
    "TorchModuleWrapper": _FOREIGN,
    "JaxLayer": _FOREIGN,
    "FlaxLayer": _FOREIGN,
    "InputLayer": "inputs are written as `input: {shape: [...]}` or under `inputs:`, beside `layers`",
    "InputSpec": "it describes what a layer of your own accepts, and is no layer",
    "CallbackList": "callbacks are written as a list under `callbacks:`",
    "Layer": _BASE,
    "Wrapper": _BASE,
    "Optimizer": _BASE,
    "LearningRateSchedule": _BASE,
    "Loss": _BASE,
    "Metric": _BASE,
    "Callback": _BASE,
    "Regularizer": _BASE,
    "Initializer": _BASE,
    "Constraint": _BASE,
    "Strategy": "it is the base of the others; leave `strategy` out to train on one device",
    "MultiWorkerMirroredStrategy": "this Keras fails in its first step; MirroredStrategy takes one machine",
    "ParameterServerStrategy": _CLUSTER,
    "TPUStrategy": _CLUSTER,
    "ops.arange": _CONSTANT,
    "ops.associative_scan": _STEPS,
    "ops.bartlett": _CONSTANT,
    "ops.blackman": _CONSTANT,
    "ops.cond": _STEPS,
    "ops.convert_to_numpy": _NO_TENSOR,
    "ops.custom_gradient": _STEPS,
    "ops.dtype": _NO_TENSOR,
    "ops.empty": _CONSTANT,
    "ops.eye": _CONSTANT,
    "ops.fori_loop": _STEPS,
    "ops.full": _CONSTANT,
    "ops.hamming": _CONSTANT,
    "ops.hanning": _CONSTANT,
    "ops.identity": _CONSTANT,
    "ops.is_tensor": _NO_TENSOR,
    "ops.jvp": _STEPS,
    "ops.kaiser": _CONSTANT,
    "ops.map": _STEPS,
    "ops.ones": _CONSTANT,
    "ops.scan": _STEPS,
    "ops.select": "it takes two lists of results, and a step is fed one; use `ops.where`, one after the other",
    "ops.shape": _NO_TENSOR,
    "ops.switch": _STEPS,
    "ops.tri": _CONSTANT,
    "ops.vectorize": _STEPS,
    "ops.vectorized_map": _STEPS,
    "ops.while_loop": _STEPS,
    "ops.zeros": _CONSTANT,
}
"""Why a name of Keras cannot stand in a spec. The catalogue leaves these out."""


def refused(name: str) -> str | None:
    """Return why a spec cannot use this name of Keras, or None where it can, or where Keras has no such name."""
    return REFUSED.get(name)
