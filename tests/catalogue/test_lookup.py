"""Looking up components, words, old names and refusals, without Keras."""

import subprocess
import sys

import pytest

from kspec.catalogue import Argument, load, refused, renamed

CATALOGUE = load()
ALL = [
    component
    for family in CATALOGUE.families
    for name in CATALOGUE.names(family)
    if (component := CATALOGUE.component(family, name)) and component.name == name
]


def argument(family, component, name) -> Argument:
    found = CATALOGUE.component(family, component)
    assert found is not None
    return found.arguments[name]


def test_importing_and_loading_needs_no_numerical_library():
    code = (
        "import sys, kspec.catalogue as c; c.load().component('layers', 'Dense'); "
        "bad = {'keras', 'tensorflow', 'numpy', 'pyarrow'} & set(sys.modules); sys.exit(bad or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_component_has_its_arguments_in_the_order_of_the_signature():
    dense = CATALOGUE.component("layers", "Dense")
    assert list(dense.arguments)[:3] == ["units", "activation", "use_bias"]
    assert dense.first == argument("layers", "Dense", "units")
    assert dense.required == ("units",)
    assert dense.module == "keras.layers"


def test_what_is_known_of_arguments():
    units = argument("layers", "Dense", "units")
    assert (units.required, units.types, units.minimum) == (True, ("int",), 1)
    rate = argument("layers", "Dropout", "rate")
    assert (rate.types, rate.minimum, rate.maximum) == (("float",), 0, 1)
    assert set(argument("layers", "Conv2D", "kernel_size").types) == {"int", "list"}
    assert argument("layers", "Conv1D", "padding").choices == ("valid", "same", "causal")
    assert argument("layers", "LSTM", "return_sequences").types == ("bool",)
    assert argument("layers", "Dense", "kernel_regularizer").family == "regularizers"
    assert argument("optimizers", "Adam", "learning_rate").family == "schedules"
    assert argument("layers", "StackedRNNCells", "cells").many
    assert argument("callbacks", "ModelCheckpoint", "filepath").writes
    assert argument("layers", "StringLookup", "vocabulary").reads
    assert argument("optimizers", "Muon", "clipnorm").types == ("float", "null")


@pytest.mark.parametrize("name", ["name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape"])
def test_layers_take_the_arguments_of_all_layers(name):
    assert not argument("layers", "Dense", name).required
    assert not argument("layers", "Flatten", name).required


@pytest.mark.parametrize(
    ("layer", "inputs", "call_required"),
    [
        ("Dense", "one", ("inputs",)),
        ("Concatenate", "list", ("inputs",)),
        ("Add", "list", ("inputs",)),
        ("Dot", "list", ("inputs",)),
        ("Attention", "list", ("inputs",)),
        ("MultiHeadAttention", "several", ("query", "value")),
        ("LSTMCell", "several", ("inputs", "states")),
    ],
)
def test_how_a_layer_is_fed(layer, inputs, call_required):
    found = CATALOGUE.component("layers", layer)
    assert (found.inputs, found.call_required) == (inputs, call_required)
    assert "training" not in found.call


def test_layers_that_learn_from_data_and_layers_that_only_train():
    layers = [c for c in ALL if c.family == "layers"]
    learning = {c.name for c in layers if c.adapts}
    assert learning == {"Discretization", "IntegerLookup", "Normalization", "StringLookup", "TextVectorization"}
    assert {"Dropout", "RandomFlip", "GaussianNoise"} <= {c.name for c in layers if c.training_only}
    assert "RandomCrop" not in {c.name for c in layers if c.training_only}


def test_an_alias_is_its_component():
    assert CATALOGUE.component("layers", "MaxPool2D") is CATALOGUE.component("layers", "MaxPooling2D")
    assert "Convolution2D" in CATALOGUE.names("layers")
    assert CATALOGUE.component("layers", "Convolution2D").name == "Conv2D"


def test_a_name_in_two_families_and_in_none():
    assert CATALOGUE.families_of("Identity") == ("layers", "initializers")
    assert CATALOGUE.families_of("Densse") == ()
    assert CATALOGUE.component("layers", "Densse") is None
    assert CATALOGUE.names("nonsense") == ()


def test_words():
    assert CATALOGUE.word("losses", "mse").component == "MeanSquaredError"
    assert CATALOGUE.word("losses", "mse").function == "mean_squared_error"
    assert CATALOGUE.word("optimizers", "adamw").component == "AdamW"
    assert CATALOGUE.word("initializers", "glorot_uniform").component == "GlorotUniform"
    assert CATALOGUE.word("constraints", "max_norm").component == "MaxNorm"
    assert CATALOGUE.word("activations", "relu").function == "relu"
    accuracy = CATALOGUE.word("metrics", "accuracy")
    assert (accuracy.component, accuracy.function, accuracy.native) == (None, None, True)
    assert not CATALOGUE.word("optimizers", "lamb").native
    assert not CATALOGUE.word("regularizers", "l1_l2").native
    assert CATALOGUE.word("losses", "Mse") is None
    assert "mse" in CATALOGUE.words("losses")


def test_every_word_names_a_component_that_is_there_and_needs_nothing():
    for family in CATALOGUE.families:
        for text in CATALOGUE.words(family):
            word = CATALOGUE.word(family, text)
            if word.component:
                assert CATALOGUE.component(family, word.component).required == (), word


@pytest.mark.parametrize("component", ALL, ids=lambda c: f"{c.family}.{c.name}")
def test_defaults_satisfy_what_is_said_of_their_arguments(component):
    kinds = {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "dict", type(None): "null"}
    for found in component.arguments.values():
        if found.required or (found.family and found.default is None):
            continue
        kind = kinds[type(found.default)]
        assert not found.types or kind in found.types or (kind == "int" and "float" in found.types), found
        if found.choices and kind == "str":
            assert found.default in found.choices, found
        if kind in ("int", "float"):
            assert found.minimum is None or found.default >= found.minimum, found
            assert found.maximum is None or found.default <= found.maximum, found


def test_old_names():
    assert renamed("argument", "lr") == "it is called `learning_rate`"
    assert "InverseTimeDecay" in renamed("argument", "decay", component="SGD", family="optimizers")
    assert renamed("argument", "decay", component="BatchNormalization", family="layers") == "it is called `momentum`"
    assert renamed("argument", "decay") is None
    assert renamed("argument", "output_dim", component="Dense") == "it is called `units`"
    assert renamed("argument", "output_dim", component="Embedding") is None
    assert "`Conv2D`" in renamed("component", "AtrousConvolution2D")
    assert renamed("component", "BatchNorm") == "it is called `BatchNormalization`"
    assert renamed("word", "logcosh", family="losses") == "it is called `log_cosh`"
    assert renamed("word", "rmse", family="metrics") == "it is called `RootMeanSquaredError`"
    assert "mse" in renamed("word", "rmse", family="losses")
    assert renamed("argument", "units") is None


def test_refused_names_are_not_in_the_catalogue():
    assert "Python function" in refused("Lambda")
    assert refused("Dense") is None
    for name in ("Lambda", "TFSMLayer", "LambdaCallback", "Layer", "Optimizer"):
        assert refused(name)
        assert CATALOGUE.families_of(name) == ()


def test_the_components_that_have_an_argument():
    assert CATALOGUE.having("layers", "return_sequences")[-3:] == ("LSTM", "RNN", "SimpleRNN")
    assert len(CATALOGUE.having("layers", "trainable")) > 100
    assert CATALOGUE.having("layers", "nothing") == CATALOGUE.having("nothing", "units") == ()
