"""Names of files and fields are held against the data before it is read, and before TensorFlow is imported."""

from __future__ import annotations

import gzip
from pathlib import Path
from textwrap import dedent

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from kspec import catalogue
from kspec.data.foresight import foresee
from kspec.data.sources import SOURCES, SourceContext
from kspec.data.sources.csv_head import csv_fields
from kspec.data.sources.folder_heads import image_fields, text_fields
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

MODEL = """
model:
  input: {shape: [2]}
  layers: [{Dense: {units: 3, activation: softmax}}]
compile: {loss: sparse_categorical_crossentropy}
"""


def foreseen(text: str, folder: Path, model: str = MODEL) -> list[str]:
    reading = read_spec(read_text("spec.yaml", dedent(text) + model), catalogue.load())
    assert reading.spec is not None, reading.problems
    problems = reading.document.place(foresee(reading.spec, folder))
    assert all(problem.span for problem in problems)
    return [f"{problem.span.line}: {problem.text} [{problem.code}]" for problem in problems if problem.span]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text("age,fare,kind\n1,2,a\n3,4,b\n", encoding="utf-8")
    (tmp_path / "test.csv").write_text("age,fare\n1,2\n", encoding="utf-8")
    return tmp_path


def test_what_is_there_is_right(folder: Path) -> None:
    text = "data: {train: {csv: train.csv}, inputs: {field: [age, fare]}, targets: kind}"
    assert foreseen(text, folder) == []
    assert foreseen("data: {train: {csv: 'tr*.csv'}, targets: kind}", folder) == []
    assert foreseen("data: {source: iris, inputs: {field: [sepal_length_cm, alcohol]}}", folder) == []


def test_everything_that_is_missing_is_told_at_once(folder: Path) -> None:
    text = """
        data:
          train: {csv: train.csv}
          validation: {csv: vaildation.csv}
          inputs: {field: [aeg, fare]}
          targets: {field: kin}
          sample_weight: {field: weight}
        fit:
          sample_weight: [{when: {fair: 3}, weight: 2.0}]
        """
    assert foreseen(text, folder) == [
        "4: there is no file `vaildation.csv` [source-unavailable]",
        "5: the data has no field `aeg`; did you mean `age`? [unknown-field]",
        "6: the data has no field `kin`; did you mean `kind`? [unknown-field]",
        "7: the data has no field `weight`; there are `age`, `fare`, `kind` [unknown-field]",
        "9: the data has no field `fair`; did you mean `fare`? [unknown-field]",
    ]


def test_every_part_has_the_fields(folder: Path) -> None:
    text = "data: {train: {csv: train.csv}, test: {csv: test.csv}, inputs: {field: [age, fare]}, targets: kind}"
    assert foreseen(text, folder) == ["1: the data has no field `kind`; there are `age`, `fare` [unknown-field]"]


def test_a_mistake_in_every_part_is_told_once(folder: Path) -> None:
    text = "data: {train: {csv: train.csv}, test: {csv: test.csv}, inputs: {field: aeg}, targets: fare}"
    assert foreseen(text, folder) == ["1: the data has no field `aeg`; did you mean `age`? [unknown-field]"]


def test_the_nearest_file_is_proposed_and_a_fallback_takes_its_place(folder: Path) -> None:
    text = "data: {source: {csv: trian.csv}, targets: kind}"
    hint = "did you mean `train.csv`? Or name a `fallback` beside it"
    assert foreseen(text, folder) == [f"1: there is no file `trian.csv`; {hint} [source-unavailable]"]
    assert foreseen("data: {source: {csv: trian.csv}, fallback: {csv: train.csv}, targets: kind}", folder) == []
    assert foreseen("data: {source: {csv: trian.csv}, fallback: digits}", folder) == []
    assert foreseen("data: {source: {csv: trian.csv}, fallback: digits, targets: z}", folder) == [
        "1: the data has no field `z`; there are `x`, `y` [unknown-field]"
    ]
    (problem,) = foreseen("data: {source: {csv: trian.csv}, fallback: {csv: nowhere.csv}, targets: kind}", folder)
    assert "nowhere.csv" in problem


