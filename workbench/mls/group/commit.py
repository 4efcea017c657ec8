"""Commits: how a group goes from one epoch to the next (RFC 9420 §12.4).

Making and processing a commit are the same walk, seen from two ends:

    validate    the proposals, one by one and together
    apply       them to the tree and the group's extensions
    path        fresh keys from the committer's leaf to the root, sealed or opened
    derive      the new epoch from the old init secret, the path's commit secret and the pre-shared keys
    confirm     the tag that proves it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.mls.errors import InvalidCommit, InvalidTag, Misuse
from workbench.mls.framing.content import sign_content
from workbench.mls.group.framing import frame
from workbench.mls.group.pre_shared_keys import NO_EXTERNAL_PSKS, ExternalPSKs, find_psks
from workbench.mls.group.proposal_list import (
    Applied,
    apply_proposals,
    resolve_proposals,
    select_proposals,
    validate_proposal_list,
)
from workbench.mls.group.proposals import validate_proposal
from workbench.mls.group.state import AnyProposal, GroupState, SentProposal, require_active
from workbench.mls.group.welcome import create_welcome, sign_group_info
from workbench.mls.schedule.key_schedule import Epoch, next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import (
    confirmation_tag,
    confirmed_transcript_hash,
    interim_transcript_hash,
)
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.update_path import merge_path, new_path, open_path, prune_private_keys, seal_path
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    Commit,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    GroupInfo,
    MemberSender,
    MLSMessage,
    Proposal,
    ProposalByReference,
    ProposalByValue,
    ProposalOrRef,
    Sender,
)


@dataclass(frozen=True, slots=True)
class EpochAdvanced:
    """A commit was processed: who made it, what it did, and who came and went."""

    committer: LeafIndex
    proposals: tuple[SentProposal, ...]
    added: tuple[LeafIndex, ...]
    updated: tuple[LeafIndex, ...]
    removed: tuple[LeafIndex, ...]
    with_path: bool


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made and not yet adopted.

    Send `message`, and `welcome` to whom it adds. Adopt `next` only once the delivery service has accepted the
    commit; until then, and for ever if another commit came first, go on with `current`. `advanced` is what the
    others learn from it.
    """

    message: MLSMessage
    welcome: MLSMessage | None
    group_info: GroupInfo
    current: GroupState
    next: GroupState
    advanced: EpochAdvanced


@dataclass(frozen=True, slots=True)
class Removed:
    """A commit was processed that removes this member: its state can read what it could read before, no more."""

    committer: LeafIndex
    proposals: tuple[SentProposal, ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """What a commit's path brings: the tree with it, the commit secret, and the private keys held after it."""

    tree: RatchetTree
    commit_secret: bytes
    private_keys: Mapping[NodeIndex, bytes]


def create_commit(
    state: GroupState,
    proposals: Sequence[AnyProposal] = (),
    *,
    entropy: bytes,
    now: int,
    psks: ExternalPSKs = NO_EXTERNAL_PSKS,
    path: bool = True,
    with_pending: bool = True,
    private: bool = False,
    ratchet_tree: bool = True,
    authenticated_data: bytes = b"",
    padding: int = 0,
) -> Committed:
    """Commit the proposals given by value and those that are pending (RFC 9420 §12.4.1).

    `path=False` leaves out the path where the proposals allow it: it is cheaper, and heals nothing.
    `ratchet_tree` puts the tree into the Welcome. `private` frames the commit as a PrivateMessage with
    `padding` zero bytes. `entropy` is 32 fresh bytes; `now` is in seconds since 1970.
    """
    require_active(state)
    suite = state.suite
    # validate
    by_value = tuple(SentProposal(proposal, state.own_leaf) for proposal in proposals)
    pending = select_proposals(state.proposals.values(), by_value, state.own_leaf) if with_pending else ()
    listed = (*pending, *by_value)
    applied = _validate_and_apply(state, listed, state.own_leaf, now)
    if applied.path_required and not path:
        raise Misuse("§12.4", "these proposals need a path")
    found = find_psks(applied.psks, psks, _resumption_psks(state))
    # path
    provisional = _provisional_context(state, applied)
    if path:
        fresh_path = new_path(
            suite, applied.tree, state.own_leaf, state.group_id, state.signature_private_key, entropy=entropy
        )
        provisional = replace(provisional, tree_hash=fresh_path.tree.hash())
        joined = frozenset(leaf for leaf, _ in applied.added)
        update_path = seal_path(suite, fresh_path, joined, encode(provisional), entropy=entropy)
        taken = _Path(fresh_path.tree, fresh_path.commit_secret, fresh_path.private_keys)
        path_secrets = fresh_path.path_secrets
    else:
        update_path, path_secrets = None, {}
        taken = _without_path(state, applied)
    # derive
    commit = Commit(tuple(map(_proposal_or_ref, listed)), update_path)
    content = FramedContent(
        state.group_id, state.epoch, Sender(MemberSender(state.own_leaf)), authenticated_data, commit
    )
    wire_format = WireFormat.mls_private_message if private else WireFormat.mls_public_message
    signature = sign_content(suite, wire_format, content, state.signature_private_key, state.context)
    context, epoch = _derive(state, provisional, wire_format, content, signature, taken, psk_secret(suite, found))
    # confirm
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
    authenticated = AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, tag))
    message, current = frame(state, authenticated, padding=padding, entropy=entropy)
    following = _next_state(state, context, epoch, taken, tag)
    group_info = sign_group_info(following, ratchet_tree=ratchet_tree, external_pub=False)
    welcome = None
    if applied.added:
        sealed = create_welcome(suite, group_info, epoch, applied.added, path_secrets, applied.psks, entropy=entropy)
        welcome = MLSMessage(ProtocolVersion.mls10, sealed)
    advanced = _advanced(state.own_leaf, listed, applied, with_path=path)
    return Committed(message, welcome, group_info, current, following, advanced)


