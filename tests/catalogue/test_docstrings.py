"""Reading types, choices and ranges from the text of an argument."""

import pytest

from kspec.catalogue import docstrings


@pytest.mark.parametrize(
    ("text", "default", "types"),
    [
        ("Positive integer, dimensionality of the output space.", ..., ["int"]),
        ("int or tuple/list of 2 integers, specifying the strides.", (1, 1), ["int", "list"]),
        ("Tuple of integers. Permutation pattern.", ..., ["list"]),
        ("Float between 0 and 1. Fraction of the units to drop.", 0.0, ["float"]),
        ("A float value or a constant float tensor, or a callable.", 0.9, ["float"]),
        ("Optional integer. If set, this scales the update.", None, ["int", "null"]),
        ("Whether to return the last output, or the list of all.", False, ["bool"]),
        ('Whether to use a fast one. `"auto"` tries it.', "auto", ["bool", "str"]),
        ("Number of attention heads.", ..., ["int"]),
        ("Number of epochs to wait.", 0, ["int"]),
        ('One of `{"auto", "min", "max"}`.', "auto", ["str"]),
        ("Function to call on every batch.", ..., []),
        ("The dtype of it.", None, []),
        ("", 1.0, []),
        ("", True, ["bool"]),
    ],
)
def test_types(text, default, types):
    given = () if default is ... else (default,)
    assert docstrings.types(text, *given) == types


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ('string, either `"valid"` or `"same"` (case-insensitive).', ["valid", "same"]),
        ('string, `"valid"`, `"same"` or `"causal"`(case-insensitive).', ["valid", "same", "causal"]),
        ("String. One of `{'auto', 'min', 'max'}`. In `'min'` mode, less is better.", ["auto", "min", "max"]),
        ('Values can be `"int"`, or `"one_hot"` configuring: - `"int"`: indices.', ["int", "one_hot"]),
        ('Quantity to be monitored. Defaults to `"val_loss"`.', []),
        ('Methods are one of `"a"` and `"b"`, and of old `"c"`.', []),
        ("String, one of `fine` (100 kinds) and `coarse`.", ["fine", "coarse"]),
        ("Name of it.", []),
    ],
)
def test_choices(text, choices):
    assert docstrings.choices(text) == choices


@pytest.mark.parametrize(
    ("text", "types", "limits"),
    [
        ("Positive integer, the size.", ["int"], {"minimum": 1}),
        ("Float in `[0, 1]`. When > 0, labels are smoothed.", ["float"], {"minimum": 0, "maximum": 1}),
        ("Float >= 0. Negative slope.", ["float"], {"minimum": 0}),
        ("Float between 0 and 1, or a tuple of two.", ["float", "list"], {}),
        ("Float. Any.", ["float"], {}),
    ],
)
def test_limits(text, types, limits):
    assert docstrings.limits(text, types) == limits


def test_arguments_of_an_indented_section_with_entries_over_several_lines():
    text = """Makes it.

        Args:
            units: Positive integer,
                the size. For instance:
                - `4`: small.
            low, high: Float. A bound.

        Returns:
            It.

{code at the margin}
"""
    assert docstrings.arguments(text) == {
        "units": "Positive integer, the size. For instance: - `4`: small.",
        "low": "Float. A bound.",
        "high": "Float. A bound.",
    }


def test_summary_is_the_first_sentence_that_says_more_than_a_type():
    assert (
        docstrings.summary("Float. If set, `x` is clipped, e.g. to 1. And more.")
        == "Float. If set, x is clipped, e.g. to 1."
    )
    assert docstrings.summary("(Optional) string name of the metric instance. It is shown.") == (
        "String name of the metric instance."
    )
    assert docstrings.summary(None) == ""
