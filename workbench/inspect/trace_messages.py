"""The contents of messages: public ones, and private ones that a recorded device has encrypted or decrypted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.inspect.names import as_name, credential_name, psk_name, type_name
from workbench.inspect.trace import RecordedOperation
from workbench.inspect.trace_format import (
    TraceAdded,
    TraceCommit,
    TracePathNode,
    TraceProposal,
    TraceStep,
    custom_types,
)
from workbench.mls import (
    Add,
    LeafIndex,
    Malformed,
    MLSMessage,
    PreSharedKey,
    PublicGroup,
    Remove,
    SentProposal,
    Update,
    decode,
    key_package_ref,
)
from workbench.mls.group.public_commit import ProcessedPublicCommit, process_public_commit
from workbench.mls.tree.tree_math import direct_path, leaf_to_node, sibling
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    GroupInfo,
    MemberSender,
    PrivateMessage,
    PrivateMessageContent,
    PublicMessage,
    Sender,
    SenderData,
    Welcome,
)
from workbench.mls.wire.proposals import Commit


def open_recorded(
    message: MLSMessage, operations: Iterable[RecordedOperation], custom: frozenset[int] = frozenset()
) -> AuthenticatedContent | None:
    """The content of a message within a group, with its signature.

    None if the message is private and no recorded operation encrypted or decrypted it, or if the content does not
    decode. `custom` are the known custom proposal types.
    """
    match message.message:
        case PublicMessage(content, auth):
            return AuthenticatedContent(WireFormat.mls_public_message, content, auth)
        case PrivateMessage() as private:
            plaintexts = dict(_plaintexts(operations))
            sender_data = plaintexts.get(private.encrypted_sender_data)
            plaintext = plaintexts.get(private.ciphertext)
            if sender_data is None or plaintext is None:
                return None
            try:
                inside = decode(PrivateMessageContent, plaintext, custom=custom, content_type=private.content_type)
                sender = Sender(MemberSender(decode(SenderData, sender_data).leaf_index))
            except Malformed:  # a holder of the keys can encrypt bytes that do not decode
                return None
            content = FramedContent(private.group_id, private.epoch, sender, private.authenticated_data, inside.content)
            return AuthenticatedContent(WireFormat.mls_private_message, content, inside.auth)
        case _:
            return None


def commits_in(step: TraceStep) -> Iterator[Commit]:
    """The commits on the wire in a step: public commits, and private ones that a recorded device could read."""
    custom = custom_types(step)
    for message in step["messages"]:
        if message["kind"] == "commit":
            content = message.get("content")
            if content is not None:
                yield decode(Commit, bytes.fromhex(content), custom=custom)
            public = decode(MLSMessage, bytes.fromhex(message["wire"]), custom=custom).message
            if isinstance(public, PublicMessage) and isinstance(public.content.content, Commit):
                yield public.content.content


def inviter(welcome: Welcome, operations: Iterable[RecordedOperation]) -> LeafIndex | None:
    """The signer of the GroupInfo in a Welcome (RFC 9420 §12.4.3); None if no recorded operation opened it."""
    group_info = dict(_plaintexts(operations)).get(welcome.encrypted_group_info)
    return None if group_info is None else LeafIndex(decode(GroupInfo, group_info).signer)


def _plaintexts(operations: Iterable[RecordedOperation]) -> Iterable[tuple[bytes, bytes]]:
    """All recorded encryptions and decryptions, by ciphertext."""
    for operation in operations:
        if operation.name == "seal":
            yield operation.output, operation.inputs[2]
        elif operation.name == "open":
            yield operation.public, operation.output


def describe_proposal(sent: SentProposal) -> TraceProposal:
    """A proposal in the format of the trace."""
    entry: TraceProposal = {"type": type_name(sent.proposal), "sender": sent.member, "leaf": None, "name": None}
    match sent.proposal:
        case Add(key_package):
            entry["name"] = as_name(credential_name(key_package.leaf_node)) or None
        case Update():
            entry["leaf"] = sent.member
        case Remove(removed):
            entry["leaf"] = removed
        case PreSharedKey(psk):
            entry["name"] = psk_name(psk)
        case _:
            pass
    return entry


def describe_commit(before: PublicGroup, content: FramedContent, now: int) -> TraceCommit:
    """The effects of a commit, from public values; `before` is the group with all proposals of the commit."""
    unproven = FramedContentAuthData(b"", None)  # the members that processed the commit have verified it
    authenticated = AuthenticatedContent(WireFormat.mls_public_message, content, unproven)
    followed = process_public_commit(before, authenticated, when=before.policy.lifetimes.received(now))
    applied = followed.applied
    proposals = [describe_proposal(sent) for sent in followed.advanced.proposals]
    added: list[TraceAdded] = [
        {"leaf": leaf, "key_package_ref": key_package_ref(before.suite, key_package).hex()}
        for leaf, key_package in applied.added
    ]
    for entry, joiner in zip((each for each in proposals if each["type"] == "add"), added, strict=True):
        entry["leaf"] = joiner["leaf"]
    return {
        "committer": followed.committer,
        "external": followed.advanced.external,
        "proposals": proposals,
        "added": added,
        "updated": list(applied.updated),
        "removed": list(applied.removed),
        "with_path": followed.commit.path is not None,
        "path": [] if followed.commit.path is None else _path(followed),
    }


def _path(followed: ProcessedPublicCommit) -> list[TracePathNode]:
    """The committer's direct path, and the nodes to which each path secret is encrypted (RFC 9420 §7.6)."""
    tree, committer = followed.tree, followed.committer
    recipients = dict(
        zip(
            (at.node for at in tree.filtered_direct_path(committer)),
            path_recipients(tree, committer, followed.applied.joined),
            strict=True,
        )
    )
    path: list[TracePathNode] = []
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
