"""What matters of a layer's arguments, in the few words that fit into its box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Words = Callable[[Any, Mapping[str, Any]], str]
_LIMIT = 5  # words in a box
_DEFAULT_ACTIVATIONS = {"LSTM": "tanh", "GRU": "tanh", "SimpleRNN": "tanh", "ConvLSTM2D": "tanh"}


def describe(operation: Any) -> tuple[str, ...]:
    """Return the telling arguments of a layer or an operation: `("16 filters", "3×3", "stride 2×2", "relu")`."""
    try:
        config = operation.get_config()
    except Exception:  # noqa: BLE001  a custom layer may raise anything here, and its picture can do without
        return ()
    return _describe(type(operation).__name__, config)


def _describe(kind: str, config: Mapping[str, Any]) -> tuple[str, ...]:
    words = []
    inner = config.get("layer")
    if isinstance(inner, Mapping) and isinstance(inner.get("config"), Mapping):
        inner_kind = str(inner.get("class_name", ""))
        words += [inner_kind, *_describe(inner_kind, inner["config"])]
    for name, write in _ARGUMENTS.items():
        value = config.get(name)
        if value is None or value is False or (name == "activation" and value == _DEFAULT_ACTIVATIONS.get(kind)):
            continue
        text = write(value, config)
        if text:
            words.append(text)
    return tuple(words[:_LIMIT])


def _count(noun: str) -> Words:
    def write(value: Any, config: Mapping[str, Any]) -> str:
        if not isinstance(value, int):
            return f"{_times(value)} {noun}s"
        return f"{value:,} {noun}{'' if value == 1 else 's'}"

    return write


def _window(value: Any, config: Mapping[str, Any]) -> str:
    return _times(value) if _axes(value) != 1 else f"width {_times(value)}"


def _factor(word: str) -> Words:
    def write(value: Any, config: Mapping[str, Any]) -> str:
        return "" if all(size == 1 for size in _flat(value)) else f"{word} {_times(value)}"

    return write


def _stride(value: Any, config: Mapping[str, Any]) -> str:
    # A pooling layer steps by its window unless told otherwise.
    same = "pool_size" in config and _flat(value) == _flat(config["pool_size"])
    return "" if same else _factor("stride")(value, config)


def _padding(value: Any, config: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        return f"pad {_sides(value)}"
    window = _flat(config.get("kernel_size") or config.get("pool_size") or 1)
    return "" if value == "valid" or all(size == 1 for size in window) else value


def _cropping(value: Any, config: Mapping[str, Any]) -> str:
    return f"crop {_sides(value)}"


def _activation(value: Any, config: Mapping[str, Any]) -> str:
    if isinstance(value, Mapping):
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value.get("class_name", "")
    return "" if value == "linear" else str(value)


def _size(value: Any, config: Mapping[str, Any]) -> str:
    return f"× {_times(value)}" if _axes(value) == 1 else _times(value)


def _shape(value: Any, config: Mapping[str, Any]) -> str:
    return " × ".join("?" if size in (None, -1) else f"{size}" for size in value)


def _axis(value: Any, config: Mapping[str, Any]) -> str:
    # The last axis, and the default axis of a normalization, go without saying.
    norm = "epsilon" in config or "mean" in config
    return "" if value in (-1, [-1]) or norm else f"axis {_plain(value)}"


def _labelled(label: str, *, usual: Any = None) -> Words:
    def write(value: Any, config: Mapping[str, Any]) -> str:
        return "" if isinstance(value, bool) or value in (usual, 0) else f"{label} {_plain(value)}".strip()

    return write


def _vocabulary(value: Any, config: Mapping[str, Any]) -> str:
    return f"{value:,} → {config['output_dim']}" if isinstance(value, int) and "output_dim" in config else ""


def _flag(word: str) -> Words:
    return lambda value, config: word if value is True else ""


# Names of arguments in the order in which they are said.
_ARGUMENTS: dict[str, Words] = {
    "units": _count("unit"),
    "filters": _count("filter"),
    "input_dim": _vocabulary,
    "num_heads": _count("head"),
    "num_query_heads": _count("query head"),
    "key_dim": _labelled("key"),
    "head_dim": _labelled("key"),
    "kernel_size": _window,
    "pool_size": _window,
    "strides": _stride,
    "dilation_rate": _factor("dilation"),
    "groups": _labelled("groups", usual=1),
    "depth_multiplier": _labelled("multiplier", usual=1),
    "padding": _padding,
    "cropping": _cropping,
    "size": _size,
    "interpolation": _labelled("", usual="nearest"),
    "height": _labelled("height"),
    "width": _labelled("width"),
    "target_shape": _shape,
    "dims": lambda value, config: ", ".join(str(axis) for axis in _flat(value)),
    "n": _labelled("×"),
    "rate": _labelled("rate"),
    "stddev": _labelled("stddev"),
    "factor": _labelled("factor"),
    "scale": _labelled("×"),
    "max_tokens": _labelled("tokens"),
    "num_tokens": _labelled("tokens"),
    "output_mode": _labelled("", usual="int"),
    "output_sequence_length": _labelled("length"),
    "dropout": _labelled("dropout"),
    "negative_slope": _labelled("slope"),
    "max_value": _labelled("max"),
    "axis": _axis,
    "axes": _axis,
    "keepdims": _flag("keepdims"),
    "return_sequences": _flag("sequences"),
    "merge_mode": _labelled("", usual="concat"),
    "causal": _flag("causal"),
    "activation": _activation,
}


def _flat(value: Any) -> list[Any]:
    return [item for part in value for item in _flat(part)] if isinstance(value, list | tuple) else [value]


def _axes(value: Any) -> int:
    return len(_flat(value))


def _times(value: Any) -> str:
    return "×".join(str(size) for size in _flat(value))


def _sides(value: Any) -> str:
    """Write padding by the side, short where both sides of every axis are alike."""
    pairs = [part if isinstance(part, list | tuple) else (part, part) for part in value]
    alike = all(low == high for low, high in pairs)
    return "×".join(str(low) if alike else f"{low}+{high}" for low, high in pairs)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
