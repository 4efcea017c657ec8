"""An observer holds no secret of a group; it follows the public messages and checks them (RFC 9420 §6.2, §12.4).

A delivery service or an auditor is an observer. It checks signatures, proposals, paths, parent hashes and the tree, and
computes the same tree hash and transcript hashes as the members do. It cannot check:

- the membership tag (§6.2) and the confirmation tag (§6.1). These are MACs that no signature covers, so anybody who
  forwards a message can change them. Members refuse such a message; an observer accepts it. If only the observer got a
  changed confirmation tag, it has the tree and epoch of the members, but refuses their next commit, since the next
  transcript hash depends on the tag. A GroupInfo of the epoch shows the difference at once;
- the content of a PrivateMessage (§6.3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.errors import InvalidCommit, InvalidGroupInfo, InvalidTag, Misuse
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_content import read_public
from workbench.mls.group.framing import check_address
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    ProposalQueued,
    process_public_commit,
    process_public_proposal,
)
from workbench.mls.group.public_group import PublicGroup, public_epoch, require_not_ended
from workbench.mls.group.signatures import signature_key_of, verify_group_info
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import AuthenticatedContent, GroupInfo, MLSMessage, PrivateMessage, PublicMessage
from workbench.mls.wire.proposals import Proposal


@value
class EncryptedApplicationData:
    """An application message: only members can read its sender and its content (RFC 9420 §6.3)."""

    authenticated_data: bytes
    length: int


@value
class EncryptedHandshake:
    """A proposal or a commit in a PrivateMessage, which only members can read (RFC 9420 §6.3).

    If the members accept it, the observer cannot follow any more: after a private commit, messages are of an epoch that
    the observer does not know, and a commit of a private proposal names an unknown reference. The observer then needs a
    new GroupInfo. It cannot tell whether the members accept the message, since anybody can make such bytes. So the
    public group stays as it was, for the public messages of its epoch that may still come.
    """

    content_type: ContentType
    authenticated_data: bytes
    length: int


@value
class VerifiedGroupInfo:
    """A member has signed the same GroupContext and transcript that the observer has computed (RFC 9420 §12.4.3)."""

    signer: LeafIndex


Observed: TypeAlias = ProposalQueued | EpochAdvanced | EncryptedApplicationData | EncryptedHandshake | VerifiedGroupInfo


@checks_arguments
def observe(
    group: PublicGroup, message: MLSMessage | bytes, *, now: Seconds, sent_at: int | None = None
) -> tuple[PublicGroup, Observed]:
    """Process one message without secrets: return the next public group, and what was observed (RFC 9420 §6.2, §12.4).

    `now` and `sent_at` are those of `process`. A GroupInfo of the present epoch is compared with `group`. Raises
    `Malformed`, `WrongGroup`, `WrongEpoch`, `GroupInactive`, `InvalidMessage`, `InvalidSignature`, what
    `process_public_proposal` and `process_public_commit` raise, and `InvalidGroupInfo` or `InvalidTag` for a GroupInfo
    of another history.
    """
    if isinstance(message, bytes):
        message = decode(MLSMessage, message, custom=group.policy.custom)
    match message.message:
        case PublicMessage() as public:
            return _observe_public(group, public, group.policy.lifetimes.received(now, sent_at))
        case PrivateMessage() as private:
            check_address(group.context, private.group_id, private.epoch)
            return group, _passing(private)
        case GroupInfo() as group_info:
            return group, _compare(group, group_info)
        case other:
            raise Misuse("§6", f"a {type(other).__name__} is not a message within a group")


def _observe_public(group: PublicGroup, public: PublicMessage, when: When) -> tuple[PublicGroup, Observed]:
    check_address(group.context, public.content.group_id, public.content.epoch)
    unverified = read_public(public)
    signature_key = signature_key_of(public.content, group.context, group.tree)
    authenticated = verify_content(group.suite, unverified, signature_key, group.context)
    require_not_ended(group)
    if isinstance(public.content.content, Proposal):
        proposals, queued = process_public_proposal(group, authenticated, when=when)
        return replace(group, proposals=proposals), queued
    return _advance(group, authenticated, when)


def _advance(group: PublicGroup, authenticated: AuthenticatedContent, when: When) -> tuple[PublicGroup, EpochAdvanced]:
    """The public group after a commit; its confirmation tag is not verified."""
    processed = process_public_commit(group, authenticated, when=when)
    confirmed = confirmed_transcript_hash(
        group.suite,
        group.interim_transcript_hash,
        authenticated.wire_format,
        authenticated.content,
        authenticated.auth.signature,
    )
    tag = authenticated.auth.confirmation_tag
    if tag is None:
        raise InvalidCommit("§6.1", "the commit has no confirmation tag")
    context = replace(processed.context, confirmed_transcript_hash=confirmed)
    following = public_epoch(group.suite, context, processed.tree, tag, group.policy, processed.applied.reinit)
    return following, processed.advanced


def _passing(private: PrivateMessage) -> EncryptedApplicationData | EncryptedHandshake:
    length = len(private.ciphertext)
    if private.content_type is ContentType.application:
        return EncryptedApplicationData(private.authenticated_data, length)
    return EncryptedHandshake(private.content_type, private.authenticated_data, length)


def _compare(group: PublicGroup, group_info: GroupInfo) -> VerifiedGroupInfo:
    """Compare a GroupInfo of the present epoch with the observer's public group (RFC 9420 §12.4.3)."""
    context, signer = group_info.group_context, LeafIndex(group_info.signer)
    check_address(group.context, context.group_id, context.epoch)
    leaf_node = group.tree.leaf(signer)
    if leaf_node is None:
        raise InvalidGroupInfo("§12.4.3", f"the signer of the GroupInfo, leaf {signer}, is no member")
    verify_group_info(group.suite, group_info, leaf_node.signature_key)
    if context != group.context:
        raise InvalidGroupInfo("§12.4.3", f"leaf {signer} is in epoch {context.epoch} of another history: a fork")
    confirmed = context.confirmed_transcript_hash
    if interim_transcript_hash(group.suite, confirmed, group_info.confirmation_tag) != group.interim_transcript_hash:
        reason = "the confirmation tag of the last commit is not the members': the commit was changed on its way"
        raise InvalidTag("§8.2", reason)
    return VerifiedGroupInfo(signer)
