"""What the names of a Python file mean, as far as its imports tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kspec.spec.code.files import CodeFile


@dataclass(frozen=True, slots=True)
class Scope:
    """The names at the top of a file.

    Args:
        file: The file.
        imports: What is imported, by the name that it has in the file: `tf` is `tensorflow`.
        stars: Modules from which everything is imported.
        classes: Classes that the file defines.
        functions: Functions that it defines.
    """

    file: CodeFile
    imports: Mapping[str, str]
    stars: tuple[str, ...]
    classes: Mapping[str, ast.ClassDef]
    functions: Mapping[str, ast.FunctionDef]

    def dotted(self, node: ast.expr) -> list[str]:
        """Return the dotted names that an expression may mean: one, or one for each `import *`; none if unclear.

        What Keras offers through TensorFlow is named as Keras names it. A name of the file itself begins with its stem.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Subscript):
            return self.dotted(node.value) if not parts else []
        if not isinstance(node, ast.Name):
            return []
        rest = "".join(f".{part}" for part in parts)
        if node.id in self.classes or node.id in self.functions:
            return [f"{self.file.stem}.{node.id}{rest}"]
        if node.id in self.imports:
            return [_of_keras(self.imports[node.id] + rest)]
        return [_of_keras(f"{module}.{node.id}{rest}") for module in self.stars]


def read_scope(file: CodeFile, tree: ast.Module) -> Scope:
    """Return the names at the top of a file."""
    imports: dict[str, str] = {}
    stars: list[str] = []
    classes: dict[str, ast.ClassDef] = {}
    functions: dict[str, ast.FunctionDef] = {}
    for node in _statements(tree.body):
        if isinstance(node, ast.Import):
            for name in node.names:
                imports[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                if name.name == "*":
                    stars.append(node.module or "")
                else:
                    imports[name.asname or name.name] = f"{node.module}.{name.name}" if node.module else name.name
        elif isinstance(node, ast.ClassDef):
            classes[node.name] = node
        elif isinstance(node, ast.FunctionDef):
            functions[node.name] = node
    return Scope(file, imports, tuple(stars), classes, functions)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements at the top of a file, also those behind `if` and `try`."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _statements(node.body + node.orelse)
        elif isinstance(node, ast.Try):
            inner = [statement for handler in node.handlers for statement in handler.body]
            yield from _statements(node.body + inner + node.orelse + node.finalbody)


def _of_keras(dotted: str) -> str:
    for prefix in ("tensorflow.compat.v2.keras.", "tensorflow.keras.", "keras.api."):
        if dotted.startswith(prefix):
            return "keras." + dotted.removeprefix(prefix)
    return dotted