def test_targets_and_inputs_that_nothing_names(folder: Path) -> None:
    two = """
model:
  inputs: {age: {shape: [1]}, size: {shape: [1]}}
  layers:
    - Concatenate:
      from: [age, size]
    - Dense: 1
      name: price
compile: {loss: mse}
"""
    assert foreseen("data: {train: {csv: train.csv}}", folder, two) == [
        "1: the output `price` has no targets; add `targets: FIELD` under `data` [missing-target]",
        "1: nothing says what the input `size` is fed; add `inputs: {size: FIELD}` [missing-input]",
    ]


def test_columns_that_csv_itself_is_told_of(folder: Path) -> None:
    assert foreseen("data: {train: {csv: {path: train.csv, without: [agee]}}, targets: kind}", folder) == [
        "1: there is no column `agee`; did you mean `age`? [bad-data]"
    ]
    assert foreseen("data: {train: {csv: {path: train.csv, without: [kind]}}, targets: kind}", folder) == [
        "1: the data has no field `kind`; there are `age`, `fare` [unknown-field]"
    ]


def test_arrays(folder: Path) -> None:
    np.savez(folder / "a.npz", x_train=np.ones((3, 2)), y_train=np.ones(3), x_test=np.ones((1, 2)), y_test=np.ones(1))
    np.save(folder / "b.npy", np.ones((3, 2)))
    assert foreseen("data: {source: {npz: a.npz}}", folder) == []
    assert foreseen("data: {source: {npz: {path: a.npz, fields: {x: x_train, y: y_trian}}}}", folder) == [
        f"1: `{folder / 'a.npz'}` has no array `y_trian`; did you mean `y_train`? [bad-data]"
    ]
    assert foreseen("data: {source: {npz: a.npz}, targets: z}", folder) == [
        "1: the data has no field `z`; there are `x`, `y` [unknown-field]"
    ]
    (problem,) = foreseen("data: {source: {npy: {x: b.npy, y: c.npy}}}", folder)
    assert problem.startswith("1: there is no file `c.npy`")
    assert foreseen("data: {source: {npy: {x: b.npy, y: b.npy}}, targets: x}", folder) == []
    assert foreseen("data: {source: {random: {rows: 9, x: {shape: [2]}}}, targets: label}", folder) == [
        "1: the data has no field `label`; there are `x` [unknown-field]"
    ]


def test_tables_in_parquet(folder: Path) -> None:
    parquet.write_table(pa.table({"age": [1], "fare": [2.0], "size": [{"cm": 3}]}), folder / "a.parquet")
    (folder / "b.parquet").write_bytes((folder / "a.parquet").read_bytes()[:-9])
    assert foreseen("data: {train: {parquet: a.parquet}, inputs: {field: [age, size.cm]}, targets: fare}", folder) == []
    assert foreseen("data: {train: {parquet: a.parquet}, inputs: {field: [aeg]}, targets: fare}", folder) == [
        "1: the data has no field `aeg`; did you mean `age`? [unknown-field]"
    ]
    assert foreseen("data: {train: {parquet: {path: a.parquet, columns: [ag]}}, targets: fare}", folder) == [
        "1: there is no column `ag`; did you mean `age`? [bad-data]"
    ]
    (problem,) = foreseen("data: {train: {parquet: '*.parquet'}, targets: fare}", folder)
    assert problem == (
        f"1: `{folder / 'b.parquet'}` is cut short: a Parquet file ends with b'PAR1'; copy it again, or write it again "
        "[bad-data]"
    )


