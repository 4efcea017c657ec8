"""The view of a playground: all that is known of one live world, and the actions that are possible in it now.

The view has the views of several pictures. The offer has the buttons: each with the reason why it cannot be used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypedDict

from workbench.adversary.leak import Leak
from workbench.adversary.metadata import ServerKnowledge
from workbench.lab import World
from workbench.lab.actions import ACTIONS, form
from workbench.lab.leaks import recorded_history
from workbench.views.key_schedule import GrowingKeySchedule, KeyScheduleView
from workbench.views.lifetimes import KeyLifetimesView, key_lifetimes_view
from workbench.views.ratchet_tree import GrowingTree
from workbench.views.room import GrowingRoom
from workbench.views.room_schema import RoomView
from workbench.views.schema import RatchetTreeView
from workbench.views.secret_tree import SecretTreeView, secret_tree_view
from workbench.views.server import ServerView, server_view
from workbench.views.timeline import GrowingTimeline, TimelineLine, TimelineView, common_steps
from workbench.views.timeline_sources import world_line
from workbench.views.wire import WireView
from workbench.views.wire_history import WireHistory

NO_LEAKS: Mapping[str, Leak] = MappingProxyType({})
NO_BRANCHES: Mapping[int, TimelineLine] = MappingProxyType({})
FORMAT: Final = "mls-workbench/playground-view"
VERSION: Final = 1

FREQUENT: Collection[str] = (
    *("commit", "update", "send", "add", "remove", "hold", "release", "delay", "let_through", "drop", "compromise"),
)
RARE: Collection[str] = (
    *("propose_add", "propose_remove", "join", "request_to_join", "approve", "resync", "share_psk", "commit_with_psk"),
    *("external_sender", "ask_to_add", "ask_to_remove", "branch", "reinit", "successor"),
)
"""The actions that have a button only under "More actions", in the order of the buttons."""


class PlaygroundView(TypedDict):
    """One world at its last step; `lifetimes` contains the security view.

    `branches` has the number of the earlier history of each branch of the timeline, from its second branch on.
    """

    format: Literal["mls-workbench/playground-view"]
    version: Literal[1]
    title: str
    tree: RatchetTreeView
    lifetimes: KeyLifetimesView
    server: ServerView
    room: RoomView
    timeline: TimelineView
    branches: list[int]
    schedule: KeyScheduleView
    secrets: SecretTreeView
    wire: WireView


class ButtonView(TypedDict):
    """A button: the action that it performs, what it says, what the action does, and why it cannot be used now."""

    name: str
    label: str
    hint: str
    reason: str | None
    fields: list[str]
    is_rare: bool


class OfferView(TypedDict):
    """What can be done after the step `step`, by whom. `limit` says why nothing more can be done, if that is so."""

    step: int
    people: list[str]
    limit: str
    buttons: list[ButtonView]


class GrowingPlayground:
    """Makes the views of a world again after each action: what is known of the earlier steps is not made again."""

    def __init__(self) -> None:
        self._tree = GrowingTree()
        self._room = GrowingRoom()
        self._timeline = GrowingTimeline()
        self._schedule = GrowingKeySchedule()

    def view(
        self, world: World, leaks: Mapping[str, Leak] = NO_LEAKS, branches: Mapping[int, TimelineLine] = NO_BRANCHES
    ) -> PlaygroundView:
        """The view of a world whose group exists, with named leaks that the reader can choose.

        `branches` are earlier histories by their numbers. Those with the same first step are branches of the timeline.
        """
        recorded = recorded_history(world)
        tree = self._tree.view(recorded.group_history.trace)
        own = world_line(world)
        sides = related(own, branches)
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": tree["title"],
            "tree": tree,
            "lifetimes": key_lifetimes_view(recorded, leaks, tree=tree),
            "server": server_view(ServerKnowledge.of(world.service, world.group_id)),
            "room": self._room.view(world, tree["title"], recorded=recorded),
            "timeline": self._timeline.view([own, *sides.values()], tree["title"]),
            "branches": list(sides),
            "schedule": self._schedule.view(recorded.group_history, tree=tree),
            "secrets": secret_tree_view(recorded.group_history, world.group.environment.policy, tree=tree),
            "wire": WireHistory(world).view(),
        }


def related(own: TimelineLine, lines: Mapping[int, TimelineLine]) -> dict[int, TimelineLine]:
    """The lines that begin with the same first step as a history: its branches."""
    return {number: line for number, line in lines.items() if common_steps(own.trace, line.trace)}


def offer_view(world: World, chosen: Mapping[str, str]) -> OfferView:
    """What can be done in a world with these texts in the fields."""
    return {
        "step": len(world.history) - 1,
        "people": list(world.members),
        "limit": "",
        "buttons": [*_buttons(world, chosen, FREQUENT), *_buttons(world, chosen, RARE)],
    }


def _buttons(world: World, chosen: Mapping[str, str], names: Collection[str]) -> Sequence[ButtonView]:
    actions = [ACTIONS[name] for name in names]
    return [
        {
            "name": action.name,
            "label": form.label(action, chosen),
            "hint": action.hint,
            "reason": form.reason_against(world.group, action, chosen),
            "fields": [argument.name for argument, _ in form.filled_in(action, chosen)],
            "is_rare": action.name in RARE,
        }
        for action in actions
    ]
