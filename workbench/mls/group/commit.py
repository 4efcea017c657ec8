"""Commits: how a group goes from one epoch to the next (RFC 9420 §12.4).

Making a commit and processing it take the same steps:

    validate    the proposals, one by one and together
    apply       the proposals to the tree and the group's extensions
    path        encrypt, or decrypt, fresh keys from the committer's leaf to the root
    sign        the commit; a received commit has had its signature verified before (`framing.py`)
    schedule    derive the new epoch from the old init secret, the path's commit secret and the pre-shared keys
    confirm     make, or verify, the confirmation tag

Members and newcomers make commits with the same function (`make_commit`); `external_commit.py` has the steps of a
newcomer. The steps of processing that take no secret are in `public_commit.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.errors import InvalidTag
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.applied_proposals import Applied, apply_by, provisional_context
from workbench.mls.group.epoch import AppliedPath, EpochInputs, advance_epoch, derive_epoch, last_state
from workbench.mls.group.framing import PUBLIC, Framing, frame
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.pre_shared_keys import NO_PSKS, HeldPSKs, PreSharedKeys, all_psks, find_psks
from workbench.mls.group.proposal_list import path_required, validate_proposals
from workbench.mls.group.proposal_selection import named_proposals, select_pending
from workbench.mls.group.proposals import refuse_grease_in
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    ProcessedPublicCommit,
    ProcessPublicCommit,
    advanced_by,
    process_public_commit,
)
from workbench.mls.group.public_group import AnyProposal, ProposalSender, PublicGroup, SentProposal, for_sending
from workbench.mls.group.resumption_checks import require_first_commit
from workbench.mls.group.state import GroupState, Renewal, renewed_leaf, require_active
from workbench.mls.group.welcome import create_welcome
from workbench.mls.schedule.key_schedule import Epoch, external_init_secret
from workbench.mls.schedule.transcript import confirmation_tag
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.tree.update_path import new_path, open_path, prune_private_keys, seal_path
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    MemberSender,
    MLSMessage,
    NewMemberCommitSender,
    Sender,
)
from workbench.mls.wire.proposals import (
    Commit,
    PreSharedKey,
    Proposal,
    ProposalByReference,
    ProposalByValue,
    ProposalOrRef,
)
from workbench.mls.wire.tree import LeafNode, UpdatePath


@value
class PendingCommit:
    """A commit that was made, and that the delivery service has not accepted yet.

    Send `message` to the group, and `welcome` to the added clients. Go on with `current` until the delivery service has
    accepted the commit, and drop the pending commit if another commit came first. When it is accepted, apply it: pass
    it to `process` as `pending` when the message comes back, or call `apply_pending_commit`; or take `next`, if nothing
    was received in between. `advanced` is what the commit changes.
    """

    message: MLSMessage
    welcome: MLSMessage | None
    current: GroupState
    next: GroupState
    advanced: EpochAdvanced


@value
class Removed:
    """A commit that removes this member was processed: its state can read the messages that it could read before.

    The member cannot check the whole commit. The path is not encrypted to it, so it has no secret of the new epoch, and
    cannot tell whether the confirmation tag is right and whether the others can decrypt the path (RFC 9420 §12.4.2). An
    external commit that replaces this member's leaf can come from anybody: its sender needs no secret of the group. An
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
    psks: PreSharedKeys = NO_PSKS,
    path: bool = True,
    by_reference: Sequence[bytes] | None = None,
    approved: Sequence[bytes] = (),
    renew: Renewal | None = None,
    framing: Framing = PUBLIC,
    ratchet_tree: bool = True,
    grease: bool = False,
) -> PendingCommit:
    """Commit pending proposals, and then `proposals` by value (RFC 9420 §12.4.1).

    `by_reference` lists the references of the pending proposals to commit, in their order; all of them must be valid
    together. Without it, the commit takes all pending proposals that are valid together and have not expired. Of those
    whose senders are in the policy's `needs_approval`, it takes only the references in `approved`. `path=False` leaves
    out the path where the proposals allow it: such a commit is cheaper, and does not heal a compromise. `renew` puts
    another credential or signature key into the committer's leaf, which takes a path.

    `psks` are the pre-shared keys that proposals may name, beside those of past epochs in the state. `ratchet_tree`
    puts the tree into the Welcome, and `grease` an extension that all receivers ignore. `entropy` is 32 fresh bytes;
    `now` is in seconds since 1970.
    """
    require_active(state)
    for proposal in proposals:
        refuse_grease_in(proposal)
    by_value = tuple(SentProposal(proposal, state.own_leaf) for proposal in proposals)
    held = all_psks(psks, state.own_psks)
    sending = for_sending(state.public)
    if by_reference is None:
        pending = select_pending(sending, state.own_leaf, by_value, approved=approved, psks=held, now=now)
    else:
        pending = named_proposals(sending, by_reference, now=now)
    return commit_proposals(
        state,
        (*pending, *by_value),
        entropy=entropy,
        now=now,
        psks=held,
        path=path,
        renew=renew,
        framing=framing,
        ratchet_tree=ratchet_tree,
        grease=grease,
    )


