"""Where data comes from: one file for each kind of source, and the closed table of all.

What stands here is imported when it is asked for, so that the heads of files can be read without NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kspec.data.sources.errors import DataError
    from kspec.data.sources.fields import Array, Fields
    from kspec.data.sources.loaded import Loaded, SourceContext
    from kspec.data.sources.stream import Stream
    from kspec.data.sources.table import SOURCES

__all__ = ["SOURCES", "Array", "DataError", "Fields", "Loaded", "SourceContext", "Stream"]

_PLACES = {
    "SOURCES": "table", "Array": "fields", "DataError": "errors", "Fields": "fields", "Loaded": "loaded",
    "SourceContext": "loaded", "Stream": "stream",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
