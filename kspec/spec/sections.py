"""The sections with a fixed set of keys, as pydantic models, and their faults as problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.problems import Path, did_you_mean, nearest
from kspec.spec.slips import slip

S = TypeVar("S", bound="Section")

_FEW = 8


class Section(BaseModel):
    """A section of a spec: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _split(value: Any) -> Any:
    if value is None or isinstance(value, dict):
        return value
    if value == 0 and not isinstance(value, bool):
        return None  # Keras' own way to say: none
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = "`validation_split` is a fraction, a number of rows, or a mapping with `split`"
        raise PydanticCustomError("kspec", message)
    return {"split": value}


def _size(value: Any) -> Any:
    """Check what stands for a part of the rows: a fraction below 1, or a number of rows."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("kspec", "a split is a fraction or a number of rows")
    if isinstance(value, float) and not 0 < value < 1:
        raise PydanticCustomError("kspec_range", "a split by fraction lies between 0 and 1")
    if isinstance(value, int) and value < 1:
        raise PydanticCustomError("kspec_range", "a split by number of rows is at least 1")
    return value


Rows = Annotated[int | float, BeforeValidator(_size)]


class Split(Section):
    """How validation rows are set apart from training rows."""

    split: Rows = Field(description="Fraction of the rows, or number of rows.")
    shuffle: bool = Field(False, description="Whether rows are drawn at random; else the last ones are taken.")
    stratify: str | None = Field(None, description="Field whose values are to be in both parts alike.")
    group: str | None = Field(None, description="Field whose equal values stay in one part.")
    time: str | None = Field(None, description="Field to order the rows by; the latest are set apart.")


class WeightRule(Section):
    """Rows that match weigh so much."""

    when: dict[str, Any] = Field(description="Values that the fields of a row must have.")
    weight: Annotated[float, Field(ge=0)] = Field(description="Factor of the row's loss.")


class Fit(Section):
    """Arguments of `keras.Model.fit`, and what kspec adds to them."""

    epochs: Annotated[int, Field(ge=1)] = Field(1, description="Times that all training rows are seen.")
    batch_size: Annotated[int, Field(ge=1)] = Field(32, description="Rows of one step.")
    shuffle: bool = Field(True, description="Whether every epoch has an order of its own.")
    validation_split: Annotated[
        Split | None, BeforeValidator(_split, json_schema_input_type=Split | int | float | None)
    ] = Field(None, description="Rows set apart for validation.")
    validation_batch_size: Annotated[int, Field(ge=1)] | None = Field(None, description="Rows of one validation step.")
    validation_freq: Annotated[int, Field(ge=1)] = Field(1, description="Epochs from one validation to the next.")
    steps_per_epoch: Annotated[int, Field(ge=1)] | None = Field(None, description="Steps after which an epoch ends.")
    validation_steps: Annotated[int, Field(ge=1)] | None = Field(None, description="Steps after which validation ends.")
    class_weight: Any = Field(None, description="Weight by class label, `balanced`, or either of them by output.")
    sample_weight: tuple[WeightRule, ...] = Field((), description="Rules that weigh rows.")
    verbose: Any = Field(None, description="Accepted and without effect: the display is that of kspec.")


REPORTS = ("confusion", "roc", "precision_recall", "calibration", "predicted", "residuals", "mistakes")
"""Figures and lists that judging can leave."""


def _report(value: Any) -> Any:
    if value not in REPORTS:
        raise PydanticCustomError("kspec_choice", "unknown", {"choices": REPORTS})
    return value


class Evaluate(Section):
    """How the model is judged."""

    batch_size: Annotated[int, Field(ge=1)] | None = Field(None, description="Rows of one step.")
    reports: tuple[Annotated[str, BeforeValidator(_report)], ...] | None = Field(
        None, description="Figures and lists to make, such as `roc`; all if left out, none for `[]`."
    )


class Predict(Section):
    """How predictions are made."""

    batch_size: Annotated[int, Field(ge=1)] | None = Field(None, description="Rows of one step.")
    outputs: tuple[str, ...] | None = Field(None, description="Outputs to write; all if left out.")


class Checkpoint(Section):
    """How often it is kept where training stands, besides after every epoch."""

    every: Annotated[float, Field(gt=0)] | None = Field(
        10.0, description="Minutes after which it is kept within an epoch, too; `null` for after epochs only."
    )


_HINTS: Mapping[tuple[str, str], str] = {
    ("fit", "validation_data"): "name a source under `data.validation`",
    ("fit", "callbacks"): "callbacks are a section of their own",
    ("fit", "x"): "data is named under `data`",
    ("fit", "y"): "data is named under `data`",
    ("fit", "nb_epoch"): "it is called `epochs`",
    ("fit", "initial_epoch"): "a run that goes on knows where it stands: `kspec train --resume RUN`",
    ("fit", "learning_rate"): "it is an argument of the optimizer: `optimizer: {Adam: {learning_rate: ...}}`",
    ("fit", "lr"): "it is an argument of the optimizer: `optimizer: {Adam: {learning_rate: ...}}`",
    ("fit", "optimizer"): "it stands under `compile`",
    ("fit", "loss"): "it stands under `compile`",
    ("fit", "metrics"): "it stands under `compile`",
    ("fit", "workers"): "leave it out: loading is done ahead of training by itself",
    ("fit", "use_multiprocessing"): "leave it out: loading is done ahead of training by itself",
    ("fit", "max_queue_size"): "leave it out: loading is done ahead of training by itself",
}


def read_section(kind: type[S], value: Any, path: Path, checker: Checker) -> S | None:
    """Return a section, or None after noting what is wrong with it.

    Args:
        kind: The model of the section.
        value: What is written; None stands for an empty section.
        path: Its place.
        checker: Where problems go.
    """
    name = str(path[-1])
    if value is None:
        value = {}
    if checker.mapping(value, path, f"`{name}`") is None:
        return None
    try:
        return kind.model_validate(_tuples(value))
    except ValidationError as error:
        details = error.errors(include_url=False)
        for detail in details:
            _note(detail, details, kind, path, checker)
        return None


def _tuples(value: Any) -> Any:
    """Return a value with its lists as tuples, which is what strict frozen models take."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


