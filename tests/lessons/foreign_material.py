"""Makes the material of lesson 15 with other implementations: `python -m tests.lessons.foreign_material`.

Nothing in it is of the workbench. Tess uses ts-mls, Rosa mls-rs (agentvault), Olaf OpenMLS (gbp-stack), and Frida the
package rfc9420. The keys are new each time, so the bytes are; what the lesson says of them is the same, and a test
holds it with fresh material (tests/interop/peers/test_lesson_material.py).
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path

from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.gbp import GbpMember, GbpPackage
from workbench.interop.peers.member import AddMember, RemoveMember
from workbench.interop.peers.rfc9420 import Rfc9420Package
from workbench.interop.peers.ts_mls import TsMlsPackage

FOLDER = Path(__file__).parents[2] / "workbench/lessons/material"


@dataclass(frozen=True)
class ForeignMaterial:
    """The logs of two servers, and what was on Olaf's device when it was stolen."""

    transcript: bytes
    conversation: bytes
    device: bytes

    def write(self, folder: Path) -> None:
        """Write the three files, and one that says where they come from."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "transcript.jsonl").write_bytes(self.transcript)
        (folder / "conversation.jsonl").write_bytes(self.conversation)
        (folder / "olaf.openmls").write_bytes(self.device)
        packages = (TsMlsPackage(), AgentvaultPackage(), GbpPackage(), Rfc9420Package())
        made = {
            "made_by": "python -m tests.lessons.foreign_material",
            "with": {each.package: each.version() for each in packages},
            "files": {
                "transcript.jsonl": "the server's log of a group of Tess (ts-mls), Rosa (mls-rs) and Frida (rfc9420)",
                "conversation.jsonl": "the server's log of a group of Tess (ts-mls), Rosa (mls-rs) and Olaf (OpenMLS)",
                "olaf.openmls": "what `MlsContext.export_state` of gbp-stack gave in the middle of that conversation",
            },
        }
        (folder / "provenance.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def make() -> ForeignMaterial:
    """Play both groups."""
    ts_mls = TsMlsPackage()
    try:
        conversation, device = _conversation(ts_mls)
        return ForeignMaterial(_transcript(ts_mls), conversation, device)
    finally:
        ts_mls.close()


def _transcript(ts_mls: TsMlsPackage) -> bytes:
    """A group with a client that breaks a rule, and then with a fork."""
    tess, rosa = ts_mls.member(1, b"Tess"), AgentvaultPackage().member(1, b"Rosa")
    frida = Rfc9420Package().member(1, b"Frida")
    tess.create(b"the book club")
    key_packages = rosa.key_package(), frida.key_package()
    first = tess.commit(AddMember(key_packages[0]))
    rosa.join(first.welcome)
    start = tess.group_info()
    second = tess.commit(AddMember(key_packages[1]))
    rosa.process(second.commit)
    frida.join(second.welcome)
    broken = frida.commit().commit  # its path keeps the key of the key package (RFC 9420 §7.5)
    third = tess.commit().commit
    rosa.process(third)
    sides = [(rosa.commit().commit, tess.commit().commit) for _ in range(2)]
    return _log(*key_packages, start, second.commit, second.welcome, broken, third, *sides[0], *sides[1])


def _conversation(ts_mls: TsMlsPackage) -> tuple[bytes, bytes]:
    """A group in which a device is stolen, and heals later."""
    tess, rosa, olaf = (
        ts_mls.member(1, b"Tess"),
        AgentvaultPackage().member(1, b"Rosa"),
        GbpPackage().member(1, b"Olaf"),
    )
    if not isinstance(olaf, GbpMember):
        raise TypeError(olaf)
    tess.create(b"the band")
    rosa.join(tess.commit(AddMember(rosa.key_package()), form="private").welcome)
    # mls-rs begins a lifetime at the present second, and OpenMLS refuses a lifetime that begins in the present second.
    time.sleep(1.1)
    second = tess.commit(AddMember(olaf.key_package()), form="private")
    rosa.process(second.commit)
    olaf.join(second.welcome)
    log = [second.welcome, second.commit, tess.group_info(), tess.protect(b"Rehearsal is at eight.")]
    olaf.process(log[-1])
    log.append(rosa.protect(b"I bring the new song."))  # Olaf is offline, and reads it later
    stolen = olaf._context.export_state()
    log.append(tess.commit(form="private").commit)
    for member in (olaf, rosa):
        member.process(log[-1])
    log.append(tess.protect(b"The code of the door is 4711."))
    log.append(olaf.commit(RemoveMember(1, b"Rosa"), form="private").commit)
    tess.process(log[-1])
    log.append(tess.protect(b"We have a new code."))
    return _log(*log), stolen


def _log(*messages: bytes) -> bytes:
    """Messages as a server logs them: JSON, one event a line, the bytes in base64."""
    lines = (
        {"event": "deliver", "seq": number, "payload": base64.b64encode(message).decode()}
        for number, message in enumerate(messages, 1)
    )
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


if __name__ == "__main__":
    make().write(FOLDER)
