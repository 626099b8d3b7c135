"""The shipped catalogue is what the generator reads from the installed Keras, and Keras agrees with it."""

import importlib
import inspect
import sys

import keras
import numpy as np
import pytest

from kspec.catalogue import dtypes, load
from kspec.catalogue.cache import SHIPPED
from kspec.engine import introspect

CATALOGUE = load()
MODULES = {family: importlib.import_module(module) for family, module in introspect.CLASSES.items()} | {
    "activations": keras.activations
}
CLASSES = [
    component
    for family in introspect.CLASSES
    for name in CATALOGUE.names(family)
    if (component := CATALOGUE.component(family, name)) and component.name == name
]
WORDS = [CATALOGUE.word(family, text) for family in CATALOGUE.families for text in CATALOGUE.words(family)]
WANTED = {"CategoryEncoding": {"num_tokens": 3}, "Discretization": {"num_bins": 3}}
"""What Keras asks for although its signature has a default."""

pytestmark = pytest.mark.skipif(
    keras.__version__ != CATALOGUE.version,
    reason=f"the catalogue is of Keras {CATALOGUE.version}, and {keras.__version__} is installed",
)


@pytest.mark.skipif(
    sys.version_info >= (3, 13),
    reason="Python 3.13 takes the indentation out of docstrings, and with it the bounds of the arguments that Keras "
    "puts into its optimizers' texts; the shipped file is generated with an earlier Python",
)
def test_the_shipped_file_is_up_to_date():
    shipped = SHIPPED.read_text(encoding="utf-8")
    fresh = introspect.text(introspect.catalogue())
    assert shipped.splitlines() == fresh.splitlines(), "run `python -m kspec.engine.introspect`"


def test_every_layer_of_keras_is_offered_but_those_that_run_code_and_those_that_others_are_made_of():
    """A layer that a later Keras brings is told here, before anybody can name it."""
    there = {name for name, kind in vars(keras.layers).items() if inspect.isclass(kind)}
    code = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}
    assert there - set(CATALOGUE.names("layers")) == {*code, "Layer", "Wrapper", "InputLayer", "InputSpec"}
    assert set(CATALOGUE.names("layers")) <= there


@pytest.mark.parametrize("component", CLASSES, ids=lambda c: f"{c.family}.{c.name}")
def test_constructors_take_the_arguments(component):
    kind = getattr(importlib.import_module(component.module), component.name)
    parameters = inspect.signature(kind).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    assert open_ended or set(component.arguments) <= set(parameters)
    assert {p.name for p in parameters.values() if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD} == set(
        component.required
    )


@pytest.mark.parametrize("component", [c for c in CLASSES if not c.required], ids=lambda c: f"{c.family}.{c.name}")
def test_components_can_be_made_of_their_stated_defaults(component):
    kind = getattr(importlib.import_module(component.module), component.name)
    values = {name: a.default for name, a in component.arguments.items() if name not in ("input_shape", "input_dim")}
    kind(**values | WANTED.get(component.name, {}))


@pytest.mark.parametrize("family", ["ops", "activations", "applications", "inputs", "strategies"])
def test_functions_are_where_the_catalogue_says(family):
    for name in CATALOGUE.names(family):
        component = CATALOGUE.component(family, name)
        assert callable(getattr(importlib.import_module(component.module), component.attribute))


def test_the_names_of_a_source_without_a_closed_list_of_arguments():
    assert CATALOGUE.component("sources", "random").open == "fields"
    assert "context" not in CATALOGUE.component("sources", "csv").arguments


@pytest.mark.parametrize("word", WORDS, ids=lambda w: f"{w.family}.{w.name}")
def test_words_mean_what_keras_makes_of_them(word):
    module = MODULES[word.family]
    if word.component is None and word.function is None:
        assert word.native
        return
    if not word.native:
        with pytest.raises((ValueError, TypeError, KeyError)):
            module.get(word.name)
        return
    found = module.get(word.name)
    if word.function:
        assert found.__name__ == word.function
    else:
        assert isinstance(found, getattr(module, word.component))


@pytest.mark.parametrize("component", [c for c in CLASSES if c.training_only], ids=lambda c: c.name)
def test_layers_that_act_only_in_training_pass_their_input_through(component):
    shape = {"SpatialDropout1D": (2, 4, 3), "SpatialDropout3D": (2, 4, 4, 4, 3)}.get(component.name, (2, 8, 8, 3))
    x = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    values = dict.fromkeys(component.required, 1 if component.name == "RandomPosterization" else 0.5)
    layer = getattr(keras.layers, component.name)(**values)
    np.testing.assert_allclose(np.asarray(layer(x, training=False)), x, rtol=1e-6)


def test_the_names_of_types_and_policies_are_those_of_keras():
    from keras.src.backend.common.dtypes import ALLOWED_DTYPES

    assert set(dtypes.DTYPES) == set(ALLOWED_DTYPES)
    for name in dtypes.POLICIES:
        assert keras.dtype_policies.get(name).name == name
