"""The same bytes in the hands of all implementations: the desk says which of them accept the bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import main
from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.gbp import GbpPackage
from workbench.interop.peers.member import AddMember, PeerImplementation, identity_of
from workbench.interop.peers.ours import OURS, OurMember
from workbench.interop.peers.rfc9420 import Rfc9420Package
from workbench.interop.peers.rine import RinePackage
from workbench.interop.peers.verdicts import PeerAnswer, PeerVerdict, all_implementations, verdicts
from workbench.mls import KeyPackageBundle

pytestmark = pytest.mark.slow

IN_THIS_PROCESS = (OURS, AgentvaultPackage(), RinePackage(), GbpPackage(), Rfc9420Package())


def flipped(message: bytes) -> bytes:
    return message[:-1] + bytes([message[-1] ^ 1])


def named(given: tuple[PeerVerdict, ...]) -> dict[str, PeerAnswer]:
    return {each.peer: each.verdict for each in given}


def group_of_mls_rs() -> tuple[list[bytes], KeyPackageBundle]:
    """A key package of ours, the Welcome that mls-rs makes of it, and a message of mls-rs."""
    rine, us = RinePackage(), OURS.member(1, identity_of("us"))
    assert isinstance(us, OurMember)
    founder = rine.member(1, b"")
    founder.create(b"a group of mls-rs")
    key_package = us.key_package()
    messages = [key_package, founder.commit(AddMember(key_package)).welcome, founder.protect(b"hello")]
    rine.close()
    return messages, us._bundle


def test_every_implementation_takes_a_key_package_and_most_notice_damage() -> None:
    key_package = OURS.member(1, identity_of("us")).key_package()
    good, bad = verdicts(IN_THIS_PROCESS, [key_package, flipped(key_package)])
    assert set(named(good).values()) == {PeerAnswer.ACCEPTS}
    # rfc9420 adds clients without a look at the signatures of their key packages.
    assert {name for name, verdict in named(bad).items() if verdict is PeerAnswer.ACCEPTS} == {"rfc9420"}
    assert all(each.reason for each in bad if each.verdict is PeerAnswer.REFUSES)


def test_an_implementation_that_takes_private_keys_joins_and_reads_on() -> None:
    messages, bundle = group_of_mls_rs()
    _, welcome, message, again = verdicts((OURS, AgentvaultPackage(), GbpPackage()), [*messages, messages[2]], [bundle])
    assert named(welcome) == {
        OURS.name: PeerAnswer.ACCEPTS,
        AgentvaultPackage.name: PeerAnswer.DECODES,
        GbpPackage.name: PeerAnswer.NOT_ASKED,
    }
    assert named(message)[OURS.name] is PeerAnswer.ACCEPTS
    assert named(again)[OURS.name] is PeerAnswer.REFUSES  # the same message twice


def test_a_panic_of_a_package_is_its_refusal() -> None:
    class Panic(BaseException):
        pass

    class Panicking(OurMember):
        def decode(self, message: bytes) -> None:
            raise Panic

    class Package(PeerImplementation):
        name = "a package that panics"
        member_class = Panicking

        def missing(self) -> None:
            return None

        def version(self) -> str:
            return "1"

    ((given,),) = verdicts([Package()], [b"\0\1\0\1"])
    assert (given.verdict, given.reason) == (PeerAnswer.REFUSES, "Panic")


def test_the_command_asks_all_that_are_installed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "key_package"
    path.write_bytes(flipped(OURS.member(1, identity_of("us")).key_package()))
    assert main(["inspect", "--peers", "--json", str(path)]) == 1
    _, told = map(json.loads, capsys.readouterr().out.splitlines())
    assert told["format"] == "mls-workbench peers"
    given = {each["peer"]: each for each in told["verdicts"]}
    assert set(given) == {each.name for each in all_implementations()}
    assert given["ts-mls"]["reason"] == "CryptoVerificationError: Invalid keypackage signature"
    assert given["OpenMLS (core-crypto)"]["verdict"] == "refuses"
