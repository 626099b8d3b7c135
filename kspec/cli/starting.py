"""What `kspec init` asks, and what it shows when it is done."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from kspec.commands.init import AskTarget, Starter
from kspec.commands.starters.plan import TablePlan
from kspec.commands.starters.targets import Target
from kspec.commands.starters.templates import all_templates
from kspec.console.asking import ask, can_ask, list_answers
from kspec.console.choose import make_console
from kspec.console.result import Started
from kspec.console.starting import show_started, show_templates


def choose_template(*, as_json: bool) -> str | None:
    """List the templates and return the one that is chosen, or None where nobody can be asked."""
    templates = [(template.name, template.summary) for template in all_templates()]
    if as_json:
        found = [{"template": name, "summary": summary} for name, summary in templates]
        sys.stdout.write(json.dumps({"templates": found}, indent=2, ensure_ascii=False) + "\n")
        return None
    console = make_console(stderr=True)
    if can_ask(console):
        show_templates(templates, console, numbered=True)
        return ask("Which one?", [name for name, _ in templates], console)
    console = make_console()
    show_templates(templates, console)
    console.print("\nkspec init TEMPLATE writes one, kspec init CSV or FOLDER one for your data", soft_wrap=True)
    return None


def target_asker(table: str) -> AskTarget | None:
    """Return what asks for the column to predict, or None where nobody can be asked."""
    console = make_console(stderr=True)
    if not can_ask(console):
        return None

    def ask_target(columns: Sequence[str]) -> str | None:
        list_answers(columns, console)
        return ask(f"Which column of {Path(table).name} is to be predicted?", columns, console)

    return ask_target


def show_starter(starter: Starter, *, as_json: bool) -> None:
    """Show what was written: on standard output the spec itself, if it was asked for there."""
    if as_json:
        sys.stdout.write(json.dumps(_record(starter), indent=2, ensure_ascii=False) + "\n")
    elif starter.path is None:
        sys.stdout.write(starter.text)
    else:
        show_started(_started(starter), make_console())


def _started(starter: Starter) -> Started:
    plan = starter.plan
    facts: list[tuple[str, str]] = []
    if plan is not None:
        for number, target in enumerate(plan.targets):
            facts.append(("predicts" if not number else "", f"{target.name}: {_described(target)}"))
        rows = f"{plan.rows:,} rows" + (f", {plan.dropped:,} left out for want of a target" if plan.dropped else "")
        facts.append(("from", f"{plan.counted}, {rows}"))
    if (folder := starter.folder) is not None:
        facts.append(("predicts", f"{folder.target.name}: {_described(folder.target)}"))
        height, width = folder.size
        kind = "grey images" if folder.grey else "images"
        counted = ", ".join(f"{part} {rows:,}" for part, rows in folder.rows.items())
        facts.append(("from", f"{kind} of {height} by {width}: {counted}"))
    if starter.schema is not None:
        facts.append(("editor", f"{starter.schema} lets editors complete, explain and check specs"))
    unused = tuple((column.name, column.why) for column in plan.left_out) if plan else ()
    return Started(str(starter.path), tuple(facts), unused, starter.next_commands)


def _described(target: Target) -> str:
    return (
        f"{len(target.classes)} classes" if target.classes else f"a quantity from {target.low:.4g} to {target.high:.4g}"
    )


def _record(starter: Starter) -> dict[str, object]:
    record: dict[str, object] = {
        "path": str(starter.path) if starter.path else None,
        "template": starter.template,
        "schema": str(starter.schema) if starter.schema else None,
        "next": list(starter.next_commands),
    }
    if starter.path is None:
        record["text"] = starter.text
    if starter.plan is not None:
        record |= _seen(starter.plan)
    if starter.folder is not None:
        folder = starter.folder
        record |= {"images": dict(folder.rows), "classes": dict(folder.target.classes), "size": list(folder.size)}
    return record


def _seen(plan: TablePlan) -> dict[str, object]:
    return {
        "rows": plan.rows,
        "dropped_rows": plan.dropped,
        "targets": [
            {
                "column": target.name,
                "kind": "classes" if target.classes else "quantity",
                "classes": dict(target.classes),
            }
            for target in plan.targets
        ],
        "inputs": [{"column": column.name, "kind": column.use} for column in plan.columns],
        "unused": [{"column": column.name, "why": column.why} for column in plan.left_out],
    }
