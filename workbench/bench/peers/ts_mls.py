"""ts-mls, in TypeScript, in a process of Node: `ts_mls.mjs` beside this file measures the times."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from typing_extensions import override

from workbench.bench.client import Client, Implementation, Sample, peak_of_process

Answer = TypeVar("Answer")


class Worker:
    """The Node process, and the duration of its last call."""

    def __init__(self) -> None:
        command = ["node", str(Path(__file__).with_suffix(".mjs"))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.last = Sample(0.0, 0.0)

    def ask(self, operation: str, **fields: object) -> dict[str, Any]:
        """The answer to one request. Raises `RuntimeError` with the text of the process's error."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the process has no pipes")
        self.process.stdin.write(json.dumps({"operation": operation, **fields}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        if "wall" in answer:
            self.last = Sample(answer["wall"], answer["cpu"])
        return answer

    def close(self) -> None:
        """End the process."""
        with self.process as process:
            if process.stdin is not None:
                process.stdin.close()


class TsMlsClient(Client):
    """A client of ts-mls."""

    def __init__(self, worker: Worker, identity: bytes) -> None:
        self._worker = worker
        self._client = worker.ask("client", identity=identity.decode())["client"]

    @override
    def key_package(self) -> bytes:
        return self._ask("key_package")[0]

    @override
    def create(self) -> None:
        self._ask("create")

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        commit, *welcomes = self._ask("add", *key_packages)
        return commit, welcomes

    @override
    def join(self, welcome: bytes) -> None:
        self._ask("join", welcome)

    @override
    def update(self) -> bytes:
        return self._ask("update")[0]

    @override
    def remove(self, leaf: int) -> bytes:
        return self._ask("remove", leaf.to_bytes(2, "big"))[0]

    @override
    def process(self, commit: bytes) -> None:
        self._ask("process", commit)

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._ask("protect", application_data)[0]

    @override
    def read(self, message: bytes) -> bytes:
        return self._ask("process", message)[0]

    def _ask(self, operation: str, *given: bytes) -> list[bytes]:
        answer = self._worker.ask(operation, client=self._client, given=[each.hex() for each in given])
        return [bytes.fromhex(each) for each in answer["made"]]


class TsMls(Implementation):
    """The package, in the nearest `node_modules` above the present folder."""

    name: ClassVar[str] = "ts-mls"
    package: ClassVar[str] = "npm: ts-mls"
    module: ClassVar[str] = "ts-mls"
    notes: ClassVar[str] = "TypeScript in node"

    @override
    def missing(self) -> str | None:
        if shutil.which("node") is None:
            return "not installed: it needs node 20.19 or later, and then `npm install ts-mls`"
        if self._manifest is None:
            return "not installed: `npm install ts-mls` in the folder in which the bench is started"
        return None

    @override
    def version(self) -> str:
        if self._manifest is None:
            raise FileNotFoundError(self.missing())
        version: str = json.loads(self._manifest.read_bytes())["version"]
        return version

    @override
    def client(self, identity: bytes) -> TsMlsClient:
        return TsMlsClient(self._worker, identity)

    @override
    def timed(self, call: Callable[[], Answer]) -> tuple[Answer, Sample]:
        answer = call()
        return answer, self._worker.last

    @override
    def peak_memory(self) -> int:
        return peak_of_process(self._worker.process.pid)

    @override
    def import_time(self) -> Sample:
        worker = Worker()
        worker.ask("imported")
        worker.close()
        return worker.last

    @override
    def close(self) -> None:
        if "_worker" in vars(self):
            self._worker.close()
            del self._worker

    @property
    def _manifest(self) -> Path | None:
        here = Path.cwd()
        found = (folder / "node_modules" / "ts-mls" / "package.json" for folder in (here, *here.parents))
        return next((path for path in found if path.exists()), None)

    @cached_property
    def _worker(self) -> Worker:
        return Worker()
