"""Names that differ in their middle only."""

import pytest

from kspec.runs.alike_names import told_apart


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["class 7 of the whole garden", "class 12 of the whole garden"], ["…7…", "…12…"]),
        (["class 31 of the whole garden", "class 38 of the whole garden"], ["…31…", "…38…"]),
        (["garden/plants/rose with thorns", "garden/plants/tulip"], ["…rose with thorns", "…tulip"]),
        (["a very long name of a class: red", "something else altogether: red"], None),
        (["a name of a class that is long", "a name of a class that is long indeed"], ["…long", "…long indeed"]),
        (["a name of a class that is long ", "a name of a class that is long indeed"], None),
        (["class 1 red", "class 2 red"], None),
        (["the only class, with a long name"], None),
        ([], None),
    ],
)
def test_what_all_share_goes_and_what_tells_them_apart_stays(names, shown):
    assert told_apart(names) == (names if shown is None else shown)
    assert len(set(told_apart(names))) == len(set(names))
