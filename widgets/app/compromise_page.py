"""The page of a compromise: leaks that a visitor chooses, and what an attacker with them reads."""

from __future__ import annotations

import asyncio
from typing import Any

import panel as pn

from widgets.app.component import component_of, scheme
from widgets.app.page import filled_later, framed, not_opened
from widgets.app.visit import Asked
from widgets.app.work import in_thread
from widgets.compromise import Compromise
from widgets.compromise.compromise import begin
from widgets.compromise.judge import Judge
from widgets.shared.long_work import Advance, Cancelled, unwatched
from workbench.lab import SCENARIOS
from workbench.lab.shared_history import InvalidHistory

FIRST = "retroactive break"
"""The scenario that is shown if the address asks for nothing."""

CompromiseComponent: Any = component_of(Compromise)


class CompromisePage(pn.viewable.Viewer):
    """The compromise of one visitor."""

    def __init__(self, judge: Judge, traits: dict[str, Any], *, theme: str = "") -> None:
        super().__init__()
        self._judge = judge
        self._turn = asyncio.Lock()
        self.picture = CompromiseComponent(**traits, stylesheets=scheme(theme), sizing_mode="stretch_width")
        self.picture.respond(["leaks", "step", "epoch"], self._judge_again)
        self.picture.respond("scenario", self._begin)

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.picture, sizing_mode="stretch_width")

    async def _judge_again(self) -> None:
        """Judge what is chosen now. Several changes that wait for their turn are judged once."""
        async with self._turn:
            given = {name: getattr(self.picture, name) for name in ("leaks", "step", "epoch")}
            self.picture.judged = await in_thread(self._judge.judged, given)

    async def _begin(self) -> None:
        """Show the chosen scenario."""
        name = self.picture.scenario
        if name == self._judge.session.scenario:
            return
        async with self._turn:
            self._judge, traits = await in_thread(_first, Asked(scenario=name))
            self.picture.open(traits.pop("view"), **traits)
            self.picture.address = {"scenario": name} if name else {}


def _first(asked: Asked, advance: Advance = unwatched) -> tuple[Judge, dict[str, Any]]:
    """The judge and the first traits for what an address asks for. Raises what `Asked.session` raises."""
    judge = Judge(asked.session(advance))
    return judge, begin(judge, asked.step)


def compromise() -> pn.Template:
    """The page for one visitor."""
    asked = Asked.now()
    wanted = asked if asked.history or asked.scenario in SCENARIOS else Asked(scenario=FIRST, theme=asked.theme)

    async def content(advance: Advance) -> list[Any]:
        shown: list[Any] = []
        try:
            judge, traits = await in_thread(_first, wanted, advance)
        except (InvalidHistory, Cancelled) as problem:
            shown.append(not_opened(problem, "A scenario is shown instead."))
            judge, traits = await in_thread(_first, Asked(scenario=FIRST))
        return [*shown, CompromisePage(judge, traits, theme=asked.theme)]

    return framed("compromise", filled_later("Computing…", content), theme=asked.theme)
