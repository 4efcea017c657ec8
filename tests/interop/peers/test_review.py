"""Material of other implementations on the reviewer's desk: carved from a log, audited, and found damaged if it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.interop.peers.features import GROUP_ID
from workbench.inspect.carving import carve
from workbench.inspect.material import pieces_in
from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.core_crypto import CoreCryptoPackage
from workbench.interop.peers.gbp import GbpPackage
from workbench.interop.peers.member import (
    AddMember,
    Form,
    NotOfferedByPeer,
    PeerImplementation,
    PeerMember,
    identity_of,
)
from workbench.interop.peers.ours import OURS, OurMember
from workbench.interop.peers.ts_mls import TsMlsPackage
from workbench.mls import KeyPackageBundle
from workbench.review.audit import Audit, audit
from workbench.review.exposure import exposure
from workbench.review.findings import Severity
from workbench.review.known_secrets import KnownSecrets
from workbench.review.stated_leak import StatedLeak

pytestmark = pytest.mark.slow

PEERS = [GbpPackage, AgentvaultPackage, TsMlsPackage, CoreCryptoPackage]


@dataclass(frozen=True)
class Captured:
    """What a server's log holds of a group of another implementation, and the keys of one of its members: ours."""

    messages: tuple[bytes, ...]
    bundle: KeyPackageBundle

    def log(self, messages: tuple[bytes, ...] | None = None) -> bytes:
        """The messages as a server logs them: JSON, one event a line, the bytes in base64."""
        return b"\n".join(
            json.dumps({"event": "deliver", "seq": at, "payload": base64.b64encode(message).decode()}).encode()
            for at, message in enumerate(self.messages if messages is None else messages)
        )

    def audited(self, messages: tuple[bytes, ...] | None = None) -> Audit:
        """The audit of the log with our key package."""
        return audit(list(pieces_in(self.log(messages), "server.jsonl")), KnownSecrets(bundles=(self.bundle,)))


def captured(peer: PeerImplementation) -> Captured:
    """A group that a peer has made: it adds us and one more client, and says something."""
    founder, third = (peer.member(1, identity_of(name)) for name in ("actor", "third"))
    us = OURS.member(1, identity_of("other"))
    assert isinstance(us, OurMember)
    founder.create(GROUP_ID)
    form: Form = "public" if "public" in founder.sends else "private"
    key_package = us.key_package()
    ours = founder.commit(AddMember(key_package), form=form)
    theirs = founder.commit(AddMember(third.key_package()), form=form)
    return Captured((key_package, ours.commit, ours.welcome, theirs.commit, *_said(founder)), us._bundle)


def _said(member: PeerMember) -> Iterator[bytes]:
    try:
        yield member.protect(b"hello from another implementation")
    except NotOfferedByPeer:
        return


@pytest.mark.parametrize("peer", PEERS, ids=[each.name for each in PEERS])
def test_material_of_a_peer_is_carved_and_audited(
    playing: Callable[[PeerImplementation], PeerImplementation], peer: type[PeerImplementation]
) -> None:
    material = captured(playing(peer()))
    found = list(carve(pieces_in(material.log(), "server.jsonl")))
    assert [each.data for each in found] == [*material.messages]
    assert found[0].piece.place == "line 1, payload"
    done = material.audited()
    assert done.violations == ()
    (group,) = done.groups
    first, second = sorted(group.replay.views())  # core-crypto begins with a commit of its own
    assert second == first + 1
    assert group.verified == len(material.messages) - 3  # all but the key package, the Welcome and our own commit
    exposed = exposure(group.replay, done.objects, [StatedLeak("state")])
    assert exposed is not None
    assert (exposed.epochs, len(exposed.messages)) == ((first, second), len(material.messages) - 4)
    # One byte of the commit, and the audit names it.
    damaged = bytearray(material.messages[3])
    damaged[-1] ^= 1
    done = material.audited((*material.messages[:3], bytes(damaged)))
    named = [each for each in done.findings if each.severity is Severity.ERROR]
    assert {each.where for each in named} == {"server.jsonl: line 4, payload"}
    assert all(each.rule and each.field for each in named)
