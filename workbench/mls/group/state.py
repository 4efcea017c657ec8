"""What one member holds at one instant: exactly what an attacker would get.

A state is a value. Nothing in it changes; a step makes the next one. A key that was used or has expired is
simply absent from the next value, so the deletion schedule (RFC 9420 §9.2) is something that can be looked at.
It holds bytes, never key objects, so that a walk over it sees every secret there is. One secret may be elsewhere: a
state signs by a `Signer` when a keystore holds the signature key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from workbench.mls.arguments import check_fields
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.errors import GroupInactive, Misuse
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.group.public_group import Policy, PublicGroup, SentProposal, require_not_ended
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.value import value
from workbench.mls.wire.messages import GroupContext, ReInit
from workbench.mls.wire.tree import Credential, LeafNode


@value
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


@value
class GroupState:
    """One member's view of one group in one epoch: the public group, and what only this member has.

    `private_keys` holds the HPKE private key of the member's leaf and of each node above it that the member
    knows. `resumption_psks` are those of the latest epochs by their number (§8.6), and `first_epoch` is the epoch in
    which the member came in. `update_keys` maps the public key of an Update that this member proposed to its private
    key, until the epoch ends, and `update_signature_keys` a signature key that an Update brings. `past_epochs` are
    those whose late messages the member can still read, the latest first. It is not `active` when the group has ended,
    or was left.
    """

    public: PublicGroup
    own_leaf: LeafIndex
    private_keys: Mapping[NodeIndex, bytes]
    signature_private_key: SigningKey
    secrets: EpochSecrets
    secret_tree: SecretTree
    confirmation_tag: bytes
    resumption_psks: Mapping[int, bytes]
    first_epoch: int
    update_keys: Mapping[bytes, bytes] = field(default_factory=dict)
    update_signature_keys: Mapping[bytes, SigningKey] = field(default_factory=dict)
    past_epochs: tuple[ReadableEpoch, ...] = ()
    active: bool = True

    def __repr__(self) -> str:
        return f"GroupState(group_id={self.group_id.hex()}, epoch={self.epoch}, own_leaf={self.own_leaf})"

    @property
    def suite(self) -> CipherSuite:
        """The group's cipher suite."""
        return self.public.suite

    @property
    def context(self) -> GroupContext:
        """The group's context in this epoch (RFC 9420 §8.1)."""
        return self.public.context

    @property
    def group_id(self) -> bytes:
        """The group's name."""
        return self.context.group_id

    @property
    def epoch(self) -> int:
        """The number of the epoch."""
        return self.context.epoch

    @property
    def tree(self) -> RatchetTree:
        """The ratchet tree of this epoch."""
        return self.public.tree

    @property
    def proposals(self) -> Mapping[bytes, SentProposal]:
        """The proposals that wait for a commit, by their references."""
        return self.public.proposals

    @property
    def policy(self) -> Policy:
        """What the application has decided."""
        return self.public.policy

    @property
    def reinit(self) -> ReInit | None:
        """The ReInit that has ended the group, with what is to come after it; None while the group lives."""
        return self.public.reinit

    @property
    def own_psks(self) -> HeldPSKs:
        """The resumption PSKs of this group that the member has, as a commit names them (RFC 9420 §8.6)."""
        return {(self.group_id, epoch): psk for epoch, psk in self.resumption_psks.items()}

    @property
    def readable(self) -> ReadableEpoch:
        """The present epoch, as far as it takes to read its messages."""
        return ReadableEpoch(self.context, self.tree, self.secrets.sender_data_secret, self.secret_tree)

    def readable_in(self, epoch: int) -> ReadableEpoch | None:
        """The present epoch or a past one whose messages can still be read; None for any other."""
        if epoch == self.epoch:
            return self.readable
        return next((past for past in self.past_epochs if past.epoch == epoch), None)

    def with_proposals(self, proposals: Mapping[bytes, SentProposal]) -> GroupState:
        """The state in which these proposals wait for a commit."""
        return replace(self, public=replace(self.public, proposals=proposals))

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


@value
class Renewal:
    """What a member renews of its leaf beside the encryption key; None is what it has (RFC 9420 §12.1.2)."""

    credential: Credential | None = None
    signature_private_key: SigningKey | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)


def renewed_leaf(state: GroupState, renew: Renewal | None) -> LeafNode:
    """What a member says about itself from now on; its encryption key, source and signature are still to be set."""
    leaf_node = state.tree.member(state.own_leaf)
    if renew is None:
        return leaf_node
    if renew.credential is not None:
        leaf_node = replace(leaf_node, credential=renew.credential)
        if (kind := renew.credential.credential.TAG) not in leaf_node.capabilities.credentials:
            raise Misuse("§7.2", f"the leaf of this member does not list the type of its new credential, {kind.name}")
    if renew.signature_private_key is not None:
        leaf_node = replace(leaf_node, signature_key=state.suite.signature_public_key(renew.signature_private_key))
    return leaf_node


def require_active(state: GroupState) -> None:
    """Refuse to make anything new in a group that has ended, or ended for this member (RFC 9420 §12.4.2)."""
    require_not_ended(state.public)
    if not state.active:
        raise GroupInactive("§12.4.2", "this member is no longer in the group and cannot send in it")
