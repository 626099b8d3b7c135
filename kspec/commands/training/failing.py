"""What to say of a training that could not go on, and that it can be gone on with."""

from __future__ import annotations

import os
from dataclasses import replace

from kspec.engine.memory import memory_reason
from kspec.runs.failure import RunFailed
from kspec.spec.problems import Problem, SpecError


def failure(error: BaseException, *, going_on: str) -> BaseException:
    """Return what is raised of a training in place of what went wrong: the same, unless a disk or memory was too small.

    Args:
        error: What went wrong.
        going_on: Command that goes on with the run.
    """
    hint = f"then go on: `{going_on}`"
    if isinstance(error, SpecError):
        if not any(problem.code == "out-of-memory" for problem in error.problems):
            return error
        return RunFailed(
            [replace(item, hint=f"{item.hint}; or free some, and go on: `{going_on}`") for item in error.problems]
        )
    if reason := memory_reason(error):
        return RunFailed([Problem("out-of-memory", (), reason, f"free some, {hint}")])
    if isinstance(error, OSError):
        return RunFailed([Problem("disk-failed", (), told(error), f"mend that, {hint}")])
    return error


def told(error: OSError) -> str:
    """Return an error of the system in one line, with the file that it is about if that is known."""
    reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
    return f"`{error.filename}`: {reason}" if error.filename else reason
