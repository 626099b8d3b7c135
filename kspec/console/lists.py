"""Lists of names with what they are."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.printable import visible
from kspec.console.wrapping import beside, sentence, show
from kspec.spec.explain import Listed


def show_names(rows: Sequence[Listed], console: Console, *, titles: bool = False) -> None:
    """Print each name with what it is, wrapped beside it.

    Args:
        rows: The names.
        console: Where to print.
        titles: Whether the names of each family stand below its title.
    """
    for number, family in enumerate(dict.fromkeys(row.family for row in rows)):
        if titles:
            console.print(Text(("\n" if number else "") + family, "bold"), soft_wrap=True)
        pairs = [(Text(visible(row.name), "cyan"), _said(row)) for row in rows if row.family == family]
        show(beside(pairs, console, indent=2 if titles else 0), console)


def show_families(counts: Sequence[tuple[str, int, str]], console: Console) -> None:
    """Print the families that can be listed, with the number of their names and what they are."""
    digits = max(len(str(count)) for _, count, _ in counts)
    pairs = [
        (Text(family, "cyan"), Text(f"{count:>{digits}}  ").append_text(sentence(text)))
        for family, count, text in counts
    ]
    show(beside(pairs, console), console)


def _said(row: Listed) -> Text:
    text = sentence(row.summary)
    return text.append(f" Also: {', '.join(row.also)}", "dim") if row.also else text
