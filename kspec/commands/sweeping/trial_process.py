"""One trial of a sweep: a process that trains, and what it tells while it does."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

GRACE = 60.0
"""Seconds that a process is given to end after it was asked to."""

_LONGEST = 100_000
"""Characters that are kept of what a process says besides its events."""

Tell = Callable[[dict[str, Any] | None], None]


def training_command(spec: Path, options: Sequence[str], runs: Path, code: Sequence[Path] = ()) -> list[str]:
    """Return the command that trains a spec, its events as lines of JSON."""
    words = [word for option in options for word in ("--set", option)]
    words += [word for file in code for word in ("--code", str(file))]
    return [sys.executable, "-m", "kspec", "train", str(spec), *words, "--runs", str(runs), "--json"]


class TrialProcess:
    """A process that trains, in a group of its own: Ctrl-C reaches it only through the sweep.

    Args:
        command: The command.
        tell: Is told of every event, and at the end of None; it is called in a thread.
    """

    def __init__(self, command: Sequence[str], tell: Tell) -> None:
        self._tell = tell
        self._rest = ""
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the process to end in good order, its run complete up to the last epoch."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Stop the process and wait for its end, by force if need be."""
        self.stop()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def complaint(self) -> str:
        """Why the process failed, as far as it has said: a diagnostic, or the last line besides events."""
        begin = self._rest.find('{\n  "problems"')
        with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
            problem, *_ = json.JSONDecoder().raw_decode(self._rest[begin:])[0]["problems"] if begin >= 0 else [None]
            if problem:
                hint = f"; {problem['hint']}" if problem["hint"] else ""
                return f"{problem['message']}{hint} [{problem['code']}]"
        lines = [line for line in self._rest.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"the process ended with exit code {self._process.returncode}"

    def _read(self) -> None:
        for line in self._process.stdout or ():
            event = _event(line)
            if event is not None:
                self._tell(event)
            else:
                self._rest = (self._rest + line)[-_LONGEST:]
        self._process.wait()
        self._tell(None)


def _event(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line) if line.startswith("{") and line.rstrip().endswith("}") else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and "event" in found else None
