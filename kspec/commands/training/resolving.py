"""resolved.yaml: a spec with everything put in, alone enough to repeat the run from any folder."""

from __future__ import annotations

from typing import Any

from kspec.commands.opening import OpenedSpec
from kspec.spec.named_files import with_files
from kspec.spec.writing import to_yaml


def resolved_text(opened: OpenedSpec, seed: int) -> str:
    """Return a spec as YAML: constants and overrides put in, the seed drawn, paths absolute."""
    content: dict[str, Any] = {**opened.spec.content, "seed": seed}
    content.setdefault("name", opened.spec.name)
    return to_yaml(with_files(content, opened.folder))
