"""Commits: how a group goes from one epoch to the next (RFC 9420 §12.4).

Making and processing a commit are the same walk, seen from two ends:

    validate    the proposals, one by one and together
    apply       them to the tree and the group's extensions
    path        fresh keys from the committer's leaf to the root, sealed or opened
    derive      the new epoch from the old init secret, the path's commit secret and the pre-shared keys
    confirm     the tag that proves it

What takes no secret of it is in `public_commit.py`; a newcomer makes its own commit in `external_commit.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.errors import InvalidTag, RevocationUnknown, Violation
from workbench.mls.framing.content import sign_content
from workbench.mls.framing.padding import Padding
from workbench.mls.group.epoch import AppliedPath, EpochInputs, advance_epoch, derive_epoch, last_state
from workbench.mls.group.framing import frame
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.pre_shared_keys import (
    NO_EXTERNAL_PSKS,
    NO_RESUMPTION_PSKS,
    ExternalPSKs,
    ResumptionPSKs,
    find_psks,
    held_psk,
)
from workbench.mls.group.proposal_list import (
    Applied,
    path_required,
    pending_proposal,
    select_proposals,
    select_valid_proposals,
)
from workbench.mls.group.proposals import check_is_current, refuse_grease_in
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    ProcessedPublicCommit,
    ProcessPublicCommit,
    advanced_by,
    process_public_commit,
    provisional_context,
    validate_and_apply,
)
from workbench.mls.group.resumption_checks import require_first_commit, resumption_psks_of
from workbench.mls.group.state import (
    AnyProposal,
    GroupState,
    PublicGroup,
    SentProposal,
    for_sending,
    renewed_leaf,
    require_active,
)
from workbench.mls.group.welcome import create_welcome
from workbench.mls.schedule.key_schedule import external_init_secret
from workbench.mls.schedule.transcript import confirmation_tag
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.tree.update_path import new_path, open_path, prune_private_keys, seal_path
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage, WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    Commit,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    MemberSender,
    MLSMessage,
    PreSharedKey,
    Proposal,
    ProposalByReference,
    ProposalByValue,
    ProposalOrRef,
    Sender,
)
from workbench.mls.wire.tree import Credential, LeafNode, UpdatePath


@dataclass(frozen=True, slots=True)
class PendingCommit:
    """A commit that was made and not yet accepted.

    Send `message`, and `welcome` to whom it adds. Until the delivery service has accepted the commit, and for ever
    if another came first, go on with `current`. Then apply the commit: give it to `process` as `pending` when it
    comes back, or to `apply_pending_commit`; or take `next`, if nothing was received in between. Forget a commit
    that lost. `advanced` is what the others learn from it.
    """

    message: MLSMessage
    welcome: MLSMessage | None
    current: GroupState
    next: GroupState
    advanced: EpochAdvanced


@dataclass(frozen=True, slots=True)
class Removed:
    """A commit was processed that removes this member: its state can read what it could read before, no more.

    The member cannot check all of it. The path is not sealed to it, so it has no secret of the new epoch: it cannot
    tell whether the confirmation tag is right and whether the others can open the path (RFC 9420 §12.4.2). For a
    commit that says that this member comes back with another leaf, its sender needs no secret of the group. An
    application that wants to go on if the others refuse the commit keeps the state before it (docs/delivery.md).
    """

    committer: LeafIndex
    proposals: tuple[SentProposal, ...]


@checks_arguments
def create_commit(
    state: GroupState,
    proposals: Sequence[AnyProposal] = (),
    *,
    entropy: Entropy,
    now: Seconds,
    psks: ExternalPSKs = NO_EXTERNAL_PSKS,
    resumption_psks: ResumptionPSKs = NO_RESUMPTION_PSKS,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
    path: bool = True,
    by_reference: Sequence[bytes] | None = None,
    approved: Sequence[bytes] = (),
    credential: Credential | None = None,
    signature_private_key: bytes | None = None,
    private: bool = False,
    ratchet_tree: bool = True,
    grease: bool = False,
    authenticated_data: bytes = b"",
    padding: Padding | None = None,
) -> PendingCommit:
    """Commit the proposals given by value, after those that are pending (RFC 9420 §12.4.1).

    `by_reference` names the pending ones to commit, in their order, and then all of them must fit; without it
    those that fit and have not expired are taken along; of the senders in the policy's `needs_approval` only those
    whose reference is in `approved`. `path=False` leaves out the path where the proposals allow it: it is cheaper, and
    heals nothing. `credential` and `signature_private_key` renew those of the committer, which takes a path.

    `resumption_psks` are keys of other groups by group id and epoch; another `usage` of them than the application's
    is for `reinit_group` and `branch_group`. `ratchet_tree` puts the tree into the Welcome, and `grease` an extension
    that everybody is to ignore. `private` frames the commit as a PrivateMessage; `padding` is what the policy says
    unless it is given. `entropy` is 32 fresh bytes; `now` is in seconds since 1970.
    """
    require_active(state)
    suite = state.suite
    renewed = credential is not None or signature_private_key is not None
    leaf_node = renewed_leaf(state, credential, signature_private_key)
    # validate, apply
    for proposal in proposals:
        refuse_grease_in(proposal)
    by_value = tuple(SentProposal(proposal, state.own_leaf) for proposal in proposals)
    past_psks = {**resumption_psks, **resumption_psks_of(state)}
    sending = for_sending(state.public)
    pending = _from_pending(sending, state.own_leaf, by_value, by_reference, approved, psks, past_psks, now=now)
    listed = (*pending, *by_value)
    applied = validate_and_apply(sending, listed, state.own_leaf, leaf_node, when=When.at(now), usage=usage)
    require_first_commit(state, usage, applied.psks)
    path = path or renewed or path_required(listed, state.policy)
    found = find_psks(applied.psks, psks, past_psks)
    # path
    if path:
        signing = signature_private_key or state.signature_private_key
        taken, update_path, path_secrets, provisional = _make_path(state, applied, leaf_node, signing, entropy)
        if renewed:
            check_members(taken.tree, applied.extensions)
    else:
        taken, update_path, path_secrets = _without_path(state, applied), None, {}
        provisional = provisional_context(state.public, applied, applied.tree)
    # derive
    commit = Commit(tuple(map(_proposal_or_ref, listed)), update_path)
    content = FramedContent(
        state.group_id, state.epoch, Sender(MemberSender(state.own_leaf)), authenticated_data, commit
    )
    wire_format = WireFormat.mls_private_message if private else WireFormat.mls_public_message
    signature = sign_content(suite, wire_format, content, state.signature_private_key, state.context)
    origin = EpochInputs(state.secrets.init_secret, state.interim_transcript_hash, found)
    context, epoch = derive_epoch(suite, origin, provisional, taken, wire_format, content, signature)
    # confirm
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
    authenticated = AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, tag))
    message, current = frame(state, authenticated, padding=padding, entropy=entropy)
    following = advance_epoch(current, context, epoch, taken, tag, applied.reinit)
    welcome = None
    if applied.added:
        group_info = sign_group_info(
            following, ratchet_tree=ratchet_tree, external_pub=False, grease=entropy if grease else None
        )
        sealed = create_welcome(suite, group_info, epoch, applied.added, path_secrets, applied.psks, entropy=entropy)
        welcome = MLSMessage(ProtocolVersion.mls10, sealed)
    advanced = advanced_by(state.own_leaf, listed, applied, with_path=path)
    return PendingCommit(message, welcome, current, following, advanced)


def process_commit(
    state: GroupState,
    authenticated: AuthenticatedContent,
    *,
    when: When,
    psks: ExternalPSKs = NO_EXTERNAL_PSKS,
    resumption_psks: ResumptionPSKs = NO_RESUMPTION_PSKS,
    process_public: ProcessPublicCommit = process_public_commit,
) -> tuple[GroupState, EpochAdvanced | Removed]:
    """Follow a commit whose signature has been verified into its epoch (RFC 9420 §12.4.2).

    Raises what `process_public_commit` raises, `InvalidTag`, `UnknownPreSharedKey`, and what opening the path raises.
    """
    suite = state.suite
    # validate, apply
    processed = process_public(state.public, authenticated, when=when)
    if state.own_leaf in processed.applied.removed:
        return last_state(state), Removed(processed.committer, processed.advanced.proposals)
    found = find_psks(processed.applied.psks, psks, {**resumption_psks, **resumption_psks_of(state)})
    # path
    taken = _open_path(state, processed)
    # derive
    init_secret = state.secrets.init_secret
    if processed.kem_output is not None:
        init_secret = external_init_secret(suite, state.secrets.external_secret, processed.kem_output)
    origin = EpochInputs(init_secret, state.interim_transcript_hash, found)
    signature, tag = authenticated.auth.signature, authenticated.auth.confirmation_tag
    context, epoch = derive_epoch(
        suite, origin, processed.context, taken, authenticated.wire_format, authenticated.content, signature
    )
    # confirm
    if tag is None or not suite.verify_mac(epoch.secrets.confirmation_key, context.confirmed_transcript_hash, tag):
        raise InvalidTag("§12.4.2", "the confirmation tag is not that of the epoch the commit leads to")
    return advance_epoch(state, context, epoch, taken, tag, processed.applied.reinit), processed.advanced


def _from_pending(
    group: PublicGroup,
    own_leaf: LeafIndex,
    by_value: tuple[SentProposal, ...],
    by_reference: Sequence[bytes] | None,
    approved: Sequence[bytes],
    psks: ExternalPSKs,
    resumption_psks: ResumptionPSKs,
    *,
    now: int,
) -> tuple[SentProposal, ...]:
    """The pending proposals that are named or, if none are, all that are approved and fit (RFC 9420 §12.4.1).

    One for a pre-shared key that is not held here is left to others, and one that has expired while it waited is left
    out: nobody stops this member's commits with them.
    """
    if by_reference is not None:
        named = tuple(pending_proposal(group.proposals, reference) for reference in by_reference)
        for sent in named:
            check_is_current(group, sent, when=When.at(now))
        return named
    approvals = {pending_proposal(group.proposals, reference).reference for reference in approved}
    able = [
        sent
        for sent in group.proposals.values()
        if (sent.reference in approvals or group.policy.approves_by_default(sent))
        and _is_held(sent, psks, resumption_psks)
        and _is_current(group, sent, now)
    ]
    if not able:
        return ()
    selected = select_proposals(able, by_value, own_leaf)
    return select_valid_proposals(group.tree, group.context.extensions, selected, by_value)


def _is_current(group: PublicGroup, sent: SentProposal, now: int) -> bool:
    """Whether this member may still commit a proposal that was valid when it came (RFC 9420 §7.3)."""
    try:
        check_is_current(group, sent, when=When.at(now))
    except (Violation, RevocationUnknown):
        return False
    return True


def _is_held(sent: SentProposal, psks: ExternalPSKs, resumption_psks: ResumptionPSKs) -> bool:
    """Whether this member can commit a proposal: it has the key, if that is for one."""
    psk = sent.proposal.psk if isinstance(sent.proposal, PreSharedKey) else None
    return psk is None or held_psk(psk, psks, resumption_psks) is not None


def _make_path(
    state: GroupState, applied: Applied, leaf_node: LeafNode, signature_private_key: bytes, entropy: bytes
) -> tuple[AppliedPath, UpdatePath, Mapping[NodeIndex, bytes], GroupContext]:
    """A fresh path sealed to all who stay, its secrets by node, and the context it is bound to."""
    made = new_path(
        state.suite,
        applied.tree,
        state.own_leaf,
        state.group_id,
        signature_private_key,
        entropy=entropy,
        leaf_node=leaf_node,
    )
    provisional = provisional_context(state.public, applied, made.tree)
    update_path = seal_path(state.suite, made, applied.joined, encode(provisional), entropy=entropy)
    taken = AppliedPath(made.tree, made.commit_secret, made.private_keys, signature_private_key)
    return taken, update_path, made.path_secrets, provisional


def _open_path(state: GroupState, processed: ProcessedPublicCommit) -> AppliedPath:
    """The path of somebody else's commit, as far up as this member can open it."""
    update_path, applied = processed.commit.path, processed.applied
    if update_path is None:
        return _without_path(state, applied)
    opened = open_path(
        state.suite,
        processed.tree,
        processed.committer,
        update_path,
        joined=applied.joined,
        own_leaf=state.own_leaf,
        private_keys=_private_keys(state, applied),
        context=encode(processed.context),
    )
    signing = _signature_private_key(state, applied)
    return AppliedPath(processed.tree, opened.commit_secret, opened.private_keys, signing)


