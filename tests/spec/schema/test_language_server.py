"""The editors' YAML language server with the schema: what it offers, explains and finds wrong.

It is found by the variable KSPEC_YAML_LANGUAGE_SERVER, or on PATH; without it, these tests are skipped. One way to
have it: npm install --prefix FOLDER yaml-language-server, which puts it into FOLDER/node_modules/.bin/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import VARIABLE, Diagnostic, LanguageServer, find_server

from kspec.catalogue import load
from kspec.commands.schema import FILE_NAME, write_schema
from kspec.spec.vocabulary import descriptions

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SPECS = [
    *sorted((ROOT / "configs").glob("*.yaml")),
    *sorted((ROOT / "tests" / "specs" / "valid").glob("*.yaml")),
    *sorted((HERE / "specs").iterdir()),
]

pytestmark = pytest.mark.skipif(find_server() is None, reason=f"no YAML language server: set {VARIABLE}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("editor")
    schema = folder / FILE_NAME
    write_schema(schema)
    running = LanguageServer(find_server() or "", folder, schema)
    yield running
    running.close()


def arguments(family: str, name: str) -> set[str]:
    """Return the arguments of a component that a spec can give it."""
    component = load().component(family, name)
    assert component
    return {name for name, argument in component.arguments.items() if argument.types != ("null",)}


# What is offered


def test_arguments_of_a_layer(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - Dense: {units: 10, activat|}\n")
    assert "activation" in found
    assert set(found) == arguments("layers", "Dense") - {"units"}


def test_arguments_below_a_layer(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - Dense:\n        units: 10\n        |\n")
    assert set(found) == arguments("layers", "Dense") - {"units"}
    assert found["use_bias"] == "use_bias: "


def test_words_of_an_argument(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - Dense: {units: 10, activation: |}\n")
    assert {"relu", "softmax", "gelu", "LeakyReLU"} <= set(found)
    assert not {"Dense", "adam", "null"} & set(found)


def test_choices_of_an_argument(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - Conv2D: {filters: 8, kernel_size: 3, padding: |}\n")
    assert set(found) == {"valid", "same"}


def test_layers(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - |\n")
    assert set(load().names("layers")) <= set(found)
    assert {"ops.mean", "name", "from", "application"} <= set(found)
    assert not {"Adam", "units"} & set(found)
    assert (found["Dense"], found["Flatten"]) == ("Dense: ", "Flatten")


def test_words_of_a_step_once_its_layer_is_there(server: LanguageServer) -> None:
    found = server.complete("model:\n  layers:\n    - Dense: 10\n      fr|\n")
    assert set(found) == {"name", "from", "call", "repeat", "trainable"}


def test_arguments_of_a_call(server: LanguageServer) -> None:
    step = "MultiHeadAttention: {num_heads: 2, key_dim: 8}"
    found = server.complete(f"model:\n  layers:\n    - {step}\n      call: {{va|}}\n")
    layer = load().component("layers", "MultiHeadAttention")
    assert layer
    assert set(found) == set(layer.call[1:])


def test_a_layer_in_a_layer(server: LanguageServer) -> None:
    assert "LSTM" in server.complete("model:\n  layers:\n    - Bidirectional: {L|}\n")


def test_keys_of_a_spec(server: LanguageServer) -> None:
    found = server.complete("name: mine\n|\n")
    assert set(found) == {path for path in descriptions() if path.isidentifier()} - {"name"}


def test_keys_of_a_section(server: LanguageServer) -> None:
    below = {path.partition(".")[2] for path in descriptions() if path.startswith("fit.")}
    assert set(server.complete("fit:\n  epochs: 3\n  |\n")) == {key for key in below if key.isidentifier()} - {"epochs"}
    assert {"source", "inputs"} <= set(server.complete("data:\n  |\n"))
    assert set(server.complete("data:\n  inputs:\n    field: x\n    |\n")) == {
        "slice",
        "preprocess",
        "dtype",
        "missing",
    }


def test_optimizers_and_their_arguments(server: LanguageServer) -> None:
    assert {"adam", "sgd", "AdamW"} <= set(server.complete("compile:\n  optimizer: |\n"))
    assert {"Adam", "SGD"} <= set(server.complete("compile:\n  optimizer:\n    |\n"))
    found = server.complete("compile:\n  optimizer: {Adam: {learn|}}\n")
    assert "learning_rate" in found
    assert set(found) == arguments("optimizers", "Adam")


def test_losses_metrics_and_callbacks(server: LanguageServer) -> None:
    assert {"mse", "binary_crossentropy", "Huber"} <= set(server.complete("compile:\n  loss: |\n"))
    assert {"mse", "Huber"} <= set(server.complete("compile:\n  loss:\n    main: |\n"))
    for metrics in ("[|]", "[mae, |]", "\n    - |", "\n    main: [|]"):
        assert {"accuracy", "AUC"} <= set(server.complete(f"compile:\n  metrics: {metrics}\n")), metrics
    assert {"EarlyStopping", "ModelCheckpoint"} <= set(server.complete("callbacks:\n  - |\n"))


def test_sources(server: LanguageServer) -> None:
    assert {"mnist", "iris"} <= set(server.complete("data:\n  source: |\n"))
    assert "test" in server.complete("data:\n  validation: |\n")


# What is explained


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("model: {layers: [{De|nse: {units: 3}}]}", "densely-connected"),
        ("model: {layers: [Flat|ten]}", "Flattens the input"),
        ("model: {layers: [{Dense: {un|its: 3}}]}", "Takes: whole number, at least 1. Required."),
        ("model: {layers: [{Dense: {units: 3, acti|vation: relu}}]}", "Activation function to use"),
        ("model: {layers: [{Dense: {units: 3, use|_bias: true}}]}", "Takes: true or false. Default: true."),
        ("model: {layers: [{Dense: {units: 3, kernel_reg|ularizer: {L2: 0.1}}}]}", "applied to the kernel weights"),
        ("model: {layers: [{Dense: 3, fr|om: a}]}", "What feeds the step"),
        ("compile: {optimi|zer: adam}", "The optimizer"),
        ("compile: {optimizer: {Ad|am: {}}}", "the Adam algorithm"),
        ("compile: {metrics: [accu|racy]}", "Keras' accuracy for the shapes"),
        ("fit: {epo|chs: 3}", "Times that all training rows are seen"),
        ("da|ta: {source: iris}", "What is read"),
        ("data: {source: {cs|v: a.csv}}", "A table in a CSV file"),
    ],
)
def test_hover(server: LanguageServer, text: str, meaning: str) -> None:
    shown = server.hover(text + "\n")
    assert meaning in shown
    assert len(shown.splitlines()) < 12, "long lists are of no help"


# What is wrong


def test_no_false_alarm(server: LanguageServer) -> None:
    opened = {path.name: server.open(path.read_text(encoding="utf-8")) for path in SPECS}
    assert len(opened) > 20
    assert {name: found for name, uri in opened.items() if (found := server.diagnostics(uri))} == {}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("model: {layers: [{Dens: {units: 3}}]}", "there is no layer and no key of a step of this name", "Dens"),
        ("model: {layers: [Flaten]}", "there is no layer of this name", "Flaten"),
        ("model: {layers: [{Dense: {unit: 3}}]}", "Dense has no argument of this name", "unit"),
        ("model: {layers: [{Dense: {activation: relu}}]}", 'Missing property "units".', "Dense"),
        ("model: {layers: [{Dense: {units: ten}}]}", "`units` is a whole number", "ten"),
        ("model: {layers: [{Dense: {units: 0}}]}", "Value is below the minimum of 1.", "0"),
        ("model: {layers: [{MaxPooling2D: {padding: sam}}]}", "`padding` is `valid` or `same`", "sam"),
        ("model: {layers: [{Dense: 3, form: a}]}", "Property form is not allowed.", "form"),
        ("model: {layers: [{MultiHeadAttention: 3}]}", "MultiHeadAttention needs `num_heads` and `key_dim`", "3"),
        ("compile: {optimizer: {Adam: {lr: 1}}}", "Adam has no argument of this name", "lr"),
        ("compile: {optimizer: {Adam: , learning_rate: 1}}", "there is no optimizer of this name", "learning_rate"),
        ("compile: {loss: msee}", "there is no loss of this name", "msee"),
        ("compile: {metrics: [acuracy]}", "there is no metric of this name", "acuracy"),
        ("compil: {loss: mse}", "Property compil is not allowed.", "compil"),
        ("fit: {epoch: 3}", "Property epoch is not allowed.", "epoch"),
        ("fit: {epochs: ten}", "`epochs` is a whole number", "ten"),
        ("data: 3", "this is a mapping", "3"),
    ],
)
def test_one_mistake_is_told_once_at_its_place(server: LanguageServer, text: str, message: str, place: str) -> None:
    assert server.diagnose(text + "\n") == [Diagnostic(message, place)]


def test_several_mistakes_are_told_in_their_places(server: LanguageServer) -> None:
    text = (ROOT / "configs" / "mnist_cnn.yaml").read_text(encoding="utf-8")
    changes = {"Conv2D:": "Conv2d:", "units:": "unit:", "fit:": "fitt:", "loss:": "los:"}
    for right, wrong in changes.items():
        text = text.replace(right, wrong, 1)
    assert sorted(found.text for found in server.diagnose(text)) == sorted(wrong[:-1] for wrong in changes.values())


def test_json_names_its_schema_itself(server: LanguageServer) -> None:
    text = '{"$schema": "./kspec.schema.json", "model": {"layers": ["Flaten"]}}'
    assert server.diagnose(text, "json") == [Diagnostic("there is no layer of this name", '"Flaten"')]
