"""Which tests mention a time: those most likely to be true on some days only."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

MODULES = {"datetime", "time", "calendar", "zoneinfo"}
HOMES = {"clock", "now", "today"}
"""Names that mean a time wherever they stand: the node's clock, and what is read off one."""

DATE = re.compile(r"(?:19|20)\d\d-\d\d")


def mention_time(item: Any) -> bool:
    """Whether a test names a clock, a date or a span; itself, or by a function or constant of its file.

    A test whose source is not a plain function of its file counts as mentioning one.
    """
    named = _named(Path(item.path))
    return named.get(getattr(item, "originalname", None) or item.name, True)


@cache
def _named(file: Path) -> dict[str, bool]:
    """The names that a file defines or imports, and whether each means a time."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    parts = dict(_definitions(tree))
    times = HOMES | {name for node in ast.walk(tree) for name in _imported(node)}
    while found := {name for name, part in parts.items() if name not in times and _says(part, times)}:
        times |= found
    return {name: name in times for name in parts}


def _definitions(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node
            case ast.ClassDef(name=name):
                yield name, node
                yield from _definitions(node)
            case ast.Assign(targets=targets):
                yield from ((each.id, node) for each in targets if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=module, names=names) if module in MODULES:
            yield from (each.asname or each.name for each in names)
        case ast.Import(names=names):
            yield from (each.asname or each.name for each in names if each.name in MODULES)


def _says(part: ast.AST, times: set[str]) -> bool:
    for node in ast.walk(part):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) if name in times:
                return True
            case ast.Constant(value=str(text)) if DATE.search(text):
                return True
    return False
