"""An audit sorts messages into groups and epochs, replays them as far as possible, and lists what is wrong with them.

The replay refuses nothing that other members may have accepted by a policy of their own. There are two further kinds of
findings: what the reviewer's policy refuses, and bad practice that breaks no rule (`hygiene`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import Piece
from workbench.inspect.names import shown
from workbench.inspect.recognition import starts_as_message
from workbench.mls import CIPHER_SUITES, GroupState, Policy, PublicGroup, RatchetTree
from workbench.mls.errors import Malformed, MLSError
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.shapes import snake_case
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.review.checks import CheckResult, failed
from workbench.review.evidence import ReviewEvidence
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity, finding_of
from workbench.review.groups import lenient
from workbench.review.hygiene import hygiene
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets
from workbench.review.padding import padding_hygiene
from workbench.review.replay import HistoryLine, Replay, ReplayedMessage, replay
from workbench.review.state_hygiene import disagreements, state_hygiene
from workbench.review.verify import verify
from workbench.review.verify_messages import field_of_error, state_from


@dataclass(frozen=True, slots=True)
class GroupAudit:
    """What the audit knows of one group: its lines of history, and how many of its messages could be checked."""

    group_id: bytes
    cipher_suite: int | None
    replay: Replay
    messages: int
    verified: int

    @property
    def divergence(self) -> str:
        """The first divergence in a sentence; "" if each line goes on to the end of the material."""
        ends = [line for line in self.replay.lines if line.diverged_at is not None]
        if not ends:
            return ""
        first = min(ends, key=lambda line: line.last_epoch)
        return f"{first.ended} ({first.diverged_at.where})" if first.diverged_at is not None else ""

    def as_json(self) -> dict[str, Any]:
        """The group for programs; docs/review.md describes the keys."""
        return {
            "group_id": self.group_id.hex(),
            "cipher_suite": self.cipher_suite,
            "messages": self.messages,
            "verified": self.verified,
            "divergence": self.divergence,
            "forks": [{"epoch": epoch, "commits": [each.where for each in commits]} for epoch, commits in self.forks],
            "lines": [_line_as_json(line) for line in self.replay.lines],
        }

    @property
    def forks(self) -> Sequence[tuple[int, tuple[CarvedObject, ...]]]:
        """The epochs with two valid commits, with these commits."""
        return self.replay.forks


def _line_as_json(line: HistoryLine) -> dict[str, Any]:
    with_state = [epoch for epoch, view in line.views.items() if isinstance(view, GroupState)]
    return {
        "start": line.start,
        "first_epoch": min(line.views),
        "last_epoch": line.last_epoch,
        "epochs_with_state": len(with_state),
        "verified": sum(each.is_verified for each in line.messages),
        "ended": line.ended,
    }


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of an audit. `scope` says what the evidence can prove; `objects` are all that were found."""

    scope: str
    objects: tuple[CarvedObject, ...]
    groups: tuple[GroupAudit, ...]
    findings: tuple[AuditFinding, ...]
    secrets: KnownSecrets = field(repr=False)

    @property
    def violations(self) -> tuple[AuditFinding, ...]:
        """The findings that prove that a rule of RFC 9420 is broken."""
        return tuple(finding for finding in self.findings if finding.is_violation)

    @property
    def is_clean(self) -> bool:
        """Whether no finding is worse than a note."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The audit for programs; docs/review.md describes the keys. There is no secret in it."""
        return {
            "format": "mls-workbench audit",
            "version": 1,
            "scope": self.scope,
            "objects": len(self.objects),
            "groups": [group.as_json() for group in self.groups],
            "findings": [finding.as_json() for finding in self.findings],
        }


def nobody_waits() -> None:
    """Do nothing: the default for an audit without a display of progress."""


