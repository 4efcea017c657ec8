"""Progress of actions that take long. By default nothing shows it; the kernel of a lesson does.

`workbench.lessons.kernel` sets the function that shows progress. The result of an action does not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MANY = 32
"""Progress is shown from this number of devices on. With fewer devices an action is short."""

_shown: list[Callable[[Sequence[Any], str], Iterable[Any]]] = []


def show_with(progress: Callable[[Sequence[Any], str], Iterable[Any]]) -> None:
    """Set the function that shows progress. It gets the items and a text, and yields the items one by one."""
    _shown[:] = [progress]


def watched(items: Sequence[T], words: str) -> Iterable[T]:
    """Yield the items one by one. If there are `MANY` or more, the function of `show_with` shows the progress."""
    return _shown[0](items, words) if _shown and len(items) >= MANY else items
