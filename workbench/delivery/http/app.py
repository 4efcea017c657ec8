"""The whole service as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from workbench.delivery.audit import AuditEvent, AuditTrail, StoredLog
from workbench.delivery.errors import Refused, Unavailable, Unreadable
from workbench.delivery.http.guard import Guard, problem_headers
from workbench.delivery.http.host import Buckets, Host
from workbench.delivery.http.metrics import Metrics
from workbench.delivery.http.models import ProblemModel
from workbench.delivery.http.page import page
from workbench.delivery.http.problems import STATUSES, problem_of, refusal_of
from workbench.delivery.http.routes import router
from workbench.delivery.http.wakeups import WakeUps
from workbench.delivery.service import DeliveryService
from workbench.delivery.settings import table
from workbench.mls.errors import MLSError

DESCRIPTION = (
    "Orders the messages of MLS groups (RFC 9420), keeps them until devices fetch them, and hands out key packages."
    " It cannot read any of it. A device logs in with its signature key and sees its own queues."
)


def create_app(service: DeliveryService, names: Iterable[str], *, worker: str) -> Guard:
    """Make the application of one worker, inside its guard; `names` are the host names under which devices dial it."""
    trail = AuditTrail(StoredLog(service.store, worker), service.clock, worker)
    host = Host(service, frozenset(names), trail, Metrics(worker), Buckets(service.clock), WakeUps(service))
    statuses = {status.value for status in STATUSES.values()}
    problems: dict[int | str, dict[str, object]] = {status: {"model": ProblemModel} for status in sorted(statuses)}
    app = FastAPI(
        title="Delivery service of the MLS Workbench",
        description=DESCRIPTION,
        lifespan=_lifespan(host),
        docs_url=None,
        redoc_url=None,
        responses=problems,
    )
    app.state.host = host
    guard = app.state.guard = Guard(app, host)
    app.include_router(router)
    _add_pages(app, host, guard)
    _add_refusals(app, host)
    return guard


def _lifespan(host: Host) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(host.wake_ups.run()), asyncio.create_task(_sweep(host))]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await run_in_threadpool(lambda: host.trail.flush(everything=True))

    return lifespan


async def _sweep(host: Host) -> None:
    """Delete expired objects, again and again. Several workers may do so at the same time."""
    while True:
        await asyncio.sleep(host.service.settings.sweep_seconds)
        with suppress(Unavailable):
            await run_in_threadpool(sweep, host)
        await run_in_threadpool(host.trail.flush)


def sweep(host: Host) -> None:
    """Delete expired objects, and record how many there were and how full the queues are."""
    swept = host.service.sweep()
    for what, count in swept.items():
        host.metrics.swept.labels(what).inc(count)
    freed = swept.pop("bytes", 0)
    if freed or any(swept.values()):
        host.trail.note(AuditEvent.swept, objects=sum(swept.values()), message_bytes=freed)
    sizes = host.service.queue_sizes()
    longest = max(sizes.values(), default=0)
    host.metrics.longest.set(longest)
    host.trail.note(AuditEvent.queues, queues=len(sizes), longest=longest)


def _add_pages(app: FastAPI, host: Host, guard: Guard) -> None:
    @app.get("/", include_in_schema=False)
    def front() -> HTMLResponse:
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(page(app.openapi(), table()), headers=policy)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether the service reaches its database."""
        with host.service.store.read() as rows:
            rows.bucket("health")
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        host.metrics.connected.set(host.wake_ups.connected)
        host.metrics.waiting.set(guard.waiting)
        last = host.trail.last
        if last is not None:
            host.metrics.audited.clear()
            host.metrics.audited.labels(host.trail.chain, last.digest.hex()).set(last.number)
        return Response(host.metrics.text(), media_type="text/plain; version=0.0.4")


def _add_refusals(app: FastAPI, host: Host) -> None:
    def refuse(request: Request, error: Refused | MLSError) -> JSONResponse:
        told = refusal_of(error)
        problem = problem_of(told)
        host.note(told, getattr(request.state, "device", None), drains=request.url.path.endswith("/key-package"))
        return JSONResponse(
            problem.model_dump(mode="json"),
            problem.status,
            problem_headers(told),
            "application/problem+json",
        )

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return await run_in_threadpool(refuse, request, error)

    @app.exception_handler(MLSError)
    async def malformed(request: Request, error: MLSError) -> Response:
        return await run_in_threadpool(refuse, request, error)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return await run_in_threadpool(refuse, request, Unreadable(f"{place}: {first['msg']}"))
