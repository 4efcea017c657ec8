"""Explanations of what `process` did with a message: which of several causes a refusal has, as far as is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbench.inspect.case import ExplainContext
from workbench.inspect.explanation import Explanation
from workbench.inspect.forks import Parting, compare, decoded, first_parting, is_signed_for, is_signed_there
from workbench.inspect.handshake_words import committed, proposed
from workbench.inspect.names import counted, listed, name_of, shown
from workbench.inspect.readings import field_of, is_unknown_type
from workbench.inspect.reasons import KINDS, MessageKind, verdict_of
from workbench.mls import ApplicationMessage, GroupState, ProposalQueued, Received, Removed
from workbench.mls.errors import (
    DecryptionFailed,
    FutureEpoch,
    GroupInactive,
    InvalidSignature,
    InvalidTag,
    LateHandshake,
    Malformed,
    MLSError,
    OwnMessage,
    UnknownProposal,
    WrongGroup,
)
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.private_message import unprotect_private
from workbench.mls.group.state import ReadableEpoch
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import NewMemberCommitSender, PrivateMessage, PublicMessage
from workbench.mls.wire.proposals import Commit, ProposalByReference


def accepted(case: ExplainContext, following: GroupState, received: Received) -> Explanation:
    """The explanation of a message that `process` has accepted; `following` is the state after it."""
    tree = case.state.tree
    match received:
        case ApplicationMessage(_, data):
            sentence = f"{case.subject} opens: {counted(len(data), 'byte')} of application data."
        case ProposalQueued(_, proposal):
            sentence = f"{case.subject} is valid and waits for a commit: {proposed(tree, proposal)}."
        case Removed():
            sentence = f"{case.subject} is valid. It removes this member from the group."
        case advanced:
            name = name_of(following.tree, advanced.committer)
            action = committed(tree, name, advanced.proposals, external=advanced.external)
            sentence = f"{case.subject} is valid and leads to epoch {following.epoch}: {action}."
    kind = MessageKind.PROCESSABLE
    return Explanation(kind, sentence, KINDS[kind].next_step, "", case.details())


def refused(case: ExplainContext, error: MLSError) -> Explanation:
    """The explanation of a message that `process` has refused with this error."""
    looked_at = CLOSER.get(type(error))
    if looked_at is not None:
        return looked_at(case, error)
    return _by_the_book(case, error)


def _by_the_book(case: ExplainContext, error: MLSError) -> Explanation:
    kind, next_step = verdict_of(error)
    return _of_kind(case, error, kind, f"{case.subject} is refused: {error.reason}.", next_step)


def _of_kind(
    case: ExplainContext, error: MLSError, kind: MessageKind, sentence: str, next_step: str = ""
) -> Explanation:
    step = next_step or KINDS[kind].next_step
    return Explanation(kind, sentence, step, error.section, case.details(error), error)


# Not here, not now


def _of_another_group(case: ExplainContext, error: MLSError) -> Explanation:
    reinit = case.state.reinit
    if reinit is not None and reinit.group_id == case.group_id:
        sentence = f"{case.subject} is for the group that follows this group after its ReInit."
        return _of_kind(case, error, MessageKind.SUCCESSOR_GROUP, sentence)
    sentence = f"{case.subject} is for group {shown(case.group_id)}, but this is group {shown(case.state.group_id)}."
    return _of_kind(case, error, MessageKind.OTHER_GROUP, sentence)


def _of_a_later_epoch(case: ExplainContext, error: FutureEpoch) -> Explanation:
    if not case.state.active:
        return _of_a_group_that_is_over(case, error)
    parting = _parting(case)
    if parting is not None:
        return _of_the_other_side(case, error, parting)
    first, last, missing = case.state.epoch, error.epoch - 1, error.missing
    if missing == 1:
        lacks = "1 commit is"
        step = f"Fetch the commit that ends epoch {first} and process it. Then process this message again."
    else:
        lacks = f"{missing} commits are"
        step = (
            f"Fetch the commits that end epochs {first} to {last} and process them in order. "
            "Then process this message again."
        )
    sentence = f"{case.subject} is of epoch {error.epoch}, but this member is in epoch {first}: {lacks} missing."
    return _of_kind(case, error, MessageKind.FUTURE_EPOCH, sentence, step)


def _of_a_group_that_is_over(case: ExplainContext, error: MLSError) -> Explanation:
    reinit = case.state.reinit
    if reinit is not None:
        sentence = (
            f"{case.subject} comes too late: a ReInit has ended the group, which continues as {shown(reinit.group_id)}."
        )
        return _of_kind(case, error, MessageKind.GROUP_ENDED, sentence)
    sentence = f"{case.subject} is not for this member: a commit has removed it at the end of epoch {case.state.epoch}."
    return _of_kind(case, error, MessageKind.REMOVED, sentence)


def _too_late(case: ExplainContext, error: LateHandshake) -> Explanation:
    """A proposal or commit of a past epoch; it may be the commit that ended that epoch here."""
    if _is_own_late_message(case) or (_led_here(case) and case.sender == case.state.own_leaf):
        sentence = f"{case.subject} is this member's own message of epoch {error.epoch}, which has ended here."
        step = "Drop it: an own message of a past epoch changes nothing any more."
        return _of_kind(case, error, MessageKind.OWN_ECHO, sentence, step)
    if _led_here(case) or case.message in decoded(case.knowledge.commits, case.state.policy.custom):
        sentence = f"{case.subject} has been processed before: it has ended epoch {error.epoch} here."
        return _of_kind(case, error, MessageKind.ALREADY_PROCESSED, sentence)
    parting = _parting(case)
    if parting is not None:
        return _of_the_other_side(case, error, parting)
    sentence = f"{case.subject} is of epoch {error.epoch}, but this member is already in epoch {error.current}."
    if case.content_type is not ContentType.commit:
        return _of_kind(case, error, MessageKind.EPOCH_ENDED, sentence)
    step = (
        f"Drop it. If other members have ended epoch {error.epoch} with this commit and not with the commit that this "
        "member processed, the group has forked."
    )
    return _of_kind(case, error, MessageKind.EPOCH_ENDED, sentence, step)


def _led_here(case: ExplainContext) -> bool:
    """Whether the message is the commit that led to the present epoch: it has the same confirmation tag."""
    tag = case.framed.auth.confirmation_tag if isinstance(case.framed, PublicMessage) else None
    return case.epoch == case.state.epoch - 1 and tag == case.state.confirmation_tag


def _is_own_late_message(case: ExplainContext) -> bool:
    """Whether the keys that are kept of a past epoch prove that this member made the message."""
    readable = case.state.readable_in(case.epoch)
    if case.sender != case.state.own_leaf or readable is None:
        return False
    return not isinstance(case.framed, PublicMessage) or is_signed_for(case.framed, case.state.suite, readable)


# From oneself


def _of_ones_own(case: ExplainContext, error: OwnMessage) -> Explanation:
    """A message whose sender is this member's leaf; this state or another copy of it may have sent the message."""
    opened, readable = case.sender_data, case.state.readable_in(case.epoch)
    if opened is not None and readable is not None and isinstance(case.framed, PrivateMessage):
        _, upcoming = readable.secret_tree.next_key(case.state.own_leaf, case.content_type)
        if opened.generation >= upcoming.generation:
            keys = f"it uses key {opened.generation}, and the next key of this state is {upcoming.generation}"
            if _is_signed_by_oneself(case.state, case.framed, readable):
                sentence = f"{case.subject} is signed by this member, but this state has not sent it: {keys}."
                return _of_kind(case, error, MessageKind.OWN_LEAF_TWICE, sentence)
            sentence = (
                f"{case.subject} names this member as its sender, but this member has neither encrypted nor signed it: "
                f"{keys}."
            )
            return _of_kind(case, error, MessageKind.FAILED_CHECK, sentence)
    step = {
        ContentType.commit: "Process it again, and give `process` the PendingCommit of this commit as `pending`.",
        ContentType.proposal: "There is nothing to do: the proposal is in the state since this member made it.",
    }.get(case.content_type, "There is nothing to do: this member knows the content, and its key is deleted.")
    sentence = f"{case.subject} is this member's own message, which the delivery service has returned."
    return _of_kind(case, error, MessageKind.OWN_ECHO, sentence, step)


