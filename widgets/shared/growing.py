"""A widget whose view grows with a history: the browser is sent what changed in the view, and not the whole again.

Each view has a number, its edition. A browser says that it listens, and which edition it has (growing.js). From then on
it is sent the difference of each view from the view before. The state of the widget is complete on both sides all the
time: a page that opens later gets the whole view with the state, and so does a browser that has missed an edition.
"""

from __future__ import annotations

from typing import Any

from widgets.shared.difference import difference
from widgets.shared.live_output import Announced


class GrowingWidget(Announced):
    """A widget with a trait `view`, which is sent to browsers by its differences."""

    def __init__(self, *args: Any, **traits: Any) -> None:
        self._edition = 0
        # The view that browsers have, as far as they have said so.
        self._known: Any = None
        super().__init__(*args, **traits)
        self.on_msg(self._hear)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - ipywidgets' own
        """The state for a browser, in which the view has its number."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        return {**state, "edition": self._edition} if "view" in state else state

    def _send(self, msg: dict[str, Any], buffers: Any = None) -> None:
        """Send a message of ipywidgets. An update of the view becomes its difference, with the rest of the update."""
        if msg["method"] == "update" and "view" in msg["state"]:
            msg = self._as_difference(msg)
        super()._send(msg, buffers)

    def _as_difference(self, update: dict[str, Any]) -> dict[str, Any]:
        view, known = update["state"]["view"], self._known
        self._edition += 1
        state = {**update["state"], "edition": self._edition}
        if known is None:
            return {**update, "state": state}
        self._known = view
        del state["view"]
        content = {"model": self.model_id, "change": difference(known, view), "state": state}
        return {"method": "custom", "content": content}

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        """A browser listens, and has this edition. If it has missed a later one, it gets the whole view."""
        if not isinstance(content, dict) or "edition" not in content:
            return
        if content["edition"] != self._edition:
            self._known = None
            self.send_state("view")
        self._known = self.view
