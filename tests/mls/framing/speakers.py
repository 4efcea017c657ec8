"""One member who speaks, and all that framing needs to know of the epoch it speaks in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite, SignatureKeyPair
from workbench.mls.framing.signing import sign_content
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    MemberSender,
    Sender,
)
from workbench.mls.wire.proposals import Commit, Proposal, Remove

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)

PUBLIC, PRIVATE = WireFormat.mls_public_message, WireFormat.mls_private_message
SENDER = 1
MEMBERSHIP_KEY, SENDER_DATA_SECRET = b"membership key", b"sender data secret"

DATA, PROPOSAL, COMMIT = ApplicationData(b"hello"), Proposal(Remove(2)), Commit((), None)


@dataclass(frozen=True)
class Epoch:
    """The epoch, and the signature keys of the member at leaf 1."""

    suite: CipherSuite

    @property
    def context(self) -> GroupContext:
        return GroupContext(ProtocolVersion.mls10, self.suite.id, b"group", 4, b"tree", b"confirmed", ())

    @property
    def keys(self) -> SignatureKeyPair:
        return self.suite.signature_key_pair(b"the member at leaf 1")

    @property
    def secret_tree(self) -> SecretTree:
        return SecretTree(self.suite, 4, b"encryption secret")

    def content(self, content: ApplicationData | Proposal | Commit, sender: Sender | None = None) -> FramedContent:
        return FramedContent(b"group", 4, sender or Sender(MemberSender(SENDER)), b"aad", content)

    def signed(
        self,
        wire_format: WireFormat,
        content: ApplicationData | Proposal | Commit,
        sender: Sender | None = None,
    ) -> AuthenticatedContent:
        framed = self.content(content, sender)
        signature = sign_content(self.suite, wire_format, framed, self.keys.private_key, self.context)
        tag = b"confirmation tag" if isinstance(content, Commit) else None
        return AuthenticatedContent(wire_format, framed, FramedContentAuthData(signature, tag))


def flipped(data: bytes) -> bytes:
    """The bytes with one bit of the last one changed."""
    return data[:-1] + bytes([data[-1] ^ 1])


def in_another_epoch(context: GroupContext) -> GroupContext:
    """The context of the epoch after."""
    return replace(context, epoch=context.epoch + 1)
