"""Graphs into Keras models, and what Keras refuses, placed."""

from pathlib import Path

import keras
import numpy as np
import pytest

import kspec


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_chain_is_a_sequential_model(tmp_path):
    spec = write(tmp_path, "model: {input: {shape: [4]}, layers: [{Dense: 3}, {Dense: {units: 2, name: last}}]}\n")
    model = kspec.build(spec)
    assert isinstance(model, keras.Sequential)
    assert [layer.name for layer in model.layers] == ["dense", "last"]
    assert model.count_params() == 4 * 3 + 3 + 3 * 2 + 2


RESIDUAL = """
model:
  inputs: {image: {shape: [8, 8, 3]}}
  layers:
    - Conv2D: {filters: 4, kernel_size: 3, padding: same}
      name: stem
    - Conv2D: {filters: 4, kernel_size: 3, padding: same, activation: relu}
      repeat: 2
      name: body
    - Add:
      from: [_, stem]
    - GlobalAveragePooling2D
    - Dense: {units: 2, kernel_initializer: {HeNormal: {seed: 1}}, kernel_regularizer: {L1L2: {l1: 0.1, l2: 0.2}}}
      trainable: false
      name: head
"""


def test_a_residual_graph(tmp_path):
    model = kspec.build(write(tmp_path, RESIDUAL))
    assert not isinstance(model, keras.Sequential)
    names = [layer.name for layer in model.layers]
    assert names == ["image", "stem", "body_0", "body_1", "add", "global_average_pooling2d", "head"]
    head = model.get_layer("head")
    assert head.trainable is False
    assert head.kernel_regularizer.get_config() == pytest.approx({"l1": 0.1, "l2": 0.2})
    np.testing.assert_array_equal(head.kernel, keras.initializers.HeNormal(seed=1)((4, 2)))
    assert model.output_shape == (None, 2)


def test_several_results_call_arguments_and_wrappers(tmp_path):
    spec = write(
        tmp_path,
        """
model:
  inputs: {question: {shape: [6, 4]}, answer: {shape: [5, 4]}}
  layers:
    - LSTM: {units: 3, return_state: true, return_sequences: true}
      from: question
      name: encoder
    - LSTM: {units: 3, return_sequences: true}
      from: answer
      call: {initial_state: [encoder.1, encoder.2]}
      name: decoder
    - MultiHeadAttention: {num_heads: 2, key_dim: 3}
      from: decoder
      call: {value: encoder.0}
    - Bidirectional: {GRU: 4}
    - Dense: 1
      name: score
  outputs: [score, decoder]
""",
    )
    model = kspec.build(spec)
    assert {name: tuple(tensor.shape) for name, tensor in model.output.items()} == {
        "score": (None, 1),
        "decoder": (None, 5, 3),
    }
    by_hand = model({"question": np.ones((2, 6, 4)), "answer": np.ones((2, 5, 4))})
    assert by_hand["score"].shape == (2, 1)


def test_frozen_models_and_shapes_from_data(tmp_path):
    spec = write(
        tmp_path,
        """
data: {source: wine}
model: {trainable: false, layers: [Normalization, {Dense: {units: 3, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy}
""",
    )
    model = kspec.build(spec)
    assert model.input_shape == (None, 13)
    assert model.trainable_weights == []
    assert float(np.abs(model.get_layer("normalization").mean).max()) > 100, "it learnt the columns of the data"


def test_a_seeded_build_has_the_weights_of_the_same_program(tmp_path):
    spec = write(tmp_path, "seed: 3\nmodel: {input: {shape: [4]}, layers: [{Dense: 3}, {Dense: 2}]}\n")
    keras.utils.set_random_seed(3)
    by_hand = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
    for ours, theirs in zip(kspec.build(spec).get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_compile_settings_by_output(tmp_path):
    spec = write(
        tmp_path,
        """
model:
  input: {shape: [4]}
  layers:
    - Dense: 1
      name: price
    - Dense: {units: 1, activation: sigmoid}
      from: input
      name: sold
  outputs: [price, sold]
compile:
  optimizer: {AdamW: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 10}}, weight_decay: 0.01}}
  loss: [mse, {BinaryCrossentropy: {label_smoothing: 0.1}}]
  loss_weights: {price: 2.0, sold: 0.5}
  metrics: {sold: [accuracy, {AUC: {name: auc}}]}
""",
    )
    model = kspec.build(spec)
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1)
    x = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
    y = {"price": np.zeros((8, 1), "float32"), "sold": np.ones((8, 1), "float32")}
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert {"loss", "price_loss", "sold_loss", "sold_accuracy", "sold_auc"} == set(found)
    assert found["loss"] == pytest.approx(2 * found["price_loss"] + 0.5 * found["sold_loss"], rel=1e-5)


REFUSED = {
    "a channel axis is missing": ([8, 8], "[{Conv2D: {filters: 2, kernel_size: 3}}]"),
    "the input is smaller than the window": ([4, 1], "[{MaxPooling1D: 9}]"),
    "it wants a sequence": ([8, 2], "[{LSTM: 2}, {LSTM: 2}]"),
    "a row of the input has 10 elements": ([10], "[{Reshape: [3, 3]}]"),
    "its weights are made for 4 along axis 1": (
        [4],
        "[{d: , name: a}, {Dense: 6}, {d: , name: b}, {Concatenate: , from: [a, b]}], shared: {d: {Dense: 3}}",
    ),
    "only an axis of size 1 can be left out": ([4, 2], "[{ops.squeeze: {axis: 1}}]"),
}


