"""Specs that are made for tables: letter by letter for a few, and right for any."""

import os
import string
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import boxes, pixels, shop, write

import kspec
from kspec.commands.init import init_table
from kspec.spec.problems import SpecError

GOLDEN = Path(__file__).parent / "golden"
MADE = {
    "every_kind": (shop, {"targets": ["outcome"]}),
    "a_quantity": (shop, {"targets": ["price"], "inputs": ["stars", "weight kg", "mostly"]}),
    "one_text": (shop, {"targets": ["outcome"], "inputs": ["review"]}),
    "numbers_only": (boxes, {"targets": ["grade"], "drop": ["kind"]}),
    "several_kinds": (boxes, {"targets": ["size", "cost", "kind", "sort"]}),
    "side_by_side": (boxes, {"targets": ["size", "width"], "inputs": ["a", "kind"]}),
    "wide": (pixels, {"targets": ["label"]}),
    "wide_regress": (pixels, {"targets": ["label"], "task": "regress", "drop": ["p7"]}),
}


@pytest.mark.parametrize("name", MADE)
def test_a_spec_for_a_table(name, tmp_path, monkeypatch):
    make, options = MADE[name]
    monkeypatch.chdir(tmp_path)
    Path("kspec.schema.json").touch()
    write(make(), Path("table.csv"))
    text = init_table("table.csv", "made.yaml", **options).text
    path = GOLDEN / f"{name}.yaml"
    if os.environ.get("KSPEC_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert kspec.validate("made.yaml", static=True) == []


CELLS = {
    "numbers": st.floats(-1e3, 1e3).map(repr) | st.integers(-(10**6), 10**6).map(str),
    "any numbers": st.floats(allow_nan=False).map(repr) | st.integers(-(2**70), 2**70).map(str),
    "codes": st.integers(-1, 4).map(str),
    "truths": st.sampled_from(["true", "false"]),
    "words": st.text(string.ascii_lowercase + " äß,", max_size=30),
    "dates": st.dates().map(str),
    "text": st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8),
    "gaps": st.sampled_from(["", "?", "NA", "1", "2.5"]),
}
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=8) | st.sampled_from(
    ["x", "y", "name", "input", "Dense", "numbers", "hidden", "$(a)", "a b", "null", "1"]
)


@st.composite
def tables(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique_by=str.strip))
    rows = draw(st.sampled_from([3, 25, 40, 60]))
    kinds = [draw(st.sampled_from(list(CELLS))) for _ in names]
    some = [
        draw(st.lists(CELLS[kind], min_size=2 if row % 3 else 1, max_size=12, unique=True))
        for row, kind in enumerate(kinds)
    ]
    columns = [[values[row % len(values)] for row in range(rows)] for values in some]
    return names, columns, draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))


KNOWN = {"bad-data", "bad-target", "missing-input", "too-few-rows", "unknown-field"}


@given(tables())
@settings(max_examples=300, deadline=None)
def test_any_table_gives_a_spec_that_is_right_or_a_diagnostic(table):
    names, columns, targets = table
    with TemporaryDirectory() as folder:
        Path(folder, "kspec.schema.json").touch()
        path = Path(folder, "t.csv")
        write(dict(zip(names, columns, strict=True)), path)
        spec = Path(folder, "t.yaml")
        try:
            made = init_table(str(path), str(spec), targets=[target.strip() for target in targets])
        except SpecError as error:
            assert {problem.code for problem in error.problems} <= KNOWN, error
            return
        assert [str(problem) for problem in kspec.validate(spec, static=True)] == []
        assert max(len(line) for line in made.text.splitlines() if not line.lstrip().startswith("#")) < 1000
