"""What `kspec init` sees in a folder of images, what it writes of it, and that this is built and trained as written."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.commands.init import init_images
from kspec.spec.problems import SpecError

COLOURS = {"apple": (200, 40, 40), "lime": (60, 190, 50), "plum": (90, 40, 120)}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("kspec.schema.json").touch()
    return tmp_path


def photos(folder, size=(24, 32), each=12, colours=COLOURS, grey=False):
    """Write noisy images of one colour a class."""
    draw = np.random.default_rng(len(folder))
    for name, colour in colours.items():
        Path(folder, name).mkdir(parents=True)
        for number in range(each):
            pixels = np.clip(np.array(colour) + draw.normal(0, 30, (*size, 3)), 0, 255).astype(np.uint8)
            image = Image.fromarray(pixels)
            (image.convert("L") if grey else image).save(Path(folder, name, f"{number}.png"))


def refused(*arguments, **options):
    with pytest.raises(SpecError) as caught:
        init_images(*arguments, **options)
    (problem,) = caught.value.problems
    return problem.code, problem.message


def test_a_spec_for_a_folder_trains_and_learns(home):
    photos("fruit")
    done = CliRunner().invoke(app, ["init", "fruit/"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "fruit.yaml",
        "predicts  label: 3 classes",
        "from      images of 24 by 32: train 36",
        "next      kspec validate fruit.yaml",
        "          kspec train fruit.yaml",
    ]
    assert max(map(len, Path("fruit.yaml").read_text().splitlines())) <= 120
    assert kspec.validate("fruit.yaml") == []
    # Only the folder can say that it has no part to validate on.
    told = kspec.validate("fruit.yaml", overrides={"fit.validation_split": None}, static=True)
    assert [problem.code for problem in told] == ["unknown-monitor"]
    run = kspec.train("fruit.yaml", overrides={"fit.epochs": 30})
    assert run.manifest.data["rows"] == {"train": 28, "validation": 8}
    assert run.results["validation.accuracy"] == 1.0


def test_parts_grey_images_and_two_classes():
    two = {"no": (40, 40, 40), "yes": (210, 210, 210)}
    for part in ("train", "val", "test"):
        photos(f"seen/{part}", size=(9, 9), each=5, colours=two, grey=True)
    made = init_images("seen", "deep.yaml", run_name="seen-it")
    assert dict(made.folder.rows) == {"train": 10, "validation": 10, "test": 10}
    assert "color_mode: grayscale" in made.text
    assert "validation_split" not in made.text
    assert "binary_crossentropy" in made.text
    assert kspec.validate("deep.yaml") == []
    run = kspec.train("deep.yaml", smoke=True)
    assert (run.path.name, run.manifest.status) == ("seen-it-1", "done")
    assert "test.loss" in run.results


def test_images_of_many_sizes_are_brought_to_the_usual_one():
    photos("wide", size=(100, 300), each=5)
    Image.new("RGB", (410, 400)).save("wide/plum/large.png")
    made = init_images("wide", "-", run_name="w")
    assert made.folder.size == (40, 128)
    assert made.folder.distorted
    assert "crop_to_aspect_ratio: true" in made.text
    assert "the images are from 100 by 300 to 400 by 410" in made.text


def test_a_program_may_read_what_was_seen():
    photos("fruit", each=5)
    done = CliRunner().invoke(app, ["init", "fruit", "--json", "-o", "a.yaml"])
    record = json.loads(done.stdout)
    assert record["images"] == {"train": 15}
    assert record["classes"] == {"apple": 5, "lime": 5, "plum": 5}
    assert record["size"] == [24, 32]


def test_what_no_spec_can_be_made_for():
    Path("empty").mkdir()
    assert refused("empty")[0] == "bad-data"
    photos("alone", colours={"one": (1, 2, 3)})
    assert refused("alone") == ("bad-target", "`alone` has images of one class only, `one`")
    photos("few", each=2)
    assert refused("few") == ("too-few-rows", "the class `apple` of `few` has 2 images")
    photos("flat/all", each=5)
    assert refused("flat/all/apple") == ("bad-data", "the images of `flat/all/apple` lie in no folders for classes")
    photos("torn", each=5)
    Path("torn/lime/3.png").write_bytes(b"no image")
    photos("more/train", each=5, colours={"a": (9, 9, 9), "b": (200, 9, 9)})
    photos("more/val", each=5)
    assert refused("more") == (
        "bad-target", "the validation part of `more` has the class `apple`, which the training part has not",
    )  # fmt: skip
    photos("odd", each=5)
    Path("odd/lime").rename(os.fsdecode(b"odd/\xff"))
    assert refused("odd") == ("bad-data", r"the name of the class folder b'\xff' is not UTF-8")
    code, message = refused("torn")
    assert code == "bad-data"
    assert "3.png" in message
    assert not [*Path().glob("*.yaml")]
    done = CliRunner().invoke(app, ["init", "few", "--target", "x"])
    assert done.exit_code == 2
