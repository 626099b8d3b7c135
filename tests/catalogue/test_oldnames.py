"""The table of old names points at names that exist, and at none that is still in use."""

import pytest

from kspec.catalogue import load
from kspec.catalogue.oldnames import ARGUMENTS, ARGUMENTS_OF, COMPONENTS, WORDS, WORDS_OF
from kspec.spec.unknown import ALSO

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


@pytest.mark.parametrize("owner", sorted(ARGUMENTS_OF))
def test_new_names_of_a_components_or_a_familys_arguments_exist(owner):
    if owner in CATALOGUE.families:
        owners = [CATALOGUE.component(owner, name) for name in CATALOGUE.names(owner)]
    else:
        owners = [CATALOGUE.component(CATALOGUE.families_of(owner)[0], owner)]
    for old, new in ARGUMENTS_OF[owner].items():
        assert not all(old in component.arguments for component in owners)
        assert not new.isidentifier() or any(new in component.arguments for component in owners)


@pytest.mark.parametrize(("old", "new"), sorted(COMPONENTS.items()))
def test_new_names_of_components_exist(old, new):
    assert not new.isidentifier() or CATALOGUE.families_of(new)
    assert set(CATALOGUE.families_of(old)) <= {"inputs", "metrics"}


@pytest.mark.parametrize("new", sorted({new for new in WORDS.values() if new.isidentifier()}))
def test_new_words_exist(new):
    assert any(CATALOGUE.word(family, new) for family in CATALOGUE.families)


@pytest.mark.parametrize("family", sorted(WORDS_OF))
def test_new_words_of_a_family_exist_in_it(family):
    families = (family, *ALSO.get(family, ()))
    for old, new in WORDS_OF[family].items():
        assert old == old.lower()
        assert not new.isidentifier() or any(CATALOGUE.component(f, new) or CATALOGUE.word(f, new) for f in families)
