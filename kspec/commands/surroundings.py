"""What surrounds a training: requests to stop it, and what Keras warns of on the way."""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kspec.runs.events import Notice, Observer


@contextmanager
def warnings_shown(observe: Observer) -> Iterator[None]:
    """Show what Keras warns of where everything else is shown, each warning once."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        text = " ".join(str(message).split())
        if issubclass(category, UserWarning | RuntimeWarning) and text not in said:
            said.add(text)
            observe(Notice(text))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Have a request to terminate end a run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: dict[int, Any] = {}
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            kept[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
