"""Signing content (RFC 9420 §6.1)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.framing.content import content_tbs
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import FramedContent, GroupContext


def sign_content(
    suite: CipherSuite,
    wire_format: WireFormat,
    content: FramedContent,
    signature_private_key: SigningKey,
    context: GroupContext | None,
) -> bytes:
    """The sender's signature, for one wire format and one epoch (RFC 9420 §6.1).

    `context` is the GroupContext of the epoch, None for a sender that stays outside of the group.
    """
    signed = encode(content_tbs(wire_format, content, context))
    return suite.sign_with_label(signature_private_key, "FramedContentTBS", signed)
