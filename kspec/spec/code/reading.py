"""Files of one's own into components that a spec can name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kspec.catalogue import Catalogue, Component, refused
from kspec.spec.checker import listing
from kspec.spec.code.classes import ClassReader
from kspec.spec.code.files import CodeFile, parse, place, read_file
from kspec.spec.code.functions import components_of
from kspec.spec.code.scope import Scope, read_scope
from kspec.spec.problems import Problem, SpecError
from kspec.spec.unknown import noun, with_article


@dataclass(frozen=True, slots=True)
class OwnCode:
    """What the files on the command line bring.

    Args:
        files: The files, in their order.
        components: What they offer.
    """

    files: tuple[CodeFile, ...] = ()
    components: tuple[Component, ...] = ()


def with_code(catalogue: Catalogue, given: Sequence[str | Path]) -> Catalogue:
    """Return a catalogue with what Python files offer.

    Raises:
        SpecError: As `read_code`.
    """
    return catalogue.extended(read_code(given, catalogue).components)


def read_code(given: Sequence[str | Path], catalogue: Catalogue) -> OwnCode:
    """Return what Python files offer to specs, without running them.

    All classes at the top of a file that are derived from Keras' own, and all functions of a fitting form, are
    offered; those whose names begin with `_` are not.

    Args:
        given: The files.
        catalogue: What Keras offers.

    Raises:
        SpecError: A file cannot be read or is not Python, or a name in it is taken.
    """
    files = list({file.path: file for file in map(read_file, given)}.values())
    problems = _same_stems(files)
    scopes: list[Scope] = []
    for file in files:
        try:
            scopes.append(read_scope(file, parse(file)))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    classes = ClassReader(catalogue, {scope.file.stem: scope for scope in scopes})
    found: list[CodeFile] = []
    components: list[Component] = []
    for scope in scopes:
        own: list[Component] = []
        for node, component in _offered(scope, classes):
            if problem := _taken(component, [*components, *own], catalogue):
                problems.append(problem.placed(place(scope.file, node)))
            own.append(component)
        components += own
        found.append(replace(scope.file, offered=tuple(dict.fromkeys(component.name for component in own))))
    if problems:
        raise SpecError(problems)
    return OwnCode(tuple(found), tuple(components))


def _offered(scope: Scope, classes: ClassReader) -> Iterator[tuple[ast.ClassDef | ast.FunctionDef, Component]]:
    for name, kind in scope.classes.items():
        if not name.startswith("_") and (component := classes.component(scope, kind)):
            yield kind, component
    for name, function in scope.functions.items():
        if not name.startswith("_"):
            for component in components_of(scope, function):
                yield function, component


def _taken(component: Component, others: Sequence[Component], catalogue: Catalogue) -> Problem | None:
    """Return the problem of a name that means something else already."""
    name = component.name
    families = catalogue.families_of(name) if not component.function else ()
    word = catalogue.word(component.family, name) or catalogue.component(component.family, name)
    if families or word:
        owner = with_article(noun(families[0] if families else component.family))
        message = f"`{name}` is {owner} of {'Keras' if component.family != 'sources' else 'kspec'} already"
        hint = "give it another name" + (", or one that begins with `_`" if component.function else "")
        return Problem("name-taken", (), message, hint)
    if refused(name):
        return Problem("name-taken", (), f"`{name}` is a name of Keras already", "give it another name")
    if other := next((each for each in others if (each.family, each.name) == (component.family, name)), None):
        message = f"`{name}` is defined in two files"
        if other.module == component.module:
            message = f"`{name}` is defined twice"
        return Problem("name-taken", (), message, "give one of them another name")
    return None


def _same_stems(files: Sequence[CodeFile]) -> list[Problem]:
    stems = [file.stem for file in files]
    same = [file.source.name for file in files if stems.count(file.stem) > 1]
    if not same:
        return []
    message = f"{listing(same)} have one name, by which they import each other"
    return [Problem("name-taken", (), message, "rename one of them")]
