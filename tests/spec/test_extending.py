"""`extends` and `without`: what comes of a spec laid over another, and where its problems are shown."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_anything import _SPECS

from kspec import catalogue
from kspec.spec.checking import Reading, read_spec
from kspec.spec.document import Document
from kspec.spec.extending import MAX_BASES, extend
from kspec.spec.overrides import apply_overrides
from kspec.spec.reading import read_document, read_text
from kspec.spec.writing import to_yaml

MODEL = "model: {input: [4], layers: [{Dense: 8, name: hidden}, Flatten, {Dense: {units: 3, name: out}}]}\n"
COMPILE = "compile: {optimizer: {Adam: 0.1}, loss: mse}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**texts: str) -> None:
    """Write `NAME.yaml` for every text."""
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def document_of(name: str = "child.yaml") -> Document:
    document = read_document(name)
    extend(document, catalogue.load())
    return document


def reading_of(name: str = "child.yaml", *overrides: str) -> Reading:
    document = document_of(name)
    apply_overrides(document, overrides, catalogue.load())
    return read_spec(document, catalogue.load())


def shown(name: str = "child.yaml") -> list[str]:
    problems = document_of(name).problems
    return [f"{problem.span.source.name}:{problem.span.line}:{problem.span.column} {problem.code}"
            for problem in problems if problem.span]  # fmt: skip


def merged(base: str, over: str) -> Any:
    write(base=base, child=f"extends: base.yaml\n{over}")
    document = document_of()
    assert document.problems == []
    return document.data()


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ("fit: {epochs: 3, batch_size: 8}", "fit: {epochs: 5}", {"fit": {"epochs": 5, "batch_size": 8}}),
        ("fit: {epochs: 3}", "seed: 1", {"fit": {"epochs": 3}, "seed": 1}),
        ("callbacks: [A, B]", "callbacks: [C]", {"callbacks": ["C"]}),
        ("fit: {epochs: 3}", "fit: null", {"fit": None}),
        ("fit: null", "fit: {epochs: 3}", {"fit": {"epochs": 3}}),
        ("name: a", "fit: {class_weight: {5: 1}}", {"name": "a", "fit": {"class_weight": {"5": 1}}}),
        ("fit: {class_weight: {5: 1}}", '"fit": {"class_weight": {"5": 2, "6": 1}}',
         {"fit": {"class_weight": {"5": 2, "6": 1}}}),
    ],
)  # fmt: skip
def test_mappings_are_merged_and_all_else_is_replaced(base: str, over: str, expected: object) -> None:
    assert merged(base, over) == expected


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        # Another class replaces the whole component, a name alone too.
        ("{Adam: {beta_1: 0.5}}", "{SGD: {momentum: 0.9}}", {"SGD": {"momentum": 0.9}}),
        ("{Adam: {beta_1: 0.5}}", "{sgd: {momentum: 0.9}}", {"sgd": {"momentum": 0.9}}),
        ("{Adam: {beta_1: 0.5}}", "adam", "adam"),
        ("{Adam: {beta_1: 0.5}}", "{Adam: null}", {"Adam": None}),
        ("sgd", "{Adam: {beta_1: 0.5}}", {"Adam": {"beta_1": 0.5}}),
        # The same class keeps the arguments that it is not given anew, whatever the form.
        ("{Adam: {beta_1: 0.5}}", "{Adam: {epsilon: 1}}", {"Adam": {"beta_1": 0.5, "epsilon": 1}}),
        ("{Adam: 0.1}", "{Adam: {epsilon: 1}}", {"Adam": {"learning_rate": 0.1, "epsilon": 1}}),
        ("{Adam: {epsilon: 1}}", "{Adam: 0.1}", {"Adam": {"epsilon": 1, "learning_rate": 0.1}}),
        ("{Adam: 0.1}", "{Adam: 0.2}", {"Adam": {"learning_rate": 0.2}}),
        ("{adam: {epsilon: 1}}", "{Adam: 0.1}", {"Adam": {"epsilon": 1, "learning_rate": 0.1}}),
        ("{Adam: {epsilon: 1}}", "{Adam: {}}", {"Adam": {"epsilon": 1}}),
        # Arguments that are components follow the same rule.
        ("{Adam: {learning_rate: {CosineDecay: {alpha: 1, decay_steps: 5}}}}",
         "{Adam: {learning_rate: {CosineDecay: {alpha: 2}}}}",
         {"Adam": {"learning_rate": {"CosineDecay": {"alpha": 2, "decay_steps": 5}}}}),
        ("{Adam: {learning_rate: {CosineDecay: {alpha: 1}}}}",
         "{Adam: {learning_rate: {ExponentialDecay: {decay_rate: 2}}}}",
         {"Adam": {"learning_rate": {"ExponentialDecay": {"decay_rate": 2}}}}),
        ("{Adam: {CosineDecay: {alpha: 1}}}", "{Adam: {epsilon: 1}}",
         {"Adam": {"learning_rate": {"CosineDecay": {"alpha": 1}}, "epsilon": 1}}),
    ],
)  # fmt: skip
def test_components(base: str, over: str, expected: object) -> None:
    found = merged(f"compile: {{optimizer: {base}}}", f"compile: {{optimizer: {over}}}")
    assert found == {"compile": {"optimizer": expected}}


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ("data: {source: {digits: {image_size: [8, 8]}}}", "data: {source: {csv: a.csv}}",
         {"data": {"source": {"csv": "a.csv"}}}),
        ("data: {source: {csv: {path: a.csv, text: [b]}}}", "data: {source: {csv: b.csv}}",
         {"data": {"source": {"csv": {"path": "b.csv", "text": ["b"]}}}}),
        ("data: {source: {windows: {source: {csv: a.csv}, length: 3}}}",
         "data: {source: {windows: {source: {parquet: b.parquet}}}}",
         {"data": {"source": {"windows": {"source": {"parquet": "b.parquet"}, "length": 3}}}}),
        ("compile: {loss: {a: mse, b: mae}}", "compile: {loss: {Huber: 0.5}}", {"compile": {"loss": {"Huber": 0.5}}}),
        ("compile: {loss: {Huber: 0.5}}", "compile: {loss: {a: mse}}", {"compile": {"loss": {"a": "mse"}}}),
        ("compile: {loss: {a: mse, b: mae}}", "compile: {loss: {a: mae}}",
         {"compile": {"loss": {"a": "mae", "b": "mae"}}}),
        ("model: {shared: {e: {LSTM: 8, trainable: false}}}", "model: {shared: {e: {GRU: 8}}}",
         {"model": {"shared": {"e": {"trainable": False, "GRU": 8}}}}),
        ("model: {shared: {e: {LSTM: 8}}}", "model: {shared: {e: {trainable: false}}}",
         {"model": {"shared": {"e": {"LSTM": 8, "trainable": False}}}}),
        ("model: {shared: {e: {LSTM: 8}}}", "model: {shared: {e: {load: a.keras}}}",
         {"model": {"shared": {"e": {"load": "a.keras"}}}}),
        ("sweep: {sampler: {TPESampler: {seed: 1}}}", "sweep: {sampler: {RandomSampler: {}}}",
         {"sweep": {"sampler": {"RandomSampler": {}}}}),
        ("sweep: {space: {fit.epochs: {int: {low: 1, high: 5}}}}", "sweep: {space: {fit.epochs: {int: {high: 9}}}}",
         {"sweep": {"space": {"fit.epochs": {"int": {"low": 1, "high": 9}}}}}),
        ("sweep: {space: {a: {int: {low: 1, high: 5}}, b: {categorical: [1]}}}",
         "sweep: {space: {a: {categorical: [2]}}}",
         {"sweep": {"space": {"a": {"categorical": [2]}, "b": {"categorical": [1]}}}}),
        ("vars: {Add: 1}", "vars: {Multiply: 2}", {"vars": {"Add": 1, "Multiply": 2}}),
        ("fit: {class_weight: {Add: 1}}", "fit: {class_weight: {Dot: 2}}",
         {"fit": {"class_weight": {"Add": 1, "Dot": 2}}}),
    ],
)  # fmt: skip
def test_components_elsewhere(base: str, over: str, expected: object) -> None:
    assert merged(base, over) == expected


def test_constants_are_seen_by_the_expressions_of_the_base() -> None:
    write(
        base="vars: {width: 5, twice: $(width * 2)}\nmodel: {layers: [{Dense: $(twice)}]}",
        child="extends: base.yaml\nvars: {new: 3, width: $(new + 1), last: $(twice)}",
    )
    spec = reading_of().spec
    assert spec and spec.graph.nodes[0].component and spec.graph.nodes[0].component.arguments == {"units": 8}
    assert list(spec.content["vars"]) == ["new", "width", "twice", "last"]


def test_a_chain_of_yaml_and_json() -> None:
    Path("deep").mkdir()
    Path("deep/first.json").write_text(json.dumps({"name": "first", "seed": 1, "fit": {"epochs": 1, "batch_size": 8}}))
    Path("deep/second.yaml").write_text("extends: first.json\nwithout: [fit.batch_size]\nseed: 2\n" + MODEL)
    Path("child.json").write_text('{"extends": "deep/second.yaml", "fit": {"epochs": 7}}')
    reading = reading_of("child.json")
    assert reading.problems == ()
    assert reading.spec and (reading.spec.name, reading.spec.seed) == ("first", 2)
    assert (reading.spec.fit.epochs, reading.spec.fit.batch_size) == (7, 32)
    assert [base.name for base in reading.document.bases] == ["deep/second.yaml", "deep/first.json"]
    assert not {"extends", "without"} & {*reading.spec.content}


def test_standard_input_extends_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    write(base=MODEL)
    stdin = io.TextIOWrapper(io.BytesIO(b"extends: base.yaml\nfit: {epochs: 4}\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    spec = reading_of("-").spec
    assert spec and spec.fit.epochs == 4


def test_options_come_after_the_base_and_before_expressions() -> None:
    write(base="vars: {n: 2}\nfit: {epochs: $(n)}\n" + MODEL, child="extends: base.yaml\nvars: {n: 3}")
    spec = reading_of("child.yaml", "vars.n=4", "model.layers.hidden.units=9").spec
    assert spec and spec.fit.epochs == 4
    assert spec.graph.nodes[0].component and spec.graph.nodes[0].component.arguments == {"units": 9}
    (problem,) = reading_of("child.yaml", "extends=other.yaml").problems
    assert problem.code == "bad-override"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("fit", {"fit": None}),
        ("fit.class_weight", {"fit": {"epochs": 3}}),
        ("model.layers.0, model.layers.1", {"layers": [{"Dense": {"units": 3, "name": "out"}}]}),
        ("model.layers.-1, model.layers.hidden", {"layers": ["Flatten"]}),
        ("model.layers.Flatten, model.layers.out.name",
         {"layers": [{"Dense": 8, "name": "hidden"}, {"Dense": {"units": 3}}]}),
        ("model.layers.hidden.name", {"layers": [{"Dense": 8}, "Flatten", {"Dense": {"units": 3, "name": "out"}}]}),
        ("compile.optimizer.learning_rate", {"compile": {"optimizer": {"Adam": {}}, "loss": "mse"}}),
        ("compile.optimizer.Adam.learning_rate", {"compile": {"optimizer": {"Adam": {}}, "loss": "mse"}}),
        ("compile.optimizer.Adam", {"compile": {"loss": "mse"}}),
    ],
)  # fmt: skip
def test_without(written: str, expected: dict[str, Any]) -> None:
    found = merged("fit: {epochs: 3, class_weight: {5: 2}}\n" + MODEL + COMPILE, f"without: [{written}]")
    found |= {"layers": found["model"]["layers"]}
    for key, value in expected.items():
        assert found.get(key) == value


def test_without_a_result_that_was_expected() -> None:
    expected = "expect: {test.loss: {min: 0, max: 1}, train.loss: {max: 2}}"
    found = merged(expected, "without: [expect.test.loss.min, expect.train.loss]")
    assert found == {"expect": {"test.loss": {"max": 1}}}


def test_without_leaves_alone_what_the_spec_says_itself() -> None:
    found = merged("fit: {class_weight: {5: 2}}", "without: [fit.class_weight]\nfit: {class_weight: {6: 3}}")
    assert found == {"fit": {"class_weight": {"6": 3}}}


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ("extends: bse.yaml", "child.yaml:1:10 not-found"),
        ("extends: .", "child.yaml:1:10 not-a-file"),
        ("extends: https://example.org/base.yaml", "child.yaml:1:10 not-a-file"),
        ('extends: "-"', "child.yaml:1:10 not-a-file"),
        ("extends: 3", "child.yaml:1:10 wrong-type"),
        ("extends: {csv: a}", "child.yaml:1:10 wrong-type"),
        ('extends: ""', "child.yaml:1:10 wrong-type"),
        ("extends: base.yaml\nwithout: fit", "child.yaml:2:10 wrong-type"),
        ("extends: base.yaml\nwithout: [[fit]]", "child.yaml:2:11 wrong-type"),
        ("extends: base.yaml\nwithout: [fit.epoch]", "child.yaml:2:11 not-in-base"),
        ("extends: base.yaml\nwithout: [fit..epochs]", "child.yaml:2:11 not-in-base"),
        ("extends: base.yaml\nwithout: [model.layers.7]", "child.yaml:2:11 not-in-base"),
        ("extends: base.yaml\nwithout: [seed]\nseed: 3", "child.yaml:2:11 not-in-base"),
        ("without: [fit]", "child.yaml:1:1 missing-key"),
        ("extends: child.yaml", "child.yaml:1:10 extends-loop"),
        ("extends: back.yaml", "back.yaml:1:10 extends-loop"),
        ("extends: empty.yaml", "empty.yaml:1:1 empty"),
        ("extends: list.yaml", "list.yaml:1:1 wrong-type"),
        ("extends: torn.yaml", "torn.yaml:1:6 yaml-syntax"),
        ("extends: binary.yaml", "binary.yaml:1:1 control-character"),
        ("extends: wide.yaml", "child.yaml:1:10 not-utf-8"),
    ],
)
def test_what_is_wrong_has_a_place(over: str, place: str) -> None:
    write(base="fit: {epochs: 3}\n" + MODEL, child=over, back="extends: ./child.yaml", empty="", list="[1]")
    write(torn="fit: [1", binary="\x01")
    Path("wide.yaml").write_bytes("a: 1".encode("utf-16"))
    assert shown() == [place]
    assert [problem.code for problem in reading_of().problems] == [place.split()[1]]


def test_a_link_does_not_hide_a_loop() -> None:
    write(child="extends: link.yaml")
    Path("link.yaml").symlink_to("child.yaml")
    assert shown() == ["child.yaml:1:10 extends-loop"]


def test_a_long_chain_has_an_end() -> None:
    for number in range(MAX_BASES + 1):
        write(**{f"s{number}": f"extends: s{number + 1}.yaml"})
    write(**{f"s{MAX_BASES + 1}": MODEL})
    assert shown("s0.yaml") == [f"s{MAX_BASES}.yaml:1:10 too-deep"]
    assert shown("s1.yaml") == []


def test_a_problem_is_shown_where_its_value_was_written() -> None:
    write(
        base="fit:\n  epochs: ten\n  batch_size: 0\n" + MODEL,
        child="extends: base.yaml\nfit:\n  batch_size: -1\n  epoch: 3\n",
    )
    problems = reading_of().problems
    places = [(problem.span.source.name, problem.span.line, problem.code) for problem in problems if problem.span]
    assert places == [
        ("base.yaml", 2, "wrong-type"),
        ("child.yaml", 3, "out-of-range"),
        ("child.yaml", 4, "unknown-key"),
    ]


@pytest.mark.parametrize(
    ("base", "child", "path"),
    [
        ("data: {train: {csv: rows.csv}}", "", "BASE/rows.csv"),
        ("data: {train: {csv: ../data/*.csv}}", "", "BASE/../data/*.csv"),
        ("data: {train: {csv: {path: rows.csv}}}", "data: {train: {csv: {text: [a]}}}", "BASE/rows.csv"),
        ("data: {train: {csv: rows.csv}}", "data: {train: {csv: mine.csv}}", "mine.csv"),
        ("data: {train: {csv: /data/rows.csv}}", "", "/data/rows.csv"),
        ("data: {train: {csv: ~/rows.csv}}", "", "~/rows.csv"),
        ("vars: {f: rows}\ndata: {train: {csv: $(f).csv}}", "", "BASE/$(f).csv"),
        ("vars: {f: rows}\ndata: {train: {csv: $(f).csv}}", "vars: {f: mine}", "$(f).csv"),
        ("vars: {f: rows}\ndata: {train: {csv: a/$(f).csv}}", "vars: {f: mine}", "BASE/a/$(f).csv"),
        ("vars: {f: rows, g: $(f)}\ndata: {train: {csv: $(g).csv}}", "vars: {f: mine}", "$(g).csv"),
        ("vars: {f: rows}", "data: {train: {csv: $(f).csv}}", "BASE/$(f).csv"),
        ("vars: {f: /data/rows}", "data: {train: {csv: $(f).csv}}", "$(f).csv"),
    ],
)
def test_a_path_starts_from_the_spec_that_names_it(base: str, child: str, path: str, here: Path) -> None:
    Path("base").mkdir()
    Path("base/base.yaml").write_text(base)
    write(child=f"extends: base/base.yaml\n{child}")
    given = document_of().data()["data"]["train"]["csv"]
    assert (given["path"] if isinstance(given, dict) else given) == path.replace("BASE", str(here / "base"))


@pytest.mark.parametrize("source", ["images", "texts"])
def test_a_folder_starts_from_the_spec_that_names_it(source: str, here: Path) -> None:
    Path("base").mkdir()
    Path("base/base.yaml").write_text(f"data: {{source: {{{source}: {{path: rows/, labels: inferred}}}}}}")
    write(child="extends: base/base.yaml")
    given = document_of().data()["data"]["source"][source]
    assert given == {"path": f"{here}/base/rows", "labels": "inferred"}


@pytest.mark.parametrize(
    "written",
    ["{parquet: FILE}", "{jsonl: {path: FILE}}", "{tfrecord: {path: FILE, features: {}}}",
     "{windows: {source: {csv: FILE}, length: 3}}", "{windows: {source: {parquet: {path: [FILE]}}, length: 3}}"],
)  # fmt: skip
def test_a_path_of_every_source_starts_from_the_spec_that_names_it(written: str, here: Path) -> None:
    Path("base").mkdir()
    Path("base/base.yaml").write_text(f"data: {{train: {written.replace('FILE', 'a.rows')}}}")
    write(child="extends: base/base.yaml")
    whole = json.dumps(document_of().data())
    assert f'"{here / "base" / "a.rows"}"' in whole


def test_models_to_load_start_from_the_spec_that_names_them(here: Path) -> None:
    Path("base").mkdir()
    Path("runs").mkdir()
    Path("runs/y.keras").touch()
    Path("base/base.yaml").write_text(
        "vars: {a: &file old.keras}\n"
        "model: {shared: {old: {load: *file}}, weights: {load: w.h5}, layers: [{load: x.keras}, {load: runs/y.keras}]}"
    )
    write(child="extends: base/base.yaml")
    content = document_of().data()
    model = content["model"]
    assert content["vars"] == {"a": "old.keras"}
    assert model["shared"]["old"]["load"] == f"{here}/base/old.keras"
    assert model["weights"]["load"] == f"{here}/base/w.h5"
    assert model["layers"][0]["load"] == f"{here}/base/x.keras"
    assert model["layers"][1]["load"] == f"{here}/runs/y.keras"


@settings(max_examples=200, deadline=None)
@given(_SPECS, st.sampled_from(["yaml", "json"]))
def test_an_empty_spec_over_a_base_is_the_base(content: Any, ending: str) -> None:
    text = to_yaml({key: value for key, value in content.items() if key not in ("extends", "without")})
    base = read_text("base.yaml", text)
    Path("base.yaml").write_text(text, encoding="utf-8")
    Path(f"child.{ending}").write_text('{"extends": "base.yaml"}')
    child = document_of(f"child.{ending}")
    assert repr(child.data()) == repr(base.data())
    assert [problem.code for problem in child.problems] == [problem.code for problem in base.problems]


@settings(max_examples=200, deadline=None)
@given(_SPECS, _SPECS, st.lists(st.sampled_from(["fit", "model.layers.0", "compile.loss", "vars.a", "a.b.c"])))
def test_any_two_structures_can_be_merged(base: Any, over: Any, without: list[str]) -> None:
    Path("base.yaml").write_text(to_yaml(base), encoding="utf-8")
    Path("child.yaml").write_text(to_yaml({**over, "extends": "base.yaml", "without": without}), encoding="utf-8")
    for problem in reading_of().problems:
        assert problem.span is not None, problem


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[1] / "specs" / "valid").iterdir()), ids=lambda f: f.name
)
def test_a_spec_over_itself_is_as_right_as_before(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    Path("bases").mkdir()
    for base in (file.parents[1] / "bases").iterdir():
        (Path("bases") / base.name).write_bytes(base.read_bytes())
    Path("specs").mkdir()
    Path("specs/base.yaml").write_text(text, encoding="utf-8")
    own = {
        key: value for key, value in read_text("base.yaml", text).data().items() if key not in ("extends", "without")
    }
    Path("specs/child.json").write_text(json.dumps({**own, "extends": "base.yaml"}))
    reading = reading_of("specs/child.json")
    assert reading.problems == ()
