"""The data of a spec on screen: its fields, its targets, and what the model is fed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.notices import notice_block
from kspec.console.printable import cut, visible
from kspec.console.quantities import count, share, short, trend
from kspec.console.wrapping import beside, show
from kspec.runs.events import Notice
from kspec.runs.inspection import Fed, FieldProfile, Inspection, Numbers, PartProfile

_UNUSED = 6
_LINES = 60
"""Columns of a table that are shown one by one."""
_NAME = 20
"""Cells of a name that are kept before columns leave."""
_TEXT = 40
_ROUNDING = 1e-5


def show_inspection(found: Inspection, console: Console) -> None:
    """Print what the parts of the data and the fields of the inputs are like."""
    console.print(Text(visible(found.name), "bold"), soft_wrap=True)
    if found.notice:
        console.print(notice_block(Notice(found.notice), console), soft_wrap=True)
    _print(_parts(found), console)
    show(beside(_origins(found), console), console)
    fields = list(dict.fromkeys(name for names in found.inputs.values() for name in names))
    profiles = [found.train.fields[name] for name in fields if name in found.train.fields]
    weights = [found.train.fields[name] for name in found.weights if name in found.train.fields]
    numbers = [profile for profile in profiles if profile.kind in ("number", "truth")]
    _section("inputs: numbers", _numbers(numbers), console)
    if len(numbers) > _LINES:
        console.print(Text(f"and {len(numbers) - _LINES:,} more, all of them with `--json`", "dim"), soft_wrap=True)
    _section("inputs: text", _texts([profile for profile in profiles if profile.texts]), console)
    arrays = [profile for profile in profiles if profile.kind in ("image", "array")]
    _section("inputs: arrays", _arrays(arrays), console)
    for profile in arrays:
        rows = [(profile.place(at), numbers) for at, numbers in enumerate(profile.elements)]
        _section(f"places of {profile.name}", _rows_of_numbers(rows), console)
    _section("weights", _numbers(weights), console)
    if found.unused:
        shown = ", ".join(found.unused[:_UNUSED])
        more = f" and {len(found.unused) - _UNUSED:,} more" if len(found.unused) > _UNUSED else ""
        console.print(Text(cut(f"\nnot used: {visible(shown)}{more}", 4 * console.width), "dim"))
    if any(not profile.numbers.exact for profile in numbers if profile.numbers):
        console.print(Text("quartiles and distributions are those of rows drawn at random", "dim"))


def show_fed(fed: Sequence[Fed], rows: int, console: Console) -> None:
    """Print what every input of the model is fed.

    Args:
        fed: The inputs.
        rows: Number of training rows.
        console: Where to print.
    """
    known = [item.numbers for item in fed]
    columns = [
        Column("input", [Text(visible(item.name)) for item in fed], least=10),
        Column("type", [Text(item.dtype, "cyan") for item in fed]),
        Column("shape", [Text(_shape(item.shape)) for item in fed]),
        *_range(known),
    ]
    _section("what the model is fed", columns, console)
    if sampled := [item for item in fed if item.rows < rows]:
        console.print(Text(f"as seen on {sampled[0].rows:,} rows", "dim"))


def _parts(found: Inspection) -> list[Column]:
    parts = list(found.parts.values())
    return [
        Column("part", [Text(part.name) for part in parts]),
        Column("rows", [Text(count(part.rows)) for part in parts], right=True),
        Column("repeated", [Text(_again(part.repeated, part)) for part in parts], right=True),
        Column("also in train", [Text(_again(part.shared, part)) for part in parts], right=True),
    ]


def _origins(found: Inspection) -> list[tuple[Text, Text]]:
    """Return where the parts come from: those that come from one place together."""
    names: dict[str, list[str]] = {}
    for part in found.parts.values():
        if origin := found.origin.get(part.name) or found.origin.get("source") or found.origin.get("train"):
            names.setdefault(origin, []).append(part.name)
    return [(Text(f"{', '.join(parts)} from", "dim"), Text(visible(origin), "dim")) for origin, parts in names.items()]


def _again(rows: int | None, part: PartProfile) -> str:
    if rows is None:
        return ""
    return f"{rows:,} ({share(rows / part.rows)})" if rows else "0"


def _numbers(profiles: Sequence[FieldProfile]) -> list[Column]:
    profiles = profiles[:_LINES]
    missing = Column("missing", [Text(_missing(profile), "yellow") for profile in profiles], right=True)
    distinct = [Text("" if profile.kind == "truth" else _distinct(profile)) for profile in profiles]
    columns = [
        Column("field", [Text(visible(profile.name)) for profile in profiles], least=_NAME, lose="middle"),
        missing if any(cell.plain for cell in missing.cells) else None,
        Column("distinct", distinct, right=True, drop=5),
        *_of_numbers([profile.numbers for profile in profiles]),
    ]
    return [column for column in columns if column is not None]


def _rows_of_numbers(rows: Sequence[tuple[str, Numbers]]) -> list[Column]:
    names = Column("place", [Text(visible(name)) for name, _ in rows], least=8, lose="middle")
    return [names, *_of_numbers([numbers for _, numbers in rows])]


def _of_numbers(known: Sequence[Numbers | None]) -> list[Column]:
    """Return the columns of what is known of numbers; on a narrow screen the quartiles go first."""
    quartiles = [numbers.quartiles if numbers else None for numbers in known]

    def cells(values: Iterable[float | None]) -> list[Text]:
        return [Text("" if value is None else short(value)) for value in values]

    def quartile(at: int) -> list[Text]:
        return cells(found[at] if found else None for found in quartiles)

    zeros = [Text(share(item.zeros / item.count) if item and item.zeros else "") for item in known]
    outliers = [Text(share(item.outliers) if item and item.outliers else "") for item in known]
    columns = [
        Column("min", cells(item.low if item else None for item in known), right=True),
        Column("25 %", quartile(0), right=True, drop=9),
        Column("median", quartile(1), right=True, drop=3),
        Column("75 %", quartile(2), right=True, drop=8),
        Column("max", cells(item.high if item else None for item in known), right=True),
        Column("mean", cells(item.mean if item else None for item in known), right=True),
        Column("std", cells(item.deviation if item else None for item in known), right=True),
        Column("zeros", zeros, right=True, drop=7),
        Column("far out", outliers, right=True, drop=6),
        Column("", [Text(trend(item.bins) if item else "", "cyan") for item in known], drop=4),
    ]
    return [column for column in columns if any(cell.plain for cell in column.cells)]


def _texts(profiles: Sequence[FieldProfile]) -> list[Column]:
    texts = [profile.texts for profile in profiles if profile.texts]
    missing = [Text(_missing(profile), "yellow") for profile in profiles]
    words = [_between(item.words[0], item.words[2]) for item in texts]
    characters = [_between(item.characters[0], item.characters[2]) for item in texts]
    vocabulary = [Text(">10,000" if item.vocabulary is None else count(item.vocabulary)) for item in texts]
    columns = [
        Column("field", [Text(visible(profile.name)) for profile in profiles], least=_NAME, lose="middle"),
        Column("missing", missing, right=True),
        Column("empty", [Text(count(item.empty) if item.empty else "", "yellow") for item in texts], right=True),
        Column("distinct", [Text(_distinct(profile)) for profile in profiles], right=True),
        Column("words", [Text(text) for text in words], right=True, drop=2),
        Column("vocabulary", vocabulary, right=True, drop=4),
        Column("characters", [Text(text) for text in characters], right=True, drop=3),
        Column("", [Text(_said(profile), "dim") for profile in profiles], least=12),
    ]
    return [column for column in columns if column.title not in ("missing", "empty") or _filled(column)]


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def _said(profile: FieldProfile) -> str:
    """Return the most frequent texts with their counts, or what they begin like where each is there about once."""
    if profile.texts is None:
        return ""
    if profile.span:
        return f"{profile.span[0].strip()} to {profile.span[1].strip()}"
    common = profile.texts.common
    if common and common[0][1] * 20 > profile.rows:
        return visible(", ".join(f"{cut(text, 20)} {number:,}" for text, number in common[:3]))
    return visible("; ".join(cut(" ".join(text.split()), _TEXT) for text in profile.texts.examples[:2]))


def _arrays(profiles: Sequence[FieldProfile]) -> list[Column]:
    missing = Column("missing", [Text(_missing(profile), "yellow") for profile in profiles], right=True)
    constant = [Text(count(profile.constant) if profile.constant else "") for profile in profiles]
    columns = [
        Column("field", [Text(visible(profile.name)) for profile in profiles], least=_NAME, lose="middle"),
        Column("type", [Text(profile.dtype, "cyan") for profile in profiles], drop=1),
        Column("shape", [Text(_shape(profile.shape)) for profile in profiles]),
        missing,
        *_range([profile.numbers for profile in profiles]),
        Column("constant", constant, right=True, drop=2),
    ]
    return [column for column in columns if column.title not in ("missing", "constant") or _filled(column)]


def _range(known: Sequence[Numbers | None]) -> list[Column]:
    def cells(values: Iterable[float | None]) -> list[Text]:
        return [Text("" if value is None else short(value)) for value in values]

    zeros = [Text(share(item.zeros / item.count) if item and item.zeros else "") for item in known]
    columns = [
        Column("min", cells(item.low if item else None for item in known), right=True),
        Column("max", cells(item.high if item else None for item in known), right=True),
        Column("mean", cells(_mean(item) if item else None for item in known), right=True, drop=3),
        Column("std", cells(item.deviation if item else None for item in known), right=True, drop=4),
        Column("zeros", zeros, right=True, drop=5),
    ]
    return [column for column in columns if _filled(column)]


def _mean(numbers: Numbers) -> float:
    """Return the mean; what rounding leaves of 0 is 0."""
    return 0.0 if abs(numbers.mean) < _ROUNDING * numbers.deviation else numbers.mean


def _filled(column: Column) -> bool:
    return any(cell.plain for cell in column.cells)


def _missing(profile: FieldProfile) -> str:
    infinite = profile.numbers.infinite if profile.numbers else 0
    if not profile.missing:
        return f"{infinite:,} infinite" if infinite else ""
    return f"{profile.missing:,}" + (f" + {infinite:,} infinite" if infinite else "")


def _distinct(profile: FieldProfile) -> str:
    return ">10,000" if profile.distinct is None else count(profile.distinct)


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or "1"


def _section(title: str, columns: Sequence[Column], console: Console) -> None:
    if not columns or not columns[0].cells:
        return
    console.print(Text(f"\n{visible(title)}", "bold"), soft_wrap=True)
    _print(columns, console)


def _print(columns: Sequence[Column], console: Console) -> None:
    show(lay_out([column for column in columns if _filled(column) or not column.drop], console.width), console)
