"""How well one of several classes is told, or each of several labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from kspec.judging.calibration import Bin, calibration_error, reliability
from kspec.judging.curves import Curve, Ranking, rank
from kspec.judging.reports import ClassReport, ClassScore
from kspec.judging.rows import Array, Floats, Rows

LARGEST = 40_000_000
"""Samples times classes from which on no curves are made: each class wants all samples in another order."""

DRAWN = 100
"""Classes up to which all curves are kept; of more, those of the worst."""

TOP = 5
"""Guesses among which the right class is looked for, where there are more than twice as many classes."""

_TINY = float(np.finfo(np.float64).eps)
Numbers = dict[str, float]


def judge_classes(rows: Rows) -> ClassReport:
    """Return how well the classes or labels of some samples are told, and with what probability.

    Averages are those of scikit-learn's `classification_report`: over the classes that occur, what is not defined
    counting 0. Areas are averaged over the classes for which they are defined.

    Args:
        rows: The samples, of the kind `classes` or `labels`.
    """
    chosen = rows.chosen
    counts = _counts(rows, chosen)
    rankings, notes = _rankings(rows)
    scores = _scores(rows, counts, rankings)
    numbers = _rates(rows, chosen, counts)
    curves: dict[str, tuple[Curve, ...]] = {"roc": (), "precision_recall": ()}
    if rankings:
        curves = {kind: _curves(rows, rankings, kind) for kind in curves}
        numbers |= _areas(rankings)
    del rankings  # as long as the rows
    bins: tuple[Bin, ...] = ()
    if rows.probable:
        bins = _reliability(rows, chosen)
        numbers |= _losses(rows) | {"calibration_error": calibration_error(bins)}
    confusion = None
    if rows.kind == "classes":
        confusion = _table(rows.actual, chosen, len(rows.names), None).astype(np.int64)
    return ClassReport(
        kind=rows.kind,
        samples=rows.samples,
        steps=rows.steps,
        weighted=rows.weights is not None,
        numbers=numbers,
        classes=tuple(score for score, weight in zip(scores, counts.occurring, strict=True) if weight),
        averages=_averages(rows, scores, counts),
        names=rows.names,
        confusion=confusion,
        **curves,
        calibration=bins,
        notes=(*rows.notes, *notes),
    )


class _Counts:
    """Weights of every class or label: how much of it there is, was taken for it, and was so rightly."""

    def __init__(self, right: Floats, there: Floats, taken: Floats, support: Array) -> None:
        self.right, self.there, self.taken, self.support = right, there, taken, support

    @property
    def occurring(self) -> Array:
        return np.asarray((self.there > 0) | (self.taken > 0))


def _counts(rows: Rows, chosen: Array) -> _Counts:
    if rows.kind == "classes":
        table = _table(rows.actual, chosen, len(rows.names), rows.weights)
        support = np.bincount(rows.actual, minlength=len(rows.names))
        return _Counts(np.diag(table), table.sum(axis=1), table.sum(axis=0), support)
    heavy = np.ones(rows.samples) if rows.weights is None else rows.weights
    actual = rows.actual.astype(np.float64)
    support = rows.actual.sum(axis=0).astype(np.int64)
    return _Counts(heavy @ (actual * chosen), heavy @ actual, heavy @ chosen.astype(np.float64), support)


def _table(actual: Array, chosen: Array, classes: int, weights: Floats | None) -> Floats:
    found = np.bincount(actual * classes + chosen, weights, classes * classes)
    return found.reshape(classes, classes).astype(np.float64)


def _scores(rows: Rows, counts: _Counts, rankings: Mapping[int, Ranking]) -> list[ClassScore]:
    scores = []
    for number, name in enumerate(rows.names):
        right, there, taken = counts.right[number], counts.there[number], counts.taken[number]
        ranking = None if rows.two_classes else rankings.get(number)
        scores.append(
            ClassScore(
                name,
                precision=float(right / taken) if taken else None,
                recall=float(right / there) if there else None,
                f1=float(2 * right / (there + taken)) if there + taken else None,
                support=int(counts.support[number]),
                roc_auc=ranking.roc_auc if ranking else None,
                average_precision=ranking.average_precision if ranking else None,
            )
        )
    return scores


def _averages(rows: Rows, scores: Sequence[ClassScore], counts: _Counts) -> dict[str, Numbers]:
    occurring = [int(at) for at in np.flatnonzero(counts.occurring)]
    if not occurring:
        return {}
    weights = {"macro": np.ones(len(occurring)), "weighted": counts.there[occurring]}
    found: dict[str, Numbers] = {}
    for kind, heavy in weights.items():
        if not heavy.sum():
            continue
        found[kind] = {
            key: float(np.average([getattr(scores[at], key) or 0.0 for at in occurring], weights=heavy))
            for key in ("precision", "recall", "f1")
        }
        for key in ("roc_auc", "average_precision"):
            pairs = [(value, weight) for at, weight in zip(occurring, heavy, strict=True)
                     if (value := getattr(scores[at], key)) is not None]  # fmt: skip
            if sum(weight for _, weight in pairs):
                values, shares = zip(*pairs, strict=True)
                found[kind][key] = float(np.average(values, weights=shares))
    if rows.kind == "labels":
        right, there, taken = counts.right.sum(), counts.there.sum(), counts.taken.sum()
        found["micro"] = {
            "precision": float(right / taken) if taken else 0.0,
            "recall": float(right / there) if there else 0.0,
            "f1": float(2 * right / (there + taken)) if there + taken else 0.0,
        }
    return found


def _rates(rows: Rows, chosen: Array, counts: _Counts) -> Numbers:
    if rows.kind == "labels":
        same = chosen == rows.actual
        return {"exact_match": rows.mean(same.all(axis=1)), "hamming_loss": 1 - rows.mean(same.mean(axis=1))}
    there = counts.there > 0
    numbers = {
        "accuracy": float(counts.right.sum() / counts.there.sum()),
        "balanced_accuracy": float(np.mean(counts.right[there] / counts.there[there])),
    }
    if len(rows.names) > 2 * TOP:
        before = (rows.predicted > rows.score_of(rows.actual)[:, np.newaxis].astype(rows.predicted.dtype)).sum(axis=1)
        numbers[f"top_{TOP}_accuracy"] = rows.mean(before < TOP)
    return numbers


def _losses(rows: Rows) -> Numbers:
    """Return the logarithmic loss and the Brier score, the latter halved for two classes as is the custom."""
    if rows.kind == "labels":
        losses, squares = [], []
        for number in range(len(rows.names)):
            likely, actual = rows.score(number), rows.actual[:, number]
            losses.append(rows.mean(-_log(np.where(actual == 1, likely, 1 - likely))))
            squares.append(rows.mean((likely - actual) ** 2))
        return {"log_loss": float(np.mean(losses)), "brier_score": float(np.mean(squares))}
    actual = rows.score_of(rows.actual)
    loss = rows.mean(-_log(actual))
    if rows.two_classes:
        return {"log_loss": loss, "brier_score": rows.mean((rows.score(1) - (rows.actual == 1)) ** 2)}
    squared = np.einsum("ij,ij->i", rows.predicted, rows.predicted, dtype=np.float64)
    return {"log_loss": loss, "brier_score": rows.mean(squared - 2 * actual + 1)}


def _log(probabilities: Floats) -> Floats:
    return np.log(np.clip(probabilities, _TINY, 1 - _TINY))


def _reliability(rows: Rows, chosen: Array) -> tuple[Bin, ...]:
    """Hold probabilities against what came: of the second of two classes, of every label, else of the likeliest."""
    if rows.two_classes:
        return reliability(rows.score(1), rows.actual == 1, rows.weights)
    if rows.kind == "classes":
        return reliability(rows.score_of(chosen), chosen == rows.actual, rows.weights)
    heavy = None if rows.weights is None else np.repeat(rows.weights, len(rows.names))
    return reliability(rows.predicted.astype(np.float64).ravel(), rows.actual.ravel() == 1, heavy)


def _rankings(rows: Rows) -> tuple[dict[int, Ranking], list[str]]:
    """Return the samples in the order of every class, by its number; of two classes by the second."""
    if rows.samples * len(rows.names) > LARGEST:
        return {}, [f"curves are left out: there are {rows.samples:,} samples of {len(rows.names):,} classes"]
    numbers = [1] if rows.two_classes else range(len(rows.names))
    found = {number: rank(_positive(rows, number), rows.ranks(number), rows.weights) for number in numbers}
    without = [rows.names[number] for number, ranking in found.items() if ranking.roc_auc is None]
    if not without:
        return found, []
    if len(without) == len(found):
        return found, ["ROC curves are left out: the rows are all of one class"]
    names = ", ".join(f"`{name}`" for name in without[:3]) + (", …" if len(without) > 3 else "")
    return found, [f"there is no ROC curve where no row, or every row, is of the class: {names}"]


def _positive(rows: Rows, number: int) -> Array:
    return np.asarray(rows.actual == number if rows.kind == "classes" else rows.actual[:, number] == 1)


def _curves(rows: Rows, rankings: Mapping[int, Ranking], kind: str) -> tuple[Curve, ...]:
    make: dict[str, Callable[[Ranking, str], Curve | None]] = {
        "roc": Ranking.roc,
        "precision_recall": Ranking.precision_recall,
    }
    areas = {number: area for number, ranking in rankings.items() if (area := _area(ranking, kind)) is not None}
    kept = sorted(sorted(areas, key=areas.__getitem__)[:DRAWN])
    made: Iterator[Curve | None] = (make[kind](rankings[number], rows.names[number]) for number in kept)
    return tuple(curve for curve in made if curve is not None)


def _area(ranking: Ranking, kind: str) -> float | None:
    return ranking.roc_auc if kind == "roc" else ranking.average_precision


def _areas(rankings: Mapping[int, Ranking]) -> Numbers:
    """Return both areas: of the second of two classes, else the means over classes or labels."""
    pairs = [(ranking.roc_auc, ranking.average_precision) for ranking in rankings.values()]
    means: Numbers = {}
    for key, values in zip(("roc_auc", "average_precision"), zip(*pairs, strict=True), strict=True):
        defined = [value for value in values if value is not None]
        means |= {key: float(np.mean(defined))} if defined else {}
    return means
