"""What judging left in a run's `evaluation/`, for its report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from kspec.runs.folder import RunFolder
from kspec.runs.page import cards, number, picture, table

_PARTS = ("test", "validation", "train")
_LINES = 30
"""Lines of a table of classes or targets; of more, the worst are shown."""

_MISTAKES = 10

_TITLES: Mapping[str, str] = {
    "confusion": "Confusion matrix",
    "roc": "ROC curves",
    "precision_recall": "Precision and recall",
    "calibration": "Calibration",
    "predicted": "Predicted over true values",
    "residuals": "Residuals",
    "mistakes": "Wrong pictures",
}
"""Figures in the order of the page."""


def judged(folder: RunFolder) -> str:
    """Return a section for every part that was judged: numbers, figures, the worst mistakes."""
    records = {path.stem: record for path in folder.evaluation.glob("*.json") if (record := _read(path)) is not None}
    order = [*(part for part in _PARTS if part in records), *sorted(set(records) - set(_PARTS))]
    figures = _figures(folder, order)
    return "\n".join(piece for part in order for piece in _whole_part(part, records[part], figures[part]))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("metrics"), dict) else None


def _figures(folder: RunFolder, parts: Sequence[str]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {part: [] for part in parts}
    for path in sorted(folder.evaluation.glob("*.png")):
        # A file may be called as a part and more: the longest name is meant.
        owners = [part for part in parts if path.stem.startswith(f"{part}-")]
        if owners:
            found[max(owners, key=len)].append(path)
    return found


def _whole_part(part: str, record: Mapping[str, Any], figures: Sequence[Path]) -> list[str]:
    """Return the pieces of a section, or that its file is not what judging wrote."""
    try:
        return list(_part(part, record, figures))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        words = f"evaluation/{part}.json is damaged: kspec evaluate writes it anew"
        return [f'<div class="notice" role="note">{escape(words)}</div>']


def _part(part: str, record: Mapping[str, Any], figures: Sequence[Path]) -> Iterator[str]:
    last = ", last state of the model" if record.get("state") == "last" else ""
    title = part.capitalize() if part in _PARTS else part
    yield f"<h2>{escape(title)}: {record.get('rows', 0):,} rows{last}</h2>"
    yield cards((number(value), name) for name, value in record["metrics"].items())
    for name, reason in record.get("unjudged", {}).items():
        yield f'<div class="notice" role="note">{escape(name)}: {escape(reason)}</div>'
    outputs = record.get("outputs", {})
    for name, found in outputs.items():
        if len(outputs) > 1:
            yield f"<h3>{escape(name)}</h3>"
        yield from (f'<div class="notice" role="note">{escape(note)}</div>' for note in found.get("notes", ()))
        numbers = {key: value for key, value in found["numbers"].items() if key not in record["metrics"]}
        yield cards((number(value), _words(key)) for key, value in numbers.items())
        yield _classes(found) if "classes" in found else _targets(found)
    for report, title in _TITLES.items():
        for path in figures:
            name = path.stem.removeprefix(f"{part}-")
            if name == report or name.startswith(f"{report}-"):
                words = title + (f": {name.removeprefix(f'{report}-')}" if name != report else "")
                yield f"<h3>{escape(words)}</h3>\n{picture(path, f'{words}, {part} rows')}"
    for name, found in outputs.items():
        if worst := found.get("mistakes", {}).get("worst"):
            several = f" of {name}" if len(outputs) > 1 else ""
            yield f"<h3>Worst mistakes{escape(several)}, of {found['mistakes']['total']:,}</h3>"
            yield table(list(worst[0]), [[_cell(cell) for cell in row.values()] for row in worst[:_MISTAKES]])


def _classes(found: Mapping[str, Any]) -> str:
    scores = found["classes"]
    if len(scores) > _LINES:
        scores = sorted(scores, key=lambda score: score["f1"] or 0.0)[:_LINES]
    keys = [key for key in ("precision", "recall", "f1", "support", "roc_auc", "average_precision")
            if any(score.get(key) is not None for score in scores)]  # fmt: skip
    rows = [[score["name"], *(_score(key, score.get(key)) for key in keys)] for score in scores]
    rows += [[f"{kind} mean", *(_score(key, averages.get(key)) for key in keys)]
             for kind, averages in found["averages"].items()]  # fmt: skip
    return table(["class" if found["kind"] == "classes" else "label", *map(_words, keys)], rows)


def _targets(found: Mapping[str, Any]) -> str:
    targets = found["targets"]
    if len(targets) < 2:
        return ""
    if len(targets) > _LINES:
        targets = sorted(targets, key=lambda target: target.get("r2", float("-inf")))[:_LINES]
    keys = [key for key in targets[0] if key not in ("name", "residuals")]
    rows = [[target["name"], *(_score(key, target.get(key)) for key in keys)] for target in targets]
    return table(["target", *map(_words, keys)], rows)


def _score(key: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if key == "support" else number(value)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    return "" if value is None else str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")
