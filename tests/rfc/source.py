"""The protocol's own source, statement by statement: what it refuses, and what becomes of it without one check."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple, TypeAlias

from tests.conftest import REPOSITORY
from workbench.mls import errors
from workbench.mls.wire.codec import compiled

PROTOCOL = REPOSITORY / "workbench" / "mls"

Function: TypeAlias = Callable[..., Any]


class Statement(NamedTuple):
    """One statement of the protocol, by its file, its function, what it raises or calls, and its words."""

    path: str
    function: str
    name: str
    words: str


def statement(function: Function, name: str, words: str) -> Statement:
    """The one statement of a function that raises or calls `name` and contains `words`, or a `LookupError`."""
    tree, qualname = _tree(path_of(function)), unwrapped(function).__qualname__
    search = _Removal(name, words)
    search.visit(copy.deepcopy(_definition(tree, qualname)))
    if len(search.found) != 1:
        raise LookupError(f"{len(search.found)} statements of {qualname} are {name!r} with {words!r}, not one")
    return Statement(path_of(function).relative_to(REPOSITORY).as_posix(), qualname, name, search.found[0])


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def unwrapped(function: Function) -> FunctionType:
    """The plain function behind a method."""
    plain = inspect.unwrap(getattr(function, "__func__", function))
    assert isinstance(plain, FunctionType)
    return plain


def path_of(function: Function) -> Path:
    """The file that defines a function."""
    return Path(str(sys.modules[unwrapped(function).__module__].__file__))


def refusals() -> Iterator[Statement]:
    """Every `raise` of the protocol, in the order of its files, but for those that are the caller's fault."""
    for path in sorted(PROTOCOL.rglob("*.py")):
        for function, node, words in _raises(_tree(path), ""):
            if not _is_the_callers_fault(node):
                yield Statement(path.relative_to(REPOSITORY).as_posix(), function, _raised(node), words)


def _is_the_callers_fault(node: ast.Raise) -> bool:
    cls = getattr(errors, _raised(node), None)
    return isinstance(cls, type) and issubclass(cls, errors.Misuse | errors.Unsupported)


def _raises(parent: ast.AST, function: str) -> Iterator[tuple[str, ast.Raise, str]]:
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from _raises(child, f"{function}.{child.name}".lstrip("."))
        else:
            if isinstance(child, ast.Raise):
                yield function, child, _words(child, parent)
            yield from _raises(child, function)


def _raised(node: ast.Raise) -> str:
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(called).split(".")[-1] if called else ""


def _words(node: ast.stmt, parent: ast.AST) -> str:
    """The literal text of a statement and of a `reason` set just before it; of a bare `raise`, its condition."""
    nodes: list[ast.AST] = [node]
    if any(isinstance(each, ast.Name) and each.id == "reason" for each in ast.walk(node)):
        siblings = next(
            block
            for name in ("body", "orelse")
            if isinstance(block := getattr(parent, name, None), list) and node in block
        )
        nodes = [*siblings[: siblings.index(node)][-1:], node]
    if isinstance(parent, ast.If) and isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
        return ast.unparse(parent.test)
    texts = [each.value for found in nodes for each in ast.walk(found) if isinstance(each, ast.Constant)]
    return " ".join(text for text in texts if isinstance(text, str))


# One statement less


@contextmanager
def without(function: Function, name: str, words: str, *, instead: str = "pass") -> Iterator[None]:
    """Run without the one statement of `function` that raises, calls or sets `name` and contains `words`."""
    tree = ast.parse(path_of(function).read_text("utf-8"))
    definition = _definition(tree, unwrapped(function).__qualname__)
    removal = _Removal(name, words, instead)
    removal.visit(definition)
    if len(removal.found) != 1:
        raise LookupError(f"{len(removal.found)} statements of {definition.name} are {name!r} with {words!r}, not one")
    with _replaced(unwrapped(function), tree):
        yield


class Reached(Exception):
    """A function was called that was to be left alone."""


@contextmanager
def out_of_order(function: Function) -> Iterator[None]:
    """Raise `Reached` whenever `function` is called."""
    tree = ast.parse(path_of(function).read_text("utf-8"))
    definition = _definition(tree, unwrapped(function).__qualname__)
    alarm = ast.parse("from tests.rfc.source import Reached\nraise Reached").body
    definition.body = [*(ast.fix_missing_locations(ast.copy_location(each, definition)) for each in alarm)]
    with _replaced(unwrapped(function), tree):
        yield


class _Removal(ast.NodeTransformer):
    def __init__(self, name: str, words: str, instead: str = "pass") -> None:
        self.name = name
        self.words = words
        self.found: list[str] = []
        self.instead = instead
        self.parents: list[ast.AST] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        self.parents.append(node)
        super().generic_visit(node)
        self.parents.pop()
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return self._removed(node, _raised(node))

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        name = ast.unparse(node.value.func).split(".")[-1] if isinstance(node.value, ast.Call) else None
        return self._removed(node, name)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        return self._removed(node, ast.unparse(node.targets[0]))

    def _removed(self, node: ast.stmt, name: str | None) -> ast.stmt:
        words = _words(node, self.parents[-1])
        # Two calls of one function may hold no text at all: their arguments tell them apart.
        if name != self.name or not (self.words in words or self.words in ast.unparse(node)):
            return node
        self.found.append(words)
        (instead,) = ast.parse(self.instead).body
        return ast.fix_missing_locations(ast.copy_location(instead, node))


def _definition(tree: ast.Module, qualname: str) -> ast.FunctionDef:
    found: ast.AST = tree
    for name in qualname.split("."):
        found = next(
            each
            for each in ast.iter_child_nodes(found)
            if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.name == name
        )
    assert isinstance(found, ast.FunctionDef)
    return found


@contextmanager
def _replaced(function: FunctionType, tree: ast.Module) -> Iterator[None]:
    """The function with the code that it has in another version of its module."""
    code = compile(tree, "<changed>", "exec")
    original = function.__code__
    function.__code__ = next(each for each in _codes(code) if each.co_qualname == function.__qualname__)
    compiled.cache_clear()  # the codec is made of closures of its functions
    try:
        yield
    finally:
        function.__code__ = original
        compiled.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
