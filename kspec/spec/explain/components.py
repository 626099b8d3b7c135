"""What is known of a component, put together for a reader."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.catalogue import Catalogue, Component
from kspec.spec.code.files import MODULE_PREFIX
from kspec.spec.explain.entries import ComponentEntry
from kspec.spec.explain.forms import PLACES, forms, written_at
from kspec.spec.explain.words import meant
from kspec.spec.ops import OPS
from kspec.spec.unknown import noun, with_article


def component_entry(catalogue: Catalogue, component: Component, asked: str) -> ComponentEntry:
    """Return what is known of a component.

    Args:
        catalogue: What Keras offers.
        component: The component.
        asked: The name that was asked for.
    """
    family = component.family
    name = shown_name(family, component.name)
    words = words_for(catalogue, component)
    others = {*component.aliases, *words}
    word: list[str] = []
    if words and component.name not in catalogue.words(family):
        # The word is what most people write: it comes first, and the one that was asked for rather than another.
        word = [written_at(PLACES[family], asked if asked in words else words[0])]
    return ComponentEntry(
        name=name,
        asked=asked if asked in others and asked != name else None,
        family=family,
        noun=noun(family),
        path=dotted_path(component),
        summary=component.summary,
        place=PLACES[family].path,
        forms=(*word, *forms(component)),
        notes=tuple(_notes(component)),
        arguments=tuple(argument for argument in component.arguments.values() if not argument.common),
        common=tuple(argument.name for argument in component.arguments.values() if argument.common),
        call=component.call if len(component.call) > 1 else (),
        call_required=component.call_required if len(component.call) > 1 else (),
        aliases=component.aliases,
        words=words,
    )


def shown_name(family: str, name: str) -> str:
    """Return the name of a component as a spec writes it."""
    return f"{OPS}{name}" if family == "ops" else name


def dotted_path(component: Component) -> str:
    """Return the path of a component in Keras, TensorFlow or a file of one's own; empty for what is kspec's own."""
    if component.family == "sources" and not component.function:
        return ""
    module = component.module.replace("tensorflow.compat.v2.", "tf.").removeprefix(MODULE_PREFIX)
    return f"{module}.{component.attribute}"


def words_for(catalogue: Catalogue, component: Component) -> tuple[str, ...]:
    """Return the lower-case words that stand for a component with its defaults."""
    words = catalogue.words(component.family)
    return tuple(
        word for word in words if word != component.name and meant(catalogue, component.family, word) == component.name
    )


def _notes(component: Component) -> Iterator[str]:
    if component.family == "activations" and component.required:
        yield "It needs arguments, which a word cannot give: a spec cannot name it."
    elif component.family == "activations" and component.arguments:
        yield "A word takes no arguments: it stands for these defaults."
    if component.adapts:
        yield "Learns from the training rows before training; what it learnt is kept with the run."
    if component.training_only:
        yield "Acts only in training, so it belongs into the model, not under `preprocess`."
    if component.inputs == "list" and component.family == "layers":
        yield "Is fed a list: what `from` names."
    if component.family == "ops":
        yield "What feeds the step fills, in order, the arguments that are not named."
    if component.open:
        yield f"Takes any other named argument, too, as {with_article(component.open.removesuffix('s'))}."
