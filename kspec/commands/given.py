"""Rows that a command is given: a file, or arrays, read as the rows of training were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    from kspec.data.plan import Plan
    from kspec.data.sources import Fields


def given_fields(rows: Any, spec: Spec, plan: Plan) -> Fields:
    """Return the fields of rows that did not come from the spec.

    Args:
        rows: A CSV, NPZ or NPY file; or arrays by field name; or the array of the field `x`.
        spec: The spec of the run, whose source says how files of its kind are to be read.
        plan: What training made of the fields; text stays text.

    Raises:
        SpecError: The file is missing or is not what it should be.
    """
    import numpy as np

    from kspec.data.loading import read_file
    from kspec.data.sources import DataError, Fields, SourceContext

    like = (spec.data.source or spec.data.parts.get("train")) if spec.data else None
    try:
        if isinstance(rows, str | Path):
            context = SourceContext(folder=Path.cwd())
            loaded = read_file(Path(rows), context=context, text=plan.text_fields, like=like)
            return loaded.test or loaded.train
        if isinstance(rows, Mapping):
            return Fields({str(name): np.asarray(value) for name, value in rows.items()})
        return Fields({"x": np.asarray(rows)})
    except DataError as error:
        raise SpecError([Problem("bad-data", (), error.message, error.hint)]) from None