def audit(
    pieces: Sequence[Piece],
    secrets: KnownSecrets = NO_SECRETS,
    *,
    policy: Policy = DEFAULT_POLICY,
    now: int | None = None,
    trusts_credentials: bool = False,
    progress: Callable[[], None] = nobody_waits,
) -> Audit:
    """Audit all objects in pieces of material with the secrets that the reviewer holds.

    `policy` is the application's; `now` is in seconds since 1970, None if no lifetime is to be compared with a time.
    `trusts_credentials` says that the policy's Authentication Service knows the members. Hostile material raises no
    error: an object that cannot be read or checked is a finding.
    """
    return _Desk(tuple(carve(pieces, policy.custom)), secrets, policy, now, trusts_credentials, progress).audit()


class _Desk:
    """One audit while it is made; `lenient` is the policy of the replay."""

    def __init__(
        self,
        objects: tuple[CarvedObject, ...],
        secrets: KnownSecrets,
        policy: Policy,
        now: int | None,
        trusts: bool,  # noqa: FBT001 - a field, not a switch
        progress: Callable[[], None],
    ) -> None:
        self.objects = objects
        self.secrets = secrets
        self.policy = policy
        self.now = now
        self.trusts = trusts
        self.progress = progress
        self.lenient = lenient(policy, trusts_credentials=trusts)
        found = tuple(each.content for each in objects if isinstance(each.content, RatchetTreeExtension))
        self.trees = secrets.trees + tuple(tree for tree in found if tree not in secrets.trees)
        self.findings: list[AuditFinding] = []

    def audit(self) -> Audit:
        states = [(f"the given state of leaf {state.own_leaf}", state) for state in self.secrets.states]
        states += self._joined()
        ids = dict.fromkeys(
            [each.group_id for each in self.objects if each.group_id is not None]
            + [state.group_id for _, state in states]
        )
        groups = tuple(self._group(group_id, states) for group_id in ids)
        followed = {view.tree.hash() for group in groups for view in group.replay.views().values()}
        for found in self.objects:
            if found.group_id is not None or isinstance(found.content, Welcome):
                continue
            if isinstance(found.content, RatchetTreeExtension) and _hashes(found.content) & followed:
                continue  # a client has joined with it, or it is the tree of a GroupInfo: it was checked there
            self._report(found, self._evidence({}))
        self.findings += hygiene(self.objects, groups_of(groups), policy=self.policy, now=self.now, trusts=self.trusts)
        self.findings += _left_over(self.objects)
        self.findings += disagreements(self.secrets.states)
        self.findings += state_hygiene(self.secrets.states, self.policy)
        order = sorted(
            dict.fromkeys(self.findings), key=lambda each: (-each.severity, each.certainty is not Certainty.PROVEN)
        )
        return Audit(_scope(states, groups), self.objects, groups, tuple(order), self.secrets)

    def _evidence(self, views: dict[int, GroupState | PublicGroup], group_id: bytes = b"") -> ReviewEvidence:
        return ReviewEvidence(
            groups={(group_id, epoch): view for epoch, view in views.items() if isinstance(view, PublicGroup)},
            states={(group_id, epoch): view for epoch, view in views.items() if isinstance(view, GroupState)},
            bundles=self.secrets.bundles,
            psks=self.secrets.psks,
            trees=self.trees,
            policy=replace(self.policy, authentication=self.lenient.authentication),
            now=self.now,
            trusts_credentials=self.trusts,
        )

    def _joined(self) -> list[tuple[str, GroupState]]:
        """The states of the clients whose init keys open a Welcome; a Welcome that does not open is a finding."""
        states = []
        evidence = replace(self._evidence({}), policy=self.lenient)
        for found in self.objects:
            if not isinstance(found.content, Welcome):
                continue
            self.progress()
            try:
                states.append((f"the Welcome in {found.where}", state_from(found.content, evidence)))
            except MLSError:
                self._add(found, verify(found, evidence).checks)
        return states

    def _group(self, group_id: bytes, states: Sequence[tuple[str, GroupState]]) -> GroupAudit:
        objects = [each for each in self.objects if each.group_id == group_id]
        replayed = replay(
            group_id,
            objects,
            [(name, state) for name, state in states if state.group_id == group_id],
            policy=self.lenient,
            trees=self.trees,
            psks=self.secrets.psks,
            now=self.now or 0,
            progress=self.progress,
        )
        views, outcomes = replayed.views(), replayed.outcomes()
        evidence = self._evidence(views, group_id)
        seen: dict[bytes, CarvedObject] = {}
        for found in objects:
            outcome = outcomes.get(id(found))
            first = seen.setdefault(found.data, found)
            is_sent = isinstance(found.content, PublicMessage | PrivateMessage)
            if first is not found:
                self._repeated(found, first)
            elif outcome is not None and outcome.error is not None:
                self._refused(found, outcome.view, outcome.error)
            elif outcome is not None and outcome.missing and is_sent:
                self._sealed(found, outcome)
            elif outcome is None or not is_sent:
                self._report(found, evidence)
        self.findings += _forks(replayed)
        self.findings += _gaps(replayed)
        self.findings += padding_hygiene(group_id, objects, outcomes)
        suites = {view.suite.id for view in views.values()} | {each.cipher_suite for each in objects} - {None}
        verified = sum(outcome.is_verified for outcome in outcomes.values())
        return GroupAudit(group_id, next(iter(suites), None), replayed, len(objects), verified)

    # Findings

    def _add(self, found: CarvedObject, checks: Sequence[Any]) -> None:
        self.findings += [finding for check in checks if (finding := finding_of(check, found)) is not None]

    def _report(self, found: CarvedObject, evidence: ReviewEvidence) -> None:
        """The findings about an object by itself. `hygiene` reports once that credentials cannot be checked."""
        self.progress()
        checks = [each for each in verify(found, evidence).checks if each.name not in {"credential", "lifetime"}]
        self._add(found, [each for each in checks if not each.by_policy])

    def _refused(self, found: CarvedObject, view: GroupState | PublicGroup, error: MLSError) -> None:
        """Report the checks that a refused message fails: at least the one that refused it in the replay."""
        around = self._evidence({view.epoch: view}, found.group_id or b"")
        failures = [each for each in verify(found, around).failures if not each.by_policy]
        first_of_each: dict[tuple[str, str], CheckResult] = {}
        for each in failures:
            first_of_each.setdefault((each.field, each.reason), each)
        failures = list(first_of_each.values())
        if not any(each.reason == error.reason for each in failures):
            root = f"MLSMessage.{snake_case(type(found.content).__name__)}"
            path = root if isinstance(error, Malformed) else field_of_error(root, f"{root}.content", error)
            failures.insert(0, failed("replay", path, error))
        self._add(found, failures)

    def _repeated(self, found: CarvedObject, first: CarvedObject) -> None:
        self.findings.append(
            AuditFinding(
                Severity.NOTE,
                Certainty.PROVEN,
                FindingKind.HYGIENE,
                f"the {found.kind} was delivered again",
                f"The same bytes stand in {first.where}.",
                found.where,
                group_id=found.group_id,
                epoch=found.epoch,
                advice="Members refuse it. Look for a queue that delivers twice, or for a replay.",
            )
        )

    def _sealed(self, found: CarvedObject, outcome: ReplayedMessage) -> None:
        self.findings.append(
            AuditFinding(
                Severity.NOTE,
                Certainty.NOT_CHECKABLE,
                FindingKind.RFC,
                f"the {found.kind}: not checkable",
                f"The material does not allow this check: {outcome.missing}.",
                found.where,
                group_id=found.group_id,
                epoch=found.epoch,
                missing=outcome.missing,
            )
        )


