"""The rules of RFC 9420 by their ids, and the rule that an error of `workbench.mls` stands for.

`rules.json` is made from the catalogue of rules in `tests/rfc/rules` (`make docs`), as docs/validation.md is. Each rule
names the function that checks it and the words of its refusal. So the traceback of an error leads to its rule, and the
code of the protocol does not need the ids.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import TracebackType

from workbench.mls.errors import MLSError


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule of docs/validation.md: its id, its section of RFC 9420, what it demands, and where it is checked."""

    id: str
    section: str
    demands: str
    file: str
    function: str
    raises: str
    words: str


@cache
def all_rules() -> dict[str, ValidationRule]:
    """All rules by id, in the order of docs/validation.md."""
    table = json.loads(files(__package__).joinpath("rules.json").read_text("utf-8"))
    return {row["id"]: ValidationRule(**row) for row in table["rules"]}


def rule_of(error: MLSError) -> ValidationRule | None:
    """The rule that an error stands for; None if it stands for none, such as bytes that are cut off.

    Of the functions on the way to the raise, the innermost one with a rule decides. A rule that the raise itself checks
    comes before a rule that a call checks. A function that says in its own words why a call failed comes before what it
    called, if it names the section of its rule. `error` must have been raised and caught.
    """
    own = list(_calls_in(error.__traceback__))
    raised = _raised_in(own[-1], error) if own else None
    if raised is not None and raised.section == error.section:
        return raised
    calls = [*own, *_calls_in(_traceback_of_cause(error))]
    for at in reversed(range(len(calls))):
        raised = _raised_in(calls[at], error) if at == len(calls) - 1 else None
        found = raised or _called_from(calls[at], calls[at + 1 :])
        if found is not None:
            return found
    return None


def _traceback_of_cause(error: MLSError) -> TracebackType | None:
    """The way to the error that `error` says in other words; None if there is no such error."""
    cause = error.__context__ if error.__cause__ is None and error.__suppress_context__ else None
    return None if cause is None else cause.__traceback__


def _calls_in(step: TracebackType | None) -> Iterator[tuple[str, str]]:
    """The file and the name of each function on the way to the place that raised an error, the outermost first."""
    while step is not None:
        code = step.tb_frame.f_code
        yield code.co_filename.replace("\\", "/"), code.co_qualname
        step = step.tb_next


def _raised_in(call: tuple[str, str], error: MLSError) -> ValidationRule | None:
    """The rule that the raise of a function checks; of several, the one that shares most words with the reason."""
    file, function = call
    names = {cls.__name__ for cls in type(error).__mro__} | {"DecodingFailed", "_not_a_key", "_explained", ""}
    fitting = [rule for rule in _rules_of(file, function) if rule.raises in names]
    return max(fitting, key=lambda rule: _likeness(rule, error), default=None)


def _likeness(rule: ValidationRule, error: MLSError) -> float:
    """The share of a rule's words that the reason of an error has, plus one if both name the same section."""
    wanted = re.findall(r"\w+", rule.words.replace(rule.section, " "))
    reason = {*re.findall(r"\w+", f"{error.section} {error.reason}")}
    return sum(word in reason for word in wanted) / (len(wanted) or 1) + (rule.section == error.section)


def _called_from(call: tuple[str, str], deeper: list[tuple[str, str]]) -> ValidationRule | None:
    """The rule that a function checks by the call on the way to the error."""
    called = {function.rpartition(".")[2] for _, function in deeper}
    return next((rule for rule in _rules_of(*call) if rule.raises in called), None)


def _rules_of(file: str, function: str) -> Iterator[ValidationRule]:
    for rule in all_rules().values():
        if file.endswith(rule.file) and function.partition(".<locals>")[0] == rule.function:
            yield rule
