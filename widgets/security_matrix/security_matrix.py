"""A compromise as a widget: members and epochs, what the attacker reads, what it can forge, and what has healed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from widgets.shared.still import NotDrawn, run
from workbench.lab import World
from workbench.lab.leaks import leak_of, recorded_history
from workbench.views.security import security_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.adversary.leak import Leak
    from workbench.adversary.verdict import RecordedHistory, Verdict
    from workbench.lab.scenarios import Scenario
    from workbench.views.security import SecurityView


class SecurityMatrix(Picture):
    """Draws what an attacker reads of a history, under leaks that are put on and taken off.

    `step` is how far the history has come. `leaks` are those that are put on: `{"name": ...}` for one that is offered
    by name, `{"device": ..., "at": ...}` for all that is on a device after a step. `selected` is the epoch, and the
    member in it, whose reasons are open: `{"epoch": ..., "member": ...}`, `{"epoch": ...}`, or nothing. All traits are
    shared with the browser, which computes what follows by itself.
    """

    _module: ClassVar[str] = "security_matrix/security_matrix.js"
    _still_module: ClassVar[str] = "security_matrix/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "security_matrix/marks.css")
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    leaks = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        world: World,
        named: Mapping[str, Leak] | None = None,
        *,
        on: Iterable[str] | None = None,
        step: int | None = None,
        recorded: RecordedHistory | None = None,
        **traits: Any,
    ) -> None:
        """Show a world's history at a step (the last one, if none is given), with the named leaks `on` put on.

        Without `on` and `leaks` the matrix starts with a leak, so that there is something to see: the first named one,
        or else what really leaked, or else a device in the middle epoch. `recorded` is that of the world if it is at
        hand. Raises ValueError if there is no such step or leak.
        """
        self._world, self._named = world, dict(named or {})
        self._recorded = recorded_history(world) if recorded is None else recorded
        view = security_view(self._recorded, self._named)
        last = len(view["steps"]) - 1
        if step is not None and not 0 <= step <= last:
            raise ValueError(f"this history has no step {step}; its steps are 0 to {last}")
        leaks = self._first_leaks(view) if on is None else [{"name": name} for name in on]
        for each in leaks:
            if "name" in each and each["name"] not in self._named:
                raise ValueError(f"{each['name']!r} is no leak here; those here are {', '.join(self._named) or 'none'}")
        super().__init__(view=view, step=last if step is None else step, **{"leaks": leaks, **traits})

    @classmethod
    def of(cls, story: World | Scenario, **traits: Any) -> SecurityMatrix:
        """Show all that has happened in a world so far; or a scenario, with its leaks put on."""
        if isinstance(story, World):
            return cls(story, **traits)
        return cls(story.world, story.leaks, **{"on": story.leaks, "recorded": story.recorded, **traits})

    def _first_leaks(self, view: SecurityView) -> list[dict[str, Any]]:
        """What leaks at first: the first of the named leaks, what really leaked, or a device in the middle epoch."""
        if self._named:
            return [{"name": next(iter(self._named))}]
        steps = self._recorded.group_history.trace["steps"]
        real = [{"device": step["victim"], "at": at} for at, step in enumerate(steps) if "victim" in step]
        middle = view["epochs"][len(view["epochs"]) // 2]
        return real or [{"device": middle["seats"][0]["member"], "at": middle["step"]}]

    def verdict(self) -> Verdict:
        """Give the verdict on what has leaked by the step."""
        leaks = [self._leak(each) for each in self.leaks]
        return self._recorded.until(self.step).judge(leak for leak in leaks if leak.at <= self.step)

    def __repr__(self) -> str:
        title, steps = self.view["title"], len(self.view["steps"])
        try:
            said = run('import { said } from "./security_matrix/still.js";\nreturn said;\n', self._shown())
        except NotDrawn:
            said = self._read()
        return f"SecurityMatrix({title!r}, after step {self.step + 1} of {steps}: {said})"

    def _read(self) -> str:
        verdict = self.verdict()
        return f"The attacker reads {len(verdict.readable_epochs)} of {len(verdict.epochs)} epochs."

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "step", "leaks", "selected")}

    def _leak(self, put_on: dict[str, Any]) -> Leak:
        if "name" in put_on:
            return self._named[put_on["name"]]
        return leak_of(self._world, put_on["device"], at=put_on["at"], recorded=self._recorded)

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        lines = repr(self.verdict()).splitlines()
        return self._read(), ["How it stands"], [[line] for line in lines]
