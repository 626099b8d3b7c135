"""Data that no model should be trained on: one diagnostic each, its screen beside this file, and nothing left behind.

`KSPEC_UPDATE_GOLDEN=1` writes the screens anew, to be looked at before they are kept.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

import kspec
from kspec.console.diagnostics import render_problems

SCREENS = Path(__file__).parent / "screens"

SPEC = """
seed: 1
data:
  train: {csv: rows.csv}
  inputs: [a, b]
  targets: kind
model:
  layers:
    - Dense: {units: 3, activation: softmax}
compile: {loss: sparse_categorical_crossentropy}
"""
HEAD = "a,b,kind\n"
ROWS = "".join(f"{row},{row / 2},{row % 3}\n" for row in range(30))
GOOD = HEAD + ROWS
WORDS = HEAD + "".join(f"{row},{row / 2},{('cat', 'dog', 'owl')[row % 3]}\n" for row in range(30))


@dataclass(frozen=True)
class Case:
    """A spec and the files beside it.

    Args:
        files: Contents by name; `rows.csv` is what the spec reads.
        spec: The spec.
    """

    files: dict[str, bytes | str]
    spec: str = SPEC


def npz(**arrays: object) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def rows(text: str) -> Case:
    return Case({"rows.csv": text})


def with_spec(*changes: tuple[str, str], text: str = GOOD, **files: bytes | str) -> Case:
    spec = SPEC
    for before, after in changes:
        assert before in spec
        spec = spec.replace(before, after)
    return Case({"rows.csv": text, **{name.replace("_", "."): content for name, content in files.items()}}, spec)


def of_arrays(content: bytes, *changes: tuple[str, str]) -> Case:
    case = with_spec(("{csv: rows.csv}", "{npz: rows.npz}"), ("[a, b]", "x"), ("targets: kind", "targets: y"), *changes)
    return Case({"rows.npz": content}, case.spec)


def png(height: int = 4) -> bytes:
    content = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (height, 4), dtype=np.uint8)
    Image.fromarray(pixels).save(content, format="png")
    return content.getvalue()


def of_folder(source: str, files: dict[str, bytes | str]) -> Case:
    field = {"images": "image", "texts": "text"}[source]
    spec = SPEC.replace("{csv: rows.csv}", f"{{{source}: rows}}").replace("[a, b]", field).replace("kind", "label")
    return Case({f"rows/{name}": content for name, content in files.items()}, spec)


X = np.ones((12, 2), np.float32)
Y = np.arange(12) % 3
FIT = ("compile:", "fit: {FIT}\ncompile:")

CASES: dict[str, Callable[[], Case]] = {
    "empty file": lambda: rows(""),
    "blank lines alone": lambda: rows("\n\n\n"),
    "header alone": lambda: rows(HEAD),
    "too few cells": lambda: rows(GOOD + "1,2\n" + ROWS),
    "too many cells": lambda: rows(GOOD + "1,2,0,9\n" + ROWS),
    "a word among numbers": lambda: rows(GOOD + "1,unknown,0\n"),
    "a number that is missing": lambda: rows(GOOD + "1,,0\n"),
    "a number that is not finite": lambda: rows(GOOD + "inf,1,0\n"),
    "a label that is missing": lambda: rows(GOOD + "1,2,\n"),
    "a column without a name": lambda: rows("a,,kind\n" + ROWS),
    "a column twice": lambda: rows("a,kind,kind\n" + ROWS),
    "another encoding": lambda: Case({"rows.csv": "a,b,größe\n".encode("latin-1") + ROWS.encode()}),
    "an image called a table": lambda: Case({"rows.csv": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xd8"}),
    "a torn gzip": lambda: Case(
        {"rows.csv.gz": gzip.compress(GOOD.encode())[:-20]}, SPEC.replace("rows.csv", "rows.csv.gz")
    ),
    "no gzip": lambda: Case({"rows.csv.gz": GOOD}, SPEC.replace("rows.csv", "rows.csv.gz")),
    "columns that differ": lambda: Case(
        {"part_1.csv": GOOD, "part_2.csv": "a,c,kind\n" + ROWS}, SPEC.replace("rows.csv", "part_*.csv")
    ),
    "a label beyond the units": lambda: rows(GOOD + "1,2,3\n"),
    "a label below zero": lambda: rows(GOOD + "1,2,-1\n"),
    "a label beyond the units in the test rows": lambda: with_spec(
        ("  inputs:", "  test: {csv: test.csv}\n  inputs:"), test_csv=HEAD + "1,2,0\n1,2,3\n"
    ),
    "a fraction for a label": lambda: rows(GOOD + "1,2,0.5\n"),
    "text where numbers are wanted": lambda: with_spec(
        ("[a, b]", "[a, kind]"), ("targets: kind", "targets: b"), text=WORDS
    ),
    "a label that training never saw": lambda: with_spec(
        ("  inputs:", "  test: {csv: test.csv}\n  inputs:"),
        text=WORDS,
        test_csv=HEAD + "1,2,cat\n1,2,cow\n",
    ),
    "a column that the test rows lack": lambda: with_spec(
        ("  inputs:", "  test: {csv: test.csv}\n  inputs:"), test_csv="a,kind\n1,0\n"
    ),
    "a weight below zero": lambda: with_spec(
        ("  targets: kind", "  targets: kind\n  sample_weight: w"), text="a,b,kind,w\n1,2,0,1\n3,4,1,-2\n"
    ),
    "a weight that is missing": lambda: with_spec(
        ("  targets: kind", "  targets: kind\n  sample_weight: w"), text="a,b,kind,w\n1,2,0,1\n3,4,1,\n"
    ),
    "weights of zero alone": lambda: with_spec(
        ("  targets: kind", "  targets: kind\n  sample_weight: w"), text="a,b,kind,w\n1,2,0,0\n3,4,1,0\n"
    ),
    "a weight for a class that is not there": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "class_weight: {7: 2.0}"))
    ),
    "class weights without classes": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "class_weight: balanced")), ("units: 3, activation: softmax", "units: 1"),
        ("sparse_categorical_crossentropy", "mse"), text=GOOD.replace(",2\n", ",0.25\n"),
    ),
    "a rule that no row matches": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "sample_weight: [{when: {a: {min: 500}}, weight: 2}]"))
    ),
    "a split by a column that is not there": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "validation_split: {split: 0.2, stratify: knd}"))
    ),
    "a class of one row in a stratified split": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "validation_split: {split: 0.2, stratify: a}"))
    ),
    "times that do not sort": lambda: with_spec(
        (FIT[0], FIT[1].replace("FIT", "validation_split: {split: 0.2, time: day}")),
        text="a,b,kind,day\n1,2,0,31.01.2026\n1,2,1,01.02.2026\n1,2,2,02.02.2026\n",
    ),
    "ids that no embedding has": lambda: with_spec(
        ("[a, b]", "a"), ("    - Dense", "    - Embedding: {input_dim: 10, output_dim: 2}\n    - Flatten\n    - Dense")
    ),
    "objects in an archive": lambda: of_arrays(npz(x=np.array([{}, {}], dtype=object), y=Y[:2])),
    "a torn archive": lambda: of_arrays(npz(x=X, y=Y)[:-40]),
    "arrays of different lengths": lambda: of_arrays(npz(x=X, y=Y[:-1])),
    "no number in an array": lambda: of_arrays(npz(x=np.where(np.arange(24).reshape(12, 2) == 7, np.nan, 1), y=Y)),
    "complex numbers": lambda: of_arrays(npz(x=X.astype(np.complex64), y=Y)),
    "numbers beyond the categories": lambda: of_arrays(
        npz(x=Y, y=Y), ("inputs: x", "inputs: {field: x, preprocess: [{CategoryEncoding: {num_tokens: 2}}]}")
    ),
    "a page called an image": lambda: of_folder("images", {"cat/a.png": png(), "dog/b.png": "<html>\n<body>404"}),
    "a torn image": lambda: of_folder("images", {"cat/a.png": png(), "dog/b.png": png()[:50]}),
    "images of several sizes": lambda: of_folder("images", {"a/1.png": png(), "a/2.png": png(), "b/3.png": png(5)}),
    "images that are not read": lambda: of_folder("images", {"cat/a.tiff": "II*", "dog/b.heic": "ftyp"}),
    "an image without a class": lambda: of_folder("images", {"cat/a.png": png(), "dog/b.png": png(), "c.png": png()}),
    "texts in another encoding": lambda: of_folder("texts", {"neg/a.txt": "bad", "pos/b.txt": b"sch\xf6n"}),
    "targets of another shape": lambda: of_arrays(npz(x=X, y=np.eye(4)[Y])),
}  # fmt: skip


def snapshot(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def screen(problems: list[kspec.Problem], folder: Path) -> str:
    console = Console(file=io.StringIO(), width=100, color_system=None, force_terminal=False, soft_wrap=True)
    render_problems(problems, console)
    return console.file.getvalue().replace(f"{folder}/", "")


@pytest.mark.parametrize("name", CASES)
def test_bad_data_has_one_diagnostic(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    case = CASES[name]()
    for file, content in case.files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "spec.yaml").write_text(case.spec.lstrip(), encoding="utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(kspec.SpecError) as raised:
        kspec.train("spec.yaml", runs=tmp_path / "runs")
    assert snapshot(tmp_path) == before
    assert len(raised.value.problems) == 1
    found = screen(list(raised.value.problems), tmp_path)
    golden = SCREENS / f"{name.replace(' ', '-')}.txt"
    if os.environ.get("KSPEC_UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_screen_has_its_data() -> None:
    assert sorted(path.stem for path in SCREENS.iterdir()) == sorted(name.replace(" ", "-") for name in CASES)
