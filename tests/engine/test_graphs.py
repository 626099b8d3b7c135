"""Shared layers, blocks, nested models, operations and saved models, each beside the same model in plain Keras."""

from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import kspec
from kspec.spec.problems import SpecError

SEED = 3


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def built(folder, text):
    keras.utils.set_random_seed(SEED)
    return kspec.build(write(folder, text))


def assert_equal(ours, theirs, *shapes):
    """Hold two models against each other: weights, and what they make of the same random rows."""
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    rows = [np.random.default_rng(n).normal(size=(3, *shape)).astype("float32") for n, shape in enumerate(shapes)]
    fed = dict(zip([item.name for item in ours.inputs], rows, strict=True)) if len(rows) > 1 else rows[0]
    found = ours.predict(fed, verbose=0)
    expected = theirs.predict(rows if len(rows) > 1 else rows[0], verbose=0)
    for one, other in zip(keras.tree.flatten(found), keras.tree.flatten(expected), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_shared_layer_is_one_layer(tmp_path):
    ours = built(
        tmp_path,
        """
model:
  inputs: {tweet_a: {shape: [5, 3]}, tweet_b: {shape: [5, 3]}}
  shared: {encoder: {LSTM: 4}}
  layers:
    - encoder:
      from: tweet_a
      name: a
    - encoder:
      from: tweet_b
    - Concatenate:
      from: [a, _]
    - Dense: 1
""",
    )
    keras.utils.set_random_seed(SEED)
    a, b = keras.Input((5, 3)), keras.Input((5, 3))
    encoder = keras.layers.LSTM(4)
    theirs = keras.Model([a, b], keras.layers.Dense(1)(keras.layers.Concatenate()([encoder(a), encoder(b)])))
    assert_equal(ours, theirs, (5, 3), (5, 3))
    assert [layer.name for layer in ours.layers if layer.name == "encoder"] == ["encoder"]


NESTED = """
model:
  input: {shape: [6]}
  shared:
    tower:
      input: {shape: [6]}
      layers:
        - Dense: 5
        - layers: [{Dense: {units: 6, activation: tanh}}]
          name: inmost
    lazy: {layers: [{Dense: 6}], trainable: false}
  layers:
    - tower
    - tower
    - lazy
    - inputs: {x: , y: }
      layers:
        - Add:
          from: [x, y]
          name: sum
        - Subtract:
          from: [x, y]
          name: rest
      outputs: [sum, rest]
      from: [_, input]
      name: pair
    - ops.multiply:
      from: [pair.0, pair.1]
      name: product
    - ops.subtract: {x1: 1}
    - ops.concatenate: {axis: -1}
      from: [_, pair.1]
      name: both
    - Dense: 2
"""


def test_nested_models_share_and_nest(tmp_path):
    ours = built(tmp_path, NESTED)
    keras.utils.set_random_seed(SEED)
    x = keras.Input((6,))
    inside = keras.Input((6,))
    hidden = keras.layers.Dense(5)(inside)
    inmost = keras.Sequential([keras.Input((5,)), keras.layers.Dense(6, activation="tanh")])
    tower = keras.Model(inside, inmost(hidden))
    lazy = keras.Sequential([keras.Input((6,)), keras.layers.Dense(6)])
    lazy.trainable = False
    fed = lazy(tower(tower(x)))
    total, rest = keras.layers.Add()([fed, x]), keras.layers.Subtract()([fed, x])
    joined = keras.ops.concatenate([1 - total * rest, rest], axis=-1)
    theirs = keras.Model(x, keras.layers.Dense(2)(joined))
    assert_equal(ours, theirs, (6,))
    names = [operation.name for operation in ours.operations]
    assert [name for name in ("tower", "lazy", "pair", "product", "both") if name in names] == [
        "tower", "lazy", "pair", "product", "both",
    ]  # fmt: skip
    assert ours.get_layer("tower").count_params() == 6 * 5 + 5 + 5 * 6 + 6
    assert ours.get_layer("lazy").trainable is False
    again = keras.Model.from_config(ours.get_config())
    assert [operation.name for operation in again.operations] == names


def test_the_same_spec_built_twice_in_a_process_has_the_same_names(tmp_path):
    one, other = built(tmp_path, NESTED), built(tmp_path, NESTED)
    assert [layer.name for layer in one.layers] == [layer.name for layer in other.layers]


def test_blocks_have_weights_of_their_own(tmp_path):
    ours = built(
        tmp_path,
        """
model:
  input: {shape: [4]}
  blocks:
    residual:
      params: {units: 4}
      inputs: [x]
      layers:
        - Dense: {units: $(units), activation: relu}
          from: x
          name: body
        - Add:
          from: [body, x]
  layers:
    - residual:
      repeat: 2
    - residual
      """,
    )
    keras.utils.set_random_seed(SEED)
    first = x = keras.Input((4,))
    for _ in range(3):
        x = keras.layers.Add()([keras.layers.Dense(4, activation="relu")(x), x])
    assert_equal(ours, keras.Model(first, x), (4,))
    assert [layer.name for layer in ours.layers if layer.weights] == ["residual.body", "residual_1.body",
                                                                      "residual_2.body"]  # fmt: skip


def test_what_learns_inside_nested_models_is_fed_the_training_rows(tmp_path):
    rows = np.random.default_rng(0).normal(3, 2, size=(50, 2)).astype("float32")
    np.savez(tmp_path / "rows.npz", x=rows, y=np.zeros(50))
    run = kspec.train(
        write(
            tmp_path,
            """
data: {train: {npz: rows.npz}}
model:
  shared: {scaled: {layers: [{Rescaling: 2}, Normalization]}}
  layers:
    - scaled
    - layers: [{Dense: 2}]
      name: head
    - Dense: 1
compile: {optimizer: sgd, loss: mse}
""",
        ),
        runs=tmp_path / "runs",
    )
    normalization = run.model().get_layer("scaled").layers[-1]
    np.testing.assert_allclose(np.ravel(normalization.mean), 2 * rows.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(np.ravel(normalization.variance), 4 * rows.var(axis=0), rtol=1e-4)


def test_what_learns_is_not_left_as_it_is(tmp_path):
    rows = np.random.default_rng(0).normal(3, 2, size=(50, 6, 2)).astype("float32")
    np.savez(tmp_path / "rows.npz", x=rows, y=np.zeros(50))
    data = "data: {train: {npz: rows.npz}}\n"
    steps = "model: {layers: [{Rescaling: 2}, {TimeDistributed: Normalization}, Flatten, {Dense: 1}]}\n"
    normalization = kspec.build(write(tmp_path, data + steps)).layers[1].layer
    np.testing.assert_allclose(np.ravel(normalization.mean), 2 * rows.mean(axis=(0, 1)), rtol=1e-5)

    known = keras.layers.Normalization(mean=1.0, variance=2.0)
    for layer, learnt in ((keras.layers.Normalization(), False), (known, True)):
        model = keras.Sequential([keras.Input((6, 2)), layer])
        (tmp_path / "saved.json").write_text(model.to_json())
        path = write(tmp_path, "model: {input: [6, 2], layers: [{load: saved.json}, {Dense: 1}]}\n")
        if learnt:
            kspec.build(path)
        else:
            with pytest.raises(kspec.SpecError, match="not-learnt"):
                kspec.build(path)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    """A trained model of two layers in every form that Keras writes."""
    folder = tmp_path_factory.mktemp("teacher")
    keras.utils.set_random_seed(SEED)
    layers = [keras.Input((4,), name="first"), keras.layers.Dense(3, name="body"), keras.layers.Dense(2, name="head")]
    model = keras.Sequential(layers)
    model.compile("adam", "mse", metrics=["mae"])
    model.save(folder / "teacher.keras")
    model.save(folder / "teacher.h5")
    model.save_weights(folder / "teacher.weights.h5")
    (folder / "teacher.json").write_text(model.to_json())
    x = keras.Input((4,), name="first")
    pair = keras.Model(x, {"one": keras.layers.Dense(1)(x), "two": keras.layers.Dense(2)(x)})
    pair.save(folder / "pair.keras")
    return folder, model, pair


@pytest.mark.parametrize("form", ["teacher.keras", "teacher.h5"])
def test_a_saved_model_is_loaded_with_its_weights(teacher, form):
    folder, model, _ = teacher
    whole = kspec.build(write(folder, f"model: {{load: {form}}}\n"))
    assert_equal(whole, model, (4,))
    assert [layer.name for layer in whole.layers] == ["body", "head"]
    step = kspec.build(
        write(folder, f"model: {{input: [4], layers: [{{load: {form}, trainable: false, name: old}}, {{Dense: 1}}]}}\n")
    )
    np.testing.assert_array_equal(step.get_layer("old").get_weights()[0], model.get_weights()[0])
    assert len(step.trainable_weights) == 2
    tapped = kspec.build(write(folder, f"model: {{load: {form}, outputs: [body], trainable: {{from: head}}}}\n"))
    assert tapped.output_shape == (None, 3)
    assert tapped.trainable_weights == []


def test_a_configuration_is_loaded_without_weights(teacher):
    folder, model, _ = teacher
    spec = write(folder, "name: pupil\nmodel: {load: teacher.json}\n")
    assert kspec.validate(spec) == []
    found = kspec.build(spec)
    assert (found.name, found.compiled) == ("pupil", False)
    assert [tuple(weight.shape) for weight in found.weights] == [tuple(weight.shape) for weight in model.weights]


def test_a_saved_model_with_several_outputs_trains_by_their_names(teacher, tmp_path):
    folder, _, _ = teacher
    spec = write(
        folder,
        """
data:
  source: {random: {rows: 20, x: {shape: [4]}, a: {shape: [1]}, b: {shape: [2]}}}
  inputs: x
  targets: {one: a, two: b}
model: {load: pair.keras}
compile: {optimizer: sgd, loss: {one: mse, two: mae}}
fit: {batch_size: 20}
""",
    )
    run = kspec.train(spec, runs=tmp_path / "runs")
    assert len(run.history.series("one_loss")) == len(run.history.series("two_loss")) == 1


def test_weights_in_order_and_by_name(teacher, tmp_path):
    folder, model, _ = teacher
    body, bias, head, _ = model.get_weights()
    text = "model: {{input: [4], layers: [{{Dense: 3, name: {}}}, {{Dense: {}, name: head}}], weights: {{{}}}}}\n"

    def weights(*values):
        return kspec.build(write(folder, text.format(*values))).get_weights()

    for file in ("teacher.weights.h5", "teacher.keras", "teacher.h5"):
        np.testing.assert_array_equal(weights("other", 2, f"load: {file}")[0], body)
        found = weights("other", 2, f"load: {file}, by_name: true")
        assert not np.array_equal(found[0], body)
        np.testing.assert_array_equal(found[2], head)
        found = weights("body", 5, f"load: {file}, by_name: true, skip_mismatch: true")
        np.testing.assert_array_equal(found[0], body)
        assert found[2].shape == (3, 5)
        with pytest.raises(SpecError) as raised:
            weights("body", 5, f"load: {file}, by_name: true")
        (problem,) = raised.value.problems
        assert problem.code == "bad-weights"
        if file != "teacher.h5":
            expected = (
                f"the weights in `{file}` do not fit: layer `head`: it has the shape (3, 2) there, and (3, 5) here"
            )
            assert problem.message == expected
    with pytest.raises(SpecError) as raised:
        kspec.build(write(folder, "model: {input: [4], layers: [{Dense: {units: 3, name: bodi}}], "
                                  "weights: {load: teacher.keras, by_name: true}}\n"))  # fmt: skip
    assert "did you mean `body`" in str(raised.value.problems[0].hint)
    assert bias.shape == (3,)


@pytest.mark.parametrize("file", ["teacher.weights.h5", "teacher.keras"])
@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("[{Dense: 3}]", "has weights for 2 layers, and the model has 1 with weights"),
        ("[{Dense: 3}, {Dropout: 0.5}, {Dense: 2}, {Dense: {units: 1, name: top}}]", "nothing for the layer `top`"),
        ("[{Dense: {units: 5, name: low}}, {Dense: 2}]", "layer `low`: it has the shape (4, 3) there, and (4, 5) here"),
    ],
)
def test_weights_of_other_models_are_refused(teacher, file, steps, message):
    folder, _, _ = teacher
    with pytest.raises(SpecError) as raised:
        kspec.build(write(folder, f"model: {{input: [4], layers: {steps}, weights: {{load: {file}}}}}\n"))
    (problem,) = raised.value.problems
    assert problem.code == "bad-weights"
    assert message in problem.message
    assert ("skip_mismatch" if "shape" in message else "by_name") in problem.hint
    skipped = f"weights: {{load: {file}, skip_mismatch: true}}"
    kspec.build(write(folder, f"model: {{input: [4], layers: {steps}, {skipped}}}\n"))


