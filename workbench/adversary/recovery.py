"""The attacker as a separate program: `python -m workbench.adversary.recovery EVIDENCE.json ...`.

A file has the leaked secrets and all messages on the wire, and nothing else (`workbench.adversary.evidence` writes it).
The program prints what the attacker computes from them: the epoch authenticators of the epochs that it enters, and the
messages that it reads. A test compares them with the members' own values.
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
    """An application message that the attacker read: its index on the wire, its epoch, its data in hexadecimal."""

    index: int
    epoch: int
    application_data: str


class RecoveredFromGroup(TypedDict):
    """What the attacker computed of one group: epoch authenticators in hexadecimal by epoch, and messages."""

    epoch_authenticators: dict[str, str]
    messages: list[ReadMessage]


class Recovered(RecoveredFromGroup):
    """What the attacker computed of the group of the evidence, and of the groups beside it, in their order."""

    beside: list[RecoveredFromGroup]


def recover(evidence: Evidence) -> Recovered:
    """Compute all that the attacker can compute from the evidence."""
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
    """Read the named files, and print a JSON list with one result for each file."""
    parser = argparse.ArgumentParser(prog="python -m workbench.adversary.recovery", description=__doc__)
    parser.add_argument(
        "evidence", type=Path, nargs="+", metavar="EVIDENCE.json", help="leaked secrets and the messages on the wire"
    )
    texts = [path.read_text("utf-8") for path in parser.parse_args().evidence]
    json.dump([recover(read_evidence(text)) for text in texts], sys.stdout)


if __name__ == "__main__":
    main()
