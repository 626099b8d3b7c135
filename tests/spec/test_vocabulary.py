"""Every key that the readers take is described, and no other."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from kspec.spec import compiling, data, fields, spec_reader
from kspec.spec.model import inputs, words
from kspec.spec.vocabulary import defaults, descriptions


def keys_at(place: str) -> set[str]:
    """Return the keys that are described right below a place."""
    below = [path.removeprefix(place).removeprefix(".") for path in descriptions() if path.startswith(place)]
    return {path.removesuffix("[]") for path in below if path and "." not in path and path not in ("*", "[]")}


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("", spec_reader.KEYS),
        ("data.", data._KEYS),
        ("data.inputs.", fields.FIELD_KEYS),
        ("data.inputs.*.", fields.FIELD_KEYS),
        ("data.targets.", fields.FIELD_KEYS),
        ("data.sample_weight.*.", fields.FIELD_KEYS),
        ("model.", words.MODEL_KEYS),
        ("model.input.", inputs._KEYS),
        ("compile.", compiling._KEYS),
    ],
)
def test_the_keys_are_those_that_the_reader_takes(place: str, known: Iterable[str]) -> None:
    assert keys_at(place) == set(known)


def test_the_words_of_a_step_are_those_that_its_reader_takes() -> None:
    taken = {*words.STEP_WORDS, *words.WHOLE_MODELS}
    assert keys_at("model.layers[].") == taken | {"outputs"}


def test_sections_describe_their_own_keys() -> None:
    found = descriptions()
    assert found["fit.batch_size"] == "Rows of one step."
    assert found["fit.validation_split"] == "Rows set apart for validation."
    assert found["fit.validation_split.stratify"].startswith("Field whose values")
    assert found["fit.sample_weight[].weight"] == "Factor of the row's loss."
    assert found["fit"].startswith("Arguments of `keras.Model.fit`")
    assert {"fit.epochs": 1, "fit.batch_size": 32, "fit.validation_split.shuffle": False}.items() <= defaults().items()
    assert "fit.class_weight" not in defaults()


def test_every_description_is_a_sentence_of_one_line() -> None:
    for path, text in descriptions().items():
        assert text[:1].isupper() or text.startswith("`"), path
        assert text.endswith("."), path
        assert len(text) <= 110, path
        assert "\n" not in text, path


def test_every_key_stands_below_a_key_that_is_described() -> None:
    found = descriptions()
    for path in found:
        above = path.rpartition(".")[0]
        assert not above or above in found or above.removesuffix("[]") in found or above.removesuffix(".*") in found


def test_nothing_is_described_that_is_no_section() -> None:
    assert {path.partition(".")[0].removesuffix("[]") for path in descriptions()} == set(spec_reader.KEYS)
