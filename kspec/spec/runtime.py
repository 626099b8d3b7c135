"""The `runtime` section: what a training runs on, and how exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from kspec.spec.checker import Checker, kind_of
from kspec.spec.compiling import CompileSpec
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path
from kspec.spec.sections import Section, read_section

PATH: Path = ("runtime",)

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64")
"""Dtype policies of Keras that a model can be trained with."""

MIRRORED = "MirroredStrategy"

SIZE = r"^\s*([0-9]+(?:\.[0-9]+)?)\s*([kKMGT]?)(i?)[bB]\s*$"
"""How a size is written: a number and its unit."""

_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def _bytes(value: Any) -> Any:
    found = re.match(SIZE, value) if isinstance(value, str) else None
    if value is None:
        return None
    if found is None:
        raise PydanticCustomError("kspec", "`memory` is a size with its unit, such as `4 GB`")
    size = int(float(found[1]) * (1024 if found[3] else 1000) ** _POWERS[found[2]])
    if size < 1:
        raise PydanticCustomError("kspec_range", "`memory` is more than nothing")
    return size


def _precision(value: Any) -> Any:
    if value is not None and value not in PRECISIONS:
        raise PydanticCustomError("kspec_choice", "unknown", {"choices": PRECISIONS})
    return value


def _threads(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | dict | None):
        message = "`threads` is a whole number, or a mapping with `intra` and `inter`"
        raise PydanticCustomError("kspec", message)
    if isinstance(value, int) and value < 1:
        raise PydanticCustomError("kspec_range", f"`threads` must be at least 1, not {value}")
    return {"intra": value, "inter": value} if isinstance(value, int) else value


class Threads(Section):
    """How many threads TensorFlow computes with."""

    intra: Annotated[int, Field(ge=1)] | None = Field(None, description="Threads that share one operation.")
    inter: Annotated[int, Field(ge=1)] | None = Field(None, description="Operations that run at once.")


class Runtime(Section):
    """What the training runs on, and how exactly."""

    strategy: Any = Field(None, description="Class of `tf.distribute` that spreads training over devices.")
    precision: Annotated[str | None, BeforeValidator(_precision)] = Field(
        None, description="Keras dtype policy of every layer, such as `mixed_bfloat16`."
    )
    deterministic: bool = Field(False, description="Whether only operations are used that give the same bits always.")
    memory: Annotated[int | None, BeforeValidator(_bytes)] = Field(
        None,
        description="Up to how much data is held in memory, such as `4 GB`; more than that is read a piece at a time.",
    )
    threads: Annotated[Threads | None, BeforeValidator(_threads)] = Field(
        None, description="Threads that TensorFlow computes with: a number, or `intra` and `inter`."
    )


def read_runtime(value: Any, components: ComponentReader) -> tuple[Runtime | None, ComponentSpec | None]:
    """Return the section and its strategy, each None after a problem.

    Args:
        value: What is written.
        components: Reads the strategy.
    """
    section = read_section(Runtime, value, PATH, components.checker)
    given = value.get("strategy") if isinstance(value, Mapping) else None
    strategy = components.read(given, (*PATH, "strategy"), "strategies") if given is not None else None
    if not isinstance(strategy, ComponentSpec):
        return section, None
    devices = strategy.arguments.get("devices")
    for index, device in enumerate(devices if isinstance(devices, list) else ()):
        if not isinstance(device, str):
            path = (*strategy.path, "devices", index)
            components.checker.error("wrong-type", path, f"a device is text such as `/gpu:0`, not {kind_of(device)}")
            break
    return section, strategy


def check_strategy(checker: Checker, strategy: ComponentSpec | None, compiled: CompileSpec | None) -> None:
    """Note what the first step of a mirrored training would fail at."""
    if strategy is None or compiled is None or strategy.name != MIRRORED:
        return
    optimizer = compiled.optimizer
    arguments = optimizer.arguments if isinstance(optimizer, ComponentSpec) else {}
    path = optimizer.path if isinstance(optimizer, ComponentSpec) else ()
    asked = {
        (*compiled.path, "steps_per_execution"): (compiled.options.get("steps_per_execution") or 1) != 1,
        (*compiled.path, "jit_compile"): compiled.options.get("jit_compile") is True,
        (*path, "gradient_accumulation_steps"): arguments.get("gradient_accumulation_steps") is not None,
    }
    for place, wanted in asked.items():
        if wanted:
            message = f"`{place[-1]}` does not work with {MIRRORED}: the first step would fail"
            checker.error("not-with-strategy", place, message, "leave one of them out", at="key")
