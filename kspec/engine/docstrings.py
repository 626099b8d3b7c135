"""What Keras' docstrings say about an argument: its types, choices, range, and one sentence.

Only what is sure is stated, since a wrong type becomes a wrong error. An argument's text must open with a
type, or its default must have one; every other type that the text mentions anywhere is then added.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

_SECTION = re.compile(r"^(Args|Arguments|Parameters):\s*$")
_ENTRY = re.compile(r"^\s*`?\*{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)`?\s*(?P<type>\([^)]*\))?\s*:\s*(?P<text>.*)$")

_MENTIONS = {
    "int": r"\bint(eger)?s?\b",
    "float": r"\bfloats?\b|\bfloating\b|\bscalars?\b|\bpython numbers?\b",
    "bool": r"\bbool(ean)?s?\b|\btrue\b|\bwhether\b",
    "str": r"\bstr(ing)?s?\b|\bpath\b|[\"'][\w.-]+[\"']",
    "list": r"\blists?\b|\btuples?\b|\bsequences?\b|\barray|\biterable|\bpair\b|\bmatrix\b|\btensor\b",
    "dict": r"\bdict(ionar(y|ies))?\b|\bmapping\b",
    "null": r"\bnone\b",
}
ORDER = tuple(_MENTIONS)
_FILLERS = {
    "a",
    "an",
    "the",
    "optional",
    "optional.",
    "python",
    "positive",
    "non-negative",
    "single",
    "or",
    "one",
    "constant",
}
_LEADS = {
    "int": "int", "ints": "int", "integer": "int", "float": "float", "floating": "float", "scalar": "float",
    "bool": "bool", "boolean": "bool", "whether": "bool", "str": "str", "string": "str", "list": "list",
    "tuple": "list", "dict": "dict", "dictionary": "dict", "numbers": "float",
}  # fmt: skip
_CUE = re.compile(
    r"one of|either|supports|(?:supported|available|acceptable) (?:values|methods) are|supported values:", re.I
)
_QUOTED = re.compile(r"[\"']([\w.+-]+)[`]?[\"']")


def arguments(*docstrings: str | None) -> dict[str, str]:
    """Return the text of every argument that these docstrings describe, each in one line. The first one wins."""
    found: dict[str, str] = {}
    for docstring in docstrings:
        for name, text in _entries(inspect.cleandoc(docstring or "")).items():
            found.setdefault(name, text)
    return found


def _entries(docstring: str) -> dict[str, str]:
    found: dict[str, str] = {}
    names: list[str] = []
    inside, indent = False, -1
    for line in docstring.split("\n"):
        if _SECTION.match(line):
            inside, indent = True, -1
        elif inside and line.strip():
            depth = len(line) - len(line.lstrip())
            if not depth:
                inside = False
                continue
            indent = depth if indent < 0 else indent
            entry = _ENTRY.match(line) if depth == indent else None
            if entry:
                names = [name.strip() for name in entry["names"].split(",")]
            text = f"{(entry['type'] or '').strip('()')} {entry['text']}" if entry else line
            for name in names:
                found[name] = f"{found.get(name, '')} {text.strip()}".strip()
    return found


def summary(text: str | None) -> str:
    """Return the first sentence that says more than a type, as plain text."""
    plain = re.sub(r"\[([^\]]+)\]\s*\([^)]+\)", r"\1", inspect.cleandoc(text or "").split("\n\n")[0])
    plain = " ".join(plain.replace("`", "").split())
    end = 0
    for match in re.finditer(r"[.!](?=\s|$)", plain):
        end = match.end()
        said = plain[:end]
        if len(said) > 28 and not re.search(r"(e\.g|i\.e|etc|vs)\.$", said):
            break
    else:
        end = len(plain)
    return plain[:end]


def types(text: str, default: Any = inspect.Parameter.empty) -> list[str]:
    """Return the JSON types that an argument takes, or nothing where that is not sure.

    Args:
        text: What the docstring says about it.
        default: Its default, if it has one.
    """
    own = type_of(default)
    lead = _lead(text)
    if not text or (not lead and own not in ("bool", "int", "float", "list")):
        return []
    found = {kind for kind, pattern in _MENTIONS.items() if re.search(pattern, text, re.I)}
    found |= {lead} if lead else set()
    found |= {own} if own else set()
    if own == "int" and lead != "int":
        found.add("float")
    if "int" in found and "float" in found:
        found.discard("int")
    return [kind for kind in _MENTIONS if kind in found]


def type_of(value: Any) -> str | None:
    """Return the JSON type of a value, or None where it has none."""
    names = {type(None): "null", bool: "bool", int: "int", float: "float", str: "str", list: "list", tuple: "list"}
    return "dict" if isinstance(value, dict) else names.get(type(value))


def choices(text: str) -> list[str]:
    """Return the strings that an argument takes, if the text names them as a closed list."""
    for sentence in re.split(r"(?<=[.}])\s+(?=[A-Z])", text):
        cue = _CUE.search(sentence)
        words = _QUOTED.findall(sentence[cue.end() :] if cue else "")
        if len(words) > 1:
            return list(dict.fromkeys(words))
    words = re.match(r"^(?:string,? )?[`\"']+(\w+)[`\"']+ or [`\"']+(\w+)[`\"']+", text, re.I)
    return list(words.groups()) if words else []


def limits(text: str, kinds: list[str]) -> dict[str, float]:
    """Return `minimum` and `maximum` of a number, as far as the text says them."""
    if not kinds or set(kinds) - {"int", "float", "null"}:
        return {}
    opening = " ".join(re.split(r"(?<=\.)\s+", text)[:2]).replace("`", "").lower()
    if re.search(r"float (between 0 and 1|in (the )?(range )?\[0, 1\])", opening):
        return {"minimum": 0, "maximum": 1}
    if "int" in kinds and re.match(r"(a |an )?positive int", opening):
        return {"minimum": 1}
    if re.search(r"(float|hyperparameter) >= 0\b|must be non-negative|must be greater than or equal to zero", opening):
        return {"minimum": 0}
    return {}


def _lead(text: str) -> str | None:
    plain = re.sub(r"^\(optional\)", "", text.replace("`", "").strip(), flags=re.I)
    for word in re.split(r"[\s,/:;]+", plain.strip())[:5]:
        clean = word.lower().strip("()")
        if clean in _FILLERS or not clean:
            continue
        return _LEADS.get(clean.rstrip("."))
    return None