def test_lines_of_json(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"age": 1, "size": {"cm": 2}}\n{"age": 1, "kind": "a"}\n', encoding="utf-8")
    (folder / "b.jsonl").write_text('{"age": 1}\n{"age": }\n', encoding="utf-8")
    assert foreseen("data: {train: {jsonl: a.jsonl}, inputs: {field: [age, size.cm]}, targets: kind}", folder) == []
    assert foreseen("data: {train: {jsonl: a.jsonl}, inputs: {field: size}, targets: kind}", folder) == [
        "1: the data has no field `size`; did you mean `size.cm`? [unknown-field]"
    ]
    assert foreseen("data: {train: {jsonl: b.jsonl}, targets: kind}", folder) == [
        f"1: `{folder / 'b.jsonl'}`, line 2, column 9: expecting value [bad-data]"
    ]


def test_tfrecords(folder: Path) -> None:
    (folder / "a.tfrecord").write_bytes(b"")
    text = "data: {train: {tfrecord: {path: a.tfrecord, features: {x: {dtype: int64}, y: {dtype: KIND}}}}, targets: z}"
    assert foreseen(text.replace("KIND", "int64"), folder) == [
        "1: the data has no field `z`; there are `x`, `y` [unknown-field]"
    ]
    assert foreseen(text.replace("KIND", "int46"), folder) == [
        "1: feature `y`: records hold float32, int64, string, not 'int46'; did you mean `int64`? [bad-data]"
    ]


def test_windows_and_the_source_behind_them(folder: Path) -> None:
    text = "data: {{train: {{windows: {{source: {{csv: {file}}}, length: 3, target: {target}}}}}}}"
    assert foreseen(text.format(file="train.csv", target="fare"), folder) == []
    assert foreseen(text.format(file="train.csv", target="fair"), folder) == [
        "1: the source has no field `fair`; did you mean `fare`? [bad-data]"
    ]
    assert foreseen(text.format(file="trian.csv", target="fare"), folder) == [
        "1: there is no file `trian.csv`; did you mean `train.csv`? [source-unavailable]"
    ]
    unknown = "data: {source: {windows: {source: iris, length: 3}}, inputs: z, targets: x}"
    assert foreseen(unknown, folder) == ["1: the data has no field `z`; there are `x` [unknown-field]"]


WIDE = ",".join(f"column_{number}" for number in range(9000))


