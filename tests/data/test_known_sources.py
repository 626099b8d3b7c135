"""What the spec room knows of built-in sources without reading them is what reading them gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kspec.data.sources import SOURCES, SourceContext
from kspec.spec.known_targets import CLASSES, QUANTITIES


@pytest.mark.parametrize("name", ["breast_cancer", "diabetes", "digits", "iris", "wine"])
def test_the_classes_are_those_of_the_data(name: str, tmp_path: Path) -> None:
    y = SOURCES[name](SourceContext(folder=tmp_path)).train["y"]
    if name in QUANTITIES:
        assert not (y == np.round(y)).all() or len(np.unique(y)) > 100
    else:
        assert list(np.unique(y)) == list(range(CLASSES[name]))
