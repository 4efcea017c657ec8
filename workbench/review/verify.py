"""Verify one object with all that is known of its group: each rule passed, failed, or not checkable.

Every check calls a public function of `workbench.mls`. A check that needs more than the material says what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from workbench.inspect.carving import CarvedObject
from workbench.mls.wire.messages import GroupContext, GroupInfo, PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.proposals import Proposal
from workbench.mls.wire.shapes import snake_case
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension
from workbench.review.checks import CheckResult, Outcome, failed, not_checkable
from workbench.review.evidence import NO_EVIDENCE, ReviewEvidence
from workbench.review.verify_group_info import extension_checks, verify_info
from workbench.review.verify_leaves import key_package_checks, proposal_checks
from workbench.review.verify_messages import verify_private, verify_public, verify_welcome


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of one object, and a sentence that says what the evidence can prove."""

    object: CarvedObject
    scope: str
    checks: tuple[CheckResult, ...]

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The checks that have failed."""
        return tuple(check for check in self.checks if check.outcome is Outcome.FAILED)

    def as_json(self) -> dict[str, Any]:
        """The checks for programs; docs/review.md describes the keys."""
        return {
            "format": "mls-workbench verification",
            "version": 1,
            "where": self.object.where,
            "type": self.object.kind,
            "scope": self.scope,
            "checks": [check.as_json() for check in self.checks],
        }


def verify(found: CarvedObject, evidence: ReviewEvidence = NO_EVIDENCE) -> Verification:
    """Check one object by each rule that the evidence allows. Damaged objects fail in their encoding."""
    if found.problem is not None:
        check = failed("encoding", "MLSMessage", found.problem)
        return Verification(found, "The bytes do not decode.", (check,))
    name = type(found.content).__name__
    root = f"MLSMessage.{snake_case(name)}" if found.is_framed else name
    scope, checks = VERIFIERS[type(found.content)](found, root, evidence)
    return Verification(found, scope, tuple(checks))


def _key_package(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterable[CheckResult]]:
    scope = "A key package is checked by itself. Only an application can know who its client is."
    return scope, key_package_checks(found.content, root, evidence)


def _bare_tree(_found: CarvedObject, root: str, _evidence: ReviewEvidence) -> tuple[str, Iterable[CheckResult]]:
    """A tree of which neither the group nor the cipher suite is known."""
    missing = "the GroupInfo or the state to which the tree belongs: its cipher suite, group id and tree hash"
    scope = "A bare tree is checked with the GroupInfo that has its tree hash, not by itself."
    return scope, [not_checkable("tree", root, "§12.4.3.1", "tree-hash", missing)]


def _context(found: CarvedObject, root: str, _evidence: ReviewEvidence) -> tuple[str, Iterable[CheckResult]]:
    context: GroupContext = found.content
    scope = "A GroupContext has no signature of its own: others sign it."
    return scope, extension_checks(context.cipher_suite, context.extensions, f"{root}.extensions")


def _bare_proposal(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterable[CheckResult]]:
    scope = "A proposal without its message: nothing signs it."
    return scope, proposal_checks(found.content, root, evidence)


VERIFIERS: dict[type, Callable[[CarvedObject, str, ReviewEvidence], tuple[str, Iterable[CheckResult]]]] = {
    KeyPackage: _key_package,
    GroupInfo: verify_info,
    RatchetTreeExtension: _bare_tree,
    GroupContext: _context,
    Proposal: _bare_proposal,
    Welcome: verify_welcome,
    PublicMessage: verify_public,
    PrivateMessage: verify_private,
}
"""How an object of each struct is verified: the scope of the evidence, and the checks."""
