"""`kspec validate`: every problem of a spec, first without TensorFlow, then by building the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kspec.commands.opening import OpenedSpec, check_data, open_spec
from kspec.commands.training.surroundings import warnings_shown
from kspec.runs.events import Notice
from kspec.spec.problems import Problem, SpecError, sort_problems


def validate(
    path: str | Path, *, overrides: Iterable[str] = (), code: Sequence[str | Path] = (),
    static: bool = False, strict: bool = False,
) -> list[Problem]:  # fmt: skip
    """Return all problems of a spec; an empty list means that it is right.

    Args:
        path: The file, or `-` for standard input.
        overrides: `path=value` changes.
        code: Python files with components of one's own.
        static: Only what can be found without importing TensorFlow.
        strict: Whether kspec's own warnings are errors; what Keras warns of stays a warning.
    """
    warnings: tuple[Problem, ...] = ()
    try:
        opened = open_spec(path, overrides, code=code, strict=strict, static=static, look=True)
        warnings = opened.warnings
        check_data(opened)
        if not static:
            with opened.placing():
                return [*opened.warnings, *opened.document.place(check_build(opened))]
    except SpecError as error:
        return sort_problems([*error.problems, *warnings])
    return list(warnings)


def check_build(opened: OpenedSpec) -> list[Problem]:
    """Build the model without giving it memory, to see whether it can be built; return what Keras warns of.

    Raises:
        SpecError: Keras refuses something; or the model depends on the data, which is not what the spec says.
    """
    from kspec.engine.startup import start

    start(opened.code)
    from kspec.engine.building.build import sketch

    said: list[str] = []
    with warnings_shown(lambda event: said.append(event.text) if isinstance(event, Notice) else None):
        sketch(opened.spec, opened.folder)
    return [Problem("keras-warning", ("model",), f"Keras warns: {text}", severity="warning", at="key") for text in said]
