"""Pictures as components of Panel: the same module and traits as in JupyterLab. A view is sent by its differences."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import param
import traitlets
from panel.custom import AnyWidgetComponent

from widgets.app.work import failures_told, in_thread, long_work
from widgets.shared.assemble import WIDGETS, inlined
from widgets.shared.live_output import Announced
from widgets.shared.long_work import Advance

Result = TypeVar("Result")

_HOSTED = "../playground/playground.js"
_PARAMETERS: Mapping[type[traitlets.TraitType[Any, Any]], type[param.Parameter[Any]]] = {
    traitlets.Dict: param.Dict,
    traitlets.List: param.List,
    traitlets.Unicode: param.String,
    traitlets.Int: param.Integer,
    traitlets.Float: param.Number,
    traitlets.Bool: param.Boolean,
}
_OF_NOTEBOOKS = frozenset({"output_id", "workspace"})


class Growing(AnyWidgetComponent):
    """A picture whose view grows. `view` is as it was last sent whole, and `edition` numbers what was sent.

    `address` is the query for the address of the page. `missed` counts how often the page asked for the whole view.
    `failed` is the number in `asked` that could not be answered, with words for the visitor (`respond`).
    """

    view = param.Dict()
    edition = param.Integer(0)
    missed = param.Integer(0)
    address = param.Dict(default=None, allow_None=True)
    failed = param.Dict(default={"asked": 0, "words": ""})

    def __init__(self, **params: Any) -> None:
        self._latest, self._edition = params.get("view"), 0
        super().__init__(**params)

    def respond(self, names: str | Sequence[str], work: Callable[[], Awaitable[None]]) -> None:
        """Do work whenever one of the params changes. If it raises an error, the page says so (`failures_told`)."""

        async def answered(*_events: object) -> None:
            if self.failed["words"]:
                self.failed = {**self.failed, "words": ""}
            with failures_told(self._tell_failure):
                await work()

        self.param.watch(answered, [names] if isinstance(names, str) else list(names))

    async def in_thread(self, work: Callable[[Advance], Result]) -> Result:
        """Do work on the wish in `asked` in a thread. The page says how far it is, and the visitor can cancel it."""
        picture: Any = self  # one with the traits asked, progress and cancelled
        number = picture.asked["number"]

        def tell(done: int, total: int) -> None:
            picture.progress = {"number": number, "done": done, "total": total}

        def cancel(*_events: object) -> None:
            if picture.cancelled >= number:
                long.cancel()

        long = long_work(tell)
        watcher = self.param.watch(cancel, "cancelled")
        cancel()  # the visitor may have cancelled it while it waited for its turn
        try:
            return await in_thread(work, long.advance)
        finally:
            self.param.unwatch(watcher)

    def _tell_failure(self, words: str) -> None:
        asked = getattr(self, "asked", {}).get("number", 0)
        self.failed = {"asked": asked, "words": words}

    def open(self, view: Any, **others: Any) -> None:
        """Show another view, and set other params with it."""
        self._latest, self._edition = view, self._edition + 1
        self.param.update(view=view, edition=self._edition, **others)

    def grow(self, change: dict[str, Any], view: Any, **others: Any) -> None:
        """Show a view that differs from the present one by a change (`difference`), and set other params with it."""
        self._latest = view
        self._edition += 1
        self.send(json.dumps({"edition": self._edition, "change": change}))  # type: ignore[arg-type] # a text is sent too
        self.param.update(**others)

    @property
    def latest(self) -> Any:
        """The view that is shown now."""
        return self._latest

    @param.depends("missed", watch=True)
    def _send_whole(self) -> None:
        """The page was not there when something was sent."""
        self.param.update(view=self._latest, edition=self._edition)


def component_of(picture: type[Announced]) -> type[Growing]:
    """The component of a picture. Its params are the shared traits of the picture, with the same names."""
    return type(
        f"{picture.__name__}Component",
        (Growing,),
        {
            "__doc__": picture.__doc__,
            "_esm": _hosted(picture._module),  # noqa: SLF001 - the component is the picture in another host
            "_stylesheets": [picture._css],  # noqa: SLF001 - as above
            **{name: _parameter(trait) for name, trait in picture.class_traits(sync=True).items() if _is_own(name)},
        },
    )


def scheme(theme: str) -> list[str]:
    """The styles for a component when the reader asks for a theme: "dark" or "light"; by default the system's."""
    return [f".mls {{ color-scheme: {theme}; }}"] if theme in {"dark", "light"} else []


def _hosted(module: str) -> str:
    text = (WIDGETS / "app" / "host.js").read_text("utf-8")
    return inlined(text.replace(_HOSTED, f"../{module}"), "app/host.js")


def _is_own(name: str) -> bool:
    return not name.startswith("_") and name not in {"view", *_OF_NOTEBOOKS, "layout", "tabbable", "tooltip", "comm"}


def _parameter(trait: traitlets.TraitType[Any, Any]) -> param.Parameter[Any]:
    kind = next(kind for kind in _PARAMETERS if isinstance(trait, kind))
    return _PARAMETERS[kind](default=trait.default())
