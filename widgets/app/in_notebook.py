"""The app from a notebook in one call. It answers in a thread of its own, while the kernel does something else."""

from __future__ import annotations

import os
import socket
from concurrent.futures import Future
from dataclasses import dataclass, field
from html import escape
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from widgets.app.server import ADDRESS, Options, listening, serve
from workbench.lab import NotPossible, World
from workbench.lab.shared_history import SharedHistory

if TYPE_CHECKING:
    from bokeh.server.server import Server

HUB = "JUPYTERHUB_SERVICE_PREFIX"
"""The environment variable with the path of a JupyterHub, and of Binder, to the JupyterLab of this kernel."""


@dataclass(frozen=True)
class RunningApp:
    """An app that runs beside a notebook. A notebook shows it as a link to `url`."""

    url: str
    _server: Server = field(repr=False)

    def stop(self) -> None:
        """Stop the app; its pages lose their connection."""
        self._server.io_loop.add_callback(self._server.io_loop.stop)

    def _repr_html_(self) -> str:
        return f'<a href="{escape(self.url)}" target="_blank" rel="noopener">Open the app</a>'


def open_app(world: World | None = None) -> RunningApp:
    """Start the app beside a notebook, on a free port. The link opens the playground, with a world if one is given.

    On JupyterHub and Binder jupyter-server-proxy leads to it. Raises `NotPossible` for a history that is too long for
    an address, or that cannot be sent (`SharedHistory.of`).
    """
    history = "" if world is None else SharedHistory.of(world).to_text()
    if len(history) > ADDRESS:
        raise NotPossible(
            f"The history has {len(history)} characters, and an address at most {ADDRESS}: save it as a file, and open "
            "the file in the playground of the app"
        )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    hub = os.environ.get(HUB, "")
    path = f"{hub}proxy/absolute/{port}" if hub else ""
    options = Options(port=port, prefix=path, origins=("*",) if hub else (), jupyter=hub)
    started: Future[Server] = Future()

    def answer() -> None:
        try:
            server = listening(options)
        except OSError as problem:
            started.set_exception(problem)
            return
        started.set_result(server)
        serve(server)
        server.stop()

    Thread(target=answer, name="app", daemon=True).start()
    host = "" if hub else f"http://127.0.0.1:{port}"
    query = f"?{urlencode({'history': history})}" if history else ""
    return RunningApp(f"{host}{options.root}playground{query}", started.result())
