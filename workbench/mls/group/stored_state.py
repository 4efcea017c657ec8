"""Writing a state down and reading it back; the bytes are checked before they are used (RFC 9420 §6.3.1).

The bytes are a header, the content in the structs of `wire/stored.py`, and a checksum over both:

    "MLSW"  version  type  cipher suite  content  SHA-256 of all before

**They are in the clear.** They hold the signature key, the private keys and the secrets of the epoch: all that an
attacker wants. So the application has to encrypt and authenticate them with another key. The checksum finds damage, not
attacks: an attacker that changes the bytes can change the checksum too. A signature key that a `Signer` holds is not
written: `read_state` asks its caller for the signer of the public key.

**An old copy is dangerous.** A client that goes on from an old state encrypts another message with a key that it has
used before; then only the four random bytes of the reuse guard keep the nonces apart (§6.3.1). Write the next state
before its message is sent, and keep no older one.

The policy is not written, because the application may have changed it. The caller gives the policy when it reads a
state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import TypeVar

from workbench.mls.arguments import checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.crypto.signer import FindSigner, Signer, SigningKey
from workbench.mls.errors import DamagedState, Malformed, Misuse, UnknownStateVersion
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy, PublicGroup, SentProposal, public_epoch
from workbench.mls.group.state import GroupState, ReadableEpoch
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, OpenedParentSecrets, Ratchet, Ratchets, SecretTree, Subtree
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import MemberSender, Sender
from workbench.mls.wire.proposals import Proposal
from workbench.mls.wire.stored import (
    OpenedLeaf,
    OpenedParent,
    Stored,
    StoredBundle,
    StoredEpoch,
    StoredMessageKey,
    StoredNode,
    StoredNodeKey,
    StoredPastEpoch,
    StoredPendingCommit,
    StoredProposal,
    StoredPublicGroup,
    StoredRatchet,
    StoredResumptionPSK,
    StoredSecrets,
    StoredState,
    StoredSubtree,
    StoredUpdateKey,
    Unopened,
)
from workbench.mls.wire.tree import RatchetTreeExtension

MAGIC = b"MLSW"
VERSION = 2
"""The version of the structs, increased with each change of them. Bytes of another version are refused."""

_CHECKSUM_LENGTH = hashlib.sha256().digest_size
_VERSION_END = len(MAGIC) + 2

S = TypeVar("S", StoredState, StoredBundle, StoredPendingCommit)


@checks_arguments
def write_state(state: GroupState) -> bytes:
    """The bytes of a state without its policy. Private keys and secrets are in the clear."""
    return enclosed(stored_state(state), state.suite.id)


def stored_state(state: GroupState) -> StoredState:
    """A state as a struct."""
    return StoredState(
        public=_stored_public(state.public),
        own_leaf=state.own_leaf,
        private_keys=tuple(StoredNodeKey(node, key) for node, key in state.private_keys.items()),
        signature_private_key=_in_bytes(state.signature_private_key),
        secrets=StoredSecrets(*_all_secrets(state.secrets)),
        secret_tree=_stored_secret_tree(state.secret_tree),
        confirmation_tag=state.confirmation_tag,
        resumption_psks=tuple(StoredResumptionPSK(epoch, psk) for epoch, psk in state.resumption_psks.items()),
        first_epoch=state.first_epoch,
        update_keys=_stored_keys(state.update_keys),
        update_signature_keys=_stored_keys(
            {public_key: _in_bytes(key) for public_key, key in state.update_signature_keys.items()}
        ),
        past_epochs=tuple(map(_stored_past_epoch, state.past_epochs, (state.readable, *state.past_epochs))),
        active=int(state.active),
    )


@checks_arguments
def read_state(
    data: bytes,
    *,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
    signer: FindSigner | None = None,
) -> GroupState:
    """The state that was written, with the policy that is given.

    `signer` returns the signer of a public key, for a state whose signature key is held elsewhere. Raises
    `DamagedState`, `UnknownStateVersion`, `Unsupported` for an unsupported cipher suite, `Misuse` for another `suite`
    than the state's, for the bytes of a key package, or for a missing `signer`, and `Malformed` for a custom proposal
    that the policy does not know. Forged bytes with a valid checksum raise the errors of the objects inside.
    """
    suite, content = opened(data, StoredState, suite)
    return state_from(decode(StoredState, content, custom=policy.custom), policy, suite, signer)


def state_from(stored: StoredState, policy: Policy, suite: CipherSuite, signer: FindSigner | None) -> GroupState:
    """The state in a struct. Raises `DamagedState`, and the errors of the objects inside."""
    public = _read_public(stored.public, stored.confirmation_tag, policy, suite)
    own_leaf = public.tree.leaf(LeafIndex(stored.own_leaf))
    if own_leaf is None:
        raise DamagedState("§6.3.1", f"there is no member at leaf {stored.own_leaf}", path=("own_leaf",))
    return GroupState(
        public=public,
        own_leaf=LeafIndex(stored.own_leaf),
        private_keys={NodeIndex(each.node): each.private_key for each in stored.private_keys},
        signature_private_key=_signing_key(stored.signature_private_key, own_leaf.signature_key, signer),
        secrets=EpochSecrets(*_all_secrets(stored.secrets)),
        secret_tree=_read_secret_tree(stored.secret_tree, public.tree, suite),
        confirmation_tag=stored.confirmation_tag,
        resumption_psks={each.epoch: each.psk for each in stored.resumption_psks},
        first_epoch=stored.first_epoch,
        update_keys={each.public_key: each.private_key for each in stored.update_keys},
        update_signature_keys={
            each.public_key: _signing_key(each.private_key, each.public_key, signer)
            for each in stored.update_signature_keys
        },
        past_epochs=tuple(_read_past_epochs(stored, suite)),
        active=bool(stored.active),
    )


@checks_arguments
def write_bundle(bundle: KeyPackageBundle) -> bytes:
    """The bytes of a key package with its private keys, in the clear. Delete them once the client has joined (§10)."""
    stored = StoredBundle(
        bundle.key_package,
        bundle.init_private_key,
        bundle.encryption_private_key,
        _in_bytes(bundle.signature_private_key),
    )
    return enclosed(stored, bundle.key_package.cipher_suite)


@checks_arguments
def read_bundle(data: bytes, *, signer: FindSigner | None = None) -> KeyPackageBundle:
    """The key package that was written, with its private keys. Takes `signer` and raises as `read_state` does."""
    _, content = opened(data, StoredBundle, None)
    stored = decode(StoredBundle, content)
    return KeyPackageBundle(
        stored.key_package,
        stored.init_private_key,
        stored.encryption_private_key,
        _signing_key(stored.signature_private_key, stored.key_package.leaf_node.signature_key, signer),
    )


# The header and the checksum


def enclosed(content: StoredState | StoredBundle | StoredPendingCommit, suite: int) -> bytes:
    """The bytes of a struct, between a header and a checksum."""
    whole = encode(Stored(MAGIC, VERSION, content.TAG, suite, encode(content), bytes(_CHECKSUM_LENGTH)))
    return whole[:-_CHECKSUM_LENGTH] + _checksum(whole)


def _checksum(whole: bytes) -> bytes:
    return hashlib.sha256(whole[:-_CHECKSUM_LENGTH]).digest()


def opened(data: bytes, wanted: type[S], suite: CipherSuite | None) -> tuple[CipherSuite, bytes]:
    """Check the header and the checksum of stored bytes, and return the cipher suite and the content."""
    if data[: len(MAGIC)] != MAGIC:
        raise DamagedState("§6.3.1", "these bytes do not begin with MLSW: this workbench did not write them")
    version = int.from_bytes(data[len(MAGIC) : _VERSION_END], "big")
    if len(data) >= _VERSION_END and version != VERSION:
        raise UnknownStateVersion(
            "§6.3.1", f"the bytes are of version {version} of the format; this workbench reads version {VERSION}"
        )
    try:
        stored = decode(Stored, data)
    except Malformed as error:
        reason = f"the bytes are cut short or damaged: {error.reason}"
        raise DamagedState("§6.3.1", reason, path=error.path, offset=error.offset) from None
    if stored.checksum != _checksum(data):
        offset = len(data) - _CHECKSUM_LENGTH
        raise DamagedState("§6.3.1", "the checksum is not that of the bytes", path=("checksum",), offset=offset)
    if stored.stored_type is not wanted.TAG:
        raise Misuse("§6.3.1", f"this is a {stored.stored_type.name}, not a {wanted.TAG.name}")
    if suite is not None and suite.id != stored.cipher_suite:
        raise Misuse("§6.3.1", f"the stored bytes are of cipher suite {stored.cipher_suite}, not {suite.id}")
    return suite or cipher_suite(stored.cipher_suite), stored.content


# The parts of a state


def stored_proposal(sent: SentProposal) -> StoredProposal:
    """A proposal as a struct."""
    sender = Sender(MemberSender(sent.sender) if isinstance(sent.sender, int) else sent.sender)
    return StoredProposal(sent.reference or b"", sender, Proposal(sent.proposal))


def proposal_from(stored: StoredProposal) -> SentProposal:
    """The proposal in a struct."""
    sender = stored.sender.sender
    by = LeafIndex(sender.leaf_index) if isinstance(sender, MemberSender) else sender
    return SentProposal(stored.proposal.proposal, by, stored.reference or None)


def _in_bytes(key: SigningKey) -> bytes:
    """A signature private key; nothing for one that a signer holds, which does not give it away."""
    return b"" if isinstance(key, Signer) else key


def _signing_key(stored: bytes, public_key: bytes, signer: FindSigner | None) -> SigningKey:
    if stored:
        return stored
    if signer is None:
        reason = f"the signature key with the public key {public_key.hex()} is held elsewhere: give its `signer`"
        raise Misuse("§5.1.2", reason)
    return signer(public_key)


def _stored_keys(keys: Mapping[bytes, bytes]) -> tuple[StoredUpdateKey, ...]:
    return tuple(StoredUpdateKey(public_key, private_key) for public_key, private_key in keys.items())


def _all_secrets(secrets: EpochSecrets | StoredSecrets) -> tuple[bytes, ...]:
    """The secrets of an epoch in their order, which is the same in both types."""
    return tuple(getattr(secrets, each.name) for each in fields(EpochSecrets))


def _stored_public(public: PublicGroup) -> StoredPublicGroup:
    return StoredPublicGroup(
        public.context,
        RatchetTreeExtension(public.tree.to_nodes()),
        tuple(map(stored_proposal, public.proposals.values())),
        public.reinit,
    )


def _read_public(stored: StoredPublicGroup, tag: bytes, policy: Policy, suite: CipherSuite) -> PublicGroup:
    tree = RatchetTree.from_nodes(stored.tree.ratchet_tree, suite)
    if tree.hash() != stored.context.tree_hash:
        raise DamagedState("§6.3.1", "the ratchet tree is not the one of the epoch", path=("public", "tree"))
    proposals = {each.reference: proposal_from(each) for each in stored.proposals}
    return replace(public_epoch(suite, stored.context, tree, tag, policy, stored.reinit), proposals=proposals)


def _stored_epoch(past: ReadableEpoch) -> StoredEpoch:
    return StoredEpoch(past.context, past.sender_data_secret, _stored_secret_tree(past.secret_tree))


def _read_epoch(stored: StoredEpoch, tree: RatchetTree, suite: CipherSuite) -> ReadableEpoch:
    secret_tree = _read_secret_tree(stored.secret_tree, tree, suite)
    return ReadableEpoch(stored.context, tree, stored.sender_data_secret, secret_tree)


def _stored_secret_tree(secret_tree: SecretTree) -> tuple[StoredSubtree, ...]:
    return tuple(map(StoredSubtree, _parts(secret_tree.root)))


def _read_secret_tree(stored: Sequence[StoredSubtree], tree: RatchetTree, suite: CipherSuite) -> SecretTree:
    parts = iter(stored)
    root = _grown(parts, tree.leaf_count)
    if next(parts, None) is not None:
        raise DamagedState("§6.3.1", "the secret tree has more parts than the ratchet tree", path=("secret_tree",))
    return SecretTree(suite, tree.leaf_count, root)


def _stored_past_epoch(past: ReadableEpoch, later: ReadableEpoch) -> StoredPastEpoch:
    nodes, later_nodes = past.tree.to_nodes(), later.tree.to_nodes()
    changed = (
        StoredNode(node, content)
        for node, content in enumerate(nodes)
        if node >= len(later_nodes) or content != later_nodes[node]
    )
    return StoredPastEpoch(_stored_epoch(past), len(nodes), tuple(changed))


def _read_past_epochs(stored: StoredState, suite: CipherSuite) -> Iterator[ReadableEpoch]:
    """The past epochs. Each tree is made from that of the epoch after it; only the senders are looked up in it."""
    nodes = list(stored.public.tree.ratchet_tree)
    for past in stored.past_epochs:
        del nodes[past.node_count :]
        for each in past.changed:
            if each.node > len(nodes):
                raise DamagedState("§6.3.1", "a node lies beyond the tree of its epoch", path=("past_epochs",))
            nodes[each.node : each.node + 1] = [each.content]
        yield _read_epoch(past.epoch, RatchetTree.from_nodes(nodes, suite), suite)


def _parts(subtree: Subtree) -> Iterator[Unopened | OpenedParent | OpenedLeaf]:
    """A subtree from its head down, left before right."""
    match subtree:
        case OpenedParentSecrets(left, right):
            yield OpenedParent()
            yield from _parts(left)
            yield from _parts(right)
        case Ratchets(handshake, application):
            yield OpenedLeaf(_stored_ratchet(handshake), _stored_ratchet(application))
        case secret:
            yield Unopened(secret)


def _grown(parts: Iterator[StoredSubtree], width: int) -> Subtree:
    """The subtree over `width` leaves that the next parts make up."""
    stored = next(parts, None)
    match None if stored is None else stored.part:
        case Unopened(secret):
            return secret
        case OpenedParent() if width > 1:
            return OpenedParentSecrets(_grown(parts, width // 2), _grown(parts, width // 2))
        case OpenedLeaf(handshake, application) if width == 1:
            return Ratchets(_read_ratchet(handshake), _read_ratchet(application))
        case _:
            reason = "the secret tree does not have the shape of the ratchet tree"
            raise DamagedState("§6.3.1", reason, path=("secret_tree",))


def _stored_ratchet(ratchet: Ratchet) -> StoredRatchet:
    skipped = tuple(StoredMessageKey(each.generation, each.key, each.nonce) for each in ratchet.skipped)
    return StoredRatchet(ratchet.secret, ratchet.generation, skipped)


def _read_ratchet(stored: StoredRatchet) -> Ratchet:
    skipped = tuple(MessageKey(each.generation, each.key, each.nonce) for each in stored.skipped)
    return Ratchet(stored.secret, stored.generation, skipped)
