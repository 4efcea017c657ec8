"""The ratchet tree as a widget: a view, a step, and a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from widgets.assemble import STYLES, module, stylesheet
from widgets.figure import figure
from widgets.kept import KeptPicture
from workbench.lab.compromise import case_of
from workbench.views.attacker import tree_under_attack
from workbench.views.describe import ATTACKER
from workbench.views.ratchet_tree import ratchet_tree_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.adversary.leak import Leak
    from workbench.lab import World
    from workbench.views.schema import RatchetTreeView


class RatchetTree(KeptPicture):
    """Draws a ratchet tree through time, as one viewer sees it.

    `step` and `beat` say where in the view the picture is (beat -1: the step is over), `selected` is the node
    whose values are open, or -1.  All traits are shared with the browser, so that `jslink` joins views that
    should move together.
    """

    _module: ClassVar[str] = "ratchet_tree.js"
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    beat = traitlets.Int(-1).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    speed = traitlets.Float(1.0).tag(sync=True)
    playing = traitlets.Bool(default_value=False).tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self, view: RatchetTreeView, *, step: int | None = None, viewer: str | None = None, **traits: Any
    ) -> None:
        """Show a view at a step (the last one, if none is given) to a viewer (the first one).

        Raises ValueError if the view has no such step or viewer.
        """
        viewers = [one["id"] for one in view["viewers"]]
        last = len(view["steps"]) - 1
        if viewer is not None and viewer not in viewers:
            raise ValueError(f"{viewer!r} is not a viewer of this view; its viewers are {', '.join(viewers)}")
        if step is not None and not 0 <= step <= last:
            raise ValueError(f"this view has no step {step}; its steps are 0 to {last}")
        super().__init__(
            view=view, step=last if step is None else step, viewer=viewers[0] if viewer is None else viewer, **traits
        )

    @classmethod
    def of(cls, world: World, *, leaks: Sequence[Leak] = (), **traits: Any) -> RatchetTree:
        """Show all that has happened in a world so far; without a `viewer`, as its first member sees it.

        With leaks there is one more viewer, the attacker who has them all, and the picture begins with its eyes.
        """
        if leaks:
            return cls(tree_under_attack(case_of(world).judge(leaks)), **{"viewer": ATTACKER, **traits})
        return cls(ratchet_tree_view(world.trace()), **{"viewer": world.members[0], **traits})

    def show(self, view: RatchetTreeView) -> None:
        """Take a view that goes on from the present one, and play what is new in it."""
        with self.hold_sync():
            self.set_trait("view", view)
            # Off and on: the browser may have stopped without its word having come here yet.
            self.playing = False
            self.playing = True

    def __repr__(self) -> str:
        name = next(one["name"] for one in self.view["viewers"] if one["id"] == self.viewer)
        return f"RatchetTree({self.view['title']!r}, step {self.step + 1} of {len(self.view['steps'])}, seen by {name})"

    def _shown(self) -> dict[str, object]:
        names = ("view", "step", "viewer", "speed")
        return {name: getattr(self, name) for name in names} | {"beat": -1, "playing": False, "selected": -1}

    def _figure(self) -> str:
        return figure(cast("RatchetTreeView", self.view), self.step, self.viewer)
