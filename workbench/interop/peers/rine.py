"""mls-rs, an implementation in Rust, through the Python package rine-mls."""

from __future__ import annotations

import secrets
from functools import cached_property
from tempfile import TemporaryDirectory, mkdtemp

from typing_extensions import override

from workbench.interop.peers.member import (
    AddMember,
    Change,
    Form,
    Link,
    NotOfferedByPeer,
    PeerCommit,
    PeerMember,
    PythonImplementation,
    RemoveMember,
    is_application,
)


class RineMember(PeerMember):
    """A client of rine-mls. Its identity is its public key, and it puts a tag before its application messages."""

    sends = frozenset({"public"})

    def __init__(self, suite: int, identity: bytes, store: str) -> None:
        super().__init__(suite, identity)
        import rine_mls

        self.errors = (rine_mls.RineMlsError,)
        self._tag = bytes([rine_mls.APP_MESSAGE_TAG])
        self._client = rine_mls.MlsClient(store, secrets.token_bytes(32), suite)
        self.identity = self._client.public_key()
        self._group: rine_mls.MlsGroup

    @override
    def key_package(self) -> bytes:
        return self._client.generate_key_package()

    @override
    def create(self, group_id: bytes) -> None:
        self._group = self._client.create_group(group_id)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        if ratchet_tree:
            raise NotOfferedByPeer
        self._group = self._client.join_from_welcome(welcome)

    @override
    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        if resync:
            own_leaf = self._group.current_member_index()
            self._group = self._client.resync_by_external_commit(group_info, own_leaf)
        else:
            self._group = self._client.join_by_external_commit(group_info)
        made = self._group.last_commit()
        if made is None:
            raise NotOfferedByPeer
        return made.commit

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        if form not in self.sends:
            raise NotOfferedByPeer
        match changes:
            case [AddMember(key_package)]:
                made = self._group.add_member(key_package)
            case [RemoveMember(leaf)]:
                made = self._group.remove_member(leaf)
            case _:
                raise NotOfferedByPeer
        return PeerCommit(made.commit, *made.welcomes)

    @override
    def process(self, message: bytes) -> bytes | None:
        if is_application(message):
            return self._group.decrypt_application_message(self._tag + message).envelope
        self._group.apply_commit(message)
        return None

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._group.encrypt_application_message(application_data).removeprefix(self._tag)

    @override
    def group_info(self) -> bytes:
        return self._group.group_info()

    @override
    def epoch(self) -> int:
        return self._group.epoch()


class RinePackage(PythonImplementation):
    """The package rine-mls as an implementation that can be asked."""

    name = "mls-rs (rine)"
    package = "PyPI: rine-mls"
    module = "rine_mls"
    classes = ("MlsClient", "MlsGroup")
    engine = "mls-rs"
    license = "Apache-2.0"
    suites = (1,)
    other_suites = "it has this one, and one with X-Wing that is not registered"
    refuses_other_suites = True

    @cached_property
    def folder(self) -> TemporaryDirectory[str]:
        """Where its clients store what they know."""
        return TemporaryDirectory()

    @override
    def member(self, suite: int, identity: bytes) -> PeerMember:
        return RineMember(suite, identity, mkdtemp(dir=self.folder.name))

    @override
    def close(self) -> None:
        if "folder" in vars(self):
            self.folder.cleanup()
            del self.folder
