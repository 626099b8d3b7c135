"""Short forms of components, written out in a document so that one argument in them can be changed."""

from __future__ import annotations

from kspec.catalogue import Catalogue, Component
from kspec.spec.document import Node

_NO_COMPONENTS = ("methods", "inputs", "ops")


def write_out(node: Node, key: str, catalogue: Catalogue, *, owner: str | None = None) -> None:
    """Write a component's short form out, so that `key` can be put into it.

    `adam` becomes `{Adam: {}}` where `Adam` or one of its arguments is to follow, `Flatten` becomes `{Flatten: {}}`,
    `{Dropout: 0.5}` becomes `{Dropout: {rate: 0.5}}`, and nothing becomes `{}`.

    Args:
        node: The node, changed in place.
        key: What is looked for in it.
        catalogue: What Keras offers.
        owner: Name of the component that the node is the value of, if it is.
    """
    value = node.value
    if owner is not None:
        _arguments(node, owner, catalogue)
    elif value is None:
        node.value = {}
    elif isinstance(value, str):
        name = _named(value, key, catalogue)
        if name:
            node.value, node.keys = {name: Node(node.span, {})}, {name: node.span}
    elif isinstance(value, dict) and key in value and named_component(key, catalogue):
        inner = value[key] = Node(value[key].span, value[key].value, value[key].keys, value[key].size)
        _arguments(inner, key, catalogue)


def _arguments(node: Node, owner: str, catalogue: Catalogue) -> None:
    """Write what stands behind a component's name as a mapping of arguments."""
    component = named_component(owner, catalogue)
    value = node.value
    if isinstance(value, dict) and not _is_component(value, component, catalogue):
        return
    if value is None:
        node.value = {}
    elif component and component.first:
        first = component.first.name
        node.value, node.keys = {first: Node(node.span, value, node.keys, node.size)}, {first: node.span}


def _is_component(value: dict[str, Node], owner: Component | None, catalogue: Catalogue) -> bool:
    if len(value) != 1:
        return False
    (name,) = value
    return name[:1].isupper() and bool(catalogue.families_of(name)) and not (owner and name in owner.arguments)


def _named(text: str, key: str, catalogue: Catalogue) -> str | None:
    """Return the component that a text names, if `key` is that component or one of its arguments."""
    component = named_component(text, catalogue)
    if component is not None:
        return text if key == text or key in component.arguments else None
    for family in catalogue.families:
        word = catalogue.word(family, text)
        if word and word.component and (found := catalogue.component(family, word.component)):
            if key == found.name or key in found.aliases:
                return key
            if key in found.arguments:
                return found.name
    return None


def named_component(name: str, catalogue: Catalogue) -> Component | None:
    """Return the component of this name, of whatever family; sections such as `fit` are none."""
    families = [family for family in catalogue.families_of(name) if family not in _NO_COMPONENTS]
    return catalogue.component(families[0], name) if families else None
