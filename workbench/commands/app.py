"""Open the pictures in a browser, without Jupyter: a playground, a compromise, and an inspector of bytes.

The app listens on this machine, at http://127.0.0.1:8430/. Each visitor has a world of its own. No page loads anything
from another host.

With --room, everybody who opens the page Room, on a phone too, has one device of one group. The app starts a delivery
service for it, or uses the one at --service, which keeps the rooms: each needs a name of its own. It prints the
lecturer's link, which must stay secret.

Behind a proxy, give the path that the proxy puts in front, and the host that browsers show.

Examples:
  workbench app
  workbench app --room tea --service http://127.0.0.1:8420
  workbench app --room --address 0.0.0.0 --allow-websocket-origin 192.0.2.7:8430
  workbench app --prefix /mls --allow-websocket-origin mls.example.org
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from widgets.app.room_host import RoomHost
    from widgets.app.server import Options

MISSING = "The app needs Panel: pip install 'mls-workbench[app]'"
KEPT = (
    "A service keeps the devices of each room, and their keys are gone when an app stops. If it knows this room, give "
    "another name (--room NAME), or leave out --service"
)
MISSING_SERVICE = "A room needs more packages: pip install 'mls-workbench[app,service]'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the app listens."""
    parser.add_argument("--address", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=8430, help="(%(default)s)")
    parser.add_argument("--prefix", default="", metavar="PATH", help="the path in front of all pages, behind a proxy")
    parser.add_argument(
        "--allow-websocket-origin",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="a host whose pages may connect, as browsers show it; may be repeated",
    )
    parser.add_argument("--room", nargs="?", const="class", metavar="NAME", help="a room for a class (default: class)")
    parser.add_argument(
        "--service", default="", metavar="URL", help="the delivery service of the room (workbench serve)"
    )
    parser.add_argument("--jupyter", default="", metavar="URL", help="the JupyterLab in which the lessons are opened")
    parser.epilog = "exit status: 0 when it was stopped, 2 if it cannot start"


def run(arguments: argparse.Namespace) -> int:
    """Serve until the app is stopped."""
    try:
        from widgets.app.server import Options  # noqa: PLC0415 # Panel may be missing, and takes seconds
    except ModuleNotFoundError as missing:
        if missing.name != "panel":
            raise
        print(MISSING, file=sys.stderr)
        return 2
    options = Options(
        arguments.address, arguments.port, arguments.prefix, tuple(arguments.allow_websocket_origin), arguments.jupyter
    )
    if arguments.room is None and arguments.service:
        print("workbench app: --service is the delivery service of a room: give --room too", file=sys.stderr)
        return 2
    try:
        if arguments.room is not None:
            return _with_room(arguments.room, arguments.service, options)
        _serve(options)
    except OSError as problem:
        print(
            f"workbench app: it cannot listen on {options.address}:{options.port}: {problem.strerror}", file=sys.stderr
        )
        return 2
    return 0


def _with_room(name: str, service: str, options: Options) -> int:
    """Serve the app with a room, until it is stopped."""
    try:
        from widgets.app.room_host import opened  # noqa: PLC0415 # the packages of the service may be missing
    except ModuleNotFoundError as missing:
        print(f"{MISSING_SERVICE} ({missing.name} is missing)", file=sys.stderr)
        return 2
    from workbench.delivery import Refused  # noqa: PLC0415 # as above
    from workbench.lab import NotPossible  # noqa: PLC0415 # as above

    try:
        with opened(name, service) as room:
            _serve(options, room)
    except (Refused, NotPossible) as refusal:
        advice = f". {KEPT}" if service else ""
        print(f"workbench app: the room “{name}” cannot be opened: {refusal}{advice}", file=sys.stderr)
        return 2
    return 0


def _serve(options: Options, room: RoomHost | None = None) -> None:
    """Serve the app, and say where it is when a browser can reach it."""
    from widgets.app.server import listening, serve  # noqa: PLC0415 # Panel takes seconds

    server, address = listening(options, room=room), f"http://{options.address}:{options.port}{options.root}"
    print(f"The app is at {address}playground (stop it with Ctrl+C)", file=sys.stderr)
    if room is not None:
        print(f"The room is at {address}room", file=sys.stderr)
        print(f"The projector's page is at {address}room?present", file=sys.stderr)
        print(f"The lecturer's page is at {address}room?lecturer={room.token}", file=sys.stderr)
    serve(server)


def in_jupyter() -> dict[str, Any]:
    """How jupyter-server-proxy starts the app beside JupyterLab and shows it in the launcher."""
    program = [sys.executable, "-m", "workbench.cli", "app", "--port", "{port}", "--prefix", "{base_url}mls-workbench"]
    return {
        "command": [*program, "--allow-websocket-origin", "*", "--jupyter", "{base_url}"],
        "absolute_url": True,
        "timeout": 60,
        "new_browser_tab": False,
        "launcher_entry": {"title": "MLS Workbench", "path_info": "mls-workbench/playground"},
    }


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text} is not a port; a port is a number from 1 to 65535")
    return int(text)
