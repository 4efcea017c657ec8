"""What one member holds at one instant: exactly what an attacker would get.

A state is a value. Nothing in it changes; a step makes the next one. A key that was used or has expired is
simply absent from the next value, so the deletion schedule (RFC 9420 §9.2) is something that can be looked at.
It holds bytes, never key objects, so that a walk over it sees every secret there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from workbench.mls.arguments import check_fields
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.credentials import DEFAULT_AUTHENTICATION, AuthenticationService
from workbench.mls.errors import GroupInactive, Misuse
from workbench.mls.framing.padding import Padding
from workbench.mls.group.custom_proposals import CustomProposalType
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import DEFAULT_LIMITS, RatchetLimits, SecretTree
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES, LifetimePolicy
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
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
from workbench.mls.wire.tree import Credential, LeafNode

AnyProposal: TypeAlias = (
    Add | Update | Remove | PreSharedKey | ReInit | ExternalInit | GroupContextExtensions | CustomProposal
)

ProposalSender: TypeAlias = LeafIndex | ExternalSenderIndex | NewMemberProposalSender | NewMemberCommitSender
"""A member by its leaf, an external sender by its index, or a client that is on its way in (RFC 9420 §6)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the RFC leaves to the application; no secrets.

    `past_epochs` is of how many epochs that are over the late application messages can still be read (§15.3). A
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


@dataclass(frozen=True, slots=True)
class SentProposal:
    """A proposal, who sent it, and its reference if it came in a message of its own."""

    proposal: AnyProposal
    sender: ProposalSender
    reference: bytes | None = None

    @property
    def member(self) -> LeafIndex | None:
        """The leaf of the member who sent it; None for a sender who has none."""
        return self.sender if isinstance(self.sender, int) else None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ReadableEpoch:
    """What it takes to read the application messages of an epoch, and no way into another (RFC 9420 §15.3).

    `tree` says who sent what: a leaf may have somebody else by now. Of a past epoch the secret tree is as it stood at
    its end: keys that were used are not in it. Those of handshakes and the member's own are, of no use to it: to take
    them out would mean to open all of the tree.
    """

    context: GroupContext
    tree: RatchetTree
    sender_data_secret: bytes = field(repr=False)
    secret_tree: SecretTree

    @property
    def epoch(self) -> int:
        """The number of the epoch."""
        return self.context.epoch


@dataclass(frozen=True, slots=True)
class GroupState:
    """One member's view of one group in one epoch.

    `private_keys` holds the HPKE private key of the member's leaf and of each node above it that the member
    knows. `update_keys` maps the public key of an Update that this member proposed to its private key, until
    the epoch ends, and `update_signature_keys` a signature key that an Update brings. `first_epoch` is the one in which
    the member came in. `past_epochs` are those whose late messages it can still read, the latest first. `reinit` is
    there once the group has ended, with what is to come after it.
    """

    suite: CipherSuite
    context: GroupContext
    tree: RatchetTree
    own_leaf: LeafIndex
    private_keys: Mapping[NodeIndex, bytes]
    signature_private_key: bytes
    secrets: EpochSecrets
    secret_tree: SecretTree
    interim_transcript_hash: bytes
    confirmation_tag: bytes
    proposals: Mapping[bytes, SentProposal]
    update_keys: Mapping[bytes, bytes]
    update_signature_keys: Mapping[bytes, bytes]
    resumption_psks: Mapping[int, bytes]
    policy: Policy
    first_epoch: int
    past_epochs: tuple[ReadableEpoch, ...] = ()
    active: bool = True
    reinit: ReInit | None = None

    def __repr__(self) -> str:
        return f"GroupState(group_id={self.group_id.hex()}, epoch={self.epoch}, own_leaf={self.own_leaf})"

    @property
    def group_id(self) -> bytes:
        """The group's name."""
        return self.context.group_id

    @property
    def epoch(self) -> int:
        """The number of the epoch."""
        return self.context.epoch

    @property
    def public(self) -> PublicGroup:
        """The part of the state that holds no secret."""
        return PublicGroup(
            self.suite, self.context, self.tree, self.interim_transcript_hash, self.proposals, self.policy, self.reinit
        )

    @property
    def readable(self) -> ReadableEpoch:
        """The present epoch, as far as it takes to read its messages."""
        return ReadableEpoch(self.context, self.tree, self.secrets.sender_data_secret, self.secret_tree)

    def readable_in(self, epoch: int) -> ReadableEpoch | None:
        """The present epoch or a past one whose messages can still be read; None for any other."""
        if epoch == self.epoch:
            return self.readable
        return next((past for past in self.past_epochs if past.epoch == epoch), None)

    def with_secret_tree(self, epoch: int, secret_tree: SecretTree) -> GroupState:
        """The state in which a key of a readable epoch has been used, and is therefore no more (RFC 9420 §9.2)."""
        if epoch == self.epoch:
            return replace(self, secret_tree=secret_tree)
        past_epochs = tuple(
            replace(past, secret_tree=secret_tree) if past.epoch == epoch else past for past in self.past_epochs
        )
        return replace(self, past_epochs=past_epochs)

    def epochs_to_keep(self) -> tuple[ReadableEpoch, ...]:
        """What the next state keeps of this epoch and of those before it, by the policy."""
        return (self.readable, *self.past_epochs)[: self.policy.past_epochs]


def for_sending(group: PublicGroup) -> PublicGroup:
    """The group without leeway for clocks: what one sends must be within its lifetime by one's own (RFC 9420 §7.3)."""
    lifetimes = replace(group.policy.lifetimes, leeway=0)
    return replace(group, policy=replace(group.policy, lifetimes=lifetimes))


def renewed_leaf(state: GroupState, credential: Credential | None, signature_private_key: bytes | None) -> LeafNode:
    """What a member says about itself from now on; its encryption key, source and signature are still to be set."""
    leaf_node = state.tree.member(state.own_leaf)
    if credential is not None:
        leaf_node = replace(leaf_node, credential=credential)
        if (kind := credential.credential.TAG) not in leaf_node.capabilities.credentials:
            raise Misuse("§7.2", f"the leaf of this member does not list the type of its new credential, {kind.name}")
    if signature_private_key is not None:
        leaf_node = replace(leaf_node, signature_key=state.suite.signature_public_key(signature_private_key))
    return leaf_node


def require_active(state: GroupState) -> None:
    """Refuse to make anything new in a group that has ended, or ended for this member (RFC 9420 §12.4.2)."""
    require_not_ended(state)
    if not state.active:
        raise GroupInactive("§12.4.2", "this member is no longer in the group and cannot send in it")


def require_not_ended(group: GroupState | PublicGroup) -> None:
    """Refuse what is new in a group that a ReInit has ended (RFC 9420 §11.2)."""
    if group.reinit is not None:
        raise GroupInactive("§11.2", "the group was reinitialised: its members go on in the new one")
