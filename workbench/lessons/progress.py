"""How far a long cell is, shown under it while it runs, and gone when it is done: nothing of it is stored.

for size in progress(sizes, "Measuring groups"): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TypeVar

from IPython.display import clear_output, display

T = TypeVar("T")


class _Bar:
    def __init__(self, words: str, done: int, total: int) -> None:
        self._words, self._done, self._total = words, done, total

    def __repr__(self) -> str:
        return f"{self._words}: {self._done} of {self._total}"

    def _repr_html_(self) -> str:
        label = escape(self._words, quote=True)
        bar = f'<progress aria-label="{label}" max="{self._total}" value="{self._done}"></progress>'
        return f"<p>{bar} {escape(repr(self))}</p>"


def progress(items: Sequence[T], words: str) -> Iterator[T]:
    """Give the items one after the other, and show how many are done; at the end the cell's output is cleared."""
    shown = display(_Bar(words, 0, len(items)), display_id=True)  # type: ignore[no-untyped-call]
    for done, item in enumerate(items, start=1):
        yield item
        if shown is not None:
            shown.update(_Bar(words, done, len(items)))
    clear_output()  # type: ignore[no-untyped-call]
