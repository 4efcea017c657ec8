"""The tables about peers in docs/interop.md: `python -m tests.interop.peers.page` plays everything and writes them.

Every feature is played with each peer, in both roles and in every cipher suite that the peer has. The page is written
only if all results are those of `declared.py`; so it follows from the declarations, the versions and the kept bytes.
"""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.interop.peers.bugs import PROOFS, Bytes, keep, kept
from tests.interop.peers.declared import PEERS, ROLES, Bug, Declared, Lack, Refusal, comes_true
from tests.interop.peers.features import FEATURES
from tests.rfc.tables import table
from workbench.mls import CIPHER_SUITES

PAGE = Path(__file__).parents[3] / "docs/interop.md"
BEGINNING, END = "<!-- `make peers` writes what follows -->\n", "<!-- and no more -->\n"


LEGEND = """\
Each cell has two marks. The first is for a run in which the workbench does what the row says and the peer answers, the
second for a run with the roles exchanged. ✓ works in every cipher suite that the peer has. – does not work: the peer
has no call for it, or refuses it where RFC 9420 leaves the choice. ✗ fails because of a bug of the peer. The numbers
lead to the reasons below.
{played:,} exchanges were played for this table.
"""


def written() -> str:
    """The part of docs/interop.md that this module writes, as it stands there."""
    return PAGE.read_text("utf-8").partition(BEGINNING)[2].partition(END)[0]


def page(versions: Mapping[str, str], proofs: Mapping[str, Bytes]) -> str:
    """The part of docs/interop.md that this module should write."""
    notes = _notes()
    return "\n".join(
        [
            _packages(versions),
            LEGEND.format(played=sum(1 for peer in PEERS for _ in peer.cells(every_suite=True))),
            table(
                ["Feature", *(peer.implementation.name for peer in PEERS)],
                ([feature, *(_marks(peer, feature, notes) for peer in PEERS)] for feature in FEATURES),
            ),
            "".join(f"{number}. {name}: {reason}.\n" for (name, reason), number in notes.items()),
            "### Where a peer breaks RFC 9420, in its own bytes\n",
            *(_proof(number, proofs[PROOFS[number].name]) for number in range(len(PROOFS))),
        ]
    )


def _packages(versions: Mapping[str, str]) -> str:
    head = ["Peer", "Version", "Package", "Engine", "License", "Cipher suites"]
    rows = []
    for each in (peer.implementation for peer in PEERS):
        suites = ", ".join(map(str, each.suites)) if len(each.suites) < len(CIPHER_SUITES) else "all"
        why = f": {each.other_suites}" if each.other_suites else ""
        rows.append([each.name, versions[each.name], each.package, each.engine, each.license, suites + why])
    return table(head, rows)


def _notes() -> dict[tuple[str, str], int]:
    """A number for each peer and reason."""
    reasons = dict.fromkeys((peer.implementation.name, each.reason) for peer in PEERS for each in peer.exceptions)
    return {reason: number for number, reason in enumerate(reasons, start=1)}


def _marks(peer: Declared, feature: str, notes: Mapping[tuple[str, str], int]) -> str:
    marks = []
    for role in ROLES:
        match peer.exception(feature, role):
            case None:
                marks.append("✓")
            case Bug(reason):
                marks.append(f"✗<sup>{notes[peer.implementation.name, reason]}</sup>")
            case Lack(reason) | Refusal(reason):
                marks.append(f"–<sup>{notes[peer.implementation.name, reason]}</sup>")
    return " ".join(marks)


def _proof(number: int, found: Bytes) -> str:
    proof = PROOFS[number]
    lines = "".join(f"{what}\n{_hex(value)}" for what, value in found.items())
    return f"**{proof.name}.** {proof.consequence}\n\n```text\n{lines}```\n"


def _hex(value: bytes) -> str:
    return "".join(f"    {line}\n" for line in textwrap.wrap(value.hex(), 96))


def versions() -> dict[str, str]:
    """The versions of the packages that are installed."""
    return {peer.implementation.name: peer.implementation.version() for peer in PEERS}


def play(peers: Iterable[Declared]) -> int:
    """Play everything; how many of the exchanges did not come as declared."""
    wrong = 0
    for peer in peers:
        name, begun, cells = peer.implementation.name, time.monotonic(), list(peer.cells(every_suite=True))
        for suite, role, feature in cells:
            try:
                comes_true(peer, suite, role, feature)
            except Exception as problem:  # noqa: BLE001 - each package has errors of its own
                wrong += 1
                sys.stdout.write(f"{name}, suite {suite}, {role}, {feature}: {type(problem).__name__}: {problem}\n")
        sys.stdout.write(f"{name}: {len(cells)} exchanges in {time.monotonic() - begun:.0f} s\n")
        peer.implementation.close()
    return wrong


def main() -> int:
    missing = [reason for peer in PEERS if (reason := peer.implementation.missing())]
    if missing:
        sys.stdout.write("\n".join([*missing, ""]))
        return 2
    if wrong := play(PEERS):
        sys.stdout.write(f"{wrong} did not come as declared: docs/interop.md stays as it was\n")
        return 1
    keep({proof.name: proof.capture(proof.implementation) for proof in PROOFS})
    for proof in PROOFS:
        proof.implementation.close()
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINNING)
    PAGE.write_text(before + BEGINNING + page(versions(), kept()) + END + rest.partition(END)[2], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
