"""The specs that are shipped as templates, in `kspec/commands/templates/`."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from kspec.commands.starters.sheet import plain, scalar

NAMES = ("mlp", "cnn", "lstm", "multi-io", "autoencoder", "transfer")
"""Every template, the simplest first."""

_FOLDER = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    """A spec that can be started from.

    Args:
        name: What it is called.
        text: The spec. Its first line says what it is, as a comment.
    """

    name: str
    text: str

    @property
    def summary(self) -> str:
        """What it is, without the full stop."""
        return self.text.partition("\n")[0].removeprefix("# ").removesuffix(".")

    def called(self, name: str, path: Path) -> str:
        """Return the spec with another name for its runs, for a file that lies elsewhere."""
        command = f"kspec train {plain(shlex.quote(str(path)))}"
        text = self.text.replace(f"kspec train {self.name}.yaml", command, 1)
        text = re.sub(
            rf"^name: {self.name} *",
            lambda found: f"name: {scalar(name)}  ".ljust(len(found[0])),
            text,
            count=1,
            flags=re.MULTILINE,
        )
        return text.replace(f"runs/{self.name}-", f"runs/{name}-")


def all_templates() -> list[Template]:
    """Return every template, the simplest first."""
    return [read_template(name) for name in NAMES]


def read_template(name: str) -> Template:
    """Return the template of this name, which is one of `NAMES`."""
    return Template(name, (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
