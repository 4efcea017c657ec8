"""A workspace: the step, the viewer, the member and the message that several pictures show together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import anywidget
import traitlets

from widgets.shared.assemble import module
from widgets.shared.live_output import failure_words

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED: Final = ("step", "viewer", "member", "message")


class Workspace(anywidget.AnyWidget):
    """What the pictures that are given this workspace show together.

    `step` is the number of the step, `viewer` and `member` are ids of the history, and `message` is the step that sent
    the chosen message, or -1. Until a picture or the reader has said one, `step` is None and an id is empty. The
    pictures follow each other in the browser, so they still do when the kernel is stopped. Here arrives what they show,
    and what is set here all pictures show.

    `failed` says what went wrong in a callback of the workspace: its pictures show that.

    The values in `apart` are not shared: with `Workspace(apart=["viewer"])` each picture keeps a viewer of its own.
    """

    _esm = module("shared/workspace_widget.js")

    address = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(None, allow_none=True).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    member = traitlets.Unicode().tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)
    failed = traitlets.Unicode()

    def __init__(self, *, apart: Iterable[str] = (), **values: Any) -> None:
        """Make a workspace with some values. Raises ValueError if a value in `apart` is none that pictures share."""
        if unknown := set(apart) - set(SHARED):
            raise ValueError(f"{', '.join(sorted(unknown))} is not shared; pictures share {', '.join(SHARED)}")
        self.hears_the_browser = False
        super().__init__(address={"name": uuid4().hex, "apart": list(apart)}, **values)

    def said(self, name: str) -> object:
        """A value that the pictures share, or None if nobody has said it or it is not shared."""
        value = getattr(self, name)
        return None if name in self.address["apart"] or value == self.traits()[name].default_value else value

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser says. Its pictures show it already, and each of them tells Python itself."""
        self.hears_the_browser = True
        try:
            super().set_state(sync_data)
        except Exception as error:
            self.failed = failure_words(error)
            raise
        else:
            self.failed = ""
        finally:
            self.hears_the_browser = False

    def __repr__(self) -> str:
        said = [f"{name}={getattr(self, name)!r}" for name in SHARED if self.said(name) is not None]
        return f"Workspace({', '.join(said)})"
