"""The state of one member at one instant: exactly what an attacker that compromises it would get.

A state is a value, which never changes; each step makes the next one. A key that was used or has expired is absent from
the next value, so a test can check the deletion schedule (RFC 9420 §9.2). A state holds bytes, never key objects, so
that a walk over it finds every secret. There is one exception: a keystore may hold the signature key, and then the
state has a `Signer` in its place.
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
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import ReInit
from workbench.mls.wire.tree import Credential, LeafNode


@value
class ReadableEpoch:
    """The keys that read the application messages of one epoch, and of no other (RFC 9420 §15.3).

    `tree` names the senders: another member may have the same leaf by now. The secret tree of a past epoch is that of
    the epoch's end, without the keys that were used. It still has the keys of handshakes and of this member, which are
    of no use: to remove them, all of the tree would have to be opened.
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

    `private_keys` has the HPKE private keys of the member's leaf and of the nodes above it, as far as the member knows
    them. `resumption_psks` are those of the latest epochs by their number (§8.6), and `first_epoch` is the epoch in
    which the member joined. `update_keys` maps the public keys of the member's own Updates to their private keys, until
    the epoch ends; `update_signature_keys` does so for signature keys. `past_epochs` are those whose late messages the
    member can still read, the latest first. `active` is False once the group has ended or the member has left it.
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
        """The group's id."""
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
        """The pending proposals, by their references."""
        return self.public.proposals

    @property
    def policy(self) -> Policy:
        """The policy of the application."""
        return self.public.policy

    @property
    def reinit(self) -> ReInit | None:
        """The committed ReInit that has ended the group; None before (RFC 9420 §11.2)."""
        return self.public.reinit

    @property
    def own_psks(self) -> HeldPSKs:
        """The resumption PSKs in this state, by group id and epoch, as proposals name them (RFC 9420 §8.6)."""
        return {(self.group_id, epoch): psk for epoch, psk in self.resumption_psks.items()}

    @property
    def readable(self) -> ReadableEpoch:
        """The keys that read the messages of the present epoch."""
        return ReadableEpoch(self.context, self.tree, self.secrets.sender_data_secret, self.secret_tree)

    def readable_in(self, epoch: int) -> ReadableEpoch | None:
        """The keys that read the messages of an epoch; None if the state has none for it."""
        if epoch == self.epoch:
            return self.readable
        return next((past for past in self.past_epochs if past.epoch == epoch), None)

    def with_proposals(self, proposals: Mapping[bytes, SentProposal]) -> GroupState:
        """The state with these pending proposals."""
        return replace(self, public=replace(self.public, proposals=proposals))

    def with_secret_tree(self, epoch: int, secret_tree: SecretTree) -> GroupState:
        """The state with another secret tree for a readable epoch, without a key that was used (RFC 9420 §9.2)."""
        if epoch == self.epoch:
            return replace(self, secret_tree=secret_tree)
        past_epochs = tuple(
            replace(past, secret_tree=secret_tree) if past.epoch == epoch else past for past in self.past_epochs
        )
        return replace(self, past_epochs=past_epochs)

    def epochs_to_keep(self) -> tuple[ReadableEpoch, ...]:
        """The past epochs that the next state keeps, by the policy: this epoch and those before it."""
        return (self.readable, *self.past_epochs)[: self.policy.past_epochs]


@value
class Renewal:
    """A new credential or signature key for a member's leaf; None keeps the present one (RFC 9420 §12.1.2)."""

    credential: Credential | None = None
    signature_private_key: SigningKey | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)


def renewed_leaf(state: GroupState, renew: Renewal | None) -> LeafNode:
    """The member's leaf node after a renewal; its encryption key, source and signature are still to be set."""
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
    """Raise `GroupInactive` if the group has ended or this member has left it (RFC 9420 §12.4.2)."""
    require_not_ended(state.public)
    if not state.active:
        raise GroupInactive("§12.4.2", "this member is no longer in the group and cannot send in it")
