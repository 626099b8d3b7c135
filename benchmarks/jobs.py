"""The trainings that are measured: random rows, targets that depend on them, and the model as a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Fields = Mapping[str, np.ndarray]

CATEGORIES = 1_000


@dataclass(frozen=True)
class Job:
    """A model with its data.

    Args:
        rows: Training rows.
        shape: Shape of one row.
        classes: Number of classes; 1 for yes or no.
        batch: Rows of a step.
        model: What stands under `model` in the spec.
        category: Whether each row has a category, too, as a second input `kind`.
    """

    rows: int
    shape: tuple[int, ...]
    classes: int
    batch: int
    model: str
    category: bool = False

    def fields(self) -> Fields:
        """Return random rows, and targets that depend on them."""
        random = np.random.default_rng(0)
        x = random.normal(size=(self.rows, *self.shape)).astype(np.float32)
        score = x.reshape(self.rows, -1)[:, :20].sum(axis=1)
        found = {"x": x}
        if self.category:
            found["kind"] = random.integers(0, CATEGORIES, (self.rows, 1)).astype(np.int32)
            score += random.normal(size=CATEGORIES)[found["kind"][:, 0]]
        if self.classes == 1:
            return found | {"y": (score > 0).astype(np.float32)}
        return found | {"y": np.digitize(score, np.quantile(score, np.linspace(0, 1, self.classes + 1)[1:-1]))}

    def write(self, folder: Path, *, fit: str = "", jit: str = "auto") -> Path:
        """Write the rows, if they are not there yet, and the spec, and return its path.

        Args:
            folder: Where.
            fit: More keys under `fit`, such as `, epochs: 5`.
            jit: `jit_compile` of the spec.
        """
        if not (folder / "rows.npz").exists():
            np.savez(folder / "rows.npz", **self.fields())
        spec = folder / "spec.yaml"
        spec.write_text(self.spec(fit=fit, jit=jit), encoding="utf-8")
        return spec

    def spec(self, *, fit: str = "", jit: str = "auto") -> str:
        """Return the spec; arguments as above."""
        model = "\n".join(f"  {line}" for line in self.model.strip().splitlines())
        inputs = "inputs: {x: {field: x}, kind: {field: kind}}, targets: y" if self.category else "targets: y"
        return f"""
name: job
seed: 1
data: {{source: {{npz: rows.npz}}, {inputs}}}
model:
{model}
compile: {{optimizer: adam, loss: {self.loss}, metrics: [accuracy], jit_compile: {jit}}}
fit: {{batch_size: {self.batch}{fit}}}
"""

    @property
    def loss(self) -> str:
        """The loss that suits the targets."""
        return "binary_crossentropy" if self.classes == 1 else "sparse_categorical_crossentropy"


JOBS = {
    "tabular": Job(100_000, (20,), 1, 32, """
layers:
  - Dense: {units: 64, activation: relu}
  - Dense: {units: 32, activation: relu}
  - Dense: {units: 1, activation: sigmoid}
"""),
    "two_inputs": Job(100_000, (10,), 1, 32, f"""
inputs: {{x: {{shape: [10]}}, kind: {{shape: [1], dtype: int32}}}}
layers:
  - Embedding: {{input_dim: {CATEGORIES}, output_dim: 8}}
    from: kind
  - Flatten:
    name: word
  - Concatenate:
    from: [x, word]
  - Dense: {{units: 64, activation: relu}}
  - Dense: {{units: 1, activation: sigmoid}}
""", category=True),
    "mnist_mlp": Job(60_000, (784,), 10, 128, """
layers:
  - Dense: {units: 512, activation: relu}
  - Dropout: 0.2
  - Dense: {units: 10, activation: softmax}
"""),
    "lstm": Job(6_000, (100, 8), 1, 32, """
layers:
  - LSTM: 32
  - Dense: {units: 1, activation: sigmoid}
"""),
    "mnist_cnn": Job(12_000, (28, 28, 1), 10, 128, """
layers:
  - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
  - MaxPooling2D
  - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
  - MaxPooling2D
  - Flatten
  - Dense: {units: 10, activation: softmax}
"""),
    "residual": Job(3_000, (32, 32, 3), 10, 64, """
layers:
  - Conv2D: {filters: 16, kernel_size: 3, padding: same, activation: relu}
    name: stem
  - Conv2D: {filters: 16, kernel_size: 3, padding: same}
  - BatchNormalization
  - ReLU
  - Conv2D: {filters: 16, kernel_size: 3, padding: same}
  - BatchNormalization
  - Add:
    from: [_, stem]
  - ReLU
  - GlobalAveragePooling2D
  - Dense: {units: 10, activation: softmax}
"""),
}  # fmt: skip
