"""What can be done in a world as things are, and if not, why: the words on a button that is greyed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from workbench.lab.world import World

Action: TypeAlias = Literal["create", "add", "remove", "update", "commit", "send", "steal", "hold", "release"]

NO_GROUP = "There is no group yet"
OF_MEMBERS = frozenset({"add", "remove", "update", "commit", "send"})


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
        return _why_no_member(world, actor) or _why_not_in_group(world, action, actor, others)
    reasons = {
        "create": (bool(world.members), "There is a group already"),
        "steal": (_is_robbed(world, actor), f"The thief has all that is on {actor}'s device already"),
        "hold": (world.is_held(actor), f"{actor} is held back already"),
        "release": (not world.is_held(actor), f"{actor} is not held back"),
    }
    applies, reason = reasons[action]
    if action != "create" and not world.members:
        return NO_GROUP
    return reason if applies else None


def _is_robbed(world: World, name: str) -> bool:
    return any(held is world.devices[name].holdings for _, held in world.thief.stolen)


def _why_no_member(world: World, actor: str) -> str | None:
    if not world.members:
        return NO_GROUP
    state = world.state(actor)
    if state is None:
        return f"{actor} is not in the group"
    if not state.active:
        return f"{actor} is no longer in the group"
    if state.epoch != world.epoch:
        return f"{actor} has missed a commit and has to catch up first"
    return None


def _why_not_in_group(world: World, action: Action, actor: str, others: list[str]) -> str | None:
    members = world.members
    alone = members == (actor,)
    reason = None
    match action:
        case "add":
            reason = next((f"{name} is in the group already" for name in others if name in members), None)
        case "remove" if alone:
            reason = f"{actor} is alone in the group"
        case "remove" if actor in others:
            reason = f"{actor} cannot commit to leave: somebody else has to"
        case "remove":
            reason = next((f"{name} is not in the group" for name in others if name not in members), None)
        case "update" if alone:
            reason = f"{actor} is alone in the group: nobody else could commit the update"
        case "send" if (state := world.state(actor)) is not None and state.proposals:
            reason = "Proposals are pending: somebody has to commit them first"
        case _:
            pass
    return reason
