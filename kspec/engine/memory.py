"""How much memory the process has held, and errors that say that there was too little."""

from __future__ import annotations

import re
import sys

_MEMORY = re.compile(
    r"OOM when allocating tensor with shape\s*(\[[^\]]*\]) and type (\w+)|Unable to allocate ([\d.]+ \w+)"
)
_BYTES = {"double": 8, "int64": 8, "half": 2, "bfloat16": 2, "int8": 1, "uint8": 1, "bool": 1}


def memory_reason(error: BaseException) -> str | None:
    """Return in plain words that memory ran out, or None for any other error."""
    text = str(error)
    if found := _MEMORY.search(text):
        if found[3]:
            return f"the memory does not suffice: {found[3]} are wanted at once"
        sizes = [int(size) for size in re.findall(r"\d+", found[1])]
        wanted = _BYTES.get(found[2], 4)
        for size in sizes:
            wanted *= size
        shape = " × ".join(str(size) for size in sizes)
        return f"the memory does not suffice: an array of {shape} numbers would take {wanted / 1e9:,.1f} GB"
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "the memory does not suffice"
    return None


def peak_memory() -> int | None:
    """Return how many bytes of memory this process has held at most, or None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024
