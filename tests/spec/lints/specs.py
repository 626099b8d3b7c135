"""Short specs for lints: what is said of the last layers, the loss and the rest, in a whole spec."""

from __future__ import annotations

from kspec import catalogue
from kspec.spec.checking import read_spec
from kspec.spec.problems import Problem
from kspec.spec.reading import read_text


def problems_of(text: str) -> list[Problem]:
    """Return all problems of a spec."""
    return list(read_spec(read_text("spec.yaml", text), catalogue.load()).problems)


def codes_of(text: str) -> list[str]:
    """Return the codes of all problems of a spec."""
    return [problem.code for problem in problems_of(text)]


def spec(layers: str, loss: str = "mse", *more: str) -> str:
    """Return a spec with these layers behind a first one.

    Args:
        layers: Layers in flow style, such as `Dense: 3`, with `|` between them.
        loss: What stands behind `loss:`.
        more: Further lines; those that begin with a blank belong to `compile`.
    """
    steps = "\n".join(f"    - {{{layer.strip()} }}" for layer in layers.split("|"))
    compiling = "\n".join(f"  {line.strip()}" for line in more if line.startswith(" "))
    others = "\n".join(line for line in more if not line.startswith(" "))
    return f"""\
model:
  input: {{shape: [8]}}
  layers:
    - Dense: {{units: 16, activation: relu}}
{steps}
compile:
  loss: {loss}
{compiling}
{others}
"""
