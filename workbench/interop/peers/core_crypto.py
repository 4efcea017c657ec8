"""OpenMLS in Wire's version, through the package core-crypto; its worker is core_crypto.mjs."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from workbench.interop.peers.member import (
    HEADERS,
    AddMember,
    Change,
    Form,
    Link,
    NotOfferedByPeer,
    PeerCommit,
    PeerMember,
    RemoveMember,
    bare,
    wrapped,
)
from workbench.interop.peers.worker import NodeImplementation, NodeMember


class CoreCryptoMember(NodeMember):
    """A client of core-crypto. It gives the GroupInfo of an epoch only with its own commit that led to it."""

    sends = reads = frozenset({"public"})
    exports_only = ("exporter", b"")

    @override
    def decode(self, message: bytes) -> None:
        kind = next(kind for kind, header in HEADERS.items() if message.startswith(header))
        if kind not in {"key_package", "welcome", "group_info"}:
            raise NotOfferedByPeer
        self._call("decode", kind=kind, data=message if kind == "welcome" else bare(kind, message))

    @override
    def key_package(self) -> bytes:
        return wrapped("key_package", self._bytes("key_package"))

    @override
    def create(self, group_id: bytes) -> None:
        self._call("create", group_id=group_id)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        if ratchet_tree:
            raise NotOfferedByPeer
        self._call("join", welcome=welcome)

    @override
    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        return self._sent("external_commit", group_info=bare("group_info", group_info)).commit

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        if form not in self.sends:
            raise NotOfferedByPeer
        match changes:
            case []:
                return self._sent("update")
            case [AddMember(key_package)]:
                return self._sent("add", key_package=bare("key_package", key_package))
            case [RemoveMember(_, identity)]:
                return self._sent("remove", identity=identity.decode())
            case _:
                raise NotOfferedByPeer

    @override
    def process(self, message: bytes) -> bytes | None:
        plaintext = self._call("process", message=message)["plaintext"]
        return None if plaintext is None else bytes.fromhex(plaintext)

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._bytes("protect", data=application_data)

    @override
    def group_info(self) -> bytes:
        info = self._bytes("group_info")
        if not info:
            raise NotOfferedByPeer
        return info

    @override
    def export(self, label: str, context: bytes, length: int) -> bytes:
        if (label, context) != self.exports_only:
            raise NotOfferedByPeer
        return self._bytes("export", length=length)

    @override
    def epoch(self) -> int:
        epoch: int = self._call("epoch")["epoch"]
        return epoch

    def _sent(self, operation: str, **fields: object) -> PeerCommit:
        made = self._call(operation, **fields)
        return PeerCommit(bytes.fromhex(made["commit"]), bytes.fromhex(made["welcome"]))


class CoreCryptoPackage(NodeImplementation):
    """The package @wireapp/core-crypto as an implementation that can be asked."""

    name = "OpenMLS (core-crypto)"
    package = "npm: @wireapp/core-crypto"
    engine = "OpenMLS, Wire's version"
    license = "GPL-3.0"
    suites = (1, 2, 3, 5, 7)
    other_suites = "it does not sign with Ed448"
    refuses_other_suites = True
    script = Path(__file__).with_suffix(".mjs")

    @override
    def member(self, suite: int, identity: bytes) -> PeerMember:
        return CoreCryptoMember(self.worker, suite, identity)
