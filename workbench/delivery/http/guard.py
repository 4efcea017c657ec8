"""The limits of a request: its session, its size, its speed, and how many requests are in progress.

The guard refuses a request early: it looks at the headers and at the session, and it reads no more than the allowed
bytes of the body.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.delivery import sessions
from workbench.delivery.errors import NotAuthenticated, Refused, TooLarge, TooSlow, Unavailable
from workbench.delivery.http.host import Host
from workbench.delivery.http.problems import problem_of
from workbench.delivery.rows import DeviceRow

PUBLIC = frozenset({"/", "/v1/challenges", "/v1/sessions", "/openapi.json", "/health", "/metrics"})
"""The paths that are open to a client that has not logged in."""

SMALL = 16 * 1024
"""The most bytes of a request from a client that has not logged in."""


class Guard:
    """An ASGI application that passes requests on to another one, or refuses them."""

    def __init__(self, app: ASGIApp, host: Host) -> None:
        self._app = app
        self.host = host
        self._service = host.service
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, with its body read and `state.device` set, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.waiting += 1
        start, status = time.perf_counter(), [0]

        async def sent(message: Message) -> None:
            status[0] = message.get("status", status[0])
            await send(message)

        try:
            await self._pass_or_refuse(scope, receive, sent)
        finally:
            self.waiting -= 1
            call = f"{scope['method']} {getattr(scope.get('route'), 'path', 'unknown')}"
            self.host.metrics.seconds.labels(call).observe(time.perf_counter() - start)
            self.host.metrics.requests.labels(call, str(status[0])).inc()

    async def _pass_or_refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        device: DeviceRow | None = None
        settings = self._service.settings
        try:
            if self.waiting > settings.waiting_requests:
                raise Unavailable(f"{settings.waiting_requests} requests are waiting already", retry_after=1)
            connection = HTTPConnection(scope)
            if scope["path"] not in PUBLIC:
                device = await run_in_threadpool(self.device_of, connection)
                self.host.buckets.take("device", device.device, settings.of_requests)
            limit = SMALL if device is None else settings.request_bytes
            body = await _body(connection, receive, limit=limit, seconds=settings.request_seconds)
        except Refused as error:
            await run_in_threadpool(self.host.note, error, device)
            await _refuse(send, error)
            return
        scope.setdefault("state", {})["device"] = device
        await self._app(scope, _again(body, receive), send)

    def device_of(self, connection: HTTPConnection) -> DeviceRow:
        """The device whose session a request carries; raises `NotAuthenticated`."""
        scheme, _, text = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise NotAuthenticated("log in first: POST /v1/challenges, then /v1/sessions")
        with self._service.store.read() as rows:
            return sessions.whose(rows, text.strip(), now=self._service.clock() or 0)


async def _body(connection: HTTPConnection, receive: Receive, *, limit: int, seconds: int) -> bytes:
    """The whole body. Raises `TooLarge`, without reading it if the declared length is too large, and `TooSlow`."""
    declared = connection.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise TooLarge(f"the request declares {declared[:20]} bytes; at most {limit} are allowed here")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise TooLarge(f"the request has more than {limit} bytes")
                parts.append(part)
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise TooSlow(f"the body did not come within {seconds} seconds") from None


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body, which was read before, to the application once; then pass on what the connection brings."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


async def _refuse(send: Send, error: Refused) -> None:
    problem = problem_of(error)
    content = json.dumps(problem.model_dump(mode="json")).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(content)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in problem_headers(error).items()]
    if isinstance(error, TooLarge | TooSlow):
        headers.append((b"connection", b"close"))
    start: dict[str, Any] = {"type": "http.response.start", "status": problem.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": content})


def problem_headers(error: Refused) -> dict[str, str]:
    """The headers of a refusal: when to try again, and how to log in."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return {**headers, "WWW-Authenticate": "Bearer"} if isinstance(error, NotAuthenticated) else headers
