"""Schemas of the places that take a component: a key, a list item, a mapping with its name.

For the family `layers` there are these definitions: `layers` is what stands behind a key that takes a layer,
`item.layers` a list item that is one. Each refers to a mapping whose only key is the name of a layer: `named.layers`
and `named.item.layers`.

Required arguments are asked for in lists only. What stands elsewhere is merged over the base that a spec `extends`, and
may leave them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kspec.catalogue import Argument, Catalogue, Component
from kspec.spec.arguments import expected
from kspec.spec.model.words import WHOLE_MODELS
from kspec.spec.schema.arguments import number_bounds
from kspec.spec.schema.family import FamilyNames
from kspec.spec.schema.values import Schema, by_name, exactly, offered, or_null, texts, typed
from kspec.spec.unknown import COMPONENT_FAMILIES, noun, with_article

LAYERS, OPS = "layers", "ops"

FREE = r"[a-z][A-Za-z0-9_-]*"
"""A name under `shared` or `blocks`, which no schema can know."""

OF_THE_SPEC = {LAYERS: f"^{FREE}$"}
"""Names that the spec itself gives to what stands at a key of a family: a wrapper takes a shared layer."""

WHOLE_MODEL: Schema = {"anyOf": [{"required": [name]} for name in WHOLE_MODELS]}
"""A mapping that is a whole model, where a layer may stand, too."""

ONLY_CAPITALS: Schema = {"minProperties": 1, "propertyNames": {"pattern": "^[A-Z]"}}
"""A mapping with the name of a component rather than arguments, or names that the writer chooses."""

REFERENCE = "#/definitions/"


def reference(name: str, description: str | None = None) -> Schema:
    """Return a reference to a definition. Editors show a description beside it instead of the definition's own."""
    schema: Schema = {"$ref": f"{REFERENCE}{name}"}
    return {"description": description, **schema} if description else schema


def one_of(names: Iterable[str]) -> Schema:
    """Return the schema of a mapping that has one key, if all its keys are among these names.

    Another key beside them is told by itself. Were this said with the keys, editors would offer none of them.
    """
    return {"if": {"propertyNames": {"pattern": exactly(names)}}, "then": {"minProperties": 1, "maxProperties": 1}}


