from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kspec.commands.opening import open_spec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

_MODEL = {"layers": [{"Dense": 1}]}
_COMPILE = {"optimizer": "adam", "loss": "mse"}


@pytest.fixture
def spec_of(tmp_path: Path) -> Callable[..., Spec]:
    """Return a checked spec of some sections; arrays become an NPZ file that `data.train` names."""

    def spec_of(
        arrays: Mapping[str, Any] | None = None, *, data: Mapping[str, Any] | None = None, **sections: Any
    ) -> Spec:
        import json

        content = {"model": _MODEL, "compile": _COMPILE, **sections}
        if arrays is not None:
            np.savez(tmp_path / "rows.npz", **{name: np.asarray(array) for name, array in arrays.items()})
            data = {"train": {"npz": "rows.npz"}, **(data or {})}
        path = tmp_path / "spec.json"
        path.write_text(json.dumps({**content, "data": data} if data else content))
        return open_spec(path).spec

    return spec_of


@pytest.fixture
def prepared(spec_of: Callable[..., Spec], tmp_path: Path) -> Callable[..., Any]:
    """Return the data of a spec, ready for a model."""

    def prepared(
        *given: Any, seed: int = 0, limit: int | None = None, plan: Any = None, progress: Any = None, **sections: Any
    ) -> Any:
        from kspec.data.prepare import prepare
        from kspec.data.sources.loaded import unwatched
        from kspec.engine.building.instantiate import instantiate

        spec = spec_of(*given, **sections)
        return prepare(
            spec, spec.data, folder=tmp_path, seed=seed, make_layer=instantiate, limit=limit, plan=plan,
            progress=progress or unwatched,
        )  # fmt: skip

    return prepared


@pytest.fixture
def problems_of() -> Callable[..., list[Problem]]:
    """Return the problems with which a call ends."""

    def problems_of(call: Callable[..., Any], *given: Any, **named: Any) -> list[Problem]:
        with pytest.raises(SpecError) as caught:
            call(*given, **named)
        return caught.value.problems

    return problems_of


def two_by_two(loss: str = "mse") -> dict[str, Any]:
    """Return the sections of a model with the inputs `a` and `b` and the outputs `u` and `v`."""
    layers = [
        {"Concatenate": None, "from": ["a", "b"], "name": "both"},
        {"Dense": 1, "name": "v"},
        {"Dense": 3, "from": "both", "name": "u"},
    ]
    inputs = {"a": {"shape": [2]}, "b": {"shape": [1]}}
    return {
        "model": {"inputs": inputs, "layers": layers, "outputs": ["u", "v"]},
        "compile": {"optimizer": "adam", "loss": {"u": loss, "v": "mse"}},
    }


@pytest.fixture
def graph() -> Callable[..., dict[str, Any]]:
    """Return the sections of a model with two inputs and two outputs."""
    return two_by_two
