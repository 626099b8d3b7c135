"""`kspec schema`: the JSON Schema of the language, and the line by which a spec names it to an editor."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from kspec.catalogue import load
from kspec.runs.atomic import write_text
from kspec.spec.code import with_code
from kspec.spec.schema import build_schema

FILE_NAME = "kspec.schema.json"
"""What the file is called where nothing else is said."""


def schema_text(*, indent: bool = False, code: Sequence[str | Path] = ()) -> str:
    """Return the JSON Schema of the language as text.

    Args:
        indent: Whether it is laid out for a person to read.
        code: Python files with components of one's own.

    Raises:
        SpecError: One of the files cannot be read.
    """
    schema = build_schema(with_code(load(), code))
    if indent:
        return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_schema(path: Path, *, indent: bool = False, code: Sequence[str | Path] = ()) -> None:
    """Write the JSON Schema of the language to a file.

    Raises:
        SpecError: One of the files of one's own cannot be read.
        OSError: It could not be written; what stood there before still stands.
    """
    write_text(path, schema_text(indent=indent, code=code))


def modeline(spec: Path, schema: Path) -> str:
    """Return the first line of a spec in YAML, by which editors find its schema without a network or settings.

    Args:
        spec: The spec, which need not be there yet.
        schema: The file with the schema.
    """
    way = PurePath(os.path.relpath(schema, spec.parent)).as_posix()
    return f"# yaml-language-server: $schema={way if way.startswith('../') else f'./{way}'}"
