"""PublicMessage: signed content that everybody can read, with a member's membership tag (RFC 9420 §6.2)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidTag, Misuse
from workbench.mls.framing.content import UnverifiedContent, content_tbs
from workbench.mls.framing.public_content import read_public
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    AuthenticatedContentTBM,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    MemberSender,
    PublicMessage,
)


def protect_public(
    suite: CipherSuite, authenticated: AuthenticatedContent, membership_key: bytes, context: GroupContext
) -> PublicMessage:
    """Frame signed content as a PublicMessage; a member's gets a membership tag (RFC 9420 §6.2)."""
    content, auth = authenticated.content, authenticated.auth
    if authenticated.wire_format is not WireFormat.mls_public_message:
        raise Misuse("§6.1", "the content was signed for another wire format than PublicMessage")
    if isinstance(content.content, ApplicationData):
        raise Misuse("§6", "application data must be encrypted: send it in a PrivateMessage")
    if not isinstance(content.sender.sender, MemberSender):
        return PublicMessage(content, auth, None)
    return PublicMessage(content, auth, suite.mac(membership_key, _tbm(content, auth, context)))


def unprotect_public(
    suite: CipherSuite, message: PublicMessage, membership_key: bytes, context: GroupContext
) -> UnverifiedContent:
    """Check the membership tag of a message of this epoch (RFC 9420 §6.2).

    Raises `InvalidMessage` for content that its sender must not send in a PublicMessage, and `InvalidTag`.
    """
    content, auth = message.content, message.auth
    unverified = read_public(message)
    if isinstance(content.sender.sender, MemberSender):
        tag = message.membership_tag
        if tag is None or not suite.verify_mac(membership_key, _tbm(content, auth, context), tag):
            raise InvalidTag("§6.2", "the membership tag was not made with the membership key of this epoch")
    return unverified


def _tbm(content: FramedContent, auth: FramedContentAuthData, context: GroupContext) -> bytes:
    tbs = content_tbs(WireFormat.mls_public_message, content, context)
    return encode(AuthenticatedContentTBM(tbs, auth))
