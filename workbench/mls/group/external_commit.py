"""External commits: a client adds itself to a group, or replaces its own old leaf (RFC 9420 §12.4.3.2).

The commit is made like any other (`make_commit`), by a client without a secret of the group: its init secret is fresh,
and encrypted to the group's external key.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.framing.public_content import from_outside
from workbench.mls.group.commit import Author, make_commit
from workbench.mls.group.epoch import first_state
from workbench.mls.group.framing import Framing
from workbench.mls.group.group_info import external_pub_of, group_info_in, public_group
from workbench.mls.group.pre_shared_keys import NO_PSKS, PreSharedKeys, all_psks
from workbench.mls.group.public_commit import EpochAdvanced
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy, PublicGroup, SentProposal, public_epoch
from workbench.mls.group.state import GroupState
from workbench.mls.schedule.key_schedule import external_init
from workbench.mls.tree.grease import greased
from workbench.mls.tree.own_leaf import check_own_leaf, default_capabilities
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.wire.messages import GroupInfo, MLSMessage, NewMemberCommitSender
from workbench.mls.wire.proposals import CustomProposal, ExternalInit, PreSharedKey, Remove
from workbench.mls.wire.tree import (
    Capabilities,
    CommitSource,
    Credential,
    Extension,
    LeafNode,
    RatchetTreeExtension,
)


@value
class PendingExternalCommit:
    """An external commit that was made, and that the delivery service has not accepted yet.

    Send `message`, and go on with `next` once the commit is accepted. `made_in` is the epoch that the GroupInfo
    describes; the commit is valid only if no other commit ends that epoch first. `next` has no keys of past epochs,
    even after a resync: a client that still has its old state reads late messages with that state, and then deletes it.
    """

    message: MLSMessage
    made_in: PublicGroup
    next: GroupState
    advanced: EpochAdvanced


@checks_arguments
def external_commit(
    group_info: GroupInfo | MLSMessage | bytes,
    credential: Credential,
    signature_private_key: SigningKey,
    *,
    entropy: Entropy,
    now: Seconds,
    ratchet_tree: RatchetTreeExtension | None = None,
    resync: LeafIndex | None = None,
    proposals: Sequence[PreSharedKey | CustomProposal] = (),
    psks: PreSharedKeys = NO_PSKS,
    capabilities: Capabilities | None = None,
    leaf_extensions: Sequence[Extension] = (),
    grease: bool = False,
    authenticated_data: bytes = b"",
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> PendingExternalCommit:
    """Join a group by an external commit (RFC 9420 §12.4.3.2).

    `group_info` must have an external key and be of the group's present epoch. `resync` is an old leaf of the same
    client, which the commit removes. `proposals` name pre-shared keys, whose values are in `psks`, or are of custom
    types that the `policy` allows in external commits. `grease` adds values to the leaf that all receivers ignore.
    `entropy` is 32 fresh bytes. Raises what `public_group` raises, `RefusedByPolicy` if the `policy` does not allow the
    commit, `InvalidProposalList` for a `resync` of another client's leaf, and `InvalidRatchetTree` if the client lacks
    a capability that the group demands.
    """
    info = group_info_in(group_info)
    group = public_group(info, now=now, ratchet_tree=ratchet_tree, policy=policy, suite=suite)
    suite = group.suite
    kem_output, init_secret = external_init(suite, external_pub_of(info), entropy=suite.fresh(entropy, "external init"))
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
    author = Author(
        sender=NewMemberCommitSender(),
        leaf_node=leaf_node,
        says_something_new=True,
        signature_private_key=signature_private_key,
        next_signature_private_key=signature_private_key,
        private_keys={},
        init_secret=init_secret,
    )
    removes = () if resync is None else (Remove(resync),)
    listed = [
        SentProposal(each, author.as_proposal_sender) for each in (ExternalInit(kem_output), *removes, *proposals)
    ]
    framing = Framing(authenticated_data=authenticated_data)
    made = make_commit(group, author, listed, psks=all_psks(psks), path=True, framing=framing, entropy=entropy, now=now)
    public = public_epoch(suite, made.context, made.path.tree, made.tag, policy)
    state = first_state(public, made.committer, made.path.private_keys, signature_private_key, made.epoch, made.tag)
    return PendingExternalCommit(from_outside(made.authenticated), group, state, made.advanced)