def test_an_application_is_tapped_and_thawed(tmp_path):
    text = """
model:
  input: {shape: [32, 32, 3]}
  layers:
    - application: {MobileNetV2: {include_top: false, weights: null, alpha: 0.35}}
      outputs: [block_3_expand_relu, out_relu]
      trainable: {from: Conv_1}
      name: base
    - GlobalAveragePooling2D:
      from: base.0
      name: low
    - GlobalAveragePooling2D:
      from: base.1
    - Concatenate:
      from: [low, _]
    - Dense: 2
"""
    ours = built(tmp_path, text)
    keras.utils.set_random_seed(SEED)
    base = keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None, alpha=0.35)
    taps = keras.Model(base.input, [base.get_layer("block_3_expand_relu").output, base.get_layer("out_relu").output])
    x = keras.Input((32, 32, 3))
    low, high = taps(x)
    pooled = [keras.layers.GlobalAveragePooling2D()(low), keras.layers.GlobalAveragePooling2D()(high)]
    theirs = keras.Model(x, keras.layers.Dense(2)(keras.layers.Concatenate()(pooled)))
    assert_equal(ours, theirs, (32, 32, 3))
    trained = [weight.path for weight in ours.trainable_weights]
    assert len(trained) == 3 + 2, trained
    with pytest.raises(SpecError) as raised:
        built(tmp_path, text.replace("Conv_1", "Conv_1_"))
    (problem,) = raised.value.problems
    assert (problem.code, problem.span.line) == ("unknown-layer", 7)
    assert problem.hint.startswith("did you mean `Conv")


