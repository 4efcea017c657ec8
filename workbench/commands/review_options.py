"""The arguments of the commands that check material: what the reviewer holds, and the policy."""

from __future__ import annotations

import argparse


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """Declare states and secrets, the time, and the settings of the policy."""
    add_state(parser)
    policy = parser.add_argument_group("the policy")
    policy.add_argument(
        "--now",
        type=int,
        metavar="SECONDS",
        help="check lifetimes at this time, in seconds since 1970",
    )
    policy.add_argument(
        "--max-lifetime",
        type=_seconds,
        metavar="SECONDS",
        help="the longest lifetime that the policy accepts (default: a leap year and two hours)",
    )
    policy.add_argument("--trust", metavar="PEM", help="the certificates of the trust anchors, for X.509 credentials")


def add_state(parser: argparse.ArgumentParser) -> None:
    """Declare states and secrets."""
    held = parser.add_argument_group("what you hold")
    held.add_argument(
        "--state",
        action="append",
        default=[],
        metavar="FILE",
        help="a state or a key package as `write_state` and `write_bundle` write it, a state of OpenMLS or mls-rs, a "
        "passive client of the working group, a JSON of known secrets (docs/review.md), or the folder of a device of "
        "`workbench device`; may be repeated",
    )
    add_state_key(held)


def add_state_key(parser: argparse._ActionsContainer) -> None:
    """Declare the key of encrypted states."""
    parser.add_argument(
        "--state-key",
        metavar="FILE",
        help="the key of an encrypted database or of a device's folder: a file with the passphrase, or with x'...', "
        "the raw key of the database in hexadecimal",
    )


def _seconds(text: str) -> int:
    try:
        seconds = int(text)
    except ValueError:
        seconds = -1
    if seconds not in range(2**64):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 to 2^64 - 1")
    return seconds
