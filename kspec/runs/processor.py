"""What of a processor decides which of several kernels computes, and so the last bits of a result."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

_INFORMATION = Path("/proc/cpuinfo")
_DECIDING = ("sse4", "avx", "fma", "f16c", "amx", "asimd", "sve", "bf16", "i8mm", "fphp")
"""How the names of the instruction sets begin that TensorFlow, Eigen, oneDNN and XLA choose their kernels by."""


def describe_processor() -> dict[str, Any]:
    """Return the processor's name, its instruction sets as far as kernels are chosen by them, and its cores.

    `cores` are those that this process may use: as many threads compute unless the spec says how many.
    """
    found = _information()
    features = (found.get("flags") or found.get("Features") or "").split()
    return {
        "processor": found.get("model name") or platform.processor(),
        "features": sorted({feature for feature in features if feature.startswith(_DECIDING)}),
        "cores": _cores(),
    }


def _information() -> dict[str, str]:
    """Return what Linux says of the first processor; empty elsewhere."""
    try:
        text = _INFORMATION.read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return {}
    lines = [line.partition(":") for line in text.splitlines()]
    return {key.strip(): value.strip() for key, _, value in lines}


def _cores() -> int | None:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system has it
        return os.cpu_count()