@pytest.mark.parametrize("expected", REFUSED)
def test_what_keras_refuses_reads_alike_whether_the_spec_or_the_data_says_the_shape(tmp_path, expected):
    shape, steps = REFUSED[expected]
    data = f"{{random: {{rows: 8, x: {{shape: {shape}}}, y: {{low: 0, high: 2}}}}}}"
    (said,) = kspec.validate(write(tmp_path, f"model: {{input: {{shape: {shape}}}, layers: {steps}}}\n"), static=True)
    (found,) = kspec.validate(write(tmp_path, f"data: {{source: {data}}}\nmodel: {{layers: {steps}}}\n"))
    assert said.code == "shape-mismatch"
    assert expected in said.text
    assert "(?, " in said.text
    assert "Traceback" not in found.text
    assert (found.code, found.text, found.path) == (said.code, said.text, said.path)


def test_text_among_numbers_reads_alike_whether_the_spec_or_the_data_says_the_type(tmp_path):
    """Keras itself would build it, and fail at the first row."""
    steps = "[{ops.equal: {x2: yes}}, {ops.cast: {dtype: float32}}, {Dense: 1}]"
    data = "{random: {rows: 8, x: {shape: [4]}, y: {low: 0, high: 2}}}"
    (said,) = kspec.validate(write(tmp_path, f"model: {{input: {{shape: [4]}}, layers: {steps}}}\n"), static=True)
    (found,) = kspec.validate(write(tmp_path, f"data: {{source: {data}}}\nmodel: {{layers: {steps}}}\n"))
    assert said.text == "`x2` of ops.equal is numbers, as what it is fed is, not the text `yes`"
    assert (found.code, found.text, found.path) == (said.code, said.text, said.path)
    assert found.span.line == 2
    (tmp_path / "t.csv").write_text("x,y\nyes,1\nno,0\n" * 4)
    assert not kspec.validate(write(tmp_path, f"data: {{source: {{csv: t.csv}}}}\nmodel: {{layers: {steps}}}\n"))


def test_results_that_do_not_exist(tmp_path):
    text = """
model:
  inputs: {{a: {{shape: [4, 2]}}}}
  layers: [{{LSTM: {{units: 2, return_state: true}}, name: x, from: a}}, {{Dense: 1, from: {}}}]
"""
    (problem,) = kspec.validate(write(tmp_path, text.format("x.7")))
    assert "there is no `x.7`" in problem.text
    (problem,) = kspec.validate(write(tmp_path, text.format("x")))
    assert problem.text == "`x` has 3 results; name one of them: `x.0`, `x.1`, `x.2`"


def test_a_huge_model_is_checked_without_memory(tmp_path):
    """A hundred thousand by a hundred thousand weights would take 40 GB."""
    spec = write(tmp_path, "model: {input: {shape: [100000]}, layers: [{Dense: 100000}]}\ncompile: {loss: mse}\n")
    assert kspec.validate(spec) == []
    small = write(tmp_path, "model: {input: {shape: [4]}, layers: [{Dense: 2}]}\n")
    assert len(kspec.build(small).get_weights()) == 2, "models built afterwards have weights"


def test_targets_are_held_against_outputs(tmp_path):
    text = """
data: {{source: iris}}
model: {{layers: [{{Dense: {units}}}]}}
compile: {{loss: {loss}}}
"""
    cases = [
        (2, "sparse_categorical_crossentropy", "give the last layer 3 units"),
        (2, "categorical_crossentropy", "give the last layer 3 units"),
        (3, "mse", "its targets have one value a row"),
        (1, "sparse_categorical_crossentropy", "has one unit"),
    ]
    for units, loss, expected in cases:
        with pytest.raises(kspec.SpecError) as caught:
            kspec.train(write(tmp_path, text.format(units=units, loss=loss)), runs=tmp_path / "runs")
        (problem,) = caught.value.problems
        assert problem.code == "target-mismatch"
        assert expected in problem.text


def test_a_vocabulary_that_is_given_is_not_learnt(tmp_path):
    (tmp_path / "rows.csv").write_text("word,y\n" + "a,0\nb,1\nc,1\n" * 4)
    spec = write(
        tmp_path,
        """
data: {train: {csv: rows.csv}, inputs: word, targets: y}
model:
  input: {shape: [1], dtype: string}
  layers: [{StringLookup: {vocabulary: [a, b], output_mode: one_hot}}, {Dense: {units: 1, activation: sigmoid}}]
compile: {loss: binary_crossentropy}
""",
    )
    model = kspec.build(spec)
    assert model.get_layer("string_lookup").get_vocabulary() == ["[UNK]", "a", "b"]


STEPPED = """
import keras, numpy


class Stepped(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.step = keras.Variable(numpy.arange(3, dtype="float32"), trainable=False)

    def call(self, inputs):
        return inputs + self.step
"""


def test_variables_that_begin_as_arrays_are_checked_like_others(tmp_path):
    """Keras gives such variables memory at once, and refuses them where it gives none."""
    (tmp_path / "stepped.py").write_text(STEPPED, encoding="utf-8")
    layers = "[{LSTM: {units: 3, stateful: true}}, Stepped, {Dense: 1}]"
    spec = write(tmp_path, f"model: {{input: {{batch_shape: [2, 5, 4]}}, layers: {layers}}}\n")
    assert kspec.validate(spec, code=[tmp_path / "stepped.py"]) == []
    model = kspec.build(spec, code=[tmp_path / "stepped.py"])
    kernels = 4 * 3 * (4 + 3 + 1) + 3 + 1
    assert sum(weight.shape.num_elements() for weight in model.trainable_weights) == kernels
    assert model.output_shape == (2, 1)
