"""Hands the same bytes to every implementation that is installed, and says which of them accept the bytes.

A package is asked by its own calls. Its client adds the client of a key package to a group of its own, joins with a
GroupInfo by an external commit, and joins with a Welcome if the package can take the private keys of the key package.
Then it processes the messages of the group. If a package has no call for some bytes, it only decodes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.core_crypto import CoreCryptoPackage
from workbench.interop.peers.gbp import GbpPackage
from workbench.interop.peers.member import (
    AddMember,
    NotOfferedByPeer,
    PeerImplementation,
    PeerMember,
    identity_of,
)
from workbench.interop.peers.ours import Workbench
from workbench.interop.peers.rfc9420 import Rfc9420Package
from workbench.interop.peers.rine import RinePackage
from workbench.interop.peers.ts_mls import TsMlsPackage
from workbench.mls import KeyPackage, KeyPackageBundle, MLSMessage, Welcome, cipher_suite, decode
from workbench.mls.errors import MLSError
from workbench.mls.group.key_package import key_package_ref
from workbench.mls.wire.messages import GroupInfo


class PeerAnswer(Enum):
    """What an implementation says of some bytes."""

    ACCEPTS = "accepts"
    REFUSES = "refuses"
    DECODES = "decodes"
    """It decodes them, and has no call that checks more."""
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class PeerVerdict:
    """The verdict of one implementation on some bytes: what it did with them, and its reason or its error."""

    peer: str
    version: str
    verdict: PeerAnswer
    deed: str = ""
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """The verdict for programs; docs/inspect.md describes the keys."""
        return {
            "peer": self.peer,
            "version": self.version,
            "verdict": self.verdict.value,
            "deed": self.deed,
            "reason": self.reason,
        }


def all_implementations() -> tuple[PeerImplementation, ...]:
    """The workbench, and every implementation that it knows, installed or not."""
    return (
        Workbench(),
        TsMlsPackage(),
        AgentvaultPackage(),
        RinePackage(),
        GbpPackage(),
        CoreCryptoPackage(),
        Rfc9420Package(),
    )


def verdicts(
    implementations: Sequence[PeerImplementation],
    messages: Sequence[bytes],
    bundles: Sequence[KeyPackageBundle] = (),
    ratchet_tree: bytes = b"",
) -> Iterator[tuple[PeerVerdict, ...]]:
    """The verdicts of all implementations on each message, in turn.

    Every message is an MLSMessage. `bundles` are the key packages with which clients join; `ratchet_tree` is the tree
    of a Welcome that does not contain it. The processes that were started for the implementations end with the last
    message.
    """
    asked = [_Asked(each, bundles, ratchet_tree) for each in implementations]
    try:
        for message in messages:
            yield tuple(each.on(message) for each in asked)
    finally:
        for each in implementations:
            each.close()


class _Asked:
    """One implementation while it is asked; `joined` is its client since it has joined by a Welcome."""

    def __init__(
        self, implementation: PeerImplementation, bundles: Sequence[KeyPackageBundle], ratchet_tree: bytes
    ) -> None:
        self.implementation = implementation
        self.bundles = bundles
        self.ratchet_tree = ratchet_tree
        self.missing = implementation.missing()
        self.version = "" if self.missing else implementation.version()
        self.joined: PeerMember | None = None

    def on(self, message: bytes) -> PeerVerdict:
        """The verdict on one message."""
        if self.missing is not None:
            return self.verdict(PeerAnswer.NOT_ASKED, reason=self.missing)
        body = _body(message)
        suite = _suite_of(body)
        if suite is not None and suite not in self.implementation.suites:
            return self.verdict(PeerAnswer.NOT_ASKED, reason=f"it has no cipher suite {suite}")
        match body:
            case KeyPackage():
                deed, call = "adds the client to a new group", lambda: self.add(message, suite)
            case GroupInfo():
                deed, call = "joins by an external commit", lambda: self.enter(message, suite)
            case Welcome():
                deed, call = "joins with the given key package", lambda: self.join(message, body)
            case None:
                return self.decoded(message)
            case _:
                deed, call = "processes it as the member that has joined", lambda: self.process(message)
        return self.tried(PeerAnswer.ACCEPTS, deed, call) or self.decoded(message)

    def add(self, key_package: bytes, suite: int | None) -> None:
        founder = self.client(suite)
        founder.create(b"a group of the reviewer")
        founder.commit(AddMember(key_package), form="public" if "public" in founder.sends else "private")

    def enter(self, group_info: bytes, suite: int | None) -> None:
        self.client(suite).external_commit(group_info)

    def join(self, encoded: bytes, welcome: Welcome) -> None:
        wanted = {each.new_member for each in welcome.secrets}
        suite = cipher_suite(welcome.cipher_suite)
        mine = [each for each in self.bundles if key_package_ref(suite, each.key_package) in wanted]
        if not mine:
            raise NotOfferedByPeer
        member = self.client(welcome.cipher_suite)
        member.adopt(mine[0])
        member.join(encoded, self.ratchet_tree)
        self.joined = member

    def process(self, message: bytes) -> None:
        if self.joined is None:
            raise NotOfferedByPeer
        self.joined.process(message)

    def client(self, suite: int | None) -> PeerMember:
        return self.implementation.member(suite or self.implementation.suites[0], identity_of("reviewer"))

    def decoded(self, message: bytes) -> PeerVerdict:
        """What is left to an implementation without a call for a message: to decode it."""
        verdict = self.tried(PeerAnswer.DECODES, "decodes it", lambda: self.client(None).decode(message))
        return verdict or self.verdict(PeerAnswer.NOT_ASKED, reason="it has no call for such a message")

    def tried(self, verdict: PeerAnswer, deed: str, call: Callable[[], None]) -> PeerVerdict | None:
        """The verdict after a call; None if the implementation does not offer it."""
        try:
            call()
        except NotOfferedByPeer:
            return None
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # noqa: BLE001 - packages raise what they like, and a panic in Rust is no Exception
            return self.verdict(PeerAnswer.REFUSES, deed, _words(problem))
        return self.verdict(verdict, deed)

    def verdict(self, verdict: PeerAnswer, deed: str = "", reason: str = "") -> PeerVerdict:
        return PeerVerdict(self.implementation.name, self.version, verdict, deed, reason)


def _body(message: bytes) -> object:
    """The contents of a message; None if our engine cannot decode it: then others may try."""
    try:
        return decode(MLSMessage, message).message
    except MLSError:
        return None


def _suite_of(body: object) -> int | None:
    match body:
        case KeyPackage() | Welcome():
            return body.cipher_suite
        case GroupInfo():
            return body.group_context.cipher_suite
        case _:
            return None


def _words(problem: BaseException) -> str:
    """An error in one line, with its type if it has no words."""
    return " ".join(str(problem).split()) or type(problem).__name__
