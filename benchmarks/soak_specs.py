"""What the soak trains: small specs, each with something that a resume must not lose."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SPEC = """
name: soak
seed: 11
data: {source: {npz: rows.npz}}
model: {INPUTlayers: [LAYERS, {Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: 0.02}, loss: sparse_categorical_crossentropy, metrics: [accuracy]EXECUTION}
fit: {epochs: 7, batch_size: 12, validation_split: 0.25FIT}
callbacks: [{CSVLogger: log.csv}CALLBACKS]
checkpoint: {every: 1.0e-9}
RUNTIME
"""
STOPPING = """
  , {EarlyStopping: {patience: 5, restore_best_weights: true}}, {ReduceLROnPlateau: {factor: 0.5, patience: 1}}"""
MIXED = {"LAYERS": "{Dense: {units: 24, activation: relu}}, BatchNormalization, {Dropout: 0.3}", "CALLBACKS": STOPPING}
WAYS: dict[str, dict[str, str]] = {
    "loop": MIXED,
    "fit": {**MIXED, "EXECUTION": ", steps_per_execution: 2"},
    "devices": {**MIXED, "RUNTIME": "runtime: {strategy: {MirroredStrategy: {devices: [/cpu:0, /cpu:1]}}}"},
    "stateful": {
        "INPUT": "inputs: {x: {shape: [16], batch_size: 12}}, ",
        "LAYERS": "{Reshape: [4, 4]}, {GRU: {units: 5, stateful: true}}",
    },
    "dropout": {"LAYERS": "{Dense: 12}, {Dropout: 0.4}, {GaussianNoise: 0.1}"},
    "batch-normalization": {"LAYERS": "{Dense: 12}, BatchNormalization, ReLU"},
    "augmentation": {
        "LAYERS": "{Reshape: [4, 4, 1]}, {RandomFlip: horizontal}, {RandomRotation: 0.1}, RandomContrast: 0.2, "
        "{Conv2D: {filters: 3, kernel_size: 2}}, Flatten"
    },
    "recurrent-dropout": {"LAYERS": "{Reshape: [4, 4]}, {LSTM: {units: 5, dropout: 0.2, recurrent_dropout: 0.3}}"},
    "early-stopping": {"LAYERS": "{Dense: 12}, {Dropout: 0.2}", "CALLBACKS": STOPPING.replace("5", "2")},
    "class-weight": {"LAYERS": "{Dense: 12}, {Dropout: 0.2}", "FIT": ", class_weight: {0: 1.0, 1: 4.0, 2: 0.5}"},
}
"""What is trained, and how: the spec's gaps, by name; those that are not named stay empty."""


def prepared(folder: Path, way: str) -> Path:
    """Make a folder with a spec and its data."""
    folder.mkdir(parents=True)
    numbers = np.random.default_rng(0)
    x = numbers.normal(size=(240, 16)).astype(np.float32)
    np.savez(folder / "rows.npz", x=x, y=(x[:, :3].argmax(axis=1) + numbers.integers(0, 2, 240)) % 3)
    text = SPEC
    for gap in ("INPUT", "LAYERS", "EXECUTION", "FIT", "CALLBACKS", "RUNTIME"):
        text = text.replace(gap, WAYS[way].get(gap, ""))
    (folder / "spec.yaml").write_text(text)
    return folder
