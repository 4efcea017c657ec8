"""What the delivery service knows of a group, as a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.adversary.metadata import ServerKnowledge as Knowledge
from workbench.lab import World
from workbench.views.judged_material import wrong_material
from workbench.views.server import server_view

if TYPE_CHECKING:
    from workbench.views.server import ServerView


class ServerKnowledge(Picture):
    """Draws what the delivery service knows of a group without any key, and what padding and delay leave of it.

    `padding` is an index of the view's paddings. `delay` is in seconds: devices send only at multiples of it.
    """

    _module: ClassVar[str] = "server_knowledge/server_knowledge.js"
    _still_module: ClassVar[str] = "server_knowledge/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "server_knowledge/marks.css")
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    delay = traitlets.Int(0).tag(sync=True)

    def __init__(self, view: ServerView, **traits: Any) -> None:
        """Show a view."""
        super().__init__(view=view, **traits)

    @classmethod
    def of(cls, world: World, **traits: Any) -> ServerKnowledge:
        """Show what the service of a world knows of the world's group. Raises TypeError for anything else."""
        if not isinstance(world, World):
            raise wrong_material(cls.__name__, "a World, which has a delivery service", world)
        return cls(server_view(Knowledge.of(world.service, world.group_id)), **traits)

    def __repr__(self) -> str:
        return f"ServerKnowledge({len(self.view['uploads'])} uploads of {len(self.view['users'])} users)"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "padding", "delay")}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        names = [user["name"] for user in self.view["users"]]
        rows = [
            [
                "an unknown device" if upload["user"] is None else names[upload["user"]],
                upload["kind"],
                str(upload["sizes"][self.padding]),
            ]
            for upload in self.view["uploads"]
        ]
        return "The server can read no message, but it knows who sends when.", ["From", "Type", "Bytes"], rows
