"""One sentence of the RFC, and the code or the reason that answers for it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tests.rfc.rules import RULES
from tests.rfc.rules.rule import Rule, function_of
from tests.rfc.source import Function, path_of, unwrapped


class Kept(NamedTuple):
    """Code that does what the sentence demands, and a test of it."""

    code: Function | type
    test: Function


class ForWhom(NamedTuple):
    """A reason why the sentence is not for the engine."""

    reason: str


Answer: TypeAlias = tuple[Rule, ...] | Kept | ForWhom


class Demand(NamedTuple):
    """A sentence by its hash and some of its words, and what answers for it."""

    key: str
    words: str
    answers: tuple[Answer, ...]


def demand(key: str, words: str, *answers: Answer) -> Demand:
    """A sentence and what answers for it."""
    return Demand(key, words, answers)


def by_rules(*names: str) -> tuple[Rule, ...]:
    """Rules of the catalogue, by their names; `KeyError` for one that is not there."""
    return tuple(RULES[name] for name in names)


def kept(code: Function | type, test: Function) -> Kept:
    """Code and its test."""
    return Kept(code, test)


def application(reason: str) -> ForWhom:
    """Something that only an application can keep."""
    return ForWhom(reason)


def codes_of(answer: Answer) -> list[Function | type]:
    """The code that an answer points to."""
    match answer:
        case Kept(code, _):
            return [code]
        case ForWhom():
            return []
        case rules:
            return [rule.check.function for rule in rules]


def seen_by(answer: Answer) -> list[Function]:
    """The tests that an answer points to."""
    match answer:
        case Kept(_, test):
            return [test]
        case ForWhom():
            return []
        case rules:
            return [function_of(rule.forged) for rule in rules]


def file_of(code: Function | type) -> Path:
    """The file that defines a function or a class."""
    return Path(inspect.getfile(code)) if isinstance(code, type) else path_of(code)


def name_of(code: Function | type) -> str:
    """What a function or a class is called."""
    return code.__qualname__ if isinstance(code, type) else unwrapped(code).__qualname__
