"""Programs that a test starts, and that take connections a moment later."""

from __future__ import annotations

import socket
import subprocess
import time


def wait_until_it_listens(process: subprocess.Popen[str] | subprocess.Popen[bytes], port: int, seconds: int) -> None:
    """Wait until a program takes connections at a port of this machine; raises OSError if it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
