"""New groups that come from an old one: by ReInit all of it, by a branch a part (RFC 9420 §11.2, §11.3).

What links them is a resumption PSK of the old group in the Welcome of the new one: only who was in the old group can
enter. Whether a member of one is a member of the other is a question to the application; the rule here is that
both leaves show the same credential, since a new cipher suite means new keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.mls.errors import InvalidWelcome, UnknownPreSharedKey
from workbench.mls.group.pre_shared_keys import ResumptionPSKs
from workbench.mls.group.state import GroupState
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import GroupContext, PreSharedKeyID, ReInit, ResumptionPSK
from workbench.mls.wire.tree import Credential, LeafNode


def link_in(psks: Sequence[PreSharedKeyID]) -> ResumptionPSK | None:
    """The one PSK that links a new group to an old one, None in a group of its own (RFC 9420 §12.4.3.1).

    Raises `InvalidWelcome` if there are several.
    """
    links = [
        each.psk
        for each in psks
        if isinstance(each.psk, ResumptionPSK) and each.psk.usage != ResumptionPSKUsage.application
    ]
    if len(links) > 1:
        raise InvalidWelcome("§12.4.3.1", "more than one resumption PSK is for reinit or branch")
    return links[0] if links else None


def old_group_of(link: ResumptionPSK, old_group: GroupState | None) -> GroupState:
    """The old group that a link names; `UnknownPreSharedKey` if it is not the one that was given."""
    if old_group is None or old_group.group_id != link.psk_group_id:
        name = link.psk_group_id.hex()
        reason = f"the new group comes from group {name} by {link.usage.name}: its last state is needed as old_group"
        raise UnknownPreSharedKey("§12.4.3.1", reason)
    return old_group


def resumption_psks_of(state: GroupState) -> ResumptionPSKs:
    """The keys of past epochs that a member still has of a group (RFC 9420 §8.6)."""
    return {(state.group_id, epoch): psk for epoch, psk in state.resumption_psks.items()}


def check_link(link: ResumptionPSK, old_group: GroupState, context: GroupContext, tree: RatchetTree) -> None:
    """Check that a new group is what the ReInit or the branch makes of the old one (RFC 9420 §12.4.3.1).

    `context` and `tree` are those of the new group. Raises `InvalidWelcome`.
    """
    if context.epoch != 1:
        reason = f"a group that comes from another is entered in its epoch 1, not in {context.epoch}"
        raise InvalidWelcome("§12.4.3.1", reason)
    if link.usage == ResumptionPSKUsage.reinit:
        _check_reinit(link, old_group, context, tree)
    else:
        _check_branch(old_group, context, tree)


def _check_reinit(link: ResumptionPSK, old_group: GroupState, context: GroupContext, tree: RatchetTree) -> None:
    reinit = old_group.reinit
    if reinit is None or link.psk_epoch != old_group.epoch:
        raise InvalidWelcome("§12.4.3.1", "the last commit of the old group held no ReInit")
    found = ReInit(context.group_id, context.version, context.cipher_suite, context.extensions)
    if found != reinit:
        raise InvalidWelcome("§12.4.3.1", "the new group is not the one that the ReInit announced")
    if missing := missing_members(old_group.tree, [leaf_node.credential for _, leaf_node in tree.leaves()]):
        raise InvalidWelcome("§12.4.3.1", f"{missing} members of the old group are not in the new one")


def _check_branch(old_group: GroupState, context: GroupContext, tree: RatchetTree) -> None:
    old = old_group.context
    if (context.version, context.cipher_suite) != (old.version, old.cipher_suite):
        raise InvalidWelcome("§12.4.3.1", "a branch must have the version and cipher suite of the old group")
    if strangers := strangers_to(old_group.tree, [leaf_node for _, leaf_node in tree.leaves()]):
        raise InvalidWelcome("§11.3", f"{len(strangers)} members of the branch were not in the old group")


def missing_members(old: RatchetTree, credentials: Sequence[Credential]) -> int:
    """How many members of an old group none of these credentials stands for (RFC 9420 §12.4.3.1)."""
    return (Counter(leaf_node.credential for _, leaf_node in old.leaves()) - Counter(credentials)).total()


def strangers_to(old: RatchetTree, leaf_nodes: Sequence[LeafNode]) -> list[LeafNode]:
    """Those of the leaf nodes that stand for no member of an old group (RFC 9420 §11.3)."""
    known = {leaf_node.credential for _, leaf_node in old.leaves()}
    return [leaf_node for leaf_node in leaf_nodes if leaf_node.credential not in known]
