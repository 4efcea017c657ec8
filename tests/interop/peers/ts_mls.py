"""ts-mls, an implementation in TypeScript; its worker is ts_mls.mjs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.interop.peers.member import (
    AddMember,
    Change,
    ExternalPsk,
    Form,
    Link,
    Member,
    NotOffered,
    PastEpochPsk,
    RemoveMember,
    Sent,
    SetExtensions,
    UpdateMember,
)
from tests.interop.peers.worker import NodeImplementation, NodeMember


class TsMlsMember(NodeMember):
    """A client of ts-mls."""

    def key_package(self) -> bytes:
        return self._bytes("key_package")

    def create(self, group_id: bytes) -> None:
        self._call("create", group_id=group_id)

    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        self._call("join", welcome=welcome, tree=ratchet_tree, link=link)

    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        return self._bytes("external_commit", group_info=group_info, resync=resync)

    def ask_to_be_added(self, group_info: bytes) -> bytes:
        return self._bytes("ask_to_be_added", group_info=group_info)

    def commit(self, *changes: Change, form: Form = "public") -> Sent:
        return self._sent("commit", changes=[_described(change) for change in changes], form=form)

    def propose(self, change: Change, form: Form = "public") -> bytes:
        return self._bytes("propose", change=_described(change), form=form)

    def process(self, message: bytes) -> bytes | None:
        plaintext = self._call("process", message=message)["plaintext"]
        return None if plaintext is None else bytes.fromhex(plaintext)

    def protect(self, application_data: bytes) -> bytes:
        return self._bytes("protect", data=application_data)

    def store_psk(self, psk_id: bytes, psk: bytes) -> None:
        self._call("store_psk", psk_id=psk_id, psk=psk)

    def group_info(self, *, as_it_is: bool = False) -> bytes:
        """With an external_pub that others can read, or `as_it_is`."""
        return self._bytes("group_info", as_it_is=as_it_is)

    def external_sender(self) -> bytes:
        """The data of an external_senders extension with this client in it, as ts-mls writes it."""
        return self._bytes("external_sender")

    def export(self, label: str, context: bytes, length: int) -> bytes:
        return self._bytes("export", label=label, context=context, length=length)

    def epoch_authenticator(self) -> bytes:
        return self._bytes("epoch_authenticator")

    def epoch(self) -> int:
        epoch: int = self._call("epoch")["epoch"]
        return epoch

    def reinit(self, group_id: bytes, form: Form = "public") -> bytes:
        return self._sent("reinit", group_id=group_id).commit

    def found(self, link: Link, group_id: bytes, key_packages: Sequence[bytes]) -> Sent:
        return self._sent("found", link=link, group_id=group_id, key_packages=[each.hex() for each in key_packages])

    def _sent(self, operation: str, **fields: object) -> Sent:
        made = self._call(operation, **fields)
        return Sent(*(bytes.fromhex(made[part]) for part in ("commit", "welcome", "tree")))


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
            raise NotOffered


class TsMls(NodeImplementation):
    """The package."""

    name = "ts-mls"
    package = "npm: ts-mls"
    engine = "own TypeScript"
    license = "MIT"
    script = Path(__file__).with_suffix(".mjs")

    def member(self, suite: int, identity: bytes) -> Member:
        return TsMlsMember(self.worker, suite, identity)
