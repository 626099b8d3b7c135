"""The sections `compile`, `fit` and `callbacks` of a spec that was made for some data."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kspec.commands.starters.heads import Head
from kspec.commands.starters.plan import stratified
from kspec.commands.starters.sheet import Sheet, scalar, shown
from kspec.commands.starters.sizes import Sizes
from kspec.commands.starters.targets import Target

_LEAST_GAIN = 0.001


def write_compile(sheet: Sheet, heads: Sequence[Head], sizes: Sizes) -> None:
    """Add the section `compile`."""
    sheet.line(0, "compile:")
    sheet.line(1, f"optimizer: {{Adam: {{learning_rate: {sizes.rate}}}}}")
    if len(heads) == 1:
        sheet.line(1, f"loss: {heads[0].loss}", heads[0].why)
        sheet.line(1, f"metrics: {heads[0].metrics}")
        return
    sheet.line(1, "loss:", "by output")
    for head in heads:
        sheet.line(2, f"{head.name}: {head.loss}", head.why)
    if any(head.weight != "1" for head in heads):
        sheet.line(1, "loss_weights:", "squared errors are as large as their unit is small: brings all to one scale")
        for head in heads:
            sheet.line(2, f"{head.name}: {head.weight}")
    sheet.line(1, "metrics:")
    for head in heads:
        sheet.line(2, f"{head.name}: {head.metrics}")


def write_fit(sheet: Sheet, rows: int, heads: Sequence[Head], sizes: Sizes, *, split: bool = True) -> None:
    """Add the sections `fit` and `callbacks`.

    Args:
        sheet: Where to.
        rows: Number of training rows.
        heads: The outputs.
        sizes: Sizes of the training.
        split: Whether validation rows are set apart; otherwise the data has some.
    """
    targets = [target for head in heads for target in head.targets]
    sheet.line(0, "fit:")
    sheet.line(1, f"epochs: {sizes.epochs}", "at most: EarlyStopping ends training when it no longer helps")
    sheet.line(1, f"batch_size: {sizes.batch}", "rows of one step")
    if split:
        _validation(sheet, rows, targets)
    uneven = {head.name: head.targets[0] for head in heads if head.targets[0].uneven}
    if len(heads) == 1 and uneven:
        sheet.line(1, "class_weight: balanced", _unevenness(heads[0].targets[0]))
    elif uneven:
        sheet.line(1, "class_weight:")
        for name, target in uneven.items():
            sheet.line(2, f"{name}: balanced", _unevenness(target))
    sheet.space(2)
    sheet.line(0, "callbacks:")
    # The loss of classes that are told apart well falls for ever, by less and less; that of a quantity has a unit.
    least = f"min_delta: {_LEAST_GAIN}, " if all(target.classes for target in targets) else ""
    sheet.remark(1, f"Ends when {sizes.patience} epochs have brought nothing, and goes back to the best weights.")
    stop = f"monitor: val_loss, {least}patience: {sizes.patience}, restore_best_weights: true"
    sheet.line(1, f"- EarlyStopping: {{{stop}}}")


def _validation(sheet: Sheet, rows: int, targets: Sequence[Target]) -> None:
    target = stratified(targets)
    if target is None:
        sheet.line(
            1, "validation_split: {split: 0.2, shuffle: true}", "a fifth of the rows, drawn at random, to judge by"
        )
        return
    share = _share(rows, len(target.classes))
    split = f"validation_split: {{split: {share}, shuffle: true, stratify: {scalar(target.name)}}}"
    part = "a fifth" if share == 0.2 else "enough"
    sheet.line(1, split, f"{part} of each class to judge by")


def _share(rows: int, classes: int) -> float:
    """Return the share of the rows to set apart: a fifth, or more where a fifth is too few for all classes."""
    for percent in range(20, 50):
        if rows - math.floor(rows * (1.0 - percent / 100)) >= classes:
            return percent / 100
    return 0.5


def _unevenness(target: Target) -> str:
    (rare, least), (common, most) = target.rarest, target.commonest
    return f"{shown(rare)} has {least:,} rows, {shown(common)} {most:,}: the same say for each"
