"""Recomputations: how a value of a message is computed, as data that the engine evaluates and Python's syntax writes.

An expression is made of bytes of the message, of values from elsewhere (a key, a group context) and of operations of
the cipher suite. `Notebook` gives names to the parts, evaluates each once, and writes a program that gives the same
value in anyone's Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from workbench.mls import CipherSuite, RatchetTree, RatchetTreeExtension, decode
from workbench.mls.wire.tree import HPKECiphertext

LONGEST_LITERAL = 2_000
"""The most bytes of a message that a program holds as a literal. Longer messages are read from the saved file."""

MESSAGE_FILE = "message.bin"
"""The file in which a reader saves the bytes of a message; programs for long messages read it."""

DATA = "data"
"""The name of the bytes of the message in each program."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value that the notebook has defined, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Extract:
    """Some bytes of a defined value: `name[start:end]`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Join:
    """Several byte strings, one behind the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of `OPERATIONS` with its arguments: expressions, bytes, labels and numbers."""

    operation: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Named | Extract | Join | Call | bytes | str | int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: how Python writes it, what has to be imported for it, and the operation itself."""

    written: str
    run: Callable[..., Any]
    imports: str = ""


def _of_suite(name: str, arity: int) -> Operation:
    places = ", ".join(f"{{{at}}}" for at in range(arity))
    return Operation(f"suite.{name}({places})", lambda suite, *given: getattr(suite, name)(*given))


OPERATIONS: Mapping[str, Operation] = {
    **{
        name: _of_suite(name, arity)
        for name, arity in (
            ("hash", 1),
            ("ref_hash", 2),
            ("mac", 2),
            ("verify_with_label", 4),
            ("extract", 2),
            ("expand_with_label", 4),
            ("derive_secret", 2),
            ("derive_tree_secret", 4),
            ("open", 4),
            ("decrypt_with_label", 4),
        )
    },
    "HPKECiphertext": Operation(
        "HPKECiphertext({0}, {1})",
        lambda _suite, kem_output, ciphertext: HPKECiphertext(kem_output, ciphertext),
        "from workbench.mls.wire.tree import HPKECiphertext",
    ),
    "public_key": Operation(
        "suite.derive_key_pair({0}).public_key", lambda suite, secret: suite.derive_key_pair(secret).public_key
    ),
    "tree_hash": Operation(
        "RatchetTree.from_nodes(decode(RatchetTreeExtension, {0}).ratchet_tree, suite).hash()",
        lambda suite, nodes: RatchetTree.from_nodes(decode(RatchetTreeExtension, nodes).ratchet_tree, suite).hash(),
        "from workbench.mls import RatchetTree, RatchetTreeExtension, decode",
    ),
    "xor": Operation(
        "bytes(a ^ b for a, b in zip({0}, {1} + bytes(8)))",
        lambda _suite, nonce, guard: bytes(a ^ b for a, b in zip(nonce, guard + bytes(8), strict=False)),
    ),
}
"""All operations of which a recomputation consists."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A named value: its expression, the value, and words that say what it is. `is_secret` says that it is a key."""

    name: str
    expression: Expression = field(repr=False)
    value: bytes = field(repr=False)
    words: str
    is_secret: bool = False


