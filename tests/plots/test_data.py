import re

import numpy as np
import pytest

from kspec.plots.data.columns import bin_edges
from kspec.plots.data.figure import draw_data, finding
from kspec.plots.data.sample import DrawnRows
from kspec.runs.inspection import FieldProfile, Inspection, Numbers, PartProfile, TargetProfile

RANDOM = np.random.default_rng(0)
NUMBERS = Numbers(60, -1.0, 3.0, 0.5, 1.0, (0.0, 0.5, 1.0), 0.0, bins=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3, 2))


def inspection(target):
    field = FieldProfile("y", "number", "int64", (), 60, numbers=NUMBERS)
    parts = {"train": PartProfile("train", 60, {"y": field}), "test": PartProfile("test", 20, {"y": field})}
    return Inspection("pets", {"source": "a file"}, parts, {"input": ("x",)}, (target,))


def classes(number):
    counts = {"train": tuple(range(number)), "test": (1,) * number}
    return TargetProfile("dense", "y", "classes", tuple(f"class {at}" for at in range(number)), counts)


def draw(found, rows, tmp_path):
    paths = [tmp_path / "d.png", tmp_path / "d.svg"]
    assert draw_data(found, rows, paths=paths, notice="careful") == paths
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    return re.findall(r"<!-- (.*?) -->", paths[1].read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", [2, 12, 60])
def test_classes_of_any_number(number, tmp_path):
    said = draw(inspection(classes(number)), DrawnRows(), tmp_path)
    assert {"pets: the data", f"60 training rows · 20 test rows · {number} classes of y", "⚠ careful"} <= set(said)
    assert ("class 1" in said) == (number < 60)


def test_columns_are_coloured_by_class(tmp_path):
    columns = {f"column {at}": RANDOM.normal(size=50) for at in range(15)}
    columns["column 1"][:] = np.nan
    rows = DrawnRows(None, (), columns, {}, RANDOM.integers(-1, 2, 50), ("class 0", "class 1"))
    said = draw(inspection(classes(2)), rows, tmp_path)
    assert "inputs, each class by its shares (the first 12 of 15)" in said
    assert "column 11" in said and "column 12" not in said and "no value" in said


@pytest.mark.parametrize("shape", [(8, 8), (8, 12, 3), (9, 9, 1)])
def test_images_have_captions(shape, tmp_path):
    images = RANDOM.random((7, *shape))
    rows = DrawnRows(images, [f"pet {at}" for at in range(7)])
    said = draw(inspection(TargetProfile("dense", "y", "numbers")), rows, tmp_path)
    assert {f"pet {at}" for at in range(7)} <= set(said)
    assert {"target: y", "mean 0.5000"} <= set(said)


def test_finding():
    assert finding(inspection(classes(3))) == "60 training rows · 20 test rows · 3 classes of y"


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([3, 5, 4, 4], [2.5, 3.5, 4.5, 5.5]),
        ([2.0, 2.0], [1.5, 2.5]),
        ([], None),
    ],
)
def test_few_whole_numbers_have_a_bar_each(values, edges):
    found = bin_edges(np.array(values, dtype=float))
    assert found is None if edges is None else found.tolist() == edges


def test_whole_numbers_share_bins_of_whole_width():
    edges = bin_edges(np.arange(100.0))
    assert set(np.diff(edges).tolist()) == {5.0}
    assert edges[0] < 0 and edges[-1] > 99


def test_a_long_tail_is_cut():
    edges = bin_edges(np.append(RANDOM.normal(size=1000), 1e6))
    assert edges[-1] < 10
