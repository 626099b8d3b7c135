"""Texts as word numbers: reviews of films (IMDB) and newswires (Reuters)."""

from __future__ import annotations

from typing import Any

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.keras_download import load_with_keras
from kspec.data.sources.loaded import Loaded, SourceContext


def imdb(
    context: SourceContext,
    *,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    padding: str = "pre",
    truncating: str = "pre",
) -> Loaded:
    """IMDB: 25,000 reviews of films to train on and 25,000 to test, negative (0) or positive (1).

    Words are numbered by how frequent they are. Read from Keras' own cache, or downloaded into it.

    Args:
        num_words: Positive integer. Keeps the most frequent words, so that all numbers are below it; all if left out.
        skip_top: Non-negative integer. Leaves out this many of the most frequent words.
        maxlen: Positive integer. Length of every review: shorter ones are padded with 0, longer ones cut, as
            `keras.utils.pad_sequences` does. No review is dropped, as `load_data(maxlen=...)` would. Left out, the
            length of the longest review.
        seed: Integer. Order of the rows.
        start_char: Integer that begins every review, or null for none.
        oov_char: Integer that stands for words left out, or null to drop them.
        index_from: Integer. Words are numbered from here on.
        padding: String, one of `pre` and `post`. Where a short review is padded.
        truncating: String, one of `pre` and `post`. Where a long review is cut.

    Returns:
        `x`: int32 word numbers of shape `(rows, maxlen)`. `y`: int64 of shape `(rows,)`.

    Raises:
        DataError: If the data is not in the cache and cannot be downloaded.
    """
    _check_lengths(num_words, maxlen)
    ends = _checked_ends(padding=padding, truncating=truncating)
    parts = load_with_keras(
        "imdb",
        "imdb.npz",
        num_words=num_words,
        skip_top=skip_top,
        seed=seed,
        start_char=start_char,
        oov_char=oov_char,
        index_from=index_from,
    )
    return _padded(parts, maxlen, ends, origin="IMDB through Keras", labels=("negative", "positive"))


def reuters(
    context: SourceContext,
    *,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    padding: str = "pre",
    truncating: str = "pre",
) -> Loaded:
    """Reuters: 11,228 newswires on 46 topics.

    Words are numbered by how frequent they are. Read from Keras' own cache, or downloaded into it.

    Args:
        num_words: Positive integer. Keeps the most frequent words, so that all numbers are below it; all if left out.
        skip_top: Non-negative integer. Leaves out this many of the most frequent words.
        maxlen: Positive integer. Length of every newswire: shorter ones are padded with 0, longer ones cut, as
            `keras.utils.pad_sequences` does. No newswire is dropped, as `load_data(maxlen=...)` would. Left out, the
            length of the longest newswire.
        test_split: Number from 0 to 1. Share of the rows that are the test part.
        seed: Integer. Order of the rows before they are parted.
        start_char: Integer that begins every newswire, or null for none.
        oov_char: Integer that stands for words left out, or null to drop them.
        index_from: Integer. Words are numbered from here on.
        padding: String, one of `pre` and `post`. Where a short newswire is padded.
        truncating: String, one of `pre` and `post`. Where a long newswire is cut.

    Returns:
        `x`: int32 word numbers of shape `(rows, maxlen)`. `y`: int64 topics of shape `(rows,)`, 0 to 45.

    Raises:
        DataError: If the data is not in the cache and cannot be downloaded.
    """
    _check_lengths(num_words, maxlen)
    ends = _checked_ends(padding=padding, truncating=truncating)
    if not 0 < test_split < 1:
        raise DataError(f"expected a number between 0 and 1, got {test_split!r}", argument="test_split")
    parts = load_with_keras(
        "reuters",
        "reuters.npz",
        num_words=num_words,
        skip_top=skip_top,
        test_split=test_split,
        seed=seed,
        start_char=start_char,
        oov_char=oov_char,
        index_from=index_from,
    )
    from keras.datasets.reuters import get_label_names

    return _padded(parts, maxlen, ends, origin="Reuters through Keras", labels=tuple(get_label_names()))


def _check_lengths(num_words: int | None, maxlen: int | None) -> None:
    for argument, value in (("num_words", num_words), ("maxlen", maxlen)):
        if value is not None and value < 1:
            raise DataError(f"expected a positive integer, got {value!r}", argument=argument)


def _checked_ends(**ends: str) -> dict[str, str]:
    for argument, end in ends.items():
        if end not in ("pre", "post"):
            raise DataError(f"expected `pre` or `post`, got {end!r}", argument=argument)
    return ends


def _padded(
    parts: tuple[tuple[Array, Array], tuple[Array, Array]],
    maxlen: int | None,
    ends: dict[str, Any],
    *,
    origin: str,
    labels: tuple[str, ...],
) -> Loaded:
    from keras.utils import pad_sequences

    length = maxlen or max(len(text) for x, _ in parts for text in x)
    train, test = (Fields({"x": pad_sequences(x, maxlen=length, **ends), "y": y}) for x, y in parts)
    fingerprint = fingerprint_fields(train, test)
    return Loaded(train=train, test=test, origin=origin, fingerprint=fingerprint, labels=labels)
