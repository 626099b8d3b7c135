from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from kspec.console.columns import Column, fits, lay_out
from kspec.console.figures import clock_time, duration, metric_value, rate
from kspec.console.printable import cut, expand, visible


def plain(columns: list[Column], width: int) -> list[str]:
    return [line.plain for line in lay_out(columns, width)]


def columns() -> list[Column]:
    return [
        Column("name", [Text("a-long-name-7"), Text("b")], least=8, lose="middle"),
        Column("value", [Text("1.5"), Text("22")], right=True),
        Column("trend", [Text("abcdefgh"), Text("xy")], least=4, drop=1, lose="start"),
    ]


def test_columns_shrink_before_they_go() -> None:
    assert plain(columns(), 40)[1] == "a-long-name-7    1.5  abcdefgh"
    assert plain(columns(), 27)[1] == "a-long-name-7    1.5  defgh"
    assert plain(columns(), 22) == ["name       value  tre…", "a-long…-7    1.5  efgh", "b             22  xy"]
    assert plain(columns(), 19) == ["name          value", "a-long-n…e-7    1.5", "b                22"]


def test_what_has_no_room_at_all_is_cut() -> None:
    assert all(line.cell_len <= 9 for line in lay_out(columns(), 9))
    assert not fits(columns(), 9)
    assert fits(columns(), 40)


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.integers(1, 60), st.integers(0, 3))
def test_no_line_is_wider_than_the_screen(cells: list[str], width: int, drop: int) -> None:
    texts = [Text(visible(cell)) for cell in cells]
    table = [Column("first", texts, least=3), Column("second", texts, right=True, wide=9, drop=drop)]
    assert all(line.cell_len <= width for line in lay_out(table, width))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.32504, "0.3250"),
        (-12.5, "-12.5000"),
        (4321.987, "4321.99"),
        (1.234e9, "1.23e+09"),
        (1e-7, "1.00e-07"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_metric_values(value: float, text: str) -> None:
    assert metric_value(value) == text


def test_times_and_rates() -> None:
    assert [clock_time(s) for s in (0, 59.6, 3723, None, math.nan)] == ["0:00", "1:00", "1:02:03", "-:--", "-:--"]
    assert [duration(s) for s in (2.06, 59.94, 59.96, 72)] == ["2.1s", "59.9s", "1:00", "1:12"]
    assert [rate(r) for r in (48211.4, 3.14)] == ["48,211 rows/s", "3.1 rows/s"]


def test_what_would_move_or_reorder_is_escaped() -> None:
    assert visible("a\x1b[0m\n\u202eb\x9b\ud800") == "a\\x1b[0m\\n\\u202eb\\x9b\\ud800"
    assert visible("größe 数値 👩‍👩‍👧") == "größe 数値 👩‍👩‍👧"


def test_tabs_go_to_the_next_stop() -> None:
    assert expand("\ta\tbcd\te") == "    a   bcd e"
    assert expand("\tx", at=3) == " x"


def test_cutting_counts_cells() -> None:
    assert cut("数値数値", 5) == "数値…"
    assert cut("数値数値", 8) == "数値数値"
    assert cut("数値数値", 4) == "数…"
    assert cut("abc", 0) == ""
