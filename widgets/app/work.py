"""Work for visitors: in threads, so that the page of one visitor does not wait for the world of another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="world")


async def in_thread(function: Callable[P, Result], *arguments: P.args, **options: P.kwargs) -> Result:
    """Call a function in one of the few threads that work for all visitors, in the order of the calls."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, lambda: function(*arguments, **options))
