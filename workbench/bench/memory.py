"""Measure the memory of a group: the peak of memory of a process of its own.

`python -m workbench.bench.memory NAME` imports only the implementation with this name, so our engine makes the other
key packages and the Welcome in another process. The program prints the key package of a client in hexadecimal. Then it
reads a line of JSON with the key packages of all others and a Welcome for the client. At the end it prints a line of
JSON with its memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from workbench.bench.client import Implementation, NotOffered
from workbench.bench.peers import implementation
from workbench.bench.results import LeftOut, Memory

if TYPE_CHECKING:
    from workbench.bench.host import BenchHost


def peak_memory(chosen: Implementation, host: BenchHost) -> Memory | LeftOut:
    """The peak of memory of a process that joins a group of the same size as `host`, and then creates one."""
    command = [sys.executable, "-m", "workbench.bench.memory", chosen.name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 - this file
        reader = process.stdout.readline() if process.stdout else ""
        actor, spare = host.spare_key_packages()
        welcome = host.invite("blank", actor, bytes.fromhex(reader)).reader.hex() if reader else ""
        key_packages = [each.hex() for each in host.key_packages(actor, spare)]
        asked = json.dumps({"welcome": welcome, "key_packages": key_packages})
        printed, complaint = process.communicate(asked + "\n")
    if process.returncode != 0:
        return LeftOut(chosen.name, complaint.strip().splitlines()[-1], "memory", host.size)
    return Memory(chosen.name, host.size, **json.loads(printed))


def main(name: str) -> None:
    """Join a group, then create one of the same size."""
    chosen = implementation(name)
    joiner, creator = chosen.client(b"reader"), chosen.client(b"creator")
    creator.key_package()
    sys.stdout.write(joiner.key_package().hex() + "\n")
    sys.stdout.flush()
    measured = {"imported": chosen.peak_memory()}
    given = json.loads(sys.stdin.readline())
    joiner.join(bytes.fromhex(given["welcome"]))
    measured["joined"] = chosen.peak_memory()
    creator.create()
    try:
        creator.add([bytes.fromhex(each) for each in given["key_packages"]])
    except NotOffered:
        measured["added_all"] = 0
    else:
        measured["added_all"] = chosen.peak_memory()
    json.dump(measured, sys.stdout)
    chosen.close()


if __name__ == "__main__":
    main(sys.argv[1])
