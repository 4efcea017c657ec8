"""One reader's playground without a host: which world is shown, what a wish of the reader does, and what changes.

A notebook and the app have the same sessions. A wish and the texts of the fields come from a browser, so they are
checked. The answers are values for the traits of the picture.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from widgets.key_schedule.exporter import EXPORTS_AT_MOST, exported_for
from widgets.playground.clip import SCENES_AT_MOST, clip
from widgets.playground.exported import page_of
from widgets.shared.long_work import Advance, Cancelled, unwatched
from widgets.shared.still import NotDrawn
from widgets.wire_inspector.further import ROOM, further_messages
from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak
from workbench.inspect.names import listed
from workbench.lab import SCENARIOS, NotPossible, World, scenario
from workbench.lab.actions import ACTIONS, form
from workbench.lab.actions.action import NEWCOMER
from workbench.lab.group import Group
from workbench.lab.record import ATTACKER, SERVER
from workbench.lab.scenarios import Scenario
from workbench.lab.shared_history import HistoryTooLarge, InvalidHistory, SharedHistory
from workbench.mls import MLSError
from workbench.views.group_diff import DiffLine, GroupDiffView, group_diff_view
from workbench.views.key_schedule import key_schedule_view
from workbench.views.playground import FREQUENT, NO_LEAKS, RARE, GrowingPlayground, OfferView, offer_view, related
from workbench.views.timeline import TimelineLine
from workbench.views.timeline_sources import ratchet_tree_title, world_line
from workbench.views.wire_history import WireHistory

PEOPLE = ("Alice", "Bob", "Carol", "Dave")
FIELDS: Mapping[str, str] = {
    "who": "",
    "whom": "",
    "newcomer": "",
    "text": "Meet me at nine.",
    "outsider": "HR",
    "psk": "tea",
}
"""The fields of the form, with their first texts."""
FRESH = "A fresh group"
CANCELLED = "Cancelled. Nothing has changed."
BRANCHES = 4
"""So many earlier histories are branches of the timeline, the newest ones: each makes the view larger."""
Earlier: TypeAlias = tuple[SharedHistory, str, TimelineLine]
"""A history that the reader has left, words for it, and its line in a timeline."""


@dataclass(frozen=True)
class Bounds:
    """How large a world may become. A server has many worlds, so it has bounds; None means no bound.

    `seconds` is how long a history may take to be performed again. A field's text has at most `text` characters, or
    `name` if it is a name. `histories` earlier histories are kept.
    """

    people: int | None = None
    steps: int | None = None
    seconds: float = 600.0
    text: int = 10_000
    name: int = 100
    histories: int = 32


class Session:
    """The world that one reader plays with, and the histories that the reader has left."""

    def __init__(
        self,
        world: World,
        *,
        leaks: Mapping[str, Leak] = NO_LEAKS,
        scenario_name: str = "",
        lesson: str = "",
        bounds: Bounds | None = None,
    ) -> None:
        """Play with a world whose group exists. `leaks` are named leaks that the reader can choose.

        `lesson` says what the scenario teaches, if the world is that of a scenario.
        """
        if not world.members:
            raise NotPossible("A playground needs a world whose group exists")
        self.world = world
        self.bounds = bounds or Bounds()
        self.leaks = leaks
        self.scenario = scenario_name
        self.lesson = lesson
        self._earlier: list[Earlier] = []
        self._past: tuple[int, World] | None = None
        self._opened = 0
        self._growing = GrowingPlayground()
        self._advance: Advance = unwatched

    @classmethod
    def fresh(cls, *, seed: int | str | None = None, bounds: Bounds | None = None) -> Session:
        """A session with a new group of four people."""
        return cls(World.of(PEOPLE, seed=secrets.token_hex(4) if seed is None else seed), bounds=bounds)

    @classmethod
    def of_scenario(cls, story: Scenario, *, bounds: Bounds | None = None) -> Session:
        """A session with the world and the leaks of a scenario."""
        return cls(story.world, leaks=dict(story.leaks), scenario_name=story.name, lesson=story.lesson, bounds=bounds)

    @classmethod
    def of_history(
        cls, history: SharedHistory, *, bounds: Bounds | None = None, advance: Advance = unwatched
    ) -> Session:
        """A session with a history that somebody has sent. Raises `InvalidHistory`, and what `advance` raises."""
        session = cls(_played(history, bounds or Bounds(), advance), bounds=bounds)
        steps, most = len(session.world.history), session.bounds.steps
        if most is not None and steps > most:
            raise HistoryTooLarge(f"The history has {steps} steps; at most {most} are shown here")
        people, most = len(session.world.devices), session.bounds.people
        if most is not None and people > most:
            raise HistoryTooLarge(f"The history has {people} people; at most {most} are shown here")
        return session

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.world.history) - 1

    def begin(self, step: int | None = None) -> dict[str, Any]:
        """The traits with which the session is shown first, at a step, by default the last one."""
        opened = self.opened(step)
        chosen = {**FIELDS, "who": self.world.members[0]}
        return {**opened, "chosen": chosen, "offer": self.offer(chosen, opened["step"])}

    def opened(self, step: int | None = None) -> dict[str, Any]:
        """All traits of a history that is opened at a step, by default the last one."""
        self._past = None
        self._opened += 1
        shown = self.last if step is None else max(0, min(self.last, step))
        member, seen = self.world.members[0], self._view()
        return {
            **seen,
            "opened": {"number": self._opened, "step": shown},
            "step": shown,
            "viewer": member,
            "member": member,
            "scenario": self.scenario,
            "scenarios": [{"value": "", "name": FRESH}, *({"value": name, "name": name} for name in SCENARIOS)],
            **self._around(),
            "exports": list(seen["view"]["schedule"]["exports"]),
            "compared": {},
            "inspected": {},
            "inspections": {},
            "leaks": [{"name": name} for name in self.leaks] or self._compromises(),
        }

    def offer(self, chosen: object, step: int) -> OfferView:
        """What the reader can do after a step, with these texts in the fields."""
        try:
            world = self._at(step)
        except (NotPossible, InvalidHistory) as problem:
            return {**offer_view(self.world, {}), "limit": f"Nothing can be done here: {problem}", "buttons": []}
        offer = offer_view(world, self._texts(chosen))
        for button in offer["buttons"]:
            more = sum(1 for name in button["fields"] if name in {"newcomer", "outsider"})
            button["reason"] = button["reason"] or self._limit(world, more) or None
        offer["limit"] = self._limit(world, 0)
        return offer

    def answer(self, given: Mapping[str, Any], advance: Advance = unwatched) -> dict[str, Any]:
        """Do what the reader wishes. `given` are the traits, and the result has those that change.

        The trait `answer` has the number of the wish, and says what went wrong if it was not possible. Work that takes
        long calls `advance`. If that raises `Cancelled`, nothing has changed.
        """
        self._advance = advance
        try:
            return self._answered(given)
        finally:
            self._advance = unwatched

    def _answered(self, given: Mapping[str, Any]) -> dict[str, Any]:
        asked = given["asked"] if isinstance(given["asked"], dict) else {}
        number = asked["number"] if isinstance(asked.get("number"), int) else 0
        answered = self._told(asked, given, number)
        if answered is not None:
            return answered
        step = given["step"]
        try:
            changes = self._do(asked, self._texts(given["chosen"]), given["leaks"])
            step = changes["opened"]["step"] if "opened" in changes else self.last
            words = ""
        except (NotPossible, InvalidHistory) as problem:
            changes, words = {}, f"{problem}."
        except Cancelled:
            return {"answer": {"number": number, "words": CANCELLED}}
        offer = self.offer(changes.get("chosen", given["chosen"]), step)
        return {**changes, "offer": offer, "answer": {"number": number, "words": words}}

    def _told(self, asked: Mapping[str, Any], given: Mapping[str, Any], number: int) -> dict[str, Any] | None:
        """The answer to a wish that changes no history; None for all other wishes."""
        match asked.get("do"):
            case "page":
                page = page_of({**given, "inspections": self.inspections(given["viewer"])})
                return {"saved": {"number": number, "page": page}, "answer": {"number": number, "words": ""}}
            case "inspect":
                return self._inspect(asked, number)
            case "export":
                return self._export(asked, given["exports"], number)
            case "compare":
                return {"compared": self._compared(), "answer": {"number": number, "words": ""}}
            case "clip":
                return self._clip(number, given["viewer"])
        return None

    def inspections(self, viewer: object, room: int = ROOM) -> dict[str, Any]:
        """The messages of the history for a page without Python, as far as there is room."""
        return {**further_messages(WireHistory(self.world), str(viewer), room=room)}

    # Wishes

    def _inspect(self, asked: Mapping[str, Any], number: int) -> dict[str, Any]:
        """Open a message with the keys of a viewer, as the reader of its bytes asks for."""
        try:
            inspected = WireHistory(self.world).object(str(asked.get("message")), str(asked.get("viewer")))
        except KeyError:
            return {"answer": {"number": number, "words": "There is no such message, or no such viewer."}}
        return {"inspected": inspected, "answer": {"number": number, "words": ""}}

    def _export(self, asked: Mapping[str, Any], exports: Sequence[Mapping[str, Any]], number: int) -> dict[str, Any]:
        """Export a secret from an epoch, as the reader of the key schedule asks for."""
        view, words = key_schedule_view(GroupHistory.of(self.world.trace())), ""
        exported = None
        try:
            exported = exported_for(view, asked)
        except (MLSError, ValueError) as problem:
            words = f"{problem}."
        more = {} if exported is None else {"exports": [*exports, exported][-EXPORTS_AT_MOST:]}
        return {**more, "answer": {"number": number, "words": words}}

    def _compared(self) -> GroupDiffView:
        """The history that is shown and its branches, side by side."""
        own = world_line(self.world)
        branches = related(own, self._branches()).values()
        lines = [
            DiffLine(own.trace, "this history"),
            *(DiffLine(one.trace, f"the history of {one.name}") for one in branches),
        ]
        return group_diff_view(lines, ratchet_tree_title(own.trace))

    def _clip(self, number: int, viewer: object) -> dict[str, Any]:
        """The last steps of the history as a clip, for a file."""
        known = {*self.world.members, SERVER, ATTACKER}
        steps = range(max(0, self.last + 1 - SCENES_AT_MOST), self.last + 1)
        try:
            made = clip(self.world, viewer=str(viewer) if viewer in known else None, steps=steps)
        except (NotPossible, NotDrawn) as problem:
            return {"answer": {"number": number, "words": f"{problem}."}}
        return {"saved": {"number": number, "clip": made}, "answer": {"number": number, "words": ""}}

    def _do(self, asked: object, chosen: Mapping[str, str], leaks: list[Any]) -> dict[str, Any]:
        step = None
        match asked:
            case {"do": "act", "name": str(name), "from": int(place)} if name in {*FREQUENT, *RARE}:
                return self._act(name, place, chosen, leaks)
            case {"do": "group", "group": int(number)} if 0 <= number < len(self.world.groups):
                self.world = self.world.groups[number]
                return self.opened()
            case {"do": "begin", "scenario": ""}:
                other = Session.fresh()
            case {"do": "begin", "scenario": str(name)} if name in SCENARIOS:
                other = Session.of_scenario(scenario(name))
            case {"do": "open", "content": str(content)}:
                history = SharedHistory.of_file(content.encode("utf-8", "replace"))
                other, step = Session.of_history(history, bounds=self.bounds, advance=self._advance), history.step
            case {"do": "return", "history": int(number)} if 0 <= number < len(self._earlier):
                other = Session(_played(self._earlier[number][0], self.bounds, self._advance))
                del self._earlier[number]
            case _:
                raise NotPossible("The page has asked for something that does not exist: load it again")
        return self._replace(other, step)

    def _act(self, name: str, step: int, chosen: Mapping[str, str], leaks: list[Any]) -> dict[str, Any]:
        world = self._at(step)
        is_past = step < self.last
        more = sum(1 for argument, _ in form.filled_in(ACTIONS[name], chosen) if argument.is_new)
        if reason := self._limit(world, more):
            raise NotPossible(reason)
        left = self._described() if is_past else None
        result = form.perform(world.group, ACTIONS[name], chosen)
        if left is not None:
            self._keep(left)
            self.leaks = {each: leak for each, leak in self.leaks.items() if leak.at <= step}
        self.world, self.scenario = world, "" if is_past else self.scenario
        if isinstance(result, Group):
            self.world = World(group=result)
            return self.opened()
        emptied = {**chosen, "newcomer": ""} if NEWCOMER in ACTIONS[name].arguments else dict(chosen)
        if is_past:
            return {**self.opened(), "chosen": emptied}
        self._past = None
        leaked = {"leaks": [*leaks, *self._compromises()[-1:]]} if name == "compromise" else {}
        return {**self._view(), **self._around(), **leaked, "chosen": emptied}

    def _replace(self, other: Session, step: int | None = None) -> dict[str, Any]:
        self._keep(self._described())
        self.world, self.leaks, self.scenario = other.world, other.leaks, other.scenario
        return self.opened(step) | {"chosen": dict(FIELDS) | {"who": self.world.members[0]}}

    # What is known of the world

    def _at(self, step: int) -> World:
        """The world as it was after a step, in which the reader can act."""
        if step >= self.last:
            return self.world
        if self._past is None or self._past[0] != step:
            self._past = step, _played(SharedHistory.of(self.world, until=max(step, 0)), self.bounds, self._advance)
        return self._past[1]

    def _around(self) -> dict[str, Any]:
        """What changes with each action, beside the view."""
        groups = self.world.groups
        try:
            history = SharedHistory.of(self.world)
            file = json.dumps(history.to_json())
            shared = {"text": history.to_text(), "python": history.as_python(), "file": file}
        except NotPossible as problem:
            shared = {"text": "", "python": f"# {problem}.\n", "file": ""}
        named = [words for _, words, _ in self._earlier]
        return {
            "shared": shared,
            "histories": [
                {"value": str(number), "name": name} for number, name in enumerate([*named, "the one that is shown"])
            ],
            "groups": [
                {"value": str(number), "name": f"{number + 1}: {listed(each.members)}"}
                for number, each in enumerate(groups)
            ],
            "group": self.world.group.number,
        }

    def _view(self) -> dict[str, Any]:
        """The view of the world, and the messages that the attacker has read, each with its sender."""
        view = self._growing.view(self.world, self.leaks, self._branches())
        messages = [step["message"] for step in view["tree"]["steps"] if step["message"] is not None]
        reads = [[sent["sender"], sent["read"][ATTACKER]] for sent in messages if ATTACKER in sent["read"]]
        return {"view": view, "reads": reads}

    def _branches(self) -> dict[int, TimelineLine]:
        """The lines of the newest earlier histories, by their numbers."""
        lines = {number: line for number, (_, _, line) in enumerate(self._earlier)}
        return dict([*lines.items()][-BRANCHES:])

    def _compromises(self) -> list[dict[str, Any]]:
        """The devices that the attacker has really compromised, as leaks of the picture."""
        steps = self.world.trace()["steps"]
        return [{"device": step["victim"], "at": at} for at, step in enumerate(steps) if "victim" in step]

    def _described(self) -> Earlier:
        words = f"{len(self.world.history)} steps, until “{self.world.history[-1].text}”"
        return SharedHistory.of(self.world), words, world_line(self.world, words)

    def _keep(self, left: Earlier) -> None:
        self._earlier = [*self._earlier, left][-self.bounds.histories :]

    def _texts(self, chosen: object) -> dict[str, str]:
        """The texts of the fields, not longer than they may be."""
        given = chosen if isinstance(chosen, dict) else {}
        return {
            name: text[: self.bounds.text if name == "text" else self.bounds.name]
            for name in FIELDS
            if isinstance(text := given.get(name, ""), str)
        }

    def _limit(self, world: World, more: int) -> str:
        """Why nothing more can be done, or no more people can come, in this world; empty if it can."""
        people, steps = self.bounds.people, self.bounds.steps
        if steps is not None and len(world.history) >= steps:
            return f"A world has at most {steps} steps here: go back to an earlier step, or begin again"
        if people is not None and len(world.devices) + more > people:
            return f"A world has at most {people} people here: go back to an earlier step, or begin again"
        return ""


def _played(history: SharedHistory, bounds: Bounds, advance: Advance) -> World:
    world = history.play(seconds=bounds.seconds, advance=advance)
    if not world.members:
        raise InvalidHistory("The history has no group: nobody has created one")
    return world
