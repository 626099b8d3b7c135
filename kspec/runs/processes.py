"""Whether a process is still at work, told from a later one that has been given its number."""

from __future__ import annotations

import math
import os
import socket
from pathlib import Path


def is_alive(pid: int, host: str, started: float | None, boot: str | None = None) -> bool:
    """Say whether a process may still be at work.

    Args:
        pid: Its number.
        host: Where it runs.
        started: When it started, as `process_start` says it, or None if that is not known.
        boot: The start of its machine that it belongs to, as `boot_id` says it, or None if that is not known.
    """
    if host != socket.gethostname():
        return True  # it runs elsewhere, which cannot be seen from here
    if boot is not None and boot != boot_id():
        return False  # the machine has been started anew since
    now_started = process_start(pid)
    if now_started is None:
        return False
    return started is None or math.isclose(now_started, started, abs_tol=1.0)


def boot_id() -> str | None:
    """Return what Linux calls this start of the machine, the same in all of its containers; None elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None


def process_start(pid: int) -> float | None:
    """Return when a process started, or None if it is gone. Tells a process from a later one with the same number.

    Returns:
        On Linux seconds since the machine's boot (field 22 of /proc/PID/stat, zombies count as gone); elsewhere 0.0
        for any process that exists.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else int(fields[19]) / os.sysconf("SC_CLK_TCK")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return 0.0
    return 0.0
