"""What a lint says: a problem that has no code and no severity yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kspec.spec.document import Document
from kspec.spec.problems import At, Path

if TYPE_CHECKING:
    from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is allowed and almost surely a mistake.

    Args:
        path: Node that it is about.
        message: What is wrong, one sentence without a full stop.
        hint: How to mend it.
        at: Whether the node's key or its value is to be pointed at.
    """

    path: Path
    message: str
    hint: str | None = None
    at: At = "value"


Lint: TypeAlias = "Callable[[Spec, Document], Iterable[Finding]]"
"""One check. It says nothing of what it does not know for sure."""
