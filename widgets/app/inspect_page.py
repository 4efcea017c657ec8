"""The page that inspects bytes: paste or upload them, and see every field."""

from __future__ import annotations

from typing import Any

import panel as pn

from widgets.app.component import component_of, scheme
from widgets.app.page import framed
from widgets.app.visit import Asked
from widgets.app.work import in_thread
from widgets.inspector import Inspector
from widgets.inspector.findings import Finder

InspectorComponent: Any = component_of(Inspector)


class InspectPage(pn.viewable.Viewer):
    """The inspector of one visitor."""

    def __init__(self, *, theme: str = "") -> None:
        super().__init__()
        self._finder = Finder()
        self.picture = InspectorComponent(stylesheets=scheme(theme), sizing_mode="stretch_width")
        self.picture.param.watch(self._find, "asked")
        self.picture.param.watch(self._show, "chosen")

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.picture, sizing_mode="stretch_width")

    async def _find(self, _event: object) -> None:
        found, shown = await in_thread(_found, self._finder, self.picture.asked)
        self.picture.param.update(found=found, chosen=0, shown=shown)

    async def _show(self, _event: object) -> None:
        self.picture.shown = await in_thread(self._finder.show, self.picture.chosen)


def _found(finder: Finder, asked: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    return finder.find(asked), finder.show(0)


def inspect() -> pn.Template:
    """The page for one visitor."""
    asked = Asked.now()
    return framed("inspect", InspectPage(theme=asked.theme).__panel__(), theme=asked.theme)
