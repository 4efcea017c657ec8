"""mls-rs, in Rust, through the package rine-mls."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cached_property
from tempfile import TemporaryDirectory, mkdtemp
from typing import ClassVar

from typing_extensions import override

from workbench.bench.client import Client
from workbench.bench.peers.package import Package


class RineClient(Client):
    """A client of rine-mls. It cannot commit without proposals, and puts a tag before its application messages."""

    def __init__(self, store: str) -> None:
        import rine_mls  # noqa: PLC0415 - it may be missing

        self._tag = bytes([rine_mls.APP_MESSAGE_TAG])
        self._client = rine_mls.MlsClient(store, secrets.token_bytes(32), rine_mls.CIPHER_SUITE_CLASSICAL)
        self._group: rine_mls.MlsGroup

    @override
    def key_package(self) -> bytes:
        return self._client.generate_key_package()

    @override
    def create(self) -> None:
        self._group = self._client.create_group(b"bench-bench-benc")

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        made = self._group.add_members([*key_packages])
        return made.commit, made.welcomes

    @override
    def join(self, welcome: bytes) -> None:
        self._group = self._client.join_from_welcome(welcome)

    @override
    def remove(self, leaf: int) -> bytes:
        return self._group.remove_member(leaf).commit

    @override
    def process(self, commit: bytes) -> None:
        self._group.apply_commit(commit)

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._group.encrypt_application_message(application_data).removeprefix(self._tag)

    @override
    def read(self, message: bytes) -> bytes:
        return self._group.decrypt_application_message(self._tag + message).envelope


class Rine(Package):
    """The package rine-mls, which is mls-rs with a store on disk."""

    name: ClassVar[str] = "rine-mls"
    package: ClassVar[str] = "PyPI: rine-mls"
    distribution: ClassVar[str] = "rine-mls"
    module: ClassVar[str] = "rine_mls"
    notes: ClassVar[str] = "mls-rs, with a store on disk; adds with a path, and makes a Welcome for each who is added"

    @override
    def client(self, identity: bytes) -> RineClient:
        return RineClient(mkdtemp(dir=self._folder.name))

    @override
    def close(self) -> None:
        if "_folder" in vars(self):
            self._folder.cleanup()
            del self._folder

    @cached_property
    def _folder(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory()
