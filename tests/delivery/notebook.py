"""A notebook: a kernel of its own, in which cells are run."""

from __future__ import annotations

from queue import Empty

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

SECONDS = 120


class Notebook:
    """A kernel of its own, in which cells are run."""

    def __init__(self) -> None:
        started: tuple[KernelManager, BlockingKernelClient] = start_new_kernel()
        self._manager, self._client = started

    def run(self, cell: str) -> str:
        """What a cell prints; raises `AssertionError` with its traceback if it fails."""
        printed: list[str] = []

        def note(message: dict[str, dict[str, str]]) -> None:
            printed.append(message["content"].get("text", ""))

        try:
            reply = self._client.execute_interactive(cell, timeout=SECONDS, output_hook=note)
        except (TimeoutError, Empty):
            raise AssertionError(f"the cell does not end: {cell}") from None
        assert reply["content"]["status"] == "ok", "\n".join(reply["content"].get("traceback", ()))
        return "".join(printed).strip()

    def close(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
