"""Serve the MLS working group's interop interface, for its test runner to drive.

Members of the workbench's engine answer `mls_client.proto` of mlswg/mls-implementations by gRPC. All that is said is
for tests: private keys are given away, and nothing is encrypted on the way.

Example:
  workbench interop-server --port 50051
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    parser.add_argument("--port", type=_port, default=50051, help="default: %(default)s; 0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s, for this machine alone")
    parser.epilog = "exit status: 0 it was stopped with Ctrl-C; 2 it could not listen, or gRPC is not installed"


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if importlib.util.find_spec("grpc") is None or importlib.util.find_spec("grpc_tools") is None:
        return _complain("gRPC is missing; install it: pip install 'mls-workbench[interop]'")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its own words for what is said below, and many of them
    from workbench.interop.server import AddressTaken, start  # noqa: PLC0415 - an extra, and whoever lacks it is told so

    try:
        server, port = start(arguments.host, arguments.port)
    except AddressTaken as problem:
        return _complain(f"{problem}; name another --host or --port.")
    try:
        print(f"listening on {arguments.host}:{port}; Ctrl-C stops it", flush=True)
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(grace=None).wait()
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise argparse.ArgumentTypeError("a port is between 0 and 65535")
    return port


def _complain(what: str) -> int:
    print(f"workbench interop-server: {what}", file=sys.stderr)
    return 2
