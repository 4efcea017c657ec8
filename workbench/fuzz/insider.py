"""A member that signs and encrypts damaged content, so that the content passes the checks of signatures and tags.

All functions work on raw bytes, because the signed content may not decode.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from typing_extensions import override

from workbench.fuzz.scene import FuzzScene, welcome_of
from workbench.mls import (
    CipherSuite,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafNode,
    MLSError,
    MLSMessage,
    PendingCommit,
    RatchetTree,
    SigningKey,
    Welcome,
    decode,
    encode,
)
from workbench.mls.framing.private_message import REUSE_GUARD_LENGTH, sender_data_key_and_nonce
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import epoch_from_joiner_secret, welcome_key_and_nonce, welcome_secret
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.tree.tree_math import leaf_to_node
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.code_points import ContentType, ExtensionType, ProtocolVersion, WireFormat
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.messages import (
    FramedContent,
    GroupInfo,
    GroupInfoTBS,
    GroupSecrets,
    MemberSender,
    NewMemberCommitSender,
    PrivateContentAAD,
    PrivateMessage,
    Sender,
    SenderData,
    SenderDataAAD,
)
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.tree import Extension, KeyPackageTBS, RatchetTreeExtension, UpdatePath

ENTROPY = b"Mallory needs no randomness.".ljust(64, b".")


@dataclass(frozen=True, eq=False, repr=False)
class Credulous(CipherSuite):
    """A suite that accepts every signature and every tag, as if the attacker had the keys of all members."""

    @override
    def verify_with_label(self, public_key: bytes, label: str, content: bytes, signature: bytes) -> bool:
        super().verify_with_label(public_key, label, content, signature)
        return True

    @override
    def verify_mac(self, key: bytes, data: bytes, tag: bytes) -> bool:
        super().verify_mac(key, data, tag)
        return True


def vector(data: bytes) -> bytes:
    """`opaque x<V>`."""
    return length_header(len(data)) + data


# Public and private messages


def sign(state: GroupState, wire_format: WireFormat, content: bytes, private_key: SigningKey) -> tuple[bytes, bytes]:
    """The bytes that the signature covers when `body` is framed as content, and the signature (RFC 9420 §6.1)."""
    inside = isinstance(_sender(content), MemberSender | NewMemberCommitSender)
    signed = _head(wire_format) + content + (encode(state.context) if inside else b"")
    return signed, state.suite.sign_with_label(private_key, "FramedContentTBS", signed)


def public_message(state: GroupState, content: bytes, confirmation_tag: bytes | None, private_key: SigningKey) -> bytes:
    """A PublicMessage with these bytes as content, a valid signature and a valid membership tag (RFC 9420 §6.2)."""
    wire_format = WireFormat.mls_public_message
    signed, signature = sign(state, wire_format, content, private_key)
    auth = vector(signature) + (b"" if confirmation_tag is None else vector(confirmation_tag))
    framed = _head(wire_format) + content + auth
    if isinstance(_sender(content), MemberSender):
        framed += vector(state.suite.mac(state.secrets.membership_key, signed + auth))
    return framed


def _head(wire_format: WireFormat) -> bytes:
    return ProtocolVersion.mls10.to_bytes(2, "big") + wire_format.to_bytes(2, "big")


def _sender(content: bytes) -> object:
    """The sender of the content; a member if the content does not decode."""
    try:
        return decode(FramedContent, content).sender.sender
    except MLSError:
        return MemberSender(0)


@dataclass(frozen=True, slots=True)
class Sealer:
    """Encrypts any bytes as a PrivateMessage of one member (RFC 9420 §6.3)."""

    state: GroupState
    content_type: ContentType

    def inside(self, body: bytes, confirmation_tag: bytes | None) -> bytes:
        """The plaintext of signed content: `body` without the fields that a PrivateMessage carries outside."""
        state = self.state
        framed = encode(Sender(MemberSender(state.own_leaf)))
        content = vector(state.group_id) + state.epoch.to_bytes(8, "big") + framed + vector(b"")
        content += bytes([self.content_type]) + body
        _, signature = sign(state, WireFormat.mls_private_message, content, state.signature_private_key)
        return body + vector(signature) + (b"" if confirmation_tag is None else vector(confirmation_tag))

    def sealed(self, plaintext: bytes, sender_data: bytes | None = None) -> bytes:
        """The message; `sender_data` may replace the correct sender data."""
        state, suite = self.state, self.state.suite
        _, used = state.secret_tree.next_key(state.own_leaf, self.content_type)
        if sender_data is None:
            sender_data = self.sender_data()
        aad = PrivateContentAAD(state.group_id, state.epoch, self.content_type, b"")
        ciphertext = suite.seal(used.key, used.nonce, encode(aad), plaintext)
        key, nonce = sender_data_key_and_nonce(suite, state.secrets.sender_data_secret, ciphertext)
        sender_data_aad = encode(SenderDataAAD(state.group_id, state.epoch, self.content_type))
        sealed_data = suite.seal(key, nonce, sender_data_aad, sender_data)
        message = PrivateMessage(state.group_id, state.epoch, self.content_type, b"", sealed_data, ciphertext)
        return encode(MLSMessage(ProtocolVersion.mls10, message))

    def sender_data(self) -> bytes:
        """The correct sender data of the next message; with a zero reuse guard, the nonce is that of the ratchet."""
        _, used = self.state.secret_tree.next_key(self.state.own_leaf, self.content_type)
        return encode(SenderData(self.state.own_leaf, used.generation, bytes(REUSE_GUARD_LENGTH)))


# Leaf nodes and key packages


def signed_leaf(state: GroupState, data: bytes) -> LeafNode:
    """The leaf node with a new signature of its member; raises `Malformed` for bytes that are not a leaf node."""
    return sign_leaf_node(
        state.suite,
        decode(LeafNode, data),
        state.signature_private_key,
        group_id=state.group_id,
        leaf_index=state.own_leaf,
    )


def signed_key_package(suite: CipherSuite, private_key: SigningKey, data: bytes) -> KeyPackage:
    """The key package with new signatures of its client; raises `Malformed` for bytes that are not a key package."""
    given = decode(KeyPackage, data)
    leaf_node = sign_leaf_node(suite, given.leaf_node, private_key)
    content = KeyPackageTBS(given.version, given.cipher_suite, given.init_key, leaf_node, given.extensions)
    signature = suite.sign_with_label(private_key, "KeyPackageTBS", encode(content))
    return replace(given, leaf_node=leaf_node, signature=signature)


@dataclass(frozen=True, slots=True)
class PathForCarol:
    """The ciphertext for Carol's leaf in the path of Mallory's commit (RFC 9420 §7.6)."""

    scene: FuzzScene
    commit: Commit

    @property
    def path(self) -> UpdatePath:
        """The path of the commit."""
        if self.commit.path is None:
            raise TypeError("the commit has no path")
        return self.commit.path

    @property
    def place(self) -> tuple[int, int]:
        """The index of the node in the path, and of the ciphertext in the node."""
        committed = self.scene.committed
        recipients = path_recipients(committed.next.tree, self.scene.mallory.own_leaf, committed.advanced.added)
        carol = leaf_to_node(self.scene.carol.own_leaf)
        return next((node, readers.index(carol)) for node, readers in enumerate(recipients) if carol in readers)

    @property
    def key(self) -> bytes:
        """The public key of Carol's leaf after the Update in the commit."""
        return self.scene.committed.next.tree.member(self.scene.carol.own_leaf).encryption_key

    @property
    def context(self) -> bytes:
        """The context to which the ciphertext is bound: that of the next epoch, with the old transcript hash."""
        old, new = self.scene.carol.context, self.scene.committed.next.context
        return encode(replace(new, confirmed_transcript_hash=old.confirmed_transcript_hash))

    def secret(self) -> bytes:
        """The path secret that Carol learns from the ciphertext."""
        node, place = self.place
        sealed = self.path.nodes[node].encrypted_path_secret[place]
        private_key = self.scene.carol.update_keys[self.key]
        return self.scene.suite.decrypt_with_label(private_key, "UpdatePathNode", self.context, sealed)

    def resealed(self, secret: bytes) -> Commit:
        """The commit with another path secret for Carol."""
        suite, nodes = self.scene.suite, list(self.path.nodes)
        node, place = self.place
        entropy = ENTROPY[: suite.hash_length]
        sealed = suite.encrypt_with_label(self.key, "UpdatePathNode", self.context, secret, entropy=entropy)
        ciphertexts = list(nodes[node].encrypted_path_secret)
        ciphertexts[place] = sealed
        nodes[node] = replace(nodes[node], encrypted_path_secret=tuple(ciphertexts))
        return replace(self.commit, path=replace(self.path, nodes=tuple(nodes)))