_EXPECTED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "int_type": ("a whole number", ("int",)),
    "int_from_float": ("a whole number", ("int",)),
    "float_type": ("a number", ("float",)),
    "bool_type": ("`true` or `false`", ("bool",)),
    "string_type": ("text", ("str",)),
    "tuple_type": ("a list", ("list",)),
    "dict_type": ("a mapping", ("dict",)),
    "model_type": ("a mapping", ("dict",)),
    "model_attributes_type": ("a mapping", ("dict",)),
}


def _note(
    detail: ErrorDetails, details: Sequence[ErrorDetails], kind: type[Section], path: Path, checker: Checker
) -> None:
    place = (*path, *detail["loc"])
    name, value, fault = str(place[-1]), detail["input"], detail["type"]
    owner = next(str(part) for part in reversed(place[:-1]) if isinstance(part, str)) if len(place) > 1 else ""
    if fault == "extra_forbidden":
        known = _fields_at(kind, detail["loc"][:-1])
        hint = _HINTS.get((owner, name)) or slip(name) or did_you_mean(name, known)
        if hint is None and len(known) <= _FEW:
            hint = f"it may have {listing(known)}"
        checker.error("unknown-key", place, f"`{owner}` has no key `{shortened(name)}`", hint, at="key")
    elif fault == "missing":
        if not any(_means(other, detail["loc"]) for other in details):
            checker.error("missing-key", place[:-1], f"`{owner}` has no `{name}`", f"add `{name}: ...`", at="key")
    elif fault == "kspec_range":
        checker.error("out-of-range", place, detail["msg"])
    elif fault == "kspec":
        hint = slip(value, ("float",)) if isinstance(value, str) else None
        checker.error("wrong-type", place, f"{detail['msg']}, not {kind_of(value)}", hint)
    elif fault == "kspec_choice":
        choices = tuple(detail["ctx"]["choices"])
        hint = did_you_mean(value, choices) if isinstance(value, str) else None
        what = f"`{name}`" if isinstance(place[-1], str) else f"an item of `{owner}`"
        message = f"{what} is {listing(choices, 'or')}, not {kind_of(value)}"
        checker.error("not-a-choice", place, message, hint)
    elif fault in ("greater_than_equal", "greater_than"):
        bound = next(iter(detail.get("ctx", {}).values()))
        checker.error("out-of-range", place, f"`{name}` must be at least {bound:g}, not {shortened(str(value))}")
    else:
        expected, types = _EXPECTED.get(fault, ("something else", ()))
        shown = kind_of(list(value) if isinstance(value, tuple) else value)
        hint = slip(value, types) if isinstance(value, str) else None
        checker.error("wrong-type", place, f"`{name}` is {expected}, not {shown}", hint)


def _means(other: ErrorDetails, missing: tuple[int | str, ...]) -> bool:
    """Say whether another fault is the missing key, misspelt."""
    beside = other["type"] == "extra_forbidden" and other["loc"][:-1] == missing[:-1]
    return beside and nearest(str(other["loc"][-1]), [str(missing[-1])]) is not None


def _fields_at(kind: type[Section], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys of the section that `loc` leads to."""
    for part in loc:
        field = kind.model_fields.get(str(part))
        kind = next(_sections_in(field.annotation), kind) if field else kind
    return list(kind.model_fields)


def _sections_in(annotation: Any) -> Iterator[type[Section]]:
    """Yield the sections that a key takes."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections_in(part)
