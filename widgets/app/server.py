"""The server of the app: Panel with our pages. It listens on this machine only, unless an option says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import panel as pn
from tornado.web import RedirectHandler, RequestHandler

from widgets.app.compromise_page import compromise
from widgets.app.inspect_page import inspect
from widgets.app.lessons import LessonHandler, LessonsHandler
from widgets.app.page import PAGES, only_words, plain
from widgets.app.playground_page import playground

if TYPE_CHECKING:
    from bokeh.server.server import Server

    from widgets.app.room_host import RoomHost

MESSAGE = 4_000_000
"""The greatest size of a message of a browser, in bytes."""
ADDRESS = 8_000
"""The greatest length of what an address asks for. A browser hands it on in a header, which has a bound of its own."""
_TOO_LONG = (
    f"The address asks for more than {ADDRESS} characters, which is the most that is read. "
    "Open a long history as a file: Playground, Share, Open a file."
)
_CLOSED = (
    "There is no room here. <code>workbench app --room</code> starts the app with one: everybody who opens its page "
    "has a device of one group."
)


@dataclass(frozen=True)
class Options:
    """Where the app listens. `prefix` is the path in front of all pages, behind a proxy.

    `jupyter` is the address of the JupyterLab that has the lessons; empty if there is none.
    `origins` are the hosts (`name:port`) whose pages may connect, beside the address itself.
    """

    address: str = "127.0.0.1"
    port: int = 8430
    prefix: str = ""
    origins: Sequence[str] = ()
    jupyter: str = ""

    @property
    def root(self) -> str:
        """The path in front of each page; it ends with a slash."""
        inner = self.prefix.strip("/")
        return f"/{inner}/" if inner else "/"


def listening(options: Options, *, room: RoomHost | None = None) -> Server:
    """A server that listens; visitors wait until `serve` answers them. Raises OSError.

    `room` is the room of the page Room, if there is one.
    """
    pn.config.param.update(notifications=False, sizing_mode="stretch_width")
    pages: Mapping[str, Callable[[], pn.Template]] = {
        "playground": playground,
        "compromise": compromise,
        "inspect": inspect,
    }
    titles = {place: f"{name} · MLS Workbench" for place, name in PAGES if place in pages}
    origins = [f"{name}:{options.port}" for name in dict.fromkeys((options.address, "localhost", "127.0.0.1"))]
    root = options.root
    made: Server = pn.serve(
        {place: _bounded(place, page) for place, page in pages.items()},
        port=options.port,
        address=options.address,
        prefix=options.root.rstrip("/"),
        websocket_origin=[*origins, *options.origins],
        title=titles,
        show=False,
        verbose=False,
        start=False,
        websocket_max_message_size=MESSAGE,
        extra_patterns=[
            (r"/?", RedirectHandler, {"url": f"{root}playground", "permanent": False}),
            (r"/favicon\.ico", IconHandler),
            (r"/lessons", LessonsHandler, {"jupyter": options.jupyter}),
            (r"/lesson/(\w+)", LessonHandler, {"jupyter": options.jupyter}),
            *_room_patterns(room),
        ],
    )
    return made


def serve(server: Server) -> None:
    """Answer visitors, until the server is stopped (Ctrl+C)."""
    server.start()
    server.io_loop.start()


def _bounded(place: str, page: Callable[[], pn.Template]) -> Callable[[], pn.Template]:
    """A page that is only words if its address is too long, because its session could not be reached."""

    def visit() -> pn.Template:
        asked = sum(len(value) for values in pn.state.session_args.values() for value in values)
        return page() if asked <= ADDRESS else only_words(place, _TOO_LONG)

    return visit


def _room_patterns(room: RoomHost | None) -> list[tuple[Any, ...]]:
    if room is None:
        return [(r"/room", NoRoomHandler)]
    from widgets.app.room_page import RoomHandler, RoomSocket  # noqa: PLC0415 # a room needs more packages than the app

    return [(r"/room", RoomHandler, {"host": room}), (r"/room/socket", RoomSocket, {"host": room})]


class IconHandler(RequestHandler):
    """The icon behind a prefix: Bokeh has it only at the root of the host, and its pages link it below the prefix."""

    def get(self) -> None:
        """Give the icon that Panel has chosen."""
        self.set_header("Content-Type", "image/x-icon")
        self.write(self.application.icon)  # type: ignore[attr-defined] # of Bokeh's application


class NoRoomHandler(RequestHandler):
    """The page Room of an app without a room."""

    def get(self) -> None:
        """Say how a room is started."""
        self.write(plain("room", "Room", f"<p>{_CLOSED}</p>", theme=self.get_query_argument("theme", "")))
