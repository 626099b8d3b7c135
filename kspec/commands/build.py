"""`kspec.build`: the Keras model of a spec, compiled but not trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.opening import as_options, open_spec

if TYPE_CHECKING:
    import keras


def build(path: str | Path, *, overrides: Mapping[str, Any], code: Sequence[str | Path] = ()) -> keras.Model:
    """Return the model of a spec.

    Args:
        path: The spec.
        overrides: Values to put in, by path.
        code: Python files with components of one's own.

    Raises:
        SpecError: The spec is wrong; carries all problems.
    """
    opened = open_spec(path, as_options(overrides), code=code)
    from kspec.engine.startup import seed_everything, start

    start(opened.code)
    from kspec.engine.building.build import build as build_model
    from kspec.engine.building.build import needs_data, read_data

    spec = opened.spec
    seed = spec.seed if spec.seed is not None else 0
    with opened.placing():
        data = None
        if needs_data(spec) and spec.data is not None:
            data = read_data(spec, folder=opened.folder, seed=seed)
        if spec.seed is not None:
            seed_everything(seed)
        return build_model(spec, data)
