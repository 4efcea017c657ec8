"""The end of every commit: the secrets of the new epoch, and the state that holds them (RFC 9420 §8, §12.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.group.public_group import PublicGroup, public_epoch
from workbench.mls.group.state import GroupState
from workbench.mls.schedule.key_schedule import Epoch, FirstEpoch, next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import confirmed_transcript_hash
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.value import value
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import FramedContent, GroupContext
from workbench.mls.wire.proposals import PreSharedKeyID, ReInit


@value
class AppliedPath:
    """The effect of a commit's path: the tree with it, the commit secret, and this member's private keys after it."""

    tree: RatchetTree
    commit_secret: bytes = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    signature_private_key: SigningKey = field(repr=False)


@value
class EpochInputs:
    """The inputs of a new epoch: an init secret (the old epoch's or a newcomer's), the transcript hash, the PSKs."""

    init_secret: bytes = field(repr=False)
    interim_transcript_hash: bytes
    psks: tuple[tuple[PreSharedKeyID, bytes], ...] = field(repr=False)


def derive_epoch(
    suite: CipherSuite,
    origin: EpochInputs,
    provisional: GroupContext,
    taken: AppliedPath,
    wire_format: WireFormat,
    content: FramedContent,
    signature: bytes,
) -> tuple[GroupContext, Epoch]:
    """The GroupContext and the secrets of a new epoch, from a signed commit and its path (RFC 9420 §8, §8.2)."""
    confirmed = confirmed_transcript_hash(suite, origin.interim_transcript_hash, wire_format, content, signature)
    context = replace(provisional, confirmed_transcript_hash=confirmed)
    epoch = next_epoch(
        suite,
        origin.init_secret,
        taken.commit_secret,
        psk_secret(suite, origin.psks),
        encode(context),
        taken.tree.leaf_count,
    )
    return context, epoch


def first_state(
    public: PublicGroup,
    own_leaf: LeafIndex,
    private_keys: Mapping[NodeIndex, bytes],
    signature_private_key: SigningKey,
    epoch: Epoch | FirstEpoch,
    tag: bytes,
) -> GroupState:
    """The state of a member in its first epoch; `tag` is the confirmation tag of that epoch."""
    return GroupState(
        public=public,
        own_leaf=own_leaf,
        private_keys=private_keys,
        signature_private_key=signature_private_key,
        secrets=epoch.secrets,
        secret_tree=epoch.secret_tree,
        confirmation_tag=tag,
        resumption_psks={public.epoch: epoch.secrets.resumption_psk},
        first_epoch=public.epoch,
    )


def advance_epoch(
    state: GroupState, context: GroupContext, epoch: Epoch, path: AppliedPath, tag: bytes, reinit: ReInit | None
) -> GroupState:
    """The state in the new epoch. Of the old epoch's secrets, it holds only those that the policy keeps.

    After the commit of a ReInit the group has ended: nothing can be sent in the new epoch (RFC 9420 §12.4.2).
    """
    kept = {**state.resumption_psks, context.epoch: epoch.secrets.resumption_psk}
    oldest = context.epoch - state.policy.kept_resumption_psks
    return replace(
        state,
        public=public_epoch(state.suite, context, path.tree, tag, state.policy, reinit),
        private_keys=path.private_keys,
        signature_private_key=path.signature_private_key,
        secrets=epoch.secrets,
        secret_tree=epoch.secret_tree,
        confirmation_tag=tag,
        resumption_psks={number: psk for number, psk in kept.items() if number > oldest},
        update_keys={},
        update_signature_keys={},
        past_epochs=state.epochs_to_keep(),
        active=reinit is None,
    )


def last_state(state: GroupState) -> GroupState:
    """The state of a removed member: it can read the messages that it could read before, and can send nothing.

    The application should delete it soon (RFC 9420 §12.4.2). Only the application knows when no message is on its way
    any more.
    """
    return replace(state.with_proposals({}), active=False, update_keys={}, update_signature_keys={})
