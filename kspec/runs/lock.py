"""The lock of a run folder: one process trains in it at a time, and one that was killed holds it no longer.

The system takes a lock (`flock`) from a process that ends, however it ends. The file of the lock says whose it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from kspec.runs.folder import RunFolder
from kspec.runs.manifest import now
from kspec.runs.processes import boot_id, is_alive, process_start
from kspec.spec.problems import Problem, SpecError

try:
    import fcntl
except ImportError:  # a system that knows no such locks: what the file says has to do
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a lock.

    Args:
        pid: Its number.
        host: Where it runs.
        boot: The start of that machine that it belongs to, or None if that is not known.
        process_started: When it started, which tells it from a later one with the same number.
        since: When it took the lock.
    """

    pid: int
    host: str
    boot: str | None
    process_started: float | None
    since: str

    @classmethod
    def this(cls) -> Self:
        """Return this process."""
        return cls(os.getpid(), socket.gethostname(), boot_id(), process_start(os.getpid()), now())

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return who a lock says that it belongs to; None if it was given back, or does not say."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    @property
    def here(self) -> bool:
        """Whether it runs, or ran, on this machine, where the system takes its lock away when it ends."""
        return self.host == socket.gethostname() or (self.boot is not None and self.boot == boot_id())

    @property
    def alive(self) -> bool:
        """Whether it may still be at work."""
        return is_alive(self.pid, self.host, self.process_started, self.boot)


class Lock:
    """The lock of a run folder, held until it is given back or the process ends.

    Args:
        folder: The run folder.
        force: Whether to take it from a process on another machine, which cannot be seen from here.

    Raises:
        SpecError: Another process holds it.
        OSError: It cannot be written.
    """

    def __init__(self, folder: RunFolder, *, force: bool = False) -> None:
        self._path = folder.lock
        self._handle = _opened(folder, self._path)
        before = Holder.read(os.pread(self._handle, 1 << 12, 0).decode("utf-8", "replace"))
        seen = fcntl is not None and (before is None or before.here)
        if before is not None and not force and not seen and before.alive:
            os.close(self._handle)
            raise _busy(folder, before)
        text = json.dumps(asdict(Holder.this())).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text, 0)

    def release(self) -> None:
        """Give it back."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        os.close(self._handle)


def remove_abandoned(runs: Path, name: str) -> None:
    """Remove folders of runs of a name whose preparation was cut short, so that there is nothing in them to go on with.

    Args:
        runs: Folder that holds the run folders.
        name: Name of the runs, without their numbers.
    """
    for path in runs.glob(f"{name}-*"):
        folder = RunFolder(path)
        if not folder.lock.is_file() or folder.exists():
            continue
        try:
            lock = Lock(folder)
        except (SpecError, OSError):
            continue
        if not folder.exists():
            shutil.rmtree(path, ignore_errors=True)
        lock.release()


def _opened(folder: RunFolder, path: Path) -> int:
    """Open the file of a lock and lock it; it may have been given back, and removed, by then."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(handle, 1 << 12, 0).decode("utf-8", "replace")
            os.close(handle)
            raise _busy(folder, Holder.read(text)) from None
        except OSError:  # a file system without locks: what the file says has to do
            pass
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)


def _busy(folder: RunFolder, holder: Holder | None) -> SpecError:
    message = f"`{folder.path}` is being trained right now"
    if holder is None:
        return SpecError([Problem("run-busy", (), message)])
    message += f", by process {holder.pid} on {holder.host}, since {holder.since}"
    hint = "wait for it, or end it: training goes on from what it has kept"
    if not holder.here:
        hint = "whether it still is cannot be seen from here; if it is gone, add `--force`"
    return SpecError([Problem("run-busy", (), message, hint)])
