"""Findings of an audit: what is wrong or cannot be known, how bad it is, and how certain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import upper_first
from workbench.review.checks import CheckResult, Outcome


class Severity(IntEnum):
    """How bad a finding is."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


class Certainty(Enum):
    """How certain a finding is."""

    PROVEN = "proven"
    SUSPECTED = "suspected"
    NOT_CHECKABLE = "not checkable"


class FindingKind(Enum):
    """What a finding breaks: a rule of RFC 9420, the policy of the application, or no rule but good practice."""

    RFC = "RFC"
    POLICY = "policy"
    HYGIENE = "hygiene"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding. `field` and `rule` are as in `CheckResult`; `missing` says what is needed to know more.

    `advice` says what to do, "" where a broken rule speaks for itself.
    """

    severity: Severity
    certainty: Certainty
    kind: FindingKind
    title: str
    sentence: str
    where: str = ""
    field: str = ""
    rule: str = ""
    section: str = ""
    group_id: bytes | None = None
    epoch: int | None = None
    missing: str = ""
    advice: str = ""

    @property
    def is_violation(self) -> bool:
        """Whether the finding proves that a rule of RFC 9420 is broken."""
        return self.kind is FindingKind.RFC and self.certainty is Certainty.PROVEN

    def as_json(self) -> dict[str, Any]:
        """The finding for programs; docs/review.md describes the keys."""
        return {
            "severity": self.severity.name.lower(),
            "certainty": self.certainty.value,
            "kind": self.kind.value,
            "title": self.title,
            "sentence": self.sentence,
            "where": self.where,
            "field": self.field,
            "rule": self.rule,
            "section": self.section,
            "group_id": None if self.group_id is None else self.group_id.hex(),
            "epoch": self.epoch,
            "missing": self.missing,
            "advice": self.advice,
        }


def finding_of(check: CheckResult, found: CarvedObject) -> AuditFinding | None:
    """The finding that a check of an object stands for; None if the check has passed."""
    if check.outcome is Outcome.PASSED:
        return None
    kind = FindingKind.POLICY if check.by_policy else FindingKind.RFC
    common: dict[str, Any] = {
        "where": found.where,
        "field": check.field,
        "rule": check.rule,
        "section": check.section,
        "group_id": found.group_id,
        "epoch": found.epoch,
    }
    if check.outcome is Outcome.NOT_CHECKABLE:
        title = f"{check.name} of the {found.kind}: not checkable"
        sentence = f"The material does not allow this check. The check takes {check.missing}."
        return AuditFinding(
            Severity.NOTE, Certainty.NOT_CHECKABLE, kind, title, sentence, missing=check.missing, **common
        )
    severity = Severity.WARNING if check.by_policy else Severity.ERROR
    title = f"{check.name} of the {found.kind}: failed"
    return AuditFinding(severity, Certainty.PROVEN, kind, title, f"{upper_first(check.reason)}.", **common)