def process_commit(
    state: GroupState, authenticated: AuthenticatedContent, *, now: int, psks: ExternalPSKs = NO_EXTERNAL_PSKS
) -> tuple[GroupState, EpochAdvanced | Removed]:
    """Follow a member's commit whose signature has been verified into its epoch (RFC 9420 §12.4.2).

    Raises `InvalidCommit`, `InvalidProposalList`, `InvalidUpdatePath`, `InvalidTag`, `UnknownProposal`,
    `UnknownPreSharedKey` and what the objects inside raise.
    """
    suite, content = state.suite, authenticated.content
    commit, sender = content.content, content.sender.sender
    if not isinstance(commit, Commit) or not isinstance(sender, MemberSender):
        raise InvalidCommit("§12.4.2", "the content is not a commit by a member")
    committer = LeafIndex(sender.leaf_index)
    # validate
    listed = resolve_proposals(commit, committer, state.proposals)
    applied = _validate_and_apply(state, listed, committer, now)
    if applied.path_required and commit.path is None:
        raise InvalidCommit("§12.4.2", "the UpdatePath is missing though the proposals need one")
    if state.own_leaf in applied.removed:
        return _last_state(state), Removed(committer, listed)
    found = find_psks(applied.psks, psks, _resumption_psks(state))
    # path
    provisional = _provisional_context(state, applied)
    if commit.path is None:
        taken = _without_path(state, applied)
    else:
        joined = frozenset(leaf for leaf, _ in applied.added)
        merged = merge_path(
            suite,
            applied.tree,
            committer,
            commit.path,
            group_id=state.group_id,
            joined=joined,
            extensions=applied.extensions,
        )
        provisional = replace(provisional, tree_hash=merged.hash())
        opened = open_path(
            suite,
            merged,
            committer,
            commit.path,
            joined=joined,
            own_leaf=state.own_leaf,
            private_keys=_private_keys(state, applied),
            context=encode(provisional),
        )
        taken = _Path(merged, opened.commit_secret, opened.private_keys)
    # derive
    context, epoch = _derive(
        state,
        provisional,
        authenticated.wire_format,
        content,
        authenticated.auth.signature,
        taken,
        psk_secret(suite, found),
    )
    # confirm
    tag = authenticated.auth.confirmation_tag
    if tag is None or not suite.verify_mac(epoch.secrets.confirmation_key, context.confirmed_transcript_hash, tag):
        raise InvalidTag("§12.4.2", "the confirmation tag is not that of the epoch the commit leads to")
    advanced = _advanced(committer, listed, applied, with_path=commit.path is not None)
    return _next_state(state, context, epoch, taken, tag), advanced