# Welcomes


@dataclass(frozen=True, slots=True)
class WelcomeForger:
    """The sender of a Welcome, which knows all its contents and can replace them.

    `committed` is a commit whose first Add is the newcomer. `psks` are the values of the commit's pre-shared keys.
    """

    suite: CipherSuite
    committed: PendingCommit
    newcomer: KeyPackageBundle
    signature_private_key: SigningKey = field(repr=False)
    psks: tuple[bytes, ...] = field(repr=False)

    @property
    def secrets(self) -> GroupSecrets:
        """The encoded GroupSecrets for the newcomer."""
        newcomer, welcome = self.newcomer, welcome_of(self.committed)
        return open_group_secrets(self.suite, welcome, newcomer.key_package, newcomer.init_private_key)

    @property
    def group_info(self) -> GroupInfo:
        """The encoded GroupInfo in the Welcome."""
        return open_group_info(self.suite, welcome_of(self.committed), self.welcome_secret)

    @property
    def welcome_secret(self) -> bytes:
        """The secret that opens the GroupInfo."""
        return welcome_secret(self.suite, self.secrets.joiner_secret, self.psk_secret)

    @property
    def psk_secret(self) -> bytes:
        """The PSK secret of the commit."""
        return psk_secret(self.suite, list(zip(self.secrets.psks, self.psks, strict=True)))

    def welcome(self, *, group_secrets: bytes | None = None, group_info: bytes | None = None) -> bytes:
        """The Welcome with other GroupSecrets or another GroupInfo (RFC 9420 §12.4.3.1)."""
        suite = self.suite
        secrets = encode(self.secrets) if group_secrets is None else group_secrets
        key, nonce = welcome_key_and_nonce(suite, self.welcome_secret)
        info = encode(self.group_info) if group_info is None else group_info
        sealed_info = suite.seal(key, nonce, b"", info)
        honest = welcome_of(self.committed).secrets[0]
        sealed = suite.encrypt_with_label(
            self.newcomer.key_package.init_key,
            "Welcome",
            sealed_info,
            secrets,
            entropy=ENTROPY[: suite.hash_length],
        )
        entry = replace(honest, encrypted_group_secrets=sealed)
        return encode(MLSMessage(ProtocolVersion.mls10, Welcome(suite.id, (entry,), sealed_info)))

    def signed(self, data: bytes) -> bytes:
        """The GroupInfo with a valid signature, if the bytes decode."""
        return signed_group_info(self.suite, self.signature_private_key, data)

    def with_tree(self, data: bytes) -> bytes:
        """A signed GroupInfo with another tree; tree hash and confirmation tag fit the tree if it has a hash."""
        suite, info = self.suite, self.group_info
        others = tuple(each for each in info.extensions if each.extension_type != ExtensionType.ratchet_tree)
        info = replace(info, extensions=(*others, Extension(ExtensionType.ratchet_tree, data)))
        try:
            tree = RatchetTree.from_nodes(decode(RatchetTreeExtension, data).ratchet_tree, suite)
        except MLSError:
            return self.signed(encode(info))
        context = replace(info.group_context, tree_hash=tree.hash())
        epoch = epoch_from_joiner_secret(
            suite,
            self.secrets.joiner_secret,
            self.psk_secret,
            encode(context),
            tree.leaf_count,
        )
        tag = suite.mac(epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
        return self.signed(encode(replace(info, group_context=context, confirmation_tag=tag)))


def signed_group_info(suite: CipherSuite, private_key: SigningKey, data: bytes) -> bytes:
    """The GroupInfo with a valid signature; bytes that do not decode are not changed."""
    try:
        info = decode(GroupInfo, data)
    except MLSError:
        return data
    content = GroupInfoTBS(info.group_context, info.extensions, info.confirmation_tag, info.signer)
    return encode(replace(info, signature=suite.sign_with_label(private_key, "GroupInfoTBS", encode(content))))
