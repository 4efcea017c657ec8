"""What is inside of messages: openly, or because somebody who was watched has sealed or opened them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from workbench.inspect.names import credential_name
from workbench.inspect.trace import Operation
from workbench.inspect.trace_format import Added as AddedEntry
from workbench.inspect.trace_format import Commit as CommitEntry
from workbench.inspect.trace_format import PathNode
from workbench.inspect.trace_format import Proposal as ProposalEntry
from workbench.mls import (
    Add,
    CustomProposal,
    GroupState,
    LeafIndex,
    MLSMessage,
    Remove,
    SentProposal,
    Update,
    decode,
    key_package_ref,
)
from workbench.mls.group.proposal_list import Applied, apply_proposals, resolve_proposals
from workbench.mls.tree.tree_math import direct_path, leaf_to_node, sibling
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.messages import (
    ApplicationData,
    Commit,
    GroupInfo,
    MemberSender,
    PrivateMessage,
    PrivateMessageContent,
    Proposal,
    PublicMessage,
    SenderData,
    Welcome,
)

Content: TypeAlias = ApplicationData | Proposal | Commit


class Opened(NamedTuple):
    """What a message says, and the leaf of the member who says it."""

    content: Content
    sender: LeafIndex


def open_recorded(
    message: MLSMessage, operations: Iterable[Operation], custom: frozenset[int] = frozenset()
) -> Opened | None:
    """The content of a message within a group; None if it is sealed and no recorded operation shows it.

    `custom` are the proposal types that are known beside those of the RFC.
    """
    match message.message:
        case PublicMessage() as public if isinstance(public.content.sender.sender, MemberSender):
            return Opened(public.content.content, LeafIndex(public.content.sender.sender.leaf_index))
        case PrivateMessage() as private:
            plaintexts = dict(_plaintexts(operations))
            sender_data = plaintexts.get(private.encrypted_sender_data)
            plaintext = plaintexts.get(private.ciphertext)
            if sender_data is None or plaintext is None:
                return None
            inside = decode(PrivateMessageContent, plaintext, custom=custom, content_type=private.content_type)
            return Opened(inside.content, LeafIndex(decode(SenderData, sender_data).leaf_index))
        case _:
            return None


def inviter(welcome: Welcome, operations: Iterable[Operation]) -> LeafIndex | None:
    """Who signed the GroupInfo in a Welcome (RFC 9420 §12.4.3); None if no recorded operation has opened it."""
    group_info = dict(_plaintexts(operations)).get(welcome.encrypted_group_info)
    return None if group_info is None else LeafIndex(decode(GroupInfo, group_info).signer)


def _plaintexts(operations: Iterable[Operation]) -> Iterable[tuple[bytes, bytes]]:
    """All that was sealed or opened, by ciphertext."""
    for operation in operations:
        if operation.name == "seal":
            yield operation.output, operation.inputs[2]
        elif operation.name == "open":
            yield operation.public, operation.output


def describe_proposal(sent: SentProposal) -> ProposalEntry:
    """A proposal in the trace's terms."""
    entry: ProposalEntry = {"type": _type_name(sent), "sender": sent.member, "leaf": None, "name": None}
    match sent.proposal:
        case Add(key_package):
            entry["name"] = credential_name(key_package.leaf_node) or None
        case Update():
            entry["leaf"] = sent.member
        case Remove(removed):
            entry["leaf"] = removed
        case _:
            pass
    return entry


def _type_name(sent: SentProposal) -> str:
    """The RFC's name of a proposal's type, or the number of a custom one: "0xf001"."""
    if isinstance(sent.proposal, CustomProposal):
        return f"{sent.proposal.proposal_type:#06x}"
    return sent.proposal.TAG.name


def describe_commit(before: GroupState, commit: Commit, committer: LeafIndex) -> CommitEntry:
    """What a commit does, from public values alone; `before` is any member that has all proposals it refers to."""
    listed = resolve_proposals(commit, committer, before.proposals)
    applied = apply_proposals(before.tree, before.context.extensions, listed)
    proposals = [describe_proposal(sent) for sent in listed]
    added: list[AddedEntry] = [
        {"leaf": leaf, "key_package_ref": key_package_ref(before.suite, key_package).hex()}
        for leaf, key_package in applied.added
    ]
    for entry, joiner in zip((each for each in proposals if each["type"] == "add"), added, strict=True):
        entry["leaf"] = joiner["leaf"]
    return {
        "committer": committer,
        "proposals": proposals,
        "added": added,
        "updated": list(applied.updated),
        "removed": list(applied.removed),
        "with_path": commit.path is not None,
        "path": [] if commit.path is None else _path(applied, committer),
    }


def _path(applied: Applied, committer: LeafIndex) -> list[PathNode]:
    """The committer's direct path, and to whom each path secret is sealed (RFC 9420 §7.6)."""
    tree, joined = applied.tree, [leaf for leaf, _ in applied.added]
    recipients = dict(
        zip(
            (at.node for at in tree.filtered_direct_path(committer)),
            path_recipients(tree, committer, joined),
            strict=True,
        )
    )
    path: list[PathNode] = []
    below = leaf_to_node(committer)
    for node in direct_path(below, tree.leaf_count):
        path.append(
            {
                "node": node,
                "copath": sibling(below, tree.leaf_count),
                "filtered": node not in recipients,
                "to": list(recipients.get(node, ())),
            }
        )
        below = node
    return path
