"""The security matrix as a widget: for each member and epoch, what the attacker reads and can forge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from widgets.shared.still import NotDrawn, run
from workbench.views.judged_material import leak_after, leaks_in, recorded_in
from workbench.views.security import security_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.adversary.leak import Leak
    from workbench.adversary.verdict import RecordedHistory, Verdict
    from workbench.views.judged_material import JudgedMaterial
    from workbench.views.security import SecurityView


class SecurityMatrix(Picture):
    """Draws which epochs and messages of a history an attacker reads, with leaks that the reader chooses.

    `step` is the last step of the history that counts. `leaks` are the chosen leaks: `{"name": ...}` for a named leak
    of the view, `{"device": ..., "at": ...}` for everything on a device after a step. `selected` is the epoch, or the
    member in an epoch, for which the side panel is open: `{"epoch": ..., "member": ...}`, `{"epoch": ...}`, or nothing.
    All traits are shared with the browser. The browser itself computes what follows from the leaks.
    """

    _module: ClassVar[str] = "security_matrix/security_matrix.js"
    _still_module: ClassVar[str] = "security_matrix/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "security_matrix/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    leaks = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        material: JudgedMaterial,
        named: Mapping[str, Leak] | None = None,
        *,
        on: Iterable[str] | None = None,
        step: int | None = None,
        recorded: RecordedHistory | None = None,
        **traits: Any,
    ) -> None:
        """Show a history at a step, by default the last step, with the leaks whose names are in `on`.

        Without `on` and `leaks` the matrix starts with one leak: the first named leak, or a recorded compromise, or the
        compromise of a device in the middle epoch. `recorded` may give the recorded history of the material, so that it
        is not computed again. Raises ValueError if there is no such step or leak.
        """
        self._material, self._named = material, dict(named or {})
        self._recorded = recorded_in(material, "SecurityMatrix") if recorded is None else recorded
        view = security_view(self._recorded, self._named)
        last = len(view["steps"]) - 1
        if step is not None and not 0 <= step <= last:
            raise ValueError(f"this history has no step {step}; its steps are 0 to {last}")
        leaks = self._first_leaks(view) if on is None else [{"name": name} for name in on]
        for each in leaks:
            if "name" in each and each["name"] not in self._named:
                raise ValueError(
                    f"{each['name']!r} is not a leak of this view; its leaks are {', '.join(self._named) or 'none'}"
                )
        super().__init__(view=view, step=last if step is None else step, **{"leaks": leaks, **traits})

    @classmethod
    def of(cls, material: JudgedMaterial, **traits: Any) -> SecurityMatrix:
        """Show the history of a world so far, a scenario with its leaks, a trace, or what a member saw of its group.

        A `MemberHistory` has the leaks that the reviewer states. Raises TypeError for anything else.
        """
        recorded, leaks = recorded_in(material, cls.__name__), leaks_in(material)
        on = {"on": leaks} if leaks else {}
        return cls(material, leaks, **{**on, "recorded": recorded, **traits})

    def _first_leaks(self, view: SecurityView) -> list[dict[str, Any]]:
        """What leaks at first: the first of the named leaks, what really leaked, or a device in the middle epoch."""
        if self._named:
            return [{"name": next(iter(self._named))}]
        steps = self._recorded.group_history.trace["steps"]
        real = [{"device": step["victim"], "at": at} for at, step in enumerate(steps) if "victim" in step]
        middle = view["epochs"][len(view["epochs"]) // 2]
        recorded = [seat for seat in middle["seats"] if seat["member"] not in view.get("unrecorded", ())]
        return real or [{"device": seat["member"], "at": middle["step"]} for seat in recorded[:1]]

    def verdict(self) -> Verdict:
        """The verdict on everything that has leaked by the step, in words."""
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
        return leak_after(self._material, self._recorded, put_on["device"], put_on["at"])

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        lines = repr(self.verdict()).splitlines()
        return self._read(), ["How it stands"], [[line] for line in lines]
