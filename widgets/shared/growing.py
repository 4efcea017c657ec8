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

    def send_state(self, key: Any = None) -> None:
        """Send these traits, by default all; the view among them as its difference from the view that browsers have."""
        names = {key} if isinstance(key, str) else {*self.keys} if key is None else {*key}
        if "view" not in names:
            super().send_state(key)
            return
        self._edition += 1
        if self._known is None or key is None:
            super().send_state(key)
            return
        change, self._known = difference(self._known, self.view), self.view
        rest = self.get_state(names - {"view"})
        # ipywidgets compares what a browser has set with what it was sent last.
        self._property_lock |= {name: value for name, value in rest.items() if name in self._property_lock}
        content = {"model": self.model_id, "change": change, "state": {**rest, "edition": self._edition}}
        self._send({"method": "custom", "content": content})

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        """A browser listens, and has this edition. If it has missed a later one, it gets the whole view."""
        if not isinstance(content, dict) or "edition" not in content:
            return
        if content["edition"] != self._edition:
            self._known = None
            self.send_state("view")
        self._known = self.view
