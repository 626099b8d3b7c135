"""YAML that is written for a reader reads back as what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kspec.commands.starters.sheet import WIDTH, Sheet, listing, scalar
from kspec.spec.reading import read_text

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


def read(text):
    document = read_text("sheet", text)
    assert document.problems == []
    return document.data()


@given(TEXTS)
def test_any_text_reads_back_wherever_it_stands(text):
    assert read(f"a: {scalar(text)}\nb: [{scalar(text)}, x]\nc: {{d: {scalar(text)}}}\n") == {
        "a": text,
        "b": [text, "x"],
        "c": {"d": text},
    }


@pytest.mark.parametrize(
    "text", ["bill_length_mm", "weight kg", "Größe", "a/b", "p-1", "yes", "../a b/c.csv", "/data/c.csv"]
)
def test_plain_names_stay_plain(text):
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text", ["null", "1", "1e3", "", "true", "a: b", "x #y", "- z", " a", "a ", "[b]", "$(c)", "~", "...", "a:b", "2nd"]
)
def test_what_yaml_reads_otherwise_is_quoted(text):
    assert scalar(text) == f'"{text}"'


@given(st.lists(TEXTS, min_size=1, max_size=60), st.integers(0, 4), TEXTS)
def test_lists_of_any_length_read_back(names, depth, remark):
    sheet = Sheet()
    for level in range(depth):
        sheet.line(level, f"k{level}:")
    sheet.names(depth, "names", names, remark)
    found = read(str(sheet))
    for level in range(depth):
        found = found[f"k{level}"]
    assert found == {"names": names}


def test_long_lists_hang_under_their_bracket():
    sheet = Sheet()
    sheet.names(1, "field", [f"column_{number:03}" for number in range(30)], "why")
    lines = str(sheet).splitlines()
    assert lines[0] == "  # why"
    assert lines[1].startswith("  field: [column_000, column_001,")
    assert all(line.startswith("          column_") for line in lines[2:])
    assert lines[-1].endswith("column_029]")
    assert max(map(len, lines)) <= WIDTH


def test_a_remark_stands_beside_a_line_if_there_is_room():
    sheet = Sheet()
    sheet.line(0, "a: 1", "short")
    sheet.line(1, "b: 2", "long " * 22)
    sheet.remark(0, "point " * 25, "- ")
    lines = str(sheet).splitlines()
    assert lines[0] == "a: 1".ljust(44) + "  # short"
    assert [line[:6] for line in lines[1:4]] == ["  # lo", "  b: 2", "# - po"]
    assert lines[4].startswith("#   point")
    assert max(map(len, lines)) <= WIDTH


def test_a_listing_names_the_first_few():
    assert listing(["a"]) == "`a`"
    assert listing(["a", "b", "c"]) == "`a`, `b` and `c`"
    assert listing("abcdefg") == "`a`, `b`, `c`, `d` and 3 more"
    assert listing(["x" * 60]) == f"`{'x' * 39}…`"
    assert listing(["a\tb"]) == "`a\\tb`"
