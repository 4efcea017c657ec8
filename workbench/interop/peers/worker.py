"""A node process that plays any number of clients, asked and answering in lines of JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from typing_extensions import override

from workbench.interop.peers.member import PeerImplementation, PeerMember, PeerRefused


class NodeWorker:
    """The process of a worker. Bytes are sent in hexadecimal."""

    def __init__(self, script: Path, folder: Path) -> None:
        # A module resolves what it imports from its own place, the worker from the folder with the packages.
        command = ["node", "--experimental-import-meta-resolve", str(script)]
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def call(self, operation: str, **fields: object) -> dict[str, Any]:
        """The answer to one request; `Refused` if it is an error."""
        sent, received = self._process.stdin, self._process.stdout
        if sent is None or received is None or self._process.poll() is not None:
            raise PeerRefused("its process has ended")
        sent.write(json.dumps({"operation": operation, **fields}) + "\n")
        sent.flush()
        line = received.readline()
        if not line:
            raise PeerRefused("its process ended on these bytes")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerRefused(answer["error"])
        return answer

    def close(self) -> None:
        """End the process."""
        with self._process as process:
            if process.stdin is not None:
                process.stdin.close()


class NodeImplementation(PeerImplementation):
    """A package of npm, in a process of its own."""

    script: ClassVar[Path]

    @override
    def missing(self) -> str | None:
        if shutil.which("node") is None:
            return f"{self.name} needs node 20.19 or later, which is not installed"
        if self._manifest is None:
            return f"{self.name} is not installed: `npm install {self._package}` in the present folder installs it"
        return None

    @override
    def version(self) -> str:
        if self._manifest is None:
            raise FileNotFoundError(self.missing())
        version: str = json.loads(self._manifest.read_bytes())["version"]
        return version

    @override
    def calls(self) -> frozenset[str]:
        return frozenset(self.worker.call("calls")["names"])

    @property
    def _package(self) -> str:
        return self.package.removeprefix("npm: ")

    @property
    def _folder(self) -> Path | None:
        """The nearest folder above the present one, or above this file, whose `node_modules` has the package."""
        here = (Path.cwd(), Path(__file__))
        above = (folder for start in here for folder in (start, *start.parents))
        return next((each for each in above if (each / "node_modules" / self._package).is_dir()), None)

    @property
    def _manifest(self) -> Path | None:
        return self._folder and self._folder / "node_modules" / self._package / "package.json"

    @cached_property
    def worker(self) -> NodeWorker:
        """Started when the first client is asked for."""
        if self._folder is None:
            raise FileNotFoundError(self.missing())
        return NodeWorker(self.script, self._folder)

    @override
    def close(self) -> None:
        if "worker" in vars(self):
            self.worker.close()
            del self.worker


class NodeMember(PeerMember):
    """A client in the worker."""

    def __init__(self, worker: NodeWorker, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        self._worker = worker
        self._client = worker.call("client", suite=suite, identity=identity.decode())["client"]

    def _call(self, operation: str, **fields: object) -> dict[str, Any]:
        """One request about this client: bytes among the fields are sent in hex, and come back so."""
        sent = {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
        return self._worker.call(operation, client=self._client, **sent)

    def _bytes(self, operation: str, **fields: object) -> bytes:
        return bytes.fromhex(self._call(operation, **fields)["bytes"])
