"""Values into YAML and back."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kspec.spec.reading import read_text
from kspec.spec.writing import to_inline, to_yaml

_LETTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff") | st.sampled_from(
    "\n\t :#-?&*!|>{}[],'\"%@`~="
)
_TEXTS = st.text(_LETTERS, max_size=20) | st.sampled_from(
    [
        "1e-3",
        "010",
        "on",
        "yes",
        "null",
        "~",
        "",
        "1_000",
        "1:30",
        "0x1f",
        ".inf",
        "true",
        "- a",
        "a: b",
        "# a",
        "<<",
        "=",
        "2024-01-01",
        "---",
        "...",
    ]
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS.filter(lambda key: key != "<<"), inner),
    max_leaves=20,
)


def same(found: Any, value: Any) -> bool:
    """Say whether two values are equal, types and all: 1 is not 1.0, and not true."""
    if isinstance(value, dict):
        return (
            isinstance(found, dict)
            and list(found) == list(value)
            and all(same(found[key], value[key]) for key in value)
        )
    if isinstance(value, list):
        return isinstance(found, list) and len(found) == len(value) and all(map(same, found, value))
    return (
        type(found) is type(value)
        and found == value
        and (value != 0 or math.copysign(1, found) == math.copysign(1, value) if isinstance(value, float) else True)
    )


@settings(deadline=None)
@given(st.dictionaries(_TEXTS.filter(lambda key: key != "<<"), _VALUES, min_size=1))
def test_round_trip(value: dict[str, Any]) -> None:
    for write in (to_yaml, to_inline):
        document = read_text("spec.yaml", write(value))
        assert document.problems == []
        assert same(document.data(), value)


@settings(deadline=None)
@given(_SCALARS)
def test_inline_is_one_line(value: Any) -> None:
    assert "\n" not in to_inline(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2], "b": {"c": None}}, "a: [1, 2]\nb:\n  c: null\n"),
        ({"lr": 0.001, "t": "1e-3", "n": "no"}, "lr: 0.001\nt: \"1e-3\"\nn: 'no'\n"),
        ({"layers": ["Flatten", {"Dense": 3}]}, "layers:\n- Flatten\n- Dense: 3\n"),
    ],
)
def test_looks(value: dict[str, Any], text: str) -> None:
    assert to_yaml(value) == text
