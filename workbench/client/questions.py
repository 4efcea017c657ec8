"""Four questions that people ask about a group, each answered with its evidence.

- Who is in the group now? `who_is_in`
- Since when, and who let them in? `since_when`
- Who can read what I write now? `who_reads`
- What happens when somebody leaves? `if_removed`

An answer is a value with the bytes that prove it: signed leaf nodes, the commit, the states before and after it. The
method `verify` of an answer checks these bytes again, with the checks of the protocol, and raises their errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.inspect.names import name_of
from workbench.mls import (
    EpochAdvanced,
    GroupState,
    LeafIndex,
    MLSMessage,
    PendingCommit,
    Received,
    Remove,
    create_commit,
    decode,
    encode,
    process,
)
from workbench.mls.errors import InvalidCommit, InvalidRatchetTree, OwnMessage, UnknownMember
from workbench.mls.group.pre_shared_keys import PreSharedKeys
from workbench.mls.schedule.transcript import confirmation_tag, confirmed_transcript_hash
from workbench.mls.tree.leaf_node import verify_leaf_node_signature
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import PublicMessage

Way: TypeAlias = Literal["founded", "before", "added", "joined"]
"""How a member came in: it founded the group, was in before this device, was added, or joined by its own commit."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One step of a group as a device has seen it: its states before and after, and the message between them.

    `before` is None where the device itself came in; the message is then the Welcome or its own commit, if it was kept.
    `psks` are the pre-shared keys that the device held.
    """

    before: GroupState | None = field(repr=False)
    message: bytes = field(repr=False)
    after: GroupState
    now: int
    psks: PreSharedKeys = field(default_factory=dict, repr=False)

    def processed(self) -> tuple[GroupState, Received] | None:
        """Process the message once more; None for a message of this device, which it cannot process."""
        if self.before is None:
            return None
        try:
            return process(self.before, self.message, now=self.now, sent_at=self.now, psks=self.psks)
        except OwnMessage:
            return None


@dataclass(frozen=True, slots=True)
class MemberProof:
    """A member of an epoch. Its evidence is its leaf node, signed by itself, in a tree on which all members agree."""

    leaf: LeafIndex
    name: str
    state: GroupState = field(repr=False)

    @property
    def signature_key(self) -> bytes:
        """The key with which the signatures of the member are verified."""
        return self.state.tree.member(self.leaf).signature_key

    @property
    def epoch(self) -> int:
        """The epoch in which it is a member."""
        return self.state.epoch

    def verify(self) -> None:
        """Check the member's signature of its leaf, and that this is the tree of the epoch."""
        state = self.state
        verify_epoch(state)
        verify_leaf_node_signature(state.suite, state.tree.member(self.leaf), state.group_id, self.leaf)


@dataclass(frozen=True, slots=True)
class MemberSince:
    """Since when a member is in, and how it came in.

    `epoch` is the first epoch in which the asking device knows it as a member. If the way is `before`, the member may
    have come in earlier. `by` is the name of the member whose commit let it in, "" if that is not known here. `message`
    is the commit.
    """

    leaf: LeafIndex
    name: str
    epoch: int
    way: Way
    by: str
    witnessed: Witnessed = field(repr=False)

    @property
    def message(self) -> bytes:
        """The message that let the member in."""
        return self.witnessed.message

    def verify(self) -> None:
        """Process the commit once more from the state before it, and check that it leads to the state after it.

        A device cannot process its own commit. For such a commit this checks that the state after it has the right
        confirmation tag and, if the commit is public, that the commit is in the transcript.
        """
        witnessed = self.witnessed
        before, after = witnessed.before, witnessed.after
        verify_epoch(after)
        verify_leaf_node_signature(after.suite, after.tree.member(self.leaf), after.group_id, self.leaf)
        if before is None:
            return
        processed = witnessed.processed()
        if processed is None:
            _verify_own(before, after, self.message)
        elif processed[0].secrets.epoch_authenticator != after.secrets.epoch_authenticator:
            raise InvalidCommit("§8.7", f"the commit leads to another epoch {after.epoch} than the state after it")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who can read what is written now: the members of the epoch, and nobody else.

    A message is encrypted with a key of its epoch (RFC 9420 §9). Only members with a leaf in the tree derive this key.
    """

    epoch: int
    members: tuple[MemberProof, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the readers."""
        return tuple(each.name for each in self.members)

    def verify(self) -> None:
        """Check every member."""
        for each in self.members:
            each.verify()


