"""Components in their three forms, and every value against what its argument takes."""

from __future__ import annotations

from typing import Any

import pytest
from reading_texts import model_of, problems_of, read, spec_of

from kspec import catalogue
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import nearest
from kspec.spec.slips import arguments_slip, slip


def component(value: Any, family: str) -> tuple[Any, list[str]]:
    checker = Checker()
    found = ComponentReader(catalogue.load(), checker).read(value, (), family)
    return found, [problem.code for problem in checker.problems]


@pytest.mark.parametrize(
    ("value", "family", "name", "arguments"),
    [
        ("Flatten", "layers", "Flatten", {}),
        ({"Flatten": None}, "layers", "Flatten", {}),
        ({"Flatten": {}}, "layers", "Flatten", {}),
        ({"Dropout": 0.5}, "layers", "Dropout", {"rate": 0.5}),
        ({"Reshape": [28, 28, 1]}, "layers", "Reshape", {"target_shape": [28, 28, 1]}),
        ({"Conv2D": {"filters": 3, "kernel_size": 3}}, "layers", "Conv2D", {"filters": 3, "kernel_size": 3}),
        ({"Convolution2D": {"filters": 3, "kernel_size": 3}}, "layers", "Conv2D", {"filters": 3, "kernel_size": 3}),
        ({"Adam": 0.1}, "optimizers", "Adam", {"learning_rate": 0.1}),
        ("adam", "optimizers", "Adam", {}),
        ({"L2": 0.0003}, "regularizers", "L2", {"l2": 0.0003}),
        ("MeanSquaredError", "metrics", "MeanSquaredError", {}),
        ({"LSTM": {"units": 3, "kernel_initializer": "zeros"}}, "layers", "LSTM",
         {"units": 3, "kernel_initializer": "zeros"}),
    ],
)  # fmt: skip
def test_forms(value: Any, family: str, name: str, arguments: dict[str, Any]) -> None:
    found, codes = component(value, family)
    assert codes == []
    assert isinstance(found, ComponentSpec)
    assert (found.name, dict(found.arguments)) == (name, arguments)


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("relu", "activations"),
        ("mse", "losses"),
        ("accuracy", "metrics"),
        ("he_normal", "initializers"),
        ("l2", "regularizers"),
    ],
)
def test_words_stay_words(word: str, family: str) -> None:
    assert component(word, family) == (word, [])


def test_the_place_decides_the_family() -> None:
    spec = model_of(
        "- Identity\n- Dense: {units: 4, kernel_initializer: {Identity: 2.0}, activation: {LeakyReLU: 0.1}}"
    )
    dense = spec.graph.nodes[1].component.arguments
    assert spec.graph.nodes[0].component.family == "layers"
    assert (dense["kernel_initializer"].family, dense["kernel_initializer"].name) == ("initializers", "Identity")
    assert (dense["activation"].family, dense["activation"].arguments) == ("layers", {"negative_slope": 0.1})


def test_components_in_components() -> None:
    spec = spec_of("""
        model:
          input: [5, 4]
          layers:
            - Bidirectional: {layer: {LSTM: {units: 3, return_sequences: true}}}
            - TimeDistributed: {layer: {Dense: 2}}
            - RNN: [{GRUCell: 3}, {LSTMCell: 2}]
        compile:
          optimizer: {Adam: {ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 9, decay_rate: 0.9}}}
          loss: mse
        """)
    first, second, third = (node.component.arguments for node in spec.graph.nodes)
    assert (first["layer"].name, second["layer"].arguments) == ("LSTM", {"units": 2})
    assert [cell.name for cell in third["cell"]] == ["GRUCell", "LSTMCell"]
    assert spec.compile and isinstance(spec.compile.optimizer, ComponentSpec)
    assert spec.compile.optimizer.arguments["learning_rate"].family == "schedules"


