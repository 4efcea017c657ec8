"""The page with a live world: one world for each visitor, which a link can bring along."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import panel as pn

from widgets.app.component import component_of, scheme
from widgets.app.page import filled_later, framed, not_opened
from widgets.app.visit import BOUNDS, Asked
from widgets.app.work import in_thread
from widgets.playground import Playground
from widgets.playground.session import Session
from widgets.shared.difference import difference
from widgets.shared.long_work import Advance, Cancelled
from workbench.lab.shared_history import InvalidHistory

ADDRESS_AT_MOST = 2000
"""The greatest length of a history in an address; a longer one is saved as a file."""

PlaygroundComponent: Any = component_of(Playground)


class PlaygroundPage(pn.viewable.Viewer):
    """The playground of one visitor."""

    def __init__(self, session: Session, *, step: int | None = None, theme: str = "", pictures: list[str]) -> None:
        super().__init__()
        self._session = session
        self._turn = asyncio.Lock()
        self.picture = PlaygroundComponent(
            **session.begin(step),
            pictures=pictures,
            has_address=True,
            stylesheets=scheme(theme),
            sizing_mode="stretch_width",
        )
        self._show_address()
        self.picture.respond("asked", self._answer)
        self.picture.respond(["chosen", "step"], self._offer)

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.picture, sizing_mode="stretch_width")

    async def _answer(self) -> None:
        """Do what the visitor asks for, and send what is new."""
        async with self._turn:
            given = self._given()
            before = self.picture.latest
            changes, change = await self.picture.in_thread(
                lambda advance: _answered(self._session, given, before, advance)
            )
            view = changes.pop("view", None)
            if view is None:
                self.picture.param.update(**changes)
            elif "opened" in changes:
                self.picture.open(view, **changes)
            else:
                self.picture.grow(change, view, **changes)
            self._show_address()

    async def _offer(self) -> None:
        async with self._turn:
            given = self._given()
            self.picture.param.update(offer=await in_thread(self._session.offer, given["chosen"], given["step"]))
            self._show_address()

    def _given(self) -> dict[str, Any]:
        own = {
            name: getattr(self.picture, name)
            for name in Playground.class_trait_names(sync=True)
            if name in self.picture.param
        }
        return own | {"view": self.picture.latest}

    def _show_address(self) -> None:
        """Keep the history and the step in the address of the page, if they are short."""
        text = self.picture.shared["text"]
        history = {"history": text} if text and len(text) <= ADDRESS_AT_MOST else {}
        self.picture.address = {**history, "step": self.picture.step + 1} if history else {}


def _answered(
    session: Session, given: Mapping[str, Any], before: Any, advance: Advance
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer of a session, and the difference of its view from the view before."""
    changes = session.answer(given, advance)
    return changes, difference(before, changes["view"]) if "view" in changes and "opened" not in changes else {}


def playground() -> pn.Template:
    """The page for one visitor. Its world is made after the page is there, because a long history takes time."""
    asked = Asked.now()

    async def content(advance: Advance) -> list[Any]:
        shown: list[Any] = []
        try:
            session, step = await in_thread(asked.session, advance), asked.step
        except (InvalidHistory, Cancelled) as problem:
            shown.append(not_opened(problem, "A fresh group is shown instead."))
            session, step = await in_thread(Session.fresh, bounds=BOUNDS), None
        page = PlaygroundPage(session, step=step, theme=asked.theme, pictures=["timeline", "matrix"])
        return [*shown, page]

    return framed("playground", filled_later("Making the group…", content), theme=asked.theme)
