"""A question on the terminal, with the answers that there are."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.printable import visible
from kspec.spec.problems import did_you_mean

_MOST = 40


def can_ask(console: Console) -> bool:
    """Say whether somebody sits in front of the screen to answer."""
    return sys.stdin.isatty() and console.file.isatty()


def ask(question: str, answers: Sequence[str], console: Console) -> str | None:
    """Return the answer that is chosen, by its number or its name; None if the input ends.

    Args:
        question: What to ask.
        answers: What can be answered, as it was listed before.
        console: Where to ask.
    """
    while True:
        try:
            given = console.input(Text(f"{question} [1-{len(answers)}] ", "bold")).strip()
        except EOFError:
            console.print()
            return None
        except KeyboardInterrupt:
            console.print()
            raise
        if given in answers:
            return given
        if given.isdecimal() and 1 <= int(given) <= len(answers):
            return answers[int(given) - 1]
        if given:
            hint = did_you_mean(given, answers) or f"a number from 1 to {len(answers)}, or a name"
            console.print(Text(visible(f"`{given}` is none of them; {hint}")), soft_wrap=True)


def list_answers(answers: Sequence[str], console: Console) -> None:
    """Print the answers with their numbers, the first of very many."""
    for number, answer in enumerate(answers[:_MOST], start=1):
        console.print(Text().append(f"{number:>4}  ", "dim").append(visible(answer)), soft_wrap=True)
    if len(answers) > _MOST:
        console.print(f"      and {len(answers) - _MOST:,} more, by number or name", soft_wrap=True)
