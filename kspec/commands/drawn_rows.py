"""The rows of which the picture of a data set is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kspec.console.quantities import short
from kspec.data.profile.gathering import SHORT, kind_of
from kspec.data.profile.moments import Moments
from kspec.data.profile.targets import sample_classes
from kspec.data.values import is_text
from kspec.plots.data.images import MOST
from kspec.plots.data.sample import DrawnRows

if TYPE_CHECKING:
    from kspec.data.prepare import Prepared
    from kspec.data.profile.findings import Look

Array = npt.NDArray[Any]


def drawn_rows(look: Look, prepared: Prepared | None) -> DrawnRows:
    """Return what is drawn of the training rows.

    Args:
        look: The data as it was read.
        prepared: The data as the model is fed it, for its pictures; those that were read if left out.
    """
    sample, first = look.train.sample, next(iter(look.targets.values()), None)
    classes = sample_classes(first, look.parts) if first else None
    names = first.names if first and classes is not None else ()
    columns: dict[str, Array] = {}
    lengths: dict[str, Array] = {}
    for field in look.fields():
        array = sample[field.name]
        if field.profile.kind == "text" and field.profile.texts and field.profile.texts.words[1] > 2:
            lengths[field.name] = np.array([len(str(text or "").split()) for text in array.ravel().tolist()])
        elif field.scalar and field.profile.numbers:
            columns[field.name] = array.ravel()
        elif field.profile.kind == "array" and array.ndim == 2 and array.shape[1] <= SHORT:
            columns |= {field.profile.place(at): array[:, at] for at in range(array.shape[1])}
    chosen = _spread(classes, sample.rows)
    images = _images(look, prepared, chosen)
    if images is None:
        return DrawnRows(None, (), columns, lengths, classes, names, look.train.whole)
    captions: list[str] = []
    if classes is not None:
        captions = [names[number] if number >= 0 else "?" for number in classes[chosen].tolist()]
    elif first and first.task == "numbers" and first.field in sample:
        captions = [short(float(value)) for value in sample[first.field].ravel()[chosen].tolist()]
    shown = classes[chosen] if classes is not None and not columns and not lengths else classes
    return DrawnRows(images, captions, columns, lengths, shown, names, look.train.whole)


def _spread(classes: npt.NDArray[np.int64] | None, rows: int) -> npt.NDArray[np.intp]:
    """Return some rows: of each class alike, one class after the other."""
    if classes is None:
        return np.linspace(0, rows - 1, min(rows, MOST)).astype(np.intp)
    turn = np.zeros(rows, np.int64)
    for number in np.unique(classes):
        own = np.flatnonzero(classes == number)
        turn[own] = np.arange(len(own))
    taken = np.lexsort((classes, turn))[:MOST]
    return taken[np.lexsort((taken, classes[taken]))]


def _images(look: Look, prepared: Prepared | None, chosen: npt.NDArray[np.intp]) -> Array | None:
    for name, wanted in look.inputs.items():
        if len(wanted.fields) > 1 or wanted.fields[0] not in look.train.sample:
            continue
        read = look.train.sample[wanted.fields[0]]
        fed = _fed(look, prepared, name, chosen)
        if fed is not None and _is_image(fed):
            return fed
        if look.train.profile.fields[wanted.fields[0]].kind == "image":
            same = fed is not None and fed.size == read[chosen].size and not is_text(fed)
            return fed.reshape(read[chosen].shape) if same and fed is not None else read[chosen]
    return None


def _fed(look: Look, prepared: Prepared | None, name: str, chosen: npt.NDArray[np.intp]) -> Array | None:
    if prepared is None:
        return None
    return prepared.plan.x(look.train.sample.take(chosen), "train").get(name)


def _is_image(rows: Array) -> bool:
    if is_text(rows) or not len(rows):
        return False
    moments = Moments(rows.shape[1:])
    moments.update(rows)
    return kind_of(rows, moments.together()) == "image"