def _left_over(objects: Sequence[CarvedObject]) -> Iterator[AuditFinding]:
    """The findings about byte strings that begin with a message and end with bytes of no message."""
    last_in = {id(each.piece): each for each in objects if each.content is not None}
    for last in last_in.values():
        data = last.piece.data
        if starts_as_message(data) and last.at + len(last.data) < len(data):
            yield AuditFinding(
                Severity.NOTE,
                Certainty.SUSPECTED,
                FindingKind.RFC,
                "bytes are left over behind a message",
                f"{len(data) - last.at - len(last.data)} bytes follow, and no message begins in them. If the transport "
                "delivers them together, members refuse the message.",
                last.where,
                section="§6",
                group_id=last.group_id,
                epoch=last.epoch,
                advice="Let the transport pass on each message alone, with the length that it was sent with.",
            )


def _hashes(tree: RatchetTreeExtension) -> set[bytes]:
    """The tree hashes of a tree, one for each cipher suite, because a bare tree does not name its cipher suite."""
    hashes = set()
    for suite in CIPHER_SUITES.values():
        with suppress(MLSError):
            hashes.add(RatchetTree.from_nodes(tree.ratchet_tree, suite).hash())
    return hashes


def groups_of(groups: Sequence[GroupAudit]) -> Iterator[tuple[bytes, list[PublicGroup]]]:
    """The public part of each epoch of each group, in order."""
    for group in groups:
        views = sorted(group.replay.views().items())
        yield group.group_id, [view.public if isinstance(view, GroupState) else view for _, view in views]


