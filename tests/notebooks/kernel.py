"""Kernels as Jupyter starts them, in which cells are run one by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel


class Kernel:
    """A kernel for a notebook; what a cell shows, as text."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, source: str, cell_id: str = "") -> list[str]:
        """Run a cell as JupyterLab does, with its id; gives its outputs, an error with its traceback."""
        content = {"code": source, "silent": False, "store_history": True, "stop_on_error": False, "allow_stdin": False}
        content["user_expressions"] = {}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else {})
        self.client.shell_channel.send(message)
        shown: list[str] = []
        while True:
            heard = self.client.get_iopub_msg(timeout=120)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            match heard["msg_type"], heard["content"]:
                case "status", {"execution_state": "idle"}:
                    return shown
                case "execute_result" | "display_data", {"data": data}:
                    shown.append(data["text/plain"])
                case "stream", {"text": words}:
                    shown.append(words)
                case "error", {"traceback": trace}:
                    shown.append("Traceback: " + "\n".join(trace))
                case "clear_output", _:
                    shown.clear()
                case _:
                    pass


@contextmanager
def kernel(folder: Path, name: str) -> Iterator[Kernel]:
    """A new kernel, as Jupyter's server starts it for a notebook."""
    environment = {**os.environ, "JPY_SESSION_NAME": f"some/where/{name}"}
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder), env=environment)
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
