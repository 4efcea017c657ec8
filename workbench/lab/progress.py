"""How far an action is that takes long, for whoever shows it; by default nobody does.

A lesson's kernel shows it (`workbench.lessons.kernel`). What the action does is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MANY = 32
"""With fewer devices an action is over before anybody asks how far it is."""

_shown: list[Callable[[Sequence[Any], str], Iterable[Any]]] = []


def show_with(progress: Callable[[Sequence[Any], str], Iterable[Any]]) -> None:
    """From now on let a function show progress: it is given the items and words, and gives the items one by one."""
    _shown[:] = [progress]


def watched(items: Sequence[T], words: str) -> Iterable[T]:
    """The items, one after the other; with many of them, whoever shows progress sees each."""
    return _shown[0](items, words) if _shown and len(items) >= MANY else items