def _without_path(state: GroupState, applied: Applied) -> AppliedPath:
    no_secret, signing = bytes(state.suite.hash_length), _signature_private_key(state, applied)
    return AppliedPath(applied.tree, no_secret, _private_keys(state, applied), signing)


def _private_keys(state: GroupState, applied: Applied) -> Mapping[NodeIndex, bytes]:
    """The private keys that are still of use after the proposals; an own Update that was committed brings its own."""
    keys = dict(prune_private_keys(state.tree, applied.tree, state.private_keys))
    own = applied.tree.leaf(state.own_leaf)
    if own is not None and own.encryption_key in state.update_keys:
        keys[leaf_to_node(state.own_leaf)] = state.update_keys[own.encryption_key]
    return keys


def _signature_private_key(state: GroupState, applied: Applied) -> bytes:
    """The key to sign with from now on: another one if an own Update that was committed brings it."""
    public_key = applied.tree.member(state.own_leaf).signature_key
    return state.update_signature_keys.get(public_key, state.signature_private_key)


def _proposal_or_ref(sent: SentProposal) -> ProposalOrRef:
    if sent.reference is not None:
        return ProposalOrRef(ProposalByReference(sent.reference))
    return ProposalOrRef(ProposalByValue(Proposal(sent.proposal)))
