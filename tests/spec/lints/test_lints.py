"""Every lint speaks of what it is made for, once, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from specs import codes_of, problems_of, spec

from kspec.spec.lints import LINTS

SOFTMAX, SIGMOID = "Dense: {units: 3, activation: softmax}", "Dense: {units: 1, activation: sigmoid}"
LOGITS = "{BinaryCrossentropy: {from_logits: true}}"
FIT = "fit: {validation_split: 0.2}"
WINDOWS = "{windows: {source: {csv: a.csv}, length: 4, rate: 1, ahead: 2, target: y%s}}"
SPARSE, CATEGORICAL, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


MIXED = "runtime: {precision: mixed_float16}"


def watching(callback: str, *more: str) -> str:
    return spec(SOFTMAX, SPARSE, " metrics: [accuracy]", FIT, f"callbacks: [{callback}]", *more)


def blocks(entries: str) -> str:
    return f"model: {{input: [8], blocks: {entries}, layers: [head]}}\n"


def optimized(optimizer: str, *more: str) -> str:
    return spec(SOFTMAX, SPARSE, f" optimizer: {optimizer}", *more)


FROZEN = "Dense: {units: 4, trainable: false}"

LOUD = {
    "own-file": [
        watching("{ModelCheckpoint: best.keras}"),
        watching("{CSVLogger: ./history.csv}"),
        watching("{TensorBoard: {log_dir: preprocess/logs}}"),
    ],
    "split-in-percent": [
        spec("Dense: 1", "mse", "fit: {validation_split: 20}"),
        spec("Dense: 1", "mse", "fit: {validation_split: {split: 1, shuffle: true}}"),
    ],
    "accuracy-kind": [
        spec(SOFTMAX, SPARSE, " metrics: [categorical_accuracy]"),
        spec(SOFTMAX, SPARSE, " metrics: [{TopKCategoricalAccuracy: {k: 2}}]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [SparseCategoricalAccuracy]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [binary_accuracy]"),
        spec("Dense: 3", "{SparseCategoricalCrossentropy: {from_logits: true}}", " weighted_metrics: [BinaryAccuracy]"),
    ],
    "accuracy-of-equals": [
        spec(SOFTMAX, SPARSE, " metrics: [Accuracy]"),
        spec(SIGMOID, BINARY, " metrics: {Accuracy: {name: right}}"),
        spec(SIGMOID, BINARY, " weighted_metrics: [Accuracy]"),
    ],
    "accuracy-of-labels": [
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: [accuracy]"),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: acc"),
        spec("Dense: 5", LOGITS, " metrics: [acc]"),
    ],
    "accuracy-of-logits": [
        spec("Dense: 1", LOGITS, " metrics: [accuracy]"),
        spec("Dense: 1", LOGITS, " metrics: [BinaryAccuracy]"),
        spec("Dense: 1", LOGITS, " metrics: [binary_accuracy]"),
        spec("Dense: 1", LOGITS, " metrics: [{Precision: {name: precise}}]"),
        spec("Dense: 1", LOGITS, " metrics: [AUC]"),
    ],
    "accuracy-of-numbers": [
        spec("Dense: 1", "mse", " metrics: [mae, accuracy]"),
        spec("Dense: 1", "Huber", " metrics: acc"),
        spec("Dense: {units: 1, activation: relu}", "mae", " metrics: [BinaryAccuracy]"),
    ],
    "activation-twice": [
        spec("ReLU: | Dense: 1"),
        spec("LeakyReLU: | Dense: 1"),
        spec("Dense: {units: 3, activation: softmax} | Softmax: ", SPARSE),
        spec("Dense: {units: 3, activation: relu} | Activation: softmax", SPARSE),
        spec("Dense: 4 | Activation: tanh | Activation: tanh | Dense: 1"),
    ],
    "array-monitor": [
        spec(SOFTMAX, CATEGORICAL, " metrics: [F1Score]", FIT, "callbacks: [{ReduceLROnPlateau: {monitor: f1_score}}]"),
        spec(
            SOFTMAX,
            CATEGORICAL,
            " metrics: [{FBetaScore: {name: f, beta: 2.0}}]",
            FIT,
            "callbacks: [{EarlyStopping: {monitor: val_f, restore_best_weights: true}}]",
        ),
    ],
    "eager-jit": [spec("Dense: 1", "mse", " run_eagerly: true", " jit_compile: true")],
    "half-precision": [
        spec("Dense: {units: 1, dtype: float16}"),
        spec("Reshape: [4, 4] | TimeDistributed: {Dense: {units: 3, dtype: bfloat16}} | Flatten: | Dense: 1"),
        spec("Dense: 1", "mse", "runtime: {precision: bfloat16}"),
    ],
    "hidden-softmax": [
        spec("Dense: {units: 8, activation: softmax} | Dense: 1"),
        spec("Dense: {units: 8, activation: softmax} | Dropout: 0.2 | Dense: 1"),
    ],
    "high-learning-rate": [
        optimized("{Adam: 1}"),
        optimized("{RMSprop: {learning_rate: 10.0}}"),
        optimized("{AdamW: {learning_rate: {CosineDecay: {initial_learning_rate: 1.0, decay_steps: 9}}}}"),
        optimized("{LossScaleOptimizer: {inner_optimizer: {Adam: 2.0}}}"),
    ],
    "last-weights": [watching("EarlyStopping"), watching("{EarlyStopping: {patience: 3}}")],
    "monitor-mode": [
        watching("{EarlyStopping: {mode: max, restore_best_weights: true}}"),
        watching("{ReduceLROnPlateau: {monitor: val_accuracy, mode: min}}"),
        watching("{ModelCheckpoint: {filepath: a.keras, save_best_only: true, monitor: accuracy, mode: MIN}}"),
    ],
    "nothing-trains": [
        "model: {input: {shape: [4]}, layers: [Flatten, Softmax]}\ncompile: {loss: categorical_crossentropy}",
        f"model: {{input: {{shape: [4]}}, layers: [{{{FROZEN}}}, {{{FROZEN}}}, ReLU]}}\ncompile: {{loss: mse}}",
        "model: {input: {shape: [4]}, layers: [{Dense: 4, trainable: false}]}\ncompile: {loss: mse}",
    ],
    "rounded-output": [
        spec(SOFTMAX, SPARSE, MIXED),
        spec("Dense: 3 | Softmax: ", SPARSE, MIXED),
        spec("Dense: 1 | Activation: sigmoid", BINARY, MIXED),
    ],
    "same-metric": [
        spec(SIGMOID, BINARY, " metrics: [AUC, {AUC: {curve: PR}}]"),
        spec(SIGMOID, BINARY, " metrics: [accuracy, acc, {BinaryAccuracy: {name: acc}}]"),
        spec(SIGMOID, BINARY, " metrics: [accuracy, accuracy]"),
    ],
    "scaled-twice": [
        optimized("{LossScaleOptimizer: {inner_optimizer: {LossScaleOptimizer: {inner_optimizer: adam}}}}"),
    ],
    "shared-rows": [
        spec("Dense: 1", "mse", f"data: {{source: {WINDOWS % ''}}}", FIT),
        spec("Dense: 1", "mse", f"data: {{train: {WINDOWS % ', stride: 5'}}}", FIT),
        spec("Dense: 1", "mse", f"data: {{source: {WINDOWS % ', group: id'}}}", FIT),
    ],
    "top-k-of-all": [
        spec(SOFTMAX, SPARSE, " metrics: [SparseTopKCategoricalAccuracy]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [{TopKCategoricalAccuracy: {k: 3}}]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [top_k_categorical_accuracy]"),
    ],
    "micro-average": [
        spec(SOFTMAX, CATEGORICAL, " metrics: [Precision]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [{Recall: {thresholds: 0.3}}]"),
        spec(SOFTMAX, "{CategoricalFocalCrossentropy: {gamma: 3}}", " weighted_metrics: [{AUC: {curve: PR}}]"),
    ],
    "unused-average": [
        optimized("{Adam: {use_ema: true}}"),
        optimized("{Adam: {use_ema: true}}", "callbacks: [SwapEMAWeights, {ModelCheckpoint: a.keras}]", FIT),
        optimized("{Adam: {use_ema: true}}", "callbacks: [{ModelCheckpoint: a.keras}, {SwapEMAWeights: true}]", FIT),
        optimized("{LossScaleOptimizer: {inner_optimizer: {Adam: {use_ema: true}}}}"),
    ],
    "unused-constant": [
        spec("Dense: 1", "mse", "vars: {width: 3}"),
        spec("Dense: $(width)", "mse", "vars: {width: 3, widht: 4}"),
    ],
    "unused-list": [
        spec("Dense: 4, repeat: {units: [8, 8]} | Dense: 1"),
        spec("Dense: $(units), repeat: {units: [8, 8], rate: [1, 2]} | Dense: 1"),
    ],
    "unused-parameter": [
        blocks("{head: {params: {units: 3, rate: 1}, layers: [{Dense: $(units)}]}}"),
        blocks("{head: {params: {units: 3}, layers: [{layers: [{Dense: 3}]}]}}"),
    ],
    "whole-model": [
        watching("{ModelCheckpoint: saved/a.weights.h5}"),
        watching("{ModelCheckpoint: {filepath: a.weights.h5, save_weights_only: false}}"),
    ],
    "high-dropout": [
        spec("Dropout: 0.9 | Dense: 1"),
        spec("Dropout: {rate: 1.0} | Dense: 1"),
        spec("Reshape: [4, 4] | TimeDistributed: {Dropout: 0.99} | Flatten: | Dense: 1"),
    ],
    "loss-activation": [
        spec("Dense: 3", SPARSE),
        spec("Dense: 1", BINARY),
        spec("Dense: 1", "bce"),
        spec("Dense: 1", "{BinaryFocalCrossentropy: {gamma: 1.0}}"),
        spec("Dense: {units: 3, activation: relu}", SPARSE),
        spec("Dense: {units: 3, activation: sigmoid}", SPARSE),
        spec("Dense: {units: 3, activation: softmax}", BINARY),
        spec("Dense: {units: 3, activation: softmax}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 1, activation: sigmoid}", "{BinaryCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 3, activation: relu}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: 3 | Activation: tanh", CATEGORICAL),
        spec("Dense: 3 | ReLU: ", CATEGORICAL),
        spec("Dense: 3 | Activation: linear", CATEGORICAL),
        spec("Dense: 3 | Dropout: 0.1", CATEGORICAL),
        spec("Dense: 3 | BatchNormalization: ", CATEGORICAL),
        spec("Reshape: [4, 4] | TimeDistributed: {Dense: 3}", SPARSE),
        spec("Reshape: [4, 4] | LSTM: 3", SPARSE),
        spec("Dense: 3", "crossentropy"),
        spec("Dense: 12 | Reshape: [4, 3] | Activation: sigmoid", CATEGORICAL),
        spec("Dense: 1", "poisson"),
        spec(", ".join(["Dropout: 0.5", "repeat: 5000"]) + " | Dense: 3", SPARSE),
    ],
    "one-row-normalized": [
        spec("BatchNormalization: | Dense: 1", "mse", "fit: {batch_size: 1}"),
        spec("Dense: 1", "mse", "fit: {batch_size: 1}").replace(
            "  input: {shape: [8]}\n  layers:", "  layers:\n    - Flatten\n    - BatchNormalization"
        ),
    ],
    "one-unit-classes": [
        spec("Dense: {units: 1, activation: sigmoid}", CATEGORICAL),
        spec("Dense: 1", SPARSE),
        spec("Dense: 1", "{CategoricalCrossentropy: {from_logits: true}}"),
    ],
    "one-unit-softmax": [
        spec("Dense: {units: 1, activation: softmax}", BINARY),
        spec("Dense: {units: 1, activation: softmax}", CATEGORICAL),
        spec("Dense: {units: 1, activation: softmax} | Dense: 2"),
    ],
}
"""Specs with one warning each."""

SILENT = {
    "own-file": [
        watching("{ModelCheckpoint: checkpoints/best.keras}"),
        watching("{CSVLogger: log.csv}, TensorBoard"),
    ],
    "split-in-percent": [
        spec("Dense: 1", "mse", "fit: {validation_split: 101}"),
        spec("Dense: 1", "mse", "fit: {validation_split: 0.2}"),
    ],
    "accuracy-kind": [
        spec(SOFTMAX, SPARSE, " metrics: [accuracy, {SparseTopKCategoricalAccuracy: {k: 2}}]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [categorical_accuracy, {AUC: {multi_label: true}}]"),
        spec(SIGMOID, BINARY, " metrics: [binary_accuracy]"),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: [binary_accuracy]"),
    ],
    "accuracy-of-equals": [spec(SOFTMAX, SPARSE, " metrics: [accuracy]"), spec(SIGMOID, BINARY, " metrics: [acc]")],
    "accuracy-of-labels": [
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: [binary_accuracy]"),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: [BinaryAccuracy, AUC]"),
        spec(SIGMOID, BINARY, " metrics: [accuracy]"),
        spec("Dense: {units: 5, activation: sigmoid}", "mse", " metrics: [accuracy]"),
    ],
    "accuracy-of-logits": [
        spec("Dense: 1", LOGITS, " metrics: [{BinaryAccuracy: {threshold: 0, name: accuracy}}]"),
        spec("Dense: 1", LOGITS, " metrics: [{AUC: {from_logits: true}}, {Recall: {thresholds: 0}}]"),
        spec("Dense: 3", "{SparseCategoricalCrossentropy: {from_logits: true}}", " metrics: [accuracy]"),
        spec(SIGMOID, BINARY, " metrics: [accuracy, Precision, AUC]"),
    ],
    "accuracy-of-numbers": [
        spec("Dense: 1", "mse", " metrics: [mae, R2Score]"),
        spec(SOFTMAX, "mse", " metrics: [accuracy]"),
        spec(SIGMOID, "mse", " metrics: [accuracy]"),
        spec("Dense: {units: 1, activation: tanh}", "mse", " metrics: [accuracy]"),
        spec("Dense: 1", "hinge", " metrics: [accuracy]"),
    ],
    "activation-twice": [
        spec("Dense: 4 | ReLU: | Dense: 1"),
        spec("Dense: 4 | LeakyReLU: | Dense: 3 | Softmax: ", SPARSE),
        spec("BatchNormalization: | ReLU: | Dense: 1"),
        spec("Reshape: [4, 4] | LSTM: 8 | Activation: tanh | Dense: 1"),
        spec("Activation: tanh | Dense: 1"),
        spec(
            "Reshape: [16, 1, 1] | Conv2DTranspose: {filters: 1, kernel_size: 1, activation: relu} | "
            "Conv2DTranspose: {filters: 1, kernel_size: 1, activation: relu} | Flatten: | Dense: 1"
        ),
        spec("ReLU: {max_value: 6.0} | Dense: 1").replace("activation: relu", "activation: gelu"),
        spec("Dense: {units: 4, activation: tanh} | Activation: sigmoid", BINARY),
        spec("Reshape: [4, 4] | Conv1DTranspose: {filters: 4, kernel_size: 3, activation: relu}, repeat: 2 | Dense: 1"),
        spec("Reshape: [4, 4] | GRU: {units: 4, activation: relu, return_sequences: true} | GRU: 4 | Dense: 1"),
    ],
    "array-monitor": [
        spec(SOFTMAX, CATEGORICAL, " metrics: [F1Score]", FIT),
        spec(
            SOFTMAX,
            CATEGORICAL,
            " metrics: [{F1Score: {average: macro}}]",
            FIT,
            "callbacks: [{ReduceLROnPlateau: {monitor: f1_score}}]",
        ),
        spec(SIGMOID, BINARY, " metrics: [F1Score]", FIT, "callbacks: [{ReduceLROnPlateau: {monitor: f1_score}}]"),
        spec(SOFTMAX, "mse", " metrics: [R2Score]", FIT, "callbacks: [{ReduceLROnPlateau: {monitor: r2_score}}]"),
    ],
    "eager-jit": [
        spec("Dense: 1", "mse", " run_eagerly: true"),
        spec("Dense: 1", "mse", " jit_compile: true", " run_eagerly: false"),
        spec("Dense: 1", "mse", " jit_compile: auto", " run_eagerly: true"),
    ],
    "half-precision": [
        spec("Dense: {units: 1, dtype: mixed_bfloat16}"),
        spec("Rescaling: {scale: 0.1, dtype: float16} | Dense: {units: 1, dtype: float32}"),
        spec("Dense: 1", "mse", "runtime: {precision: mixed_float16}"),
    ],
    "hidden-softmax": [
        spec("Dense: {units: 8, activation: softmax}, name: gate | Multiply: , from: [gate, gate] | Dense: 1"),
        spec(SOFTMAX, SPARSE),
        """\
