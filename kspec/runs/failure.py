"""A run that failed for a reason that lies neither in its spec nor in kspec: the disk, the memory."""

from __future__ import annotations

from kspec.spec.problems import SpecError


class RunFailed(SpecError):  # noqa: N818 - it says what the run did
    """A run could not go on; its folder holds what was kept until then."""
