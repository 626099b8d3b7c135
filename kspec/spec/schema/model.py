"""Schemas of models: their steps, what they share, and the blocks that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kspec.spec.model.names import NAME, NAME_RULE
from kspec.spec.model.words import BLOCK_KEYS, ENTRY_WORDS, WHOLE_MODELS
from kspec.spec.schema.arguments import plain_value
from kspec.spec.schema.keys import key, keys, section
from kspec.spec.schema.places import FREE, LAYERS, OPS, WHOLE_MODEL, Places, reference
from kspec.spec.schema.values import Schema, by_name, closed, exactly, if_list, listed, texts, typed

_FLAG = typed("bool")
_NAME = texts(f"^{NAME.pattern}$", NAME_RULE)
_RESULTS = listed(typed("str"), "str")
_SIZE = {**typed("int", "null", message="a size is a whole number; `null` stands for any"), "minimum": 1}
_SHAPE = {**typed("list", message="a shape is a list of sizes, such as `[28, 28, 1]`"), "items": _SIZE}


@dataclass(frozen=True, slots=True)
class ModelSchemas:
    """The schemas of models with the layers of a catalogue."""

    places: Places

    def definitions(self) -> Iterator[tuple[str, Schema]]:
        """Yield every definition with its name."""
        model = keys("model", self._model_values())
        block = keys("model.blocks.*", _BLOCK_VALUES)
        yield "model", closed(model)
        yield "input", self._input("model.input")
        yield "input.named", self._input("model.inputs.*")
        yield "shared", self._shared(model)
        yield "block", closed({name: block.get(name) or model[name] for name in BLOCK_KEYS})
        yield "step", self._step()
        words = keys("model.layers[]", _step_values())
        ops = {f"{OPS}.{name}": thing for name, thing in self.places.things(OPS, whole=True).items()}
        things = self.places.things(LAYERS, whole=True) | ops
        yield "step.whole", closed({**model, **words})
        yield "step.new", closed({**words, **things}, unknown="there is no layer and no key of a step of this name")
        yield "step.named", {"properties": {**words, **things}}
        # Behind a thing no second one is offered; it is read all the same, so that what stands in it is checked.
        beside = {name: value for name, value in words.items() if name not in (*WHOLE_MODELS, "outputs")}
        silent = {name: {"allOf": [thing], "doNotSuggest": True} for name, thing in things.items()}
        yield "step.begun", {**closed({**beside, **silent}), "allOf": list(self._calls())}

    def _step(self) -> Schema:
        """Return the schema of a step. Which keys it may have depends on those that it has.

        A lower-case key that is no word of a step may be a name under `shared` or `blocks`. So unknown keys are wrong
        only where they begin with a capital, or stand beside a layer, an op or a whole model.
        """
        thing = rf"{exactly(self.places.catalogue.names('layers'))}|^{OPS}\."
        begun = {"minProperties": 2, "not": {"propertyNames": {"not": {"pattern": thing}}}}
        named = {"propertyNames": {"pattern": f"^{FREE}$"}}
        rest: Schema = {"if": named, "then": reference("step.named"), "else": reference("step.new")}
        rest = {"if": begun, "then": reference("step.begun"), "else": rest}
        ops = exactly(f"{OPS}.{name}" for name in self.places.catalogue.names(OPS))
        return {
            "if": {"type": "object"},
            "then": {"if": WHOLE_MODEL, "then": reference("step.whole"), "else": rest},
            "else": self.places.bare_item(LAYERS, also=rf"{ops}|^(?!{OPS}\.){FREE}$"),
        }

    def _calls(self) -> Iterator[Schema]:
        """Yield, for layers that are called with more than what `from` names, the schema of their `call`."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for name, layer in self.places.names(LAYERS).components.items():
            if len(layer.call) > 1:
                groups.setdefault(layer.call[1:], []).append(name)
        for arguments, layers in groups.items():
            described = dict.fromkeys(arguments, key("model.layers[].call", {}))
            call = {"properties": described, "additionalProperties": False}
            yield {"if": {"anyOf": [{"required": [name]} for name in layers]}, "then": {"properties": {"call": call}}}

    def _shared(self, model: Mapping[str, Schema]) -> Schema:
        """Return the schema of an entry under `shared`: a layer, or a whole model."""
        beside = {name: model[name] for name in (*ENTRY_WORDS, *WHOLE_MODELS)}
        layers = self.places.things(LAYERS, whole=False)
        layer = closed({**layers, **beside}, unknown="there is no layer of this name")
        whole: Schema = {"if": WHOLE_MODEL, "then": closed(model), "else": layer}
        return {"if": {"type": "object"}, "then": whole, "else": reference(LAYERS)}

    def _model_values(self) -> dict[str, Schema]:
        weights = {"load": typed("str"), "by_name": _FLAG, "skip_mismatch": _FLAG}
        return {
            "input": reference("input"),
            "inputs": by_name(reference("input.named")),
            "layers": listed(reference("step")),
            "outputs": _RESULTS,
            "trainable": _trainable(),
            "shared": by_name(reference("shared")),
            "blocks": by_name(reference("block")),
            "weights": section("model.weights", weights),
            "application": reference("applications"),
            "load": typed("str"),
        }

    def _input(self, path: str) -> Schema:
        """Return the schema of an input: arguments of `keras.Input`, or its shape alone."""
        component = self.places.catalogue.component("inputs", "Input")
        arguments = component.arguments if component else {}
        values = {name: plain_value(argument) for name, argument in arguments.items()}
        values |= {"shape": _SHAPE, "batch_shape": _SHAPE, "name": _NAME}
        return {**section(path, values, "list", "null"), "items": _SIZE}


def _step_values() -> dict[str, Schema]:
    return {
        "name": _NAME,
        "from": {**typed("str", "list"), **if_list(typed("str"))},
        "call": typed("dict"),
        "repeat": {**typed("int", "dict"), "minimum": 0, "additionalProperties": typed("list")},
        "trainable": _trainable(),
        "layers": listed(reference("step")),
        "application": reference("applications"),
        "load": typed("str"),
        "outputs": _RESULTS,
    }


_BLOCK_VALUES = {"params": typed("dict", "null"), "inputs": listed(_NAME, "str", "null")}


def _trainable() -> Schema:
    thawed = section("model.layers[].trainable", {"from": typed("str")})
    either = typed("bool", "dict", message="`trainable` is `true` or `false`")
    return {**either, "if": {"type": "object"}, "then": thawed}
