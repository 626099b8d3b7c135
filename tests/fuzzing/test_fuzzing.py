"""Whatever is made wrong at random is read or refused; `benchmarks/fuzz.py` makes many more such attempts."""

from pathlib import Path

import pytest
from attempts import KINDS, Workshop

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("fuzzing"), CONFIGS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_wrong_is_read_or_refused(workshop, kind):
    outcomes = [workshop.attempt(kind, number) for number in range(20)]
    assert "refused" in outcomes


def test_what_is_whole_is_read(workshop):
    """Otherwise refusing everything would do."""
    assert workshop.attempt("whole", 0) == "read"
