"""Numbers about classes and labels, each held against scikit-learn's on the same arrays."""

import warnings

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from kspec.judging.classification import judge_classes
from kspec.judging.curves import rank, thinned
from kspec.judging.mistakes import worst
from kspec.judging.rows import collect

ROWS = 400


def drawn(classes, *, seed=0, decimals=None):
    """Probabilities that are right more often than not, with ties where they are rounded, and weights."""
    random = np.random.default_rng(seed)
    actual = random.integers(0, classes, ROWS)
    logits = random.normal(size=(ROWS, classes)) + 1.5 * np.eye(classes)[actual]
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if decimals is not None:
        chances = np.round(chances, decimals) + 0.01
        chances /= chances.sum(axis=1, keepdims=True)
    return actual, chances, random.uniform(0.1, 3, ROWS)


def names(count):
    return [f"c{number}" for number in range(count)]


def close(value):
    return pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("classes", "decimals"), [(3, None), (3, 1), (12, None)])
def test_several_classes(classes, decimals, weighted):
    actual, chances, heavy = drawn(classes, decimals=decimals)
    weights = heavy if weighted else None
    found = judge_classes(collect(actual, chances, "classes", names(classes), weights=weights))
    chosen = chances.argmax(axis=1)
    scores = metrics.classification_report(actual, chosen, output_dict=True, sample_weight=weights, zero_division=0)
    for number, score in enumerate(found.classes):
        expected = scores[str(number)]
        assert (score.precision, score.recall, score.f1) == (
            close(expected["precision"]), close(expected["recall"]), close(expected["f1-score"]),
        )  # fmt: skip
        assert score.support == (actual == number).sum()
        hit = actual == number
        assert score.roc_auc == close(metrics.roc_auc_score(hit, chances[:, number], sample_weight=weights))
        area = metrics.average_precision_score(hit, chances[:, number], sample_weight=weights)
        assert score.average_precision == close(area)
    for kind in ("macro", "weighted"):
        expected = scores[f"{kind} avg"]
        assert found.averages[kind]["precision"] == close(expected["precision"])
        assert found.averages[kind]["recall"] == close(expected["recall"])
        assert found.averages[kind]["f1"] == close(expected["f1-score"])
        if decimals is None:
            area = metrics.roc_auc_score(actual, chances, multi_class="ovr", average=kind, sample_weight=weights)
            assert found.averages[kind]["roc_auc"] == close(area)
    numbers = found.numbers
    assert numbers["roc_auc"] == found.averages["macro"]["roc_auc"]
    assert numbers["accuracy"] == close(metrics.accuracy_score(actual, chosen, sample_weight=weights))
    balanced = metrics.balanced_accuracy_score(actual, chosen, sample_weight=weights)
    assert numbers["balanced_accuracy"] == close(balanced)
    assert numbers["log_loss"] == close(metrics.log_loss(actual, chances, sample_weight=weights))
    assert numbers["brier_score"] == close(metrics.brier_score_loss(actual, chances, sample_weight=weights))
    if classes > 10:
        top = metrics.top_k_accuracy_score(actual, chances, k=5, sample_weight=weights)
        assert numbers["top_5_accuracy"] == close(top)
    else:
        assert "top_5_accuracy" not in numbers
    assert found.confusion.tolist() == metrics.confusion_matrix(actual, chosen).tolist()
    assert found.weighted is weighted
    likeliest, right = chances.max(axis=1), chosen == actual
    heavy = np.ones(ROWS) if weights is None else weights
    error = 0.0
    for low in np.arange(10) / 10:
        inside = (likeliest > low) & (likeliest <= low + 0.1 + 1e-12)
        if inside.any():
            gap = abs(np.average(likeliest[inside] - right[inside], weights=heavy[inside]))
            error += gap * heavy[inside].sum() / heavy.sum()
    assert numbers["calibration_error"] == pytest.approx(error, abs=1e-6)


