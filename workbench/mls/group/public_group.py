"""What everybody can know of a group in one epoch who sees its public messages, and what the application decides.

It is what an observer holds, and the public part of a member's state (`state.py`).
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
    Add,
    CustomProposal,
    ExternalInit,
    ExternalSenderIndex,
    GroupContext,
    GroupContextExtensions,
    NewMemberCommitSender,
    NewMemberProposalSender,
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
"""A member by its leaf, an external sender by its index, or a client that is on its way in (RFC 9420 §6)."""


@value
class Policy:
    """What the RFC leaves to the application; no secrets.

    `past_epochs` is of how many epochs that are over the late application messages can still be read (§15.3). An
    attacker reads with each of them what has not been read yet, so none is kept unless the application says so;
    where messages and commits may overtake each other, a message that was sent just before a commit is lost then
    to who processed the commit first, and a few epochs are the remedy.

    `kept_resumption_psks` is how many past epochs a later commit may prove knowledge of (§8.6). Each one kept is
    one more secret for an attacker who compromises the device, so the default is a handful.

    `pending_proposals` is how many proposals of one sender may wait for a commit (§12.1). Everybody holds them, so
    nobody may send without end; a thousand let somebody change all of a large group at once, and take about a
    megabyte. All who ask to be added count as one, since they can be anybody. Members should agree on it: what one
    refuses and another commits puts them out of step.

    `needs_approval` names the senders whose pending proposals a commit takes along only if the committer approves of
    each (`create_commit`). Anybody can ask to be added, so that waits by default; external senders are those on whom
    the group has agreed, so what they propose does not. It says nothing about the commits of others (§12.1.8).

    `padding` is how PrivateMessages hide the length of what is in them (§15.1). None is the default, so that a
    message costs what it says; where those on the way must not guess from lengths, `Padme()` is a good rule.

    Whether clients may join by a commit of their own, and may thereby replace an old leaf of theirs, is for
    all members to decide alike: one that refuses a commit which the others take is alone from then on (§12.4.3.2).
    The same holds for `authentication`, which says whose credentials are believed (§5.3.1).
    The same goes for `custom_proposals`, the proposal types that the application knows beside those of the RFC.
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
        """The numbers of the custom proposal types, as `decode` wants to know them."""
        return frozenset(known.number for known in self.custom_proposals)

    def custom_proposal(self, number: int) -> CustomProposalType | None:
        """What is known of a custom proposal type, None if nothing is."""
        return next((known for known in self.custom_proposals if known.number == number), None)

    def approves_by_default(self, sent: SentProposal) -> bool:
        """Whether a commit takes a pending proposal along without being told to."""
        sender = sent.sender
        return isinstance(sender, int) or sender.TAG not in self.needs_approval


DEFAULT_POLICY = Policy()


@value
class SentProposal:
    """A proposal, who sent it, and its reference if it came in a message of its own."""

    proposal: AnyProposal
    sender: ProposalSender
    reference: bytes | None = None

    @property
    def member(self) -> LeafIndex | None:
        """The leaf of the member who sent it; None for a sender who has none."""
        return self.sender if isinstance(self.sender, int) else None


@value
class PublicGroup:
    """What everybody can know of a group in one epoch who sees its public messages; no secrets.

    It is what an observer holds, and the part of a member's state that a commit changes in public. `reinit` is
    there once the group has ended, with what is to come after it.
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
    """A group at the beginning of an epoch, when no proposal waits; `tag` is its confirmation tag (RFC 9420 §8.2)."""
    interim = interim_transcript_hash(suite, context.confirmed_transcript_hash, tag)
    return PublicGroup(suite, context, tree, interim, {}, policy, reinit)


def for_sending(group: PublicGroup) -> PublicGroup:
    """The group without leeway for clocks: what one sends must be within its lifetime by one's own (RFC 9420 §7.3)."""
    lifetimes = replace(group.policy.lifetimes, leeway=0)
    return replace(group, policy=replace(group.policy, lifetimes=lifetimes))


def require_not_ended(group: PublicGroup) -> None:
    """Refuse what is new in a group that a ReInit has ended (RFC 9420 §11.2)."""
    if group.reinit is not None:
        raise GroupInactive("§11.2", "the group was reinitialised: its members go on in the new one")
