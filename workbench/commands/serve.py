"""Serve the delivery service over HTTP; it keeps its data in a file or in PostgreSQL.

Without options it listens on 127.0.0.1:8420 and keeps its data in the file delivery.sqlite3 of the current folder.
http://127.0.0.1:8420/ describes its calls and its limits. A Python client is
`workbench.delivery.client.HttpTransport`.

Several workers, or several machines, can share one PostgreSQL database. On a network, give a certificate, and
the host names that devices dial.

Examples:
  workbench serve
  workbench serve --database postgresql://USER@HOST/NAME --workers 4
  workbench serve --host 0.0.0.0 --name delivery.example.org --certificate cert.pem --private-key key.pem
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--database", default="sqlite:///delivery.sqlite3", help="a URL (%(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8420, help="(%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="the number of processes; more than 1 need PostgreSQL")
    parser.add_argument("--name", action="append", default=[], help="a host name that devices dial; may repeat")
    parser.add_argument("--certificate", help="a file with the TLS certificate and its chain, as PEM")
    parser.add_argument("--private-key", help="the file with its private key, as PEM")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="change a limit; may repeat")
    parser.add_argument("--limits", action="store_true", help="list the limits with their reasons, and exit")
    parser.add_argument("--quiet", action="store_true", help="print only errors")
    parser.epilog = "exit status: 0 after it was stopped, 2 if it cannot start."


def run(arguments: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    from workbench.commands.work import serve as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