@pytest.mark.parametrize("columns", [1, 2])
def test_two_classes(columns):
    actual, chances, weights = drawn(2)
    likely = chances[:, 1]
    given = (likely[:, None] if columns == 1 else chances).astype(np.float32)
    for heavy in (None, weights):
        found = judge_classes(collect(actual[:, None], given, "classes", ["no", "yes"], weights=heavy)).numbers
        likely = given[:, -1].astype(np.float64)
        assert found["roc_auc"] == close(metrics.roc_auc_score(actual, likely, sample_weight=heavy))
        assert found["average_precision"] == close(metrics.average_precision_score(actual, likely, sample_weight=heavy))
        assert found["brier_score"] == close(metrics.brier_score_loss(actual, likely, sample_weight=heavy))
        loss = metrics.log_loss(actual, likely, sample_weight=heavy)
        assert found["log_loss"] == pytest.approx(loss, abs=1e-6)
    report = judge_classes(collect(actual, given, "classes", ["no", "yes"]))
    (curve,) = report.roc
    rates, hits, _ = metrics.roc_curve(actual, given[:, -1], drop_intermediate=False)
    assert curve.name == "yes"
    corners = {(round(x, 9), round(y, 9)) for x, y in zip(rates, hits, strict=True)}
    assert {(round(x, 9), round(y, 9)) for x, y in zip(curve.x, curve.y, strict=True)} <= corners
    assert np.trapezoid(curve.y, curve.x) == close(curve.area)
    shares, means = calibration_curve(actual, likely, n_bins=10)
    assert [found.share for found in report.calibration] == close(shares.tolist())
    assert [found.probability for found in report.calibration] == close(means.tolist())


def test_labels():
    random = np.random.default_rng(3)
    actual = (random.random((ROWS, 4)) < [0.5, 0.2, 0.8, 0.4]).astype(np.int8)
    likely = np.clip(random.normal(0.5, 0.3, (ROWS, 4)) + (actual - 0.5) * 0.4, 0, 1)
    for heavy in (None, random.uniform(0.5, 2, ROWS)):
        found = judge_classes(collect(actual, likely, "labels", names(4), weights=heavy))
        expected = metrics.classification_report(
            actual, likely > 0.5, output_dict=True, target_names=names(4), sample_weight=heavy, zero_division=0
        )
        for score in found.classes:
            assert score.f1 == close(expected[score.name]["f1-score"])
        for kind in ("macro", "weighted", "micro"):
            assert found.averages[kind]["f1"] == close(expected[f"{kind} avg"]["f1-score"])
        assert found.averages["macro"]["roc_auc"] == close(metrics.roc_auc_score(actual, likely, sample_weight=heavy))
        area = metrics.average_precision_score(actual, likely, average="weighted", sample_weight=heavy)
        assert found.averages["weighted"]["average_precision"] == close(area)
        assert found.numbers["exact_match"] == close(metrics.accuracy_score(actual, likely > 0.5, sample_weight=heavy))
        assert found.numbers["hamming_loss"] == close(metrics.hamming_loss(actual, likely > 0.5, sample_weight=heavy))
        losses = [metrics.log_loss(actual[:, at], likely[:, at], sample_weight=heavy) for at in range(4)]
        assert found.numbers["log_loss"] == close(np.mean(losses))
        assert found.confusion is None


def test_one_hot_rows_and_steps_of_rows_mean_the_same():
    actual, chances, weights = drawn(3)
    plain = judge_classes(collect(actual, chances, "classes", names(3), weights=np.repeat(weights[:100], 4)))
    hot = judge_classes(
        collect(np.eye(3)[actual].reshape(100, 4, 3), chances.reshape(100, 4, 3), "classes", names(3),
                weights=weights[:100])
    )  # fmt: skip
    numbered = judge_classes(
        collect(actual.reshape(100, 4), chances.reshape(100, 4, 3), "classes", names(3), weights=weights[:100])
    )
    assert plain.numbers == hot.numbers == numbered.numbers
    assert (hot.steps, hot.samples) == (4, 400)
    first = worst(collect(actual.reshape(100, 4), chances.reshape(100, 4, 3), "classes", names(3)))[1][0]
    flat = worst(collect(actual, chances, "classes", names(3)))[1][0]
    assert divmod(flat.row, 4) == (first.row, first.step)
    assert flat.step is None


