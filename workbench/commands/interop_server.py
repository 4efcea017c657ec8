"""Serve the MLS working group's interop interface, for its test runner.

Members of the workbench's engine answer the calls of `mls_client.proto` of mlswg/mls-implementations over gRPC. Use it
for tests only: responses contain private keys, and the connection is not encrypted.

Examples:
  workbench interop-server --port 50051
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    parser.add_argument(
        "--port", type=_port, default=50051, help="the port to listen on, 0 for any free port (default: %(default)s)"
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen on (default: %(default)s, which only this machine can reach)",
    )
    parser.epilog = "exit status: 0 stopped with Ctrl-C; 2 the server could not listen, or gRPC is not installed"


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if importlib.util.find_spec("grpc") is None or importlib.util.find_spec("grpc_tools") is None:
        return _complain("gRPC is missing; install it: pip install 'mls-workbench[interop]'")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # gRPC would print its own long messages for the error below
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
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _complain(what: str) -> int:
    print(f"workbench interop-server: {what}", file=sys.stderr)
    return 2
