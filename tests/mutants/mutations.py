"""One-place changes of the source: where there can be one, which are drawn, and what the file is after it."""

from __future__ import annotations

import ast
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names
from parso.python.tree import Name

Position = tuple[int, int]

SAME = ("Is_Eq", "Eq_Is", "IsNot_NotEq", "NotEq_IsNot", "Invert", "Pow", "Div")
"""Operators of cosmic-ray that change nothing for the values of this project, or only fail at once."""


class CallRemover(Operator):  # type: ignore[misc] # untyped
    """Leaves out a call whose result nobody uses: most often a check."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Position, Position]]:
        """Where a statement is a call."""
        if (
            node.type == "simple_stmt"
            and node.children[0].type == "atom_expr"
            and node.children[0].children[-1].type == "trailer"
        ):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002 - an operator takes it
        """The same statement without the call."""
        call = node.children[0]
        node.children[0] = Name("pass", call.start_pos, prefix=call.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """None: the tests have them."""
        return ()


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change at one place of a file; `occurrence` counts the places of its operator."""

    path: str
    operator: Operator
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {type(self.operator).__name__}"

    def apply(self, source: str) -> str:
        """The file after the change."""
        changed = mutate_code(source, self.operator, self.occurrence)
        assert isinstance(changed, str), self
        return changed

    def compiles(self, source: str) -> bool:
        """Whether it is Python after the change: cosmic-ray takes some marks of a signature for operators."""
        try:
            compile(self.apply(source), self.path, "exec")
        except SyntaxError:
            return False
        return True


def operators() -> list[Operator]:
    """Those of cosmic-ray that need no arguments and change something, and our own."""
    kinds = [get_operator(name) for name in operator_names() if not any(same in name for same in SAME)]
    return [*(kind() for kind in kinds if not kind.arguments()), CallRemover()]


def mutations(path: str, source: str) -> Iterator[tuple[Position, Mutation]]:
    """All that can be changed in a file, each with its place.

    Left out is what nobody evaluates (annotations of functions), and the decorators of classes.
    """
    tree, unread = get_ast(source), [*_annotations(source), *_class_decorators(source)]
    for operator in operators():
        places = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in unread):
                yield start, Mutation(path, operator, occurrence, start[0])


def _annotations(source: str) -> Iterator[tuple[Position, Position]]:
    """Annotations of functions and of local variables: they are never evaluated."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            arguments = [
                *node.args.posonlyargs,
                *node.args.args,
                *node.args.kwonlyargs,
                node.args.vararg,
                node.args.kwarg,
            ]
            found = [node.returns, *(argument.annotation for argument in arguments if argument is not None)]
            found += [each.annotation for each in ast.walk(node) if isinstance(each, ast.AnnAssign)]
            yield from (_span(each) for each in found if each is not None)


def _class_decorators(source: str) -> Iterator[tuple[Position, Position]]:
    """What declares a class as a dataclass or a struct: nothing works without it, and its options are no behaviour."""
    for node in ast.walk(ast.parse(source)):
        for each in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            (line, column), (last, _) = _span(each)
            yield (line, column - 1), (last + 1, 0)


def _span(node: ast.expr) -> tuple[Position, Position]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def draw(sources: Mapping[str, str], count: int, seed: int) -> list[Mutation]:
    """`count` mutations of some files, at different places: each place is as likely as any other."""
    places: dict[tuple[str, Position], list[Mutation]] = defaultdict(list)
    for path, source in sorted(sources.items()):
        for start, mutation in mutations(path, source):
            places[path, start].append(mutation)
    random = Random(seed)  # noqa: S311 - a sample, no secret
    drawn = (random.choice(places[place]) for place in random.sample(sorted(places), len(places)))
    return list(islice((each for each in drawn if each.compiles(sources[each.path])), count))


def changed_lines(before: str, after: str) -> Iterator[str]:
    """The lines that differ, as in a patch."""
    patch = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    yield from (f"    {line}" for line in patch if not line.startswith(("---", "+++", "@@")))
