"""A process that ends itself at a call which changes a file, as if it had been killed there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

KILLED = 137
CALLS = {"os.rename", "os.link", "os.remove", "os.mkdir"}


class Killer:
    """Ends this process at one of the calls that change files of a run.

    Args:
        folder: Only calls about files in it count.
        at: Number of the call, counted from 1; 0 to only count them.
    """

    def __init__(self, folder: Path, at: int) -> None:
        self.folder = str(folder)
        self.at = at
        self.calls = 0

    def watch(self) -> None:
        """Count from now on."""
        sys.addaudithook(self._heard)
        flush, open_path = os.fsync, Path.open
        os.fsync = lambda handle: (self._call(), flush(handle))[1]

        def watched(path: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
            file = open_path(path, mode, *more, **options)
            return _Torn(file, self) if "w" in mode and str(path).startswith(self.folder) else file

        Path.open = watched

    def write(self, file: Any, block: Any) -> int:
        """Write a block, or half of it and die."""
        self.calls += 1
        if self.calls == self.at:
            file.write(memoryview(block)[: len(block) // 2] if not isinstance(block, str) else block[: len(block) // 2])
            file.flush()
            os._exit(KILLED)
        return file.write(block)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CALLS and any(self.folder in str(argument) for argument in arguments):
            self._call()

    def _call(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            os._exit(KILLED)


class _Torn:
    """A file that may be torn while it is written."""

    def __init__(self, file: Any, killer: Killer) -> None:
        self.file = file
        self.killer = killer

    def write(self, block: Any) -> int:
        return self.killer.write(self.file, block)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> _Torn:
        return self

    def __exit__(self, *raised: Any) -> None:
        self.file.close()
