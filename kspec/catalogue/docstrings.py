"""What Keras' docstrings say about an argument: its types, choices, range, and one sentence.

Only what is sure is stated, since a wrong type becomes a wrong error. An argument's text must open with a
type, or its default must have one; every other type that the text mentions anywhere is then added.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

_SECTION = re.compile(r"^(?P<indent>\s*)(Args|Arguments|Parameters):\s*$")
_ENTRY = re.compile(r"^\s*`?\*{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)`?\s*(?P<type>\([^)]*\))?\s*:\s*(?P<text>.*)$")

_MENTIONS = {
    "int": r"\bint(eger)?s?\b",
    "float": r"\bfloats?\b|\bfloating\b|\bscalars?\b",
    "bool": r"\bbool(ean)?s?\b|\bor `?(true|false)\b",
    "str": r"\bstr(ing)?s?\b|\bpath\b|[\"'][\w.-]+[\"']",
    "list": r"\blists?\b|\btuples?\b|\bsequences?\b|\barray|\biterable|\bpair\b",
    "dict": r"\bdict(ionar(y|ies))?\b|\bmapping\b",
    "null": r"\b(none|null)\b",
}
ORDER = tuple(_MENTIONS)

_OF_ELEMENTS = re.compile(
    r"\b(lists?|tuples?|tuple/list|list/tuple|pair)\s+of\s+(\w+\s+)?"
    r"(ints?|integers?|floats?|strings?|(python )?numbers)\b",
    re.I,
)
_FILLERS = {"a", "an", "the", "optional", "python", "positive", "non-negative", "single", "or", "one", "constant"}
_LEADS = {
    "int": "int",
    "ints": "int",
    "integer": "int",
    "float": "float",
    "floating": "float",
    "scalar": "float",
    "number": "float",
    "bool": "bool",
    "boolean": "bool",
    "whether": "bool",
    "str": "str",
    "string": "str",
    "list": "list",
    "tuple": "list",
    "dict": "dict",
    "dictionary": "dict",
}
_COUNT = re.compile(r"^(the |desired output )?(total |possible )?(number of|size of each)\b", re.I)
_CUE = re.compile(
    r"one of|either|supports|(?:supported|available|acceptable) (?:values|methods) are|supported values:|"
    r"can be (?=[`\"'])",
    re.I,
)
_QUOTED = re.compile(r"[\"']([\w.+-]+)[`]?[\"']")
_TICKED = re.compile(r"string, one of ((?:`[a-z]\w*`(?: \([^)]*\))?(?:, (?:and |or )?| and | or )?){2,})", re.I)
_LISTED = re.compile(r"[`\"']+[\w.+-]+[`\"']+(?:\s*(?:,?\s*\b(?:or|and)\b|,)\s*[`\"']+[\w.+-]+[`\"']+)+")


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
    outer, indent = -1, -1
    for line in docstring.split("\n"):
        section = _SECTION.match(line)
        depth = len(line) - len(line.lstrip())
        if section:
            outer, indent, names = depth, -1, []
        elif outer >= 0 and line.strip():
            if depth <= outer:
                outer = -1
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
    plain = re.sub(r"^(\(optional\)|optional\.)\s*", "", " ".join(plain.replace("`", "").split()), flags=re.I)
    plain = plain[:1].upper() + plain[1:]
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
    if own == "bool" and lead in (None, "bool"):
        return ["bool"]
    if not text or (not lead and own not in ("int", "float", "list") and not (own == "str" and choices(text))):
        return []
    if lead == "count":
        lead = "int"
    plain = _OF_ELEMENTS.sub("list", text)
    found = {kind for kind, pattern in _MENTIONS.items() if re.search(pattern, plain, re.I)}
    found |= {kind for kind in (lead, own) if kind}
    if own == "int" and lead != "int":
        found.add("float")
    if "int" in found and "float" in found:
        found.discard("int")
    return [kind for kind in ORDER if kind in found]


def type_of(value: Any) -> str | None:
    """Return the JSON type of a value, or None where it has none."""
    names = {type(None): "null", bool: "bool", int: "int", float: "float", str: "str", list: "list", tuple: "list"}
    return "dict" if isinstance(value, dict) else names.get(type(value))


def choices(text: str) -> list[str]:
    """Return the strings that an argument takes, if the text names them as a closed list, and no others beside."""
    for sentence in re.split(r"(?<=[.}])\s+(?=[A-Z])", text):
        cue = _CUE.search(sentence)
        opening = re.sub(r"^(a )?string,? ", "", sentence, flags=re.I)
        listed = _LISTED.search(sentence, cue.end()) if cue else _LISTED.match(opening)
        words = dict.fromkeys(_QUOTED.findall(listed.group())) if listed else {}
        if len(words) > 1:
            return list(words) if set(_QUOTED.findall(sentence)) <= set(words) else []
    plain = _TICKED.match(text)
    return re.findall(r"`([a-z]\w*)`", plain[1]) if plain else []


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
    """Return the type that a text opens with, `count` where it opens with a number of things, else None."""
    plain = re.sub(r"^\(optional\)\s*", "", text.replace("`", "").strip(), flags=re.I)
    if _COUNT.match(plain):
        return "count"
    for word in re.split(r"[\s,/:;]+", plain)[:5]:
        clean = word.lower().strip("().")
        if clean and clean not in _FILLERS:
            return _LEADS.get(clean)
    return None