@pytest.mark.parametrize(
    ("steps", "problems"),
    [
        ("- Dense: true", ["1:10 wrong-type"]),
        ("- Dense: 3.5", ["1:10 wrong-type"]),
        ("- Dense: [3]", ["1:10 wrong-type"]),
        ("- Dense: {units: .nan}", ["1:18 wrong-type"]),
        ("- Dense: 0", ["1:10 out-of-range"]),
        ("- Dense: {units: 3, use_bias: 1}", ["1:31 wrong-type"]),
        ("- Dense: {units: 3, activation: 3}", ["1:33 wrong-type"]),
        ("- Dense: {units: 3, activation: [relu]}", ["1:33 wrong-type"]),
        ("- Dense: {units: 3, activation: {relu: 1, tanh: 2}}", ["1:43 two-things"]),
        ("- Dense: {units: 3, kernel_regularizer: {L2: .inf}}", ["1:46 out-of-range"]),
        ("- Dense: {units: 3, kernel_regularizer: {L2: {l3: 1}}}", ["1:47 unknown-argument"]),
        ("- Dropout: 1.5", ["1:12 out-of-range"]),
        ("- Dropout: -0.1", ["1:12 out-of-range"]),
        ("- Dropout: half", ["1:12 wrong-type"]),
        ("- Conv2D: {filters: 3, kernel_size: [3, true]}", ["1:41 wrong-type"]),
        ("- Conv2D: 3", ["1:3 missing-argument"]),
        ("- Conv2D: {filtres: 3, kernel_size: 3}", ["1:12 unknown-argument"]),
        ("- Conv2D: {filters: 3, kernel_size: 3, padding: 3}", ["1:49 wrong-type"]),
        ("- Add: [a, b]", ["1:8 merge-arguments"]),
        ("- Bidirectional: {LSTM: {unitz: 3}}", ["1:26 unknown-argument"]),
        ("- Bidirectional: {Dence: 3}", ["1:19 unknown-component"]),
        ("- Bidirectional: 3", ["1:18 wrong-type"]),
        ("- Lambda: x", ["1:3 refused"]),
        ("- Dense:\n    units: 3\n    activation: sofmax", ["3:17 unknown-component"]),
    ],
)
def test_values(steps: str, problems: list[str]) -> None:
    found = problems_of(steps)
    if "L2: {l3" in steps or "Bidirectional: {LSTM" in steps:  # the argument that was meant is not missing as well
        assert len(found) == 1
    assert found == problems


def test_true_is_a_number_nowhere_and_a_choice_only_where_it_is_one() -> None:
    reading = read("model: {layers: [Flatten]}\ncallbacks: [{EarlyStopping: {verbose: true, patience: true}}]")
    assert [problem.path[-1] for problem in reading.problems] == ["patience"]


@pytest.mark.parametrize(
    ("word", "family", "near"),
    [
        ("sofmax", "activations", "softmax"), ("Relu", "activations", "relu"), ("ReLu", "activations", "relu"),
        ("glorot_unifrom", "initializers", "glorot_uniform"), ("HeNromal", "initializers", "HeNormal"),
        ("l22", "regularizers", "l2"), ("MaxNom", "constraints", "MaxNorm"), ("maxnorm", "constraints", "max_norm"),
        ("adm", "optimizers", "adam"), ("Adma", "optimizers", "Adam"), ("acuracy", "metrics", "accuracy"),
        ("conv2d", "layers", "Conv2D"), ("Max_Pooling2D", "layers", "MaxPooling2D"), ("lstm", "layers", "LSTM"),
        ("binary_crossentrpoy", "losses", "binary_crossentropy"), ("Hubre", "losses", "Huber"),
        ("earlystopping", "callbacks", "EarlyStopping"), ("mnsit", "sources", "mnist"),
    ],
)  # fmt: skip
def test_the_nearest_name_is_suggested(word: str, family: str, near: str) -> None:
    checker = Checker()
    ComponentReader(catalogue.load(), checker).read(word, (), family)
    (problem,) = checker.problems
    assert f"`{near}`" in str(problem.hint)


@pytest.mark.parametrize(
    ("name", "family", "part"),
    [
        ("f1", "metrics", "`F1Score`"), ("F1", "metrics", "`F1Score`"), ("rmse", "metrics", "`RootMeanSquaredError`"),
        ("rmse", "losses", "`mse`"), ("ce", "metrics", "`CategoricalCrossentropy`"), ("iou", "metrics", "`IoU`"),
        ("identity", "activations", "`Identity`"), ("xavier_uniform", "initializers", "`glorot_uniform`"),
        ("MaxPooling", "layers", "`MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`"), ("Linear", "layers", "`Dense`"),
        ("Tanh", "layers", "`Activation: tanh`"), ("Squeeze", "layers", "`ops.squeeze`"),
        ("keras.layers.Dense", "layers", "`Dense`"), ("accuracy", "losses", "`accuracy` is a metric"),
        ("EarlyStopping", "layers", "`EarlyStopping` is a callback"), ("random", "initializers", "`random_normal`"),
        ("Sequential", "layers", "`layers: [...]`"), ("WandbCallback", "callbacks", "there are `BackupAndRestore`"),
    ],
)  # fmt: skip
def test_a_name_that_people_write_is_explained(name: str, family: str, part: str) -> None:
    checker = Checker()
    ComponentReader(catalogue.load(), checker).read(name, (), family)
    (problem,) = checker.problems
    assert part in str(problem.hint)


