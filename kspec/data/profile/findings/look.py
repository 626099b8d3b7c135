"""What a finding is made from: a spec, its parts as they were gathered, and its targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kspec.data.choice import field_path
from kspec.data.profile.parts import Gathered
from kspec.runs.inspection import FieldProfile, TargetProfile
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Path
from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Input:
    """One field of one input.

    Args:
        input: The input.
        wanted: How the spec names the field.
        profile: What it is like in the training rows.
        path: Its place.
    """

    input: str
    wanted: FieldSpec
    profile: FieldProfile
    path: Path

    @property
    def name(self) -> str:
        """Name of the field."""
        return self.profile.name

    @property
    def scalar(self) -> bool:
        """Whether it has one value a row."""
        return self.profile.shape in ((), (1,))


@dataclass(frozen=True, slots=True)
class Look:
    """A spec and its data as they were gathered.

    Args:
        spec: The spec.
        data: Its `data` section.
        inputs: How every input is written.
        wanted: How the targets of every output are written.
        parts: The parts, the training part first.
        targets: The targets of every output.
    """

    spec: Spec
    data: DataSpec
    inputs: Mapping[str, FieldSpec]
    wanted: Mapping[str, FieldSpec]
    parts: Mapping[str, Gathered]
    targets: Mapping[str, TargetProfile]

    @property
    def train(self) -> Gathered:
        """The training part."""
        return self.parts["train"]

    def fields(self) -> Iterator[Input]:
        """Yield every field of every input, each once."""
        seen: set[str] = set()
        for name, wanted in self.inputs.items():
            for index, field in enumerate(wanted.fields):
                if field not in seen and field in self.train.profile.fields:
                    seen.add(field)
                    yield Input(name, wanted, self.train.profile.fields[field], field_path(wanted, index))

    def target_path(self, output: str) -> Path:
        """Return the place of the targets of an output."""
        return self.wanted[output].path or (*self.data.path, "targets")

    def loss_path(self, output: str) -> Path:
        """Return the place of the loss of an output."""
        return ("compile", "loss", output) if self.spec.graph.several_outputs else ("compile", "loss")
