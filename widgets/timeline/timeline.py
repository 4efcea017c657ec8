"""The timeline of a group as a widget: a view, a step, and what is chosen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.lab import World
from workbench.views.timeline_sources import TimelineMaterial, timeline_view_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.views.timeline import TimelineView


class Timeline(Picture):
    """Draws the story of a group: who did what, who signed it and who checked that, and each member's history.

    `step` is the step that is shown, and `viewer` the member, "server" or "attacker" who sees it, "" for all that was
    recorded. `member` is the member whose lane is chosen, `message` the step whose message is chosen, or -1. `branch`
    is the number of the branch that is shown. All traits are shared with the browser. In a workspace the timeline is
    the slider of all pictures.
    """

    _module: ClassVar[str] = "timeline/timeline.js"
    _still_module: ClassVar[str] = "timeline/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "timeline/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {name: name for name in ("step", "viewer", "member", "message")}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    member = traitlets.Unicode().tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)
    branch = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, view: TimelineView, *, step: int | None = None, viewer: str = "", branch: int = 0, **traits: Any
    ) -> None:
        """Show a view at a step, by default the last, as a viewer sees it, by default all that was recorded.

        Raises ValueError if the view has no such step, viewer or branch.
        """
        viewers = [one["id"] for one in view["viewers"]]
        if viewer and viewer not in viewers:
            raise ValueError(f"{viewer!r} is not a viewer of this view; its viewers are {', '.join(viewers)}")
        if not 0 <= branch < len(view["branches"]):
            raise ValueError(f"this view has no branch {branch}; its branches are 0 to {len(view['branches']) - 1}")
        shown = view["branches"][branch]
        last = shown["at"] + len(shown["steps"])
        if step is not None and not view["first"] <= step <= last:
            raise ValueError(f"this view has no step {step}; its steps are {view['first']} to {last}")
        super().__init__(view=view, step=last if step is None else step, viewer=viewer, branch=branch, **traits)

    @classmethod
    def of(cls, material: TimelineMaterial, *, branches: Mapping[str, World] | None = None, **traits: Any) -> Timeline:
        """Show the history of a world, a trace, or what an audit has followed of a group (its `replay`).

        `branches` are other histories of the same group, by their names. Raises TypeError for anything else.
        """
        return cls(timeline_view_of(material, branches=tuple((branches or {}).items())), **traits)

    def show(self, view: TimelineView) -> None:
        """Show a view that continues the present view, at its last step."""
        with self.hold_sync():
            self.set_trait("view", view)
            shown = view["branches"][self.branch]
            self.step = shown["at"] + len(shown["steps"])

    def __repr__(self) -> str:
        branches = self.view["branches"]
        shown = branches[self.branch]
        steps = shown["at"] + 1 + len(shown["steps"])
        more = f", {len(branches)} branches" if len(branches) > 1 else ""
        return f"Timeline({self.view['title']!r}, step {self.step + 1} of {steps}{more})"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "step", "viewer", "member", "message", "branch")}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        shown = self.view["branches"][self.branch]
        rows = [
            [str(number), str(step["epoch"]), *self._told(step)]
            for number, step in enumerate(shown["steps"], shown["at"] + 2)
        ]
        at = self.step - shown["at"] - 1
        said = self._told(shown["steps"][at])[0] if 0 <= at < len(shown["steps"]) else self.view["title"]
        return f"{said}.", ["Step", "Epoch", "What happened", "Who signed, and who checked it"], rows

    def _told(self, step: dict[str, Any]) -> list[str]:
        if self.viewer in step["unseen_by"]:
            return ["unknown to this viewer", "unknown"]
        return [step["title"], " ".join(one["words"] for one in step["signatures"])]
