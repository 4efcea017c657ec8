"""The page Room: everybody who opens it has one device of one group. The projector and the lecturer have pages too."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from html import escape
from typing import Any
from urllib.parse import urlsplit

from bokeh.server.util import check_allowlist
from tornado.web import RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from widgets.app.page import HERE, plain
from widgets.app.room_host import PAGES_AT_MOST, Role, RoomHost, TooManyPages, Visit
from widgets.shared.assemble import inlined, stylesheet
from widgets.shared.page import digest

COOKIE = "mls-workbench-room"
"""It says which device of the room is this visitor's. Without it, somebody who returns would be somebody else."""
PING = 20
"""Seconds between two pings. A page that does not answer is closed: its machine sleeps, and its device is offline."""
TRY_LATER = 1013
"""The code with which a WebSocket is closed because there are too many (RFC 6455 §7.4.2)."""

_KEY = re.compile(r"[\w-]{22}")
_STYLES = (
    "shared/theme.css",
    "shared/marks.css",
    "shared/layout.css",
    "shared/form.css",
    "ratchet_tree/ratchet_tree.css",
    "room/marks.css",
)


class RoomHandler(RequestHandler):
    """The page Room: of a visitor, of the lecturer with the `token`, or of the projector with `?present`."""

    def initialize(self, host: RoomHost) -> None:
        """Remember the room."""
        self._host = host

    def get(self) -> None:
        """Write the page. A visitor who comes for the first time gets a cookie."""
        role = _role(self, self._host)
        if role == "visitor" and not _key(self):
            self.set_cookie(COOKIE, secrets.token_urlsafe(16), httponly=True, samesite="Lax", secure=_is_secure(self))
        script = _script()
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {digest(script)}; "
            "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        )
        self.set_header("Cache-Control", "no-store")
        about = escape(json.dumps({"role": role}))
        content = (
            f"<style>{_style()}</style>"
            f'<div class="mls mls-class is-{role}" id="room" data-room="{about}"><p role="status">Connecting…</p></div>'
            f'<script type="module">{script}</script>'
        )
        theme = self.get_query_argument("theme", "")
        self.write(plain("room", "Room", content, theme=theme))


class RoomSocket(WebSocketHandler):
    """The connection of one page. It has the same rule for origins as the other pages of the app."""

    def initialize(self, host: RoomHost) -> None:
        """Remember the room."""
        self._host = host
        self._visit: Visit | None = None

    @property
    def ping_interval(self) -> float | None:
        """Seconds between two pings."""
        return PING

    @property
    def ping_timeout(self) -> float | None:
        """Seconds after which a page that does not answer is closed."""
        return PING

    def check_origin(self, origin: str) -> bool:
        """Whether pages of this origin may connect (`--allow-websocket-origin`)."""
        application: Any = self.application
        return bool(check_allowlist(urlsplit(origin).netloc.lower(), application.websocket_origins))

    async def open(self) -> None:
        """A page was opened."""
        role, key = _role(self, self._host), _key(self)
        if role == "visitor" and not key:
            self.close(TRY_LATER, "This browser keeps no cookies, so the room would not know it again: allow cookies")
            return
        try:
            self._visit = await self._host.join(self, role, key if role == "visitor" else role)
        except TooManyPages:
            self.close(TRY_LATER, f"This is open in {PAGES_AT_MOST} pages already: close one of them")

    async def on_message(self, message: str | bytes) -> None:
        """Do what the page wishes."""
        if self._visit is not None and isinstance(message, str):
            await self._host.hear(self._visit, message)

    def on_close(self) -> None:
        """The page was closed, or does not answer."""
        visit, self._visit = self._visit, None
        if visit is not None:
            self._host.leave(visit)

    def tell(self, text: str) -> None:
        """Send a text; a page that has gone meanwhile gets nothing."""
        try:
            self.write_message(text)
        except WebSocketClosedError:
            return


def _role(handler: RequestHandler, host: RoomHost) -> Role:
    token = handler.get_query_argument("lecturer", "")
    if hmac.compare_digest(token.encode(), host.token.encode()):
        return "lecturer"
    return "present" if handler.get_query_argument("present", None) is not None else "visitor"


def _key(handler: RequestHandler) -> str:
    """Who the visitor is; empty if there is no cookie of ours."""
    value = handler.get_cookie(COOKIE) or ""
    return value if _KEY.fullmatch(value) else ""


def _is_secure(handler: RequestHandler) -> bool:
    return handler.request.protocol == "https"


def _script() -> str:
    return inlined('import { start } from "./app/room.js";\nstart(document.getElementById("room"));\n')


def _style() -> str:
    return stylesheet(*_STYLES) + (HERE / "room.css").read_text("utf-8")
