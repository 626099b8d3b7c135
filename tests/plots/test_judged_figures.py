"""Figures of what judging found: of how many classes and targets, and what they say."""

import re
import warnings

import numpy as np
import pytest

from kspec.judging.classification import judge_classes
from kspec.judging.mistakes import Mistakes
from kspec.judging.regression import judge_values
from kspec.judging.rows import collect
from kspec.plots.figures import FIGURES, draw_wrong_pictures
from kspec.spec.sections import REPORTS


def told(classes):
    random = np.random.default_rng(0)
    actual = np.arange(400) % classes
    chances = random.random((400, classes)) + 0.5 * np.eye(classes)[actual]
    names = [f"a class with the rather long name {n}" for n in range(classes)]
    return judge_classes(collect(actual, chances / chances.sum(axis=1, keepdims=True), "classes", names))


def missed(targets):
    random = np.random.default_rng(0)
    actual = random.normal(size=(60, targets)) * 10.0 ** (np.arange(targets) % 7 - 3)
    return judge_values(collect(actual, actual * 1.1, "values", [f"t{n}" for n in range(targets)]))


def drawn(name, report, folder):
    """Return what a figure says, drawn without a warning."""
    fits, draw = FIGURES[name]
    assert fits(report)
    paths = [folder / f"{name}.svg"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw(report, title="title", paths=paths, notice="careful") == paths
    said = re.findall(r"<!-- (.*?) -->", paths[0].read_text(encoding="utf-8"))
    assert {"title", "⚠ careful"} <= set(said)
    return said


def test_every_report_but_the_list_of_mistakes_is_a_figure():
    assert {*FIGURES, "mistakes"} == set(REPORTS)


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_curves_and_calibration(classes, tmp_path):
    report = told(classes)
    roc, precision = drawn("roc", report, tmp_path), drawn("precision_recall", report, tmp_path)
    assert {"false positive rate", "true positive rate"} <= set(roc)
    assert {"recall", "precision"} <= set(precision)
    assert ("95 others" in roc) == (classes == 100)
    assert len({text for text in roc if re.fullmatch(r"…\d+", text)}) == {2: 0, 3: 3, 100: 5}[classes]
    calibration = " ".join(drawn("calibration", report, tmp_path))
    assert f"expected calibration error {report.numbers['calibration_error']:.1%}" in calibration
    assert ("predicted probability of the likeliest class" in calibration) == (classes > 2)
    assert not FIGURES["residuals"][0](report)


@pytest.mark.parametrize("targets", [1, 12])
def test_values(targets, tmp_path):
    report = missed(targets)
    predicted, residuals = drawn("predicted", report, tmp_path), drawn("residuals", report, tmp_path)
    assert ("the 9 worst of 12 targets" in " ".join(predicted)) == (targets == 12)
    assert predicted.count("predicted") == residuals.count("rows") == min(targets, 9)
    assert not FIGURES["roc"][0](report)


@pytest.mark.parametrize("shape", [(8, 8), (6, 9, 1), (5, 4, 3)])
def test_wrong_pictures(shape, tmp_path):
    rows = tuple((n + 1, "a very long name of a class", "b", 0.75) for n in range(30))
    pictures = np.random.default_rng(0).random((24, *shape)) * 20
    mistakes = Mistakes(30, ("row", "true", "predicted", "probability"), rows, pictures)
    paths = [tmp_path / "wrong.svg"]
    assert draw_wrong_pictures(told(2), mistakes, title="title", paths=paths) == paths
    said = re.findall(r"<!-- (.*?) -->", paths[0].read_text(encoding="utf-8"))
    assert "24 of 30 mistakes, the least likely truth first · true → predicted" in said
    assert "75.0% · row 24" in said
    assert draw_wrong_pictures(told(2), Mistakes(0, ("row",), ()), title="title", paths=paths) == []
