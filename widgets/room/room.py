"""The screens of all people of a group side by side, as a widget whose buttons act in the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.delivery import Refused
from workbench.lab import NotPossible, World
from workbench.lab.actions import ACTIONS
from workbench.lab.record import ATTACKER, SERVER
from workbench.mls import LeafIndex, MLSError
from workbench.views.judged_material import wrong_material
from workbench.views.room import room_view
from workbench.views.trial import trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.views.room_schema import RoomView


class Room(Picture):
    """Draws the screen of each device of a group: messages, events, warnings, and what waits for the device.

    `step` is the step that is shown, the newest if it is below 0. `message` is the chosen message, `focus` the screen
    that is shown alone, and -1 is none. With a world (`of`) the buttons act in it, and *Try* tries anew each time.
    """

    _module: ClassVar[str] = "room/room.js"
    _still_module: ClassVar[str] = "room/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "room/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)
    focus = traitlets.Int(-1).tag(sync=True)
    live = traitlets.Bool(default_value=False).tag(sync=True)
    request = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, view: RoomView, *, world: World | None = None, **traits: Any) -> None:
        """Show a view. With its `world` the buttons can act."""
        super().__init__(view=view, live=world is not None, **traits)
        self._world = world
        self.observe(self._asked, names="request")

    @classmethod
    def of(cls, world: World, title: str = "The room", **traits: Any) -> Room:
        """Show the screens of a world's group. Raises TypeError for anything else: recorded calls have no devices."""
        if not isinstance(world, World):
            raise wrong_material(cls.__name__, "a World, whose devices have screens", world)
        return cls(room_view(world, title), world=world, **traits)

    def __repr__(self) -> str:
        screens, messages = self.view["screens"], self.view["messages"]
        return f"Room({len(screens)} screens, {len(messages)} messages, {len(self.view['steps'])} steps)"

    def _asked(self, change: dict[str, Any]) -> None:
        """Do what a button asks for, and answer."""
        request, world = change["new"], self._world
        if world is None or not request:
            return
        if request["kind"] == "try":
            names = (*(screen["id"] for screen in self.view["screens"]), SERVER, ATTACKER)
            wire = bytes.fromhex(self.view["messages"][request["message"]]["wire"])
            self.answer = {**request, "trial": trial(world, names[request["who"]], wire)}
        else:
            self.answer = {**request, "said": self._perform(world, request)}

    def _perform(self, world: World, request: Mapping[str, Any]) -> str:
        """Perform an action in the name of a screen's device, and show the result. Returns a sentence."""
        name, leaf = self.view["screens"][request["screen"]]["id"], request.get("leaf")
        arguments = (name,) if leaf is None else (name, LeafIndex(leaf))
        try:
            result = ACTIONS[request["act"]](world.group, *arguments)
        except (NotPossible, Refused, MLSError) as reason:
            return f"{reason}."
        with self.hold_sync():
            self.set_trait("view", room_view(world, self.view["title"]))
            self.step = -1
        if request["act"] == "verify":
            return "The codes are equal." if result else "The codes differ: the user has no device with this code."
        return ""

    def _shown(self) -> dict[str, object]:
        traits: dict[str, object] = {name: getattr(self, name) for name in ("view", "step", "message", "focus")}
        return {**traits, "live": False, "request": {}, "answer": {}}

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        """The traits in full, and without the bytes of the messages."""
        shown = self._shown()
        yield shown, ""
        messages = [{**message, "wire": ""} for message in self.view["messages"]]
        yield {**shown, "view": {**self.view, "messages": messages}}, "the bytes of the messages"

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        names = [screen["name"] for screen in self.view["screens"]]
        rows = [
            [
                "an unknown device" if message["sender"] is None else names[message["sender"]],
                message["text"],
                ", ".join(names[index] for index in message["now"]) or "nobody",
            ]
            for message in self.view["messages"]
        ]
        return "Each device shows what it has decrypted.", ["From", "Message", "Keys open it now"], rows
