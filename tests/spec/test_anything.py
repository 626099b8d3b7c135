"""Any text and any structure is read: problems come out, or a spec, and never an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kspec import catalogue
from kspec.spec.checking import Reading, read_spec
from kspec.spec.extending import extend
from kspec.spec.overrides import apply_overrides
from kspec.spec.reading import read_text
from kspec.spec.spec_reader import KEYS
from kspec.spec.writing import to_yaml

_WORDS = [
    *KEYS, "layers", "input", "inputs", "outputs", "shape", "name", "from", "call", "repeat", "trainable", "optimizer",
    "loss", "loss_weights", "metrics", "epochs", "batch_size", "validation_split", "class_weight", "sample_weight",
    "when", "weight", "source", "train", "validation", "test", "fallback", "targets", "field", "slice", "preprocess",
    "dtype", "units", "activation", "filters", "kernel_size", "value", "training", "i", "_", "a", "b", "a.1", "x",
    "Dense", "Conv2D", "Add", "LSTM", "Bidirectional", "MultiHeadAttention", "Embedding", "Lambda", "Rescaling",
    "Adam", "ExponentialDecay", "EarlyStopping", "ModelCheckpoint", "L2", "Nonsense", "adam", "mse", "accuracy", "relu",
    "mnist", "csv", "random", "balanced", "ops.add", "load", "$(a)", "$(i + 1)", "$(", "$(a b)", "(3", "3)", "(3, 3)",
    "units:10", "32#x", "“relu”", "None", "null", "1/255", "input_shape", "input_dim", "split", "shuffle",
    "shared", "blocks", "params", "application", "weights", "by_name", "ResNet50", "TimeDistributed", "ops.mean",
    "ops.concatenate", "a.0", "b.1", "$(n)", "n",
]  # fmt: skip
_TEXTS = st.sampled_from(_WORDS) | st.text(max_size=6)
_SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 300) | st.integers() | st.floats() | _TEXTS | st.sampled_from(_WORDS)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=25,
)
_ENTRIES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    _VALUES
    | st.fixed_dictionaries(
        {"layers": st.lists(_SCALARS | st.dictionaries(_TEXTS, _VALUES, min_size=1, max_size=2), max_size=3)},
        optional={"params": _VALUES, "inputs": _VALUES, "outputs": _VALUES, "input": _VALUES},
    ),
    max_size=3,
)
_STEPS = st.lists(_SCALARS | st.dictionaries(_TEXTS, _VALUES, min_size=1, max_size=3), max_size=5)
_SPECS = st.fixed_dictionaries(
    {
        "model": _VALUES
        | st.fixed_dictionaries(
            {"layers": _STEPS},
            optional={
                "inputs": _VALUES,
                "outputs": _VALUES,
                "shared": _ENTRIES,
                "blocks": _ENTRIES,
                "weights": _VALUES,
            },
        )
    },
    optional={key: _VALUES for key in KEYS if key != "model"},
)


def _read(text: str, *overrides: str, name: str = "spec.yaml") -> Reading:
    document = read_text(name, text)
    extend(document, catalogue.load())
    apply_overrides(document, overrides, catalogue.load())
    return read_spec(document, catalogue.load())


def _is_sound(reading: Reading) -> None:
    assert (reading.spec is None) == any(problem.severity == "error" for problem in reading.problems)
    for problem in reading.problems:
        assert problem.span is not None, problem
        assert problem.span.line >= 1 and problem.span.column >= 1
        assert "\n" not in problem.text, problem


@settings(max_examples=400, deadline=None)
@given(_SPECS | _VALUES)
def test_any_structure(content: Any) -> None:
    _is_sound(_read(to_yaml(content)))


@settings(max_examples=400, deadline=None)
@given(
    st.text(max_size=80)
    | st.lists(_TEXTS | st.sampled_from(list(" \n-:{}[],#&*!|>'\"%@`\t")), max_size=30).map("".join)
)
def test_any_text(text: str) -> None:
    for name in ("spec.yaml", "spec.json"):
        reading = _read(text, name=name)
        assert reading.spec is not None or reading.problems


@settings(max_examples=200, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=5).map(".".join), st.text(max_size=10) | _VALUES.map(to_yaml))
def test_any_override(path: str, value: str) -> None:
    spec = "model:\n  layers:\n  - Dense: 3\n    name: a\n  - Flatten\ncompile: {optimizer: adam, loss: mse}\n"
    _is_sound(_read(spec, f"{path}={value}"))
