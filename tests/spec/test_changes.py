"""What two specs say differently: what they mean counts, not how they are written."""

from pathlib import Path

import pytest

from kspec.catalogue import load
from kspec.spec.changes import ABSENT, changes, deciding, stated
from kspec.spec.meaning import Meaning, meaning
from kspec.spec.reading import read_text

SPEC = """
name: small
vars: {units: 8, spare: 3}
data: {source: {npz: rows.npz}, inputs: {field: x, preprocess: [{Rescaling: 0.5}]}, targets: y}
model:
  layers:
    - Dense: {units: $(units), activation: relu}
    - Dropout: 0.4
    - Flatten
    - Dense: {units: 2, activation: softmax}
compile:
  optimizer: {Adam: {learning_rate: 0.001}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
fit: {epochs: 3, batch_size: 32, validation_split: 0.25}
callbacks:
  - EarlyStopping: val_loss
"""

BLOCKS = """
vars: {units: 8}
model:
  blocks:
    tower: {params: {units: 4}, layers: [{Dense: $(units)}]}
  layers: [tower, {Dense: $(units)}]
"""


def held(before: str, now: str, keep=deciding) -> list[tuple[str, object, object]]:
    meanings = [meaning(keep(read_text("", text).data()), load(), Path.cwd()) for text in (before, now)]
    assert all(each.keys for each in meanings), "a spec of the test is wrong"
    return [(".".join(map(str, each.path)), each.before, each.now) for each in changes(*meanings)]


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("Dropout: 0.4", "Dropout: {rate: 0.4}"),
        ("Dropout: 0.4", "Dropout: {seed: null, rate: 4e-1}  # a remark"),
        ("    - Flatten\n", "    - Flatten: {}\n"),
        ("    - Flatten\n", "    - Flatten:\n"),
        ("{units: $(units), activation: relu}", "{activation: relu, units: $(units)}"),
        ("$(units)", "8"),
        ("$(units)", "$(2 * half)"),
        ("activation: softmax", "activation: softmax, use_bias: true, kernel_initializer: glorot_uniform"),
        ("learning_rate: 0.001", "learning_rate: 1e-3, beta_1: 0.9"),
        ("{Adam: {learning_rate: 0.001}}", "adam"),
        ("metrics: [accuracy]", "metrics: accuracy\n  jit_compile: auto\n  run_eagerly: false"),
        (", batch_size: 32", ""),
        ("batch_size: 32", "shuffle: true, batch_size: 32"),
        ("validation_split: 0.25", "validation_split: {split: 0.25, shuffle: false}"),
        ("EarlyStopping: val_loss", "EarlyStopping: {monitor: val_loss, patience: 0}"),
        ("{npz: rows.npz}", "{npz: {path: rows.npz}}"),
        ("targets: y", "targets: {field: y}"),
        ("{Rescaling: 0.5}", "{Rescaling: {scale: 0.5, offset: 0.0}}"),
        ("callbacks:", "runtime: {deterministic: false}\ncallbacks:"),
        ("spare: 3", "spare: 4"),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_no_change(written, otherwise):
    assert written in SPEC
    now = SPEC.replace(written, otherwise).replace("spare: 3", "spare: 3, half: 4")
    assert held(SPEC, now) == []
    assert held(now, SPEC) == []


