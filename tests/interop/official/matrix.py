"""Plays all configurations of the working group's test runner between our server and that of mlspp, and counts.

    python -m tests.interop.official.matrix build/interop

needs the folder that build.sh has filled. Each script is played in all cipher suites that both have, with public and
private handshakes, and with a random assignment of its actors to the two; `--every-assignment` plays all of them,
which takes long.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.interop.conftest import serving
from tests.listening import wait_until_it_listens

CONFIGS = (
    "welcome_join",
    "external_join",
    "commit",
    "application",
    "external_proposals",
    "branch",
    "reinit",
)
SECONDS_TO_START = 30


@contextmanager
def mlspp(program: Path) -> Iterator[str]:
    """The address of a server of mlspp, which ends with the block. It listens on all addresses of the machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([program, "-live", str(port)], stdout=subprocess.DEVNULL) as process:
        wait_until_it_listens(process, port, SECONDS_TO_START)
        yield f"127.0.0.1:{port}"
        process.terminate()


def played(runner: Path, config: Path, clients: Sequence[str], *, every_assignment: bool) -> dict[str, Any]:
    """What the runner says of a configuration: results by the name of the script."""
    command: list[str | Path] = [
        runner,
        "-config",
        config,
        *(part for client in clients for part in ("-client", client)),
    ]
    if not every_assignment:
        command.append("-random")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    scripts: dict[str, Any] = json.loads(done.stdout)["scripts"]
    return scripts


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("build", type=Path)
    arguments.add_argument("--every-assignment", action="store_true")
    asked = arguments.parse_args()
    configs = asked.build / "mls-implementations/interop/configs"
    count, right, begun = Counter[tuple[str, bool]](), Counter[tuple[str, bool]](), time.monotonic()
    with serving() as ours, mlspp(asked.build / "mlspp-client/mlspp_client") as theirs:
        sys.stdout.write(f"{'':20}  public  private\n")
        for name in CONFIGS:
            clients, every = (ours.address, theirs), asked.every_assignment
            scripts = played(asked.build / "test-runner", configs / f"{name}.json", clients, every_assignment=every)
            for script, results in scripts.items():
                for result in results or []:
                    cell = name, result["encrypt_flag"]
                    count[cell] += 1
                    right[cell] += "failed_step" not in result
                    if "failed_step" in result:
                        told = {key: value for key, value in result.items() if key != "transcript"}
                        sys.stdout.write(f"{name}, {script}: {json.dumps(told)}\n")
            cells = (f"{right[name, private]:>3}/{count[name, private]}" for private in (False, True))
            sys.stdout.write(f"{name:20} {'  '.join(cells)}\n")
            sys.stdout.flush()
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{right.total()} of {count.total()} in {seconds:.0f} s\n")
    return int(right != count or not count)


if __name__ == "__main__":
    sys.exit(main())
