import keras
import pytest
from keras import layers

from kspec.engine.building.outline import outline
from kspec.plots.outline import Outline


def leaves(model: Outline):
    for child in model.children:
        if isinstance(child, Outline):
            yield from leaves(child)
        else:
            yield child


def pairs(model: Outline):
    return [(edge.tail.partition("/")[2], edge.head.partition("/")[2]) for edge in model.edges]


def check_counts(model: keras.Model) -> Outline:
    result = outline(model)
    assert result.parameters == model.count_params() == sum(leaf.parameters for leaf in leaves(result))
    keys = [leaf.key for leaf in leaves(result)]
    assert len(set(keys)) == len(keys)
    assert {end for edge in result.edges for end in (edge.tail, edge.head)} <= set(keys)
    assert set(result.inputs) | {key for _, key in result.outputs} <= set(keys)
    position = {key: index for index, key in enumerate(keys)}
    assert all(position[edge.tail] < position[edge.head] for edge in result.edges)
    return result


def test_sequential():
    parts = [
        keras.Input((8, 8, 3), name="image"),
        layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="conv"),
        layers.MaxPooling2D(2, name="pool"),
        layers.BatchNormalization(name="norm"),
        layers.Flatten(name="flat"),
        layers.Dropout(0.25, name="drop"),
        layers.Dense(1, name="head"),
    ]
    model = keras.Sequential(parts, name="net")
    result = check_counts(model)
    said = {leaf.name: leaf.details for leaf in leaves(result)}
    assert said["conv"] == ("16 filters", "3×3", "stride 2×2", "same", "relu")
    assert said["pool"] == ("2×2",)
    assert said["norm"] == said["flat"] == ()
    assert said["drop"] == ("rate 0.25",)
    assert said["head"] == ("1 unit",)
    assert result.edges[1].shape == (None, 4, 4, 16)
    assert result.layers == 7
    assert result.parameters - result.trainable_parameters == 32
    assert result.outputs == (("head", "net/head"),)


def test_residual():
    x = keras.Input((None, 4), name="x")
    y = layers.Conv1D(4, 3, padding="causal", name="conv")(x)
    model = keras.Model(x, layers.ReLU(name="relu")(layers.Add(name="add")([x, y])), name="residual")
    result = check_counts(model)
    assert pairs(result) == [("x", "conv"), ("x", "add"), ("conv", "add"), ("add", "relu")]
    assert result.edges[0].shape == (None, None, 4)
    assert next(leaf for leaf in leaves(result) if leaf.name == "conv").details == ("4 filters", "width 3", "causal")


def test_nested_models_at_any_depth():
    inner = keras.Sequential([keras.Input((4,), name="i"), layers.Dense(3, name="dense")], name="inner")
    code = keras.Input((4,), name="code")
    middle = keras.Model(code, layers.Dense(2, name="last")(inner(code)), name="middle")
    x = keras.Input((4,), name="x")
    result = check_counts(keras.Model(x, layers.Dense(1, name="head")(middle(x)), name="outer"))
    assert pairs(result) == [
        ("middle/inner/i", "middle/inner/dense"),
        ("middle/code", "middle/inner/i"),
        ("middle/inner/dense", "middle/last"),
        ("x", "middle/code"),
        ("middle/last", "head"),
    ]
    child = result.children[1]
    assert isinstance(child, Outline)
    assert (child.name, child.parameters, child.layers, child.shared) == ("middle", 23, 4, False)
    assert result.layers == 6


def test_shared_layers_and_models_count_once():
    tower = keras.Sequential([keras.Input((4,), name="i"), layers.Dense(3, name="dense")], name="tower")
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    proj = layers.Dense(4, name="proj")
    score = layers.Dot(1, name="dot")([tower(proj(left)), tower(proj(right))])
    result = check_counts(keras.Model([left, right], score, name="siamese"))
    uses = [leaf for leaf in leaves(result) if leaf.name == "proj"]
    assert [(use.key, use.parameters, use.shared) for use in uses] == [
        ("siamese/proj", 20, True),
        ("siamese/proj#2", 0, True),
    ]
    towers = [child for child in result.children if isinstance(child, Outline)]
    assert [(part.key, part.parameters, part.shared, part.again) for part in towers] == [
        ("siamese/tower", 15, True, False),
        ("siamese/tower#2", 0, True, True),
    ]
    assert [(part.kind, part.shapes) for part in towers] == [("Sequential", ((None, 3),))] * 2


def test_several_outputs_and_operations():
    keras.utils.clear_session()  # which begins to count names anew
    x = keras.Input((5, 4), name="x")
    sequence, last = layers.GRU(6, return_sequences=True, return_state=True, name="gru")(x)
    total = keras.ops.sum(sequence, axis=1)
    outputs = {"total": total, "last": layers.Dense(2, activation="softmax", name="head")(last)}
    result = check_counts(keras.Model({"x": x}, outputs, name="two"))
    by_name = {leaf.name: leaf for leaf in leaves(result)}
    assert by_name["gru"].shapes == ((None, 5, 6), (None, 6))
    assert sorted((edge.head, edge.output) for edge in result.edges if edge.tail == "two/gru") == [
        ("two/head", 1),
        ("two/sum", 0),
    ]
    assert by_name["sum"].kind == "Sum"
    assert dict(result.outputs) == {"total": "two/sum", "last": "two/head"}


def test_nested_model_called_with_a_dict_in_another_order():
    a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
    inner = keras.Model({"b": b, "a": a}, layers.Concatenate(name="both")([a, b]), name="inner")
    p, q = keras.Input((2,), name="p"), keras.Input((3,), name="q")
    result = check_counts(keras.Model([p, q], inner({"a": p, "b": q}), name="outer"))
    assert {("p", "inner/a"), ("q", "inner/b")} <= set(pairs(result))


def test_wrappers_and_frozen_layers():
    parts = [
        keras.Input((5, 4)),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both"),
        layers.TimeDistributed(layers.Dense(2, activation="relu"), name="each"),
        layers.Dense(1, trainable=False, name="fixed"),
    ]
    result = check_counts(keras.Sequential(parts, name="wrapped"))
    said = {leaf.name: leaf for leaf in leaves(result)}
    assert said["both"].details == ("LSTM", "3 units", "sequences")
    assert said["each"].details == ("Dense", "2 units", "relu")
    assert not said["fixed"].trainable and said["each"].trainable


def test_a_subclassed_model_is_one_layer():
    class Odd(keras.Model):
        def __init__(self):
            super().__init__(name="odd")
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    odd = Odd()
    x = keras.Input((3,), name="x")
    result = check_counts(keras.Model(x, odd(x), name="outer"))
    assert [leaf.kind for leaf in leaves(result)] == ["InputLayer", "Odd"]
    assert [leaf.parameters for leaf in leaves(outline(odd))] == [8]


def test_a_model_that_is_not_built():
    with pytest.raises(ValueError, match="'net' has no outline"):
        outline(keras.Sequential([layers.Dense(1)], name="net"))
