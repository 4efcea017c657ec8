"""The snapshot of mls-rs 0.55: the state of a member in the presentation language of the RFC, as its storage holds it.

The snapshot begins with a version, the GroupContext and the ratchet tree. Between these two stands an index of the
tree, which changes with the features that mls-rs was built with; so the tree is found by its hash. The secrets follow.

mls-rs keeps no confirmation key: with this state nobody can check the confirmation tag of a GroupInfo of its epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from workbench.mls import CipherSuite, GroupState, LeafIndex, Policy, RatchetTree, RatchetTreeExtension, cipher_suite
from workbench.mls.errors import MLSError
from workbench.mls.group.public_group import public_epoch
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, Ratchet, Ratchets, SecretTree
from workbench.mls.tree.tree_math import NodeIndex, direct_path
from workbench.mls.wire.codec import compiled
from workbench.mls.wire.lengths import DecodingFailed, read_bounds
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import ReInit
from workbench.review.openmls_records import subtree_of

VERSION = 1
NO_CONFIRMATION_KEY = b""

T = TypeVar("T")


def state_from_snapshot(snapshot: bytes, policy: Policy) -> GroupState:
    """The state in a snapshot. Raises ValueError for another version, and for bytes that are cut short or damaged."""
    try:
        return _Snapshot(snapshot).state(policy)
    except DecodingFailed as problem:
        raise ValueError(f"the snapshot of mls-rs is damaged at byte {problem.at}: {problem.reason}") from problem


class _Snapshot:
    """One pass over a snapshot: `at` is the next byte."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def state(self, policy: Policy) -> GroupState:
        if self.number(2) != VERSION:
            raise ValueError(f"the snapshot of mls-rs is not of version {VERSION}")
        context, self.at = compiled(GroupContext).decode(self.data, self.at, len(self.data))
        suite = cipher_suite(context.cipher_suite)
        tree = self.tree(context, suite)
        self.opaque()  # the hashes of the tree's nodes
        self.opaque()  # the interim transcript hash
        reinit = self.optional(self.reinit)
        tag = self.opaque()
        own_leaf = LeafIndex(self.number(4))
        keys = [*self.items(lambda: self.optional(self.opaque))]
        resumption_psk, sender_data_secret = self.opaque(), self.opaque()
        secret_tree = self.secret_tree(suite)
        exporter_secret, epoch_authenticator, external_secret, membership_key, init_secret = (
            self.opaque() for _ in range(5)
        )
        updates = dict(self.items(self.pending_update))
        self.pending_commit()
        places = [NodeIndex(2 * own_leaf), *direct_path(NodeIndex(2 * own_leaf), tree.leaf_count)]
        return GroupState(
            public=public_epoch(suite, context, tree, tag, policy, reinit),
            own_leaf=own_leaf,
            private_keys={node: key for node, key in zip(places, keys, strict=False) if key is not None},
            signature_private_key=_signature_key(self.opaque(), suite, tree.member(own_leaf).signature_key),
            secrets=EpochSecrets(
                sender_data_secret=sender_data_secret,
                exporter_secret=exporter_secret,
                external_secret=external_secret,
                confirmation_key=NO_CONFIRMATION_KEY,
                membership_key=membership_key,
                resumption_psk=resumption_psk,
                epoch_authenticator=epoch_authenticator,
                init_secret=init_secret,
            ),
            secret_tree=secret_tree,
            confirmation_tag=tag,
            resumption_psks={context.epoch: resumption_psk},
            first_epoch=context.epoch,
            update_keys=updates,
        )

    # The parts

    def tree(self, context: GroupContext, suite: CipherSuite) -> RatchetTree:
        """The ratchet tree: the first vector of nodes with the tree hash of the epoch."""
        for start in range(self.at, len(self.data)):
            try:
                read, end = compiled(RatchetTreeExtension).decode(self.data, start, len(self.data))
                tree = RatchetTree.from_nodes(read.ratchet_tree, suite)
            except (DecodingFailed, MLSError):
                continue
            if tree.hash() == context.tree_hash:
                self.at = end
                return tree
        raise ValueError("there is no ratchet tree with the tree hash of the epoch in the snapshot of mls-rs")

    def secret_tree(self, suite: CipherSuite) -> SecretTree:
        secrets: dict[int, bytes] = {}
        ratchets: dict[int, Ratchets] = {}
        for node, part in self.items(lambda: (self.number(4), self.node())):
            if isinstance(part, bytes):
                secrets[node] = part
            else:
                ratchets[node // 2] = part
        leaf_count = self.number(4)
        return SecretTree(suite, leaf_count, subtree_of(secrets, ratchets, 0, leaf_count))

    def node(self) -> bytes | Ratchets:
        if self.number(1) == 0:
            return self.opaque()
        application, handshake = self.ratchet(), self.ratchet()
        return Ratchets(handshake, application)

    def ratchet(self) -> Ratchet:
        return Ratchet(self.opaque(), self.number(4), tuple(self.items(self.message_key)))

    def message_key(self) -> MessageKey:
        nonce, key = self.opaque(), self.opaque()
        return MessageKey(self.number(4), key, nonce)

    def pending_update(self) -> tuple[bytes, bytes]:
        public_key, private_key = self.opaque(), self.opaque()
        self.optional(self.opaque)  # a new signature key
        return public_key, private_key

    def pending_commit(self) -> None:
        match self.number(1):
            case 0:
                return
            case 2:
                self.opaque()
            case _:
                raise ValueError("the snapshot holds a pending commit in a form of an older mls-rs")

    def reinit(self) -> ReInit:
        read: ReInit
        read, self.at = compiled(ReInit).decode(self.data, self.at, len(self.data))
        return read

    # Numbers and vectors

    def number(self, width: int) -> int:
        if self.at + width > len(self.data):
            raise DecodingFailed("the bytes end too early", self.at)
        self.at += width
        return int.from_bytes(self.data[self.at - width : self.at], "big")

    def opaque(self) -> bytes:
        start, self.at = read_bounds(self.data, self.at, len(self.data))
        return self.data[start : self.at]

    def optional(self, read: Callable[[], T]) -> T | None:
        return read() if self.number(1) else None

    def items(self, read: Callable[[], T]) -> Iterator[T]:
        self.at, end = read_bounds(self.data, self.at, len(self.data))
        while self.at < end:
            yield read()


def _signature_key(stored: bytes, suite: CipherSuite, public_key: bytes) -> bytes:
    """The signature private key: mls-rs keeps that of Ed25519 together with its public key."""
    private_key = stored.removesuffix(public_key)
    if suite.signature_public_key(private_key) != public_key:
        raise ValueError("the signature key in the snapshot of mls-rs is not the one of its member")
    return private_key