def _is_signed_by_oneself(state: GroupState, private: PrivateMessage, readable: ReadableEpoch) -> bool:
    """Whether a message opens with this member's own ratchet, and its signature verifies with this member's key."""
    try:
        opened, _ = unprotect_private(
            state.suite,
            private,
            readable.secret_tree,
            readable.sender_data_secret,
            state.policy.ratchets,
            custom=state.policy.custom,
        )
        key = readable.tree.member(state.own_leaf).signature_key
        verify_content(state.suite, opened, key, readable.context)
    except MLSError:
        return False
    return True


# Another side, or a broken part


def _unopened(case: ExplainContext, error: DecryptionFailed) -> Explanation:
    """Something encrypted does not open: the sender data, the content, or a path secret in a commit."""
    if error.section == "§6.3.2":
        return _fork_or_damaged(case, error)
    if error.section == "§6.3.1":
        return _damaged(case, error, "its sender data opens with the keys of this epoch, but its content does not")
    return _by_the_book(case, error)


def _badly_signed(case: ExplainContext, error: InvalidSignature) -> Explanation:
    """A wrong signature. A newcomer has no membership key, so only its signature shows for which epoch it signed."""
    if error.section == "§6.1" and case.sender == NewMemberCommitSender():
        return _fork_or_damaged(case, error)
    return _by_the_book(case, error)


