"""What to say of a name that the catalogue does not know."""

from __future__ import annotations

from collections.abc import Mapping

from kspec.catalogue import Catalogue, Component, renamed
from kspec.catalogue.oldnames import new_name
from kspec.spec.checker import listing
from kspec.spec.problems import did_you_mean, nearest
from kspec.spec.slips import slip

ALSO: Mapping[str, tuple[str, ...]] = {"activations": ("layers",), "metrics": ("losses",)}
"""Families that a place takes besides its own: a layer is an activation, a loss function a metric."""

_NOUNS: Mapping[str, str] = {
    "layers": "layer",
    "optimizers": "optimizer",
    "schedules": "learning rate schedule",
    "losses": "loss",
    "metrics": "metric",
    "callbacks": "callback",
    "regularizers": "regularizer",
    "initializers": "initializer",
    "constraints": "constraint",
    "activations": "activation",
    "applications": "application",
    "strategies": "strategy",
    "sources": "source",
    "ops": "operation",
}

_FEW = 20


def noun(family: str) -> str:
    """Return what one component of a family is called."""
    return _NOUNS.get(family, family)


def with_article(name: str) -> str:
    """Return a noun with `a` or `an` before it."""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def component_hint(catalogue: Catalogue, name: str, family: str) -> str | None:
    """Return how to mend a component name that its family does not have.

    Args:
        catalogue: What Keras offers.
        name: The name as written.
        family: The family that the place takes.
    """
    if hint := slip(name):
        return hint
    if old := renamed("component", name) or renamed("word", name):
        return old
    others = [other for other in catalogue.families_of(name) if other in _NOUNS and other != family]
    if others:
        return f"`{name}` is {with_article(noun(others[0]))}"
    families = (family, *ALSO.get(family, ()))
    if (short := name.rpartition(".")[2]) != name and catalogue.component(family, short):
        return f"did you mean `{short}`?"
    names = [known for each in families for known in catalogue.names(each)]
    words = [known for each in families for known in catalogue.words(each)]
    # Who writes small letters means one of Keras' words; `sofmax` is `softmax`, not `Softmax`.
    for known in (words, names) if name.islower() else (names, words):
        if hint := did_you_mean(name, known):
            return hint
    listed = (catalogue.words(family) if name.islower() else ()) or catalogue.names(family)
    return f"there are {listing(listed)}" if 0 < len(listed) <= _FEW else None


def argument_hint(component: Component, name: str) -> tuple[str | None, str | None]:
    """Return how to mend an argument that a component does not have, and the argument that was meant if it is known."""
    head = name.partition(":")[0]
    if head != name and head in component.arguments:
        return slip(name), head
    new = new_name("argument", name, component=component.name)
    if new in component.arguments:
        return renamed("argument", name, component=component.name), new
    meant = nearest(name, component.arguments)
    if meant is None and new and not new.isidentifier():
        return new, None
    if meant is not None:
        return f"did you mean `{meant}`?", meant
    known = list(component.arguments)
    if not known:
        return f"{component.name} has no arguments", None
    return (f"it has {listing(known)}" if len(known) <= _FEW // 2 else None), None
