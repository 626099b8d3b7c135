"""Predictions as files: CSV, JSON lines or NPZ, by the file's ending."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kspec.runs import atomic
from kspec.runs.manifest import strict
from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    from kspec.engine.prediction import Prediction

ENDINGS = (".csv", ".jsonl", ".ndjson", ".npz")


def check_output(path: Path, *, force: bool) -> None:
    """Refuse a file that could not be written, before any work is done.

    Raises:
        SpecError: Its ending is not known, its folder does not exist, or it is there already.
    """
    if path.suffix.lower() not in ENDINGS:
        raise SpecError(
            [Problem("bad-output", (), f"`{path}` has an ending that is not known", "use .csv, .jsonl or .npz")]
        )
    if path.is_dir():
        raise SpecError([Problem("bad-output", (), f"`{path}` is a folder", "name a file in it")])
    if path.exists() and not force:
        raise SpecError([Problem("file-exists", (), f"`{path}` exists", "`--force` writes over it")])
    if not path.parent.is_dir():
        raise SpecError([Problem("bad-output", (), f"the folder `{path.parent}` does not exist", "make it first")])


def write_predictions(path: Path, predictions: Mapping[str, Prediction]) -> None:
    """Write predictions, whole or not at all.

    Args:
        path: The file. `.csv` has a column a value; `.jsonl` an object a row; `.npz` arrays.
        predictions: Predictions by output, rows in order.
    """
    ending = path.suffix.lower()
    if ending == ".npz":
        content = io.BytesIO()
        np.savez(content, **_arrays(predictions))  # type: ignore[arg-type]
        atomic.write_bytes(path, content.getvalue())
    elif ending == ".csv":
        atomic.write_text(path, _csv(predictions))
    else:
        rows = _objects(predictions)
        atomic.write_text(path, "".join(json.dumps(strict(row), ensure_ascii=False) + "\n" for row in rows))


def _rows(predictions: Mapping[str, Prediction]) -> int:
    return len(next(iter(predictions.values())).values)


def _prefix(predictions: Mapping[str, Prediction], name: str) -> str:
    return "" if len(predictions) == 1 else f"{name}."


def _arrays(predictions: Mapping[str, Prediction]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for name, prediction in predictions.items():
        prefix = _prefix(predictions, name)
        if prediction.chosen is None:
            arrays[f"{prefix}prediction"] = prediction.values
        else:
            classes = np.array(prediction.classes)
            arrays[f"{prefix}prediction"] = classes[prediction.chosen]
            arrays[f"{prefix}probabilities"] = prediction.values
            arrays[f"{prefix}classes"] = classes
    return arrays


def _csv(predictions: Mapping[str, Prediction]) -> str:
    columns: dict[str, list[Any]] = {"row": list(range(1, _rows(predictions) + 1))}
    for name, prediction in predictions.items():
        columns |= {f"{_prefix(predictions, name)}{label}": values for label, values in _columns(prediction).items()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def _columns(prediction: Prediction) -> dict[str, list[Any]]:
    """Return the columns of one output: class and probabilities, or values, one column for each."""
    values = prediction.values
    if prediction.chosen is not None and prediction.chosen.ndim == 1 and prediction.probability is not None:
        columns: dict[str, list[Any]] = {
            "prediction": [prediction.classes[number] for number in prediction.chosen],
            "probability": _numbers(prediction.probability),
        }
        if values.shape[-1] > 1:
            columns |= {f"p({label})": _numbers(values[:, place]) for place, label in enumerate(prediction.classes)}
        else:
            columns |= {f"p({prediction.classes[1]})": _numbers(values[:, 0])}
        return columns
    flat = values.reshape(len(values), -1)
    if flat.shape[1] == 1:
        return {"prediction": _numbers(flat[:, 0])}
    return {f"prediction_{place}": _numbers(flat[:, place]) for place in range(flat.shape[1])}


def _objects(predictions: Mapping[str, Prediction]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"row": row + 1} for row in range(_rows(predictions))]
    for name, prediction in predictions.items():
        for row, target in enumerate(rows):
            target.update(
                {f"{_prefix(predictions, name)}{key}": value for key, value in _object(prediction, row).items()}
            )
    return rows


def _object(prediction: Prediction, row: int) -> dict[str, Any]:
    values = prediction.values[row]
    if prediction.chosen is None or prediction.chosen.ndim != 1 or prediction.probability is None:
        plain = values.tolist()
        return {"prediction": plain[0] if isinstance(plain, list) and len(plain) == 1 else plain}
    chances = values.tolist() if len(values) > 1 else [1 - float(values[0]), float(values[0])]
    return {
        "prediction": prediction.classes[prediction.chosen[row]],
        "probability": float(prediction.probability[row]),
        "probabilities": dict(zip(prediction.classes, chances, strict=True)),
    }


def _numbers(values: np.ndarray) -> list[Any]:
    """Return numbers that read back as the same float32 or float64."""
    return [str(value) for value in values] if values.dtype.kind == "f" else values.tolist()
