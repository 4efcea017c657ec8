"""What a rule is: a thing that the RFC demands of a message, the statement that checks it, and two tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from _pytest.mark.structures import ParameterSet

from tests.conftest import REPOSITORY
from tests.rfc.source import Function, Statement, path_of, statement, unwrapped
from workbench.mls.errors import MLSError


@dataclass(frozen=True)
class Check:
    """The one statement of a function that raises, or calls, `name` and contains `words`."""

    function: Function
    name: str
    words: str

    def __str__(self) -> str:
        module = path_of(self.function).relative_to(REPOSITORY).as_posix()
        return f"{module}:{unwrapped(self.function).__qualname__}"

    @property
    def statement(self) -> Statement:
        """It, as it stands in the source."""
        return statement(self.function, self.name, self.words)


def refuses(function: Function, error: type[MLSError] | str, words: str) -> Check:
    """The `raise` of this error (or of what the named function makes)."""
    return Check(function, error if isinstance(error, str) else error.__name__, words)


def calls(function: Function, check: Function, words: str = "") -> Check:
    """The call of another check."""
    return Check(function, unwrapped(check).__name__, words)


@dataclass(frozen=True)
class Case:
    """Those cases of a parametrised test that have these values."""

    test: Function
    values: Mapping[str, object] = field(hash=False)


Test: TypeAlias = Function | Case

Side: TypeAlias = Literal["sender", "receiver", "both"]
"""Whom the RFC tells to keep a rule: who makes the thing, who takes it in, or both."""


def case(test: Function, **values: object) -> Case:
    """Some of the cases of a test."""
    return Case(test, values)


def function_of(test: Test) -> Function:
    """The test function itself."""
    return test.test if isinstance(test, Case) else test


def arguments_of(test: Test) -> Iterator[dict[str, Any]]:
    """What a test is called with, one dictionary for each of its cases."""
    wanted = test.values if isinstance(test, Case) else {}
    axes = [_cases(mark.args[0], mark.args[1]) for mark in getattr(function_of(test), "pytestmark", ())]
    for combination in itertools.product(*axes):
        arguments = {name: value for axis in combination for name, value in axis.items()}
        if all(arguments[name] == value for name, value in wanted.items()):
            yield arguments


def _cases(names: str | tuple[str, ...], rows: Any) -> list[dict[str, Any]]:
    if isinstance(names, str):
        names = tuple(name.strip() for name in names.split(","))
    values = [row.values if isinstance(row, ParameterSet) else row for row in rows]
    if len(names) == 1:
        return [{names[0]: value} for value in values]
    return [dict(zip(names, row, strict=True)) for row in values]


@dataclass(frozen=True)
class Rule:
    """Something that must be refused.

    `forged` breaks this rule and sees it refused by name; `honest` is its twin, which passes the same function.
    `otherwise` is what refuses the forgery when this check is taken out; None says that it would be accepted.
    `side` is whom the RFC binds. A rule that binds the sender alone is held by our own output, and what breaks it is
    taken in from others: `taken_in` is the test that sees it, or the reason why nobody can be sent such a thing.
    `openmls` are the numbers of the same rule in the catalogue of OpenMLS.
    """

    name: str
    section: str
    demands: str
    check: Check
    forged: Test
    honest: Test
    openmls: tuple[str, ...] = ()
    otherwise: type[BaseException] | None = None
    side: Side = field(kw_only=True)
    taken_in: Test | str | None = field(kw_only=True, default=None)


@dataclass(frozen=True)
class Allowance:
    """Something that must be accepted: there is no check for it, and a test in which it passes."""

    section: str
    allows: str
    test: Test
    openmls: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForApplications:
    """A rule that only an application can keep, since it takes what a group does not know."""

    section: str
    demands: str
    why: str
    openmls: tuple[str, ...] = ()
