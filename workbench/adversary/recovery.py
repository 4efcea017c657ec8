"""The attacker as a program of its own: `python -m workbench.adversary.recovery EVIDENCE.json ...`.

A file holds what leaked and what went over the wire, and nothing else; what is printed is what the attacker has made
of it: the authenticators of the epochs that it entered, and the messages that it read. Whoever has the members' own
values can tell whether it is right (`workbench.adversary.evidence` writes such a file).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TypedDict

from workbench.adversary.attacker import Attacker
from workbench.adversary.evidence import Evidence, read_evidence


class ReadMessage(TypedDict):
    """An application message, by its place on the wire, and what it says in hexadecimal."""

    index: int
    epoch: int
    application_data: str


class RecoveredFromGroup(TypedDict):
    """What an attacker has computed of one group: epoch authenticators in hexadecimal by epoch, and messages."""

    epoch_authenticators: dict[str, str]
    messages: list[ReadMessage]


class Recovered(RecoveredFromGroup):
    """The same, and what it has made of it at the groups beside, in their order."""

    beside: list[RecoveredFromGroup]


def recover(evidence: Evidence) -> Recovered:
    """Compute all that can be computed from evidence."""
    first = Attacker(evidence.suite, evidence.group_id)
    attackers = [first, *(first.beside(group.suite, group.group_id) for group in evidence.beside)]
    for attacker, group in zip(attackers, (evidence, *evidence.beside), strict=True):
        attacker.take((*group.public, *evidence.leaked_secrets))
        for message in group.wire:
            attacker.hear(message)
    return {**_recovered(first), "beside": [_recovered(attacker) for attacker in attackers[1:]]}


def _recovered(attacker: Attacker) -> RecoveredFromGroup:
    return {
        "epoch_authenticators": {
            str(epoch): secrets.epoch_authenticator.hex() for epoch, secrets in attacker.epochs().items()
        },
        "messages": [
            {"index": read.index, "epoch": read.epoch, "application_data": read.data.hex()} for read in attacker.reads()
        ],
    }


def main() -> None:
    """Read the files that are named, print a list of what was made of each as JSON."""
    parser = argparse.ArgumentParser(prog="python -m workbench.adversary.recovery", description=__doc__)
    parser.add_argument(
        "evidence", type=Path, nargs="+", metavar="EVIDENCE.json", help="what leaked, and what was on the wire"
    )
    texts = [path.read_text("utf-8") for path in parser.parse_args().evidence]
    json.dump([recover(read_evidence(text)) for text in texts], sys.stdout)


if __name__ == "__main__":
    main()
