"""The text of a spec for a table."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.commands.starters.beginning import write_beginning
from kspec.commands.starters.data_section import write_data
from kspec.commands.starters.feeds import make_feeds
from kspec.commands.starters.heads import make_heads
from kspec.commands.starters.model_section import HIDDEN, write_model
from kspec.commands.starters.names import StepNames
from kspec.commands.starters.plan import TablePlan
from kspec.commands.starters.sheet import Sheet, listing, shown
from kspec.commands.starters.sizes import sizes_for
from kspec.commands.starters.training_sections import write_compile, write_fit


def table_spec(plan: TablePlan, *, name: str, made_by: str, trains: str, paths: Sequence[str]) -> str:
    """Return a spec for a table, with remarks that say why each choice was made.

    Args:
        plan: What it is to say.
        name: What its runs are to be called.
        made_by: The command that makes it.
        trains: The command that trains it.
        paths: Paths of the table's files, relative to where the spec will lie.
    """
    names = StepNames()
    names.give(HIDDEN)
    heads = make_heads(plan.targets, names)
    feeds = [] if plan.every else make_feeds(plan, names)
    sizes = sizes_for(plan.rows)
    sheet = Sheet()
    targets = listing(target.name for target in plan.targets)
    what = f"{targets} of {shown(plan.table.file)} from {plan.counted}, learnt from {plan.rows:,} rows."
    write_beginning(sheet, what, name=name, made_by=f"`{made_by}` from a look at the columns", trains=trains)
    write_data(sheet, plan, feeds, heads, paths)
    sheet.space(2)
    write_model(sheet, plan, feeds, heads, sizes)
    sheet.space(2)
    write_compile(sheet, heads, sizes)
    sheet.space(2)
    write_fit(sheet, plan.rows, heads, sizes)
    return str(sheet)
