"""Schemas of the sections of a spec besides the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kspec.spec.class_weights import BALANCED
from kspec.spec.data import TEST
from kspec.spec.fields import DTYPES
from kspec.spec.runtime import PRECISIONS, SIZE, Runtime
from kspec.spec.schema.described import described
from kspec.spec.schema.keys import key, keys, section
from kspec.spec.schema.places import OPS, Places, one_of, reference
from kspec.spec.schema.values import Schema, by_name, closed, exactly, if_list, listed, or_null, texts, typed
from kspec.spec.sections import REPORTS, Checkpoint, Evaluate, Fit, Predict
from kspec.spec.sweep import DIRECTIONS, Sweep

_NUMBER = typed("float")
_FACTOR = {**_NUMBER, "minimum": 0}
_COUNT = {**typed("int"), "minimum": 1}
_FLAG = typed("bool")


@dataclass(frozen=True, slots=True)
class SectionSchemas:
    """The schemas of the sections, for the components of a catalogue."""

    places: Places

    def definitions(self) -> Iterator[tuple[str, Schema]]:
        """Yield every definition with its name."""
        yield "data", self._data()
        yield "fields", _fields()
        yield "field", _field()
        yield "preprocess", self._preprocess()
        yield "compile", self._compile()
        yield "losses.by_output", self.places.by_output("losses", reference("losses"))
        yield "metrics.several", self.places.key("metrics", many=True)
        yield "metrics.by_output", self.places.by_output("metrics", reference("metrics.several"))
        yield "fit", _fit()
        yield "checkpoint", described(Checkpoint)
        yield "evaluate", _evaluate()
        yield "predict", described(Predict)
        yield "runtime", _runtime()
        yield "expect", by_name(section("expect.*", {"min": _NUMBER, "max": _NUMBER}))
        yield "sweep", _sweep()

    def _data(self) -> Schema:
        source, fields = reference("sources"), reference("fields")
        judged = self.places.key("sources", word=TEST)
        parts = {"source": source, "fallback": source, "train": source, "validation": judged, "test": source}
        return section("data", {**parts, "inputs": fields, "targets": fields, "sample_weight": fields})

    def _preprocess(self) -> Schema:
        """Return the schema of an item of `preprocess`: a layer that acts outside training too, or an op."""
        layers = self.places.names("layers").components
        things = self.places.things("layers", whole=True)
        acting = {name: thing for name, thing in things.items() if not layers[name].training_only}
        ops = {f"{OPS}.{name}": thing for name, thing in self.places.things(OPS, whole=True).items()}
        item = self.places.item("layers", also=exactly(ops))
        unknown = "there is no layer or op of this name that acts outside training"
        return {**item, "then": {**closed(acting | ops, unknown=unknown), **one_of(acting | ops)}}

    def _compile(self) -> Schema:
        return section(
            "compile",
            {
                "optimizer": reference("optimizers"),
                "loss": reference("losses.by_output"),
                "loss_weights": {**listed(_FACTOR, "float", "dict", "null"), "additionalProperties": _FACTOR},
                "metrics": reference("metrics.by_output"),
                "weighted_metrics": reference("metrics.by_output"),
                "run_eagerly": or_null(_FLAG),
                "steps_per_execution": or_null(_COUNT),
                "jit_compile": or_null(typed("bool", words=["auto"])),
                "auto_scale_loss": or_null(_FLAG),
            },
        )


def _field() -> Schema:
    """Return the schema of one field: a name, several, or what is done to them."""
    return {**closed(_field_keys(), "str", "int", "list"), "items": _FIELD_NAME}


def _fields() -> Schema:
    """Return the schema of one field, or of fields by the name of the input or output.

    A mapping that says nothing yet is offered the keys of one field; an input may be called like the others of them.
    """
    keys = {name: value for name, value in _field_keys().items() if name in _OF_ONE_FIELD}
    named = {"if": {"type": "object"}, "then": {"properties": keys, "additionalProperties": reference("field")}}
    one = {"anyOf": [{"required": [name]} for name in _OF_ONE_FIELD]}
    return {"if": {"type": "object", **one}, "then": reference("field"), "else": {**named, "else": reference("field")}}


_FIELD_NAME = typed("str", "int", message="a field is named by text")
_OF_ONE_FIELD = ("field", "preprocess")


def _field_keys() -> dict[str, Schema]:
    end = typed("int", "null", message="this is a whole number, or `null` for an open end")
    values = {
        "field": {**typed("str", "int", "list"), **if_list(_FIELD_NAME)},
        "slice": or_null({**listed(end), "minItems": 2, "maxItems": 2}),
        "preprocess": or_null(listed(reference("preprocess"))),
        "dtype": or_null(typed(words=DTYPES, message="there is no type of this name")),
        "missing": typed("str", "int", "float", "null", message="this is a number, a text or `mean`"),
    }
    return keys("data.inputs", values)


def _fit() -> Schema:
    schema = described(Fit)
    # What stands behind a name is the weight of a class, or the weights of an output.
    entry = {**typed("float", "dict", words=[BALANCED]), "minimum": 0, "additionalProperties": _FACTOR}
    weights = {**or_null(typed("dict", words=[BALANCED])), "additionalProperties": entry}
    schema["properties"]["class_weight"] = key("fit.class_weight", weights)
    return schema


def _evaluate() -> Schema:
    schema = described(Evaluate)
    reports = listed(typed(words=REPORTS, message="there is no report of this name"))
    schema["properties"]["reports"] = key("evaluate.reports", or_null(reports))
    return schema


def _runtime() -> Schema:
    schema = described(Runtime)
    properties = schema["properties"]
    properties["strategy"] = key("runtime.strategy", reference("strategies"))
    properties["precision"] |= or_null(typed(words=PRECISIONS, message="there is no precision of this name"))
    properties["memory"] |= or_null(texts(SIZE, "`memory` is a size with its unit, such as `4 GB`"))
    threads = typed("int", "dict", "null", message="`threads` is a whole number, or `intra` and `inter`")
    properties["threads"] |= {"allOf": [threads], "minimum": 1}
    return schema


def _sweep() -> Schema:
    ends = {"low": _NUMBER, "high": _NUMBER, "step": _NUMBER, "log": _FLAG}
    values = {
        "categorical": typed("list"),
        "int": section("sweep.space.*.int", ends),
        "float": section("sweep.space.*.float", ends),
    }
    schema = described(Sweep)
    properties = schema["properties"]
    properties["direction"] |= or_null(typed(words=DIRECTIONS))
    properties["space"] = key("sweep.space", by_name(section("sweep.space.*", values)))
    properties["sampler"] = key("sweep.sampler", reference("samplers"))
    properties["pruner"] = key("sweep.pruner", reference("pruners"))
    return schema
