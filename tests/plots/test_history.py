import math
import re
import subprocess
import sys
import warnings
from itertools import pairwise

import pytest

from kspec.plots.history import draw_history, finding, order_metrics
from kspec.plots.labels import spread
from kspec.plots.scales import choose_scale, limits, write_number, write_short
from kspec.runs.history import History

NAN = math.nan


def history(epochs, *metrics, validation=True, rates=True):
    rows = []
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch}
        for metric in metrics or ("loss", "accuracy"):
            row[metric] = 2.0 * math.exp(-6 * epoch / epochs) + 0.01
            if validation:
                row[f"val_{metric}"] = row[metric] + 0.1 + 0.01 * abs(epoch - epochs / 2)
        if rates:
            row["learning_rate"] = 1e-3 if epoch < epochs / 2 else 1e-4
        rows.append(row)
    return History(rows)


def broken():
    result = history(20)
    for row in result.rows[8:]:
        row["loss"], row["val_loss"] = NAN, math.inf
    for row in result.rows:
        row |= {"constant": 0.5, "large": 1.2e6 + row["epoch"], "negative": -row["epoch"], "never": NAN, "zero": 0.0}
    return result


def every_third():
    rows = [{"epoch": epoch, "loss": 1 / epoch} for epoch in range(1, 10)]
    for row in rows[2::3]:
        row["val_loss"] = 1.0
    return History(rows)


def texts(path):
    """Matplotlib draws text as paths and leaves what it says in comments."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))


CASES = {
    "one epoch": history(1),
    "two epochs": history(2),
    "a thousand epochs": history(1000),
    "no validation": history(12, validation=False),
    "eight metrics": history(9, *(f"an_output_with_a_rather_long_name_{n}_accuracy" for n in range(8))),
    "not finite": broken(),
    "validation every third epoch": every_third(),
    "validation alone": History([{"epoch": 1, "val_loss": 1.0}, {"epoch": 2, "val_loss": 0.5}]),
    "markup": history(3, "loss", "a $x$ <&> _ ^ 层"),
}


@pytest.mark.parametrize("case", CASES)
def test_edge_cases(case, tmp_path):
    paths = [tmp_path / "h.png", tmp_path / "h.svg"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw_history(CASES[case], title=f"{case} $", paths=paths) == paths
    png = paths[0].read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert 1000 < width < 2800 and 600 < height < 2800
    first = paths[1].read_bytes()
    draw_history(CASES[case], title=f"{case} $", paths=paths[1:])
    assert paths[1].read_bytes() == first


def test_words_of_the_picture(tmp_path):
    path = tmp_path / "h.svg"
    draw_history(history(40), title="digits_mlp", paths=[path], notice="trained on digits instead of mnist")
    said = texts(path)
    for words in ("digits_mlp", "loss", "accuracy", "train", "val", "epoch", "learning rate"):
        assert words in said
    assert "⚠ trained on digits instead of mnist" in said
    assert said.count("learning rate") == 2
    assert sum(text.startswith("best ") for text in said) == 2


def test_a_constant_learning_rate_is_left_out(tmp_path):
    path = tmp_path / "h.svg"
    result = history(5)
    for row in result.rows:
        row["learning_rate"] = 1e-3
    draw_history(result, title="t", paths=[path], subtitle="my own words")
    assert "learning rate" not in texts(path)
    assert "my own words" in texts(path)


def test_nan_is_said(tmp_path):
    path = tmp_path / "h.svg"
    draw_history(broken(), title="t", paths=[path])
    assert {"not finite from epoch 9", "no finite value"} <= set(texts(path))


def test_nothing_to_draw(tmp_path):
    with pytest.raises(ValueError, match="without epochs"):
        draw_history(History(), title="t", paths=[tmp_path / "h.png"])


def test_finding():
    rows = [{"epoch": 1, "loss": 1.0, "val_loss": 0.5}, {"epoch": 2, "loss": 0.5, "val_loss": 0.0708}]
    assert finding(History(rows)) == "2 epochs · best validation loss 0.0708 at epoch 2"
    assert finding(History(rows[:1])) == "1 epoch · validation loss 0.5000"
    assert finding(History([{"epoch": 1, "loss": NAN}])) == "1 epoch · loss was never finite"


def test_losses_come_first():
    assert order_metrics(["a_accuracy", "loss", "a_loss"]) == ["loss", "a_loss", "a_accuracy"]


def test_scales():
    assert choose_scale([1.0, 0.01], shrinks=True) == "log"
    assert choose_scale([1.0, 0.5], shrinks=True) == "linear"
    assert choose_scale([1.0, 0.0], shrinks=True) == "linear"
    assert choose_scale([0.01, 1.0], shrinks=False) == "linear"
    low, high = limits([3.0, 3.0], "linear")
    assert low < 3 < high
    numbers = {0.0708: "0.0708", 12.3456: "12.346", 12345.6: "12,346", 3.1e-7: "3.1e-7", -4.0: "-4"}
    assert {number: write_number(number) for number in numbers} == numbers
    assert [write_short(n) for n in (0.003, 7.5e-4, 100.0, 0.0)] == ["0.003", "7.5e-4", "100", "0"]


def test_labels_keep_their_distance():
    places = spread([10, 11, 12, 80], 15, 0, 100)
    assert sorted(places) == places
    assert all(b - a >= 15 for a, b in pairwise(places))
    assert min(spread([0, 1], 15, 4, 100)) >= 4 and max(spread([99, 100], 15, 0, 100)) <= 100


def test_pyplot_and_keras_are_not_imported():
    program = (
        "import sys, kspec.plots.history, kspec.plots.diagram, kspec.plots.confusion\n"
        "sys.exit(bool({'matplotlib.pyplot', 'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
