"""The table of old names points at names that exist, and at none that is still in use."""

import pytest

from kspec.catalogue import load
from kspec.catalogue.oldnames import ARGUMENTS, ARGUMENTS_OF, COMPONENTS, WORDS

CATALOGUE = load()
KNOWN_ARGUMENTS = {
    name
    for family in CATALOGUE.families
    for component in CATALOGUE.names(family)
    for name in CATALOGUE.component(family, component).arguments
}


@pytest.mark.parametrize("new", sorted({new for new in ARGUMENTS.values() if new.isidentifier()} - {"expand_nested"}))
def test_new_names_of_arguments_exist(new):
    assert new in KNOWN_ARGUMENTS


@pytest.mark.parametrize("component", sorted(ARGUMENTS_OF))
def test_new_names_of_a_components_arguments_exist(component):
    arguments = CATALOGUE.component(CATALOGUE.families_of(component)[0], component).arguments
    for old, new in ARGUMENTS_OF[component].items():
        assert old not in arguments
        assert not new.isidentifier() or new in arguments


@pytest.mark.parametrize(("old", "new"), sorted(COMPONENTS.items()))
def test_new_names_of_components_exist(old, new):
    assert not new.isidentifier() or CATALOGUE.families_of(new)
    assert set(CATALOGUE.families_of(old)) <= {"inputs", "metrics"}


@pytest.mark.parametrize("new", sorted({new for new in WORDS.values() if new.isidentifier()}))
def test_new_words_exist(new):
    assert any(CATALOGUE.word(family, new) for family in CATALOGUE.families)
