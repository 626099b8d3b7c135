"""The one error handler: what was raised, as a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kspec.runs.failure import RunFailed
from kspec.spec.problems import SpecError

OK, FAILED, WRONG, FAULT, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: done; the run failed; the spec or the command line is wrong; a fault of kspec's own; interrupted."""


@contextmanager
def handle_errors() -> Iterator[None]:
    """End the process with a message and an exit code, whatever is raised inside."""
    try:
        yield
    except SpecError as error:
        show_problems(error)
        sys.exit(FAILED if isinstance(error, RunFailed) else WRONG)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError as error:
        stop_writing(error)
        sys.exit(OK)
    except OSError as error:
        if _debugging():
            traceback.print_exc()
        name = f"`{error.filename}`: " if error.filename else ""
        _say(f"error: {name}{error.strerror or error}")
        sys.exit(FAILED)
    except MemoryError:
        _say("error: the memory does not suffice")
        sys.exit(FAILED)
    except Exception as error:  # noqa: BLE001 - this is the last place where it can be caught
        _report_fault(error)
        sys.exit(FAULT)


def is_gone(error: OSError) -> bool:
    """Say whether an error of writing means that nobody reads any more: a pipe without reader, a closed terminal."""
    return isinstance(error, BrokenPipeError) or error.errno == errno.EIO


def stop_writing(error: OSError) -> None:
    """Send what is still written nowhere, its reader having gone; with a terminal, messages have gone, too.

    Args:
        error: What was raised in writing.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    if error.errno == errno.EIO:
        os.dup2(nowhere, 2)


def show_problems(error: SpecError) -> None:
    """Show problems on standard error, or as JSON on standard output where `--json` was asked for."""
    if _debugging() and error.__cause__ is not None:
        traceback.print_exception(error.__cause__)
    if "--json" in sys.argv:
        import json

        from kspec.console.diagnostics import problems_as_json

        sys.stdout.write(
            json.dumps({"problems": problems_as_json(error.problems)}, indent=2, ensure_ascii=False) + "\n"
        )
        return
    from kspec.console.choose import make_console
    from kspec.console.diagnostics import render_problems

    render_problems(error.problems, make_console(stderr=True))


def _debugging() -> bool:
    return "--debug" in sys.argv or os.environ.get("KSPEC_DEBUG", "") not in ("", "0")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _report_fault(error: Exception) -> None:
    """Write a traceback to a log file and say where it lies."""
    if _debugging():
        traceback.print_exception(error)
        return
    with tempfile.NamedTemporaryFile("w", prefix="kspec-fault-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"command: {sys.argv}\npython: {sys.version}\n\n")
        traceback.print_exception(error, file=log)
    _say(f"error: a fault of kspec's own: {type(error).__name__}: {error}")
    _say(f"Please report it with the log: {Path(log.name)}")