@pytest.mark.parametrize(
    ("value", "family", "parts"),
    [
        ({"SGD": {"lr": 0.1, "decay": 1e-6}}, "optimizers", ["`learning_rate`", "InverseTimeDecay"]),
        ({"Conv2D": {"filters": 3, "nb_row": 3, "nb_col": 3}}, "layers", ["`kernel_size: [", "`kernel_size: ["]),
        ({"Bidirectional": {"LSTM": 3, "merge_mode": "sum"}}, "layers", ["`layer: {LSTM: ...}`"]),
        ({"MaxPooling2D": {"kernel_size": 2}}, "layers", ["`pool_size`"]),
        ({"Dropout": {"foo": 0.5}}, "layers", ["it needs `rate`"]),
        ({"Dense": {"units": 3, "l2": 0.1}}, "layers", ["`kernel_regularizer: {L2: ...}`"]),
        ({"Dense": {"dropout": 0.1}}, "layers", ["write `Dense: {units: ...}`", "`Dropout` layer after it"]),
        ({"Flatten": {"foo": 1}}, "layers", ["it has `data_format`"]),
        ({"ResNet50": {"input_tensor": "x"}}, "applications", ["leave it out"]),
        ({"Dense": {"units": 3, "dtype": "flaot32"}}, "layers", ["`float32`"]),
        ({"Dense": {"units": 3, "dtype": "nonsense"}}, "layers", ["it may be `float16`"]),
    ],
)  # fmt: skip
def test_an_argument_that_people_write_is_one_problem(value: Any, family: str, parts: list[str]) -> None:
    checker = Checker()
    ComponentReader(catalogue.load(), checker).read(value, (), family)
    hints = sorted((str(problem.hint) for problem in checker.problems), key=lambda hint: not hint.startswith("write"))
    assert len(hints) == len(parts)
    assert all(part in hint for part, hint in zip(parts, hints, strict=True)), hints


def test_a_loss_word_is_a_metric_too() -> None:
    found, codes = component("dice", "metrics")
    assert (found.family, found.name, codes) == ("losses", "Dice", [])


def test_optimizers_by_name() -> None:
    found, codes = component({"OptimizerMap": {"default_optimizer": "adam", "optimizer_map": {"dense.*": "sgd"}}},
                             "optimizers")  # fmt: skip
    assert codes == []
    assert found.arguments["optimizer_map"]["dense.*"].name == "SGD"


def test_nearest() -> None:
    assert nearest("aux", ["main_output", "aux_output"]) == "aux_output"
    assert nearest("form", ["name", "from", "repeat"]) == "from"
    assert nearest("zzz", ["name", "from"]) is None
    assert nearest("", ["a"]) is None


@pytest.mark.parametrize(
    ("text", "types", "part"),
    [
        ("(3, 3)", ("int", "list"), "`[3, 3]`"), ("(3,)", ("list",), "`[3]`"), ("None", ("int",), "`null`"),
        ("yes", ("bool",), "`true`"), ("off", ("bool",), "`false`"), ("64", ("int",), "quotes"),
        ("1e-3", ("float",), "quotes"), ("1/255", ("float",), "`$(1/255)`"), ("50%", ("float",), "`0.5`"),
        ("0,5", ("float",), "`0.5`"), ("1_000", ("int",), "`1000`"), ("units:10", (), "`units: 10`"),
        ("32#x", (), "`32 #...`"), ("“relu”", (), "`“`"), ("’relu", (), "`’`"),
    ],
)  # fmt: skip
def test_slips(text: str, types: tuple[str, ...], part: str) -> None:
    assert part in str(slip(text, types))


@pytest.mark.parametrize("text", ["relu", "", "a b", "C:/data", "http://x", "#", "(", "x/y"])
def test_no_slips(text: str) -> None:
    assert slip(text, ("str",)) is None or ":" in text


CALLED = {
    "Dense 3": "`Dense: 3`",
    "Dense(10)": "`Dense: 10`",
    "Dense{units": "`Dense: {...}`",
    "Dense=10": "`Dense: 10`",
    "Dense(10, activation='relu')": "`Dense: {...}`",
    "Flatten()": "`Flatten` alone",
    "ops.mean 1": "`ops.mean: {...}`",
}


@pytest.mark.parametrize("text", CALLED)
def test_arguments_stand_behind_a_colon(text: str) -> None:
    known = ["Dense", "Flatten", "ops.mean"]
    assert CALLED[text] in str(arguments_slip(text, known))
    assert arguments_slip(f"Un{text}", known) is None
