"""The place at which a picture is opened: a step of its view, and the viewer who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def place_in(view: Mapping[str, Any], step: int | None, viewer: str | None) -> dict[str, Any]:
    """The traits for a step, by default the last, and for a viewer, by default the first.

    Raises ValueError if the view has no such step or viewer.
    """
    last, viewers = len(view["steps"]) - 1, [each["id"] for each in view["viewers"]]
    if step is not None and not 0 <= step <= last:
        raise ValueError(f"this view has no step {step}; its steps are 0 to {last}")
    if viewer is not None and viewer not in viewers:
        raise ValueError(f"{viewer!r} is not a viewer of this view; its viewers are {', '.join(viewers)}")
    return {"step": last if step is None else step, "viewer": viewers[0] if viewer is None else viewer}


def check_epoch(view: Mapping[str, Any], epoch: int) -> None:
    """Raise ValueError if a view of several epochs does not have this one. Below 0 no epoch is chosen."""
    if epoch >= 0 and str(epoch) not in view["epochs"]:
        raise ValueError(f"this view has no epoch {epoch}; its epochs are {', '.join(view['epochs'])}")


def viewer_name(view: Mapping[str, Any], viewer: str) -> str:
    """The name of a viewer of a view."""
    return str(next(each["name"] for each in view["viewers"] if each["id"] == viewer))
