"""Several eyes on one view, moving together without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.ratchet_tree.ratchet_tree import RatchetTree

if TYPE_CHECKING:
    from workbench.views.schema import RatchetTreeView

LINKED = ("step", "beat", "speed", "playing")


def side_by_side(view: RatchetTreeView, *viewers: str, step: int | None = None) -> ipywidgets.Box:
    """One picture for each viewer; stepping or playing one moves all, in the browser alone.

    Raises ValueError if the view has no such viewer or step.
    """
    first, *others = (RatchetTree(view, viewer=viewer, step=step) for viewer in viewers)
    for other in others:
        for trait in LINKED:
            ipywidgets.jslink((first, trait), (other, trait))
    layout = ipywidgets.Layout(flex_flow="row wrap", grid_gap="1rem")
    for picture in (first, *others):
        picture.layout = ipywidgets.Layout(flex="1 1 20rem", min_width="0")
    return ipywidgets.Box([first, *others], layout=layout)
