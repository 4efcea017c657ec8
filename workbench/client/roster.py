"""The people of a group and their devices, as one device has seen them: since which epoch, and who approved them.

A server, or somebody with a stolen password, may add a device in a person's name. So a device that comes after other
devices of its user needs the approval of one of them. Without an approval, people have to compare its safety code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from workbench.client.decisions import NO_DECISIONS, Decisions, device_key
from workbench.client.introduction import approver_among, is_archive
from workbench.client.safety_codes import device_code
from workbench.inspect.device_names import user_of
from workbench.inspect.names import credential_name, name_of
from workbench.mls import GroupState, LeafIndex, LeafNode

Standing: TypeAlias = Literal["own", "compared", "approved", "first", "unapproved", "rejected"]
"""How far a person can trust that a device is its user's.

- `own`: it is this device.
- `compared`: the person has compared its safety code, which was equal. `rejected`: it was not equal.
- `approved`: another device of its user has signed that it is the user's.
- `first`: it was the first device of its user that was seen here. Nobody has compared its code yet.
- `unapproved`: it came when its user had other devices here, and none of them has approved it.
"""


@dataclass(frozen=True, slots=True)
class RosterDevice:
    """One member: a device, and what is known of it.

    `identity` is the identity in its credential, "" if it is not readable; `name` is for people. `since` is the first
    epoch in which it was seen, and `approver` the name of the device that has approved it.
    """

    leaf: LeafIndex
    identity: str
    name: str
    since: int
    standing: Standing
    approver: str
    is_archive: bool
    code: str
    leaf_node: LeafNode = field(repr=False)

    @property
    def user(self) -> str:
        """The user whose device it is, for people."""
        return user_of(self.identity) or self.name

    @property
    def needs_review(self) -> bool:
        """Whether the person should look at this device before trusting the group."""
        return self.standing in {"unapproved", "rejected"}


def roster(states: Iterable[GroupState], decisions: Decisions = NO_DECISIONS) -> tuple[RosterDevice, ...]:
    """The members in the last of these states. The states are those of one device, in the order of their epochs."""
    seen: dict[bytes, RosterDevice] = {}
    last: GroupState | None = None
    for state in states:
        if last is None or state.context != last.context:
            seen |= _arrivals(seen, state)
        last = state
    if last is None:
        return ()
    return tuple(
        _decided(_placed(seen[device_key(leaf_node)], leaf), last, decisions) for leaf, leaf_node in last.tree.leaves()
    )


def people(members: Sequence[RosterDevice]) -> Mapping[str, tuple[RosterDevice, ...]]:
    """The devices of each user, in the order of their leaves."""
    found: dict[str, list[RosterDevice]] = {}
    for member in members:
        found.setdefault(member.user, []).append(member)
    return {user: tuple(devices) for user, devices in found.items()}


def _arrivals(seen: Mapping[bytes, RosterDevice], state: GroupState) -> dict[bytes, RosterDevice]:
    """The devices of a state that were not seen before, and those that have another leaf node or leaf since then."""
    present = dict(state.tree.leaves())
    found: dict[bytes, RosterDevice] = {}
    newcomers: dict[LeafIndex, LeafNode] = {}
    for leaf, leaf_node in present.items():
        before = seen.get(device_key(leaf_node))
        if before is None:
            newcomers[leaf] = leaf_node
        elif before.leaf_node is not leaf_node or before.leaf != leaf:
            found[device_key(leaf_node)] = replace(before, leaf=leaf, leaf_node=leaf_node)
    former = [each.leaf_node for each in seen.values()] if newcomers else []
    users = {user_of(each.identity) for each in seen.values()} if newcomers else set()
    for leaf, leaf_node in newcomers.items():
        identity = credential_name(leaf_node)
        approver = approver_among(state.suite, leaf_node, (*former, *present.values()))
        user = user_of(identity)
        found[device_key(leaf_node)] = RosterDevice(
            leaf,
            identity,
            name_of(state.tree, leaf),
            state.epoch,
            "approved" if approver is not None else "unapproved" if user in users else "first",
            "" if approver is None else credential_name(approver),
            is_archive(leaf_node.extensions),
            device_code(leaf_node.credential, leaf_node.signature_key),
            leaf_node,
        )
        if approver is None:
            users.add(user)
    return found


def _placed(device: RosterDevice, leaf: LeafIndex) -> RosterDevice:
    return device if device.leaf == leaf else replace(device, leaf=leaf)


def _decided(device: RosterDevice, state: GroupState, decisions: Decisions) -> RosterDevice:
    """The device with what the person has decided about it."""
    key = device_key(device.leaf_node)
    if device.leaf == state.own_leaf:
        return replace(device, standing="own")
    if key in decisions.compared:
        return replace(device, standing="compared")
    return replace(device, standing="rejected") if key in decisions.rejected else device
