"""An audit as data: what a page shows, what CI compares, and how to repeat it. It has no secret in it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cryptography

import workbench
from workbench.inspect.carving import CarvedObject
from workbench.inspect.trace_format import Trace
from workbench.review.audit import Audit, GroupAudit
from workbench.review.exposure import Exposure
from workbench.review.findings import AuditFinding, Certainty
from workbench.review.public_trace import public_trace

MOST_EVIDENCE = 24
"""How many messages are dissected in a report, those of the worst findings first."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the material: its name, its length and its SHA-256, so that others know that they have the same."""

    name: str
    length: int
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> SourceFile:
        """The file with this content."""
        return cls(name, len(content), hashlib.sha256(content).hexdigest())

    def as_json(self) -> dict[str, Any]:
        """The file for programs."""
        return {"name": self.name, "length": self.length, "sha256": self.sha256}


def present_versions() -> Mapping[str, str]:
    """The versions of the packages that make a report."""
    return {
        "mls-workbench": workbench.__version__,
        "Python": platform.python_version(),
        "cryptography": cryptography.__version__,
    }


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """A report: the audit, what leaks open, the material, the versions, and how to repeat it."""

    audit: Audit
    exposures: tuple[Exposure, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=present_versions)

    def evidence(self) -> tuple[CarvedObject, ...]:
        """The objects in which something is proven to be wrong, in the order of the findings."""
        wanted = dict.fromkeys(
            each.where for each in self.audit.findings if each.severity and each.certainty is Certainty.PROVEN
        )
        by_place = {found.where: found for found in self.audit.objects}
        return tuple(by_place[where] for where in wanted if where in by_place)[:MOST_EVIDENCE]

    def traces(self) -> tuple[tuple[GroupAudit, Trace], ...]:
        """The trace of the longest line of each group that could be followed: public material only."""
        followed = ((group, group.replay.lines) for group in self.audit.groups if group.replay.lines)
        return tuple((group, public_trace(max(lines, key=lambda line: len(line.begun)))) for group, lines in followed)

    def unchecked(self) -> tuple[tuple[str, Sequence[AuditFinding]], ...]:
        """The findings that name something not checkable, by what is missing."""
        missing: dict[str, list[AuditFinding]] = {}
        for each in self.audit.findings:
            if each.certainty is Certainty.NOT_CHECKABLE:
                missing.setdefault(each.missing, []).append(each)
        return tuple(missing.items())

    def as_json(self) -> dict[str, Any]:
        """The report for programs; docs/review.md describes the keys."""
        return {
            **self.audit.as_json(),
            "exposure": [each.as_json() for each in self.exposures],
            "material": [each.as_json() for each in self.sources],
            "versions": dict(self.versions),
            "repeat": self.command,
        }
