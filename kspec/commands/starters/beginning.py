"""How a spec begins that was made for some data."""

from __future__ import annotations

from kspec.commands.starters.sheet import Sheet, plain, scalar

_SEED = 7


def write_beginning(sheet: Sheet, what: str, *, name: str, made_by: str, trains: str) -> None:
    """Add what the spec is, how it is trained and where it comes from, its name and its seed.

    Args:
        sheet: Where to.
        what: What the spec is, as a sentence.
        name: What its runs are to be called.
        made_by: The command that made it, and from what.
        trains: The command that trains it.
    """
    sheet.remark(0, what)
    sheet.line(0, "#")
    sheet.line(0, f"#   {plain(trains)}")
    sheet.line(0, "#")
    sheet.remark(0, f"Made by {made_by}: a place to begin. Remarks say why.")
    sheet.space()
    sheet.line(0, f"name: {scalar(name)}", "names the run folders")
    sheet.line(0, f"seed: {_SEED}", "the same seed, the same history")
    sheet.space(2)
