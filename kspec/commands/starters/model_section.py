"""The `model` section of a spec for a table."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.commands.starters.feeds import Feed
from kspec.commands.starters.heads import Head
from kspec.commands.starters.plan import TablePlan
from kspec.commands.starters.sheet import Sheet
from kspec.commands.starters.sizes import Sizes

HIDDEN = "hidden"
"""Name of the last step that all outputs share."""


def write_model(sheet: Sheet, plan: TablePlan, feeds: Sequence[Feed], heads: Sequence[Head], sizes: Sizes) -> None:
    """Add the section.

    Args:
        sheet: Where to.
        plan: What the spec is to say.
        feeds: The inputs.
        heads: The outputs.
        sizes: Sizes of the hidden layers.
    """
    sheet.line(0, "model:")
    if len(feeds) > 1:
        sheet.line(1, "inputs:", "their shapes are taken from the data")
        for feed in feeds:
            sheet.line(2, f"{feed.name}: {{}}")
        sheet.space()
    sheet.line(1, "layers:")
    if plan.every:
        sheet.line(2, "- Normalization", "each column to mean 0 and variance 1, as learnt from the training rows")
    for feed in feeds:
        _first_steps(sheet, feed, several=len(feeds) > 1)
    if len(feeds) > 1:
        sheet.line(2, "- Concatenate:", "all that is known of a row, side by side")
        sheet.names(3, "from", (feed.result for feed in feeds))
    _hidden(sheet, plan, sizes, named=len(heads) > 1)
    for head in heads:
        _last_steps(sheet, head, several=len(heads) > 1)
    if len(heads) > 1:
        sheet.space()
        sheet.names(1, "outputs", (head.name for head in heads))


def _first_steps(sheet: Sheet, feed: Feed, *, several: bool) -> None:
    for place, (layer, remark) in enumerate(feed.steps):
        first, last = place == 0, place == len(feed.steps) - 1
        beside = []
        if several and first:
            beside.append(f"from: {feed.name}")
        if several and last:
            beside.append(f"name: {feed.vector}")
        sheet.line(2, f"- {layer}{':' if beside and ':' not in layer else ''}", remark)
        for key in beside:
            sheet.line(3, key)
    if several and feed.steps:
        sheet.space()


def _hidden(sheet: Sheet, plan: TablePlan, sizes: Sizes, *, named: bool) -> None:
    for place, units in enumerate(sizes.units):
        remark = "" if place else f"for {plan.rows:,} rows a {sizes.word} model; more units need more rows"
        sheet.line(2, f"- Dense: {{units: {units}, activation: relu}}", remark)
        if not place:
            sheet.line(2, f"- Dropout: {sizes.dropout}", "while training, so that no value is relied upon alone")
    if named:
        sheet.line(3, f"name: {HIDDEN}")


def _last_steps(sheet: Sheet, head: Head, *, several: bool) -> None:
    if several:
        sheet.space()
    for place, (layer, remark) in enumerate(head.steps):
        sheet.line(2, f"- {layer}", remark)
        if several and place == 0:
            sheet.line(3, f"from: {HIDDEN}")
        if several and place == len(head.steps) - 1:
            sheet.line(3, f"name: {head.name}")
