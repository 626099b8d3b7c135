"""The schema by which an editor knows what a new spec may say."""

from __future__ import annotations

from pathlib import Path

from kspec.commands.schema import FILE_NAME


def schema_of(spec: Path) -> Path:
    """Return the schema that a spec is to name: the nearest one in its folder or above, else one beside it.

    Args:
        spec: The spec, which need not be there yet. Nor need the schema.
    """
    folder = spec.absolute().parent
    above = (place / FILE_NAME for place in (folder, *folder.parents))
    return next((path for path in above if path.is_file()), folder / FILE_NAME)
