"""Work for visitors: in threads, so that the page of one visitor does not wait for the world of another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from widgets.shared.long_work import LongWork

P = ParamSpec("P")
Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="world")


async def in_thread(function: Callable[P, Result], *arguments: P.args, **options: P.kwargs) -> Result:
    """Call a function in one of the few threads that work for all visitors, in the order of the calls."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, lambda: function(*arguments, **options))


def long_work(tell: Callable[[int, int], object]) -> LongWork:
    """Work that a visitor can cancel. `tell` shows how far it is, in the loop of the visitor's session."""
    loop, context = asyncio.get_running_loop(), copy_context()
    return LongWork(lambda done, total: loop.call_soon_threadsafe(tell, done, total, context=context))


@contextmanager
def failures_told(tell: Callable[[str], object]) -> Iterator[None]:
    """Tell a visitor that the work for the page failed, and write the traceback into the log.

    All work for visitors is done within this, so no page waits for an answer that does not come. The message of an
    unexpected error may quote anything, so the visitor is told only its type.
    """
    try:
        yield
    except Exception as problem:  # noqa: BLE001 - unexpected errors are what this is for
        _LOG.exception("the work for a page failed")
        tell(
            f"This failed with an unexpected error, {type(problem).__name__}. The log of the app has the traceback. "
            "Try something else, or load the page again."
        )
