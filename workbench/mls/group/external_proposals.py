"""Proposals from outside: by the external senders of a group, and by clients that want to join (RFC 9420 §12.1.8).

Neither has a secret of the group; they need only its id and epoch. So such a proposal is always a PublicMessage, and
its signature covers nothing else of the group.
"""

from __future__ import annotations

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.errors import Misuse
from workbench.mls.framing.public_content import FROM_EXTERNAL_SENDERS, from_outside
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.proposals import refuse_grease_in, validate_psk
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.extensions import check_extension_keys, check_extensions
from workbench.mls.tree.leaf_node import ANY_LENGTH
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    MLSMessage,
    NewMemberProposalSender,
    Sender,
)
from workbench.mls.wire.proposals import Add, GroupContextExtensions, PreSharedKey, Proposal, ReInit
from workbench.mls.wire.shapes import uint32, uint64
from workbench.mls.wire.tree import KeyPackage


@checks_arguments
def propose_external(
    suite: CipherSuite,
    group_id: bytes,
    epoch: uint64,
    proposal: AnyProposal,
    *,
    now: Seconds,
    sender_index: uint32,
    signature_private_key: SigningKey,
    authenticated_data: bytes = b"",
) -> MLSMessage:
    """Propose a change as an external sender (RFC 9420 §12.1.8.1).

    `sender_index` is the sender's place in the group's `external_senders` extension; `now` is in seconds since 1970.
    Raises the error of a proposal that would be invalid in every group.
    """
    if not isinstance(proposal, FROM_EXTERNAL_SENDERS):
        name = type(proposal).__name__
        raise Misuse("§12.1.8", f"a proposal of type {name} cannot come from an external sender")
    _check_own(suite, proposal, now)
    sender = Sender(ExternalSenderIndex(sender_index))
    content = FramedContent(group_id, epoch, sender, authenticated_data, Proposal(proposal))
    return _signed(suite, content, signature_private_key)


@checks_arguments
def propose_self_add(
    key_package: KeyPackage,
    signature_private_key: SigningKey,
    suite: CipherSuite,
    group_id: bytes,
    epoch: uint64,
    *,
    now: Seconds,
    authenticated_data: bytes = b"",
) -> MLSMessage:
    """Propose to be added to a group; its members decide (RFC 9420 §12.1.8).

    `signature_private_key` is that of the key package; `now` is in seconds since 1970. Raises what
    `validate_key_package` raises.
    """
    _check_own(suite, Add(key_package), now)
    sender = Sender(NewMemberProposalSender())
    content = FramedContent(group_id, epoch, sender, authenticated_data, Proposal(Add(key_package)))
    return _signed(suite, content, signature_private_key)


def _check_own(suite: CipherSuite, proposal: AnyProposal, now: int) -> None:
    """Refuse a proposal that would be invalid in every group, or an expired key package (RFC 9420 §7.3, §12.1)."""
    refuse_grease_in(proposal)
    match proposal:
        case Add(key_package):
            validate_key_package(suite, key_package, now=now, lifetimes=ANY_LENGTH)
        case PreSharedKey(psk):
            validate_psk(suite, psk)
        case GroupContextExtensions(extensions):
            check_extensions(extensions, "a GroupContext")
            check_extension_keys(suite, extensions)
        case ReInit(cipher_suite=following, extensions=extensions):
            check_extensions(extensions, "a GroupContext")
            check_extension_keys(algorithms(following), extensions)


def _signed(suite: CipherSuite, content: FramedContent, signature_private_key: SigningKey) -> MLSMessage:
    wire_format = WireFormat.mls_public_message
    signature = sign_content(suite, wire_format, content, signature_private_key, None)
    return from_outside(AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, None)))
