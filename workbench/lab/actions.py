"""What can be done in a world as things are, and if not, why: the words on a button that is greyed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from workbench.lab import doors

if TYPE_CHECKING:
    from workbench.lab.world import World

ByMember: TypeAlias = Literal[
    "add",
    "remove",
    "update",
    "propose_add",
    "propose_remove",
    "propose_psk",
    "commit",
    "send",
    "external_sender",
    "reinit",
    "branch",
]
FromOutside: TypeAlias = Literal["join", "resync", "request_to_join", "ask_to_add", "ask_to_remove"]
Action: TypeAlias = (
    ByMember
    | FromOutside
    | Literal["create", "steal", "hold", "release", "delay", "let_through", "share_psk", "successor"]
)

NO_GROUP = "There is no group yet"
ENDED = "The group has ended by a ReInit: its members go on in the one that follows"
PENDING = "Proposals are pending: somebody has to commit them first"
OF_MEMBERS = frozenset(
    {
        *("add", "remove", "update", "propose_add", "propose_remove", "propose_psk", "commit", "send"),
        *("external_sender", "reinit", "branch"),
    }
)
BEYOND = frozenset({"external_sender", "reinit", "branch"})
FROM_OUTSIDE = frozenset({"join", "resync", "request_to_join", "ask_to_add", "ask_to_remove"})


def why_not(world: World, action: Action, *people: str) -> str | None:
    """Why somebody cannot do something, in a sentence; None if it is possible.

    The person who acts comes first, then those it is done to, who may be left out to ask in general.
    """
    if not people:
        return "Nobody was named who could do it"
    for name in people:
        if name not in world.devices:
            return f"There is no device of {name}"
    actor, *others = people
    if action in OF_MEMBERS:
        reason = _why_no_member(world, actor)
        return reason or (_why_not_beyond if action in BEYOND else _why_not_in_group)(world, action, actor, others)
    if action != "create" and not world.members:
        return NO_GROUP
    if action in FROM_OUTSIDE:
        return _why_not_from_outside(world, action, actor, others)
    return _why_no_successor(world, actor) if action == "successor" else _why_not_in_world(world, action, actor)


def _why_not_in_world(world: World, action: Action, actor: str) -> str | None:
    reasons = {
        "create": (bool(world.members), "There is a group already"),
        "steal": (_is_robbed(world, actor), f"The thief has all that is on {actor}'s device already"),
        "hold": (world.is_held(actor), f"{actor} is held back already"),
        "release": (not world.is_held(actor), f"{actor} is not held back"),
        "delay": (world.is_delayed(actor), f"Messages to {actor} are delayed already"),
        "let_through": (not world.is_delayed(actor), f"Messages to {actor} are not delayed"),
        "share_psk": (False, ""),
    }
    applies, reason = reasons[action]
    return reason if applies else None


def _is_robbed(world: World, name: str) -> bool:
    return any(held is world.devices[name].holdings for _, held in world.thief.stolen)


def _has_ended(world: World) -> bool:
    latest = world.record.latest()
    return latest is not None and latest.reinit is not None


def _why_no_member(world: World, actor: str) -> str | None:
    if not world.members:
        return NO_GROUP
    state = world.state(actor)
    if state is None:
        return f"{actor} is not in the group"
    if state.reinit is not None:
        return ENDED
    if not state.active:
        return f"{actor} is no longer in the group"
    if state.epoch != world.epoch:
        return f"{actor} has missed a commit and has to catch up first"
    return _why_out_of_reach(world, actor)


def _why_out_of_reach(world: World, actor: str) -> str | None:
    return f"{actor} is held back" if world.is_held(actor) else None


def _why_not_in_group(world: World, action: Action, actor: str, others: Sequence[str]) -> str | None:
    members = world.members
    alone = members == (actor,)
    reason = None
    match action:
        case "add" | "propose_add":
            reason = _why_no_newcomers(others, members)
        case "remove" if alone:
            reason = f"{actor} is alone in the group"
        case "remove" if actor in others:
            reason = f"{actor} cannot commit to leave: somebody else has to"
        case "remove" | "propose_remove":
            reason = _why_no_members(others, members)
        case "update" if alone:
            reason = f"{actor} is alone in the group: nobody else could commit the update"
        case "send" if _has_pending(world, actor):
            reason = PENDING
        case _:
            pass
    return reason


def _why_not_beyond(world: World, action: Action, actor: str, others: Sequence[str]) -> str | None:
    reason = None
    match action:
        case "external_sender":
            known = next((name for name in others if doors.sender_index(world, name) is not None), None)
            reason = None if known is None else f"The group takes proposals from {known} already"
        case "reinit" if _has_pending(world, actor):
            reason = f"{PENDING}, for a ReInit stands alone"
        case "branch" if actor in others:
            reason = f"{actor} is in the branch anyway"
        case "branch":
            reason = _why_no_members(others, world.members)
        case _:
            pass
    return reason


def _has_pending(world: World, actor: str) -> bool:
    state = world.state(actor)
    return state is not None and bool(state.proposals)


def _why_no_members(names: Sequence[str], members: Sequence[str]) -> str | None:
    return next((f"{name} is not in the group" for name in names if name not in members), _why_twice(names))


def _why_no_newcomers(names: Sequence[str], members: Sequence[str]) -> str | None:
    return next((f"{name} is in the group already" for name in names if name in members), _why_twice(names))


def _why_twice(names: Sequence[str]) -> str | None:
    return next((f"{name} is named twice" for name in names if names.count(name) > 1), None)


def _why_not_from_outside(world: World, action: Action, actor: str, others: Sequence[str]) -> str | None:
    members = world.members
    if _has_ended(world):
        return ENDED
    if action in {"join", "resync"} and not doors.hosts(world, actor):
        return "No member is within reach who could describe the group"
    reason = None if action == "resync" else _why_out_of_reach(world, actor)
    match action:
        case "join" | "request_to_join" if actor in members:
            reason = f"{actor} is in the group already"
        case "resync" if actor not in members:
            reason = f"{actor} has no leaf in the group to come back to"
        case "ask_to_add" | "ask_to_remove" if doors.sender_index(world, actor) is None:
            reason = f"The group does not take proposals from {actor}"
        case "ask_to_add":
            reason = reason or _why_no_newcomers(others, members)
        case "ask_to_remove":
            reason = reason or _why_no_members(others, members)
        case _:
            pass
    return reason


def _why_no_successor(world: World, actor: str) -> str | None:
    if not _has_ended(world):
        return "The group has not ended: no ReInit was committed in it"
    state = world.state(actor)
    if state is None or state.reinit is None:
        return f"{actor} has not seen the end of the group"
    latest = world.record.latest()
    following = None if latest is None or latest.reinit is None else latest.reinit.group_id
    if any(group.group_id == following for group in world.groups):
        return "The group that follows has been founded already"
    return _why_out_of_reach(world, actor)
