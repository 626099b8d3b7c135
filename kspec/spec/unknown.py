"""What to say of a name that the catalogue does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kspec.catalogue import Catalogue, Component
from kspec.catalogue.oldnames import new_name
from kspec.spec.checker import listing
from kspec.spec.problems import alike, did_you_mean, nearest
from kspec.spec.slips import arguments_slip, slip

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
    "samplers": "sampler",
    "pruners": "pruner",
    "sources": "source",
    "ops": "operation",
}

COMPONENT_FAMILIES = tuple(_NOUNS)
"""Families whose members a spec names wherever one of the family stands."""

_FEW = 20

_OWN = ("layers", "losses", "metrics", "activations", "sources")
"""Families of many names, to which one may add; of the others, all names are listed."""


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
    families = (family, *ALSO.get(family, ()))
    names = [known for each in families for known in catalogue.names(each)]
    if hint := arguments_slip(name, names):
        return hint
    words = [
        known for each in families for known in catalogue.words(each) if _can_stand(catalogue, each, known, family)
    ]
    # Who writes small letters means one of Keras' words; `sofmax` is `softmax`, not `Softmax`.
    kinds = (words, names) if name.islower() else (names, words)
    if same := next((same for known in kinds if (same := alike(name, known))), None):
        return f"did you mean `{same}`?"
    short = name.rpartition(".")[2]
    if short != name and short in names:
        return f"did you mean `{short}`?"
    if family == "layers" and name == "ops":
        return "an operation is one word with a dot: `ops.mean`"
    if family == "layers" and (op := _op(catalogue, name, short)):
        return op
    return (
        _old(catalogue, name, families)
        or (_old(catalogue, short, families) if short != name else None)
        or _elsewhere(catalogue, name, family)
        or _by_axes(name, names)
        or next((hint for known in kinds if (hint := did_you_mean(name, known))), None)
        or _function(catalogue, name, family)
        or _listed(catalogue, name, family)
    )


def _can_stand(catalogue: Catalogue, owner: str, text: str, family: str) -> bool:
    """Say whether a word of one family can stand where another is wanted: a loss as a metric, if it is a component."""
    word = catalogue.word(owner, text)
    return owner == family or bool(word and word.component)


def _old(catalogue: Catalogue, name: str, families: tuple[str, ...]) -> str | None:
    """Return what took the place of an old name, if it can stand here."""
    new = new_name("component", name, family=families[0]) or new_name("word", name, family=families[0])
    if new is None or not new.isidentifier():
        return new
    known = any(catalogue.component(each, new) or catalogue.word(each, new) for each in families)
    return f"it is called `{new}`" if known else None


def _elsewhere(catalogue: Catalogue, name: str, family: str) -> str | None:
    """Return which other family a name belongs to."""
    owners = catalogue.families_of(name) if name[:1].isupper() else ()
    owners = owners or tuple(each for each in catalogue.families if catalogue.word(each, name))
    others = [other for other in owners if other in _NOUNS and other != family]
    if others[:1] == ["applications"] and family == "layers":
        return f"it is an application: write `application: {name}`"
    return f"`{name}` is {with_article(noun(others[0]))}" if others else None


def _by_axes(name: str, names: Sequence[str]) -> str | None:
    """Return the names that only add a number of axes: `Conv` is `Conv1D`, `Conv2D` or `Conv3D`."""
    found = [known for axes in "123" if (known := alike(f"{name}{axes}D", names))]
    return f"did you mean {listing(found, 'or')}?" if len(found) > 1 else None


def _op(catalogue: Catalogue, name: str, short: str) -> str | None:
    """Return the operation that is meant by its bare name, or by that of a function such as `tf.reduce_mean`."""
    known = catalogue.names("ops")
    if name in known:
        layer = new_name("word", name, family="layers")
        merging = f"; `{layer}` merges several steps" if layer and catalogue.component("layers", layer) else ""
        return f"it is an operation: write `ops.{name}`{merging}"
    op = next((known_as for known_as in (short, short.removeprefix("reduce_")) if known_as in known), None)
    return f"write `ops.{op}`" if short != name and op else None


def _function(catalogue: Catalogue, name: str, family: str) -> str | None:
    """Return the activation or the op that someone means who writes it as a layer."""
    if family != "layers":
        return None
    if activation := alike(name, catalogue.words("activations")):
        return f"write `Activation: {activation}`"
    op = alike(name, catalogue.names("ops"))
    return f"it is an op: write the step `ops.{op}`" if op else None


def _listed(catalogue: Catalogue, name: str, family: str) -> str | None:
    listed = (catalogue.words(family) if name.islower() else ()) or catalogue.names(family)
    if 0 < len(listed) <= _FEW:
        return f"there are {listing(listed)}"
    return "one of your own comes from a Python file, named with `--code`" if family in _OWN else None


def capital_of(catalogue: Catalogue, word: str, family: str) -> str | None:
    """Return which components do the same as a word of Keras, and take arguments."""
    letters = word.replace("_", "")
    letters = {"acc": "accuracy", "ce": "crossentropy"}.get(letters, letters)
    names = [name for each in (family, *ALSO.get(family, ())) for name in catalogue.names(each) if name[:1].isupper()]
    names = [name for name in names if name != "Accuracy"]  # counts equal numbers, and is not what `accuracy` means
    same = [name for name in names if name.lower() == letters] or [n for n in names if n.lower().endswith(letters)]
    if not same:
        return "write it alone"
    return f"write `{same[0]}: ...`" if len(same) == 1 else f"with arguments there are {listing(same[:5])}"


def argument_hint(component: Component, name: str) -> tuple[str | None, str | None]:
    """Return how to mend an argument that a component does not have, and the argument that was meant if it is known."""
    head = name.partition(":")[0]
    if head != name and head in component.arguments:
        return slip(name), head
    new = new_name("argument", name, component=component.name, family=component.family)
    if new in component.arguments:
        return f"it is called `{new}`", new
    if new and not new.isidentifier():
        return new, None
    if (meant := nearest(name, component.arguments)) is not None:
        return f"did you mean `{meant}`?", meant
    return None, None


def known_arguments(component: Component) -> str | None:
    """Return which arguments a component has, if they are few."""
    known = [name for name, argument in component.arguments.items() if not argument.common]
    if not known:
        return f"{component.title} has no arguments of its own"
    return f"it has {listing(known)}" if len(known) <= _FEW // 2 else None
