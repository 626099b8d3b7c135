"""Explanations on screen: what a name means, each of its meanings after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from kspec.catalogue import Argument
from kspec.console.printable import visible
from kspec.console.wrapping import INDENT, beside, sentence, show, wrapped
from kspec.spec.explain.arguments import taken
from kspec.spec.explain.entries import (
    ArgumentEntry,
    ArgumentUse,
    CodeEntry,
    ComponentEntry,
    Entry,
    KeyEntry,
    NameEntry,
    WordEntry,
)
from kspec.spec.unknown import with_article
from kspec.spec.writing import to_inline

_FEW_USES = 6
"""Meanings of an argument that are shown; an argument such as `axis` has dozens."""

_FEW_CHOICES = 8
"""Choices of an argument that are named where it is one of many."""

_FEW_NAMES = 12
"""Components that are named for each of them."""


def show_explanation(entries: Sequence[Entry], console: Console) -> None:
    """Print what a name means, an empty line between its meanings."""
    for number, entry in enumerate(entries):
        if number:
            console.print()
        show(_lines(entry, console), console)


def _lines(entry: Entry, console: Console) -> Iterator[Text]:
    match entry:
        case ComponentEntry():
            yield from _component(entry, console)
        case WordEntry():
            yield from _head(entry.name, f"word for a {entry.noun}", "", console)
            yield from wrapped(sentence(entry.meaning), console)
            yield from _written(entry.place, entry.forms, console)
        case ArgumentEntry():
            yield from _argument(entry, console)
        case KeyEntry():
            yield from _key(entry, console)
        case CodeEntry():
            yield from _head(entry.name, "diagnostic", entry.stage, console)
            said = [("means", entry.meaning), ("for example", entry.example), ("cure", entry.cure)]
            yield from beside([(Text(name, "dim"), sentence(text)) for name, text in said if text], console)
        case NameEntry():
            yield from _name(entry, console)


def _component(entry: ComponentEntry, console: Console) -> Iterator[Text]:
    if entry.asked:
        stands = "stands for" if entry.asked in entry.words else "is another name of"
        yield from wrapped(sentence(f"`{entry.asked}` {stands} `{entry.name}`:"), console)
    yield from _head(entry.name, entry.noun, entry.path, console)
    yield from wrapped(sentence(entry.summary), console)
    for note in entry.notes:
        yield from wrapped(sentence(note), console)
    others = [name for name in (*entry.aliases, *entry.words) if name != entry.asked]
    if others:
        yield from wrapped(sentence(f"Also: {', '.join(others)}", "dim"), console)
    yield from _written(entry.place, entry.forms, console)
    if entry.call:
        yield Text()
        yield from wrapped(sentence(_call(entry)), console)
    if entry.arguments:
        yield Text()
        yield from beside([(Text(item.name, "bold"), _about(item)) for item in entry.arguments], console)
    if entry.common:
        text = f"As every {entry.noun}, it takes {', '.join(entry.common)}, too."
        yield Text()
        yield from wrapped(sentence(text, "dim"), console)


def _call(entry: ComponentEntry) -> str:
    """Return what feeds a layer whose call takes several arguments."""
    first, *further = entry.call
    must = [name for name in further if name in entry.call_required]
    may = [name for name in further if name not in must]
    parts = [f"must give {', '.join(must)}" if must else "", f"may give {', '.join(may)}" if may else ""]
    return f"`from` feeds {first}; `call` {', and '.join(part for part in parts if part)}."


def _argument(entry: ArgumentEntry, console: Console) -> Iterator[Text]:
    owner = entry.name.rpartition(".")[0]
    yield from _head(entry.name, f"argument of the {entry.uses[0].noun} {owner}" if owner else "argument", "", console)
    if owner:
        yield from wrapped(_about(entry.uses[0].argument, most=None), console)
        return
    for use in entry.uses[:_FEW_USES]:
        yield from wrapped(_users(use), console)
        yield from wrapped(_about(use.argument), console, indent=INDENT)
    rest = entry.uses[_FEW_USES:]
    if rest:
        count = sum(len(use.components) for use in rest)
        text = f"{len(rest)} more meanings in {count} components; `kspec explain COMPONENT.{entry.name}` shows one."
        yield from wrapped(sentence(text, "dim"), console)


def _key(entry: KeyEntry, console: Console) -> Iterator[Text]:
    for number, path in enumerate(entry.paths):
        yield from _head(path, "key of the language" if not number else "", "", console)
    yield from wrapped(sentence(entry.meaning), console)
    if entry.default is not None:
        yield from wrapped(sentence(f"Left out, it is `{to_inline(entry.default)}`."), console)
    if entry.family:
        yield from wrapped(sentence(f"`kspec list {entry.family}` shows what can stand here."), console)
    if entry.example:
        yield Text()
        yield from _code(entry.example)
    if entry.keys:
        yield Text()
        yield from beside([(Text(visible(name), "bold"), sentence(text)) for name, text in entry.keys], console)


def _name(entry: NameEntry, console: Console) -> Iterator[Text]:
    yield from _head(
        entry.name,
        f"another name for {with_article(entry.what)}" if entry.kind == "old" else "refused name",
        "",
        console,
    )
    yield from wrapped(sentence(f"{entry.advice[0].upper()}{entry.advice[1:]}."), console)
    if entry.new:
        yield from wrapped(sentence(f"`kspec explain {entry.new}` explains it.", "dim"), console)


def _head(name: str, what: str, more: str, console: Console) -> list[Text]:
    parts = [Text(visible(name), "bold cyan"), Text(visible(what)), Text(visible(more), "dim")]
    return wrapped(Text("  ").join(part for part in parts if part.plain), console)


def _written(place: str, forms: Sequence[str], console: Console) -> Iterator[Text]:
    if forms:
        yield Text()
        yield from wrapped(sentence(f"In a spec (`{place}`):", "dim"), console)
        for form in forms:
            yield from _code(form)


def _code(text: str) -> Iterator[Text]:
    """Yield lines of YAML. They are never wrapped, so that they can be copied."""
    for line in text.splitlines():
        yield Text(f"  {visible(line)}", "green")


def _about(argument: Argument, *, most: int | None = _FEW_CHOICES) -> Text:
    default = "required" if argument.required else f"default {to_inline(argument.default)}"
    facts = Text("; ".join(part for part in (taken(argument, most=most), default) if part))
    return facts.append(f"\n{visible(argument.summary)}", "dim") if argument.summary else facts


def _users(use: ArgumentUse) -> Text:
    names = use.components[:_FEW_NAMES]
    more = len(use.components) - len(names)
    text = Text(", ".join(names), "bold").append(f" and {more} more" if more else "")
    return text.append(f" ({use.family})", "dim")
