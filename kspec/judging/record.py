"""What was found out, as values of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kspec.judging.curves import Curve, foremost, thinned
from kspec.judging.mistakes import Mistakes
from kspec.judging.reports import ClassReport, Report

_POINTS = 200
_DIGITS = 6


def report_record(report: Report) -> dict[str, Any]:
    """Return everything that a report says. Curves have fewer points, and of many classes the worst have one."""
    head = {
        "kind": report.kind,
        "samples": report.samples,
        **({"steps_of_a_row": report.steps} if report.steps > 1 else {}),
        "weighted": report.weighted,
        "numbers": dict(report.numbers),
    }
    notes = {"notes": list(report.notes)} if report.notes else {}
    if not isinstance(report, ClassReport):
        targets = [
            {
                "name": target.name,
                **target.numbers,
                "residuals": {"edges": target.edges.tolist(), "counts": target.counts.tolist()},
            }
            for target in report.targets
        ]
        return {**head, "targets": targets, **notes}
    confusion = {}
    if report.confusion is not None:
        confusion = {"confusion": {"classes": list(report.names), "counts": report.confusion.tolist()}}
    return {
        **head,
        "averages": {kind: dict(scores) for kind, scores in report.averages.items()},
        "classes": [asdict(score) for score in report.classes],
        **confusion,
        "calibration": [asdict(found) for found in report.calibration],
        "roc": _curves(report.roc),
        "precision_recall": _curves(report.precision_recall),
        **notes,
    }


def mistakes_record(mistakes: Mistakes) -> dict[str, Any]:
    """Return how many mistakes there are, and the worst of them, a mapping each."""
    rows = [dict(zip(mistakes.columns, row, strict=True)) for row in mistakes.rows]
    return {"total": mistakes.total, "worst": rows}


def _curves(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    found = []
    for curve in foremost(curves):
        x, y = thinned(curve.x, curve.y, _POINTS)
        found.append(
            {"name": curve.name, "area": curve.area, "x": x.round(_DIGITS).tolist(), "y": y.round(_DIGITS).tolist()}
        )
    return found
