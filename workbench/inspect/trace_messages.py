"""What is inside of messages: openly, or because somebody who was watched has sealed or opened them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from workbench.inspect.names import credential_name
from workbench.inspect.trace import Operation
from workbench.inspect.trace_format import Commit as CommitEntry
from workbench.inspect.trace_format import PathNode
from workbench.inspect.trace_format import Proposal as ProposalEntry
from workbench.mls import Add, GroupState, LeafIndex, MLSMessage, RatchetTree, Remove, SentProposal, Update, decode
from workbench.mls.group.proposal_list import apply_proposals, resolve_proposals
from workbench.mls.tree.tree_math import direct_path, leaf_to_node, sibling
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.messages import (
    ApplicationData,
    Commit,
    MemberSender,
    PrivateMessage,
    PrivateMessageContent,
    Proposal,
    PublicMessage,
    SenderData,
)

Content: TypeAlias = ApplicationData | Proposal | Commit


class Opened(NamedTuple):
    """What a message says, and the leaf of the member who says it."""

    content: Content
    sender: LeafIndex


def open_recorded(message: MLSMessage, operations: Iterable[Operation]) -> Opened | None:
    """The content of a message within a group; None if it is sealed and no recorded operation shows it."""
    match message.message:
        case PublicMessage(content) if isinstance(content.sender.sender, MemberSender):
            return Opened(content.content, LeafIndex(content.sender.sender.leaf_index))
        case PrivateMessage() as private:
            plaintexts = dict(_plaintexts(operations))
            sender_data = plaintexts.get(private.encrypted_sender_data)
            content = plaintexts.get(private.ciphertext)
            if sender_data is None or content is None:
                return None
            inside = decode(PrivateMessageContent, content, content_type=private.content_type)
            return Opened(inside.content, LeafIndex(decode(SenderData, sender_data).leaf_index))
        case _:
            return None


def _plaintexts(operations: Iterable[Operation]) -> Iterable[tuple[bytes, bytes]]:
    """All that was sealed or opened, by ciphertext."""
    for operation in operations:
        if operation.name == "seal":
            yield operation.output, operation.inputs[2]
        elif operation.name == "open":
            yield operation.public, operation.output


def describe_proposal(sent: SentProposal) -> ProposalEntry:
    """A proposal in the trace's terms."""
    match sent.proposal:
        case Add(key_package):
            leaf, name = None, credential_name(key_package.leaf_node)
        case Update():
            leaf, name = int(sent.sender), None
        case Remove(removed):
            leaf, name = removed, None
        case _:
            leaf, name = None, None
    return {"type": sent.proposal.TAG.name, "sender": sent.sender, "leaf": leaf, "name": name or None}


def describe_commit(before: GroupState, commit: Commit, committer: LeafIndex) -> CommitEntry:
    """What a commit does, from public values alone; `before` is any member that has all proposals it refers to."""
    listed = resolve_proposals(commit, committer, before.proposals)
    applied = apply_proposals(before.tree, before.context.extensions, listed)
    proposals = [describe_proposal(sent) for sent in listed]
    added = [leaf for leaf, _ in applied.added]
    for entry, leaf in zip((each for each in proposals if each["type"] == "add"), added, strict=True):
        entry["leaf"] = leaf
    return {
        "committer": committer,
        "proposals": proposals,
        "added": list(added),
        "updated": list(applied.updated),
        "removed": list(applied.removed),
        "with_path": commit.path is not None,
        "path": [] if commit.path is None else _path(applied.tree, committer, added),
    }


def _path(tree: RatchetTree, committer: LeafIndex, joined: list[LeafIndex]) -> list[PathNode]:
    """The committer's direct path, and to whom each path secret is sealed (RFC 9420 §7.6)."""
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
