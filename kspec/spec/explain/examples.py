"""An example for the keys of the language: pieces of a spec, each right in its place."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "kspec": "kspec: 1",
    "name": "name: digits",
    "description": "description: Two convolutions on handwritten digits",
    "seed": "seed: 7",
    "extends": "extends: base.yaml",
    "without": "extends: base.yaml\nwithout: [fit.class_weight]",
    "vars": """
vars: {width: 64}
model:
  layers:
    - Dense: $(width)
    - Dense: $(width // 2)""",
    "data": "data:\n  source: wine\n  inputs: {field: x, preprocess: [Normalization]}\n  targets: y",
    "data.source": "data: {source: mnist}",
    "data.train": "data:\n  train: {csv: train.csv}\n  test: {csv: test.csv}\n  targets: price",
    "data.validation": "data: {source: mnist, validation: test}",
    "data.test": "data:\n  train: {csv: train.csv}\n  test: {csv: test.csv}\n  targets: price",
    "data.fallback": "data:\n  source: mnist\n  fallback: {digits: {image_size: [28, 28]}}",
    "data.targets": "data: {source: {csv: houses.csv}, targets: price}",
    "data.sample_weight": "data:\n  source: {csv: houses.csv}\n  targets: price\n  sample_weight: trust",
    "data.inputs.field": "data:\n  source: {csv: houses.csv}\n  inputs: {field: [rooms, age]}\n  targets: price",
    "data.inputs.slice": "data:\n  source: wine\n  inputs: {field: x, slice: [0, 6]}",
    "data.inputs.dtype": "data:\n  source: wine\n  inputs: {field: x, dtype: float32}",
    "model": """
model:
  input: {shape: [13]}
  layers:
    - Dense: {units: 32, activation: relu}
    - Dropout: 0.2
    - Dense: {units: 3, activation: softmax}""",
    "model.inputs": """
model:
  inputs:
    rooms: {shape: [1]}
    age: {shape: [1]}
  layers:
    - Concatenate:
      from: [rooms, age]
    - Dense: 1""",
    "model.outputs": """
model:
  layers:
    - Dense: 32
      name: read
    - Dense: 1
      name: price
    - Dense: 1
      from: read
      name: rent
  outputs: [price, rent]""",
    "model.trainable": "model: {load: runs/digits-1/best.keras, trainable: false}",
    "model.shared": """
model:
  inputs: {left: {shape: [16]}, right: {shape: [16]}}
  shared:
    encoder: {Dense: 8}
  layers:
    - encoder:
      from: left
      name: a
    - encoder:
      from: right
      name: b
    - Dot: 1
      from: [a, b]""",
    "model.blocks": """
model:
  blocks:
    narrow:
      params: {size: 32}
      layers:
        - Dense: $(size)
        - BatchNormalization
        - ReLU
  layers:
    - narrow:
    - narrow: {size: 16}
    - Dense: 3""",
    "model.weights": "model:\n  layers: [{Dense: 3}]\n  weights: {load: old.weights.h5}",
    "model.application": "model: {application: {ResNet50: {weights: null, classes: 10}}}",
    "model.load": "model: {load: runs/digits-1/best.keras}",
    "model.layers[].name": "model:\n  layers:\n    - Dense: 3\n      name: kind",
    "model.layers[].from": """
model:
  layers:
    - Dense: 32
      name: before
    - Dense: 32
    - Add:
      from: [_, before]""",
    "model.layers[].call": """
model:
  input: {shape: [20, 8]}
  layers:
    - LSTM: {units: 8, return_sequences: true}
      name: read
    - MultiHeadAttention: {num_heads: 2, key_dim: 8}
      call: {value: read, use_causal_mask: true}""",
    "model.layers[].repeat": """
model:
  layers:
    - Dense: {units: 32, activation: relu}
      repeat: 3
    - Dense: $(size)
      repeat: {size: [16, 8]}""",
    "model.layers[].trainable": "model:\n  layers:\n    - Dense: 32\n      trainable: false\n    - Dense: 3",
    "model.layers[].trainable.from": """
model:
  input: {shape: [224, 224, 3]}
  layers:
    - application: {ResNet50: {include_top: false, weights: null}}
      trainable: {from: conv5_block1_1_conv}
    - GlobalAveragePooling2D
    - Dense: 3""",
    "model.layers[].layers": """
model:
  layers:
    - layers: [{Dense: 32}, ReLU]
      repeat: 2
    - Dense: 3""",
    "model.layers[].application": """
model:
  input: {shape: [224, 224, 3]}
  layers:
    - application: {ResNet50: {include_top: false, weights: null}}
    - GlobalAveragePooling2D
    - Dense: 3""",
    "model.layers[].load": "model:\n  layers:\n    - load: runs/digits-1/best.keras\n    - Dense: 3",
    "model.layers[].outputs": """
model:
  input: {shape: [224, 224, 3]}
  layers:
    - application: {ResNet50: {include_top: false, weights: null}}
      outputs: [conv4_block6_out, conv5_block3_out]
      name: seen
    - GlobalAveragePooling2D:
      from: seen.0
    - Dense: 3""",
    "compile": "compile:\n  optimizer: adam\n  loss: sparse_categorical_crossentropy\n  metrics: [accuracy]",
    "compile.optimizer": "compile:\n  optimizer: {Adam: {learning_rate: 0.001}}\n  loss: mse",
    "compile.loss_weights": """
model:
  layers:
    - Dense: 32
      name: read
    - Dense: 1
      name: price
    - Dense: 1
      from: read
      name: rent
  outputs: [price, rent]
compile:
  loss: mse
  loss_weights: {price: 1.0, rent: 0.2}""",
    "compile.weighted_metrics": "compile:\n  loss: sparse_categorical_crossentropy\n  weighted_metrics: [accuracy]",
    "compile.run_eagerly": "compile: {loss: mse, run_eagerly: true}",
    "compile.steps_per_execution": "compile: {loss: mse, steps_per_execution: 16}",
    "compile.jit_compile": "compile: {loss: mse, jit_compile: true}",
    "compile.auto_scale_loss": "compile: {loss: mse, auto_scale_loss: false}",
    "fit": "fit: {epochs: 20, batch_size: 64, validation_split: 0.2}",
    "fit.shuffle": "fit: {epochs: 20, shuffle: false}",
    "fit.validation_split": "fit: {validation_split: {split: 0.2, shuffle: true, stratify: y}}",
    "fit.validation_split.group": "fit: {validation_split: {split: 0.2, group: patient}}",
    "fit.validation_split.time": "fit: {validation_split: {split: 0.2, time: day}}",
    "fit.validation_batch_size": "fit: {batch_size: 32, validation_batch_size: 256, validation_split: 0.2}",
    "fit.validation_freq": "fit: {epochs: 100, validation_split: 0.2, validation_freq: 5}",
    "fit.steps_per_epoch": "fit: {epochs: 20, steps_per_epoch: 100}",
    "fit.validation_steps": "fit: {validation_split: 0.2, validation_steps: 10}",
    "fit.class_weight": "fit:\n  class_weight: {0: 1.0, 1: 2.5}",
    "fit.sample_weight": "fit:\n  sample_weight:\n    - {when: {y: [1, 2]}, weight: 1.5}",
    "fit.verbose": "fit: {verbose: 2}",
    "callbacks": """
callbacks:
  - EarlyStopping: {monitor: loss, patience: 3, restore_best_weights: true}
  - TensorBoard""",
    "checkpoint": "checkpoint: {every: 5}",
    "evaluate": "evaluate: {batch_size: 256}",
    "evaluate.reports": "evaluate: {reports: [confusion, roc, mistakes]}",
    "predict": "predict: {batch_size: 256}",
    "predict.outputs": """
model:
  layers:
    - Dense: 3
      name: kind
predict: {outputs: [kind]}""",
    "runtime": "runtime: {threads: 4, deterministic: true}",
    "runtime.strategy": "runtime: {strategy: MirroredStrategy}",
    "runtime.memory": "runtime: {memory: 4 GB}",
    "runtime.threads": "runtime: {threads: 4}",
    "expect": "expect:\n  test.loss: {max: 0.2}\n  parameters: {max: 10000}",
    "sweep": """
sweep:
  metric: loss
  space:
    fit.batch_size: {categorical: [16, 32, 64]}
    compile.optimizer.Adam.learning_rate:
      float: {low: 1e-4, high: 1e-1, log: true}
  trials: 30""",
}
"""Examples by the path of the key that they show."""


def example(path: str) -> str:
    """Return a piece of a spec with the key of this path, or with what the key stands in; an empty text if none."""
    while path and path not in EXAMPLES:
        path = path.rpartition(".")[0] if not path.endswith("[]") else path.removesuffix("[]")
    return EXAMPLES.get(path, "").strip()
