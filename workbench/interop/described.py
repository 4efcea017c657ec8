"""Convert the fields of requests and responses to and from the protocol's values."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from workbench.interop.member import HOUR, fresh, now
from workbench.interop.refusal import Refusal
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Lifetime,
    MLSMessage,
    PendingCommit,
    PreSharedKey,
    PreSharedKeyID,
    PublicGroup,
    RatchetTree,
    RatchetTreeExtension,
    ReInit,
    Remove,
    ResumptionPSK,
    SignatureKeyPair,
    cipher_suite,
    create_key_package,
    decode,
    encode,
)
from workbench.mls.crypto.signer import private_key_in
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.messages import GroupContext

LIFETIME = 28 * 24 * HOUR
"""The lifetime of a key package; some peers refuse one of more than three months."""

Fields: TypeAlias = Mapping[str, object]
"""The fields of a response, by name."""

T = TypeVar("T")


def message_of(kind: type[T], data: bytes) -> T:
    """The content of an encoded MLSMessage; it must have this type."""
    message = decode(MLSMessage, data).message
    if not isinstance(message, kind):
        raise Refusal(f"a {type(message).__name__} stands where a {kind.__name__} belongs")
    return message


def tree_of(data: bytes) -> RatchetTreeExtension | None:
    """Decode a separate ratchet tree; empty bytes mean that there is none."""
    return decode(RatchetTreeExtension, data) if data else None


def encoded_tree(tree: RatchetTree, *, wanted: bool) -> bytes:
    """Encode the ratchet tree separately if the request asks for it."""
    return encode(RatchetTreeExtension(tree.to_nodes())) if wanted else b""


def encoded_welcome(committed: PendingCommit) -> bytes:
    """The encoded Welcome of a commit; empty bytes if the commit adds no member."""
    return b"" if committed.welcome is None else encode(committed.welcome)


def credential_of(identity: bytes) -> Credential:
    """The basic credential with this identity."""
    return Credential(BasicCredential(identity))


def new_signature_keys(suite: CipherSuite) -> SignatureKeyPair:
    """A new signature key pair."""
    return suite.signature_key_pair(secrets.token_bytes(suite.hash_length))


def new_bundle(suite: CipherSuite, credential: Credential) -> KeyPackageBundle:
    """A new key package of a client; its lifetime began an hour ago, because some clocks are slow."""
    return create_key_package(
        suite,
        credential,
        new_signature_keys(suite).private_key,
        lifetime=Lifetime(now() - HOUR, now() + LIFETIME),
        entropy=fresh(),
    )


def encoded_key_package(bundle: KeyPackageBundle) -> bytes:
    """The encoded public key package."""
    return encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package))


def private_keys(bundle: KeyPackageBundle) -> dict[str, bytes]:
    """The private keys of a key package as response fields, which the runner records."""
    return {
        "init_priv": bundle.init_private_key,
        "encryption_priv": bundle.encryption_private_key,
        "signature_priv": private_key_in(bundle.signature_private_key),
    }


def member_called(identity: bytes, tree: RatchetTree) -> LeafIndex:
    """The leaf of the member with this identity."""
    for leaf, leaf_node in tree.leaves():
        if leaf_node.credential == credential_of(identity):
            return leaf
    raise Refusal(f"no member has the identity {identity!r}")


def extensions_of(described: Sequence[Any]) -> tuple[Extension, ...]:
    """Extensions from their types and data."""
    return tuple(Extension(each.extension_type, each.extension_data) for each in described)


def external_psk(suite: CipherSuite, psk_id: bytes) -> PreSharedKey:
    """A PreSharedKey proposal for a key of the application."""
    return PreSharedKey(PreSharedKeyID(ExternalPSK(psk_id), secrets.token_bytes(suite.hash_length)))


def resumption_psk(suite: CipherSuite, group_id: bytes, epoch: int) -> PreSharedKey:
    """A PreSharedKey proposal for the resumption PSK of a past epoch."""
    key = ResumptionPSK(ResumptionPSKUsage.application, group_id, epoch)
    return PreSharedKey(PreSharedKeyID(key, secrets.token_bytes(suite.hash_length)))


def reinit(described: Any) -> ReInit:
    """A ReInit proposal; the new group's cipher suite must be one that we support."""
    suite = cipher_suite(described.cipher_suite)
    return ReInit(described.group_id, ProtocolVersion.mls10, suite.id, extensions_of(described.extensions))


def with_external_sender(context: GroupContext, external_sender: bytes) -> GroupContextExtensions:
    """A proposal that adds an external sender to the extensions of the group."""
    senders = (*external_senders_in(context.extensions), decode(ExternalSender, external_sender))
    others = tuple(each for each in context.extensions if each.extension_type != ExtensionType.external_senders)
    return GroupContextExtensions(
        (*others, Extension(ExtensionType.external_senders, encode(ExternalSenders(senders))))
    )


def proposal_of(described: Any, group: PublicGroup) -> AnyProposal:
    """The proposal that a ProposalDescription describes."""
    match described.proposal_type:
        case b"add":
            return Add(message_of(KeyPackage, described.key_package))
        case b"remove":
            return Remove(member_called(described.removed_id, group.tree))
        case b"externalPSK":
            return external_psk(group.suite, described.psk_id)
        case b"resumptionPSK":
            return resumption_psk(group.suite, group.context.group_id, described.epoch_id)
        case b"groupContextExtensions":
            return GroupContextExtensions(extensions_of(described.extensions))
        case b"reinit":
            return reinit(described)
        case other:
            raise Refusal(f"there is no proposal type {other!r}")
