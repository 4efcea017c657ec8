"""Proposals from outside: by those whom the group lists, and by clients that want to be in it (RFC 9420 §12.1.8).

Neither has a secret of the group; a group id and an epoch are all they need to know. A proposal from outside is
therefore always public, and its signature is not bound to more of the group than these.
"""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import Misuse
from workbench.mls.framing.content import sign_content
from workbench.mls.framing.public_message import FROM_EXTERNAL_SENDERS, from_outside
from workbench.mls.group.proposals import refuse_grease_in
from workbench.mls.group.state import AnyProposal
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import (
    Add,
    AuthenticatedContent,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    MLSMessage,
    NewMemberProposalSender,
    Proposal,
    Sender,
)
from workbench.mls.wire.tree import KeyPackage


def propose_external(
    suite: CipherSuite,
    group_id: bytes,
    epoch: int,
    proposal: AnyProposal,
    *,
    sender_index: int,
    signature_private_key: bytes,
    authenticated_data: bytes = b"",
) -> MLSMessage:
    """Propose a change as an external sender (RFC 9420 §12.1.8.1).

    `sender_index` is the sender's place in the group's `external_senders` extension.
    """
    if not isinstance(proposal, FROM_EXTERNAL_SENDERS):
        name = type(proposal).__name__
        raise Misuse("§12.1.8", f"a proposal of type {name} cannot come from an external sender")
    refuse_grease_in(proposal)
    sender = Sender(ExternalSenderIndex(sender_index))
    content = FramedContent(group_id, epoch, sender, authenticated_data, Proposal(proposal))
    return _signed(suite, content, signature_private_key)


def propose_self_add(
    key_package: KeyPackage,
    signature_private_key: bytes,
    suite: CipherSuite,
    group_id: bytes,
    epoch: int,
    *,
    authenticated_data: bytes = b"",
) -> MLSMessage:
    """Ask to be added to a group; its members decide (RFC 9420 §12.1.8). The private key is the key package's."""
    sender = Sender(NewMemberProposalSender())
    content = FramedContent(group_id, epoch, sender, authenticated_data, Proposal(Add(key_package)))
    return _signed(suite, content, signature_private_key)


def _signed(suite: CipherSuite, content: FramedContent, signature_private_key: bytes) -> MLSMessage:
    wire_format = WireFormat.mls_public_message
    signature = sign_content(suite, wire_format, content, signature_private_key, None)
    return from_outside(AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, None)))
