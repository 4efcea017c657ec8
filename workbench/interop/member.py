"""One client in one group for the runner, which gives proposals together with the commit that refers to them.

A member is a value, as its state is: every step returns the next value, and a failed step returns none.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.interop.refusal import Refusal, TooSoon
from workbench.mls import (
    ApplicationMessage,
    EpochAdvanced,
    Framing,
    GroupState,
    LifetimePolicy,
    PendingCommit,
    Policy,
    ProposalQueued,
    Proposed,
    Removed,
    apply_pending_commit,
    create_commit,
    encode,
    process,
    propose,
    propose_update,
    protect,
)
from workbench.mls.group.public_group import AnyProposal

HOUR = 60 * 60

POLICY = Policy(lifetimes=LifetimePolicy(longest=None, leeway=HOUR), past_epochs=8, needs_approval=frozenset())
"""The policy of our members. Some peers make key packages with an unlimited lifetime or with one that begins in the
present second, and in some scripts messages arrive one or two epochs late.
"""


def fresh() -> bytes:
    """New entropy for one call of the protocol."""
    return secrets.token_bytes(32)


def now() -> int:
    """The present time in seconds since 1970."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class InteropMember:
    """A member of a group between two calls.

    `proposals` maps messages with proposals of this epoch to their references, including the member's own: the runner
    gives all of them to every member, some more than once. `pending` is a commit that was made and is not yet accepted.
    """

    state: GroupState
    private: bool
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    proposals: Mapping[bytes, bytes] = field(default_factory=dict)
    pending: PendingCommit | None = None


def offer(member: InteropMember, proposal: AnyProposal) -> tuple[InteropMember, bytes]:
    """Make a proposal, and return the message for the others."""
    return _offered(
        member, propose(member.state, proposal, entropy=fresh(), now=now(), framing=Framing(private=member.private))
    )


def offer_update(member: InteropMember) -> tuple[InteropMember, bytes]:
    """Propose new keys for this member."""
    return _offered(
        member, propose_update(member.state, entropy=fresh(), now=now(), framing=Framing(private=member.private))
    )


def _offered(member: InteropMember, proposed: Proposed) -> tuple[InteropMember, bytes]:
    message = encode(proposed.message)
    proposals = {**member.proposals, message: proposed.reference}
    return replace(member, state=proposed.next, proposals=proposals), message


def take_in(member: InteropMember, messages: Sequence[bytes]) -> InteropMember:
    """Process the proposals that a commit will refer to, except those that are known already."""
    for message in messages:
        if message not in member.proposals:
            state, received = process(member.state, message, now=now())
            if not isinstance(received, ProposalQueued):
                raise Refusal(f"a {type(received).__name__} came out of what should be a proposal")
            proposals = {**member.proposals, message: received.reference}
            member = replace(member, state=state, proposals=proposals)
    return member


def commit(
    member: InteropMember,
    by_reference: Sequence[bytes],
    by_value: Sequence[AnyProposal],
    *,
    path: bool,
    ratchet_tree: bool,
) -> tuple[InteropMember, PendingCommit]:
    """Make a pending commit: the member stays in its epoch until it applies the commit."""
    member = take_in(member, by_reference)
    committed = create_commit(
        member.state,
        by_value,
        by_reference=[member.proposals[message] for message in by_reference],
        entropy=fresh(),
        now=now(),
        psks=member.psks,
        path=path,
        ratchet_tree=ratchet_tree,
        framing=Framing(private=member.private),
    )
    return replace(member, state=committed.current, pending=committed), committed


def accept(member: InteropMember) -> InteropMember:
    """Apply the member's own pending commit."""
    if member.pending is None:
        raise TooSoon("no commit is pending: none was made in this epoch, or another one was handled first")
    return _enter(member, apply_pending_commit(member.state, member.pending))


def follow(member: InteropMember, proposals: Sequence[bytes], message: bytes) -> InteropMember:
    """Process a commit of another member, or the member's own commit."""
    member = take_in(member, proposals)
    state, received = process(member.state, message, now=now(), psks=member.psks, pending=member.pending)
    if not isinstance(received, EpochAdvanced | Removed):
        raise Refusal(f"a {type(received).__name__} came out of what should be a commit")
    return _enter(member, state)


def _enter(member: InteropMember, state: GroupState) -> InteropMember:
    return replace(member, state=state, proposals={}, pending=None)


def say(member: InteropMember, plaintext: bytes, authenticated_data: bytes) -> tuple[InteropMember, bytes]:
    """Protect application data, and return the message for the others."""
    said = protect(member.state, plaintext, entropy=fresh(), authenticated_data=authenticated_data)
    return replace(member, state=said.next), encode(said.message)


def hear(member: InteropMember, message: bytes) -> tuple[InteropMember, ApplicationMessage]:
    """Decrypt application data of the present epoch or of a past one."""
    state, received = process(member.state, message, now=now())
    if not isinstance(received, ApplicationMessage):
        raise Refusal(f"a {type(received).__name__} came out of what should be application data")
    return replace(member, state=state), received