def _scope(states: Sequence[tuple[str, GroupState]], groups: Sequence[GroupAudit]) -> str:
    """What this evidence can prove, in a sentence."""
    if states:
        return (
            "With a member's state: signatures, MACs and contents are checked from the epoch of the state on. What the "
            "member sent itself, and private messages of other epochs, cannot be opened."
        )
    if any(group.replay.lines for group in groups):
        return (
            "With a GroupInfo and its tree: signatures, proposals, trees and transcripts are checked. Membership tags, "
            "confirmation tags and private messages need a member's state."
        )
    return (
        "Wire only: objects are checked by themselves. Signatures that are bound to an epoch, MACs and private "
        "messages need a GroupInfo with its tree, or a member's state."
    )


def _forks(replayed: Replay) -> Iterator[AuditFinding]:
    for epoch, commits in replayed.forks:
        places = " and ".join(each.where for each in commits)
        goes_on = sum(
            any(message.is_verified and (message.object.epoch or 0) > epoch for message in line.messages)
            for line in replayed.lines
            if any(each in line.commits for each in commits)
        )
        is_proven = goes_on > 1
        after = (
            "Messages of later epochs verify on both sides."
            if is_proven
            else "Members can have accepted only one of them."
        )
        yield AuditFinding(
            Severity.ERROR,
            Certainty.PROVEN if is_proven else Certainty.SUSPECTED,
            FindingKind.RFC,
            "fork: two valid commits of one epoch",
            f"The commits in {places} are valid in epoch {epoch} of group {shown(replayed.group_id)}. {after}",
            commits[0].where,
            section="§14",
            group_id=replayed.group_id,
            epoch=epoch,
            advice="Let the members compare their epoch authenticators, and let those on one side join the group anew.",
        )


def _gaps(replayed: Replay) -> Iterator[AuditFinding]:
    """The findings where a line of history ends although the material goes on."""
    reached = max((line.last_epoch for line in replayed.lines), default=-1)
    for line in replayed.lines:
        if line.ended and line.diverged_at is None and line.last_epoch == reached:
            yield AuditFinding(
                Severity.NOTE,
                Certainty.NOT_CHECKABLE,
                FindingKind.RFC,
                f"the group cannot be followed beyond epoch {line.last_epoch}",
                line.ended,
                group_id=replayed.group_id,
                epoch=line.last_epoch,
                missing="the commit, or a GroupInfo with its tree or a state of a later epoch",
            )
