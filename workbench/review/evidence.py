"""What a reviewer knows beside an object: views of its group, members' states, keys, trees, a policy and a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.mls import GroupState, KeyPackageBundle, Policy, PublicGroup, RatchetTreeExtension
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.group.public_group import DEFAULT_POLICY

GroupEpoch = tuple[bytes, int]
"""A group id and an epoch."""


@dataclass(frozen=True, slots=True)
class ReviewEvidence:
    """All that is known. `groups` and `states` are by group and epoch; `now` is in seconds since 1970.

    Without `now` no lifetime is checked against a time. `trusts_credentials` says that the policy has trust anchors.
    """

    groups: Mapping[GroupEpoch, PublicGroup] = field(default_factory=dict)
    states: Mapping[GroupEpoch, GroupState] = field(default_factory=dict)
    bundles: Sequence[KeyPackageBundle] = ()
    psks: HeldPSKs = field(default_factory=dict, repr=False)
    trees: Sequence[RatchetTreeExtension] = ()
    policy: Policy = DEFAULT_POLICY
    now: int | None = None
    trusts_credentials: bool = False

    def group(self, group_id: bytes, epoch: int) -> PublicGroup | None:
        """The public part of a group in an epoch, from a state or from what was followed; None if it is not known."""
        state = self.states.get((group_id, epoch))
        return state.public if state is not None else self.groups.get((group_id, epoch))

    def state(self, group_id: bytes, epoch: int) -> GroupState | None:
        """A member's state in an epoch, None if there is none."""
        return self.states.get((group_id, epoch))


NO_EVIDENCE = ReviewEvidence()
