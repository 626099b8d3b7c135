"""The targets of a spec on screen: classes by part, and what guessing comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.figures import metric_value
from kspec.console.printable import visible
from kspec.console.quantities import count, share, short, trend
from kspec.console.wrapping import show
from kspec.runs.alike_names import told_apart
from kspec.runs.inspection import Inspection, Numbers, TargetProfile

_SHOWN = 20
_BAR = 16


def show_targets(found: Inspection, console: Console) -> None:
    """Print the targets of every output."""
    for target in found.targets:
        name = f"targets: {target.field}" + (f" (output {target.output})" if len(found.targets) > 1 else "")
        console.print(Text(f"\n{visible(name)}", "bold"), soft_wrap=True)
        if target.names:
            _show_classes(target, found, console)
        elif target.task == "numbers":
            parts = [part for part in found.parts.values() if target.field in part.fields]
            known = {part.name: part.fields[target.field].numbers for part in parts}
            show(lay_out(_numbers("part", known), console.width), console)
        elif target.columns:
            known = {name: found.train.fields[name].numbers for name in target.columns}
            show(lay_out(_numbers("field", known), console.width), console)
        else:
            profile = found.train.fields.get(target.field)
            numbers = profile.numbers if profile else None
            shape = " × ".join(map(str, profile.shape)) if profile else ""
            between = f", from {short(numbers.low)} to {short(numbers.high)}" if numbers else ""
            console.print(Text(f"arrays{f' of {shape}' if shape else ''}{between}"), soft_wrap=True)
        if target.baseline:
            show(_guessing(target).wrap(console, console.width), console)


def _show_classes(target: TargetProfile, found: Inspection, console: Console) -> None:
    train = target.counts["train"]
    order = list(range(len(train)))
    if len(train) > _SHOWN:
        order = sorted(order, key=lambda at: -train[at])[:_SHOWN]
    most = max(max(train), 1)
    names = told_apart(target.names)
    columns = [
        Column(
            "class" if target.task == "classes" else "label",
            [Text(visible(names[at])) for at in order],
            least=10,
        )
    ]
    for part, counts in target.counts.items():
        rows = found.parts[part].rows
        cells = [_cell(counts[at], rows) for at in order]
        columns.append(Column(part, cells, right=True))
    bars = [Text("█" * max(1, round(_BAR * train[at] / most)) if train[at] else "", "cyan") for at in order]
    columns.append(Column("", bars, drop=1))
    show(lay_out(columns, console.width), console)
    if len(train) > _SHOWN:
        rest = sorted(train, reverse=True)[_SHOWN:]
        text = f"{len(rest):,} more with {min(rest):,} to {max(rest):,} training rows each"
        console.print(Text(text, "dim"), soft_wrap=True)


def _cell(number: int, rows: int) -> Text:
    return Text(f"{count(number)} {share(number / rows):>5}" if rows else "0", "" if number else "yellow")


def _numbers(title: str, found: Mapping[str, Numbers | None]) -> list[Column]:
    known = [numbers for numbers in found.values() if numbers]

    def cells(values: Sequence[float | None]) -> list[Text]:
        return [Text("" if value is None else short(value)) for value in values]

    return [
        Column(title, [Text(visible(name)) for name, numbers in found.items() if numbers]),
        Column("min", cells([item.low for item in known]), right=True),
        Column("25 %", cells([item.quartiles[0] if item.quartiles else None for item in known]), right=True, drop=2),
        Column("median", cells([item.quartiles[1] if item.quartiles else None for item in known]), right=True),
        Column("75 %", cells([item.quartiles[2] if item.quartiles else None for item in known]), right=True, drop=2),
        Column("max", cells([item.high for item in known]), right=True),
        Column("mean", cells([item.mean for item in known]), right=True),
        Column("std", cells([item.deviation for item in known]), right=True),
        Column("", [Text(trend(item.bins), "cyan") for item in known], drop=1),
    ]


def _guessing(target: TargetProfile) -> Text:
    """Return what always guessing the same comes to, rather on rows to judge by than on training rows."""
    guess = target.guess if target.task in ("labels", "values") else f"`{visible(target.guess)}`"
    parts = [part for part in target.baseline if part != "train"] or ["train"]
    each = []
    for part in parts:
        errors = ", ".join(f"{name} {metric_value(value)}" for name, value in target.baseline[part].items())
        each.append(f"{part} {errors}")
    return Text(f"always guessing {guess}: {'; '.join(each)}", "dim")
