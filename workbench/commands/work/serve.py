"""The work of `workbench serve`."""

from __future__ import annotations

import argparse
import os
import sys

from workbench.delivery.errors import Refused
from workbench.delivery.settings import PREFIX, Settings, natural, table

MISSING = "The delivery service over HTTP needs more packages: pip install 'mls-workbench[service]'"


def run(arguments: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    if arguments.limits:
        for name, number, unit, reason in table():
            print(f"{name} = {number} {unit}: {reason}")
        return 0
    try:
        from workbench.delivery.http.server import Options, serve  # noqa: PLC0415 # the packages may be missing
    except ModuleNotFoundError:
        print(MISSING, file=sys.stderr)
        return 2
    options = Options(
        arguments.database,
        arguments.host,
        arguments.port,
        arguments.workers,
        tuple(arguments.name),
        arguments.certificate,
        arguments.private_key,
        arguments.quiet,
    )
    try:
        _set_limits(arguments.set)
        serve(options)
    except (ValueError, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _set_limits(given: list[str]) -> None:
    """Write limits into the environment, from which each worker reads them; raises `ValueError`."""
    known = {name for name, _, _, _ in table()}
    for text in given:
        name, _, number = text.partition("=")
        if name not in known:
            raise ValueError(f"there is no limit {name!r}: `workbench serve --limits` lists them")
        os.environ[PREFIX + name.upper()] = str(natural(name, number))
    Settings.of(os.environ)
