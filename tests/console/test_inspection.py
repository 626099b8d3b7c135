"""The data of a spec on screen."""

from golden_screens import screen

from kspec.console.inspection import show_inspection
from kspec.runs.inspection import Inspection, PartProfile


def test_where_rows_come_from_is_told_to_its_end_on_a_narrow_screen():
    parts = {name: PartProfile(name=name, rows=40, repeated=0, shared=None, fields={}) for name in ("train", "test")}
    origin = {"train": "/data/of-the-team/churn.csv, without 132 of its rows", "test": "b.csv"}
    found = Inspection("churn", origin, parts, {}, ())
    shown = screen(lambda console: show_inspection(found, console), 60)
    said = " ".join(shown.split())
    assert f"train from {origin['train']}" in said
    assert "test from b.csv" in said
