"""`kspec inspect`, from a spec to what is shown, found and drawn."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kspec.commands.inspect import Judged, Looked, as_json, draw, judge, look
from kspec.commands.opening import open_spec
from kspec.console.choose import make_console
from kspec.console.inspection import show_fed, show_inspection
from kspec.console.targets import show_targets
from kspec.runs.events import ignore

RANDOM = np.random.default_rng(0)
ROWS = 90
SPEC = """\
name: flowers
seed: 7
data:
  train: {csv: flowers.csv}
  inputs:
    sizes: {field: [length, width], preprocess: [Normalization]}
    colour: {field: colour, preprocess: [{StringLookup: {output_mode: one_hot}}]}
  targets: kind
model:
  inputs: {sizes: {}, colour: {}}
  layers:
    - Concatenate:
      from: [sizes, colour]
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy}
fit: {validation_split: {split: 0.2, shuffle: true}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kinds = RANDOM.permutation(["iris", "lily", "rose"] * (ROWS // 3))
    lengths, widths = RANDOM.normal(5, 1, ROWS).round(2), RANDOM.normal(3, 1, ROWS).round(2)
    colours = RANDOM.choice(["red", "blue"], ROWS)
    lines = [f"{a},{b},{c},{k}" for a, b, c, k in zip(lengths, widths, colours, kinds, strict=True)]
    (tmp_path / "flowers.csv").write_text("length,width,colour,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def inspected(folder: Path, *overrides: str) -> tuple[Looked, Judged]:
    looked = look(open_spec(folder / "spec.yaml", overrides), observe=ignore)
    return looked, judge(looked, observe=ignore)


def shown(looked: Looked, judged: Judged, width: int = 80) -> list[str]:
    console = make_console(file=io.StringIO(), width=width)
    show_inspection(looked.inspection, console)
    show_targets(looked.inspection, console)
    show_fed(judged.fed, looked.inspection.train.rows, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_what_is_right_has_no_problems_and_is_shown(folder: Path) -> None:
    looked, judged = inspected(folder)
    assert judged.problems == ()
    lines = shown(looked, judged)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for word in (
        "train         72",
        "validation    18",
        "length",
        "colour",
        "targets: kind",
        "iris",
        "always guessing",
    ):
        assert word in text


def test_the_parts_and_what_is_fed_are_those_of_training(folder: Path) -> None:
    looked, judged = inspected(folder)
    assert judged.prepared is not None
    by_part = {name: part.rows for name, part in looked.inspection.parts.items()}
    assert by_part == {name: part.rows for name, part in judged.prepared.parts.items()}
    for name, part in judged.prepared.parts.items():
        (target,) = looked.inspection.targets
        classes = np.asarray(part.sample.y["dense"])
        assert target.counts[name] == tuple(np.bincount(classes, minlength=3).tolist())
        most = int(np.argmax(target.counts["train"]))
        assert target.baseline[name]["accuracy"] == pytest.approx((classes == most).mean())
    sizes = next(item for item in judged.fed if item.name == "sizes")
    fed = judged.prepared.train.sample.x["sizes"]
    assert sizes.numbers is not None
    assert (sizes.numbers.low, sizes.numbers.high) == (fed.min(), fed.max())
    assert sizes.numbers.mean == pytest.approx(fed.astype(np.float64).mean(), abs=1e-9)


def test_data_larger_than_memory_is_told_of_alike(folder: Path) -> None:
    small, streamed = inspected(folder), inspected(folder, "runtime.memory=1 kB")
    assert streamed[1].prepared is not None and streamed[1].prepared.streamed
    records = [as_json(*found, (), None) for found in (small, streamed)]
    for part, record in records[0]["parts"].items():
        other = records[1]["parts"][part]
        assert (record["rows"], record["repeated"], record["shared"]) == (
            other["rows"], other["repeated"], other["shared"],
        )  # fmt: skip
        for name, field in record["fields"].items():
            assert json.dumps(field) == json.dumps(other["fields"][name])
    assert records[0]["targets"] == records[1]["targets"]


def test_data_that_training_refuses_is_shown_with_the_reason(folder: Path) -> None:
    text = (folder / "flowers.csv").read_text(encoding="utf-8").splitlines()
    text[4] = ",3,red,iris"
    (folder / "flowers.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    looked, judged = inspected(folder)
    assert [(problem.code, problem.severity) for problem in judged.problems] == [("missing-value", "error")]
    assert (judged.fed, judged.prepared) == ((), None)
    assert sum(part.fields["length"].missing for part in looked.inspection.parts.values()) == 1
    assert "missing" in "\n".join(shown(looked, judged, 120))
    assert draw(looked, judged, folder / "data.png") is None


def test_warnings_of_training_and_of_a_spec_are_said_too(folder: Path) -> None:
    for units, code in ((4, "unused-unit"), (2, "target-mismatch")):
        (folder / "spec.yaml").write_text(SPEC.replace("units: 3", f"units: {units}"), encoding="utf-8")
        _, judged = inspected(folder)
        assert [problem.code for problem in judged.problems] == [code]
    spec = SPEC.replace("units: 3", "units: 4").replace("entropy}", "entropy}  # kspec: ignore unused-unit")
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    assert inspected(folder)[1].problems == ()


def test_numbers_as_targets_and_their_baseline(folder: Path) -> None:
    spec = SPEC.replace("field: [length, width]", "field: width").replace("targets: kind", "targets: length")
    spec = spec.replace("{units: 3, activation: softmax}", "1").replace("sparse_categorical_crossentropy", "mse")
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    looked, judged = inspected(folder)
    (target,) = looked.inspection.targets
    assert judged.prepared is not None and judged.prepared.validation is not None
    train = judged.prepared.train.sample.y["dense"].astype(np.float64).ravel()
    held = judged.prepared.validation.sample.y["dense"].astype(np.float64).ravel()
    assert target.task == "numbers"
    assert target.baseline["validation"]["mae"] == pytest.approx(np.abs(held - train.mean()).mean(), rel=1e-6)
    assert target.baseline["validation"]["rmse"] == pytest.approx(np.sqrt(np.square(held - train.mean()).mean()))
    assert any(line.startswith("validation ") for line in shown(looked, judged))


def test_labels_are_counted_one_by_one(tmp_path: Path) -> None:
    y = (RANDOM.random((80, 3)) < [0.5, 0.1, 0.9]).astype(np.int32)
    np.savez(tmp_path / "rows.npz", x=RANDOM.normal(size=(80, 4)), y=y)
    spec = """\
data: {source: {npz: rows.npz}}
model: {layers: [{Dense: {units: 3, activation: sigmoid}}]}
compile: {optimizer: adam, loss: binary_crossentropy}
"""
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    looked = look(open_spec(tmp_path / "spec.yaml"), observe=ignore)
    (target,) = looked.inspection.targets
    assert (target.task, target.counts["train"]) == ("labels", tuple(y.sum(axis=0).tolist()))
    guess = y.mean(axis=0) > 0.5
    assert target.baseline["train"]["binary_accuracy"] == pytest.approx((y == guess).mean())


def test_the_command(folder: Path) -> None:
    program = [sys.executable, "-m", "kspec", "inspect", "spec.yaml", "--json"]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["parts"]["train"]["fields"]["colour"]["distinct"] == 2
    assert record["problems"] == []
    picture = folder / record["figure"]
    assert picture == folder / "runs" / "flowers-data.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    (folder / "spec.yaml").write_text(SPEC.replace("[length, width]", "[length, widht]"), encoding="utf-8")
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"][0]["code"] == "unknown-field"


def test_reading_and_showing_wants_no_tensorflow(folder: Path) -> None:
    code = (
        "import sys; from kspec.commands.opening import open_spec; from kspec.commands.inspect import look\n"
        "from kspec.runs.events import ignore; look(open_spec('spec.yaml'), observe=ignore)\n"
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr


def test_several_numbers_as_targets_are_shown_one_by_one(folder: Path) -> None:
    spec = SPEC.replace("sizes: {field: [length, width]", "sizes: {field: width")
    spec = spec.replace("targets: kind", "targets: [length, width]")
    spec = spec.replace("{units: 3, activation: softmax}", "2").replace("sparse_categorical_crossentropy", "mse")
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    looked, judged = inspected(folder)
    (target,) = looked.inspection.targets
    assert judged.prepared is not None and judged.prepared.validation is not None
    train = judged.prepared.train.sample.y["dense"].astype(np.float64)
    off = judged.prepared.validation.sample.y["dense"].astype(np.float64) - train.mean(axis=0)
    assert target.columns == ("length", "width")
    assert target.baseline["validation"]["mae"] == pytest.approx(np.abs(off).mean(), rel=1e-6)
    assert target.baseline["validation"]["rmse"] == pytest.approx(np.sqrt(np.square(off).mean()), rel=1e-6)
    lines = shown(looked, judged)
    below = lines[lines.index("targets: length, width") :]
    assert [line.split()[0] for line in below[1:4]] == ["field", "length", "width"]
    assert below[4].startswith("always guessing each mean: validation mae")
