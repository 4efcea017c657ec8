"""Several pictures of one view, each with another viewer. They step together, also without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from widgets.ratchet_tree.ratchet_tree import RatchetTree
from widgets.shared.live_output import LiveOutput, shown
from widgets.shared.picture import SAVED
from widgets.shared.workspace import Workspace

if TYPE_CHECKING:
    from workbench.views.schema import RatchetTreeView

PAIR: Final = 2
"""Differences are marked between so many trees."""


class SideBySide(ipywidgets.Box):
    """Pictures beside each other, which step together."""

    def __init__(self, *pictures: RatchetTree) -> None:
        """Put pictures of one workspace beside each other."""
        for picture in pictures:
            picture.layout = ipywidgets.Layout(flex="1 1 20rem", min_width="0")
        super().__init__(pictures, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="1rem"))

    def __repr__(self) -> str:
        return f"SideBySide({', '.join(map(repr, self.children))})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Show the pictures; readers without a kernel get each with a player of its own."""
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        live = LiveOutput(content=self, pictures=list(self.children))
        return shown(data, [picture.kept() for picture in self.children], live=live.output_id, saved=SAVED)


def side_by_side(view: RatchetTreeView, *viewers: str, step: int | None = None) -> SideBySide:
    """One picture for each viewer. A reader who steps or plays one of them moves all of them, without the kernel.

    Between two pictures the nodes are marked of which the viewers know different things.

    Raises ValueError if the view has no such viewer or step.
    """
    workspace = Workspace(apart=["viewer"])
    others = viewers[::-1] if len(viewers) == PAIR else [""] * len(viewers)
    pictures = [
        RatchetTree(view, viewer=viewer, step=step, workspace=workspace, beside=other)
        for viewer, other in zip(viewers, others, strict=True)
    ]
    return SideBySide(*pictures)
