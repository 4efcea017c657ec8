"""What one member holds at one instant: exactly what a thief would get.

A state is a value. Nothing in it changes; a step makes the next one. A key that was used or has expired is
simply absent from the next value, so the deletion schedule (RFC 9420 §9.2) is something that can be looked at.
It holds bytes, never key objects, so that a walk over it sees every secret there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import GroupInactive
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import DEFAULT_LIMITS, RatchetLimits, SecretTree
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES, LifetimePolicy
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.wire.messages import (
    Add,
    ExternalInit,
    GroupContext,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)

AnyProposal: TypeAlias = Add | Update | Remove | PreSharedKey | ReInit | ExternalInit | GroupContextExtensions


@dataclass(frozen=True, slots=True)
class Policy:
    """What the RFC leaves to the application; no secrets.

    `kept_resumption_psks` is how many past epochs a later commit may prove knowledge of (§8.6). Each one kept is
    one more secret in the loot of a thief, so the default is a handful.
    """

    lifetimes: LifetimePolicy = DEFAULT_LIFETIMES
    ratchets: RatchetLimits = DEFAULT_LIMITS
    kept_resumption_psks: int = 8


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class SentProposal:
    """A proposal, who sent it, and its reference if it came in a message of its own."""

    proposal: AnyProposal
    sender: LeafIndex
    reference: bytes | None = None


@dataclass(frozen=True, slots=True)
class GroupState:
    """One member's view of one group in one epoch.

    `private_keys` holds the HPKE private key of the member's leaf and of each node above it that the member
    knows. `update_keys` maps the public key of an Update that this member proposed to its private key, until
    the epoch ends.
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
    resumption_psks: Mapping[int, bytes]
    policy: Policy
    active: bool = True

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


def require_active(state: GroupState) -> None:
    """Refuse to make anything new from the last state of somebody who is no longer a member (RFC 9420 §12.4.2)."""
    if not state.active:
        raise GroupInactive("§12.4.2", "this member is no longer in the group and cannot send in it")