@dataclass(frozen=True, slots=True)
class Departure:
    """What happens when a member is removed: a commit that was made and not sent, and the epoch to which it leads.

    The new keys of the commit are encrypted to the members that stay. The removed member has no private key of theirs.
    """

    name: str
    leaf: LeafIndex
    state: GroupState = field(repr=False)
    commit: PendingCommit = field(repr=False)

    @property
    def last_epoch(self) -> int:
        """The last epoch of which the removed member can read messages."""
        return self.state.epoch

    @property
    def readers(self) -> Readers:
        """Who can read the messages after the removal."""
        return who_reads(self.commit.next)

    @property
    def message(self) -> bytes:
        """The commit, as it would be sent."""
        return encode(self.commit.message)

    def verify(self) -> None:
        """Check that the next epoch is without the member, and that none of its keys is left in the tree."""
        following = self.commit.next
        self.readers.verify()
        gone = self.state.tree.member(self.leaf)
        if any(leaf_node.signature_key == gone.signature_key for _, leaf_node in following.tree.leaves()):
            raise InvalidCommit("§12.1.3", f"{self.name} is still in the tree of epoch {following.epoch}")
        if following.secrets.epoch_authenticator == self.state.secrets.epoch_authenticator:
            raise InvalidCommit("§8.7", f"epoch {following.epoch} has the secrets of the epoch before it")


def who_is_in(state: GroupState) -> tuple[MemberProof, ...]:
    """Who is in the group now: every member, each device of a user by itself, in the order of the leaves."""
    return tuple(MemberProof(leaf, name_of(state.tree, leaf), state) for leaf, _ in state.tree.leaves())


def since_when(history: Sequence[Witnessed], leaf: LeafIndex) -> MemberSince:
    """Since when the member at a leaf of the last epoch is in the group, and who let it in.

    `history` is what a device has witnessed of the group, in order. Raises `UnknownMember` if nobody is at the leaf.
    """
    last = history[-1].after
    if last.tree.leaf(leaf) is None:
        raise UnknownMember("§7.8", f"leaf {leaf} is blank in epoch {last.epoch}: it has no member")
    key, found = last.tree.member(leaf).signature_key, history[0]
    for witnessed in history:
        before = witnessed.before
        was_in = before is not None and _is_in(before, key)
        if not was_in and _is_in(witnessed.after, key):
            found = witnessed
    return _arrival(found, leaf, name_of(last.tree, leaf))


def who_reads(state: GroupState) -> Readers:
    """Who can read what this device writes now."""
    return Readers(state.epoch, who_is_in(state))


def if_removed(state: GroupState, leaf: LeafIndex, *, entropy: bytes, now: int) -> Departure:
    """What would happen if this device removed the member at a leaf. The commit is made, but not sent.

    `entropy` is 32 fresh bytes. Raises what `create_commit` raises.
    """
    commit = create_commit(state, [Remove(leaf)], entropy=entropy, now=now)
    return Departure(name_of(state.tree, leaf), leaf, state, commit)


def verify_epoch(state: GroupState) -> None:
    """Check that the tree has the tree hash of the GroupContext, and check the confirmation tag (§7.8, §8.2)."""
    context, suite = state.context, state.suite
    if state.tree.hash() != context.tree_hash:
        raise InvalidRatchetTree("§7.8", f"the tree is not the one of epoch {state.epoch}")
    tag = confirmation_tag(suite, state.secrets.confirmation_key, context.confirmed_transcript_hash)
    if tag != state.confirmation_tag:
        raise InvalidCommit("§8.2", f"the confirmation tag is not that of epoch {state.epoch}")


def _is_in(state: GroupState, signature_key: bytes) -> bool:
    return any(leaf_node.signature_key == signature_key for _, leaf_node in state.tree.leaves())


def _arrival(witnessed: Witnessed, leaf: LeafIndex, name: str) -> MemberSince:
    before, after = witnessed.before, witnessed.after
    if before is None:
        is_own = leaf == after.own_leaf
        way: Way = "founded" if after.epoch == 0 else "added" if is_own else "before"
        return MemberSince(leaf, name, after.epoch, way, "", witnessed)
    processed = witnessed.processed()
    if processed is None:
        return MemberSince(leaf, name, after.epoch, "added", name_of(after.tree, after.own_leaf), witnessed)
    received = processed[1]
    if not isinstance(received, EpochAdvanced):
        raise InvalidCommit("§12.4", "the message that the device has seen is not a commit")
    by = name_of(after.tree, received.committer)
    return MemberSince(leaf, name, after.epoch, "joined" if received.external else "added", by, witnessed)


def _verify_own(before: GroupState, after: GroupState, message: bytes) -> None:
    """Check that a public commit of the device itself is in the transcript of the next epoch."""
    framed = decode(MLSMessage, message, custom=before.policy.custom).message
    if isinstance(framed, PublicMessage):
        interim, signature = before.public.interim_transcript_hash, framed.auth.signature
        wire_format = WireFormat.mls_public_message
        confirmed = confirmed_transcript_hash(before.suite, interim, wire_format, framed.content, signature)
        if confirmed != after.context.confirmed_transcript_hash:
            raise InvalidCommit("§8.2", f"the commit is not the one that led to epoch {after.epoch}")