def test_a_class_that_is_not_there():
    """Averages are over the classes that occur, and areas over those that have any."""
    actual, chances, _ = drawn(3)
    actual, chances = actual[actual != 2], chances[actual != 2]
    found = judge_classes(collect(actual, chances, "classes", names(3)))
    expected = metrics.classification_report(actual, chances.argmax(axis=1), output_dict=True, zero_division=0)
    assert found.averages["macro"]["f1"] == close(expected["macro avg"]["f1-score"])
    assert found.classes[2].recall is None
    assert found.classes[2].roc_auc is None
    assert len(found.roc) == 2
    assert "`c2`" in found.notes[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        balanced = metrics.balanced_accuracy_score(actual, chances.argmax(axis=1))
    assert found.numbers["balanced_accuracy"] == close(balanced)


@pytest.mark.parametrize("rows", [1, 5])
def test_one_class_or_one_row_alone(rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = judge_classes(collect(np.ones(rows), np.full((rows, 1), 0.8), "classes", ["no", "yes"]))
        several = judge_classes(collect(np.ones(rows), np.full((rows, 3), 1 / 3), "classes", names(3)))
    assert found.numbers["accuracy"] == 1.0
    assert "roc_auc" not in found.numbers
    assert "all of one class" in found.notes[0]
    assert several.numbers["accuracy"] == 0.0
    assert several.classes[0].precision == 0.0


def test_what_does_not_count_is_left_out_and_said():
    actual = np.array([0, 1, 2, 1, 0, 9, 1])
    chances = np.tile([[0.2, 0.5, 0.3]], (7, 1))
    chances[0, 1] = np.nan
    weights = np.array([1, 1, 1, 1, 0, 1, 1.0])
    rows = collect(actual, chances, "classes", names(3), weights=weights, ignored=2)
    assert rows.places.tolist() == [1, 3, 6]
    assert rows.notes == (
        "1 of 7 rows are left out: the model has no such class",
        "1 of 7 rows are left out: the model gives no numbers for them",
    )
    assert "no numbers" in collect(actual[:4], np.full((4, 3), np.nan), "classes", names(3))
    assert "(?, 4)" in collect(np.zeros((7, 4)), chances, "values", [])


def test_no_probabilities():
    """Scores that are no probabilities can be ranked, and have no logarithmic loss."""
    actual, chances, _ = drawn(3)
    found = judge_classes(collect(actual, chances * 5 - 3, "classes", names(3)))
    assert found.numbers["roc_auc"] == close(metrics.roc_auc_score(actual, chances, multi_class="ovr"))
    assert not {"log_loss", "brier_score", "calibration_error"} & set(found.numbers)
    assert "no probabilities" in found.notes[0]


def test_targets_that_are_not_classes_are_judged_as_values():
    rows = collect(np.array([0.2, 0.9]), np.array([[0.1], [0.8]]), "classes", ["no", "yes"])
    assert rows.kind == "values"
    assert "judged as values" in rows.notes[0]


def test_curves_are_thinned_and_areas_are_not():
    random = np.random.default_rng(0)
    positive = random.random(50_000) < 0.3
    scores = random.normal(size=50_000) + positive
    ranking = rank(positive, scores, None)
    curve = ranking.roc("c")
    assert len(curve.x) <= 1000
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert curve.area == close(metrics.roc_auc_score(positive, scores))
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(curve.area, abs=1e-3)
    assert thinned(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0]))[0].tolist() == [0, 1]


def test_the_worst_mistakes_come_first():
    actual = np.array([0, 0, 1, 1, 2])
    chances = np.array([[0.9, 0.1, 0], [0.3, 0.7, 0], [0.98, 0.02, 0], [0.6, 0.4, 0], [0.5, 0.3, 0.2]])
    total, found = worst(collect(actual, chances, "classes", ["a", "b", "c"]), 3)
    assert total == 4
    assert [(mistake.row, mistake.true, mistake.predicted, mistake.probability) for mistake in found] == [
        (2, "b", "a", 0.98), (4, "c", "a", 0.5), (1, "a", "b", 0.7),
    ]  # fmt: skip
    _, labels = worst(collect(np.array([[0, 1], [1, 1]]), np.array([[0.8, 0.9], [0.6, 0.1]]), "labels", ["x", "y"]))
    assert [(mistake.row, mistake.target, mistake.true, mistake.predicted) for mistake in labels] == [
        (1, "y", "yes", "no"), (0, "x", "no", "yes"),
    ]  # fmt: skip