def _badly_tagged(case: ExplainContext, error: InvalidTag) -> Explanation:
    """A wrong tag. If it is the membership tag, the signature shows whether the message was made for this epoch."""
    if error.section != "§6.2":
        return _by_the_book(case, error)
    if isinstance(case.framed, PublicMessage) and is_signed_for(case.framed, case.state.suite, case.state.readable):
        evidence = "its sender has signed it for this epoch, but its membership tag is wrong"
        return _damaged(case, error, evidence)
    return _fork_or_damaged(case, error)


def _ill_formed_inside(case: ExplainContext, error: Malformed) -> Explanation:
    kind = MessageKind.UNSUPPORTED if is_unknown_type(error) else MessageKind.FAILED_CHECK
    field = field_of(error)
    sentence = f"{case.subject} contains bytes that do not decode, in {field}: {error.reason}."
    explained = _of_kind(case, error, kind, sentence)
    return replace(explained, details=replace(explained.details, field=field, offset=error.offset))


def _damaged(case: ExplainContext, error: MLSError, evidence: str) -> Explanation:
    sentence = f"{case.subject} was changed in transit: {evidence}."
    return _of_kind(case, error, MessageKind.DAMAGED, sentence)


def _fork_or_damaged(case: ExplainContext, error: MLSError) -> Explanation:
    """Only group and epoch fit: without evidence of the other side, a fork and damage look the same."""
    other, policy = case.knowledge.other, case.state.policy
    compared = compare(case.state, case.readable, other, now=case.now)
    differs = list(compared.differs)
    if isinstance(case.framed, PublicMessage) and is_signed_there(policy, case.framed, other, now=case.now):
        differs.append("the message's own signature, which is valid in the other side's epoch")
    parting = _parting(case)
    if parting is not None:
        differs.append(str(parting))
    what = f"group and epoch {case.epoch} fit, but {error.reason}"
    if differs:
        sentence = f"{case.subject} comes from the other side of a fork: {what}. The proof: {listed(differs)}."
        return _of_kind(case, error, MessageKind.FORK, sentence)
    if compared.agrees:
        agrees = f"the other side is in the same epoch, as {listed(compared.agrees)} shows"
        return _damaged(case, error, f"{agrees}, but {error.reason}")
    sentence = f"{case.subject} was changed in transit, or the group has forked: {what}."
    return _of_kind(case, error, MessageKind.FORK_OR_DAMAGED, sentence)


def _parting(case: ExplainContext) -> Parting | None:
    """Where the histories of the two sides part, if the message is at that place or after it; None otherwise."""
    custom = case.state.policy.custom
    ours, theirs = (decoded(side, custom) for side in (case.knowledge.commits, case.knowledge.other.commits))
    parting = first_parting(ours, theirs)
    if parting is None or parting.epoch > case.epoch:
        return None
    return parting if parting.epoch < case.epoch or case.message in theirs else None


def _of_the_other_side(case: ExplainContext, error: MLSError, parting: Parting) -> Explanation:
    sentence = f"{case.subject} comes from the other side of a fork: {parting}."
    return _of_kind(case, error, MessageKind.FORK, sentence)


def _with_unknown_proposals(case: ExplainContext, error: MLSError) -> Explanation:
    commit = case.framed.content.content if isinstance(case.framed, PublicMessage) else None
    missing: tuple[str, ...] = ()
    if isinstance(commit, Commit):
        named = [each.proposal_or_ref for each in commit.proposals]
        missing = tuple(
            each.reference.hex()
            for each in named
            if isinstance(each, ProposalByReference) and each.reference not in case.state.proposals
        )
    explained = _of_kind(case, error, MessageKind.MISSING_PROPOSAL, f"{case.subject} is refused: {error.reason}.")
    return replace(explained, details=replace(explained.details, missing=missing))


CLOSER: dict[type[MLSError], Callable[[ExplainContext, Any], Explanation]] = {
    DecryptionFailed: _unopened,
    FutureEpoch: _of_a_later_epoch,
    GroupInactive: _of_a_group_that_is_over,
    InvalidSignature: _badly_signed,
    InvalidTag: _badly_tagged,
    LateHandshake: _too_late,
    Malformed: _ill_formed_inside,
    OwnMessage: _of_ones_own,
    UnknownProposal: _with_unknown_proposals,
    WrongGroup: _of_another_group,
}
"""For each error that can have several causes, the function that looks for the cause."""
