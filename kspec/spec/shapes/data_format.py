"""Where Keras takes the channel axis to be when a layer does not say it."""

from __future__ import annotations

import functools
import json
import os
import sys
from pathlib import Path

CHANNELS_LAST = "channels_last"


def default_data_format() -> str:
    """Return what Keras says, if the program has imported it already; else what its configuration file says."""
    keras = sys.modules.get("keras")
    return str(keras.config.image_data_format()) if keras is not None else configured_data_format()


@functools.cache
def configured_data_format() -> str:
    """Return `image_data_format` of Keras' own configuration file, which users may have changed.

    Source: `keras.src.backend.config`, which reads the file when Keras is imported.
    """
    try:
        content = json.loads((_folder() / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):  # no such file, no JSON, no home
        return CHANNELS_LAST
    found = content.get("image_data_format") if isinstance(content, dict) else None
    return found if isinstance(found, str) else CHANNELS_LAST


def _folder() -> Path:
    if "KERAS_HOME" in os.environ:
        return Path(os.environ["KERAS_HOME"]).expanduser()
    home = Path("~").expanduser()
    return (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"
