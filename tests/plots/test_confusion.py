import re
import warnings

import numpy as np
import pytest

from kspec.plots.confusion import confusion_finding, draw_confusion


def matrix(size, right=50):
    counts = np.diag(np.full(size, right))
    counts[0, -1] += 3
    return counts


@pytest.mark.parametrize("size", [2, 10, 30, 120])
def test_sizes(size, tmp_path):
    paths = [tmp_path / "c.png", tmp_path / "c.svg"]
    labels = [f"a class with the rather long name {n}" for n in range(size)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw_confusion(matrix(size), labels, title="t", paths=paths, notice="careful") == paths
    png = paths[0].read_bytes()
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert 700 < width < 3000 and 500 < height < 3000
    said = re.findall(r"<!-- (.*?) -->", paths[1].read_text(encoding="utf-8"))
    assert "⚠ careful" in said and "predicted" in said and "actual" in said
    assert ("recall" in said) == ("50" in said) == (size <= 30)


def test_finding():
    labels = ["cat", "dog"]
    counts = np.array([[8, 2], [0, 10]])
    assert confusion_finding(counts, labels) == "accuracy 90.0% on 20 samples · 2 wrong · most frequent: cat → dog (2)"
    assert confusion_finding(np.diag([1, 0]), labels) == "accuracy 100.0% on 1 sample · none wrong"
    assert confusion_finding(np.zeros((2, 2), int), labels) == "no samples"


def test_classes_never_met(tmp_path):
    assert draw_confusion(np.zeros((3, 3)), list("abc"), title="t", paths=[tmp_path / "c.png"])


def test_wrong_shape(tmp_path):
    with pytest.raises(ValueError, match="does not fit 3 labels"):
        draw_confusion(np.zeros((2, 2)), list("abc"), title="t", paths=[tmp_path / "c.png"])
