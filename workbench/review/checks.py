"""A check and its outcome: passed, failed, or not checkable with what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from workbench.mls.errors import Malformed, Misuse, MLSError, OwnMessage, RefusedByPolicy, Unsupported
from workbench.review.rules import rule_of

OTHER_MEMBER = "the state of another member: this one has sent the message itself, and keeps no key for it"
"""What it takes to check a message of the member whose state is given."""


class Outcome(Enum):
    """The outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one object.

    `field` is the path of what was checked, from the root of the object's bytes. `rule` is the id in
    docs/validation.md, "" if no single rule stands for the check. `reason` says why it failed. `missing` says what it
    takes to check. `by_policy` says that RFC 9420 leaves the check to the application's policy.
    """

    name: str
    outcome: Outcome
    field: str
    section: str
    rule: str = ""
    reason: str = ""
    missing: str = ""
    by_policy: bool = False

    def as_json(self) -> dict[str, Any]:
        """The check for programs; docs/review.md describes the keys."""
        return {
            "check": self.name,
            "outcome": self.outcome.value,
            "field": self.field,
            "section": self.section,
            "rule": self.rule,
            "reason": self.reason,
            "missing": self.missing,
            "kind": "policy" if self.by_policy else "RFC",
        }


def checked(name: str, field: str, section: str, rule: str, check: Callable[[], object]) -> CheckResult:
    """Run a check, which raises an error of `workbench.mls` if it fails.

    A `Misuse` or `Unsupported` says that something is missing here: a key, a tree, a cipher suite that is not built.
    """
    try:
        check()
    except MLSError as error:
        return failed(name, field, error, rule)
    return CheckResult(name, Outcome.PASSED, field, section, rule)


def failed(name: str, field: str, error: MLSError, rule: str = "") -> CheckResult:
    """The result of a check that has raised an error."""
    if isinstance(error, Misuse | Unsupported):
        missing = OTHER_MEMBER if isinstance(error, OwnMessage) else f"more than is here: {error.reason}"
        return CheckResult(name, Outcome.NOT_CHECKABLE, field, error.section, rule, missing=missing)
    found = rule_of(error)
    where = _inside(field, error) if isinstance(error, Malformed) else field
    return CheckResult(
        name,
        Outcome.FAILED,
        where,
        error.section,
        rule if found is None else found.id,
        error.reason,
        by_policy=isinstance(error, RefusedByPolicy),
    )


def not_checkable(name: str, field: str, section: str, rule: str, missing: str) -> CheckResult:
    """A check that the material does not allow."""
    return CheckResult(name, Outcome.NOT_CHECKABLE, field, section, rule, missing=missing)


def _inside(field: str, error: Malformed) -> str:
    """The field at fault, below the field that was checked."""
    path = ".".join(error.path[1:]).replace(".[", "[")
    return f"{field}.{path}" if path else field
