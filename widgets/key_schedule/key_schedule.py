"""The key schedule as a widget: the secrets of an epoch, how they are derived, and who has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from widgets.key_schedule.exporter import EXPORTS_AT_MOST, exported_for
from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from widgets.shared.place import check_epoch, place_in, viewer_name
from workbench.mls import MLSError
from workbench.views.judged_material import recorded_in
from workbench.views.key_schedule import key_schedule_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.views.judged_material import JudgedMaterial
    from workbench.views.key_schedule import KeyScheduleView


class KeySchedule(Picture):
    """Draws the secrets of one epoch as they are derived from each other, and who has and who has deleted each.

    `step` is the step that is shown, and `viewer` the member, "server" or "attacker" whose secrets are marked. `epoch`
    is the epoch that is shown, by default (-1) that of the step. `selected` is the name of a secret, or "". `exports`
    are the secrets that were exported. All traits are shared with the browser.
    """

    _module: ClassVar[str] = "key_schedule/key_schedule.js"
    _still_module: ClassVar[str] = "key_schedule/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "key_schedule/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step", "viewer": "viewer"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Int(-1).tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    exports = traitlets.List(traitlets.Dict()).tag(sync=True)
    live = traitlets.Bool(default_value=True).tag(sync=True)
    asked = traitlets.Dict(default_value={"number": 0}).tag(sync=True)
    answer = traitlets.Dict(default_value={"number": 0, "words": ""}).tag(sync=True)

    def __init__(
        self, view: KeyScheduleView, *, step: int | None = None, viewer: str | None = None, **traits: Any
    ) -> None:
        """Show a view at a step, by default the last, as a viewer sees it, by default the first.

        Raises ValueError if the view has no such step, viewer or epoch.
        """
        given = place_in(view, step, viewer)
        check_epoch(view, traits.get("epoch", -1))
        super().__init__(view=view, **{"exports": list(view["exports"])} | given | traits)
        self.observe(self._export, names="asked")

    @classmethod
    def of(cls, material: JudgedMaterial, **traits: Any) -> KeySchedule:
        """Show the history of a world, of recorded calls, of a scenario, of a trace, or of a member of a foreign group.

        Raises TypeError for anything else.
        """
        return cls(key_schedule_view(recorded_in(material, cls.__name__).group_history), **traits)

    def export(self, label: str, context: str = "", length: int = 32, *, epoch: int | None = None) -> bytes:
        """Export a secret from an epoch, by default the one that is shown, and show it (RFC 9420 §8.5).

        Raises `ValueError` if the exporter_secret was not recorded, and `MLSError` for a length that is not possible.
        """
        chosen = self._epoch() if epoch is None else epoch
        return self._exported({"epoch": chosen, "label": label, "context": context, "length": length})

    def _exported(self, asked: Mapping[str, Any]) -> bytes:
        exported = exported_for(cast("KeyScheduleView", self.view), asked)
        self.exports = [*self.exports, dict(exported)][-EXPORTS_AT_MOST:]
        return bytes.fromhex(exported["value"])

    def __repr__(self) -> str:
        return f"KeySchedule({self.view['title']!r}, {self._seen()})"

    def _epoch(self) -> int:
        return int(self.view["steps"][self.step]["epoch"]) if self.epoch < 0 else self.epoch

    def _seen(self) -> str:
        name = viewer_name(self.view, self.viewer)
        return f"epoch {self._epoch()}, seen by {name} after step {self.step + 1} of {len(self.view['steps'])}"

    def _export(self, _change: object) -> None:
        """Export what the reader asks for. What the reader typed may be impossible: the picture says so."""
        words = ""
        try:
            self._exported(self.asked)
        except (MLSError, ValueError) as problem:
            words = f"{problem}."
        self.answer = {"number": self.asked["number"], "words": words}

    def _shown(self) -> dict[str, object]:
        shown = {name: getattr(self, name) for name in ("view", "step", "viewer", "epoch", "selected", "exports")}
        return {**shown, "live": False, "asked": {"number": 0}, "answer": {"number": 0, "words": ""}}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        secrets = self.view["epochs"][str(self._epoch())]["secrets"]
        rows = [[each["key"], each["formula"] or each["source"], str(each["length"])] for each in secrets]
        return f"The key schedule of {self._seen()}.", ["Secret", "It is made by", "Bytes"], rows