def test_a_whole_application(tmp_path):
    ours = built(
        tmp_path, "model: {application: {MobileNetV2: {weights: null, input_shape: [32, 32, 3], classes: 7}}}\n"
    )
    assert ours.output_shape == (None, 7)
    assert (
        ours.count_params()
        == keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=7).count_params()
    )


def test_what_is_no_model_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "lambda.keras")
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    (tmp_path / "half.keras").write_bytes((tmp_path / "lambda.keras").read_bytes()[:200])
    for file in ("lambda.keras", "empty.h5", "half.keras"):
        with pytest.raises(SpecError) as raised:
            kspec.build(write(tmp_path, f"model: {{load: {file}}}\n"))
        assert [problem.code for problem in raised.value.problems] == ["bad-model-file"], file


def test_a_list_of_words_is_read_beside_the_spec_and_kept_with_the_run(tmp_path):
    (tmp_path / "words.txt").write_text("red\ngreen\nblue\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("colour,price\n" + "red,1\nblue,3\nviolet,2\n" * 5, encoding="utf-8")
    spec = write(
        tmp_path,
        """
data:
  train: {csv: rows.csv}
  inputs: {field: colour, preprocess: [{StringLookup: {vocabulary: words.txt, output_mode: one_hot}}]}
  targets: price
model: {layers: [{Dense: 1}]}
compile: {optimizer: sgd, loss: mse}
""",
    )
    run = kspec.train(spec, runs=tmp_path / "runs")
    assert run.model().input_shape == (None, 4)
    (tmp_path / "words.txt").unlink()
    again = kspec.train(run.folder.resolved, runs=tmp_path / "runs")
    assert again.history.series("loss") == run.history.series("loss")


def test_a_wrapper_takes_a_model(tmp_path):
    ours = built(
        tmp_path,
        """
model:
  inputs: {clip: {shape: [5, 4, 4, 1]}, image: {shape: [4, 4, 1]}}
  shared:
    vision:
      input: {shape: [4, 4, 1]}
      layers: [Flatten, {Dense: 3}]
  layers:
    - TimeDistributed: vision
      from: clip
    - TimeDistributed: {layer: {input: {shape: [3]}, layers: [{Dense: 2}]}}
    - LSTM: 3
      name: seen
    - vision:
      from: image
    - Concatenate:
      from: [_, seen]
""",
    )
    keras.utils.set_random_seed(SEED)
    vision = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    video, image = keras.Input((5, 4, 4, 1)), keras.Input((4, 4, 1))
    x = keras.layers.TimeDistributed(vision)(video)
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    x = keras.layers.LSTM(3)(keras.layers.TimeDistributed(inner)(x))
    theirs = keras.Model([video, image], keras.layers.Concatenate()([vision(image), x]))
    assert_equal(ours, theirs, (5, 4, 4, 1), (4, 4, 1))
