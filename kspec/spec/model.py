"""The `model` section: a list of steps, wired and numbered into a graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.components import ComponentReader, ComponentSpec, old_input, without_old_input
from kspec.spec.expressions import substitute
from kspec.spec.graph import Graph, GraphNode, InputSpec, Tensor, layer_base_name
from kspec.spec.problems import Path, did_you_mean

STEP_WORDS = ("name", "from", "call", "repeat", "trainable")
_OTHER_THINGS = ("layers", "application", "load")
RESERVED = {*STEP_WORDS, *_OTHER_THINGS, "weights", "outputs", "input", "inputs", "shared", "blocks", "params", "i"}
_LATER = ("shared", "blocks", "weights", "application", "load")
_MODEL_KEYS = ("input", "inputs", "layers", "outputs", "trainable", *_LATER)
_INPUT_KEYS = ("shape", "batch_size", "dtype", "sparse", "ragged", "batch_shape", "name", "optional")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_PREVIOUS = "_"
MAX_STEPS = 100_000
"""Steps that a model may have once everything repeated is written out."""

DEFAULT_INPUT = "input"


@dataclass(slots=True)
class ModelReader:
    """Reads one `model` section."""

    components: ComponentReader
    constants: Mapping[str, Any]
    path: Path = ("model",)
    inputs: dict[str, InputSpec] = field(default_factory=dict)
    nodes: list[GraphNode] = field(default_factory=list)
    named: dict[str, Tensor | None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    plain: bool = True
    broken: bool = False

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, section: Any) -> Graph | None:
        """Return the graph, or None if it is too broken to be wired."""
        value = self.checker.mapping(section, self.path, "`model`", expected="a mapping with `layers`")
        if value is None:
            return None
        before = len(self.checker.problems)
        self.checker.known_keys(value, self.path, "`model`", _MODEL_KEYS)
        for key in _LATER:
            if key in value:
                self._not_built(key, (*self.path, key))
        self._read_inputs(value)
        steps = value.get("layers")
        if not isinstance(steps, list) or not steps:
            what = "is missing" if "layers" not in value else f"is a list of steps, not {kind_of(steps) if steps != [] else 'an empty one'}"
            self.checker.error("missing-key" if "layers" not in value else "wrong-type", (*self.path, "layers"), f"`layers` {what}")
            return None
        self.later = {step["name"] for step in steps if isinstance(step, dict) and isinstance(step.get("name"), str)}
        previous: Tensor | None = Tensor(next(iter(self.inputs)))
        for index, step in enumerate(steps):
            previous = self._read_step(step, (*self.path, "layers", index), previous)
        outputs = self._read_outputs(value, previous)
        trainable = value.get("trainable")
        if trainable is not None and not isinstance(trainable, bool):
            self.checker.error("wrong-type", (*self.path, "trainable"), f"`trainable` is `true` or `false`, not {kind_of(trainable)}")
        elif trainable is False:
            self.nodes = [replace(node, trainable=False) for node in self.nodes]
        if any(problem.severity == "error" for problem in self.checker.problems[before:]) or outputs is None:
            return None
        self._check_reachable(outputs)
        return Graph(self.inputs, tuple(self.nodes), outputs, self._sequential(outputs), self.path)

    def _sequential(self, outputs: Mapping[str, Tensor]) -> bool:
        last = [Tensor(self.nodes[-1].name)] if self.nodes else []
        return self.plain and len(self.inputs) == 1 and list(outputs.values()) == last

    def _not_built(self, word: str, path: Path) -> None:
        self.checker.error("not-built-yet", path, f"`{word}` is part of the language, but this version of kspec cannot do it yet", at="key")
        self.broken = True

    # ---- inputs

    def _read_inputs(self, value: Mapping[str, Any]) -> None:
        if "input" in value and "inputs" in value:
            self.checker.error("two-inputs", (*self.path, "inputs"), "`input` and `inputs` cannot stand together", "name all inputs under `inputs`", at="key")
        if "inputs" in value:
            path = (*self.path, "inputs")
            entries = self.checker.mapping(value["inputs"], path, "`inputs`", expected="a mapping of names to inputs")
            if entries is not None and not entries:
                self.checker.error("wrong-type", path, "`inputs` is empty", "name at least one input")
            for name, arguments in (entries or {}).items():
                self._check_name(name, (*path, name), at_key=True, what="input")
                self._add_input(name, arguments, (*path, name))
        elif "input" in value:
            arguments = value["input"]
            path = (*self.path, "input")
            name = arguments.get("name") if isinstance(arguments, dict) else None
            if name is not None:
                self._check_name(name, (*path, "name"), what="input")
            self._add_input(str(name or DEFAULT_INPUT), arguments, path)
        if not self.inputs:
            self.inputs[DEFAULT_INPUT] = InputSpec(DEFAULT_INPUT, {}, self.path)
            self.named[DEFAULT_INPUT] = Tensor(DEFAULT_INPUT)

    def _add_input(self, name: str, value: Any, path: Path) -> None:
        value = substitute(value, self.constants, path, self.checker)
        if isinstance(value, list):
            value = {"shape": value}
        arguments = {} if value is None else self.checker.mapping(value, path, f"input `{name}`", expected="a mapping such as `{shape: [784]}`")
        if arguments is not None:
            self.checker.known_keys(arguments, path, "an input", _INPUT_KEYS)
            for key in ("shape", "batch_shape"):
                if key in arguments:
                    self._check_shape(arguments[key], (*path, key))
        kept = {key: item for key, item in (arguments or {}).items() if key != "name"}
        self.inputs[name] = InputSpec(name, kept, path)
        self.named[name] = Tensor(name)

    def _check_shape(self, shape: Any, path: Path) -> None:
        good = isinstance(shape, list) and all(
            size is None or (isinstance(size, int) and not isinstance(size, bool) and size > 0) for size in shape
        )
        if not good:
            hint = "write a list of sizes without the batch axis, such as `[28, 28, 1]`; `null` is any size"
            self.checker.error("wrong-type", path, f"a shape is a list of whole numbers, not {kind_of(shape)}", hint)

    # ---- steps

    def _read_step(self, step: Any, path: Path, previous: Tensor | None) -> Tensor | None:
        """Add a step's layers to the graph and return its result; None if it is not known."""
        if isinstance(step, str):
            step = {step: None}
            thing_path: Path = path
        else:
            thing_path = ()
        if not isinstance(step, dict) or not step:
            hint = "write `- Dense: 10` or `- Flatten`"
            self.checker.error("wrong-type", path, f"a step is a layer, not {kind_of(step) if step != {} else 'an empty mapping'}", hint)
            return None
        thing = self._thing(step, path)
        name = self._step_name(step, thing, path)
        if thing is None:
            if name:
                self.named[name] = None
            return None
        thing_path = thing_path or (*path, thing)
        if any(word in step for word in ("from", "call", "repeat")):
            self.plain = False
        result = previous
        sources = self._sources(step, path, previous)
        rounds = list(self._rounds(step, path))
        for number, scope in enumerate(rounds):
            layer_name = f"{name}_{number}" if name and "repeat" in step else name
            if number > 0 and sources is not None:
                sources = result if not isinstance(sources, tuple) else (result, *sources[1:]) if result else None
            result = self._add(step, thing, path, thing_path, scope, layer_name, sources)
        if not rounds and sources is not None:
            result = sources if isinstance(sources, Tensor) else sources[0]
        if name:
            self.named[name] = result
        return result

    def _thing(self, step: Mapping[str, Any], path: Path) -> str | None:
        """Return the key of a step that says what is applied."""
        things = [key for key in step if key not in STEP_WORDS]
        for key in things:
            if key in _OTHER_THINGS or key.startswith("ops."):
                self._not_built(key, (*path, key))
                return None
        components = [key for key in things if key[:1].isupper() or self.components.catalogue.component("layers", key)]
        others = [key for key in things if key not in components]
        if len(components) > 1:
            message = f"a step applies one thing, this one has {listing(components)}"
            self.checker.error("two-things", (*path, components[1]), message, "start a step of its own with `- `", at="key")
            return None
        for key in others:
            self._stray(key, components[0] if components else None, (*path, key))
        if components:
            return components[0]
        if not others:
            self.checker.error("no-thing", path, "this step says nothing to apply", "a step needs a layer, such as `Dense: 10`")
        return None

    def _excused(self, step: Mapping[str, Any], thing: str) -> list[str]:
        """Return the keys of a step that were meant as arguments of its layer, and have been reported."""
        return [key for key in step if key not in STEP_WORDS and key != thing]

    def _stray(self, key: str, thing: str | None, path: Path) -> None:
        component = self.components.catalogue.component("layers", thing) if thing else None
        if component and key in component.arguments:
            hint: str | None = f"it is an argument of {thing}: indent it further, or write `{thing}: {{{key}: ...}}`"
        else:
            layers = self.components.catalogue.names("layers")
            hint = did_you_mean(key, STEP_WORDS if thing else [*layers, *STEP_WORDS])
        self.checker.error("unknown-key", path, f"a step has no key `{key}`", hint, at="key")

    def _step_name(self, step: Mapping[str, Any], thing: str | None, path: Path) -> str | None:
        name, at = step.get("name"), (*path, "name")
        inside = step.get(thing) if thing else None
        if isinstance(inside, dict) and "name" in inside and len(inside) + len(step) > 2:
            if name is not None:
                self.checker.error("name-twice", at, "the name stands beside the layer and inside it", "keep one of them")
                return None
            name, at = inside["name"], (*path, str(thing), "name")
        elif isinstance(inside, dict) and "name" in inside:
            name, at = inside["name"], (*path, str(thing), "name")
        if name is None:
            return None
        name = substitute(name, self.constants, at, self.checker)
        return name if self._check_name(name, at, what="step") else None

    def _check_name(self, name: Any, path: Path, *, what: str, at_key: bool = False) -> bool:
        at = "key" if at_key else "value"
        catalogue = self.components.catalogue
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            message = f"`{name}` cannot name {'an' if what == 'input' else 'a'} {what}"
            self.checker.error("bad-name", path, message, "a name has letters, digits, `_` and `-`, and starts with a letter", at=at)
        elif name in RESERVED and not (what == "input" and name in ("input", "inputs", "outputs")):
            self.checker.error("bad-name", path, f"`{name}` is a word of the language and cannot be a name", at=at)
        elif name[:1].isupper() and catalogue.families_of(name):
            self.checker.error("bad-name", path, f"`{name}` is the name of a component and cannot name {what}s", at=at)
        elif name in self.named:
            self.checker.error("name-taken", path, f"the name `{name}` is given twice", "every input and step needs a name of its own", at=at)
        else:
            return True
        return False

    def _rounds(self, step: Mapping[str, Any], path: Path) -> Iterator[dict[str, Any]]:
        """Yield, for each time that a step is to be applied, the constants that it sees."""
        if "repeat" not in step:
            yield dict(self.constants)
            return
        at = (*path, "repeat")
        repeat = substitute(step["repeat"], self.constants, at, self.checker)
        lists: dict[str, list[Any]] = {}
        if isinstance(repeat, dict) and repeat and all(isinstance(items, list) for items in repeat.values()):
            lists = repeat
            lengths = {len(items) for items in lists.values()}
            if len(lengths) > 1:
                self.checker.error("repeat-lengths", at, "the lists of `repeat` have different lengths", "give each the same number of items")
            count = min(lengths)
        elif isinstance(repeat, int) and not isinstance(repeat, bool) and repeat >= 0:
            count = repeat
        else:
            self.checker.error("wrong-type", at, f"`repeat` is a number or a mapping of lists, not {kind_of(repeat)}")
            count = 1
        if len(self.nodes) + count > MAX_STEPS:
            self.checker.error("too-many-steps", at, f"the model has more than {MAX_STEPS:,} steps, repeats written out")
            return
        for number in range(count):
            yield {**self.constants, **{key: items[number] for key, items in lists.items()}, "i": number}

    def _add(
        self, step: Mapping[str, Any], thing: str, path: Path, thing_path: Path,
        scope: Mapping[str, Any], name: str | None, sources: Tensor | tuple[Tensor, ...] | None,
    ) -> Tensor | None:  # fmt: skip
        """Add one layer and its call to the graph."""
        component = self.components.find(thing, thing_path, "layers", at="key")
        if component is None:
            return None
        value = substitute(step[thing], scope, thing_path, self.checker)
        if isinstance(value, dict) and "name" in value and not (len(value) == 1 and component.first and component.first.name == "name"):
            value = {key: item for key, item in value.items() if key != "name"}
        layer = self.components.with_value(component, value, thing_path, excused=self._excused(step, thing))
        layer = self._understand_old_input(layer, thing_path)
        name = name or self._number(layer_base_name(component.name))
        self.used.add(name)
        call = self._call(step, path, scope, component.call)
        trainable = self._trainable(step, layer, path)
        if sources is not None:
            sources = self._shape_sources(component.inputs, sources)
            node = GraphNode(name, replace(layer, arguments=_without(layer.arguments, "trainable")), sources, call, trainable, path)
            self.nodes.append(node)
        return Tensor(name)

    @staticmethod
    def _shape_sources(inputs: str, sources: Tensor | tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
        """Return one result as a list of one where the layer wants a list."""
        return (sources,) if inputs == "list" and isinstance(sources, Tensor) else sources

    def _trainable(self, step: Mapping[str, Any], layer: ComponentSpec, path: Path) -> bool | None:
        inside, beside = layer.arguments.get("trainable"), step.get("trainable")
        if inside is not None and beside is not None:
            self.checker.error("trainable-twice", (*path, "trainable"), "`trainable` stands beside the layer and inside it", "keep one of them")
        value = inside if beside is None else beside
        if value is not None and not isinstance(value, bool):
            self.checker.error("wrong-type", (*path, "trainable"), f"`trainable` is `true` or `false`, not {kind_of(value)}")
            return None
        return value

    def _understand_old_input(self, layer: ComponentSpec, path: Path) -> ComponentSpec:
        given = old_input(layer)
        if given is None:
            return without_old_input(layer)
        first = next(iter(self.inputs.values()))
        if not self.nodes and not first.known:
            self.inputs[first.name] = replace(first, arguments={**first.arguments, **given})
        elif not self.nodes and first.arguments.get("shape") != given.get("shape"):
            self.checker.error("two-inputs", path, "the input's shape is given twice, and differently", f"`input` says {first.arguments.get('shape')}", at="key")
        return without_old_input(layer)

    def _number(self, base: str) -> str:
        """Return the next free name as Keras counts: `dense`, `dense_1`."""
        while True:
            count = self.counts.get(base, 0)
            self.counts[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name not in self.used and name not in self.named and name not in self.later:
                return name

    # ---- references

    def _sources(self, step: Mapping[str, Any], path: Path, previous: Tensor | None) -> Tensor | tuple[Tensor, ...] | None:
        if "from" not in step:
            return previous
        value, at = step["from"], (*path, "from")
        if value is None or value == []:
            self.checker.error("empty-from", at, "`from` names nothing", "name a step, a list of steps, or `_` for the step before", at="key")
            return None
        if not isinstance(value, list):
            return self._tensor(value, at, previous)
        tensors = [self._tensor(item, (*at, index), previous) for index, item in enumerate(value)]
        return None if None in tensors else tuple(tensor for tensor in tensors if tensor)

    def _tensor(self, value: Any, path: Path, previous: Tensor | None) -> Tensor | None:
        if not isinstance(value, str):
            self.checker.error("wrong-type", path, f"a step is named by text, not by {kind_of(value)}")
            return None
        if value == _PREVIOUS:
            return previous
        name, dot, index = value.partition(".")
        if name not in self.named:
            if name in self.later:
                self.checker.error("defined-later", path, f"the step `{name}` comes later", "a step can only use steps above it")
            else:
                self.checker.error("unknown-step", path, f"there is no step or input `{name}`", self._near(name))
            return None
        if dot and not index.isdigit():
            self.checker.error("unknown-step", path, f"`{value}` names no result", f"results are counted: `{name}.0`, `{name}.1`")
            return None
        tensor = self.named[name]
        return Tensor(tensor.name, int(index)) if tensor and dot else tensor

    def _near(self, name: str) -> str | None:
        hint = did_you_mean(name, self.named)
        if hint is None and name in self.used:
            return f"it is numbered by kspec; give the step a `name` to refer to it"
        return hint

    def _call(self, step: Mapping[str, Any], path: Path, scope: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
        if "call" not in step:
            return {}
        at = (*path, "call")
        value = self.checker.mapping(step["call"], at, "`call`", expected="a mapping of call arguments")
        if value is None:
            return {}
        result: dict[str, Any] = {}
        for key, item in substitute(value, scope, at, self.checker).items():
            if key == "training":
                hint = "Keras decides it in fit and predict; `trainable: false` freezes a layer"
                self.checker.error("refused", (*at, key), "`training` cannot be set for a call", hint, at="key")
            elif known and key not in known:
                self.checker.error("unknown-argument", (*at, key), f"the call has no argument `{key}`", did_you_mean(key, known) or f"it has {listing(known)}", at="key")
            else:
                result[key] = self._call_value(item, (*at, key))
        return result

    def _call_value(self, value: Any, path: Path) -> Any:
        """Return a call argument, the names of steps in it replaced by their results."""
        if isinstance(value, list):
            return [self._call_value(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str):
            return self._tensor(value, path, None)
        return value

    # ---- outputs

    def _read_outputs(self, value: Mapping[str, Any], previous: Tensor | None) -> dict[str, Tensor] | None:
        if "outputs" not in value:
            if previous is None:
                return None
            written = next((name for name, tensor in self.named.items() if tensor == previous), None)
            return {written or str(previous): previous}
        at = (*self.path, "outputs")
        listed = value["outputs"] if isinstance(value["outputs"], list) else [value["outputs"]]
        if not listed:
            self.checker.error("wrong-type", at, "`outputs` is empty", "leave it out for the last step's result")
            return None
        outputs: dict[str, Tensor] = {}
        for index, item in enumerate(listed):
            path = (*at, index) if isinstance(value["outputs"], list) else at
            tensor = self._tensor(item, path, previous)
            if tensor is None:
                continue
            name = str(item) if item != _PREVIOUS else str(tensor)
            if name in outputs:
                self.checker.error("name-taken", path, f"`{name}` is listed twice as an output")
            outputs[name] = tensor
        return outputs if len(outputs) == len(listed) else None

    def _check_reachable(self, outputs: Mapping[str, Tensor]) -> None:
        """Note steps and inputs that no output depends on, the last of each such chain only."""
        feeds = {node.name: node for node in self.nodes}
        wanted = [tensor.name for tensor in outputs.values()]
        reached: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in reached:
                reached.add(name)
                wanted += [tensor.name for tensor in feeds[name].sources] if name in feeds else []
        fed = {tensor.name for node in self.nodes for tensor in node.sources}
        for node in self.nodes:
            if node.name not in reached and node.name not in fed:
                self.checker.error("unused-step", node.path, f"no output depends on the step `{node.name}`", "use it in a `from`, list it in `outputs`, or leave it out")
        for item in self.inputs.values():
            if item.name not in reached and item.name not in fed:
                self.checker.error("unused-input", item.path, f"the input `{item.name}` is never used", at="key")


def _without(arguments: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != key}