model:
  inputs: {x: {shape: [4]}}
  layers:
    - Dense: {units: 3, activation: softmax}
      name: kind
    - Dense: 1
      name: size
  outputs: [kind, size]
compile: {loss: {kind: sparse_categorical_crossentropy, size: mse}}
""",
    ],
    "high-learning-rate": [
        optimized("{Adam: 0.1}"),
        optimized("adam"),
        optimized("{SGD: 1.0}"),
        optimized("{Adadelta: 1.0}"),
        optimized("{Adam: {learning_rate: {PiecewiseConstantDecay: {boundaries: [9], values: [0.1, 0.01]}}}}"),
    ],
    "last-weights": [
        watching("{EarlyStopping: {restore_best_weights: true}}"),
        watching("{EarlyStopping: {restore_best_weights: false}}"),
    ],
    "monitor-mode": [
        watching("{EarlyStopping: {mode: min, restore_best_weights: true}}"),
        watching("{ReduceLROnPlateau: {monitor: val_accuracy, mode: max}}"),
        watching("{ModelCheckpoint: {filepath: a.keras, monitor: accuracy, mode: min}}"),
        spec(SOFTMAX, SPARSE, " metrics: [Sum]", FIT, "callbacks: [{ReduceLROnPlateau: {monitor: sum, mode: min}}]"),
    ],
    "nothing-trains": [
        f"model: {{input: {{shape: [4]}}, layers: [{{{FROZEN}}}, {{Dense: 1}}]}}\ncompile: {{loss: mse}}",
        "model: {input: {shape: [4]}, layers: [{Dense: 4, trainable: false}]}",
        f"model: {{input: {{shape: [4]}}, layers: [{{{FROZEN}}}, PReLU]}}\ncompile: {{loss: mse}}",
    ],
    "rounded-output": [
        spec("Dense: {units: 3, activation: softmax, dtype: float32}", SPARSE, MIXED),
        spec("Dense: 1", "mse", MIXED),
        spec(SOFTMAX, SPARSE, "runtime: {precision: float64}"),
    ],
    "same-metric": [
        spec(SIGMOID, BINARY, " metrics: [AUC, {AUC: {curve: PR, name: pr}}]"),
        spec(SIGMOID, BINARY, " metrics: [accuracy]", " weighted_metrics: [accuracy]"),
    ],
    "scaled-twice": [optimized("{LossScaleOptimizer: {inner_optimizer: adam}}")],
    "shared-rows": [
        spec("Dense: 1", "mse", f"data: {{train: {WINDOWS % ', rows: [0.0, 0.8]'}}}"),
        spec("Dense: 1", "mse", f"data: {{train: {WINDOWS % ', stride: 6'}}}", FIT),
        spec(
            "Dense: 1",
            "mse",
            f"data: {{source: {WINDOWS % ', group: id'}}}",
            "fit: {validation_split: {split: 0.2, group: id}}",
        ),
        spec("Dense: 1", "mse", "data: {source: diabetes}", FIT),
    ],
    "top-k-of-all": [
        spec("Dense: {units: 10, activation: softmax}", SPARSE, " metrics: [SparseTopKCategoricalAccuracy]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [{TopKCategoricalAccuracy: {k: 2}}]"),
    ],
    "micro-average": [
        spec(SOFTMAX, CATEGORICAL, " metrics: [{Precision: {class_id: 0}}, {Recall: {top_k: 1}}]"),
        spec(SOFTMAX, CATEGORICAL, " metrics: [{AUC: {multi_label: true}}]"),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY, " metrics: [Precision, AUC]"),
        spec(SIGMOID, BINARY, " metrics: [Precision, Recall, AUC]"),
    ],
    "unused-average": [
        optimized("{Adam: {use_ema: true}}", "callbacks: [SwapEMAWeights]"),
        optimized("{Adam: {use_ema: true}}", "callbacks: [{SwapEMAWeights: true}, {ModelCheckpoint: a.keras}]", FIT),
        optimized("{Adam: {use_ema: true, ema_overwrite_frequency: 100}}"),
        optimized("{Adam: {use_ema: false}}"),
    ],
    "unused-constant": [
        spec("Dense: $(width)", "mse", "vars: {width: 3}"),
        spec("Dense: $(2 * wide)", "mse", "vars: {width: 3, wide: $(width)}"),
        spec("Dense: 1", "mse", "vars: {name: small}", "description: 'the $(name) one'"),
    ],
    "unused-list": [
        spec("Dense: $(units), repeat: {units: [8, 8]} | Dense: 1"),
        spec("Dense: {units: $(a * b)}, repeat: {a: [8, 8], b: [1, 2]} | Dense: 1"),
    ],
    "unused-parameter": [
        blocks("{head: {params: {units: 3}, layers: [{layers: [{Dense: $(units)}]}]}}"),
        blocks("{head: {params: {deep: 1}, layers: [{Dense: 3, repeat: $(deep)}]}}"),
    ],
    "whole-model": [
        watching("{ModelCheckpoint: saved/a.keras}"),
        watching("{ModelCheckpoint: {filepath: a.weights.h5, save_weights_only: true}}"),
    ],
    "high-dropout": [spec("Dropout: 0.89 | Dense: 1"), spec("Dropout: 0.5 | GaussianDropout: 0.95 | Dense: 1")],
    "loss-activation": [
        spec("Dense: {units: 3, activation: softmax}", SPARSE),
        spec("Dense: 3 | Softmax: ", SPARSE),
        spec("Dense: 3 | Activation: softmax", SPARSE),
        spec("Dense: 3 | Dropout: 0.1 | Activation: softmax | Dropout: 0.1", SPARSE),
        spec("Dense: 3", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 3, activation: log_softmax}", "{SparseCategoricalCrossentropy: {from_logits: true}}"),
        spec("Dense: {units: 1, activation: sigmoid}", BINARY),
        spec("Dense: {units: 5, activation: sigmoid}", BINARY),
        spec("Dense: {units: 5, activation: hard_sigmoid}", BINARY),
        spec("Dense: {units: 1, activation: sigmoid}", "ce"),
        spec("Dense: {units: 3, activation: sparsemax}", CATEGORICAL),
        spec("Dense: {units: 3, activation: softmax}", "mse"),
        spec("Dense: {units: 3, activation: tanh}", "hinge"),
        spec("Dense: {units: 1, activation: exponential}", "poisson"),
        spec("Dense: 3 | Reshape: [3, 1] | Softmax: {axis: 1}", BINARY),
        spec("Reshape: [4, 4] | Dense: {units: 3, activation: softmax} | GlobalAveragePooling1D: ", SPARSE),
        spec(", ".join(["Dropout: 0.5", "repeat: 5000"]) + " | Dense: {units: 3, activation: softmax}", SPARSE),
        spec("Dense: {units: 3, activation: softmax} | Dropout: 0.1, repeat: 5000", SPARSE),
    ],
    "one-row-normalized": [
        spec("BatchNormalization: | Dense: 1", "mse", "fit: {batch_size: 2}"),
        spec("BatchNormalization: | Dense: 1"),
        spec("BatchNormalization: {trainable: false} | Dense: 1", "mse", "fit: {batch_size: 1}"),
        spec("Reshape: [4, 4] | BatchNormalization: | Flatten: | Dense: 1", "mse", "fit: {batch_size: 1}"),
    ],
    "one-unit-classes": [
        spec("Dense: {units: 1, activation: sigmoid}", BINARY),
        spec("Dense: {units: 2, activation: softmax}", CATEGORICAL),
        spec("Dense: 1"),
    ],
    "one-unit-softmax": [
        spec("Dense: {units: 2, activation: softmax}", CATEGORICAL),
        spec("Reshape: [4, 4] | Dense: 1 | Softmax: {axis: 1} | Flatten: | Dense: 2"),
    ],
}
"""Specs that look like those above and are right."""


def examples(table: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(code, text, id=f"{code}-{number}")
        for code, texts in table.items()
        for number, text in enumerate(texts)
    ]


def test_every_lint_is_tested_both_ways() -> None:
    assert set(LOUD) == set(SILENT) == set(LINTS)


@pytest.mark.parametrize(("code", "text"), examples(LOUD))
def test_a_mistake_gives_one_warning(code: str, text: str) -> None:
    problems = problems_of(text)
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    (problem,) = problems
    assert problem.severity == "warning"
    assert problem.span is not None
    assert not problem.message.endswith(".")


@pytest.mark.parametrize(("code", "text"), examples(SILENT))
def test_what_is_right_gives_no_warning(code: str, text: str) -> None:
    assert codes_of(text) == []


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "silent").iterdir()), ids=lambda path: path.stem)
def test_models_as_people_build_them_give_no_warning(path: Path) -> None:
    assert [str(problem) for problem in problems_of(path.read_text(encoding="utf-8"))] == []