def commit_proposals(
    state: GroupState,
    listed: Sequence[SentProposal],
    *,
    entropy: bytes,
    now: int,
    psks: HeldPSKs,
    path: bool,
    renew: Renewal | None = None,
    framing: Framing = PUBLIC,
    ratchet_tree: bool = True,
    grease: bool = False,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
) -> PendingCommit:
    """Commit exactly these proposals as a member (RFC 9420 §12.4.1).

    `usage` is `reinit` or `branch` in the first commit of a group that is linked to an old one (§8.6).
    """
    require_first_commit(
        state, usage, [each.proposal.psk for each in listed if isinstance(each.proposal, PreSharedKey)]
    )
    author = Author(
        sender=MemberSender(state.own_leaf),
        leaf_node=renewed_leaf(state, renew),
        says_something_new=renew is not None,
        signature_private_key=state.signature_private_key,
        next_signature_private_key=(renew and renew.signature_private_key) or state.signature_private_key,
        private_keys=state.private_keys,
        init_secret=state.secrets.init_secret,
    )
    made = make_commit(
        for_sending(state.public),
        author,
        listed,
        psks=psks,
        path=path or renew is not None,
        framing=framing,
        entropy=entropy,
        now=now,
        usage=usage,
    )
    message, current = frame(state, made.authenticated, framing, entropy=entropy)
    following = advance_epoch(current, made.context, made.epoch, made.path, made.tag, made.applied.reinit)
    welcome = None
    if made.applied.added:
        group_info = sign_group_info(
            following, ratchet_tree=ratchet_tree, external_pub=False, grease=entropy if grease else None
        )
        sealed = create_welcome(
            state.suite,
            group_info,
            made.epoch,
            made.applied.added,
            made.path_secrets,
            made.applied.psks,
            entropy=entropy,
        )
        welcome = MLSMessage(ProtocolVersion.mls10, sealed)
    return PendingCommit(message, welcome, current, following, made.advanced)


@value
class Author:
    """The committer, a member or a newcomer, with all that it needs for a commit (RFC 9420 §12.4.1, §12.4.3.2).

    `leaf_node` goes into the path; its encryption key, source and signature are still to be set. It is signed with
    `next_signature_private_key`, and the commit with `signature_private_key`. `private_keys` are those of the tree
    before the commit. `init_secret` is that of the old epoch, or a fresh one from a newcomer.
    """

    sender: MemberSender | NewMemberCommitSender
    leaf_node: LeafNode
    says_something_new: bool
    signature_private_key: SigningKey = field(repr=False)
    next_signature_private_key: SigningKey = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    init_secret: bytes = field(repr=False)

    @property
    def as_proposal_sender(self) -> ProposalSender:
        """The author as the sender of its proposals by value."""
        return LeafIndex(self.sender.leaf_index) if isinstance(self.sender, MemberSender) else self.sender


@value
class MadeCommit:
    """A signed commit that is not framed yet, and the epoch to which it leads."""

    authenticated: AuthenticatedContent
    applied: Applied
    committer: LeafIndex
    path: AppliedPath
    path_secrets: Mapping[NodeIndex, bytes] = field(repr=False)
    context: GroupContext
    epoch: Epoch
    tag: bytes
    advanced: EpochAdvanced


def make_commit(
    group: PublicGroup,
    author: Author,
    listed: Sequence[SentProposal],
    *,
    psks: HeldPSKs,
    path: bool,
    framing: Framing,
    entropy: bytes,
    now: int,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
) -> MadeCommit:
    """Make a commit of the listed proposals, as a member or as a newcomer (RFC 9420 §12.4.1, §12.4.3.2)."""
    suite = group.suite
    # validate
    validate_proposals(group, listed, author.as_proposal_sender, author.leaf_node, when=When.at(now), usage=usage)
    # apply
    applied, committer = apply_by(author.as_proposal_sender, group, listed)
    found = find_psks(applied.psks, psks)
    # path
    path = path or path_required(listed, group.policy)
    if path:
        fresh, update_path, path_secrets, provisional = _make_path(group, author, applied, committer, entropy)
    else:
        fresh, update_path, path_secrets = _kept_path(group, author, applied), None, {}
        provisional = provisional_context(group, applied, applied.tree)
    # sign
    commit = Commit(tuple(map(_proposal_or_ref, listed)), update_path)
    content = FramedContent(group.group_id, group.epoch, Sender(author.sender), framing.authenticated_data, commit)
    signature = sign_content(suite, framing.wire_format, content, author.signature_private_key, group.context)
    # schedule
    inputs = EpochInputs(author.init_secret, group.interim_transcript_hash, found)
    context, epoch = derive_epoch(suite, inputs, provisional, fresh, framing.wire_format, content, signature)
    # confirm
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
    authenticated = AuthenticatedContent(framing.wire_format, content, FramedContentAuthData(signature, tag))
    advanced = advanced_by(committer, listed, applied, with_path=path)
    return MadeCommit(authenticated, applied, committer, fresh, path_secrets, context, epoch, tag, advanced)


