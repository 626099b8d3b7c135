"""What `kspec explain` shows of a component is what Keras takes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kspec import catalogue
from kspec.engine.building.instantiate import written
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.explain.forms import PLACES, forms

# Words and sources are no objects of Keras; an application takes seconds, a strategy devices; ops are called; samplers
# and pruners are Optuna's.
NOT_MADE = ("activations", "sources", "applications", "strategies", "samplers", "pruners", "ops")
MADE = [family for family in PLACES if family not in NOT_MADE]
OF_OTHER_PACKAGES = {"OrbaxCheckpoint"}


@pytest.mark.parametrize("family", MADE)
def test_keras_makes_every_component_as_it_is_shown(family: str) -> None:
    known = catalogue.load()
    components = [found for name in known.canonical(family) if (found := known.component(family, name))]
    shown = [form for each in components if each.name not in OF_OTHER_PACKAGES for form in forms(each)]
    assert len(shown) >= len(components) - len(OF_OTHER_PACKAGES)
    for form in shown:
        component = ComponentReader(known, Checker()).read(_component(yaml.safe_load(form)), (), family)
        assert written(component) is not None, form


def _component(value: Any) -> Any:
    """Return what a form says to make, without the key or the words that stand beside it."""
    value = value[0] if isinstance(value, list) else next(iter(value.values()))
    return (
        {key: item for key, item in value.items() if key not in ("from", "call")} if isinstance(value, dict) else value
    )