@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        (b"a,b\n1,2\n", {}),
        (b"\n\na;b\r\n1;2\r\n", {}),
        (b"a\tb c\r1\t2\r", {}),
        (b'\xef\xbb\xbf" a ","b"\n1,2\n', {}),
        ("ä,ö\n1,2\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("a,ö\n1,2\n".encode("utf-16"), {"encoding": "utf-16"}),
        (b"a|b\n1|2\n", {"delimiter": "|"}),
        (b"a,b,c\n1,2,3\n", {"columns": ["c", "a"]}),
        (b"a,b,c\n1,2,3\n", {"without": ["b"]}),
        (b"a,b\n" + b"1,2\n" * 50_000, {}),
        ("a,ä\n".encode() + "1,ä\n".encode() * 50_000, {"text": ["ä"]}),
        pytest.param(f"{WIDE}\n{','.join('1' * 9000)}\n".encode(), {}, id="wide"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_is_read_as_the_whole_file_is(
    data: bytes, arguments: dict[str, object], packed: bool, folder: Path
) -> None:
    name = "t.csv.gz" if packed else "t.csv"
    (folder / name).write_bytes(gzip.compress(data) if packed else data)
    context = SourceContext(folder=folder)
    whole = SOURCES["csv"](context, path=name, **arguments).train
    assert csv_fields(folder, path=name, **arguments) == list(whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00a,b\n", "is not utf-16: byte 7 is 0x0a"),
        (b"a,a\n1,2\n", "names two columns `a`"),
        (b"a,\xff\n1,2\n", "is not utf-8: byte 2 is 0xff"),
    ],
)
def test_what_is_wrong_with_a_header_is_told_from_it_alone(data: bytes, message: str, folder: Path) -> None:
    (folder / "t.csv").write_bytes(data)
    (found,) = foreseen("data: {train: {csv: t.csv}, targets: b}", folder)
    assert message in found


def test_headers_that_differ_are_told_from_them_alone(folder: Path) -> None:
    (found,) = foreseen("data: {train: {csv: '*.csv'}, targets: kind}", folder)
    assert "has other columns than" in found


IMAGE_MODEL = """
model:
  input: {shape: [4, 6, 3]}
  layers: [Flatten, {Dense: {units: 3, activation: softmax}}]
compile: {loss: sparse_categorical_crossentropy}
"""


NO_LABEL = "the data has no field `label`; there are `image`, `file` [unknown-field]"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with folders of images and texts; nothing reads what is in the files."""
    for name in ("photos/cat/a.png", "photos/dog/b.JPG", "flat/a.png", "reviews/pos/a.txt", "parts/train/cat/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "parts" / "test").mkdir()
    (tmp_path / "labels.csv").write_text("photo,kind\nphotos/cat/a.png,cat\n", encoding="utf-8")
    (tmp_path / "lines.txt").write_text("one\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{images: photos}, targets: label", []),
        ("{images: parts}, targets: label", []),
        ("{images: {path: labels.csv, file: photo}}, targets: kind", []),
        ("{images: flat}, targets: image", []),
        (
            "{images: flat}, targets: label",
            [NO_LABEL],
        ),
        (
            "{images: {path: photos, labels: null}}, targets: label",
            [NO_LABEL],
        ),
        (
            "{images: phtos}, targets: label",
            ["there is no folder `phtos`; did you mean `photos`? [source-unavailable]"],
        ),
        (
            "{images: reviews}, targets: label",
            [
                "there are no images in `reviews`; 1 other file is not read: .txt; "
                "images end in .png, .jpg, .jpeg, .gif, .bmp and .webp [bad-data]"
            ],
        ),
        (
            "{images: labels.csv}, targets: kind",
            [
                "`labels.csv` has no column `file` that names the images; "
                "say which one does: `file: COLUMN`; its columns are photo, kind [bad-data]"
            ],
        ),
        (
            "{images: {path: photos, size: [8, 0]}}, targets: label",
            ["expected [height, width] as positive integers, got [8, 0] [bad-data]"],
        ),
        ("{texts: reviews}, inputs: text, targets: label", []),
        (
            "{texts: reviews}, inputs: txt, targets: label",
            ["the data has no field `txt`; did you mean `text`? [unknown-field]"],
        ),
        (
            "{texts: lines.txt}, inputs: text, targets: label",
            ["the data has no field `label`; there are `text` [unknown-field]"],
        ),
    ],
)
def test_folders_are_looked_into(data: str, said: list[str], photos: Path) -> None:
    found = foreseen(f"data: {{train: {data}}}", photos, IMAGE_MODEL)
    assert [line.partition(": ")[2].replace(f"{photos}/", "") for line in found] == said


def test_the_foreseen_fields_of_folders_are_those_that_reading_gives(tmp_path: Path) -> None:
    from PIL import Image

    context = SourceContext(folder=tmp_path)
    for name in ("photos/cat/a.png", "photos/dog/b.png", "flat/a.png", "parts/train/cat/a.png", "parts/test/cat/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2, 2)).save(tmp_path / name)
        text = (tmp_path / "texts" / name).with_suffix(".txt")
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text("one\n")
    (tmp_path / "labels.csv").write_text("photo,kind\nphotos/cat/a.png,cat\n", encoding="utf-8")
    for path in ("photos", "flat", "parts", "photos/*/*.png", "photos/cat/a.png"):
        for labels in ("inferred", None):
            read = SOURCES["images"](context, path=path, labels=labels).train
            assert list(read) == image_fields(tmp_path, path=path, labels=labels)
            if path[-1] != "g":
                texts = SOURCES["texts"](context, path=f"texts/{path}", labels=labels).train
                assert list(texts) == text_fields(tmp_path, path=f"texts/{path}", labels=labels)
    read = SOURCES["images"](context, path="labels.csv", file="photo").train
    assert list(read) == image_fields(tmp_path, path="labels.csv", file="photo")
