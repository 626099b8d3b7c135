"""The values that an explanation is made of: one entry for each thing that has the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kspec.catalogue.components import Argument


@dataclass(frozen=True, slots=True)
class ComponentEntry:
    """A layer, an optimizer, an op, a source, ...

    Args:
        name: Its name as a spec writes it; ops begin with `ops.`.
        asked: The alias or word that was asked for, if it is not the name.
        family: Its family in the catalogue.
        noun: What one of the family is called.
        path: Dotted path in Keras or TensorFlow, the title of its page on keras.io; empty for what is kspec's own.
        summary: First sentence of its documentation.
        place: Path of a key that it can stand at.
        forms: How it is written there: pieces of YAML, each right by itself.
        notes: What else is to be known.
        arguments: Its own arguments, in order.
        common: Names of further arguments, which all of the family take.
        call: Names of the arguments of a layer's call, if there are several.
        call_required: Those of `call` that must be given.
        aliases: Other names of the same thing.
        words: Lower-case words that stand for it with its defaults.
    """

    name: str
    asked: str | None
    family: str
    noun: str
    path: str
    summary: str
    place: str
    forms: tuple[str, ...]
    notes: tuple[str, ...]
    arguments: tuple[Argument, ...]
    common: tuple[str, ...]
    call: tuple[str, ...]
    call_required: tuple[str, ...]
    aliases: tuple[str, ...]
    words: tuple[str, ...]
    kind: Literal["component"] = "component"


@dataclass(frozen=True, slots=True)
class WordEntry:
    """A lower-case word that stands for no one component.

    Args:
        name: The word.
        family: Family of the place that takes it.
        noun: What one of the family is called.
        meaning: What Keras makes of it.
        place: Path of a key that it can stand at.
        forms: How it is written there.
    """

    name: str
    family: str
    noun: str
    meaning: str
    place: str
    forms: tuple[str, ...]
    kind: Literal["word"] = "word"


@dataclass(frozen=True, slots=True)
class ArgumentUse:
    """An argument as some components of one family take it, alike in everything.

    Args:
        argument: The argument.
        family: Family of the components.
        noun: What one of the family is called.
        components: Their names.
    """

    argument: Argument
    family: str
    noun: str
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArgumentEntry:
    """An argument: that of one component, or of all that have one of this name.

    Args:
        name: Its name, with the component and a dot before it where one was named.
        uses: How it is taken; the commonest way first.
    """

    name: str
    uses: tuple[ArgumentUse, ...]
    kind: Literal["argument"] = "argument"


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key of the language.

    Args:
        paths: Where it stands; the same in all of these places.
        meaning: What it means.
        default: What stands there if it is left out; None if that is nothing, or is not known.
        example: A piece of a spec that has the key, or an empty text.
        keys: What stands below it, with what it means.
        family: Family of the components that it takes, or None.
    """

    paths: tuple[str, ...]
    meaning: str
    default: int | float | str | bool | None
    example: str
    keys: tuple[tuple[str, str], ...]
    family: str | None
    kind: Literal["key"] = "key"


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """The code of a diagnostic; see `kspec.spec.codes.Code`."""

    name: str
    stage: str
    meaning: str
    example: str
    cure: str
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A name that cannot be written: an old one, or one that a spec refuses.

    Args:
        name: The name.
        what: What it is or was, such as `argument of LeakyReLU`.
        advice: What took its place, or why it is refused and what to do instead.
        new: The name that took its place, if there is one.
    """

    name: str
    what: str
    advice: str
    new: str | None
    kind: Literal["old", "refused"]


Entry: TypeAlias = ComponentEntry | WordEntry | ArgumentEntry | KeyEntry | CodeEntry | NameEntry
