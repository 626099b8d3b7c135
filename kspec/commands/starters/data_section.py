"""The `data` section of a spec for a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kspec.commands.starters.feeds import Feed
from kspec.commands.starters.heads import Head
from kspec.commands.starters.plan import TablePlan
from kspec.commands.starters.sheet import Sheet, listing, scalar, shown
from kspec.commands.starters.targets import Target
from kspec.data.sources.csv_file import MISSING

_MOST_REASONS = 20
"""Columns that are left out for which the reason is given."""
_MOST_CLASSES = 6
"""Classes up to which each is named with its rows."""


def write_data(
    sheet: Sheet, plan: TablePlan, feeds: Sequence[Feed], heads: Sequence[Head], paths: Sequence[str]
) -> None:
    """Add the section.

    Args:
        sheet: Where to.
        plan: What the spec is to say.
        feeds: The inputs.
        heads: The outputs.
        paths: Paths of the table's files, relative to where the spec will lie.
    """
    sheet.line(0, "data:")
    _source(sheet, plan, paths)
    sheet.remark(1, "`test: {csv: FILE}` with rows that are never trained on would give an honest last word.")
    if plan.left_out:
        sheet.space()
        sheet.remark(1, "Not fed to the model:")
        for column in plan.left_out[:_MOST_REASONS]:
            sheet.remark(1, f"{shown(column.name)} {column.why}", "- ")
        if len(plan.left_out) > _MOST_REASONS:
            sheet.remark(1, f"{len(plan.left_out) - _MOST_REASONS:,} more", "- ")
    sheet.space()
    _inputs(sheet, plan, feeds)
    sheet.space()
    _targets(sheet, heads)


def _source(sheet: Sheet, plan: TablePlan, paths: Sequence[str]) -> None:
    arguments = dict(plan.table.arguments)
    unread = [*(column.name for column in plan.left_out), *plan.unasked]
    if plan.every and unread:
        arguments["without"] = [*arguments.get("without", ()), *unread]
    every = plan.rows + plan.dropped
    remark = f"{every:,} rows; a path is relative to this file"
    if set(arguments) == {"path"} and len(paths) == 1:
        sheet.line(1, f"train: {{csv: {scalar(paths[0])}}}", remark)
        return
    sheet.line(1, "train:")
    sheet.line(2, "csv:")
    if len(paths) == 1:
        sheet.line(3, f"path: {scalar(paths[0])}", remark)
    else:
        sheet.names(3, "path", paths, remark)
    remarks = {
        "missing": f"what stands for no value, {_found_signs(arguments)} too",
        "text": "read as text: labels and codes, no quantities",
        "without": "not read at all",
        "drop_missing": f"{plan.dropped:,} of the rows lack what is to be predicted, and are left out",
    }
    for name, value in arguments.items():
        if isinstance(value, list | tuple) and name != "path":
            sheet.names(3, name, value, remarks.get(name, ""))
        elif name != "path":
            sheet.line(3, f"{name}: {scalar(value) if isinstance(value, str) else str(value).lower()}")


def _found_signs(arguments: dict[str, Any]) -> str:
    return listing(sign for sign in arguments.get("missing", ()) if sign not in MISSING)


def _inputs(sheet: Sheet, plan: TablePlan, feeds: Sequence[Feed]) -> None:
    if plan.every:
        sheet.remark(1, f"Without `inputs`, every other column goes in: {len(plan.columns):,} numbers, side by side.")
    elif len(feeds) == 1:
        sheet.line(1, "inputs:")
        _field(sheet, 2, feeds[0])
    else:
        sheet.line(1, "inputs:", "by the names under `model.inputs`")
        for feed in feeds:
            sheet.line(2, f"{feed.name}:")
            _field(sheet, 3, feed)


def _field(sheet: Sheet, depth: int, feed: Feed) -> None:
    if len(feed.columns) == 1:
        sheet.line(depth, f"field: {scalar(feed.columns[0])}")
    else:
        sheet.names(depth, "field", feed.columns)
    if feed.gaps:
        lacking = f"{feed.gaps:,} are missing" if feed.gaps > 1 else "one is missing"
        sheet.line(depth, "missing: mean", f"{lacking}: the mean of the training rows stands in")
    sheet.line(depth, f"preprocess: [{feed.inline}]", feed.remark)


def _targets(sheet: Sheet, heads: Sequence[Head]) -> None:
    if len(heads) == 1:
        (head,) = heads
        if len(head.targets) == 1:
            sheet.line(1, f"targets: {scalar(head.targets[0].name)}", _described(head.targets[0]))
        else:
            sheet.names(
                1, "targets", (target.name for target in head.targets), "quantities of a like scale, side by side"
            )
        return
    sheet.line(1, "targets:", "by the names under `model.outputs`")
    for head in heads:
        sheet.line(2, f"{head.name}: {scalar(head.targets[0].name)}", _described(head.targets[0]))


def _described(target: Target) -> str:
    if not target.classes:
        return f"a quantity: {target.low:.4g} to {target.high:.4g}, on average {target.mean:.4g}"
    shares = ", ".join(f"{shown(label)} {count:,}" for label, count in target.classes[:_MOST_CLASSES])
    more = f", and {len(target.classes) - _MOST_CLASSES} more" if len(target.classes) > _MOST_CLASSES else ""
    return f"{len(target.classes)} classes, with their rows: {shares}{more}"
