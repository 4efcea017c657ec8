"""How the attacker reads the messages of a group: with a key from a secret tree, or a leaked message key (§6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from workbench.adversary.commits import wait_for_proposals
from workbench.adversary.facts import EpochAt, MessageKeyOf, SecretTreeOf, SenderDataSecretOf
from workbench.adversary.findings import Read
from workbench.adversary.known_group import KnownGroup, note_key_package
from workbench.adversary.public_tracking import KnownEpoch
from workbench.mls import Add, MLSError, SentProposal
from workbench.mls.framing.content import proposal_ref
from workbench.mls.framing.private_message import open_content, open_sender_data
from workbench.mls.group.framing import sender_leaf
from workbench.mls.group.public_commit import proposal_sender
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import ApplicationData, AuthenticatedContent, PrivateMessage, PublicMessage, SenderData
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue, ProposalOrRef


@dataclass(frozen=True, slots=True)
class _Private:
    """A PrivateMessage, with its index among all messages on the wire."""

    group: KnownGroup
    index: int
    message: PrivateMessage

    @property
    def address(self) -> tuple[bytes, int]:
        """The id of the group and the number of the epoch."""
        return self.message.group_id, self.message.epoch

    @contextmanager
    def noting_why_not(self) -> Iterator[None]:
        """Note the error that keeps the attacker from reading the message."""
        try:
            yield
        except MLSError as problem:
            self.group.unreadable[self.index] = str(problem)
            raise


def hear_public(group: KnownGroup, index: int, message: PublicMessage) -> None:
    """Read a PublicMessage, unless it has application data: members refuse that (RFC 9420 §6.2)."""
    if isinstance(message.content.content, ApplicationData):
        group.unreadable[index] = "§6.2: application data that is not encrypted, which no member accepts"
        return
    _understand(group, index, AuthenticatedContent(WireFormat.mls_public_message, message.content, message.auth))


def hear_private(group: KnownGroup, index: int, message: PrivateMessage) -> None:
    """Read a PrivateMessage as soon as its keys are known."""
    private = _Private(group, index, message)
    group.facts.each(SenderDataSecretOf(*private.address), partial(_open_sender_data, private))


def _open_sender_data(private: _Private, secret: bytes) -> None:
    group, message = private.group, private.message
    if private.index in group.understood:
        return
    with private.noting_why_not():
        sender_data = open_sender_data(group.suite, message, secret)
    name = MessageKeyOf(*private.address, sender_data.leaf_index, message.content_type, sender_data.generation)
    group.facts.each(SecretTreeOf(*private.address), partial(_take_key, private, sender_data))
    group.facts.each(name, partial(_open_content, private, sender_data))


def _take_key(private: _Private, sender_data: SenderData, secret_tree: SecretTree) -> None:
    """Decrypt a message with its key from a secret tree, unless the key is deleted there."""
    if private.index not in private.group.understood:
        content_type = private.message.content_type
        _, key = secret_tree.key_for(sender_data.leaf_index, content_type, sender_data.generation)
        _open_content(private, sender_data, key)


def _open_content(private: _Private, sender_data: SenderData, key: MessageKey) -> None:
    group, message = private.group, private.message
    if private.index in group.understood:
        return
    with private.noting_why_not():
        opened = open_content(group.suite, message, sender_data, key, custom=group.policy.custom)
    _understand(group, private.index, AuthenticatedContent(opened.wire_format, opened.content, opened.auth))


def _understand(group: KnownGroup, index: int, authenticated: AuthenticatedContent) -> None:
    """Note the content of a message. The attacker does not need to verify the signature."""
    group.understood.add(index)
    group.unreadable.pop(index, None)
    content = authenticated.content
    at = EpochAt(group.group_id, content.epoch)
    match content.content:
        case ApplicationData(data):
            group.findings.append(Read(index, content.epoch, sender_leaf(content), data))
        case Proposal(proposal):
            if isinstance(proposal, Add):
                note_key_package(group.facts, proposal.key_package)
            group.facts.each(at, partial(_propose, group, authenticated, proposal))
        case Commit(proposals):
            _note_key_packages(group, proposals)
            group.facts.each(at, partial(wait_for_proposals, group, authenticated))


def _note_key_packages(group: KnownGroup, proposals: Sequence[ProposalOrRef]) -> None:
    """Note the key packages in a commit: those of its Add proposals by value."""
    for each in proposals:
        if isinstance(each.proposal_or_ref, ProposalByValue):
            proposal = each.proposal_or_ref.proposal.proposal
            if isinstance(proposal, Add):
                note_key_package(group.facts, proposal.key_package)


def _propose(group: KnownGroup, authenticated: AuthenticatedContent, proposal: AnyProposal, known: KnownEpoch) -> None:
    reference = proposal_ref(group.suite, authenticated)
    group.propose(known, SentProposal(proposal, proposal_sender(authenticated.content), reference), reference)
