"""Chat from a terminal, as a device whose state lasts in a folder.

The device lives in the folder that --home names: its keystore, and a sealed database with its groups and its history
(docs/devices.md). It talks to a delivery service that `workbench serve` has started. The operating system keeps its
keys; where it cannot, the keystore is under a passphrase, which --ask asks for and WORKBENCH_PASSPHRASE may hold.

Examples:
  workbench device --home ~/alice register Alice --service http://localhost:8420
  workbench device --home ~/alice create tea
  workbench device --home ~/alice invite tea Bob
  workbench device --home ~/alice chat tea
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

ACTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "register": (("name",), 'make the device, "Alice" or "Alice/phone", and let others add it'),
    "publish": ((), "leave more key packages with the service, so that others can add the device"),
    "create": (("group",), "make a group"),
    "invite": (("group", "name"), "add somebody's device"),
    "gather": (("group", "name"), "add somebody's device with all others who are named within a minute, by one commit"),
    "evict": (("group",), "tell the group who was silent for 60 days; seven days later, remove who still is"),
    "remove": (("group", "name"), "remove somebody's device"),
    "send": (("group", "text"), "say something"),
    "read": ((), "fetch what has come, in all groups"),
    "waiting": (
        ("group",),
        "show what waits: messages of epochs that this device has not reached, and what it could not send",
    ),
    "history": (("group",), "show all that was said in a group, and who came and went"),
    "chat": (("group",), "send each line that is typed, and show what comes"),
    "devices": (("group",), "list the members with their safety codes"),
    "verify": (("group", "name", "code"), "compare the safety code that the owner of a device reads out"),
    "statement": (("group",), "print what this device sees of a group, signed, for another member to compare"),
    "compare": (("statement",), "compare what another member sees; if it differs, the group is locked"),
    "dismiss": (("group",), "end the alarm of a group: this device is on the right side"),
    "give-up": (("group",), "give up this device's side of a fork, to rejoin or to be added again"),
    "describe": (("group",), "publish what others need to come into a group by themselves"),
    "rejoin": (("group",), "come back to a group that somebody has described, in place of this device's old self"),
    "backup": (("file",), "write a backup that only this keystore opens; it has the history, and no key of a group"),
    "restore": (("file",), "bring a device back whose database is lost; it is in no group until it has rejoined"),
    "approve": (("id",), "let another device of yours register; it shows its ID when it is refused"),
}
"""What the device can do: the words after each action, and what it does."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--home", type=Path, required=True, help="the folder of the device")
    parser.add_argument("--ask", action="store_true", help="ask for the passphrase of the keystore")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, (words, purpose) in ACTIONS.items():
        action = actions.add_parser(name, help=purpose, description=purpose)
        for word in words:
            action.add_argument(word)
        if name == "register":
            action.add_argument(
                "--service", default="http://localhost:8420", help="the URL of the service (%(default)s)"
            )
    parser.epilog = "exit status: 0 when it is done, 1 if the service or the group refuses it, 2 if it cannot begin."


def run(arguments: argparse.Namespace) -> int:
    """Open the device, do one thing, and close it."""
    from workbench.commands.work import device as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
