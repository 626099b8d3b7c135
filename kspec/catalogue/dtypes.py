"""Types of numbers, and the policies by which layers choose theirs."""

from __future__ import annotations

from typing import Final

DTYPES: Final = (
    "float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string", "complex64", "complex128",
)  # fmt: skip
"""Types of the numbers in a tensor."""

_QUANTIZED = [
    f"{mode}_from_{source}"
    for mode in ("int8", "int4", "float8")
    for source in ("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")
    if (mode, source) not in (("int8", "float16"), ("int8", "mixed_float16"))
]
_MODES = ("int8", "float8")
POLICIES: Final = (
    *(name for name in DTYPES if not name.startswith(_MODES)), "mixed_float16", "mixed_bfloat16", *_QUANTIZED,
)  # fmt: skip
"""Names of the dtype policies that layers, losses and metrics take."""
