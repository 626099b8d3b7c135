"""Files made wrong at random: bytes, texts, JSON, archives."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import Any

_WORDS = [
    b"", b"\0", b"null", b"NaN", b"-Infinity", b"1e999", b"-1", b"0", b"true", b"[]", b"{}", b'""', b"\xff\xfe", b"\n",
    b"\t",     b": ", b"- ", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"../../", b"/etc/passwd", b"http://localhost/",
    b"$(", b"$(9 ** 9)", b"99999999999999999999", b"%", b"'", b'"', b"#", b"{" * 200, b"[" * 3000, b"\xe2\x80\xae",
    b"a" * 300,
]  # fmt: skip

_VALUES = [
    None, True, 0, -1, 1.5, 1e308, 10**30, "", "x", "nan", "\0", "../..", "/etc/passwd", [], {}, [[]], {"a": 1}, [None],
    "é" * 300,
]  # fmt: skip


def some_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return bytes with one to four places changed, cut out, doubled or overwritten."""
    changed = bytearray(content)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        at = draw.randrange(len(changed) + 1)
        length = draw.choice([1, 1, 2, 8, 40])
        match draw.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << draw.randrange(8)
            case 1 if at < len(changed):
                changed[at : at + length] = draw.randbytes(length)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length]
            case 4:
                changed[at : at + draw.choice([0, length])] = draw.choice(_WORDS)
            case _:
                changed = changed[: max(at, draw.randrange(len(changed) + 1))]
    return bytes(changed)


def some_lines(content: bytes, draw: random.Random) -> bytes:
    """Return a text with lines moved, left out or doubled, or some bytes of it changed."""
    if draw.random() < 0.5:
        return some_bytes(content, draw)
    lines = content.splitlines(keepends=True)
    for _ in range(draw.choice([1, 1, 3])):
        if not lines:
            break
        at, to = draw.randrange(len(lines)), draw.randrange(len(lines))
        match draw.randrange(3):
            case 0:
                lines.insert(to, lines.pop(at))
            case 1:
                lines.pop(at)
            case _:
                lines.insert(to, b" " * draw.choice([0, 2]) + lines[at])
    return b"".join(lines)


def some_json(content: bytes, draw: random.Random) -> bytes:
    """Return JSON with one value replaced, left out or added, or some bytes of it changed."""
    if draw.random() < 0.3:
        return some_bytes(content, draw)
    return json.dumps(other_values(json.loads(content), draw)).encode()


def other_values(value: Any, draw: random.Random) -> Any:
    """Return what JSON can say with one or two values in it replaced, left out or added."""
    root = {"": json.loads(json.dumps(value))}
    places = list(_places(root))
    for _ in range(draw.choice([1, 1, 2])):
        inside, key = draw.choice(places)
        try:
            match draw.randrange(4):
                case 0:
                    del inside[key]
                case 1 if isinstance(inside, dict):
                    inside[draw.choice(["x", "", key, "config", "__lambda__"])] = draw.choice(_VALUES)
                case 2:
                    other, name = draw.choice(places)
                    inside[key] = json.loads(json.dumps(other[name]))
                case _:
                    inside[key] = draw.choice(_VALUES)
        except (KeyError, IndexError, ValueError, RecursionError):
            continue  # the place has gone with an earlier change
    return root.get("")


def some_archive(content: bytes, draw: random.Random) -> bytes:
    """Return an archive with a member changed, all its sums being right; or some bytes of it changed."""
    if draw.random() < 0.2:
        return some_bytes(content, draw)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(list(members))
    match draw.randrange(5):
        case 0:
            del members[name]
        case 1:
            members[draw.choice(["../x", "assets/x", "x", "model.weights.npz"])] = members[name]
        case _:
            members[name] = (some_json if name.endswith(".json") else some_bytes)(members[name], draw)
    done = io.BytesIO()
    with zipfile.ZipFile(done, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for member, inside in members.items():
            archive.writestr(member, inside)
    return done.getvalue()


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)
