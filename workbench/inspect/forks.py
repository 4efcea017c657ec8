"""Forks: members of one group whose epochs have the same number, but not the same secrets.

The ratchet tree does not prove a fork: two sides can have the same tree and different secrets. The confirmed transcript
hash and the epoch authenticator prove it (RFC 9420 §8.2, §8.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from workbench.mls import CipherSuite, GroupState, MLSMessage, Policy, PublicGroup, RatchetTree, decode, public_group
from workbench.mls.errors import MLSError
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_content import read_public
from workbench.mls.group.group_info import group_info_in
from workbench.mls.group.signatures import signature_key_of, verify_group_info
from workbench.mls.group.state import ReadableEpoch
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.messages import GroupInfo, MemberSender, PrivateMessage, PublicMessage
from workbench.mls.wire.tree import LeafNode

Framed: TypeAlias = PublicMessage | PrivateMessage


@dataclass(frozen=True, slots=True)
class OtherSide:
    """What is known of another member in the epoch that a message names; every field may be left out.

    `commits` are the commits that the other member has processed, the oldest first.
    """

    epoch_authenticator: bytes | None = None
    confirmed_transcript_hash: bytes | None = None
    group_info: GroupInfo | MLSMessage | bytes | None = None
    commits: Sequence[MLSMessage | bytes] = ()


class Compared(NamedTuple):
    """Which evidence shows that another side differs from a state, and which shows that the two agree."""

    differs: tuple[str, ...]
    agrees: tuple[str, ...]


class Parting(NamedTuple):
    """The first epoch that two sides ended with different commits, and the committers if they are visible."""

    epoch: int
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"different commits at the end of epoch {self.epoch} (here {self.ours}, there {self.theirs})"


def compare(state: GroupState, epoch: ReadableEpoch, other: OtherSide, *, now: int) -> Compared:
    """Compare the evidence of another side with an epoch of a state: the same epoch, or only the same number.

    Evidence is ignored if it does not verify, is of another epoch, or cannot be compared with this state.
    """
    context = epoch.context
    evidence = {
        "the confirmed transcript hash": _same(other.confirmed_transcript_hash, context.confirmed_transcript_hash)
    }
    if context == state.context:
        evidence["the epoch authenticator"] = _same(other.epoch_authenticator, state.secrets.epoch_authenticator)
    info = (
        None if other.group_info is None else vouched(state.policy, state.suite, epoch.tree, other.group_info, now=now)
    )
    if info is not None:
        there = info.group_context
        if (there.group_id, there.epoch) == (context.group_id, context.epoch):
            evidence["the signed GroupInfo"] = there == context
    return Compared(
        tuple(name for name, same in evidence.items() if same is False),
        tuple(name for name, same in evidence.items() if same),
    )


def vouched(
    policy: Policy, suite: CipherSuite, tree: RatchetTree, group_info: GroupInfo | MLSMessage | bytes, *, now: int
) -> GroupInfo | None:
    """A GroupInfo that a member of `tree`, or of the tree in the GroupInfo, has signed; None for any other."""
    try:
        info = group_info_in(group_info)
    except MLSError:
        return None
    return (
        info if _has_signed(suite, tree.leaf(LeafIndex(info.signer)), info) or _described(policy, info, now) else None
    )


def is_signed_there(policy: Policy, message: PublicMessage, other: OtherSide, *, now: int) -> bool:
    """Whether the message was signed for the epoch that the other side's GroupInfo describes (RFC 9420 §6.1)."""
    there = None if other.group_info is None else _described(policy, other.group_info, now)
    return there is not None and is_signed_for(message, there.suite, there)


def is_signed_for(message: PublicMessage, suite: CipherSuite, epoch: ReadableEpoch | PublicGroup) -> bool:
    """Whether the sender of a message, a member or a newcomer, has signed it for this epoch (RFC 9420 §6.1)."""
    try:
        key = signature_key_of(message.content, epoch.context, epoch.tree)
        verify_content(suite, read_public(message), key, epoch.context)
    except MLSError:
        return False
    return True


def first_parting(ours: Sequence[MLSMessage], theirs: Sequence[MLSMessage]) -> Parting | None:
    """The first place where two histories of commits differ; None if the known parts do not differ."""
    here, there = ({_epoch_of(message): message for message in _framed(side)} for side in (ours, theirs))
    for epoch in sorted(here.keys() & there.keys()):
        if here[epoch] != there[epoch]:
            return Parting(epoch, _committer(here[epoch]), _committer(there[epoch]))
    return None


def decoded(side: Sequence[MLSMessage | bytes], custom: frozenset[int]) -> list[MLSMessage]:
    """The messages of a history, decoded; `custom` are the known proposal types that the RFC does not define.

    Raises `Malformed` for bytes that are not an MLSMessage.
    """
    return [decode(MLSMessage, each, custom=custom) if isinstance(each, bytes) else each for each in side]


def _same(theirs: bytes | None, ours: bytes) -> bool | None:
    return None if theirs is None else theirs == ours


def _has_signed(suite: CipherSuite, signer: LeafNode | None, info: GroupInfo) -> bool:
    if signer is None:
        return False
    try:
        verify_group_info(suite, info, signer.signature_key)
    except MLSError:
        return False
    return True


def _described(policy: Policy, info: GroupInfo | MLSMessage | bytes, now: int) -> PublicGroup | None:
    """The group that a GroupInfo describes, if the GroupInfo contains the tree and a member of it has signed.

    Lifetimes of leaves are not checked: evidence stays valid after the key packages of members have expired.
    """
    try:
        return public_group(info, now=now, policy=replace(policy, lifetimes=ANY_LIFETIME))
    except MLSError:
        return None


def _framed(side: Sequence[MLSMessage]) -> list[Framed]:
    return [each.message for each in side if isinstance(each.message, PublicMessage | PrivateMessage)]


def _epoch_of(message: Framed) -> int:
    return message.epoch if isinstance(message, PrivateMessage) else message.content.epoch


def _committer(message: Framed) -> str:
    if isinstance(message, PrivateMessage):
        return "a private commit"
    sender = message.content.sender.sender
    return f"the commit of leaf {sender.leaf_index}" if isinstance(sender, MemberSender) else "a newcomer's commit"