def _advanced(
    committer: LeafIndex, listed: tuple[SentProposal, ...], applied: Applied, *, with_path: bool
) -> EpochAdvanced:
    added = tuple(leaf for leaf, _ in applied.added)
    return EpochAdvanced(committer, listed, added, applied.updated, applied.removed, with_path)


def _validate_and_apply(state: GroupState, listed: Sequence[SentProposal], committer: LeafIndex, now: int) -> Applied:
    """Check and apply the proposals of a commit; those by reference were checked when they arrived."""
    for sent in listed:
        if sent.reference is None:
            validate_proposal(state.suite, state.context, state.tree, sent, now=now, lifetimes=state.policy.lifetimes)
    validate_proposal_list(listed, committer)
    return apply_proposals(state.tree, state.context.extensions, listed)


def _provisional_context(state: GroupState, applied: Applied) -> GroupContext:
    """The context of the next epoch before its transcript hash is known (RFC 9420 §12.4.1)."""
    return replace(
        state.context,
        epoch=state.epoch + 1,
        tree_hash=applied.tree.hash(),
        extensions=applied.extensions,
    )


def _private_keys(state: GroupState, applied: Applied) -> Mapping[NodeIndex, bytes]:
    """The private keys that are still of use after the proposals; an own Update that was committed brings its own."""
    keys = dict(prune_private_keys(state.tree, applied.tree, state.private_keys))
    own = applied.tree.leaf(state.own_leaf)
    if own is not None and own.encryption_key in state.update_keys:
        keys[leaf_to_node(state.own_leaf)] = state.update_keys[own.encryption_key]
    return keys


def _without_path(state: GroupState, applied: Applied) -> _Path:
    return _Path(applied.tree, bytes(state.suite.hash_length), _private_keys(state, applied))


def _derive(
    state: GroupState,
    provisional: GroupContext,
    wire_format: WireFormat,
    content: FramedContent,
    signature: bytes,
    path: _Path,
    mixed_in: bytes,
) -> tuple[GroupContext, Epoch]:
    """The new context and its secrets (RFC 9420 §8, §8.2)."""
    suite = state.suite
    confirmed = confirmed_transcript_hash(suite, state.interim_transcript_hash, wire_format, content, signature)
    context = replace(provisional, confirmed_transcript_hash=confirmed)
    epoch = next_epoch(
        suite, state.secrets.init_secret, path.commit_secret, mixed_in, encode(context), path.tree.leaf_count
    )
    return context, epoch


def _next_state(state: GroupState, context: GroupContext, epoch: Epoch, path: _Path, tag: bytes) -> GroupState:
    """The state in the new epoch; what belonged to the old one is not in it."""
    kept = {**state.resumption_psks, context.epoch: epoch.secrets.resumption_psk}
    oldest = context.epoch - state.policy.kept_resumption_psks
    return replace(
        state,
        context=context,
        tree=path.tree,
        private_keys=path.private_keys,
        secrets=epoch.secrets,
        secret_tree=epoch.secret_tree,
        interim_transcript_hash=interim_transcript_hash(state.suite, context.confirmed_transcript_hash, tag),
        confirmation_tag=tag,
        proposals={},
        update_keys={},
        resumption_psks={number: psk for number, psk in kept.items() if number > oldest},
    )


def _last_state(state: GroupState) -> GroupState:
    """What a removed member keeps: it reads late messages of its last epoch, and can send nothing."""
    return replace(state, active=False, proposals={}, update_keys={})


def _resumption_psks(state: GroupState) -> dict[tuple[bytes, int], bytes]:
    return {(state.group_id, epoch): psk for epoch, psk in state.resumption_psks.items()}


def _proposal_or_ref(sent: SentProposal) -> ProposalOrRef:
    if sent.reference is not None:
        return ProposalOrRef(ProposalByReference(sent.reference))
    return ProposalOrRef(ProposalByValue(Proposal(sent.proposal)))
