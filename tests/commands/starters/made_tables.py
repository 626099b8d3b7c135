"""Tables with columns of every kind, always the same."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

Columns = Mapping[str, Sequence[object]]


def shop() -> Columns:
    """Return a table of 400 rows with a column of every kind, most of them hard to use."""
    random = np.random.default_rng(5)
    rows = range(400)
    words = ["good", "bad", "dear", "cheap", "quick", "slow", "nice", "taste", "smell", "garden"]
    price = np.round(random.lognormal(3, 1, 400), 2)
    stars = random.integers(1, 6, 400)
    return {
        "id": [row + 1 for row in rows],
        "who": [f"n{row}" for row in rows],
        "when": [f"2024-{row % 12 + 1:02}-{row % 28 + 1:02}" for row in rows],
        "city": [f"city {number}" for number in random.integers(0, 40, 400)],
        "colour": random.choice(["red", "green", "blue", ""], 400).tolist(),
        "stars": stars.tolist(),
        "member": ["" if row % 7 == 0 else str(random.random() < 0.5).lower() for row in rows],
        "weight kg": ["?" if row % 50 == 3 else f"{random.normal(70, 10):.1f}" for row in rows],
        "price": price.tolist(),
        "review": [" ".join(random.choice(words, random.integers(4, 12))) for _ in rows],
        "currency": ["EUR"] * 400,
        "empty": [""] * 400,
        "mostly": [f"{random.random():.2f}" if row % 3 == 0 else "" for row in rows],
        "eu": [f"{row},5" for row in rows],
        "odd $(x)": [row % 2 for row in rows],
        "name": random.choice(["x", "y"], 400).tolist(),
        "outcome": ["yes" if a > 40 or b == 5 else "no" for a, b in zip(price, stars, strict=True)],
    }


def boxes() -> Columns:
    """Return a table of 200 rows whose columns can all be targets."""
    random = np.random.default_rng(6)
    a, b = random.random(200), random.random(200)
    return {
        "a": np.round(a, 3).tolist(),
        "b": np.round(b, 3).tolist(),
        "size": np.round(3 * a + b, 3).tolist(),
        "width": np.round(a - b, 3).tolist(),
        "cost": np.round(1000 * a + 200, 1).tolist(),
        "kind": ["xyz"[number] for number in (3 * a).astype(int)],
        "sort": (2 * b).astype(int).tolist(),
        "grade": ((3 * b).astype(int) + 1).tolist(),
    }


def pixels() -> Columns:
    """Return a table of 120 rows and 302 columns."""
    random = np.random.default_rng(7)
    table: dict[str, Sequence[object]] = {"id": list(range(120)), "p0": [0] * 120}
    label = np.arange(120) % 3
    for number in range(1, 300):
        table[f"p{number}"] = (random.integers(0, 9, 120) + label * (number % 2)).tolist()
    return table | {"label": label.tolist()}


def write(columns: Columns, path: Path, delimiter: str = ",") -> None:
    """Write a table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
