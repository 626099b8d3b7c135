"""Folders of images and texts from the spec to the prediction: trained on, judged by, and predicted in their order."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.runs.events import Event, Notice

SPEC = """
name: folder
seed: 7
data:
  source: {images: {path: photos, color_mode: grayscale}}
  inputs: {field: image, preprocess: [{Rescaling: $(1 / 255)}]}
  targets: label
model:
  layers:
    - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
    - MaxPooling2D
    - Flatten
    - Dense: {units: 10, activation: softmax}
compile: {optimizer: {Adam: 0.003}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 8, batch_size: 32, validation_split: {split: 0.2, shuffle: true, stratify: label}}
"""

REVIEWS = """
name: reviews
seed: 7
model: {layers: [{Dense: {units: 2, activation: softmax}}]}
compile: {optimizer: {Adam: 0.05}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 5, batch_size: 16}
"""


def example(source: str) -> str:
    """Return the first example of a source on the page of the sources."""
    page = Path(__file__).parents[2] / "docs" / "sources.md"
    section = page.read_text(encoding="utf-8").partition(f"\n## {source}\n")[2]
    return section.partition("```yaml\n")[2].partition("```")[0]


def pixels(number: int) -> np.ndarray:
    return np.round(load_digits().images[number] * 255 / 16).astype(np.uint8)


def lay(folder: Path, numbers: dict[str, int]) -> None:
    """Write digits of scikit-learn as image files under some names."""
    images = np.round(load_digits().images * 255 / 16).astype(np.uint8)
    for name, number in numbers.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(images[number]).save(folder / name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, kspec.Run, list[Event]]:
    """A run on all of scikit-learn's digits as an image folder, the folder that it lies in, and what it told."""
    home = tmp_path_factory.mktemp("home")
    digits = load_digits().target
    lay(home / "photos", {f"digit {digit}/{number:04}.png": number for number, digit in enumerate(digits)})
    (home / "photos" / "digit 3" / "raw.tiff").touch()
    (home / "folder.yaml").write_text(SPEC, encoding="utf-8")
    told: list[Event] = []
    return home, kspec.train(home / "folder.yaml", runs=home / "runs", observe=told.append), told


def chosen(run: kspec.Run, rows: Path, out: Path) -> list[str]:
    """Return the labels that `kspec predict` writes."""
    result = CliRunner().invoke(app, ["predict", str(run.path), str(rows), "-o", str(out), "--force"])
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        return [row["prediction"] for row in csv.DictReader(file)]


def test_digits_are_learnt_from_a_folder(trained: tuple[Path, kspec.Run, list[Event]]) -> None:
    home, run, told = trained
    record = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert record["data"]["rows"] == {"train": 1437, "validation": 360}
    assert run.results["validation.accuracy"] >= 0.95
    labels = json.loads((run.path / "labels.json").read_text(encoding="utf-8"))
    assert labels == {"dense": [f"digit {digit}" for digit in range(10)]}
    said = f"`{home / 'photos'}`: 1 other file is not read: .tiff; "
    assert [event.text for event in told if isinstance(event, Notice)] == record["notices"]
    assert record["notices"][0].startswith(said)


