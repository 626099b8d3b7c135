"""What judging found, as files of the run's `evaluation/`."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kspec.commands.judging import Judgement
from kspec.judging.mistakes import Mistakes
from kspec.judging.record import mistakes_record, report_record
from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.runs.strict_json import strict
from kspec.spec.sections import REPORTS
from kspec.spec.spec import Spec


def judgement_record(found: Judgement, part: str) -> dict[str, Any]:
    """Return everything that was found, as values of strict JSON.

    Args:
        found: What was found.
        part: The part that was judged.
    """
    outputs: dict[str, dict[str, Any]] = {}
    for name, report in found.reports.items():
        outputs[name] = report_record(report)
        if name in found.mistakes:
            outputs[name]["mistakes"] = mistakes_record(found.mistakes[name])
    record: dict[str, Any] = {
        "part": part,
        "state": "last" if found.last else "best",
        "rows": found.rows,
        "metrics": dict(found.metrics),
        "outputs": outputs,
    }
    if found.unjudged:
        record["unjudged"] = dict(found.unjudged)
    checked: dict[str, Any] = strict(record)
    return checked


def json_text(value: Any, indent: str = "", *, ascii_only: bool = False) -> str:
    """Return a value as JSON, in lines, with values that stand side by side in one.

    Args:
        value: The value, of strict JSON.
        indent: Blanks before every line but the first.
        ascii_only: Whether other letters are escaped.
    """
    if not isinstance(value, dict | list) or not any(isinstance(item, dict | list) for item in _items(value)):
        return json.dumps(value, ensure_ascii=ascii_only)
    inner = indent + "  "
    pieces = [json_text(item, inner, ascii_only=ascii_only) for item in _items(value)]
    if isinstance(value, dict):
        keys = (json.dumps(key, ensure_ascii=ascii_only) for key in value)
        pieces = [f"{key}: {piece}" for key, piece in zip(keys, pieces, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = ",".join(f"\n{inner}{piece}" for piece in pieces)
    return f"{opening}{lines}\n{indent}{closing}"


def _items(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def write_judgement(
    folder: RunFolder, part: str, found: Judgement, spec: Spec, *, figures: bool = True, notice: str | None = None
) -> list[str]:
    """Write what was found of a part, in place of what was found of it before.

    Args:
        folder: The run.
        part: The part, which names the files.
        found: What was found.
        spec: The spec, which says which figures and lists there are to be.
        figures: Whether figures are drawn.
        notice: What the reader of a figure must not miss.

    Returns:
        What went wrong with the figures. A picture that cannot be drawn is no reason to stop.
    """
    folder.evaluation.mkdir(exist_ok=True)
    atomic.write_text(folder.evaluation / f"{part}.json", json_text(judgement_record(found, part)) + "\n")
    for name in spec.graph.outputs:
        for report in REPORTS:
            for several, ending in itertools.product((False, True), ("png", "csv")):
                _path(folder, part, report, name, ending, several=several).unlink(missing_ok=True)
    several = len(found.reports) + len(found.unjudged) > 1
    wanted = (REPORTS if spec.evaluate.reports is None else spec.evaluate.reports) if figures else ()
    faults = []
    for name in found.reports:
        if name in found.mistakes:
            path = _path(folder, part, "mistakes", name, "csv", several=several)
            atomic.write_text(path, _csv(found.mistakes[name]))
        for report in (report for report in REPORTS if report in wanted):
            title = f"{folder.name}{', last state,' if found.last else ''} on the {part} rows"
            title += f": {name}" if several else ""
            path = _path(folder, part, report, name, "png", several=several)
            try:
                _draw(report, found, name, title=title, path=path, notice=notice)
            except (OSError, ValueError) as error:
                faults.append(f"`{path.name}` could not be drawn: {error}")
    return faults


def _draw(report: str, found: Judgement, name: str, *, title: str, path: Path, notice: str | None) -> None:
    from kspec.plots.figures import FIGURES, draw_wrong_pictures

    if report == "mistakes":
        if name in found.mistakes:
            draw_wrong_pictures(found.reports[name], found.mistakes[name], title=title, paths=[path], notice=notice)
        return
    fits, draw = FIGURES[report]
    if fits(found.reports[name]):
        draw(found.reports[name], title=title, paths=[path], notice=notice)


def _path(folder: RunFolder, part: str, report: str, name: str, ending: str, *, several: bool) -> Path:
    return folder.evaluation / f"{part}-{report}{f'-{name}' if several else ''}.{ending}"


def _csv(mistakes: Mistakes) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(mistakes.columns)
    writer.writerows(mistakes.rows)
    return out.getvalue()
