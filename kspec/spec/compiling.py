"""The `compile` section: optimizer, losses and metrics, each sorted to the output that it belongs to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.components import ComponentReader, ComponentSpec
from kspec.spec.cross import known_output
from kspec.spec.problems import At, Path, nearest
from kspec.spec.slips import slip
from kspec.spec.unknown import ALSO

V = TypeVar("V")

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

        losses = self._by_output(value, path, "loss", "losses", read)
        if losses is None:
            return dict.fromkeys(self.outputs, read(value, path))
        if isinstance(value, dict) and value and self.sure:
            self._check_complete(value, path)
        if value and all(item is None for item in (value.values() if isinstance(value, dict) else value)):
            self.checker.error(
                "missing-key", path, "no output has a loss", "give at least one of them a loss", at="key"
            )
        return losses

    def _check_complete(self, value: Mapping[str, Any], path: Path) -> None:
        """Note outputs without a loss, except those whose names have been misspelt."""
        meant = {nearest(name, self.outputs) for name in value if name not in self.outputs}
        unknown = [name for name in value if name not in self.outputs]
        missing = [name for name in self.outputs if name not in value and name not in meant]
        if missing and len(missing) > len(unknown) - len(meant - {None}):
            several = len(missing) > 1
            message = f"the output{'s' if several else ''} {listing(missing)} {'have' if several else 'has'} no loss"
            hint = f"add `{missing[0]}: LOSS`, or `{missing[0]}: null` for none"
            self.checker.error("missing-output", path, message, hint, at="key")

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

        weights = self._by_output(value, path, "loss weight", None, read)
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
            by_output = self._by_output(value, path, "list of metrics", "metrics", several)
            if by_output is not None:
                return by_output
        return dict.fromkeys(self.outputs, several(value, path))

    def _check_metric_name(self, name: Any, path: Path) -> None:
        """Refuse a name that would take another column's place in the history."""
        if isinstance(name, str) and (name in _COLUMNS or name.startswith("val_") or name.endswith("_loss")):
            message = f"a metric cannot be called `{name}`, which is a column of the history already"
            self.checker.error("name-taken", path, message, "give it another name")

    def _by_output(
        self, value: Any, path: Path, what: str, family: str | None, read: Callable[[Any, Path], V]
    ) -> dict[str, V] | None:
        """Return a value per output from a mapping or a list; None if `value` is meant for every output.

        Args:
            value: What is written.
            path: Its place.
            what: What one entry is.
            family: Family of the components that an entry may be, or None.
            read: Reads one entry.
        """
        if isinstance(value, list):
            if len(value) != len(self.outputs) and self.sure:
                message = (
                    f"a list goes by the outputs: this one has {_count(len(value), 'entry', 'entries')}, the model "
                )
                message += _count(len(self.outputs), "output", "outputs")
                hint = f"give one {what} for each of {listing(self.outputs)}" if len(self.outputs) > 1 else None
                self.checker.error("wrong-length", path, message, hint or f"give one {what}", at="key")
            items = [read(item, (*path, index)) for index, item in enumerate(value)]
            return dict(zip(self.outputs, items, strict=False))
        if not isinstance(value, dict) or (family and self._is_component(value, family)):
            return None
        if not value:
            message = f"`{path[-1]}` is an empty mapping"
            self.checker.error("wrong-type", path, message, "leave it out, or name an output", at="key")
        found: dict[str, V] = {}
        for name, item in value.items():
            if not self.sure or known_output(self.checker, name, self.outputs, (*path, name), at="key"):
                found[name] = read(item, (*path, name))
        return {name: found[name] for name in self.outputs if name in found}

    def _is_component(self, value: Mapping[str, Any], family: str) -> bool:
        """Say whether a mapping is a component for every output rather than an entry for each."""
        if any(name in self.outputs for name in value):
            return False
        catalogue = self.components.catalogue
        families = (family, *ALSO.get(family, ()))
        if any(catalogue.component(each, name) or catalogue.word(each, name) for each in families for name in value):
            return True
        capital = len(value) == 1 and not next(iter(value)).islower()
        return capital and not any(nearest(name, self.outputs) for name in value)

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
            if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
                message = f"`steps_per_execution` is a whole number of at least 1, not {kind_of(steps)}"
                self.checker.error("out-of-range", (*self.path, "steps_per_execution"), message)
        return options


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