class Notebook:
    """The definitions about one message. Each is evaluated when it is made, by the operations of the engine."""

    def __init__(self, suite: CipherSuite, data: bytes) -> None:
        self.suite = suite
        self.definitions: dict[str, Definition] = {}
        self._named: dict[tuple[str, bytes], str] = {}
        self._tried: dict[str, Iterator[str]] = {}
        self.define(DATA, data, "the bytes of the message")

    def define(self, name: str, expression: Expression, words: str, *, is_secret: bool = False) -> Named:
        """Name a value; a name that has another value already gets a number. Raises what an operation raises."""
        value = self.value(expression)
        if (name, value) not in self._named:
            # Names are tried once: a Welcome defines a thousand values of one name.
            tried = self._tried.setdefault(name, _numbered(name))
            free = next(each for each in tried if each not in self.definitions)
            self._named[name, value] = free
            self.definitions[free] = Definition(free, expression, value, words, is_secret)
        return Named(self._named[name, value])

    def value(self, expression: Expression) -> Any:
        """The value of an expression, computed by the engine. Raises what an operation raises."""
        match expression:
            case Named(name):
                return self.definitions[name].value
            case Extract(name, start, end):
                return self.definitions[name].value[start:end]
            case Join(parts):
                return b"".join(self.value(part) for part in parts)
            case Call(operation, arguments):
                return OPERATIONS[operation].run(self.suite, *map(self.value, arguments))
            case _:
                return expression

    def line(self, expression: Expression) -> str:
        """The expression in Python."""
        match expression:
            case Named(name):
                return name
            case Extract(name, start, end):
                return name if (start, end) == (0, len(self.definitions[name].value)) else f"{name}[{start}:{end}]"
            case Join(parts):
                return " + ".join(map(self.line, parts))
            case Call(operation, arguments):
                return OPERATIONS[operation].written.format(*map(self.line, arguments))
            case bytes():
                return _literal(expression)
            case label_or_number:
                return json.dumps(label_or_number)

    def assignment(self, name: str) -> str:
        """The line of a program that defines a value."""
        known = self.definitions[name]
        if name == DATA and len(known.value) > LONGEST_LITERAL:
            return f'{DATA} = open("{MESSAGE_FILE}", "rb").read()'
        written = self.line(known.expression)
        return f"{name} = {written}"

    def needs(self, expression: Expression) -> list[str]:
        """The names of the values that an expression uses itself, each once."""
        return list(dict.fromkeys(_names_in(expression)))

    def imports(self, expression: Expression) -> list[str]:
        """The imports that an expression needs itself."""
        return list(dict.fromkeys(filter(None, (OPERATIONS[each].imports for each in _operations_in(expression)))))

    def program(self, expression: Expression) -> str:
        """A program whose last line is the expression: run in Python, that line gives the value."""
        ordered: dict[str, None] = {}
        imports = {"from workbench.mls import cipher_suite": None} | dict.fromkeys(self.imports(expression))

        def visit(name: str) -> None:
            if name in ordered:
                return
            inner = self.definitions[name].expression
            for each in self.needs(inner):
                visit(each)
            imports.update(dict.fromkeys(self.imports(inner)))
            ordered[name] = None

        for each in self.needs(expression):
            visit(each)
        return "\n".join(
            [
                *imports,
                "",
                f"suite = cipher_suite({self.suite.id})",
                *map(self.assignment, ordered),
                self.line(expression),
            ]
        )


def _literal(value: bytes) -> str:
    """Bytes in Python: letters as text, all others in hexadecimal."""
    is_text = not value or (value.isascii() and value.decode("ascii", "replace").isalpha())
    return f'b"{value.decode()}"' if is_text else f'bytes.fromhex("{value.hex()}")'


def join(*parts: Expression) -> Expression:
    """Several byte strings, one behind the other; parts of one value that touch become one part."""
    flat: list[Expression] = []
    for part in parts:
        for each in part.parts if isinstance(part, Join) else (part,):
            last = flat[-1] if flat else None
            if (
                isinstance(each, Extract)
                and isinstance(last, Extract)
                and (last.name, last.end) == (each.name, each.start)
            ):
                flat[-1] = Extract(last.name, last.start, each.end)
            else:
                flat.append(each)
    return flat[0] if len(flat) == 1 else Join(tuple(flat))


def parts_in(expression: Expression) -> Iterator[Extract]:
    """The parts of defined values that an expression reads itself: the bytes that a MAC or a signature covers."""
    match expression:
        case Extract():
            yield expression
        case Join(inner) | Call(_, inner):
            for each in inner:
                yield from parts_in(each)


def _names_in(expression: Expression) -> Iterator[str]:
    match expression:
        case Named(name) | Extract(name):
            yield name
        case Join(inner) | Call(_, inner):
            for each in inner:
                yield from _names_in(each)


def _operations_in(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Call):
        yield expression.operation
    if isinstance(expression, Call | Join):
        for each in expression.arguments if isinstance(expression, Call) else expression.parts:
            yield from _operations_in(each)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
