"""The lifetimes of secrets as a widget: a view, a device, and a compromise after a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.lighter import BYTES, without_bytes
from widgets.shared.picture import Picture
from workbench.views.judged_material import leaks_in, recorded_in
from workbench.views.lifetimes import key_lifetimes_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.views.judged_material import JudgedMaterial
    from workbench.views.lifetimes import KeyLifetimesView


class KeyLifetimes(Picture):
    """Draws how long each secret is on a device, and what a compromise after a step gets and opens.

    `leaks` are the names of other chosen leaks of the view. `opened` are the kinds of secrets whose lanes are shown one
    by one; None means the kinds with few lanes.  All traits are shared with the browser.
    """

    _module: ClassVar[str] = "key_lifetimes/key_lifetimes.js"
    _still_module: ClassVar[str] = "key_lifetimes/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "key_lifetimes/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step", "member": "device"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    device = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    leaks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    opened = traitlets.List(traitlets.Unicode(), allow_none=True, default_value=None).tag(sync=True)

    def __init__(
        self,
        view: KeyLifetimesView,
        *,
        device: str | None = None,
        step: int | None = None,
        leaks: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        """Show the secrets of a device (by default the first), and its compromise after a step (by default the last).

        Raises ValueError if the view has no such device, step or leak, or no device at all.
        """
        devices = list(view["devices"])
        if not devices:
            raise ValueError("no device was recorded in this history: public material alone shows no secret")
        last = len(view["security"]["steps"]) - 1
        named = [leak["name"] for leak in view["security"]["leaks"]]
        if device is not None and device not in devices:
            raise ValueError(f"{device!r} has no secrets in this view; its devices are {', '.join(devices)}")
        if step is not None and not 0 <= step <= last:
            raise ValueError(f"this view has no step {step}; its steps are 0 to {last}")
        for name in leaks:
            if name not in named:
                raise ValueError(f"{name!r} is not a leak of this view; its leaks are {', '.join(named) or 'none'}")
        super().__init__(
            view=view,
            device=devices[0] if device is None else device,
            step=last if step is None else step,
            leaks=list(leaks),
            **traits,
        )

    @classmethod
    def of(cls, material: JudgedMaterial, **traits: Any) -> KeyLifetimes:
        """Show the history of a world, of recorded calls, of a scenario, of a trace, or of a member of a foreign group.

        The reader can choose the leaks of a scenario, and those that a reviewer states. Raises TypeError for anything
        else.
        """
        return cls(key_lifetimes_view(recorded_in(material, cls.__name__), leaks_in(material)), **traits)

    def _can_show(self, name: str, value: object) -> bool:
        return name != "member" or value in self.view["devices"]

    def __repr__(self) -> str:
        return f"KeyLifetimes({self.view['title']!r}, {self._compromise()})"

    def _compromise(self) -> str:
        members = self.view["security"]["members"]
        whose = next(member["name"] for member in members if member["id"] == self.device)
        return f"{whose}'s device, compromise after step {self.step + 1} of {len(self.view['security']['steps'])}"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "device", "step", "leaks", "opened")}

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        yield from super()._versions()
        light = without_bytes(self.view)
        devices = {self.device: light["devices"][self.device]}
        yield {**self._shown(), "view": {**light, "devices": devices}}, f"{BYTES}, all devices but this one"

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        rows = [
            [self.view["security"]["facts"][bar["fact"]]["words"], *_steps(bar)]
            for kind in self.view["devices"][self.device]
            for lane in kind["lanes"]
            for bar in lane["bars"]
        ]
        return f"{self._compromise()}.", ["Secret", "Got in", "Deleted in"], rows


def _steps(bar: Mapping[str, Any]) -> tuple[str, str]:
    died = "still there" if bar["died"] is None else f"step {bar['died'] + 1}"
    return f"step {bar['born'] + 1}", died
