"""One wrong letter in any key of a good spec is refused, and nearly always with the right name."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kspec import catalogue
from kspec.spec.checking import read_spec
from kspec.spec.problems import Problem
from kspec.spec.reading import read_document, read_text

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").iterdir())
RIGHT_NAMES = 0.95

Path_ = tuple[str | int, ...]


def is_free(path: Path_) -> bool:
    """Say whether a key is a name that the spec itself makes up, or belongs to a part that only the data can judge."""
    own_names = {("vars",), ("model", "inputs")}
    if path[:-1] in own_names or path[-2:-1] in (("repeat",), ("when",)):
        return True
    if "class_weight" in path and str(path[-1]).isdigit():
        return True
    return "random" in path[:-1] or (path[0] == "vars" and len(path) > 1)


def keys(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the paths of all keys."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from keys(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from keys(item, (*path, index))


def renamed(value: Any, path: Path_, name: str) -> Any:
    """Return a value with the key at `path` called `name`."""
    head, rest = path[0], path[1:]
    if isinstance(value, list):
        return [renamed(item, rest, name) if index == head else item for index, item in enumerate(value)]
    if rest:
        return {key: renamed(item, rest, name) if key == head else item for key, item in value.items()}
    return {name if key == head else key: item for key, item in value.items()}


def misspelt(word: str, chance: random.Random) -> str:
    """Return a word with one letter left out, doubled, changed, or swapped with the next."""
    place = chance.randrange(len(word))
    ways = [word[:place] + chance.choice("aeinrstz") + word[place + 1 :], word[:place] + word[place] + word[place:]]
    if len(word) > 3:
        ways.append(word[:place] + word[place + 1 :])
        ways.append(word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :])
    good = [way for way in ways if way != word and not catalogue.load().families_of(way)]
    return chance.choice(good) if good else f"{word}x"


def problems_of(content: Any) -> tuple[Problem, ...]:
    return read_spec(read_text("spec.json", json.dumps(content)), catalogue.load()).problems


def test_misspelt_keys() -> None:
    chance = random.Random(1)
    asked, right, wrong = 0, 0, []
    for file in VALID:
        content = read_document(file).data()
        for path in keys(content):
            if is_free(path):
                continue
            key = str(path[-1])
            name = misspelt(key, chance)
            problems = problems_of(renamed(content, path, name))
            assert problems, f"{file.name}: `{name}` for `{key}` at {path} is taken for good"
            asked += 1
            if any(f"`{key}`" in problem.text for problem in problems):
                right += 1
            else:
                wrong.append(f"{file.name}: {name} for {key} at {path}: {problems[0].text}")
    assert asked > 300
    assert right / asked >= RIGHT_NAMES, wrong


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.name)
def test_one_misspelt_key_is_one_problem_nearly_always(file: Path) -> None:
    chance = random.Random(2)
    content = read_document(file).data()
    found = [
        (path, problems_of(renamed(content, path, misspelt(str(path[-1]), chance))))
        for path in keys(content)
        if not is_free(path)
    ]
    several = [(path, [problem.text for problem in problems]) for path, problems in found if len(problems) > 1]
    assert len(several) <= max(1, len(found) // 10), several
