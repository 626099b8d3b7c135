"""What Keras would refuse only when it has begun: optimizer and callbacks held against each other."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.spec.checker import Checker, listing
from kspec.spec.compiling import Written
from kspec.spec.components import ComponentSpec

_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
_SETTING_RATES = ("ReduceLROnPlateau", "LearningRateScheduler")


def check_optimizer(checker: Checker, optimizer: Written | None) -> None:
    """Note an optimizer that is to clip gradients in two ways."""
    if isinstance(optimizer, ComponentSpec):
        given = [name for name in _CLIPS if optimizer.arguments.get(name) is not None]
        if len(given) > 1:
            message = f"{optimizer.name} can clip in one way only, and {listing(given)} are given"
            checker.error("two-clips", (*optimizer.path, given[1]), message, "keep one of them", at="key")


def check_callbacks(checker: Checker, callbacks: Sequence[ComponentSpec], optimizer: Written | None) -> None:
    """Note callbacks that the optimizer of the spec cannot work with."""
    if not isinstance(optimizer, ComponentSpec) or optimizer.name == "MultiOptimizer":
        return
    inner = optimizer.arguments.get("inner_optimizer", optimizer)
    used = inner if isinstance(inner, ComponentSpec) else optimizer
    rate = used.arguments.get("learning_rate")
    for callback in callbacks:
        if callback.name in _SETTING_RATES and isinstance(rate, ComponentSpec):
            message = f"{callback.name} sets the learning rate, which {rate.name} sets already"
            hint = f"leave {callback.name} out, or give {used.name} a number as `learning_rate`"
            checker.error("two-schedules", callback.path, message, hint, at="key")
        if callback.name == "SwapEMAWeights" and not used.arguments.get("use_ema"):
            message = "SwapEMAWeights swaps in averaged weights, and the optimizer keeps none"
            hint = f"write `use_ema: true` in {used.name}"
            checker.error("no-average", callback.path, message, hint, at="key")
