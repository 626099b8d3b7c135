"""Components in the three forms in which they are written, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Catalogue, Component, refused
from kspec.spec.agreeing import check_agreement
from kspec.spec.argument_reader import ArgumentReader, ReadModelArgument
from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.components import ComponentSpec
from kspec.spec.files import Files
from kspec.spec.misplaced import misplaced_hint
from kspec.spec.problems import At, Path, did_you_mean
from kspec.spec.strays import note_strays
from kspec.spec.unknown import ALSO, capital_of, component_hint, noun, with_article

_LAYERS = "layers"

_NAMING = ("name", "class_name", "type", "class")
"""Keys behind which other tools, Keras' own files among them, write the name of a component."""


@dataclass(frozen=True, slots=True)
class ComponentReader:
    """Turns written components into `ComponentSpec`s, noting every problem on the way.

    Args:
        catalogue: What Keras offers.
        checker: Where problems go.
        files: Finds the files that arguments name; None where none may be read.
        models: Reads the models and shared layers that wrappers such as `TimeDistributed` are given; None where there
            are none.
    """

    catalogue: Catalogue
    checker: Checker
    files: Files | None = None
    models: ReadModelArgument | None = None

    def read(self, value: Any, path: Path, family: str) -> Any:
        """Return a component, or the word that Keras itself resolves, or None after a problem.

        Args:
            value: What is written: `Flatten`, `{Dropout: 0.5}`, `{Conv2D: {...}}`, or a word such as `relu`.
            path: Its place.
            family: The family that the place takes.
        """
        if isinstance(value, str):
            return self._read_name(value, path, family)
        if isinstance(value, dict) and len(value) == 1:
            ((name, inner),) = value.items()
            if self._stands_alone(name, family):
                return self._alone(name, inner, (*path, name), family)
            found = self.find(name, (*path, name), family, at="key")
            return self.with_value(found, inner, (*path, name)) if found else None
        if isinstance(value, dict) and value:
            return self._read_several(value, path, family)
        given = "an empty mapping" if value == {} else kind_of(value)
        message = f"{with_article(noun(family))} is a name or a mapping with one name, not {given}"
        hint = "a model is written `{layers: [...], input: ...}`" if family == "layers" and value else None
        self.checker.error("wrong-type", path, message, hint)
        return None

    def _stands_alone(self, name: str, family: str) -> bool:
        """Say whether a name is a word that Keras itself reads, and no component that takes arguments."""
        word = self.catalogue.word(family, name)
        return word is not None and word.component is None and name not in self.catalogue.names("layers")

    def _alone(self, name: str, inner: Any, path: Path, family: str) -> str | None:
        """Return a word; note arguments behind it, which Keras would not read."""
        if inner in (None, {}):
            return name
        hint = capital_of(self.catalogue, name, family)
        self.checker.error("unknown-argument", path, f"`{name}` is a word and takes no arguments", hint, at="key")
        return None

    def find(
        self, name: str, path: Path, family: str, *, at: At = "value", also: Sequence[str] = ()
    ) -> Component | None:
        """Return the component of this name, or None after noting why there is none.

        Args:
            name: The name as written.
            path: Its place.
            family: The family that the place takes.
            at: Whether it stands as a key or as a value.
            also: Further names that the place takes, to propose.
        """
        if reason := refused(name):
            self.checker.error("refused", path, f"`{name}` is not available in a spec", reason, at=at)
            return None
        for candidate in (family, *ALSO.get(family, ())):
            if component := self.catalogue.component(candidate, name):
                return component
            if (word := self.catalogue.word(candidate, name)) and word.component:
                return self.catalogue.component(candidate, word.component)
        message = f"there is no {noun(family)} `{shortened(name)}`"
        hint = did_you_mean(name, also) or component_hint(self.catalogue, name, family)
        self.checker.error("unknown-component", path, message, hint, at=at)
        return None

    def with_value(
        self, component: Component, value: Any, path: Path, *, excused: Collection[str] = ()
    ) -> ComponentSpec:
        """Return the component with what stands behind its name: arguments, the first argument, or nothing.

        Arguments that are `excused` may be missing, because another problem has been noted for them.
        """
        first = component.first
        arguments: dict[str, Any] = {}
        if value is None:
            pass
        elif (
            isinstance(value, dict) and not self.is_component(value, component) and not self._is_model(value, component)
        ):
            return self.with_arguments(component, value, path, excused=excused)
        elif first is None and not component.open:
            self.checker.error("unknown-argument", path, f"{component.name} has no arguments")
        elif component.inputs == "list" and isinstance(value, list) and component.family == "layers":
            message = f"`{component.name}` merges what `from` names; a list here would be its argument"
            names = shortened(", ".join(str(item) for item in value))
            hint = f"write `{component.name}:` and beside it `from: [{names}]`"
            self.checker.error("merge-arguments", path, message, hint)
        else:
            name = first.name if first else str(component.open)
            arguments = {name: ArgumentReader(self, component).read(first, value, path)}
        self._missing(component, {*arguments, *excused}, path)
        check_agreement(self.checker, component, arguments, path, _definition)
        return ComponentSpec(component, arguments, path)

    def with_arguments(
        self, component: Component, value: Mapping[str, Any], path: Path, *, excused: Collection[str] = ()
    ) -> ComponentSpec:
        """Return the component with named arguments, each checked."""
        strays = [name for name in value if name not in component.arguments and not component.open]
        reader = ArgumentReader(self, component)
        arguments = {
            name: reader.read(component.arguments.get(name), item, (*path, name))
            for name, item in value.items()
            if name not in strays
        }
        given = {*arguments, *excused}
        meant = note_strays(self.catalogue, self.checker, component, strays, given, path) if strays else set()
        self._missing(component, given | meant, path)
        check_agreement(self.checker, component, arguments, path, _definition)
        return ComponentSpec(component, arguments, path)

    def is_component(self, value: Any, owner: Component) -> bool:
        """Say whether a mapping is one component rather than named arguments of `owner`."""
        if not isinstance(value, dict) or len(value) != 1 or owner.open:
            return False
        (name,) = value
        if not name[:1].isupper() or name in owner.arguments:
            return False
        wanted = owner.first and owner.first.family
        return bool(wanted or self.catalogue.families_of(name))

    def _is_model(self, value: Mapping[str, Any], owner: Component) -> bool:
        """Say whether a mapping is a model as the first argument of a wrapper rather than named arguments."""
        takes_layer = owner.first is not None and owner.first.family == "layers"
        return takes_layer and self.models is not None and not (set(value) & {*owner.arguments}) and _LAYERS in value

    def _read_name(self, name: str, path: Path, family: str) -> Any:
        word = self.catalogue.word(family, name)
        if word is None:
            found = self.find(name, path, family)
            return self.with_value(found, None, path) if found else None
        function = self.catalogue.component(family, name) if word.component is None else None
        if function is not None and function.required:
            message = f"`{name}` needs {listing(function.required)}, and a word takes no arguments"
            self.checker.error("missing-argument", path, message, "choose another")
            return None
        if word.native and family != "optimizers":
            return name
        found = self.catalogue.component(family, word.component) if word.component else None
        return ComponentSpec(found, {}, path) if found else name

    def _read_several(self, value: Mapping[str, Any], path: Path, family: str) -> ComponentSpec | None:
        """Read a mapping of several keys where one component is wanted: arguments stand beside it, or two names."""
        families = (family, *ALSO.get(family, ()))
        names = [key for key in value if any(self.catalogue.component(each, key) for each in families)]
        if not names:
            first = next(iter(value))
            if hint := self._as_key(value, families):
                message = f"`{first}` is no key of {with_article(noun(family))}, whose name is the only key"
                self.checker.error("unknown-key", (*path, first), message, hint, at="key")
            else:
                self.find(first, (*path, first), family, at="key")
            return None
        if len(names) > 1:
            message = f"{with_article(noun(family))} is one name, here stand {listing(names[:4])}"
            self.checker.error("two-things", (*path, names[1]), message, "keep one of them", at="key")
            return None
        found = self.find(names[0], (*path, names[0]), family, at="key")
        if found is None:
            return None
        others = {key: item for key, item in value.items() if key != names[0]}
        self.note_misplaced(found, value[names[0]], others, path)
        return self.with_value(found, value[names[0]], (*path, names[0]), excused=others)

    def _as_key(self, value: Mapping[str, Any], families: Sequence[str]) -> str | None:
        """Return how a component is written that stands behind a key such as `name`, as other tools have it."""
        name = next((value[key] for key in _NAMING if isinstance(value.get(key), str)), None)
        if name is None:
            return None
        word = next((found for each in families if (found := self.catalogue.word(each, name))), None)
        name = word.component if word and word.component else name
        known = any(self.catalogue.component(each, name) for each in families)
        return f"write `{name}: {{...}}`, with its arguments in the braces" if known else None

    def note_misplaced(self, component: Component, inner: Any, others: Mapping[str, Any], path: Path) -> None:
        """Note keys that stand beside a component and belong into it, all of them as one problem."""
        first = next(iter(others))
        hint = misplaced_hint(component, inner, others)
        message = f"`{shortened(first)}` stands beside {component.name}"
        self.checker.error("misplaced-argument", (*path, first), message, hint, at="key")

    def _missing(self, component: Component, given: Collection[str], path: Path) -> None:
        missing = [name for name in component.required if name not in given]
        if missing:
            message = (
                f"{component.name} needs the {'argument' if len(missing) == 1 else 'arguments'} {listing(missing)}"
            )
            hint = f"write `{component.name}: {{{', '.join(f'{name}: ...' for name in missing)}}}`"
            self.checker.error("missing-argument", path, message, hint, at="key")


def _definition(value: Any) -> Component | None:
    return value.definition if isinstance(value, ComponentSpec) else None
