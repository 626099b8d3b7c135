"""What every name that can stand in a spec, or that a diagnostic says, means."""

from kspec.spec.explain.families import Listed, everything, families, listed, matching
from kspec.spec.explain.names import explain

__all__ = ["Listed", "everything", "explain", "families", "listed", "matching"]
