import keras
import numpy as np
import pytest
import tensorflow as tf

from kspec.catalogue import load
from kspec.data import chain
from kspec.data.preprocess import Preprocessor
from kspec.engine.building.instantiate import instantiate
from kspec.spec.components import ComponentSpec

RANDOM = np.random.default_rng(0)


def layer(name, **arguments):
    return ComponentSpec(load().component("layers", name), arguments, ("preprocess", name))


def learn(rows, *layers):
    return chain.learn(layers, np.asarray(rows), instantiate)


def text(*values):
    return np.array([[value] for value in values], dtype=object)


def test_a_chain_is_what_keras_layers_give():
    rows = RANDOM.integers(0, 255, (9, 28, 28)).astype(np.uint8)
    found = learn(rows, layer("Rescaling", scale=1 / 255), layer("Reshape", target_shape=[784])).process(rows)
    np.testing.assert_allclose(found, (rows / 255).reshape(9, 784).astype(np.float32), rtol=1e-6)
    assert found.dtype == np.float32


def test_a_layer_learns_what_the_layers_before_it_leave():
    rows = RANDOM.normal(5, 2, (500, 3)).astype(np.float32)
    found = learn(rows, layer("Rescaling", scale=10.0), layer("Normalization")).process(rows)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=0), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("rows", "chain"),
    [
        (text("b", "a", "b"), [layer("StringLookup", output_mode="one_hot")]),
        (text("the cat", "a dog"), [layer("TextVectorization", output_sequence_length=4)]),
        (RANDOM.random((50, 2)).astype(np.float32), [layer("Discretization", num_bins=4)]),
        (RANDOM.integers(0, 3, (9, 1)), [layer("CategoryEncoding", num_tokens=3, output_mode="one_hot")]),
        (RANDOM.integers(5, 9, (9, 1)), [layer("IntegerLookup", output_mode="one_hot")]),
        (RANDOM.random((3, 8, 8, 1)).astype(np.float32), [layer("Resizing", height=4, width=4)]),
        (RANDOM.random((3, 8)).astype(np.float32), [layer("Normalization")]),
    ],
    ids=["lookup", "text", "bins", "category", "integers", "resizing", "normalization"],
)
def test_what_is_saved_gives_the_same_bits(rows, chain, tmp_path):
    learnt = learn(rows, *chain)
    learnt.save(tmp_path / "layers.keras")
    found = Preprocessor.load(tmp_path / "layers.keras").process(rows)
    own = instantiate(chain[0])
    if chain[0].learns:
        own.adapt(tf.constant(rows.tolist()) if rows.dtype == object else rows)
    expected = np.asarray(own(tf.constant(rows.tolist()) if rows.dtype == object else rows))
    assert found.dtype == learnt.process(rows).dtype
    assert found.tobytes() == learnt.process(rows).tobytes()
    np.testing.assert_array_equal(found, expected)


def test_what_is_given_is_not_learnt():
    rows = RANDOM.normal(50, 9, (100, 1)).astype(np.float32)
    given = learn(rows, layer("Normalization", mean=1.0, variance=4.0)).process(rows)
    np.testing.assert_allclose(given, (rows - 1) / 2, rtol=1e-5)
    words = learn(text("x", "y"), layer("StringLookup", vocabulary=["y", "z"])).process(text("x", "y", "z"))
    assert words.ravel().tolist() == [0, 1, 2]


def test_many_rows_pass_in_blocks():
    rows = RANDOM.random((9000, 2)).astype(np.float32)
    np.testing.assert_array_equal(learn(rows, layer("Rescaling", scale=2.0)).process(rows), rows * 2)
    words = np.array([[word] for word in ("a", "b", "c") * 3000], dtype=object)
    found = learn(words, layer("StringLookup", output_mode="one_hot")).process(words)
    assert found.shape == (9000, 4)
    assert found.sum() == 9000


def test_no_rows_give_no_rows():
    rows = np.ones((4, 2), np.float32)
    assert learn(rows, layer("Normalization")).process(rows[:0]).shape == (0, 2)


@pytest.mark.parametrize(
    ("rows", "chain", "words"),
    [
        (text("a", "b"), [layer("StringLookup", output_mode="multi_hot", sparse=True)], "its output is sparse"),
        (text("a b", "c"), [layer("TextVectorization", ragged=True)], "its output is ragged"),
        (text("a", "b"), [layer("Normalization")], "Normalization does not take these values (text"),
        (np.ones((3, 4), np.float32), [layer("Reshape", target_shape=[3])], "Reshape does not take these values"),
    ],
    ids=["sparse", "ragged", "text", "shape"],
)
def test_what_cannot_be_is_refused_at_its_layer(rows, chain, words, problems_of):
    (problem,) = problems_of(learn, rows, *chain)
    assert (problem.code, problem.path) == ("preprocess-failed", chain[-1].path)
    assert words in problem.message
    assert "\x1b" not in problem.message
    assert "Exception encountered" not in problem.message


def test_layers_that_would_have_to_be_trained_are_refused(problems_of):
    (problem,) = problems_of(learn, np.ones((3, 4), np.float32), layer("Dense", units=2))
    assert (problem.code, problem.hint) == ("trained-layer", "put it into the model")


def test_a_value_that_a_layer_refuses_later_is_a_problem(problems_of):
    learnt = learn(text("a", "b"), layer("StringLookup", num_oov_indices=0))
    (problem,) = problems_of(learnt.process, text("a", "q"), ("data", "inputs"))
    assert problem.path == ("data", "inputs", "preprocess")
    assert 'OOV values ["q"]' in problem.message


@pytest.mark.parametrize("outside", [3, -1])
def test_numbers_beyond_the_categories_are_no_zeros(outside, problems_of):
    learnt = learn(np.array([[0], [2]]), layer("CategoryEncoding", num_tokens=3, output_mode="one_hot"))
    assert learnt.process(np.array([[2]])).tolist() == [[0, 0, 1]]
    (problem,) = problems_of(learnt.process, np.array([[1], [outside]]))
    assert problem.message.endswith(f"{outside} is not one of the 3 categories from 0 of CategoryEncoding")


def test_layers_are_never_in_training_mode():
    class Noisy(keras.layers.Layer):
        def call(self, x, training=None):
            return x + 1 if training else x

    rows = np.ones((3, 2), np.float32)
    learnt = chain.learn([layer("Identity")], rows, lambda _: Noisy())
    np.testing.assert_array_equal(learnt.process(rows), rows)
