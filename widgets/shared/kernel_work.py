"""Work on the wishes of a reader in a notebook. During long work the kernel hears the reader, who may cancel it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import traitlets
from IPython import get_ipython
from ipywidgets import Widget

from widgets.shared.long_work import Advance, LongWork

AT_ONCE = 1.0
"""For how many seconds the kernel waits for the work. After that it hears the reader again, and the work goes on."""


class KernelWork:
    """The work of one picture with the traits `asked`, `progress` and `cancelled`. One wish is worked on at a time."""

    def __init__(self, picture: Widget) -> None:
        self._picture = picture
        self._turn = threading.Lock()

    def do(self, work: Callable[[Advance], Mapping[str, Any]]) -> None:
        """Do the work of the wish in `asked`, and set the traits that it returns.

        In a kernel, work that takes longer than `AT_ONCE` goes on in its thread. Elsewhere this waits for it.
        """
        thread = threading.Thread(target=self._run, args=(work, self._picture.asked["number"]), name="wish")
        thread.start()
        thread.join(AT_ONCE if _in_kernel() else None)

    def _run(self, work: Callable[[Advance], Mapping[str, Any]], number: int) -> None:
        picture = self._picture

        def tell(done: int, total: int) -> None:
            picture.set_trait("progress", {"number": number, "done": done, "total": total})

        def cancel(change: traitlets.Bunch) -> None:
            if change["new"] >= number:
                long.cancel()

        long = LongWork(tell)
        with self._turn:
            picture.observe(cancel, names="cancelled")
            try:
                changes = work(long.advance)
            finally:
                picture.unobserve(cancel, names="cancelled")
            # together, so that nothing is computed from some of the values: another history may have other people
            with picture.hold_sync(), picture.hold_trait_notifications():
                for name, value in changes.items():
                    picture.set_trait(name, value)


def _in_kernel() -> bool:
    """Whether a front end waits for the kernel."""
    return getattr(get_ipython(), "kernel", None) is not None
