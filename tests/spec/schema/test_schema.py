"""The schema takes what kspec takes, refuses what is wrong, and knows every component, argument and key."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kspec.catalogue import Catalogue, Component, load
from kspec.catalogue.cache import SHIPPED
from kspec.spec.checking import read_spec
from kspec.spec.code import with_code
from kspec.spec.reading import read_document, read_text
from kspec.spec.schema import build_schema
from kspec.spec.unknown import COMPONENT_FAMILIES
from kspec.spec.vocabulary import descriptions

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SPECS = [
    *sorted((ROOT / "configs").glob("*.yaml")),
    *sorted((ROOT / "kspec" / "commands" / "templates").iterdir()),
    *sorted((ROOT / "tests" / "commands" / "starters" / "golden").iterdir()),
    *sorted((ROOT / "tests" / "specs" / "valid").iterdir()),
    *sorted((HERE / "specs").iterdir()),
]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    (f"{page.name}:{text.count(chr(10), 0, block.start())}", block[1], page)
    for page in PAGES
    for text in [page.read_text(encoding="utf-8")]
    for block in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
]


@cache
def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(build_schema(load()))


def complaints(text: str, schema: Any = None) -> list[str]:
    """Return where a schema refuses a spec: the paths of its complaints, those of alternatives left out."""
    checked = validator() if schema is None else jsonschema.Draft7Validator(schema)
    document = read_text("spec.yaml", text)
    assert document.problems == []
    return sorted({".".join(map(str, error.absolute_path)) for error in checked.iter_errors(document.data())})


def test_it_is_a_schema() -> None:
    schema = build_schema(load())
    jsonschema.Draft7Validator.check_schema(schema)
    names = set(schema["definitions"])
    referred = {name.removeprefix("#/definitions/") for name in re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema))}
    assert referred == names


def test_it_is_the_same_every_time_and_not_too_large() -> None:
    text = json.dumps(build_schema(load()), ensure_ascii=False)
    assert text == json.dumps(build_schema(load()), ensure_ascii=False)
    assert len(text) < 2_500_000


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_a_right_spec_is_taken(path: Path) -> None:
    document = read_document(path)
    assert document.problems == []
    found = [
        f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator().iter_errors(document.data())
    ]
    assert found == []


@pytest.mark.parametrize(("place", "text", "page"), BLOCKS, ids=[place for place, *_ in BLOCKS])
def test_an_example_of_the_docs_is_taken(place: str, text: str, page: Path, tmp_path: Path) -> None:
    files = []
    for name, code in re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
        files.append(tmp_path / name)
        files[-1].write_text(code, encoding="utf-8")
    schema = build_schema(with_code(load(), files)) if files else None
    assert complaints(text, schema) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("modl: {layers: [Flatten]}", ""),
        ("model: {layer: [Flatten]}", "model"),
        ("model: {layers: Flatten}", "model.layers"),
        ("seed: many", "seed"),
        ("kspec: 2", "kspec"),
        ("name: a b", "name"),
        ("data: {sauce: mnist}", "data"),
        ("data: {source: mnits}", "data.source"),
        ("data: {source: {csv: {delimeter: x}}}", "data.source.csv"),
        ("data: {inputs: {field: x, preproces: [Normalization]}}", "data.inputs"),
        ("data: {inputs: {a: {field: x, preprocess: [{Dropout: 0.5}]}}}", "data.inputs.a.preprocess.0"),
        ("compile: {optimizer: Adm}", "compile.optimizer"),
        ("compile: {optimizer: {Adam: {lr: 0.1}}}", "compile.optimizer.Adam"),
        ("compile: {optimizer: {Adam: {learning_rate: -1}}}", "compile.optimizer.Adam.learning_rate"),
        ("compile: {optimizer: {Adam: , SGD: }}", "compile.optimizer"),
        ("compile: {loss: binary_crossentropi}", "compile.loss"),
        ("compile: {loss: {main: msee}}", "compile.loss.main"),
        ("compile: {metrics: [acuracy]}", "compile.metrics.0"),
        ("compile: {metrics: {main: [acuracy]}}", "compile.metrics.main.0"),
        ("fit: {epoch: 3}", "fit"),
        ("fit: {epochs: 0}", "fit.epochs"),
        ("fit: {shuffle: yes}", "fit.shuffle"),
        ("fit: {class_weight: balance}", "fit.class_weight"),
        ("fit: {sample_weight: [{when: {y: 1}}]}", "fit.sample_weight.0"),
        ("callbacks: [EarlyStoping]", "callbacks.0"),
        ("callbacks: [ModelCheckpoint]", "callbacks.0"),
        ("runtime: {strategy: Mirrored}", "runtime.strategy"),
        ("expect: {test.accuracy: {least: 0.9}}", "expect.test.accuracy"),
        ("sweep: {direction: up}", "sweep.direction"),
        ("sweep: {space: {vars.a: {float: {lo: 1}}}}", "sweep.space.vars.a.float"),
        ("model: {input: {shpe: [3]}}", "model.input"),
        ("model: {inputs: {a: {shape: 3}}}", "model.inputs.a.shape"),
        ("model: {shared: {a: {Dens: 3}}}", "model.shared.a"),
        ("model: {blocks: {a: {parms: {b: 1}, layers: [Flatten]}}}", "model.blocks.a"),
        ("model: {weights: {file: a.h5}}", "model.weights"),
    ],
)
def test_a_broken_spec_is_refused_at_its_place(text: str, at: str) -> None:
    assert complaints(text) == [at]


@pytest.mark.parametrize(
    ("step", "at"),
    [
        ("Flaten", ""),
        ("Dens: 3", ""),
        ("Dense", ""),
        ("Dense: ", "Dense"),
        ("Dense: ten", "Dense"),
        ("Dense: 0", "Dense"),
        ("Dense: {activation: relu}", "Dense"),
        ("Dense: {unit: 3}", "Dense"),
        ("Dense: {units: 3, activation: rel}", "Dense.activation"),
        ("Dense: {units: 3, kernel_regularizer: {L3: 1}}", "Dense.kernel_regularizer"),
        ("Dense: {units: 3, use_bias: 1}", "Dense.use_bias"),
        ("Conv2D: {filters: 3, kernel_size: [3, x]}", "Conv2D.kernel_size.1"),
        ("Conv2D: {filters: 3, kernel_size: 3, padding: sam}", "Conv2D.padding"),
        ("Dropout: 1.5", "Dropout"),
        ("Add: [a, b]", "Add"),
        ("MultiHeadAttention: 2", "MultiHeadAttention"),
        ("Bidirectional: {LSTMM: 3}", "Bidirectional"),
        ("Bidirectional: {LSTM: {unit: 3}}", "Bidirectional.LSTM"),
        ("TimeDistributed: {layers: [Flaten]}", "TimeDistributed.layers.0"),
        ("TimeDistributed: {layer: {load: 3}}", "TimeDistributed.layer.load"),
        ("Lambda: {function: x}", ""),
        ("ops.maen: {axis: 1}", ""),
        ("ops.mean: 1", "ops.mean"),
        ("ops.mean: {axs: 1}", "ops.mean"),
        ("Dense: 3, form: a", ""),
        ("Dense: 3, activation: relu", ""),
        ("Dense: 3, repeat: -1", "repeat"),
        ("Dense: 3, name: 1st", "name"),
        ("MultiHeadAttention: {num_heads: 2, key_dim: 2}, call: {valeu: x}", "call"),
        ("layers: [Flaten]", "layers.0"),
        ("layers: [Flatten], Dense: 3", ""),
        ("application: {ResNet5: {}}", "application"),
    ],
)
def test_a_broken_step_is_refused_at_its_place(step: str, at: str) -> None:
    place = ".".join(part for part in ("model.layers.0", at) if part)
    step = step if ":" not in step else f"{{{step}}}"
    assert complaints(f"model: {{layers: [{step}]}}") == [place]


def every_component() -> list[Component]:
    catalogue = load()
    found = [catalogue.component(family, name) for family in COMPONENT_FAMILIES for name in catalogue.names(family)]
    return list({(component.family, component.name): component for component in found if component}.values())


def test_every_component_is_there_with_every_argument_explained() -> None:
    definitions = build_schema(load())["definitions"]
    components = every_component()
    assert len(components) > 600
    for component in components:
        found = definitions[f"{component.family}.{component.name}"]
        assert found["description"] == component.summary != ""
        behind = found["then"]
        while "properties" not in behind:
            behind = behind["else"]
        assert set(behind["properties"]) == set(component.arguments)
        for name, schema in behind["properties"].items():
            if schema == {"$ref": f"#/definitions/common.{component.family}.{name}"}:
                schema = definitions[f"common.{component.family}.{name}"]
            assert schema["description"], (component.name, name)


FAMILY_PLACES = {
    "layers": "model: {{layers: [{0}]}}",
    "optimizers": "compile: {{optimizer: {0}}}",
    "schedules": "compile: {{optimizer: {{Adam: {0}}}}}",
    "losses": "compile: {{loss: {0}}}",
    "metrics": "compile: {{metrics: [{0}]}}",
    "callbacks": "callbacks: [{0}]",
    "regularizers": "model: {{layers: [{{Dense: {{units: 1, kernel_regularizer: {0}}}}}]}}",
    "initializers": "model: {{layers: [{{Dense: {{units: 1, kernel_initializer: {0}}}}}]}}",
    "constraints": "model: {{layers: [{{Dense: {{units: 1, kernel_constraint: {0}}}}}]}}",
    "activations": "model: {{layers: [{{Dense: {{units: 1, activation: {0}}}}}]}}",
    "applications": "model: {{layers: [{{application: {0}}}]}}",
    "strategies": "runtime: {{strategy: {0}}}",
    "samplers": "sweep: {{sampler: {0}}}",
    "pruners": "sweep: {{pruner: {0}}}",
    "sources": "data: {{source: {0}}}",
}


@pytest.mark.parametrize("family", FAMILY_PLACES)
def test_every_name_and_word_stands_at_the_place_of_its_family(family: str) -> None:
    catalogue = load()
    refused = []
    for name in catalogue.names(family):
        component = catalogue.component(family, name)
        assert component is not None
        required = ", ".join(f"{argument}: $(x)" for argument in component.required)
        forms = [f"{{{name}: {{{required}}}}}"]
        if not component.required:
            forms += [name, f"{{{name}: }}"]
        if component.first and component.required in ((), (component.first.name,)):
            forms.append(f"{{{name}: $(x)}}")
        refused += [form for form in forms if complaints(FAMILY_PLACES[family].format(form))]
    refused += [word for word in catalogue.words(family) if complaints(FAMILY_PLACES[family].format(word))]
    assert refused == []


def test_every_default_is_taken() -> None:
    """What Keras itself puts in is right; a default of None is `null`."""
    refused = []
    for component in every_component():
        given = {name: item.default for name, item in component.arguments.items() if not item.required}
        given |= dict.fromkeys(component.required, "$(x)")
        schema = {**build(), "$ref": f"#/definitions/{component.family}.{component.name}"}
        errors = jsonschema.Draft7Validator(schema).iter_errors(given)
        refused += [f"{component.name}: {list(error.path)} {error.message[:80]}" for error in errors]
    assert refused == []


@cache
def build() -> dict[str, Any]:
    return {"definitions": build_schema(load())["definitions"]}


def test_every_key_of_the_language_is_explained() -> None:
    text = json.dumps(build_schema(load()))
    missing = [path for path, meaning in descriptions().items() if json.dumps(meaning)[1:-1] not in text]
    # Names that the writer chooses, and items of lists, are explained by the key that they stand under.
    assert [path for path in missing if not path.endswith(("*", "[]"))] == []


def test_it_is_made_of_the_catalogue_that_it_is_given() -> None:
    """A catalogue with one more layer makes a schema that knows this layer."""
    record = json.loads(SHIPPED.read_text(encoding="utf-8"))
    size = {"types": ["int"], "minimum": 1, "summary": "How wide it is."}
    record["families"]["layers"]["Widen"] = {"module": "mine", "summary": "Of my own.", "arguments": {"size": size}}
    own = jsonschema.Draft7Validator(build_schema(Catalogue(record)))
    assert own.is_valid({"model": {"layers": [{"Widen": 3}]}})
    assert not own.is_valid({"model": {"layers": [{"Widen": 0}]}})
    assert not validator().is_valid({"model": {"layers": [{"Widen": 3}]}})


def test_a_lower_case_name_may_be_one_of_the_spec() -> None:
    assert complaints("model: {layers: [encoder, {encoder: , from: a}, {tower: {width: 3}, repeat: 2}]}") == []


def test_the_key_that_names_the_schema_says_nothing_of_the_spec() -> None:
    text = '{"$schema": "./kspec.schema.json", "model": {"layers": [{"Dense": 3}]}}'
    found = read_spec(read_text("spec.json", text), load())
    assert found.problems == ()
    assert found.spec is not None
    assert set(found.spec.content) == {"model"}
