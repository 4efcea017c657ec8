"""The bytes of a message as a widget: fields, encrypted parts, and how each computed value is computed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.inspector.findings import Finder
from widgets.shared.assemble import STYLES, WIRE_STYLES, module, stylesheet
from widgets.shared.page import page
from widgets.shared.picture import Picture
from widgets.wire_inspector.further import ROOM_IN_A_NOTEBOOK, Source, further_messages
from workbench.inspect.trace_format import FORMAT as TRACE
from workbench.lab import World
from workbench.lab.recording import RecordedCalls
from workbench.mls import MLSMessage, encode
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets
from workbench.views.wire_bytes import WireBytes
from workbench.views.wire_history import EVERYBODY, WireHistory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from widgets.shared.workspace import Workspace
    from workbench.inspect.trace_format import Trace
    from workbench.views.wire import WireObjectView

MODULE = "wire_inspector/wire_inspector.js"
NO_ANSWER = {"number": 0, "words": ""}


class WireInspector(Picture):
    """Draws the bytes of a message, and the tree of its fields beside them.

    `message` is the id of the message in `view`. Its encrypted parts are opened with the keys of `viewer`, or with the
    keys of all members if `viewer` is "". `selected` is the number of a field, or -1. `inspect` shows other bytes.
    """

    _module: ClassVar[str] = MODULE
    _still_module: ClassVar[str] = "wire_inspector/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "wire_inspector/marks.css")
    _esm: ClassVar[str] = module(_module)
    _shares: ClassVar[Mapping[str, str]] = {"viewer": "viewer"}
    _styles: ClassVar[tuple[str, ...]] = (*STYLES, *WIRE_STYLES)
    _css: ClassVar[str] = stylesheet(*_styles)

    view = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    others = traitlets.Dict().tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    live = traitlets.Bool(default_value=True).tag(sync=True)
    asked = traitlets.Dict(default_value={"number": 0}).tag(sync=True)
    answer = traitlets.Dict(default_value=NO_ANSWER).tag(sync=True)

    def __init__(
        self,
        source: Source,
        *,
        message: int | str = 0,
        viewer: str = EVERYBODY,
        selected: int = -1,
        workspace: Workspace | None = None,
    ) -> None:
        """Show a message of a source, by its number in the list or by its id. Raises ValueError if there is none."""
        view = source.view()
        if not view["messages"]:
            raise ValueError("there is no message to inspect: nothing was sent yet")
        name = view["messages"][message]["id"] if isinstance(message, int) else message
        shown = source.object(name, viewer)
        super().__init__(view=view, message=name, viewer=viewer, shown=shown, selected=selected, workspace=workspace)
        self._source = source
        self._show(None)
        self.observe(self._show, names=["message", "viewer"])
        self.observe(self._give, names="asked")

    @classmethod
    def of(cls, history: World | RecordedCalls | Trace, title: str = "", **options: Any) -> WireInspector:
        """Inspect the messages of a world, of recorded calls or of a trace.

        `viewer` is the name of a device, "server" or "attacker".
        """
        if isinstance(history, RecordedCalls):
            history = history.trace()
        if not isinstance(history, World) and history.get("format") != TRACE:
            raise TypeError(
                "WireInspector.of takes a World, recorded calls or a trace; for bytes there is WireInspector.inspect"
            )
        return cls(WireHistory(history, title), **options)

    @classmethod
    def inspect(
        cls,
        data: bytes | MLSMessage,
        struct: str | type = "message",
        secrets: KnownSecrets = NO_SECRETS,
        **options: Any,
    ) -> WireInspector:
        """Inspect bytes that encode a struct of RFC 9420, by default an MLSMessage, with keys if there are any.

        Raises ValueError for an unknown struct. Damaged bytes are shown up to the fault.
        """
        raw = encode(data) if isinstance(data, MLSMessage) else data
        return cls(WireBytes.of(raw, struct, secrets), **options)

    def __repr__(self) -> str:
        return f"WireInspector({self.shown['title']}, {len(self.shown['sheets'][0]['bytes']) // 2} bytes)"

    def _show(self, _change: object) -> None:
        """Open the chosen message with the chosen keys."""
        if (self.shown["id"], self.shown["viewer"]) == (self.message, self.viewer):
            return
        try:
            self.set_trait("shown", self._source.object(self.message, self.viewer))
        except KeyError:
            self.answer = {"number": self.asked["number"], "words": "There is no such message, or no such viewer."}

    def _give(self, _change: object) -> None:
        """Inspect the bytes that the reader has given."""
        changes = given(self.asked)
        self._source = changes.pop("source", self._source)
        with self.hold_sync():
            for name, value in changes.items():
                self.set_trait(name, value)

    def _shown(self) -> dict[str, object]:
        names = ("view", "message", "viewer", "shown", "selected")
        traits: dict[str, object] = {name: getattr(self, name) for name in names}
        return {**traits, "others": {}, "live": False, "asked": {"number": 0}, "answer": NO_ANSWER}

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        """Two versions of the traits: with as many other messages as there is room for, and with this one alone."""
        others = further_messages(self._source, self.viewer, (self.message, self.viewer), ROOM_IN_A_NOTEBOOK)
        yield {**self._shown(), "others": others}, ""
        alone = {**self._shown(), "view": self._alone()}
        yield alone, "the other messages, and what other viewers can open"

    def to_html(self, path: str | Path) -> None:
        """Write the picture with its player as one page, with as many other messages as there is room for."""
        traits = self._joined({**self._shown(), "others": self._others()})
        text = page(self._module, traits, self._figure(), title=self.view["title"], styles=self._styles)
        Path(path).write_text(text, encoding="utf-8")

    def _others(self) -> dict[str, WireObjectView]:
        """The other messages that a page without a kernel can show."""
        return further_messages(self._source, self.viewer, but=(self.message, self.viewer))

    def _alone(self) -> dict[str, Any]:
        """The view with this message and this viewer only."""
        view = self.view
        return {
            **view,
            "messages": [each for each in view["messages"] if each["id"] == self.message],
            "viewers": [each for each in view["viewers"] if each["id"] == self.viewer],
        }

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        shown = self.shown
        strings, fields = shown["strings"], shown["fields"]
        rows = [
            [strings[name], strings[kind], f"{start} to {start + length}", strings[text]]
            for name, kind, start, length, text in zip(
                *(fields[each] for each in ("name", "type", "start", "length", "text")), strict=True
            )
        ]
        return f"{shown['title']}: {self.view['title']}", ["Field", "Type", "Bytes", "Value"], rows[:200]


def given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The traits that change when a reader gives bytes, and the new `source` if there are objects in them."""
    finder = Finder()
    found = finder.find(asked)
    answer = {"number": found["number"], "words": found["words"]}
    if not found["objects"]:
        return {"answer": answer}
    source = finder.source()
    view = source.view()
    first = view["messages"][0]["id"]
    return {
        "source": source,
        "view": view,
        "message": first,
        "viewer": EVERYBODY,
        "selected": -1,
        "shown": source.object(first),
        "answer": answer,
    }
