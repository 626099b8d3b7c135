"""The page of the diagnostics as data."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kspec.spec import codes as module
from kspec.spec.codes import PAGE, codes, read_codes

ROOT = Path(__file__).parents[2]
HEAD = "## Names\n\n| code | what it means | for example | cure |\n|---|---|---|---|\n"


def test_a_row_is_a_code_with_what_is_said_of_it() -> None:
    row = "| `bad-name` | cannot be one | `a \\| b`, see [names](spec.md#names) | another |\n"
    (code,) = read_codes(f"## The text\n{HEAD}{row}").values()
    assert (code.name, code.stage) == ("bad-name", "Names")
    assert (code.meaning, code.example, code.cure) == ("cannot be one", "`a | b`, see names", "another")


@pytest.mark.parametrize(
    "row",
    [
        "| `bad-name` | cannot be one | another |",
        "| `bad-name` | cannot be one | `a | b` | another |",
        "| `Bad_Name` | cannot be one | | another |",
        "| `bad-name` | one | | |\n| `bad-name` | once more | | |",
    ],
    ids=["too few cells", "too many cells", "no code", "twice"],
)
def test_other_rows_are_refused_with_their_line(row: str) -> None:
    with pytest.raises(ValueError, match=rf"{PAGE}:[67]: "):
        read_codes(f"\n{HEAD}{row}\n")


def test_the_page_is_read() -> None:
    found = codes()
    assert found["unknown-argument"].example == "`Dense: {unit: 10}`"
    assert found["tab"].stage == "The text"
    assert all(code.meaning and code.cure for code in found.values())


def test_a_wheel_carries_the_page_where_it_is_looked_for() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert f"docs/{PAGE}" in wheel["only-include"]
    assert ROOT / wheel["sources"]["docs"] == Path(module.__file__).parent
