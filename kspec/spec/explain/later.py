"""What is part of the language and not of this version of kspec."""

from __future__ import annotations

from kspec.catalogue import Catalogue

UNSURE = frozenset({"runtime", "expect", "sweep"})
"""Sections that a version of kspec may not have. It would cost time to ask for all of the others, too."""


def not_built(piece: str, catalogue: Catalogue) -> bool:
    """Say whether a spec with this piece in it is told that it uses something that is not built yet.

    The readers themselves are asked, so that nothing need be kept in step with them.

    Args:
        piece: YAML of some sections of a spec.
        catalogue: What Keras offers.
    """
    # The whole of the checks takes longer to import than most explanations need.
    from kspec.spec.reading import read_text
    from kspec.spec.spec import read_spec

    reading = read_spec(read_text("example.yaml", piece), catalogue)
    return any(problem.code == "not-built-yet" for problem in reading.problems)
