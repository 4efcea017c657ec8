"""The public part of a group in one epoch, and the policy of the application.

An observer holds a public group; a member's state has one as its public part (`state.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TypeAlias

from workbench.mls.arguments import check_fields
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.credentials import DEFAULT_AUTHENTICATION, AuthenticationService
from workbench.mls.errors import GroupInactive
from workbench.mls.framing.padding import Padding
from workbench.mls.group.custom_proposals import CustomProposalType
from workbench.mls.schedule.secret_tree import DEFAULT_LIMITS, RatchetLimits
from workbench.mls.schedule.transcript import interim_transcript_hash
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES, LifetimePolicy
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.wire.code_points import SenderType
from workbench.mls.wire.messages import (
    ExternalSenderIndex,
    GroupContext,
    NewMemberCommitSender,
    NewMemberProposalSender,
)
from workbench.mls.wire.proposals import (
    Add,
    CustomProposal,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.shapes import uint32

AnyProposal: TypeAlias = (
    Add | Update | Remove | PreSharedKey | ReInit | ExternalInit | GroupContextExtensions | CustomProposal
)

ProposalSender: TypeAlias = LeafIndex | ExternalSenderIndex | NewMemberProposalSender | NewMemberCommitSender
"""A member by its leaf, an external sender by its index, or a client that wants to join (RFC 9420 §6)."""


@value
class Policy:
    """The decisions that the RFC leaves to the application; no secrets.

    `past_epochs` is the number of past epochs whose late application messages can still be read (§15.3). An attacker
    that compromises the device reads these messages too, so the default is 0. Where messages and commits may overtake
    each other, a message sent just before a commit is lost to a member that processes the commit first; then keep a few
    epochs.

    `kept_resumption_psks` is the number of past epochs whose resumption PSKs are kept for later commits (§8.6). Each is
    one more secret for an attacker that compromises the device, so the default is small.

    `pending_proposals` is the most pending proposals of one sender (§12.1). All members store them, so there must be a
    limit. A thousand suffice to change a large group at once, and take about a megabyte. All clients that ask to be
    added count as one sender, since anybody can ask. Members should agree on the limit: a member that refuses a
    proposal which another commits cannot process that commit.

    `needs_approval` lists the kinds of senders whose pending proposals a commit takes only if the committer approves
    each (`create_commit`). By default these are the clients that ask to be added, since anybody can ask. External
    senders need no approval, since the group has agreed on them. The setting does not bind the commits of others
    (§12.1.8).

    `padding` hides the length of PrivateMessages (§15.1). The default is none, so that messages stay short. Where
    nobody may guess from the lengths, `Padme()` is a good rule.

    `external_commits` says whether clients may join by an external commit, and `resyncs` whether they may replace an
    old leaf of theirs with it. All members have to agree on both: a member that refuses a commit which the others
    accept cannot follow the group any more (§12.4.3.2). The same holds for `authentication`, which decides about
    credentials (§5.3.1), and for `custom_proposals`, the types of proposals that the application knows beside those of
    the RFC.
    """

    authentication: AuthenticationService = DEFAULT_AUTHENTICATION
    lifetimes: LifetimePolicy = DEFAULT_LIFETIMES
    ratchets: RatchetLimits = DEFAULT_LIMITS
    past_epochs: uint32 = 0
    kept_resumption_psks: uint32 = 8
    pending_proposals: uint32 = 1000
    needs_approval: frozenset[SenderType] = frozenset({SenderType.new_member_proposal})
    padding: Padding = 0
    external_commits: bool = True
    resyncs: bool = True
    custom_proposals: tuple[CustomProposalType, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def custom(self) -> frozenset[int]:
        """The numbers of the custom proposal types, for `decode`."""
        return frozenset(known.number for known in self.custom_proposals)

    def custom_proposal(self, number: int) -> CustomProposalType | None:
        """The rules of a custom proposal type; None if the type is unknown."""
        return next((known for known in self.custom_proposals if known.number == number), None)

    def approves_by_default(self, sent: SentProposal) -> bool:
        """Whether a commit takes a pending proposal without an approval."""
        sender = sent.sender
        return isinstance(sender, int) or sender.TAG not in self.needs_approval


DEFAULT_POLICY = Policy()


@value
class SentProposal:
    """A proposal, its sender, and its reference if it was sent in a message of its own."""

    proposal: AnyProposal
    sender: ProposalSender
    reference: bytes | None = None

    @property
    def member(self) -> LeafIndex | None:
        """The leaf of the sender; None for a sender that is not a member."""
        return self.sender if isinstance(self.sender, int) else None


@value
class PublicGroup:
    """The public part of a group in one epoch: all that an observer of its public messages knows; no secrets.

    A member's state has one too. `reinit` is the committed ReInit that has ended the group, None before.
    """

    suite: CipherSuite = field(repr=False)
    context: GroupContext
    tree: RatchetTree
    interim_transcript_hash: bytes
    proposals: Mapping[bytes, SentProposal]
    policy: Policy = DEFAULT_POLICY
    reinit: ReInit | None = None

    @property
    def group_id(self) -> bytes:
        """The group's name."""
        return self.context.group_id

    @property
    def epoch(self) -> int:
        """The number of the epoch."""
        return self.context.epoch


def public_epoch(
    suite: CipherSuite,
    context: GroupContext,
    tree: RatchetTree,
    tag: bytes,
    policy: Policy,
    reinit: ReInit | None = None,
) -> PublicGroup:
    """A group at the beginning of an epoch, with no pending proposal; `tag` is its confirmation tag (RFC 9420 §8.2)."""
    interim = interim_transcript_hash(suite, context.confirmed_transcript_hash, tag)
    return PublicGroup(suite, context, tree, interim, {}, policy, reinit)


def for_sending(group: PublicGroup) -> PublicGroup:
    """The group without leeway for clocks: for sending, a lifetime must be current by our own clock (RFC 9420 §7.3)."""
    lifetimes = replace(group.policy.lifetimes, leeway=0)
    return replace(group, policy=replace(group.policy, lifetimes=lifetimes))


def require_not_ended(group: PublicGroup) -> None:
    """Raise `GroupInactive` in a group that a ReInit has ended (RFC 9420 §11.2)."""
    if group.reinit is not None:
        raise GroupInactive("§11.2", "the group was reinitialised: its members go on in the new one")
