"""`workbench interop-server` as a user runs it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.peer import METHODS, Peer
from workbench.interop.server import MESSAGES
from workbench.interop.service import CALLS

SERVER = (sys.executable, "-m", "workbench.cli", "interop-server")

# Names, numbers and types of mlswg/mls-implementations, interop/proto/mls_client.proto, as of November 2026.
INTERFACE = "cb6193a9cf77461458c32f78cc6c8bb56e6c2158719f522d478de65dba733648"


def test_the_interface_is_the_working_groups() -> None:
    """The comments of our interface may differ, but names, numbers and types may not."""
    lines = [
        f"{message.full_name}.{field.name} {field.number} {field.type} {field.is_repeated}"
        for message in MESSAGES.DESCRIPTOR.message_types_by_name.values()
        for field in message.fields
    ]
    lines += [
        f"{method.full_name} {method.input_type.full_name} {method.output_type.full_name}"
        for service in MESSAGES.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    ]
    assert len(METHODS) == 34
    assert hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() == INTERFACE


def test_every_call_of_the_interface_has_its_function_in_the_same_order() -> None:
    assert list(CALLS) == list(METHODS)


def test_ctrl_c_stops_the_server_without_a_word() -> None:
    # A shell's job in the background ignores Ctrl-C, and so would all that it starts: these tests, and the server.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [*SERVER, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().endswith("; Ctrl-C stops it\n")
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""


def test_a_port_that_is_taken_is_said_in_one_sentence(peers: tuple[Peer, Peer]) -> None:
    port = peers[0].address.rpartition(":")[2]
    result = subprocess.run([*SERVER, "--port", port], capture_output=True, encoding="utf-8", check=False)
    said = f"workbench interop-server: nothing can listen on 127.0.0.1:{port}; name another --host or --port.\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", said)


def test_without_grpc_the_extra_is_named(tmp_path: Path) -> None:
    """The test imports as in an environment that has the workbench and no gRPC package."""
    program = (
        "import sys; from importlib.machinery import PathFinder; find = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *rest: None if name.startswith('grpc') else find(name, *rest)\n"
        "from workbench.cli import main; sys.exit(main(['interop-server']))"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False)
    said = "workbench interop-server: gRPC is missing; install it: pip install 'mls-workbench[interop]'\n"
    assert (result.returncode, result.stderr) == (2, said)


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(port: str) -> None:
    result = subprocess.run([*SERVER, f"--port={port}"], capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 2
    assert "--port" in result.stderr


def test_the_runner_says_which_script_failed_and_why(peers: tuple[Peer, Peer], tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        '{"scripts": {"good": [{"action": "createGroup", "actor": "alice"}], "bad": ['
        '{"action": "createGroup", "actor": "alice"}, {"action": "removeProposal", "actor": "alice", "removed": "bob"}'
        "]}}"
    )
    clients = [option for peer in peers for option in ("--client", peer.address)]
    command = [sys.executable, "-m", "tests.interop.play", *clients, "--suite", "1", "--thorough", str(config)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert result.returncode == 1
    *failures, summary = result.stdout.splitlines()
    assert summary == "4 of 8 passed"
    assert len(failures) == 4
    assert failures[0].startswith("config/bad, suite 1, private=True, alice: 127.0.0.1:")
    assert failures[0].endswith("no member has the identity b'bob'")