def test_the_run_finds_its_folder_again_from_elsewhere(
    trained: tuple[Path, kspec.Run, list[Event]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, run, _ = trained
    monkeypatch.chdir(tmp_path)
    assert kspec.evaluate(run.path)["accuracy"] == pytest.approx(run.results["validation.accuracy"])


def test_a_folder_is_predicted_in_the_order_of_its_files(
    trained: tuple[Path, kspec.Run, list[Event]], tmp_path: Path
) -> None:
    _, run, _ = trained
    digits = load_digits().target
    fives, threes = np.flatnonzero(digits == 5)[:15], np.flatnonzero(digits == 3)[:15]
    order = [int(number) for pair in zip(fives, threes, strict=True) for number in pair]
    lay(tmp_path / "flat", {f"{place:02}.png": number for place, number in enumerate(order)})
    lay(tmp_path / "some", {f"{'ab'[place % 2]}/{place:02}.png": number for place, number in enumerate(order)})
    lay(
        tmp_path / "mixed", {f"{'' if place % 2 else 'a/'}{place:02}.png": number for place, number in enumerate(order)}
    )

    images = np.stack([pixels(number) for number in order])[..., np.newaxis]
    expected = kspec.predict(run, {"image": images})
    by_folder = np.concatenate([np.arange(0, 30, 2), np.arange(1, 30, 2)])
    mixed = np.concatenate([np.arange(1, 30, 2), np.arange(0, 30, 2)])
    np.testing.assert_allclose(kspec.predict(run, tmp_path / "flat"), expected, atol=1e-6)
    np.testing.assert_allclose(kspec.predict(run, tmp_path / "some"), expected[by_folder], atol=1e-6)
    np.testing.assert_allclose(kspec.predict(run, tmp_path / "mixed"), expected[mixed], atol=1e-6)

    names = [f"digit {digits[number]}" for number in order]
    found = chosen(run, tmp_path / "flat", tmp_path / "out.csv")
    assert np.mean([one == other for one, other in zip(found, names, strict=True)]) > 0.9
    (tmp_path / "list.csv").write_text("file\nflat/03.png\nflat/00.png\n", encoding="utf-8")
    assert chosen(run, tmp_path / "list.csv", tmp_path / "out.csv") == [found[3], found[0]]
    assert chosen(run, tmp_path / "flat" / "07.png", tmp_path / "out.csv") == [found[7]]


def test_a_folder_without_some_classes_is_judged_by(
    trained: tuple[Path, kspec.Run, list[Event]], tmp_path: Path
) -> None:
    _, run, _ = trained
    twos = np.flatnonzero(load_digits().target == 2)[:40]
    lay(tmp_path / "rows", {f"digit 2/{number}.png": int(number) for number in twos})
    judged = kspec.evaluate(run, data=tmp_path / "rows")
    chances = kspec.predict(run, tmp_path / "rows")
    assert judged["accuracy"] == pytest.approx(np.mean(chances.argmax(axis=1) == 2))
    assert judged["loss"] == pytest.approx(-np.log(chances[:, 2]).mean(), abs=1e-5)


def test_folders_that_do_not_suit_the_run_are_refused(
    trained: tuple[Path, kspec.Run, list[Event]], tmp_path: Path, problems_of: Callable[..., list[str]]
) -> None:
    _, run, _ = trained
    (tmp_path / "wide").mkdir()
    Image.new("L", (8, 9)).save(tmp_path / "wide" / "a.png")
    assert problems_of(kspec.predict, run, tmp_path / "wide") == ["wrong-shape"]
    lay(tmp_path / "new", {"digit 11/a.png": 0})
    assert problems_of(kspec.evaluate, run, data=tmp_path / "new") == ["unknown-label"]
    (tmp_path / "none").mkdir()
    assert problems_of(kspec.predict, run, tmp_path / "none") == ["bad-data"]


@pytest.fixture
def problems_of() -> Callable[..., list[str]]:
    """Return the codes with which a call ends."""

    def problems_of(call: Callable[..., object], *given: object, **named: object) -> list[str]:
        with pytest.raises(kspec.SpecError) as caught:
            call(*given, **named)
        return [problem.code for problem in caught.value.problems]

    return problems_of


def test_a_fault_of_an_image_stands_at_its_folder(tmp_path: Path) -> None:
    lay(tmp_path / "photos", {"a/1.png": 0, "b/2.png": 1})
    (tmp_path / "photos" / "b" / "2.png").write_bytes(b"<html>")
    (tmp_path / "folder.yaml").write_text(SPEC, encoding="utf-8")
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train(tmp_path / "folder.yaml", runs=tmp_path / "runs")
    (problem,) = caught.value.problems
    assert problem.span is not None
    assert (problem.span.line, problem.span.column, problem.code) == (5, 27, "bad-data")
    assert "2.png` is no image: it begins with `<html>`" in problem.text


def test_texts_are_learnt_from_a_folder(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    words = {"neg": ["dull", "awful", "bad", "slow"], "pos": ["bright", "lovely", "good", "swift"]}
    both = ["the", "film", "was", "a", "story", "of", "people"]
    for part, count in (("train", 60), ("test", 20)):
        for label, own in words.items():
            for number in range(count):
                text = " ".join(random.permutation([*random.choice(both, 8), *random.choice(own, 2)]))
                path = tmp_path / "reviews" / part / label / f"{number}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{text}!\n", encoding="utf-8")
    (tmp_path / "reviews.yaml").write_text(example("texts") + REVIEWS, encoding="utf-8")
    (tmp_path / "reviews" / "urls.csv").touch()
    screen = CliRunner().invoke(app, ["train", str(tmp_path / "reviews.yaml"), "--runs", str(tmp_path / "runs")]).output
    run = kspec.Run(tmp_path / "runs" / "reviews-1")
    assert run.results["test.accuracy"] == 1.0
    assert f"kspec predict {run.path} FOLDER" in screen
    (tmp_path / "lines.txt").write_text("A lovely story!\nawful, dull people\nswift\n", encoding="utf-8")
    assert chosen(run, tmp_path / "lines.txt", tmp_path / "out.csv") == ["pos", "neg", "pos"]
    found = chosen(run, tmp_path / "reviews" / "test" / "neg", tmp_path / "out.csv")
    assert found == ["neg"] * 20
    read_anew = kspec.train(tmp_path / "reviews.yaml", runs=tmp_path / "runs", overrides={"runtime.memory": "1 kB"})
    assert read_anew.results["test.accuracy"] == 1.0
    assert read_anew.manifest.data["rows"] == run.manifest.data["rows"] == {"train": 120, "test": 40}
