"""The `compile` section: optimizer, losses and metrics, each sorted to the output that it belongs to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.by_output import ByOutput
from kspec.spec.checker import Checker, is_whole, kind_of
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import At, Path
from kspec.spec.slips import slip

_KEYS = (
    "optimizer", "loss", "loss_weights", "metrics", "weighted_metrics",
    "run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss",
)  # fmt: skip
_KEY_HINTS = {
    "lr": "it is an argument of the optimizer: `optimizer: {Adam: {learning_rate: ...}}`",
    "learning_rate": "it is an argument of the optimizer: `optimizer: {Adam: {learning_rate: ...}}`",
    "epochs": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "class_weight": "it stands under `fit`",
    "sample_weight_mode": "Keras no longer has it: weights of shape (rows, steps) do the same",
}

_COLUMNS = ("loss", "epoch", "learning_rate", "seconds")
"""Columns of the history that are no metrics."""

Written = ComponentSpec | str
"""A component, or the word that Keras itself resolves."""


@dataclass(frozen=True, slots=True)
class CompileSpec:
    """How the model is to be trained.

    Args:
        optimizer: The optimizer.
        loss: For every output, its loss; None for an output that has none.
        loss_weights: For every output, the factor of its loss; None for equal ones.
        metrics: For every output, its metrics.
        weighted_metrics: For every output, those metrics that heed sample weights.
        options: Further arguments of `keras.Model.compile`.
        path: Place in the document.
    """

    optimizer: Written | None = None
    loss: Mapping[str, Written | None] = field(default_factory=dict)
    loss_weights: Mapping[str, float] | None = None
    metrics: Mapping[str, tuple[Written, ...]] = field(default_factory=dict)
    weighted_metrics: Mapping[str, tuple[Written, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    path: Path = ("compile",)


@dataclass(frozen=True, slots=True)
class CompileReader:
    """Reads one `compile` section for a model with these outputs.

    Args:
        components: Reads optimizer, losses and metrics.
        outputs: Names of the model's outputs.
        sure: Whether they are known; if the model could not be read, any name will do.
        path: Place in the document.
    """

    components: ComponentReader
    outputs: Sequence[str]
    sure: bool = True
    path: Path = ("compile",)

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    @property
    def _outputs(self) -> ByOutput:
        return ByOutput(self.components, self.outputs, self.sure)

    def read(self, section: Any) -> CompileSpec | None:
        """Return the section, or None if it is no mapping."""
        value = self.checker.mapping(section, self.path, "`compile`", expected="a mapping with `optimizer` and `loss`")
        if value is None:
            return None
        value = self.checker.known_keys(value, self.path, "`compile`", _KEYS, hints=_KEY_HINTS)
        if value.get("loss") is None:
            given = "loss" in value
            at: At = "value" if given else "key"
            message = "`loss` is nothing" if given else "`compile` has no `loss`"
            path = (*self.path, "loss") if given else self.path
            self.checker.error("missing-key", path, message, "write `loss: mse` or another loss", at=at)
        return CompileSpec(
            optimizer=self.components.read(value.get("optimizer", "rmsprop"), (*self.path, "optimizer"), "optimizers"),
            loss=self._losses(value.get("loss")),
            loss_weights=self._weights(value.get("loss_weights")),
            metrics=self._metrics(value.get("metrics"), "metrics"),
            weighted_metrics=self._metrics(value.get("weighted_metrics"), "weighted_metrics"),
            options=self._options(value),
            path=self.path,
        )

    def _losses(self, value: Any) -> dict[str, Written | None]:
        path = (*self.path, "loss")
        if value is None:
            return {}

        def read(item: Any, at: Path) -> Written | None:
            found: Written | None = None if item is None else self.components.read(item, at, "losses")
            return found

        losses = self._outputs.sort(value, path, "loss", "losses", read)
        if losses is None:
            return dict.fromkeys(self.outputs, read(value, path))
        if isinstance(value, dict) and value and self.sure:
            self._outputs.check_complete(value, path)
        if value and all(item is None for item in (value.values() if isinstance(value, dict) else value)):
            self.checker.error(
                "missing-key", path, "no output has a loss", "give at least one of them a loss", at="key"
            )
        return losses

    def _weights(self, value: Any) -> dict[str, float] | None:
        path = (*self.path, "loss_weights")
        if value is None:
            return None

        def read(item: Any, at: Path) -> float:
            if isinstance(item, bool) or not isinstance(item, int | float):
                hint = slip(item, ("float",)) if isinstance(item, str) else None
                self.checker.error("wrong-type", at, f"a loss weight is a number, not {kind_of(item)}", hint)
                return 1.0
            if item < 0 or not math.isfinite(item):
                self.checker.error("out-of-range", at, f"a loss weight is finite and at least 0, not {item}")
            return float(item)

        weights = self._outputs.sort(value, path, "loss weight", None, read)
        if weights is None:
            return dict.fromkeys(self.outputs, read(value, path))
        return {name: weights.get(name, 1.0) for name in self.outputs}

    def _metrics(self, value: Any, key: str) -> dict[str, tuple[Written, ...]]:
        path = (*self.path, key)
        if value is None or value == []:
            return {}

        def one(item: Any, at: Path) -> tuple[Written, ...]:
            found = self.components.read(item, at, "metrics")
            if isinstance(found, ComponentSpec) and (name := found.arguments.get("name")) is not None:
                self._check_metric_name(name, (*found.path, "name"))
            elif isinstance(found, ComponentSpec) and found.definition.function:
                self._check_metric_name(found.name, found.path)
            return () if found is None else (found,)

        def several(item: Any, at: Path) -> tuple[Written, ...]:
            if item is None:
                return ()
            if not isinstance(item, list):
                return one(item, at)
            return tuple(metric for index, entry in enumerate(item) for metric in one(entry, (*at, index)))

        nested = isinstance(value, list) and any(isinstance(item, list) or item is None for item in value)
        if nested or isinstance(value, dict):
            by_output = self._outputs.sort(value, path, "list of metrics", "metrics", several)
            if by_output is not None:
                return by_output
        return dict.fromkeys(self.outputs, several(value, path))

    def _check_metric_name(self, name: Any, path: Path) -> None:
        """Refuse a name that would take another column's place in the history."""
        if isinstance(name, str) and (name in _COLUMNS or name.startswith("val_") or name.endswith("_loss")):
            message = f"a metric cannot be called `{name}`, which is a column of the history already"
            self.checker.error("name-taken", path, message, "give it another name")

    def _options(self, value: Mapping[str, Any]) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for key in ("run_eagerly", "auto_scale_loss", "jit_compile"):
            given = value.get(key)
            if given is None:
                continue
            options[key] = given
            if not isinstance(given, bool) and not (key == "jit_compile" and given == "auto"):
                hint = slip(given, ("bool",)) if isinstance(given, str) else None
                message = f"`{key}` is `true` or `false`, not {kind_of(given)}"
                self.checker.error("wrong-type", (*self.path, key), message, hint)
        steps = value.get("steps_per_execution")
        if steps is not None:
            options["steps_per_execution"] = steps
            if not is_whole(steps) or steps < 1:
                message = f"`steps_per_execution` is a whole number of at least 1, not {kind_of(steps)}"
                self.checker.error("out-of-range", (*self.path, "steps_per_execution"), message)
        return options
