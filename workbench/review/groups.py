"""The public groups of GroupInfos whose tree is known. The messages of an epoch are checked with its public group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from workbench.adversary.public_tracking import AcceptAllCredentials
from workbench.mls import Policy, PublicGroup
from workbench.mls.errors import MLSError
from workbench.mls.group.group_info import public_group
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.wire.messages import GroupInfo
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.review.evidence import GroupEpoch


def lenient(policy: Policy, *, trusts_credentials: bool = False) -> Policy:
    """The policy that refuses nothing that other members may have accepted by a policy of their own."""
    authentication = policy.authentication if trusts_credentials else AcceptAllCredentials()
    return replace(
        policy,
        lifetimes=ANY_LIFETIME,
        authentication=authentication,
        past_epochs=MOST_PAST_EPOCHS,
        kept_resumption_psks=MOST_RESUMPTION_PSKS,
    )


MOST_PAST_EPOCHS = 64
"""The past epochs whose keys a replay keeps, for messages that stand late in the material."""

MOST_RESUMPTION_PSKS = 1_000_000
"""The resumption PSKs that a replay keeps: a commit may name the PSK of any epoch in which the member was."""


def start_from(
    info: GroupInfo, trees: Sequence[RatchetTreeExtension], policy: Policy, now: int = 0
) -> PublicGroup | None:
    """The public group of a GroupInfo, with its own tree or one of `trees`; None if none makes it valid."""
    for tree in (None, *trees):
        with suppress(MLSError):
            return public_group(info, now=now, ratchet_tree=tree, policy=policy)
    return None


def public_groups(infos: Iterable[GroupInfo], trees: Sequence[RatchetTreeExtension]) -> dict[GroupEpoch, PublicGroup]:
    """The public groups of all GroupInfos that are valid, by group and epoch."""
    started = (start_from(info, trees, lenient(DEFAULT_POLICY)) for info in infos)
    return {(group.group_id, group.epoch): group for group in started if group is not None}
