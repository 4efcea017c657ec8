"""An observer: who holds no secret of a group, follows its public messages and checks them (RFC 9420 §6.2, §12.4).

That is a delivery service or an auditor. It sees signatures, proposals, paths, parent hashes and the tree, and tells
the same tree hash and the same transcript hashes as the members do. What it cannot see:

- the membership tag (§6.2) and the confirmation tag (§6.1): MACs that no signature covers, so that whoever carries a
  message can change them. Members refuse it then; an observer takes it. Where members got the true confirmation
  tag, it is in the same tree and epoch as they are, and astray one commit later, since the next transcript hash
  rests on the tag. A GroupInfo of the epoch tells at once;
- anything inside a PrivateMessage (§6.3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.errors import InvalidCommit, InvalidGroupInfo, InvalidTag, Misuse
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_message import read_public
from workbench.mls.group.framing import check_address, signature_key_of
from workbench.mls.group.group_info import verify_group_info
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    ProposalQueued,
    process_public_commit,
    process_public_proposal,
)
from workbench.mls.group.public_group import PublicGroup, public_epoch, require_not_ended
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    GroupInfo,
    MLSMessage,
    PrivateMessage,
    Proposal,
    PublicMessage,
)


@value
class EncryptedApplicationData:
    """Application data went by: who sent it and what it says is for members (RFC 9420 §6.3)."""

    authenticated_data: bytes
    length: int


@value
class EncryptedHandshake:
    """A proposal or a commit went by that only members can read (RFC 9420 §6.3).

    If members take it, the observer is blind from here: behind a private commit, every message is of an epoch that it
    cannot reach, and a commit of a private proposal names something unknown. It goes on from a new GroupInfo.
    Whether members take it cannot be seen, and anybody can make bytes that look like this: so the group stays as
    it was, for the public messages of its epoch that may still come.
    """

    content_type: ContentType
    authenticated_data: bytes
    length: int


@value
class VerifiedGroupInfo:
    """A member has signed that the group is what the observer takes it for, transcript and all (RFC 9420 §12.4.3)."""

    signer: LeafIndex


Observed: TypeAlias = ProposalQueued | EpochAdvanced | EncryptedApplicationData | EncryptedHandshake | VerifiedGroupInfo


@checks_arguments
def observe(
    group: PublicGroup, message: MLSMessage | bytes, *, now: Seconds, sent_at: int | None = None
) -> tuple[PublicGroup, Observed]:
    """Take in one message as somebody without secrets: the next view of the group, and what was seen.

    `now` and `sent_at` are those of `process`. A GroupInfo of the present epoch is compared with the view. Raises
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
    """The group after a commit, as far as the commit alone tells; its confirmation tag is taken at its word."""
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
    """A member's word for where the group stands, against what the observer has (RFC 9420 §12.4.3)."""
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
        reason = "the confirmation tag that led here is not the members': the commit was changed on its way"
        raise InvalidTag("§8.2", reason)
    return VerifiedGroupInfo(signer)
