"""The `compile` section: optimizer, losses and metrics, each sorted to the output that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.components import ComponentReader, ComponentSpec
from kspec.spec.problems import Path, did_you_mean

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

    def read(self, section: Any) -> CompileSpec | None:
        """Return the section, or None if it is no mapping."""
        value = self.checker.mapping(section, self.path, "`compile`", expected="a mapping with `optimizer` and `loss`")
        if value is None:
            return None
        self.checker.known_keys(value, self.path, "`compile`", _KEYS, hints=_KEY_HINTS)
        if value.get("loss") is None:
            at = "key" if "loss" not in value else "value"
            path = self.path if "loss" not in value else (*self.path, "loss")
            self.checker.error("missing-key", path, "`compile` has no `loss`", "write `loss: mse` or another loss", at=at)
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

        def read(item: Any, at: Path) -> Any:
            return None if item is None else self.components.read(item, at, "losses")

        losses = self._by_output(value, path, "loss", read)
        if losses is None:
            one = read(value, path)
            return dict.fromkeys(self.outputs, one)
        missing = [name for name in self.outputs if name not in losses and self.sure]
        if missing:
            message = f"the {'output' if len(missing) == 1 else 'outputs'} {listing(missing)} {'has' if len(missing) == 1 else 'have'} no loss"
            self.checker.error("missing-output", path, message, f"add `{missing[0]}: LOSS`, or `{missing[0]}: null` for none", at="key")
        return losses

    def _weights(self, value: Any) -> dict[str, float] | None:
        path = (*self.path, "loss_weights")
        if value is None:
            return None

        def read(item: Any, at: Path) -> float:
            if isinstance(item, bool) or not isinstance(item, int | float):
                self.checker.error("wrong-type", at, f"a loss weight is a number, not {kind_of(item)}")
                return 1.0
            if item < 0:
                self.checker.error("out-of-range", at, f"a loss weight must be at least 0, not {item}")
            return float(item)

        weights = self._by_output(value, path, "loss weight", read)
        if weights is None:
            return dict.fromkeys(self.outputs, read(value, path))
        return {name: weights.get(name, 1.0) for name in self.outputs}

    def _metrics(self, value: Any, key: str) -> dict[str, tuple[Written, ...]]:
        path = (*self.path, key)
        if value is None or value == []:
            return {}

        def one(item: Any, at: Path) -> tuple[Written, ...]:
            found = self.components.read(item, at, "metrics")
            return () if found is None else (found,)

        def several(item: Any, at: Path) -> tuple[Written, ...]:
            if item is None:
                return ()
            if not isinstance(item, list):
                return one(item, at)
            return tuple(metric for index, entry in enumerate(item) for metric in one(entry, (*at, index)))

        nested = isinstance(value, list) and any(isinstance(item, list) for item in value)
        by_name = isinstance(value, dict) and not self._is_component(value, "metrics")
        if nested or by_name:
            return self._by_output(value, path, "metrics", several) or {}
        metrics = several(value, path)
        return dict.fromkeys(self.outputs, metrics)

    def _by_output(self, value: Any, path: Path, what: str, read: Callable[[Any, Path], Any]) -> dict[str, Any] | None:
        """Return a value per output from a mapping or a list; None if `value` is meant for every output."""
        if isinstance(value, list):
            if len(value) != len(self.outputs) and self.sure:
                message = f"this list has {len(value)} entries, the model has {len(self.outputs)} outputs"
                self.checker.error("wrong-length", path, message, f"give one {what} for each of {listing(self.outputs)}")
            items = [read(item, (*path, index)) for index, item in enumerate(value)]
            return dict(zip(self.outputs, items, strict=False))
        if not isinstance(value, dict) or self._is_component(value, "losses"):
            return None
        for name in value:
            if name not in self.outputs and self.sure:
                hint = did_you_mean(name, self.outputs) or f"the model has {listing(self.outputs)}"
                self.checker.error("unknown-output", (*path, name), f"there is no output `{name}`", hint, at="key")
        items = {name: read(item, (*path, name)) for name, item in value.items()}
        return {name: items[name] for name in self.outputs if name in items}

    def _is_component(self, value: Mapping[str, Any], family: str) -> bool:
        if len(value) != 1:
            return False
        (name,) = value
        return name not in self.outputs and (name[:1].isupper() or bool(self.components.catalogue.component(family, name)))

    def _options(self, value: Mapping[str, Any]) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for key in ("run_eagerly", "auto_scale_loss", "jit_compile"):
            if key in value:
                options[key] = value[key]
                if not isinstance(value[key], bool) and not (key == "jit_compile" and value[key] == "auto"):
                    self.checker.error("wrong-type", (*self.path, key), f"`{key}` is `true` or `false`, not {kind_of(value[key])}")
        steps = value.get("steps_per_execution")
        if steps is not None:
            options["steps_per_execution"] = steps
            if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
                self.checker.error("out-of-range", (*self.path, "steps_per_execution"), f"`steps_per_execution` is a whole number of at least 1, not {kind_of(steps)}")
        return options
