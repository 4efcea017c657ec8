"""External commits: how a client adds itself to a group, or comes back to it (RFC 9420 §12.4.3.2).

The walk is that of every commit (`commit.py`), made by somebody who has no secret of the group: the init secret
is a fresh one, sealed to the group's external key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.framing.content import sign_content
from workbench.mls.framing.public_message import from_outside
from workbench.mls.group.epoch import AppliedPath, EpochInputs, derive_epoch
from workbench.mls.group.group_info import external_pub_of, group_info_in, public_group
from workbench.mls.group.pre_shared_keys import (
    NO_EXTERNAL_PSKS,
    NO_RESUMPTION_PSKS,
    ExternalPSKs,
    ResumptionPSKs,
    find_psks,
)
from workbench.mls.group.public_commit import (
    EpochAdvanced,
    advanced_by,
    provisional_context,
    validate_and_make_room,
)
from workbench.mls.group.state import DEFAULT_POLICY, AnyProposal, GroupState, Policy, PublicGroup, SentProposal
from workbench.mls.schedule.key_schedule import external_init
from workbench.mls.schedule.transcript import confirmation_tag, interim_transcript_hash
from workbench.mls.tree.grease import greased
from workbench.mls.tree.own_leaf import check_own_leaf, default_capabilities
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.tree.update_path import new_path, seal_path
from workbench.mls.when import When
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    Commit,
    CustomProposal,
    ExternalInit,
    FramedContent,
    FramedContentAuthData,
    GroupInfo,
    MLSMessage,
    NewMemberCommitSender,
    PreSharedKey,
    Proposal,
    ProposalByValue,
    ProposalOrRef,
    Remove,
    Sender,
)
from workbench.mls.wire.tree import (
    Capabilities,
    CommitSource,
    Credential,
    Extension,
    LeafNode,
    RatchetTreeExtension,
)


@dataclass(frozen=True, slots=True)
class PendingExternalCommit:
    """A newcomer's commit that was made and not yet accepted: send `message`, and go on with `next` once it is.

    `made_in` is the epoch that the GroupInfo described; the commit counts only if no other commit ends that epoch
    first. `next` keeps nothing of a past epoch, in a resync neither: who still has the old state reads late messages
    with it, and then deletes it.
    """

    message: MLSMessage
    made_in: PublicGroup
    next: GroupState
    advanced: EpochAdvanced


@checks_arguments
def external_commit(
    group_info: GroupInfo | MLSMessage | bytes,
    credential: Credential,
    signature_private_key: bytes,
    *,
    entropy: Entropy,
    now: Seconds,
    ratchet_tree: RatchetTreeExtension | None = None,
    resync: LeafIndex | None = None,
    proposals: Sequence[PreSharedKey | CustomProposal] = (),
    psks: ExternalPSKs = NO_EXTERNAL_PSKS,
    resumption_psks: ResumptionPSKs = NO_RESUMPTION_PSKS,
    capabilities: Capabilities | None = None,
    leaf_extensions: Sequence[Extension] = (),
    grease: bool = False,
    authenticated_data: bytes = b"",
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> PendingExternalCommit:
    """Join a group by a commit of one's own (RFC 9420 §12.4.3.2).

    `group_info` must offer an external key and be of the group's present epoch. `resync` is an old leaf of the
    same client, which goes. `proposals` mix in pre-shared keys, whose values are in `psks` or `resumption_psks`
    (by group id and epoch), or are of custom types that the `policy` lets newcomers commit. `grease` adds values to
    the leaf that everybody is to ignore. `entropy` is 32 fresh bytes. Raises what `public_group` raises,
    `RefusedByPolicy` for what the `policy` does not let newcomers do, `InvalidProposalList` for a `resync` of somebody
    else, and `InvalidRatchetTree` if the client cannot do what the
    group needs.
    """
    info = group_info_in(group_info)
    group = public_group(info, now=now, ratchet_tree=ratchet_tree, policy=policy, suite=suite)
    suite, context = group.suite, group.context
    kem_output, init_secret = external_init(suite, external_pub_of(info), entropy=suite.fresh(entropy, "external init"))
    # validate, apply
    leaf_node = LeafNode(
        encryption_key=b"",
        signature_key=suite.signature_public_key(signature_private_key),
        credential=credential,
        capabilities=capabilities or default_capabilities(),
        leaf_node_source=CommitSource(b""),
        extensions=tuple(leaf_extensions),
        signature=b"",
    )
    if grease:
        leaf_node = greased(leaf_node, entropy)
    check_own_leaf(suite, leaf_node)
    removes = () if resync is None else (Remove(resync),)
    by_value: tuple[AnyProposal, ...] = (ExternalInit(kem_output), *removes, *proposals)
    listed = tuple(SentProposal(proposal, NewMemberCommitSender()) for proposal in by_value)
    applied, own_leaf = validate_and_make_room(group, listed, leaf_node, when=When.at(now))
    found = find_psks(applied.psks, psks, resumption_psks)
    # path
    made = new_path(
        suite, applied.tree, own_leaf, context.group_id, signature_private_key, entropy=entropy, leaf_node=leaf_node
    )
    check_members(made.tree, context.extensions)
    provisional = provisional_context(group, applied, made.tree)
    update_path = seal_path(suite, made, (), encode(provisional), entropy=entropy)
    taken = AppliedPath(made.tree, made.commit_secret, made.private_keys, signature_private_key)
    # derive
    entries = tuple(ProposalOrRef(ProposalByValue(Proposal(proposal))) for proposal in by_value)
    content = FramedContent(
        context.group_id,
        context.epoch,
        Sender(NewMemberCommitSender()),
        authenticated_data,
        Commit(entries, update_path),
    )
    wire_format = WireFormat.mls_public_message
    signature = sign_content(suite, wire_format, content, signature_private_key, context)
    origin = EpochInputs(init_secret, group.interim_transcript_hash, found)
    context, epoch = derive_epoch(suite, origin, provisional, taken, wire_format, content, signature)
    # confirm
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
    state = GroupState(
        suite=suite,
        context=context,
        tree=taken.tree,
        own_leaf=own_leaf,
        private_keys=taken.private_keys,
        signature_private_key=signature_private_key,
        secrets=epoch.secrets,
        secret_tree=epoch.secret_tree,
        interim_transcript_hash=interim_transcript_hash(suite, context.confirmed_transcript_hash, tag),
        confirmation_tag=tag,
        proposals={},
        update_keys={},
        update_signature_keys={},
        resumption_psks={context.epoch: epoch.secrets.resumption_psk},
        policy=policy,
        first_epoch=context.epoch,
    )
    authenticated = AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, tag))
    advanced = advanced_by(own_leaf, listed, applied, with_path=True, external=True)
    return PendingExternalCommit(from_outside(authenticated), group, state, advanced)
