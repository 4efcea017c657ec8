"""A node process that plays any number of clients, asked and answering in lines of JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from tests.interop.peers.member import REPOSITORY, Implementation, Member, Refused


class Worker:
    """The process of a worker. Bytes are sent in hexadecimal."""

    def __init__(self, script: Path) -> None:
        self._process = subprocess.Popen(
            ["node", script], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def call(self, operation: str, **fields: object) -> dict[str, Any]:
        """The answer to one request; `Refused` if it is an error."""
        pipes = self._process.stdin, self._process.stdout
        assert pipes[0] is not None
        assert pipes[1] is not None
        pipes[0].write(json.dumps({"operation": operation, **fields}) + "\n")
        pipes[0].flush()
        answer: dict[str, Any] = json.loads(pipes[1].readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


class NodeImplementation(Implementation):
    """A package of npm, in a process of its own."""

    script: ClassVar[Path]

    def missing(self) -> str | None:
        if shutil.which("node") is None:
            return f"{self.name} needs node 20.19 or later, which is not installed"
        if not self._manifest.exists():
            return f"{self.name} is not in node_modules: `npm ci` installs it"
        return None

    def version(self) -> str:
        version: str = json.loads(self._manifest.read_bytes())["version"]
        return version

    def calls(self) -> frozenset[str]:
        return frozenset(self.worker.call("calls")["names"])

    @property
    def _manifest(self) -> Path:
        return REPOSITORY / "node_modules" / self.package.removeprefix("npm: ") / "package.json"

    @cached_property
    def worker(self) -> Worker:
        """Started when the first client is asked for."""
        return Worker(self.script)

    def close(self) -> None:
        if "worker" in vars(self):
            self.worker.close()
            del self.worker


class NodeMember(Member):
    """A client in the worker."""

    def __init__(self, worker: Worker, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        self._worker = worker
        self._client = worker.call("client", suite=suite, identity=identity.decode())["client"]

    def _call(self, operation: str, **fields: object) -> dict[str, Any]:
        """One request about this client: bytes among the fields are sent in hex, and come back so."""
        sent = {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
        return self._worker.call(operation, client=self._client, **sent)

    def _bytes(self, operation: str, **fields: object) -> bytes:
        return bytes.fromhex(self._call(operation, **fields)["bytes"])
