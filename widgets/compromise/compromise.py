"""A compromise as a widget: leaks that the reader chooses, and what an attacker with them reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.compromise.judge import Judge
from widgets.playground.session import Session
from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.live_output import Announced
from workbench.lab.scenarios import Scenario

if TYPE_CHECKING:
    from workbench.lab import World


class Compromise(Announced):
    """The security matrix, the lifetimes of keys and the derivation of an epoch, under leaks that the reader chooses.

    `judged` is what Python computes for the leaks: by rules, by the theorem, and by an attacker who decrypts. All
    traits are shared with the browser; compromise.js says which of them Python sets.
    """

    _module: ClassVar[str] = "compromise/compromise.js"
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES, "shared/form.css", "compromise/compromise.css")

    view = traitlets.Dict().tag(sync=True)
    opened = traitlets.Dict().tag(sync=True)
    judged = traitlets.Dict().tag(sync=True)
    lesson = traitlets.Unicode().tag(sync=True)
    scenarios = traitlets.List(traitlets.Dict()).tag(sync=True)
    scenario = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    epoch = traitlets.Int(-1).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    member = traitlets.Unicode().tag(sync=True)
    leaks = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, session: Session) -> None:
        """Show the world of a session."""
        self._judge = Judge(session)
        super().__init__(**begin(self._judge))
        self.observe(self._answer, names=["leaks", "step", "epoch"])

    @classmethod
    def of(cls, story: World | Scenario) -> Compromise:
        """Show a world, or a scenario with its leaks."""
        return cls(Session.of_scenario(story) if isinstance(story, Scenario) else Session(story))

    def __repr__(self) -> str:
        return f"Compromise({self.view['title']!r}: {self.judged['agreement']})"

    def _answer(self, _change: object) -> None:
        given = {"leaks": self.leaks, "step": self.step, "epoch": self.epoch}
        self.set_trait("judged", self._judge.judged(given))


def begin(judge: Judge, step: int | None = None) -> dict[str, Any]:
    """The traits with which a history is shown first."""
    opened = judge.session.opened(step)
    shown = {
        name: opened[name] for name in ("view", "opened", "step", "viewer", "member", "leaks", "scenario", "scenarios")
    }
    first = {"leaks": opened["leaks"], "step": opened["step"], "epoch": -1}
    return {**shown, "lesson": judge.session.lesson, "epoch": -1, "judged": judge.judged(first)}
