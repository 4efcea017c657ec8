"""Content and the verification of its signature, which takes no secret (RFC 9420 §6.1).

Content from the wire is an `UnverifiedContent` until `verify_content` has verified its signature, and then an
`AuthenticatedContent`. So no function can take unverified content for verified content.
"""

from __future__ import annotations

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidSignature, Misuse
from workbench.mls.value import value
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    FramedContentTBS,
    GroupContext,
    from_inside,
)
from workbench.mls.wire.proposals import Proposal


@value
class UnverifiedContent:
    """Content whose membership tag or encryption was checked, and whose signature was not (RFC 9420 §6.1)."""

    wire_format: WireFormat
    content: FramedContent
    auth: FramedContentAuthData


def verify_content(
    suite: Verifier, unverified: UnverifiedContent, signature_key: bytes, context: GroupContext | None
) -> AuthenticatedContent:
    """Verify the signature of content (RFC 9420 §6.1). Raises `InvalidSignature`.

    The caller looks up the sender's `signature_key` (`signature_key_of`). `context` may be None for a sender that stays
    outside of the group, whose signature does not cover it. The confirmation tag of a commit is not checked here: its
    key belongs to the epoch to which the commit leads.
    """
    wire_format, content, auth = unverified.wire_format, unverified.content, unverified.auth
    signed = encode(content_tbs(wire_format, content, context))
    if not suite.verify_with_label(signature_key, "FramedContentTBS", signed, auth.signature):
        raise InvalidSignature("§6.1", "the signature of the message does not verify with its sender's key")
    return AuthenticatedContent(wire_format, content, auth)


def content_tbs(wire_format: WireFormat, content: FramedContent, context: GroupContext | None) -> FramedContentTBS:
    """The struct that the signature covers; from a member or a joining client, the epoch too (RFC 9420 §6.1)."""
    return FramedContentTBS(ProtocolVersion.mls10, wire_format, content, context if from_inside(content) else None)


def proposal_ref(suite: Verifier, authenticated: AuthenticatedContent) -> bytes:
    """The reference by which a commit names a proposal that was sent before (RFC 9420 §5.2)."""
    if not isinstance(authenticated.content.content, Proposal):
        raise Misuse("§5.2", "only a proposal has a proposal reference")
    return suite.ref_hash("MLS 1.0 Proposal Reference", encode(authenticated))
