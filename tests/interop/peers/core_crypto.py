"""OpenMLS in Wire's version, through the package core-crypto; its worker is core_crypto.mjs."""

from __future__ import annotations

from pathlib import Path

from tests.interop.peers.member import (
    AddMember,
    Change,
    Form,
    Link,
    Member,
    NotOffered,
    RemoveMember,
    Sent,
    bare,
    wrapped,
)
from tests.interop.peers.worker import NodeImplementation, NodeMember


class CoreCryptoMember(NodeMember):
    """A client of core-crypto. It gives the GroupInfo of an epoch only with its own commit that led to it."""

    sends = reads = frozenset({"public"})
    exports_only = ("exporter", b"")

    def key_package(self) -> bytes:
        return wrapped("key_package", self._bytes("key_package"))

    def create(self, group_id: bytes) -> None:
        self._call("create", group_id=group_id)

    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        if ratchet_tree:
            raise NotOffered
        self._call("join", welcome=welcome)

    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        return self._sent("external_commit", group_info=bare("group_info", group_info)).commit

    def commit(self, *changes: Change, form: Form = "public") -> Sent:
        if form not in self.sends:
            raise NotOffered
        match changes:
            case []:
                return self._sent("update")
            case [AddMember(key_package)]:
                return self._sent("add", key_package=bare("key_package", key_package))
            case [RemoveMember(_, identity)]:
                return self._sent("remove", identity=identity.decode())
            case _:
                raise NotOffered

    def process(self, message: bytes) -> bytes | None:
        plaintext = self._call("process", message=message)["plaintext"]
        return None if plaintext is None else bytes.fromhex(plaintext)

    def protect(self, application_data: bytes) -> bytes:
        return self._bytes("protect", data=application_data)

    def group_info(self) -> bytes:
        info = self._bytes("group_info")
        if not info:
            raise NotOffered
        return info

    def export(self, label: str, context: bytes, length: int) -> bytes:
        assert (label, context) == self.exports_only
        return self._bytes("export", length=length)

    def epoch(self) -> int:
        epoch: int = self._call("epoch")["epoch"]
        return epoch

    def _sent(self, operation: str, **fields: object) -> Sent:
        made = self._call(operation, **fields)
        return Sent(bytes.fromhex(made["commit"]), bytes.fromhex(made["welcome"]))


class CoreCrypto(NodeImplementation):
    """The package."""

    name = "OpenMLS (core-crypto)"
    package = "npm: @wireapp/core-crypto"
    engine = "OpenMLS, Wire's version"
    license = "GPL-3.0"
    suites = (1, 2, 3, 5, 7)
    other_suites = "it does not sign with Ed448"
    refuses_other_suites = True
    script = Path(__file__).with_suffix(".mjs")

    def member(self, suite: int, identity: bytes) -> Member:
        return CoreCryptoMember(self.worker, suite, identity)
