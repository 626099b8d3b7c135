"""Texts in files: a folder for each class, a flat folder, or a file with a text on each line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from kspec.data.sources.encodings import known_encoding
from kspec.data.sources.fields import Fields
from kspec.data.sources.file_rows import FileRows, fingerprint_of, objects, read_all
from kspec.data.sources.folder_search import TEXTS
from kspec.data.sources.folders import check_labels, find_place, read_folder
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.stream import Shard, Stream, hold
from kspec.data.sources.text_files import Lines, read_line_heads, read_text, read_text_head

_SHOWN = 3


def texts(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    encoding: str | None = None,
    labels: str | None = "inferred",
) -> Loaded:
    """Texts in a folder for each class, in a flat folder, or on the lines of a file.

    Files in a folder end in `.txt`, and each is a text. A folder that holds `train` and `test` or `validation` has
    these parts.

    Args:
        path: String, or list of strings. The folder, relative to the spec; or a file, or several, also by a pattern
            such as `lines/*.txt`, of which each line is a text.
        encoding: String. Encoding of the files, such as `latin-1`. Left out, UTF-8, unless the first bytes of a file
            say UTF-16 or UTF-32.
        labels: String or null. With `inferred`, labels are the names of class folders; with null there are none, and
            texts at any depth are read.

    Returns:
        `text`: text of shape `(rows,)`. `label`: text of shape `(rows,)`, if there are class folders. `file`: text, the
        path below the folder; not for lines.

    Raises:
        DataError: If files are missing, or are not in the encoding.
    """
    if encoding is not None:
        known_encoding(encoding)
    inferred = check_labels(labels)
    place = find_place(path, folder=context.folder)
    if isinstance(place, Path):
        return _of_folder(context, place, encoding, inferred=inferred)
    return _of_lines(context, place, encoding)


def _of_folder(context: SourceContext, root: Path, encoding: str | None, *, inferred: bool) -> Loaded:
    folder = read_folder(root, TEXTS, labelled=inferred, given=context.given)
    parts = {
        name: FileRows.of(root, part.names, part.labels).some(context.sample) for name, part in folder.parts.items()
    }
    names = [name for rows in parts.values() for name in rows.names]
    heads = read_all(
        [root / name for name in names], partial(read_text_head, encoding=encoding), kind=TEXTS.name,
        progress=context.progress,
    )  # fmt: skip
    sizes = iter(head.size for head in heads)
    held = {
        name: hold(_stream(rows, encoding, sum(next(sizes) for _ in rows.names)), context.memory)
        for name, rows in parts.items()
    }
    empty = [f"`{root / name}`" for name, head in zip(names, heads, strict=True) if head.empty]
    return Loaded(
        train=held["train"],
        validation=held.get("validation"),
        test=held.get("test"),
        origin=str(root),
        fingerprint=fingerprint_of(names, (head.digest for head in heads)),
        paths=(root,),
        notices=(*folder.notices, *_empty(empty, len(names))),
    )


def _of_lines(context: SourceContext, paths: Sequence[Path], encoding: str | None) -> Loaded:
    found = read_all(paths, partial(read_line_heads, encoding=encoding), kind="files of texts")
    shards = [Shard(lines.rows, partial(_read_lines, lines)) for _, every in found for lines in every]
    (head,) = _read_lines(found[0][1][0], None)
    stream = Stream(shards, head=head.head(1), size=sum(head.size for head, _ in found))
    empty = [
        f"line {line + 1:,} of `{path}`" for path, (head, _) in zip(paths, found, strict=True) for line in head.empty
    ]
    return Loaded(
        train=hold(stream, context.memory),
        test=None,
        origin=str(paths[0]) if len(paths) == 1 else f"{len(paths)} files, {paths[0]} to {paths[-1]}",
        fingerprint=fingerprint_of((path.name for path in paths), (head.digest for head, _ in found)),
        paths=tuple(paths),
        notices=tuple(_empty(empty, stream.rows)),
    )


def _stream(rows: FileRows, encoding: str | None, size: int) -> Stream:
    shards = [Shard(len(some.names), partial(_read_files, some, encoding)) for some in rows.shards()]
    (head,) = _read_files(rows.slice(0, 1), encoding, None)
    return Stream(shards, head=head, size=size)


def _read_files(rows: FileRows, encoding: str | None, names: Collection[str] | None) -> Iterator[Fields]:
    if names is not None and "text" not in names:
        yield rows.fields({})
        return
    found = read_all(rows.paths, partial(read_text, encoding=encoding), kind=TEXTS.name)
    yield rows.fields({"text": objects(found)})


def _read_lines(lines: Lines, names: Collection[str] | None) -> Iterator[Fields]:
    (found,) = read_all([lines.path], lambda _: lines.read(), kind="files of texts")
    yield Fields({"text": objects(found)})


def _empty(places: Sequence[str], total: int) -> Iterator[str]:
    """Yield a notice of texts that hold nothing."""
    if len(places) == 1:
        yield f"one of {total:,} texts is empty: {places[0]}"
    elif places:
        shown = ", ".join(places[:_SHOWN]) + (", …" if len(places) > _SHOWN else "")
        yield f"{len(places):,} of {total:,} texts are empty: {shown}"
