"""What the code says of itself: which section of the RFC each function and class is made from."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from tests.conftest import REPOSITORY
from tests.rfc.source import PROTOCOL

_SOURCE = re.compile(r"RFC 9420 ([^)]*)\)")


class Pointer(NamedTuple):
    """A function or class by its file and name."""

    path: str
    name: str


@cache
def code_by_section() -> dict[str, list[Pointer]]:
    """For each section the functions and classes of the protocol whose docstrings name it as their source."""
    found: dict[str, list[Pointer]] = defaultdict(list)
    for path in sorted(PROTOCOL.rglob("*.py")):
        for name, docstring in _docstrings(ast.parse(path.read_text("utf-8")), ""):
            for source in _SOURCE.findall(docstring):
                for section in re.findall(r"§([\d.]*\d)", source):
                    found[section].append(Pointer(path.relative_to(REPOSITORY).as_posix(), name))
    return dict(found)


def _docstrings(parent: ast.AST, prefix: str) -> list[tuple[str, str]]:
    found = []
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            found.append((name, " ".join((ast.get_docstring(child) or "").split())))
            found += _docstrings(child, f"{name}.")
    return found
