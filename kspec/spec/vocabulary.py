"""Every key of the language with what it means, in one sentence: for `kspec explain`, the JSON Schema and the checks.

A path names keys from the top of a spec down: `*` is a name that the writer chooses, `[]` an item of a list.
The keys of a model stand once, under `model`; steps, `shared` and `blocks` that hold whole models take them, too.
Sections that are pydantic models describe their keys themselves.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args, get_origin

if TYPE_CHECKING:
    from kspec.spec.sections import Section

_TOP: Mapping[str, str] = {
    "kspec": "Version of the language: 1.",
    "name": "Name of the spec, which names its run folders.",
    "description": "What the spec says about itself, in one line; shown in the report.",
    "seed": "Seed of initial weights, dropout and row order; the same seed gives the same history.",
    "extends": "Another spec that this one is merged over, key by key; lists replace.",
    "without": "Paths that are left out of the spec that `extends` names.",
    "without[]": "Path that is left out, its keys with dots between them.",
    "vars": "Constants by name, put in as `$(NAME)`.",
    "vars.*": "Value that `$(NAME)` puts in, its type kept.",
    "data": "What is read, and how it becomes the inputs and targets of the model.",
    "model": "What is built: a list of steps, each fed by the step before it unless it says otherwise.",
    "compile": "How the model learns: the arguments of `keras.Model.compile`.",
    "callbacks": "Keras callbacks, a list; paths that they write to lie in the run folder.",
    "expect": "What must come out, by the name of a result; if it does not, the exit code is 1.",
}

_DATA: Mapping[str, str] = {
    "source": "Source with parts of its own to train on and to test on.",
    "train": "Source of the rows to train on, where every part has a source of its own.",
    "validation": "Source of the rows that each epoch is judged by; `test` stands for the test part.",
    "test": "Source of the rows that the trained model is judged by.",
    "fallback": "Source that takes the place of `source` if that cannot be had on this machine; said loudly.",
    "inputs": "What the model is fed: one field, or a field for each input by its name.",
    "targets": "What the model is to give: one field, or a field for each output by its name.",
    "sample_weight": "Field that says how much each row counts, or one for each output by its name.",
}

FIELD: Mapping[str, str] = {
    "field": "Name of the field, or a list of names that are put side by side.",
    "slice": "`[start, end]` along the first axis after the rows; `null` leaves an end open.",
    "preprocess": "Layers that the values pass through on the way in, adapted to the training rows only.",
    "dtype": "Type that the values get, such as `float32`.",
    "missing": "What stands in for a missing value: a number, a text, or `mean`, that of the training rows.",
}
"""Keys of a field, which stands under `data.inputs`, `data.targets` and `data.sample_weight`."""

_INPUT: Mapping[str, str] = {
    "shape": "Sizes of one example, without the batch axis; `null` is any size.",
    "batch_shape": "The same with the batch axis before it, in place of `shape`.",
    "batch_size": "Number of rows of every batch, where it must be fixed.",
    "dtype": "Type of the values, such as `int32`; `float32` if left out.",
    "name": "Name of a single input; `input` if left out.",
    "sparse": "Whether the tensors are sparse.",
    "ragged": "Whether the tensors are ragged.",
    "optional": "Whether the input may be missing.",
}

_MODEL: Mapping[str, str] = {
    "input": "The one input: arguments of `keras.Input`; left out, it is taken from the data.",
    "inputs": "The inputs by name, each with the arguments of `keras.Input`.",
    "inputs.*": "One input: arguments of `keras.Input`.",
    "layers": "The steps, in their order.",
    "layers[]": "A step: one thing to apply and, beside it, the words of a step.",
    "outputs": "Names of the steps whose results the model gives; the last step if left out.",
    "trainable": "`false` freezes the whole model.",
    "shared": "Layers and models by name that are built once: every use has the same weights.",
    "shared.*": "A layer, a model in this same language, or a saved one.",
    "blocks": "Models by name that are built anew at every use, each time with weights of its own.",
    "blocks.*": "A model with `params`, used by its name as a step.",
    "blocks.*.params": "Constants of the block with their defaults; `null` must be given at every use.",
    "blocks.*.inputs": "Names of what `from` passes to the block; one, called `input`, if left out.",
    "weights": "Saved weights that the layers start from.",
    "weights.load": "File of the saved weights.",
    "weights.by_name": "Whether layers get their weights by name rather than by their order.",
    "weights.skip_mismatch": "Whether layers whose shapes do not fit are left as they are.",
    "application": "A model of `keras.applications` with its arguments.",
    "load": "Saved model: a `.keras` or `.h5` file, or Keras' own JSON.",
}

_STEP: Mapping[str, str] = {
    "name": "Names the step's result: what `from`, `outputs`, `loss`, `targets` and the history say.",
    "from": "What feeds the step: a name, or a list of names for what merges; `_` is the step before.",
    "call": "Further call arguments by name: names of steps, or constants.",
    "repeat": "How often the step is applied in a chain, each time with weights of its own; or lists of constants.",
    "trainable": "`false` freezes what the step builds; `{from: LAYER}` thaws a whole model from that layer on.",
    "trainable.from": "Name of the first layer of a whole model that is trained.",
    "layers": "Steps of a model within the model.",
    "application": "A model of `keras.applications` with its arguments, as one step.",
    "load": "Saved model as one step: a `.keras` or `.h5` file, or Keras' own JSON.",
    "outputs": "Names of the inner layers whose results a whole model gives, in place of its own outputs.",
}

_COMPILE: Mapping[str, str] = {
    "optimizer": "The optimizer, a word such as `adam` or a component; `rmsprop` if left out.",
    "loss": "One loss for every output, or one for each by its name; `null` is an output that is not trained.",
    "loss_weights": "Factor of each output's loss in the loss that is made smaller.",
    "metrics": "What is measured besides the loss: a list for every output, or one for each by its name.",
    "weighted_metrics": "Metrics that heed sample and class weights.",
    "run_eagerly": "Whether steps run without a compiled graph: slower, for finding faults.",
    "steps_per_execution": "Steps that are run as one, which saves time where steps are short.",
    "jit_compile": "Whether XLA compiles the model; `auto` leaves it to Keras.",
    "auto_scale_loss": "Whether the loss is scaled where the precision is `mixed_float16`.",
}

_EXPECT: Mapping[str, str] = {
    "*": "Bounds of one result, such as `test.accuracy`.",
    "*.min": "The least that it may be.",
    "*.max": "The most that it may be.",
}

_SWEEP: Mapping[str, str] = {
    "space.*": "Values that one place of the spec is tried with.",
    "space.*.categorical": "List of the values that are tried.",
    "space.*.int": "Whole numbers between two bounds.",
    "space.*.int.low": "The least number.",
    "space.*.int.high": "The greatest number.",
    "space.*.int.step": "Distance of the numbers.",
    "space.*.int.log": "Whether small numbers are tried as often as large ones.",
    "space.*.float": "Numbers between two bounds.",
    "space.*.float.low": "The least number.",
    "space.*.float.high": "The greatest number.",
    "space.*.float.step": "Distance of the numbers.",
    "space.*.float.log": "Whether small numbers are tried as often as large ones.",
}


@functools.cache
def descriptions() -> Mapping[str, str]:
    """Return what every key of the language means, by path: `fit.epochs`, `model.layers[].repeat`."""
    found = dict(_TOP)
    fields = {f"data.{place}": FIELD for place in ("inputs", "targets", "sample_weight")}
    inputs = {"model.input": _INPUT, "model.inputs.*": {key: text for key, text in _INPUT.items() if key != "name"}}
    groups = {
        "data": _DATA,
        **fields,
        **{f"{place}.*": keys for place, keys in fields.items()},
        "model": _MODEL,
        **inputs,
        "model.layers[]": _STEP,
        "compile": _COMPILE,
        "expect": _EXPECT,
        "sweep": _SWEEP,
    }
    for place, keys in groups.items():
        found |= {f"{place}.{key}": text for key, text in keys.items()}
    found |= {path: text for path, text, _ in _sections()}
    return MappingProxyType(found)


@functools.cache
def defaults() -> Mapping[str, Any]:
    """Return what stands where a key is left out, by path, for the keys whose section says it."""
    return MappingProxyType({path: value for path, _, value in _sections() if value is not None and value != ()})


def _sections() -> Iterator[tuple[str, str, Any]]:
    """Yield path, meaning and default of the keys of all sections that are pydantic models."""
    # pydantic takes longer to import than all of the rest together.
    from kspec.spec.runtime import Runtime
    from kspec.spec.sections import Checkpoint, Evaluate, Fit, Predict
    from kspec.spec.sweep import Sweep

    for name, kind in (
        ("fit", Fit),
        ("checkpoint", Checkpoint),
        ("evaluate", Evaluate),
        ("predict", Predict),
        ("runtime", Runtime),
        ("sweep", Sweep),
        ("sweep", Sweep),
    ):
        yield name, (kind.__doc__ or "").strip(), None
        yield from _keys_of(name, kind)


def _keys_of(path: str, kind: type[Section]) -> Iterator[tuple[str, str, Any]]:
    for name, field in kind.model_fields.items():
        place = f"{path}.{name}"
        yield place, field.description or "", None if field.is_required() else field.default
        for inner, listed in _sections_in(field.annotation):
            if listed:
                place = f"{place}[]"
                yield place, (inner.__doc__ or "").strip(), None
            yield from _keys_of(place, inner)


def _sections_in(annotation: Any, *, listed: bool = False) -> Iterator[tuple[type[Section], bool]]:
    """Yield the sections that a key takes, and whether it takes a list of them."""
    if hasattr(annotation, "model_fields"):
        yield annotation, listed
    for part in get_args(annotation):
        yield from _sections_in(part, listed=listed or get_origin(annotation) is tuple)
