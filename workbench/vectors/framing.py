"""Vectors of framing: message-protection (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import Misuse
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.private_message import protect_private, unprotect_private
from workbench.mls.framing.public_message import protect_public, unprotect_public
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
    MLSMessage,
    PrivateMessage,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.proposals import Commit, Proposal
from workbench.vectors.case import CaseFailed, VectorCase, expect, expect_equal, located

SENDER = Sender(MemberSender(1))
MEMBERS = 2


@dataclass(frozen=True, slots=True)
class VectorEpoch:
    """The epoch of a case, with all secrets to send as member 1 and to receive."""

    suite: CipherSuite
    context: GroupContext
    secret_tree: SecretTree
    sender_data_secret: bytes
    membership_key: bytes
    signature_priv: bytes
    signature_pub: bytes

    def receive(self, message: object) -> AuthenticatedContent:
        """The content of a message after all checks of a receiver (RFC 9420 §6.1)."""
        match message:
            case PublicMessage():
                opened = unprotect_public(self.suite, message, self.membership_key, self.context)
            case PrivateMessage():
                opened, _ = unprotect_private(self.suite, message, self.secret_tree, self.sender_data_secret)
            case other:
                raise CaseFailed(f"a {type(other).__name__} is not framed content")
        return verify_content(self.suite, opened, self.signature_pub, self.context)

    def send(
        self, wire_format: WireFormat, content: FramedContent, tag: bytes | None, entropy: bytes
    ) -> PublicMessage | PrivateMessage:
        """A new message with the content, signed and framed; `tag` is a commit's confirmation tag (RFC 9420 §6.1)."""
        signature = sign_content(self.suite, wire_format, content, self.signature_priv, self.context)
        signed = AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, tag))
        if wire_format is WireFormat.mls_public_message:
            return protect_public(self.suite, signed, self.membership_key, self.context)
        sealed, _ = protect_private(self.suite, signed, self.secret_tree, self.sender_data_secret, entropy=entropy)
        return sealed


def message_protection(case: VectorCase) -> None:
    """Check that given and new messages open, and that application data is never public (RFC 9420 §6)."""
    epoch = _epoch_in(case)
    application = ApplicationData(case.data("application"))
    sent: dict[str, Proposal | Commit | ApplicationData] = {
        "proposal_pub": case.decoded(Proposal, "proposal"),
        "proposal_priv": case.decoded(Proposal, "proposal"),
        "commit_pub": case.decoded(Commit, "commit"),
        "commit_priv": case.decoded(Commit, "commit"),
        "application_priv": application,
    }
    for name, raw in sent.items():
        wire_format = WireFormat.mls_public_message if name.endswith("_pub") else WireFormat.mls_private_message
        message = case.decoded(MLSMessage, name).message
        expect(f"{name} is an {wire_format.name}", message.TAG is wire_format)
        with located(name):
            given = epoch.receive(message)
        _expect_content(name, epoch, given.content, raw)
        with located(f"{name}, protected anew"):
            tag = given.auth.confirmation_tag
            again = epoch.receive(epoch.send(wire_format, given.content, tag, case.entropy()))
        _expect_content(f"{name}, protected anew,", epoch, again.content, raw)
    public = FramedContent(epoch.context.group_id, epoch.context.epoch, SENDER, b"", application)
    try:
        epoch.send(WireFormat.mls_public_message, public, None, case.entropy())
    except Misuse:
        return
    raise CaseFailed("application data was framed as a PublicMessage")


def _epoch_in(case: VectorCase) -> VectorEpoch:
    suite = case.suite()
    context = GroupContext(
        ProtocolVersion.mls10,
        suite.id,
        case.data("group_id"),
        case.number("epoch", 64),
        case.data("tree_hash"),
        case.data("confirmed_transcript_hash"),
        (),
    )
    return VectorEpoch(
        suite,
        context,
        SecretTree(suite, MEMBERS, case.data("encryption_secret")),
        case.data("sender_data_secret"),
        case.data("membership_key"),
        case.data("signature_priv"),
        case.data("signature_pub"),
    )


def _expect_content(
    what: str, epoch: VectorEpoch, content: FramedContent, raw: Proposal | Commit | ApplicationData
) -> None:
    expect_equal(f"the content of {what}", content.content, raw)
    expect_equal(f"the sender of {what}", content.sender, SENDER)
    expect_equal(f"the group of {what}", content.group_id, epoch.context.group_id)
    expect_equal(f"the epoch of {what}", content.epoch, epoch.context.epoch)
