"""The page that inspects bytes: paste or upload them, see every field, and audit them."""

from __future__ import annotations

import asyncio
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
        self._turn = asyncio.Lock()
        self.picture.respond("asked", self._answer)
        self.picture.respond("chosen", self._show)

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.picture, sizing_mode="stretch_width")

    async def _answer(self) -> None:
        async with self._turn:
            asked = self.picture.asked
            self.picture.param.update(
                **await self.picture.in_thread(lambda advance: self._finder.answer(asked, advance))
            )

    async def _show(self) -> None:
        async with self._turn:
            self.picture.shown = await in_thread(self._finder.show, self.picture.chosen)


def inspect() -> pn.Template:
    """The page for one visitor."""
    asked = Asked.now()
    return framed("inspect", InspectPage(theme=asked.theme).__panel__(), theme=asked.theme)