@pytest.mark.parametrize(
    ("written", "otherwise", "expected"),
    [
        ("Dropout: 0.4", "Dropout: 0.5", ("model.layers.1.Dropout", 0.4, 0.5)),
        ("Dropout: 0.4", "Dropout: {rate: 0.5}", ("model.layers.1.Dropout.rate", 0.4, 0.5)),
        ("Dropout: 0.4", "Dropout: {rate: 0.4, seed: 3}", ("model.layers.1.Dropout.seed", None, 3)),
        ("units: 8", "units: 9", ("vars.units", 8, 9)),
        ("$(units)", "16", ("model.layers.0.Dense.units", 8, 16)),
        ("activation: softmax", "use_bias: false, activation: softmax",
         ("model.layers.3.Dense.use_bias", True, False)),
        ("0.001", "2e-3", ("compile.optimizer.Adam.learning_rate", 0.001, 0.002)),
        ("{Adam: {learning_rate: 0.001}}", "{SGD: 0.1}",
         ("compile.optimizer", {"Adam": {"learning_rate": 0.001}}, {"SGD": 0.1})),
        (", batch_size: 32", ", batch_size: 16", ("fit.batch_size", 32, 16)),
        (", batch_size: 32", ", shuffle: false", ("fit.shuffle", True, False)),
        ("callbacks:", "runtime: {deterministic: true}\ncallbacks:", ("runtime.deterministic", False, True)),
        ("[accuracy]", "[accuracy]\n  jit_compile: false", ("compile.jit_compile", "auto", False)),
        ("EarlyStopping: val_loss", "EarlyStopping: {monitor: val_loss, patience: 2}",
         ("callbacks.0.EarlyStopping.patience", 0, 2)),
        ("    - Flatten\n", "    - BatchNormalization\n    - Flatten\n",
         ("model.layers.2", ABSENT, "BatchNormalization")),
        ("    - Flatten\n", "", ("model.layers.2", "Flatten", ABSENT)),
        ("    - Flatten\n", "    - ReLU: {}\n", ("model.layers.2", "Flatten", {"ReLU": {}})),
        ("source: {npz: rows.npz}", "source: {csv: rows.csv}", ("data.source", {"npz": "FILE"},
         {"csv": "FILE"})),
        ("targets: y", "targets: z", ("data.targets", "y", "z")),
        ("{Rescaling: 0.5}", "{Rescaling: 0.25}", ("data.inputs.preprocess.0.Rescaling", 0.5, 0.25)),
    ],
)  # fmt: skip
def test_what_means_something_else_is_told_with_its_path_and_defaults_put_in(written, otherwise, expected):
    assert written in SPEC
    assert held(SPEC, SPEC.replace(written, otherwise, 1)) == [expected]


def test_sizes_are_told_together():
    before = BLOCKS.replace("$(units)}]}", "$(units)}, {Reshape: [2, 2]}]}")
    found = [("model.blocks.tower.layers.1.Reshape", [2, 2], [4, 1])]
    assert held(before, before.replace("[2, 2]", "[4, 1]")) == found


def test_a_layer_that_moves_and_changes_is_matched_with_itself():
    now = SPEC.replace("    - Flatten\n", "").replace("units: 2,", "units: 3,").replace("Dropout: 0.4", "Dropout: 0.1")
    assert held(SPEC, now) == [
        ("model.layers.1.Dropout", 0.4, 0.1),
        ("model.layers.2", "Flatten", ABSENT),
        ("model.layers.2.Dense.units", 2, 3),
    ]


def test_a_parameter_that_is_called_like_a_constant_is_not_taken_for_it():
    now = BLOCKS.replace("[{Dense: $(units)}]", "[{Dense: 8}]")
    assert held(BLOCKS, now) == [("model.blocks.tower.layers.0.Dense", "$(units)", 8)]


def test_what_does_not_decide_a_training_is_left_out_where_only_that_counts():
    now = SPEC.replace("epochs: 3", "epochs: 4").replace("name: small", "name: small\npredict: {batch_size: 9}")
    assert held(SPEC, now) == []
    told = [("predict.batch_size", ABSENT, 9), ("fit.epochs", 3, 4)]
    assert sorted(held(SPEC, now, stated)) == sorted(told)


def test_of_a_spec_that_cannot_be_read_the_text_counts():
    before = meaning({"model": {"layers": ["Flatten"]}}, load(), Path.cwd())
    now = meaning({"model": {"layers": ["Flatten", "Unheard"]}}, load(), Path.cwd())
    assert now == Meaning({"model": {"layers": ["Flatten", "Unheard"]}})
    assert [(each.path, each.now) for each in changes(before, now)] == [(("model", "layers", 1), "Unheard")]
