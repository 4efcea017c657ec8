"""The calls of a member: create a group, propose changes, send and process messages (RFC 9420 §11 to §15).

Each function takes a state and returns the next one. States are values, so a call that fails changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import Misuse
from workbench.mls.framing.content import proposal_ref
from workbench.mls.framing.padding import Padding
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.authentication import authenticate_group
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.commit import PendingCommit, Removed, process_commit
from workbench.mls.group.epoch import first_state
from workbench.mls.group.external_commit import PendingExternalCommit
from workbench.mls.group.framing import PUBLIC, Framing, frame, sender_leaf, unframe
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.pending_commit import apply_pending_commit, reason_against_pending
from workbench.mls.group.pre_shared_keys import NO_PSKS, PreSharedKeys
from workbench.mls.group.proposal_store import ProposalStore
from workbench.mls.group.proposals import has_room_for_proposal, refuse_grease_in, validate_proposal
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    ProcessPublicCommit,
    ProposalQueued,
    process_public_commit,
    process_public_proposal,
)
from workbench.mls.group.public_group import (
    DEFAULT_POLICY,
    AnyProposal,
    Policy,
    SentProposal,
    for_sending,
    public_epoch,
)
from workbench.mls.group.state import GroupState, Renewal, renewed_leaf, require_active
from workbench.mls.schedule.key_schedule import epoch_from_epoch_secret
from workbench.mls.schedule.key_schedule import export_secret as derive_exported
from workbench.mls.schedule.transcript import confirmation_tag
from workbench.mls.tree.extensions import check_extension_keys, check_extensions
from workbench.mls.tree.grease import refuse_grease
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    MemberSender,
    MLSMessage,
    Sender,
)
from workbench.mls.wire.proposals import Proposal, Update
from workbench.mls.wire.shapes import uint16
from workbench.mls.wire.tree import Extension, Node, UpdateSource


@value
class Proposed:
    """A framed proposal, its reference, and the state in which it is pending."""

    message: MLSMessage
    reference: bytes
    next: GroupState


@value
class Protected:
    """An application message, and the state without the key of that message."""

    message: MLSMessage
    next: GroupState


@value
class ApplicationMessage:
    """A decrypted application message; `sender` is a leaf in the tree of `epoch`, which may be a past one."""

    sender: LeafIndex
    application_data: bytes
    authenticated_data: bytes
    epoch: int


Received: TypeAlias = ApplicationMessage | ProposalQueued | EpochAdvanced | Removed


@checks_arguments
def create_group(
    bundle: KeyPackageBundle,
    group_id: bytes,
    *,
    entropy: Entropy,
    now: Seconds,
    extensions: Sequence[Extension] = (),
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> GroupState:
    """A group of one, in epoch 0 (RFC 9420 §11).

    The creator's leaf is that of `bundle`; `entropy` is 32 fresh bytes; `now` is in seconds since 1970.
    """
    key_package = bundle.key_package
    suite = suite or cipher_suite(key_package.cipher_suite)
    if suite.id != key_package.cipher_suite:
        raise Misuse("§11", f"the key package is for cipher suite {key_package.cipher_suite}, not {suite.id}")
    validate_key_package(suite, key_package, now=now, lifetimes=replace(policy.lifetimes, leeway=0))
    check_extensions(tuple(extensions), "a GroupContext")
    check_extension_keys(suite, tuple(extensions))
    refuse_grease(tuple(extensions))
    tree = RatchetTree.from_nodes((Node(key_package.leaf_node),), suite)
    check_members(tree, tuple(extensions))
    authenticate_group(policy, tree, tuple(extensions), when=When.at(now))
    context = GroupContext(ProtocolVersion.mls10, suite.id, group_id, 0, tree.hash(), b"", tuple(extensions))
    epoch = epoch_from_epoch_secret(suite, suite.fresh(entropy, "epoch secret"), tree.leaf_count)
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, b"")
    public = public_epoch(suite, context, tree, tag, policy)
    keys = {NodeIndex(0): bundle.encryption_private_key}
    return first_state(public, LeafIndex(0), keys, bundle.signature_private_key, epoch, tag)


@checks_arguments
def propose(
    state: GroupState,
    proposal: AnyProposal,
    *,
    entropy: Entropy,
    now: Seconds,
    framing: Framing = PUBLIC,
) -> Proposed:
    """Propose a change, which another member or this one commits later (RFC 9420 §12.1).

    For an Update, call `propose_update`, which makes the fresh leaf node.
    """
    require_active(state)
    sent = SentProposal(proposal, state.own_leaf)
    if not has_room_for_proposal(state.public, sent.sender):
        reason = f"{state.policy.pending_proposals} proposals of this member are pending: the others refuse more"
        raise Misuse("§12.1", reason)
    refuse_grease_in(proposal)
    validate_proposal(for_sending(state.public), sent, when=When.at(now))
    authenticated = _signed(state, Proposal(proposal), framing)
    message, state = frame(state, authenticated, framing, entropy=entropy)
    reference = proposal_ref(state.suite, authenticated)
    queued = ProposalStore.of(state.proposals).having(reference, replace(sent, reference=reference))
    return Proposed(message, reference, state.with_proposals(queued))


@checks_arguments
def propose_update(
    state: GroupState,
    *,
    entropy: Entropy,
    now: Seconds,
    renew: Renewal | None = None,
    framing: Framing = PUBLIC,
) -> Proposed:
    """Propose a fresh leaf key for this member; another member has to commit it (RFC 9420 §12.1.2).

    `renew` puts another credential or signature key into the leaf, too. `next.update_keys` and
    `next.update_signature_keys` hold the private keys until the epoch ends.
    """
    require_active(state)
    keys = state.suite.derive_key_pair(state.suite.fresh(entropy, "update leaf key"))
    signing = None if renew is None else renew.signature_private_key
    leaf_node = sign_leaf_node(
        state.suite,
        replace(renewed_leaf(state, renew), encryption_key=keys.public_key, leaf_node_source=UpdateSource()),
        signing or state.signature_private_key,
        group_id=state.group_id,
        leaf_index=state.own_leaf,
    )
    proposed = propose(state, Update(leaf_node), entropy=entropy, now=now, framing=framing)
    update_keys = {**state.update_keys, keys.public_key: keys.private_key}
    signature_keys = {**state.update_signature_keys}
    if signing is not None:
        signature_keys[leaf_node.signature_key] = signing
    following = replace(proposed.next, update_keys=update_keys, update_signature_keys=signature_keys)
    return replace(proposed, next=following)


@checks_arguments
def protect(
    state: GroupState,
    application_data: bytes,
    *,
    entropy: Entropy,
    authenticated_data: bytes = b"",
    padding: Padding | None = None,
) -> Protected:
    """Encrypt an application message to the group (RFC 9420 §15).

    `authenticated_data` is sent in the clear, covered by the signature. Raises `Misuse` while proposals are pending:
    the RFC demands that they are committed before application data is sent. Proposals that need an approval
    (`Policy.needs_approval`) do not count, because anybody can send them. `entropy` is 32 fresh bytes; `padding` is the
    policy's unless it is given.
    """
    require_active(state)
    if any(map(state.policy.approves_by_default, state.proposals.values())):
        raise Misuse("§12.4", "proposals are pending: commit them before sending application data")
    framing = Framing(private=True, authenticated_data=authenticated_data, padding=padding)
    authenticated = _signed(state, ApplicationData(application_data), framing)
    message, following = frame(state, authenticated, framing, entropy=entropy)
    return Protected(message, following)


@checks_arguments
def process(
    state: GroupState,
    message: MLSMessage | bytes,
    *,
    now: Seconds,
    sent_at: int | None = None,
    psks: PreSharedKeys = NO_PSKS,
    pending: PendingCommit | PendingExternalCommit | None = None,
    process_public: ProcessPublicCommit = process_public_commit,
) -> tuple[GroupState, Received]:
    """Process one message of the group: return the next state, and what was received (RFC 9420 §6, §12.4.2, §15).

    `now` is in seconds since 1970. `sent_at` is the time at which the message was sent, as the delivery service says.
    Lifetimes and credentials are judged by it, but not further back than `LifetimePolicy.catch_up`. Without `sent_at`,
    they must have been valid at some time since that bound: the committer had to check them, so a member that was
    offline can follow (§7.3). `psks` are the application's keys by their id, and those of other groups by group id and
    epoch.

    `pending` is a commit of this member that was sent. When it comes back, it is applied. When another commit comes
    first, that one is processed, and the application drops the pending one. A pending commit that was not made in the
    epoch of `state` has no effect. All other messages of this member raise `OwnMessage`. The commit of another member
    takes effect only when the application keeps the next state: it may look at what the commit does, and refuse it.

    `process_public` processes the public half of a commit. A caller that has several members of one group may pass one
    with a cache: the result depends only on the public group and the commit.

    Raises `Malformed`, `WrongGroup`, `WrongEpoch`, `OwnMessage`, `KeyAlreadyUsed`, and what the checks of the content
    raise.
    """
    if isinstance(message, bytes):
        message = decode(MLSMessage, message, custom=state.policy.custom)
    if pending is not None and message == pending.message and reason_against_pending(state, pending) is None:
        return apply_pending_commit(state, pending), pending.advanced
    authenticated, state = unframe(state, message)
    when = state.policy.lifetimes.received(now, sent_at)
    content = authenticated.content
    match content.content:
        case ApplicationData(data):
            said = ApplicationMessage(sender_leaf(content), data, content.authenticated_data, content.epoch)
            return state, said
        case Proposal():
            require_active(state)
            proposals, queued = process_public_proposal(state.public, authenticated, when=when)
            return state.with_proposals(proposals), queued
        case _:
            require_active(state)
            return process_commit(state, authenticated, when=when, psks=psks, process_public=process_public)


@checks_arguments
def drop_proposal(state: GroupState, reference: bytes) -> GroupState:
    """The state without a pending proposal that the application does not want (RFC 9420 §12.4).

    Another member may still commit it. Then `process` raises `UnknownProposal`, and this member has to process the
    proposal again before it can process the commit.
    """
    return state.with_proposals({known: sent for known, sent in state.proposals.items() if known != reference})


@checks_arguments
def group_info(
    state: GroupState, *, ratchet_tree: bool = True, external_pub: bool = True, grease: Entropy | None = None
) -> MLSMessage:
    """A signed description of the group in this epoch for clients outside (RFC 9420 §12.4.3).

    `grease`, 32 fresh bytes, adds an extension that all receivers ignore (§13.5).
    """
    require_active(state)
    info = sign_group_info(state, ratchet_tree=ratchet_tree, external_pub=external_pub, grease=grease)
    return MLSMessage(ProtocolVersion.mls10, info)


@checks_arguments
def export_secret(state: GroupState, label: str, context: bytes, length: uint16) -> bytes:
    """A secret of `length` bytes for the application, the same for all members (RFC 9420 §8.5)."""
    return derive_exported(state.suite, state.secrets.exporter_secret, label, context, length)


def _signed(state: GroupState, content: ApplicationData | Proposal, framing: Framing) -> AuthenticatedContent:
    sender = Sender(MemberSender(state.own_leaf))
    framed = FramedContent(state.group_id, state.epoch, sender, framing.authenticated_data, content)
    signature = sign_content(state.suite, framing.wire_format, framed, state.signature_private_key, state.context)
    return AuthenticatedContent(framing.wire_format, framed, FramedContentAuthData(signature, None))
