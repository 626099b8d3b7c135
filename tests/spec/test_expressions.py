"""Expressions: arithmetic over constants, and nothing else."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_texts import read, shown, spec_of

from kspec.spec.checker import Checker
from kspec.spec.expressions import LARGEST, ExpressionError, evaluate, names_in, substitute

NAMES = {"width": 64, "rate": 0.5, "word": "relu", "flag": True, "list": [1, 2], "none": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("width", 64), (" width ", 64), ("word", "relu"), ("flag", True), ("list", [1, 2]), ("none", None),
        ("width * 2", 128), ("width / 2", 32.0), ("width // 3", 21), ("width % 3", 1), ("2 ** 10", 1024),
        ("-width + 1", -63), ("+1", 1), ("(1 + 2) * 3", 9), ("1e-3 * rate", 0.0005), ("0.1 / width", 0.1 / 64),
    ],
)  # fmt: skip
def test_values(text: str, value: object) -> None:
    found = evaluate(text, NAMES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "width width", "word * 2", "flag + 1", "list[0]", "width.real", "int(width)", "'a' * 3", "b'abc'",
        "[1, 2]", "{}", "lambda: 1", "1 if flag else 2", "width == 64", "not flag", "width and 1", "~width", "1 << 3",
        "1j", "10 ** 16", "9 ** 9 ** 9", "2 ** 65", "2 ** -65", "1e400", "1 / 0", "1 // 0", "1 % 0", "1.0 % 0",
        "(-8) ** 0.5", "0 ** -1", "width := 3", "*list", "...", "f'{width}'", "__import__('os')", "x" * 201,
        "(" * 150 + ")" * 150, "1;2", "a\x00b", "none + 1",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ExpressionError), warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(text, NAMES)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("$(width * 2) of $(rate)", {"width", "rate"}),
        ("$(1if width else 2)", {"width"}),  # of which Python remarks that a space is missing
        ("$(width", set()), ("$(width +)", set()), ("$(" + "-" * 9_000 + "width)", set()),
    ],
)  # fmt: skip
def test_names_of_a_text_however_odd(text: str, names: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names_in(text) == names


def test_unknown_names_are_told_apart() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate("widht", NAMES)
    assert caught.value.code == "unknown-constant"
    assert caught.value.hint == "did you mean `width`?"


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_evaluated_or_refused(text: str) -> None:
    try:
        value = evaluate(text, NAMES)
    except ExpressionError as error:
        assert error.message
    else:
        assert value in NAMES.values() or (isinstance(value, int | float) and abs(value) <= LARGEST)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$(width)", 64), ("a$(width)b", "a64b"), ("$(width)$(width)", "6464"), ("x $(flag) $(none)", "x true null"),
        ("$((1 + 2) * 3)", 9), ("$width", "$width"), ("5$", "5$"), ("(width)", "(width)"), ("$(rate)%", "0.5%"),
    ],
)  # fmt: skip
def test_texts(text: str, value: object) -> None:
    checker = Checker()
    assert substitute(text, NAMES, ("a",), checker) == value
    assert checker.problems == []


def test_places() -> None:
    reading = read("""
        vars: {a: 1}
        name: $(b)
        fit:
          epochs: $(a + 1)
          batch_size: x$(a
        model:
          input: [4]
          layers: [{Dense: {units: $(c)}}, {Dense: $(list(a))}]
        """)
    assert shown(reading.problems) == [
        "2:7 unknown-constant",
        "5:15 bad-expression",
        "8:28 unknown-constant",
        "8:44 bad-expression",
    ]


def test_lists_do_not_stand_in_texts_and_texts_do_not_grow_without_bound() -> None:
    lines = ["vars:", "  l: [1]", "  s: x$(l)", "  a: " + "x" * 5000, "  b: $(a)$(a)$(a)"]
    reading = read("\n".join([*lines, "model: {layers: [Flatten]}"]))
    assert shown(reading.problems) == ["3:6 bad-expression", "5:6 bad-expression"]


@pytest.mark.parametrize("constants", ["{a: 2, b: $(a * 3), c: [$(b)]}", "{c: [$(b)], b: $(a * 3), a: 2}"])
def test_constants_use_each_other_in_any_order(constants: str) -> None:
    spec = spec_of(f"vars: {constants}\nmodel: {{input: $(c), layers: [{{Dense: $(a)}}]}}")
    assert spec.graph.inputs["input"].arguments["shape"] == [6]


@pytest.mark.parametrize(
    ("constants", "places"),
    [
        ("{a: $(b), b: $(a)}", ["1:20 cycle"]),
        ("{a: $(a)}", ["1:11 cycle"]),
        ("{a: $(b), b: [$(c)], c: {x: $(b)}}", ["1:31 cycle"]),
        ("{a: $(bb)}", ["1:11 unknown-constant"]),
        ("{a: $(1 / 0)}", ["1:11 bad-expression"]),
    ],
)
def test_a_constant_without_a_value_is_told_once(constants: str, places: list[str]) -> None:
    uses = "[{Dense: $(a)}, {Dense: {units: $(a)}}, {Dropout: $(a * 2), name: x$(a)}, {Dense: 4, repeat: $(a)}]"
    reading = read(f"vars: {constants}\nfit: {{epochs: $(a)}}\nmodel: {{input: [4], layers: {uses}}}")
    assert shown(reading.problems) == places


def test_constants_do_not_explode() -> None:
    lines = ["vars:", "  a: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"  {y}: [{', '.join([f'$({x})'] * 10)}]" for x, y in zip("abcdefghjklmn", "bcdefghjklmno", strict=True)]
    reading = read("\n".join([*lines, "model: {layers: [Flatten]}"]))
    assert [problem.code for problem in reading.problems] == ["too-many-values"]
    deep = ["vars:", "  a0: 1", *(f"  a{number}: [$(a{number - 1})]" for number in range(1, 3000))]
    reading = read("\n".join([*deep, "model: {layers: [Flatten]}"]))
    assert [problem.code for problem in reading.problems] == ["too-many-values"]
