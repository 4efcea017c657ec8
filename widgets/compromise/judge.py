"""Judges the leaks that a reader has chosen in the picture of a history, for a notebook and for the app alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.playground.session import Session
from workbench.adversary.leak import Leak
from workbench.lab import NotPossible
from workbench.lab.leaks import leak_of, recorded_history
from workbench.views.judged import JudgedView, judged_view

LEAKS_AT_MOST = 24
"""How many leaks are judged together."""


class Judge:
    """Judges leaks in the world of a session. The recorded history is kept until the session shows another world."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._recorded = recorded_history(session.world)

    def judged(self, given: Mapping[str, Any]) -> JudgedView:
        """The judgement on the traits of the picture: its leaks, its step, and the chosen epoch.

        Leaks that do not exist are left out, because they come from a browser.
        """
        world = self.session.world
        last = len(world.history) - 1
        found = (self._leak(each) for each in given["leaks"][:LEAKS_AT_MOST])
        leaks = [each for each in found if each is not None]
        step, epoch = max(0, min(last, given["step"])), given["epoch"]
        return judged_view(world, self._recorded, leaks, step=step, epoch=epoch if epoch >= 0 else None)

    def _leak(self, chosen: object) -> Leak | None:
        match chosen:
            case {"name": str(name)} if name in self.session.leaks:
                return self.session.leaks[name]
            case {"device": str(device), "at": int(at)}:
                try:
                    return leak_of(self.session.world, device, at=at, recorded=self._recorded)
                except NotPossible:
                    return None
        return None
