"""The files of one kind in a folder: which of them are rows, and of which class. Nothing is read but names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kspec.data.sources.errors import DataError
from kspec.spec.checker import listing

_LITTER = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"})
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What a folder is searched for.

    Args:
        name: What messages call several of them.
        endings: Ends of their files' names, in lower case.
    """

    name: str
    endings: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Say whether a file of this name is one of them."""
        return name.lower().endswith(self.endings)

    def __str__(self) -> str:
        *others, last = self.endings
        shown = f"{', '.join(others)} and {last}" if others else last
        return f"{self.name} end in {shown}"


IMAGES = Kind("images", (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"))
TEXTS = Kind("texts", (".txt",))


@dataclass(frozen=True, slots=True)
class FolderPart:
    """Files of one part, sorted.

    Args:
        names: Their paths below the folder, with `/` between the names.
        labels: Name of each file's class folder, or None if there are no class folders.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Search:
    """One search through a folder.

    Args:
        root: The folder.
        kind: What is searched for.
        strangers: How many files were passed over, by their endings.
        notices: What the user must not miss.
    """

    root: Path
    kind: Kind
    strangers: Counter[str] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)

    def part(self, prefix: str, labelled: bool, given: bool) -> FolderPart:
        """Return the files of a part.

        Args:
            prefix: Its folder below the root, with a `/` at the end; empty for the root itself.
            labelled: Whether class folders give labels.
            given: Whether files beside class folders are taken, all rows having no labels then.

        Raises:
            DataError: If it has no files of the kind, or one of them has no label.
        """
        top = self.root / prefix
        names = tuple(self.walk(top, prefix, ()))
        if not names:
            raise self.nothing(top)
        depth = prefix.count("/")
        beside = [name for name in names if name.count("/") == depth]
        if not labelled or len(beside) == len(names) or (beside and given):
            return FolderPart(names, None)
        labels = tuple(name.split("/")[depth] for name in names)
        classes = sorted({label for name, label in zip(names, labels, strict=True) if name.count("/") > depth})
        if beside:
            raise self._without_label(beside, classes)
        for name in classes:
            if not name.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in name):
                message = f"the name of the class folder {name.encode('utf-8', 'surrogateescape')!r} is not UTF-8"
                raise DataError(message, hint="rename it", argument="path")
        if empty := [name for name in self.folders(top) if name not in classes]:
            shown = listing(str(top / name) for name in empty[:_SHOWN]) + (", …" if len(empty) > _SHOWN else "")
            self.notices.append(f"{shown} {'holds' if len(empty) == 1 else 'hold'} no {self.kind.name}")
        if not given and len(classes) == 1 and all(name.count("/") > depth + 1 for name in names):
            inner = top / classes[0]
            message = f"all {self.kind.name} lie in folders below `{inner}`, and so all have the label `{classes[0]}`"
            self.notices.append(f"{message}: perhaps `{inner}` is the folder to name")
        return FolderPart(names, labels)

    def _without_label(self, beside: Sequence[str], classes: Sequence[str]) -> DataError:
        lies, has = ("lies", "has") if len(beside) == 1 else (f"and {len(beside) - 1:,} more lie", "have")
        shown = listing(classes) if len(classes) <= _SHOWN else f"`{classes[0]}`, `{classes[1]}`, …"
        return DataError(
            f"`{self.root / beside[0]}` {lies} beside the class folders {shown} and so {has} no label",
            hint="move it into the folder of its class; `labels: null` reads everything without labels",
            argument="path",
        )

    def walk(self, folder: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[str]:
        """Yield the files of the kind at any depth in a folder, sorted.

        Args:
            folder: The folder.
            prefix: What their names begin with.
            above: The folders that it lies in, links resolved.

        Raises:
            DataError: If a folder cannot be looked into, or a link leads round in a circle.
        """
        real = folder.resolve()
        if real in above:
            raise DataError(f"the link `{folder}` leads back to a folder that it lies in", argument="path")
        for entry in entries(folder):
            if entry.is_dir():
                yield from self.walk(Path(entry.path), f"{prefix}{entry.name}/", (*above, real))
            elif self.kind.has(entry.name) and (entry.is_file() or not Path(entry.path).exists()):
                yield f"{prefix}{entry.name}"
            else:
                self.strangers[Path(entry.name).suffix.lower() or entry.name] += 1

    def holds(self, name: str) -> bool:
        """Say whether there is any file of the kind at any depth in a folder below the root."""
        return any(Search(self.root, self.kind).walk(self.root / name, "", ()))

    @staticmethod
    def folders(folder: Path) -> list[str]:
        """Return the names of the folders in a folder, sorted."""
        return [entry.name for entry in entries(folder) if entry.is_dir()]

    def nothing(self, folder: Path) -> DataError:
        """Return the fault of a folder without files of the kind."""
        self.strangers.clear()
        for _ in self.walk(folder, "", ()):
            pass
        hint = f"{self.passed_over()}; {self.kind}" if self.strangers else "it is empty"
        return DataError(f"there are no {self.kind.name} in `{folder}`", hint=hint, argument="path")

    def passed_over(self) -> str:
        """Return how many files are of no use, by their endings."""
        endings = self.strangers.most_common()
        shown = [f"{count:,} ({ending})" for ending, count in endings[:_SHOWN]]
        if more := sum(count for _, count in endings[_SHOWN:]):
            shown.append(f"{more:,} others")
        total = self.strangers.total()
        files = "1 other file is" if total == 1 else f"{total:,} other files are"
        return f"{files} not read: {', '.join(shown)}" if len(shown) > 1 else f"{files} not read: {endings[0][0]}"


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, sorted by name, without what is hidden or was left behind by a file manager.

    Raises:
        DataError: If it cannot be looked into.
    """
    try:
        with os.scandir(folder) as listed:
            found = [entry for entry in listed if entry.name[0] != "." and entry.name.lower() not in _LITTER]
    except OSError as error:
        raise DataError(f"`{folder}` cannot be looked into: {error.strerror}", argument="path") from error
    return sorted(found, key=lambda entry: entry.name)