@dataclass(frozen=True, slots=True)
class Places:
    """The schemas of places for the components of a catalogue.

    Args:
        catalogue: The components.
        families: Names of the families that have been asked for.
    """

    catalogue: Catalogue
    families: dict[str, FamilyNames] = field(default_factory=dict)

    def definitions(self) -> Iterator[tuple[str, Schema]]:
        """Yield every definition with its name."""
        for family in COMPONENT_FAMILIES:
            yield f"named.{family}", self._named(family, whole=False)
            yield f"named.item.{family}", self._named(family, whole=True)
            yield family, self.key(family)
            yield f"item.{family}", self.item(family)

    def names(self, family: str) -> FamilyNames:
        """Return the names that a place for a family takes."""
        if family not in self.families:
            self.families[family] = FamilyNames(self.catalogue, family)
        return self.families[family]

    def key(self, family: str, argument: Argument | None = None, *, many: bool = False, word: str = "") -> Schema:
        """Return the schema of what stands behind a key that takes a component.

        Args:
            family: The family of the component.
            argument: The argument that the key is; it may take plain values, too.
            many: Whether a list of components may stand there.
            word: A further word.
        """
        also = "|".join(part for part in (exactly([word]) if word else "", OF_THE_SPEC.get(family, "")) if part)
        named = reference(f"named.{family}")
        if family == LAYERS:
            named = {"if": WHOLE_MODEL, "then": reference("model"), "else": named}
        if argument and many and "dict" in argument.types:
            named = {"if": ONLY_CAPITALS, "then": named, "else": by_name(reference(family))}
        return {
            "if": {"type": "object"},
            "then": named,
            "else": or_null(self.bare(family, argument, many=many, also=also)),
            **offered({**({word: ""} if word else {}), **self.names(family).alone}),
        }

    def by_output(self, family: str, entry: Schema) -> Schema:
        """Return the schema of components for every output, or for each by its name or in a list.

        Args:
            family: The family of the components.
            entry: Schema of what stands for one output.
        """
        # An output may be called like a word.
        words = {pattern: {"anyOf": [thing, entry]} for pattern, thing in self._words(family).items()}
        named = {"properties": self.things(family, whole=False), "additionalProperties": entry}
        return {
            **self.key(family),
            "then": {**named, "patternProperties": words},
            "else": or_null({**self.bare(family, many=True), "items": self.item(family, nested=True)}),
        }

    def item(self, family: str, *, also: str = "", nested: bool = False) -> Schema:
        """Return the schema of a list item that is a component. Its `defaultSnippets` are what an editor offers.

        Args:
            family: The family of the component.
            also: Pattern of further texts.
            nested: Whether the item may be nothing, or a list of components itself.
        """
        bare = self.bare_item(family, also=also, nested=nested)
        names = self.names(family).alone.items()
        return {
            "if": {"type": "object"},
            "then": reference(f"named.item.{family}"),
            "else": or_null(bare) if nested else bare,
            "defaultSnippets": [{"label": name, "description": text, "body": name} for name, text in names],
        }

    def bare_item(self, family: str, *, also: str = "", nested: bool = False) -> Schema:
        """Return the schema of a list item that is no mapping. An editor shows what a name in it means."""
        names = self.names(family).alone.items()
        explained = [{"const": name, "description": text} for name, text in names if text]
        return {**self.bare(family, many=nested, also=also), "anyOf": [{}, *explained]}

    def bare(self, family: str, argument: Argument | None = None, *, many: bool = False, also: str = "") -> Schema:
        """Return the schema of what may stand at a place without being a mapping: a bare name, a list, a plain value.

        Args:
            family: The family of the component.
            argument: The argument that the key is, if it is one.
            many: Whether a list of components may stand there.
            also: Pattern of further texts.
        """
        names = self.names(family)
        needing = names.needing
        pattern = "|".join(part for part in (exactly([*names.alone, *needing]), also) if part)
        schema = texts(pattern, f"there is no {noun(family)} of this name")
        if needing:
            hint = f"this {noun(family)} needs arguments: `NAME: {{...}}`"
            schema["allOf"] = [{"pattern": f"^(?!(?:{'|'.join(needing)})$)", "errorMessage": hint}]
        if argument and argument.types:
            message = f"`{argument.name}` is {expected(argument.types)} or {with_article(noun(family))}"
            plain = {**typed(*argument.types, message=message), **number_bounds(argument)}
            schema = plain if "str" in argument.types else {**schema, **plain, "pattern": schema["pattern"]}
        if many:
            schema |= {"type": [*schema["type"], "array"], "items": reference(f"item.{family}")}
        return schema

    def things(self, family: str, *, whole: bool) -> dict[str, Schema]:
        """Return the names that a place for a family takes, as keys of a mapping.

        Args:
            family: The family.
            whole: Whether required arguments must be there.
        """
        return {
            name: reference(f"{'whole.' if whole and asks(found) else ''}{found.family}.{found.name}")
            for name, found in self.names(family).components.items()
        }

    def _named(self, family: str, *, whole: bool) -> Schema:
        things = self.things(family, whole=whole)
        return {
            "properties": things,
            "patternProperties": self._words(family),
            "additionalProperties": False,
            "errorMessage": f"there is no {noun(family)} of this name",
            **one_of(things),
        }

    def _words(self, family: str) -> dict[str, Schema]:
        """Return the words that stand for a component as its name does, as patterns: a pattern is never offered."""
        words = self.names(family).words.items()
        return {exactly([word]): reference(f"{found.family}.{found.name}") for word, found in words}


def asks(component: Component) -> bool:
    """Say whether a component has arguments that must be given. What feeds an op fills those that are left."""
    return bool(component.required) and component.family != OPS
