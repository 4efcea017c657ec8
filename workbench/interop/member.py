"""One client in one group, as the runner sees it: proposals are handed over with the commit that names them.

A member is a value like the state in it: every step gives the next one, and one that fails gives none.
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
from workbench.mls.group.state import AnyProposal

HOUR = 60 * 60

POLICY = Policy(lifetimes=LifetimePolicy(longest=None, leeway=HOUR), past_epochs=8, needs_approval=frozenset())
"""Some peers give their key packages a lifetime without end, and some one that begins this very second; in some
scripts, messages are late by an epoch or two.
"""


def fresh() -> bytes:
    """Fresh entropy for one call of the protocol."""
    return secrets.token_bytes(32)


def now() -> int:
    """The time."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class InteropMember:
    """A member of a group between two calls.

    `proposals` are the references of this epoch's proposals by their messages, the member's own among them: the
    runner hands all of them to everybody, and again if need be. `pending` is a commit that was made and not yet
    accepted.
    """

    state: GroupState
    private: bool
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    proposals: Mapping[bytes, bytes] = field(default_factory=dict)
    pending: PendingCommit | None = None


def offer(member: InteropMember, proposal: AnyProposal) -> tuple[InteropMember, bytes]:
    """Propose something: the message for the others."""
    return _offered(member, propose(member.state, proposal, entropy=fresh(), now=now(), private=member.private))


def offer_update(member: InteropMember) -> tuple[InteropMember, bytes]:
    """Propose fresh keys of one's own."""
    return _offered(member, propose_update(member.state, entropy=fresh(), now=now(), private=member.private))


def _offered(member: InteropMember, proposed: Proposed) -> tuple[InteropMember, bytes]:
    message = encode(proposed.message)
    proposals = {**member.proposals, message: proposed.reference}
    return replace(member, state=proposed.next, proposals=proposals), message


def take_in(member: InteropMember, messages: Sequence[bytes]) -> InteropMember:
    """Learn the proposals that a commit will name; those that are known already are passed over."""
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
    """Make a commit and let it wait: the member stays in its epoch until it applies it."""
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
        private=member.private,
    )
    return replace(member, state=committed.current, pending=committed), committed


def accept(member: InteropMember) -> InteropMember:
    """Enter the epoch of one's own commit."""
    if member.pending is None:
        raise TooSoon("no commit is pending: none was made in this epoch, or another one was handled first")
    return _enter(member, apply_pending_commit(member.state, member.pending))


def follow(member: InteropMember, proposals: Sequence[bytes], message: bytes) -> InteropMember:
    """Enter the epoch of somebody's commit, or of one's own if it comes back."""
    member = take_in(member, proposals)
    state, received = process(member.state, message, now=now(), psks=member.psks, pending=member.pending)
    if not isinstance(received, EpochAdvanced | Removed):
        raise Refusal(f"a {type(received).__name__} came out of what should be a commit")
    return _enter(member, state)


def _enter(member: InteropMember, state: GroupState) -> InteropMember:
    return replace(member, state=state, proposals={}, pending=None)


def say(member: InteropMember, plaintext: bytes, authenticated_data: bytes) -> tuple[InteropMember, bytes]:
    """Protect application data: the message for the others."""
    said = protect(member.state, plaintext, entropy=fresh(), authenticated_data=authenticated_data)
    return replace(member, state=said.next), encode(said.message)


def hear(member: InteropMember, message: bytes) -> tuple[InteropMember, ApplicationMessage]:
    """Read application data, of an epoch that is over too."""
    state, received = process(member.state, message, now=now())
    if not isinstance(received, ApplicationMessage):
        raise Refusal(f"a {type(received).__name__} came out of what should be application data")
    return replace(member, state=state), received
