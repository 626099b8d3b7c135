"""`extends` and `without`: a document laid over the files that it is based on."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kspec.catalogue import Catalogue
from kspec.spec.checker import kind_of
from kspec.spec.document import MAX_NODES, Document, Node
from kspec.spec.leaving_out import find_written, left_out
from kspec.spec.merging import Merger
from kspec.spec.named_files import start_from_their_folders
from kspec.spec.problems import Path as Place
from kspec.spec.problems import Problem, Source, Span
from kspec.spec.reading import STANDARD_INPUT, read_document
from kspec.spec.written_paths import PathError

EXTENDS, WITHOUT = "extends", "without"

MAX_BASES = 20
"""Files that a spec may be based on, one on the other."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_STANDARD_INPUT = "<stdin>"


def extend(document: Document, catalogue: Catalogue) -> None:
    """Lay a document over the files that it extends.

    Every node keeps the place where it was written, so that a problem of an inherited value is shown in the base.
    What is wrong is added to the document's problems. If a base cannot be had, nothing is left to check.

    Args:
        document: The document; its root is replaced, `extends` and `without` are taken out of it.
        catalogue: What Keras offers.
    """
    root = document.root
    if root is not None and not {EXTENDS, WITHOUT}.isdisjoint(root.entries):
        document.root = _Extending(document, catalogue).whole(document, [])
        if document.root is not None and document.bases:
            start_from_their_folders(document, folder_of)


def folder_of(source: Source) -> str:
    """Return the absolute path of the folder that a spec's relative paths start from."""
    inside = "" if source.name == _STANDARD_INPUT else os.path.dirname(source.name)  # noqa: PTH120
    return os.path.abspath(inside or os.curdir)  # noqa: PTH100 - the folder as it is named, links and all


class _Extending:
    """One document and all that it is based on.

    Args:
        document: The topmost document, which takes the problems.
        catalogue: What Keras offers.
    """

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self.document = document
        self.catalogue = catalogue
        self.merger = Merger(catalogue)

    def whole(self, document: Document, above: list[str]) -> Node | None:
        """Return the tree of a document with its bases under it, or None if a base cannot be had.

        Args:
            document: The document.
            above: Names of the documents that are based on it, the topmost first.
        """
        root = document.root
        if root is None or not isinstance(root.value, dict):
            return root
        entries = dict(root.value)
        extends, without = entries.pop(EXTENDS, None), entries.pop(WITHOUT, None)
        keys = {key: span for key, span in root.keys.items() if key not in (EXTENDS, WITHOUT)}
        own = Node(root.span, entries, keys, root.size)
        places = self.left_out_paths(without)
        if extends is None or extends.value is None:
            if without is not None:
                message = "`without` leaves out paths of a base, and there is no `extends`"
                self.problem("missing-key", root.keys[WITHOUT], message, "add `extends: FILE`, or leave it out")
                return own if "model" in entries else None
            return own
        base = self.base(document, extends, above)
        if base is None:
            return None
        merged = self.merger.merge(self.without(base, places), own)
        if merged.size > MAX_NODES:
            self.problem("too-many-values", extends.span, f"the spec and its base have more than {MAX_NODES:,} values")
            return None
        return merged

    def base(self, document: Document, extends: Node, above: list[str]) -> Node | None:
        """Return the tree of the base that `extends` names, its own bases under it."""
        path = self.path(document, extends)
        if path is None:
            return None
        chain = [*above, document.source.name]
        if any(os.path.realpath(name) == os.path.realpath(path) for name in chain):
            shown = " → ".join(f"`{name}`" for name in [*chain, str(path)])
            self.problem("extends-loop", extends.span, f"a spec cannot be based on itself: {shown}")
            return None
        if len(chain) > MAX_BASES:
            self.problem("too-deep", extends.span, f"a spec is based on at most {MAX_BASES} files")
            return None
        found = read_document(path)
        self.document.problems += [
            problem if problem.span else problem.placed(extends.span) for problem in found.problems
        ]
        self.document.bases.append(found.source)
        if found.root is not None and not isinstance(found.root.value, dict):
            self.problem("wrong-type", found.root.span, f"a base is a mapping, not {kind_of(found.root.data())}")
            return None
        return self.whole(found, chain)

    def path(self, document: Document, extends: Node) -> Path | None:
        """Return the path of a base as it is to be read and shown, or None after noting what is wrong with it."""
        text = extends.value
        if not isinstance(text, str) or not text.strip():
            hint = "let one base extend the other" if isinstance(text, list) else "write `extends: base.yaml`"
            message = f"`extends` is the path of one file, not {kind_of(extends.data())}"
            self.problem("wrong-type", extends.span, message, hint)
            return None
        if _URL.match(text):
            self.problem("not-a-file", extends.span, f"`{text}` is a URL, not a file", "download it first")
            return None
        name = document.source.name
        folder = Path() if name == _STANDARD_INPUT else Path(name).parent
        path = folder / Path(text).expanduser()
        shorter = Path(os.path.normpath(path))
        path = shorter if os.path.realpath(shorter) == os.path.realpath(path) else path
        if str(path) == STANDARD_INPUT:
            self.problem("not-a-file", extends.span, "a base is a file, it cannot come from standard input")
            return None
        return path

    def left_out_paths(self, without: Node | None) -> list[Node]:
        """Return the paths that `without` names, each as it is written."""
        if without is None or without.value is None:
            return []
        items = without.value if isinstance(without.value, list) else [without]
        if not isinstance(without.value, list):
            hint = f"write `without: [{without.value}]`" if isinstance(without.value, str) else None
            message = f"`without` is a list of paths, not {kind_of(without.data())}"
            self.problem("wrong-type", without.span, message, hint)
            return []
        for item in items:
            if not isinstance(item.value, str):
                message = f"a path is text such as `fit.class_weight`, not {kind_of(item.data())}"
                self.problem("wrong-type", item.span, message)
        return [item for item in items if isinstance(item.value, str)]

    def without(self, base: Node, paths: list[Node]) -> Node:
        """Return the tree of a base without some paths; each of them is looked up in the base as it is written."""
        places: set[Place] = set()
        for item in paths:
            try:
                places.add(find_written(base, str(item.value), self.catalogue))
            except PathError as error:
                self.problem("not-in-base", item.span, error.message, error.hint)
        return left_out(base, places) if places else base

    def problem(self, code: str, span: Span, message: str, hint: str | None = None) -> None:
        self.document.problems.append(Problem(code, (), message, hint, span=span))
