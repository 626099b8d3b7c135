"""What surrounds a training: requests to stop it, and what Keras warns of on the way."""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kspec.runs.events import Notice, Observer

_SHAPE = re.compile(r"\((?:None|\d+)(?:, (?:None|\d+))*,?\)")


@contextmanager
def warnings_shown(observe: Observer) -> Iterator[None]:
    """Show what Keras warns of where everything else is shown, each warning once, whatever the shapes in it."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        text = " ".join(str(message).split())
        kind = _SHAPE.sub("", text)
        if issubclass(category, UserWarning | RuntimeWarning) and kind not in said:
            said.add(kind)
            observe(Notice(text))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


class StopRequest:
    """Requests to stop: Ctrl-C, and signals that ask a process to end.

    Outside training they interrupt at once. While a model trains they are only noted, since the place where they would
    strike may lie deep in native code or between two files that belong together; training asks at every step. A second
    request interrupts at once all the same.
    """

    def __init__(self) -> None:
        self.requested = False
        self.waiting = False

    def __call__(self) -> bool:
        """Say whether training is to stop."""
        return self.requested

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Only note a first request while the block runs."""
        self.waiting = True
        try:
            yield
        finally:
            self.waiting = False

    def handle(self, number: int, frame: Any) -> None:
        """Note or obey a signal."""
        if self.waiting and not self.requested:
            self.requested = True
            return
        raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[StopRequest]:
    """Give out the requests to stop that come while the block runs; signals reach the main thread only."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    kept: dict[int, Any] = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What `nohup`, or a shell that starts a process in the background, has it pass over stays passed over.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            kept[number] = signal.signal(number, request.handle)
    try:
        yield request
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
