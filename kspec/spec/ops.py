"""Operations of `keras.ops` in a spec: `ops.mean: {axis: 1}`, as a step of a model or in `preprocess`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kspec.catalogue import Component, refused
from kspec.spec.checker import kind_of, shortened
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import At, Path, did_you_mean
from kspec.spec.slips import arguments_slip, slip
from kspec.spec.writing import to_inline

OPS = "ops."
"""What the name of an operation begins with."""

LISTED = frozenset({"concatenate", "stack", "hstack", "vstack", "dstack", "fft", "fft2", "ifft2", "irfft", "istft"})
"""Operations whose first parameter is all results that they are fed: a list, or real and imaginary part."""

VARIADIC = frozenset({"einsum", "meshgrid"})
"""Operations that take any number of results after their named parameters."""


def is_op(name: Any) -> bool:
    """Say whether a written name is that of an operation."""
    return isinstance(name, str) and name.startswith(OPS)


def find_op(components: ComponentReader, name: str, path: Path, *, at: At = "key") -> Component | None:
    """Return the operation that a written name such as `ops.mean` means, or None after noting why there is none."""
    if reason := refused(name):
        components.checker.error("refused", path, f"`{name}` is not available in a spec", reason, at=at)
        return None
    short = name.removeprefix(OPS)
    if component := components.catalogue.component("ops", short):
        return component
    known = components.catalogue.names("ops")
    ending = [each for each in known if each.rpartition(".")[2] == short]
    full = [f"{OPS}{each}" for each in known]
    hint = f"did you mean `{OPS}{ending[0]}`?" if ending else arguments_slip(name, full) or did_you_mean(name, full)
    components.checker.error("unknown-component", path, f"there is no operation `{shortened(name)}`", hint, at=at)
    return None


def free_parameters(component: Component, given: Collection[str]) -> list[str]:
    """Return the parameters of an operation that are not given by name, in their order."""
    return [name for name in component.arguments if name not in given and name != "name"]


def read_op(components: ComponentReader, component: Component, value: Any, path: Path) -> ComponentSpec | None:
    """Return an operation with what stands behind its name, or None after a problem.

    Args:
        components: Reads arguments.
        component: The operation.
        value: A mapping of arguments, or nothing. What it is fed fills the parameters that are left.
        path: Place of the operation.
    """
    if value is None:
        return ComponentSpec(component, {}, path)
    if not isinstance(value, dict):
        _note_unnamed(components, component, value, path)
        return None
    return components.with_arguments(component, value, path, excused=component.arguments)


def _note_unnamed(components: ComponentReader, component: Component, value: Any, path: Path) -> None:
    """Note what stands behind an operation in place of arguments with their names."""
    if component.name in LISTED and isinstance(value, list):
        names = shortened(", ".join(str(item) for item in value))
        message = f"`{component.title}` joins what `from` names; a list here would be its argument"
        merged = f"write `{component.title}:` and beside it `from: [{names}]`"
        components.checker.error("merge-arguments", path, message, merged)
        return
    further = [name for name in component.arguments if name != "name"][0 if component.name in VARIADIC else 1 :]
    hint = slip(value) if isinstance(value, str) else None
    if hint is None and further:
        hint = f"write `{component.title}: {{{further[0]}: {shortened(to_inline(value))}}}`"
    message = f"{component.title} takes its arguments by name, not {kind_of(value)}"
    components.checker.error("wrong-type", path, message, hint)
