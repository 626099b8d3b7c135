"""Lower-case words that stand for no one component: Keras decides what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kspec.catalogue import Catalogue, Word
from kspec.spec.explain.entries import WordEntry
from kspec.spec.explain.forms import PLACES, word_forms
from kspec.spec.unknown import noun

_BY_SHAPES: Mapping[str, str] = {
    "losses": "Keras' crossentropy for the shapes of output and targets: binary for one unit, sparse for class "
    "numbers, else categorical.",
    "metrics": "Keras' accuracy for the shapes of output and targets: binary for one unit, sparse for class numbers, "
    "else categorical.",
}


def word_entries(catalogue: Catalogue, family: str) -> Iterator[WordEntry]:
    """Yield the words of a family that name none of its components."""
    for text in catalogue.words(family):
        word = catalogue.word(family, text)
        if word is not None and _component(catalogue, word) is None:
            yield WordEntry(text, family, noun(family), _meaning(word), PLACES[family].path, word_forms(family, text))


def meant(catalogue: Catalogue, family: str, text: str) -> str | None:
    """Return the name of the component of a family that a word stands for, or None."""
    word = catalogue.word(family, text)
    return _component(catalogue, word) if word else None


def _component(catalogue: Catalogue, word: Word) -> str | None:
    names = (word.component, word.function)
    return next((name for name in names if name and catalogue.component(word.family, name)), None)


def _meaning(word: Word) -> str:
    if word.function:
        return f"Mean of the function `keras.{word.family}.{word.function}` over all rows."
    return _BY_SHAPES[word.family]
