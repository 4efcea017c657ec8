"""ts-mls, an implementation in TypeScript; its worker is ts_mls.mjs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from workbench.interop.peers.member import (
    AddMember,
    Change,
    ExternalPsk,
    Form,
    Link,
    NotOfferedByPeer,
    PastEpochPsk,
    PeerCommit,
    PeerMember,
    RemoveMember,
    SetExtensions,
    UpdateMember,
    wrapped,
)
from workbench.interop.peers.worker import NodeImplementation, NodeMember
from workbench.mls import KeyPackageBundle, encode


class TsMlsMember(NodeMember):
    """A client of ts-mls."""

    @override
    def decode(self, message: bytes) -> None:
        self._call("decode", message=message)

    @override
    def adopt(self, held: KeyPackageBundle) -> None:
        if not isinstance(held.signature_private_key, bytes):
            raise NotOfferedByPeer
        self._call(
            "adopt",
            key_package=wrapped("key_package", encode(held.key_package)),
            init_key=held.init_private_key,
            encryption_key=held.encryption_private_key,
            signature_key=held.signature_private_key,
        )

    @override
    def key_package(self) -> bytes:
        return self._bytes("key_package")

    @override
    def create(self, group_id: bytes) -> None:
        self._call("create", group_id=group_id)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        self._call("join", welcome=welcome, tree=ratchet_tree, link=link)

    @override
    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        return self._bytes("external_commit", group_info=group_info, resync=resync)

    @override
    def ask_to_be_added(self, group_info: bytes) -> bytes:
        return self._bytes("ask_to_be_added", group_info=group_info)

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        return self._sent("commit", changes=[_described(change) for change in changes], form=form)

    @override
    def propose(self, change: Change, form: Form = "public") -> bytes:
        return self._bytes("propose", change=_described(change), form=form)

    @override
    def process(self, message: bytes) -> bytes | None:
        plaintext = self._call("process", message=message)["plaintext"]
        return None if plaintext is None else bytes.fromhex(plaintext)

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._bytes("protect", data=application_data)

    @override
    def store_psk(self, psk_id: bytes, psk: bytes) -> None:
        self._call("store_psk", psk_id=psk_id, psk=psk)

    @override
    def group_info(self, *, as_it_is: bool = False) -> bytes:
        """The GroupInfo with an external_pub that others can read, or `as_it_is`: as ts-mls writes it."""
        return self._bytes("group_info", as_it_is=as_it_is)

    def external_sender(self) -> bytes:
        """The data of an external_senders extension with this client in it, as ts-mls writes it."""
        return self._bytes("external_sender")

    @override
    def export(self, label: str, context: bytes, length: int) -> bytes:
        return self._bytes("export", label=label, context=context, length=length)

    @override
    def epoch_authenticator(self) -> bytes:
        return self._bytes("epoch_authenticator")

    @override
    def epoch(self) -> int:
        epoch: int = self._call("epoch")["epoch"]
        return epoch

    @override
    def reinit(self, group_id: bytes, form: Form = "public") -> bytes:
        return self._sent("reinit", group_id=group_id).commit

    @override
    def found(self, link: Link, group_id: bytes, key_packages: Sequence[bytes]) -> PeerCommit:
        return self._sent("found", link=link, group_id=group_id, key_packages=[each.hex() for each in key_packages])

    def _sent(self, operation: str, **fields: object) -> PeerCommit:
        made = self._call(operation, **fields)
        return PeerCommit(*(bytes.fromhex(made[part]) for part in ("commit", "welcome", "tree")))


def _described(change: Change) -> dict[str, object]:
    match change:
        case AddMember(key_package):
            return {"type": "add", "key_package": key_package.hex()}
        case RemoveMember(leaf):
            return {"type": "remove", "leaf": leaf}
        case ExternalPsk(psk_id):
            return {"type": "external_psk", "psk_id": psk_id.hex()}
        case PastEpochPsk(epoch):
            return {"type": "past_epoch_psk", "epoch": epoch}
        case SetExtensions(extensions):
            return {"type": "extensions", "extensions": [(kind, data.hex()) for kind, data in extensions]}
        case UpdateMember():
            raise NotOfferedByPeer


class TsMlsPackage(NodeImplementation):
    """The package ts-mls as an implementation that can be asked."""

    name = "ts-mls"
    package = "npm: ts-mls"
    engine = "own TypeScript"
    license = "MIT"
    script = Path(__file__).with_suffix(".mjs")

    @override
    def member(self, suite: int, identity: bytes) -> PeerMember:
        return TsMlsMember(self.worker, suite, identity)