def process_commit(
    state: GroupState,
    authenticated: AuthenticatedContent,
    *,
    when: When,
    psks: PreSharedKeys = NO_PSKS,
    process_public: ProcessPublicCommit = process_public_commit,
) -> tuple[GroupState, EpochAdvanced | Removed]:
    """Process a commit whose signature has been verified, and return the state in the new epoch (RFC 9420 §12.4.2).

    Raises what `process_public_commit` and `open_path` raise, `InvalidTag`, or `UnknownPreSharedKey`.
    """
    suite = state.suite
    # validate, apply
    processed = process_public(state.public, authenticated, when=when)
    if state.own_leaf in processed.applied.removed:
        return last_state(state), Removed(processed.committer, processed.advanced.proposals)
    found = find_psks(processed.applied.psks, all_psks(psks, state.own_psks))
    # path
    path = _open_path(state, processed)
    # schedule
    init_secret = state.secrets.init_secret
    if processed.kem_output is not None:
        init_secret = external_init_secret(suite, state.secrets.external_secret, processed.kem_output)
    inputs = EpochInputs(init_secret, state.public.interim_transcript_hash, found)
    signature, tag = authenticated.auth.signature, authenticated.auth.confirmation_tag
    context, epoch = derive_epoch(
        suite, inputs, processed.context, path, authenticated.wire_format, authenticated.content, signature
    )
    # confirm
    if tag is None or not suite.verify_mac(epoch.secrets.confirmation_key, context.confirmed_transcript_hash, tag):
        raise InvalidTag("§12.4.2", "the confirmation tag is not that of the epoch to which the commit leads")
    return advance_epoch(state, context, epoch, path, tag, processed.applied.reinit), processed.advanced


# The path: the committer makes it, the others decrypt it


def _make_path(
    group: PublicGroup, author: Author, applied: Applied, committer: LeafIndex, entropy: bytes
) -> tuple[AppliedPath, UpdatePath, Mapping[NodeIndex, bytes], GroupContext]:
    """A fresh path encrypted to the remaining members, its secrets by node, and the context to which it is bound."""
    signing = author.next_signature_private_key
    made = new_path(
        group.suite, applied.tree, committer, group.group_id, signing, entropy=entropy, leaf_node=author.leaf_node
    )
    provisional = provisional_context(group, applied, made.tree)
    update_path = seal_path(group.suite, made, applied.joined, encode(provisional), entropy=entropy)
    if author.says_something_new:
        check_members(made.tree, applied.extensions)
    return (
        AppliedPath(made.tree, made.commit_secret, made.private_keys, signing),
        update_path,
        made.path_secrets,
        provisional,
    )


def _kept_path(group: PublicGroup, author: Author, applied: Applied) -> AppliedPath:
    """The keys of a committer without a path: those of nodes that the proposals have not changed."""
    keys = prune_private_keys(group.tree, applied.tree, author.private_keys)
    return AppliedPath(applied.tree, bytes(group.suite.hash_length), keys, author.signature_private_key)


def _open_path(state: GroupState, processed: ProcessedPublicCommit) -> AppliedPath:
    """The keys of this member after the path of another committer, from its ciphertext in that path."""
    update_path, applied = processed.commit.path, processed.applied
    keys, signing = _private_keys(state, applied), _signature_private_key(state, applied)
    if update_path is None:
        return AppliedPath(applied.tree, bytes(state.suite.hash_length), keys, signing)
    opened = open_path(
        state.suite,
        processed.tree,
        processed.committer,
        update_path,
        joined=applied.joined,
        own_leaf=state.own_leaf,
        private_keys=keys,
        context=encode(processed.context),
    )
    return AppliedPath(processed.tree, opened.commit_secret, opened.private_keys, signing)


def _private_keys(state: GroupState, applied: Applied) -> Mapping[NodeIndex, bytes]:
    """The private keys of this member after the proposals, with the new leaf key if its own Update was committed."""
    keys = dict(prune_private_keys(state.tree, applied.tree, state.private_keys))
    own = applied.tree.leaf(state.own_leaf)
    if own is not None and own.encryption_key in state.update_keys:
        keys[leaf_to_node(state.own_leaf)] = state.update_keys[own.encryption_key]
    return keys


def _signature_private_key(state: GroupState, applied: Applied) -> SigningKey:
    """The key with which this member signs from now on: a new one if its own Update, now committed, brings one."""
    public_key = applied.tree.member(state.own_leaf).signature_key
    return state.update_signature_keys.get(public_key, state.signature_private_key)


def _proposal_or_ref(sent: SentProposal) -> ProposalOrRef:
    if sent.reference is not None:
        return ProposalOrRef(ProposalByReference(sent.reference))
    return ProposalOrRef(ProposalByValue(Proposal(sent.proposal)))
