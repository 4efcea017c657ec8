"""mls-rs, in Rust, through the package agentvault-mls-rs-uniffi."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from typing_extensions import override

from workbench.bench.client import Client, NotOffered
from workbench.bench.peers.package import Package


class MlsRsClient(Client):
    """A client of mls-rs. It can remove only members whose commits it has processed."""

    def __init__(self, identity: bytes) -> None:
        import mls_rs_uniffi as mls  # noqa: PLC0415 - it may be missing

        self._mls = mls
        config = mls.client_config_default()
        config.use_ratchet_tree_extension = True
        keys = mls.generate_signature_keypair(mls.CipherSuite.CURVE25519_AES128)
        self._client = mls.Client(identity, keys, config)
        self._group: Any = None
        self._committers: list[Any] = []

    @override
    def key_package(self) -> bytes:
        made: bytes = self._client.generate_key_package_message().to_bytes()
        return made

    @override
    def create(self) -> None:
        self._group = self._client.create_group(None)

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        made = self._group.add_members([self._mls.Message.from_bytes(each) for each in key_packages])
        return self._applied(made), [made.welcome_message.to_bytes()]

    @override
    def join(self, welcome: bytes) -> None:
        self._group = self._client.join_group(None, self._mls.Message.from_bytes(welcome)).group

    @override
    def update(self) -> bytes:
        return self._applied(self._group.commit())

    @override
    def remove(self, leaf: int) -> bytes:
        """The last two committers before a removal: the removed member, and then the host."""
        if len(self._committers) < 2:  # noqa: PLR2004 - see above
            raise NotOffered
        return self._applied(self._group.remove_members([self._committers[-2]]))

    @override
    def process(self, commit: bytes) -> None:
        received = self._group.process_incoming_message(self._mls.Message.from_bytes(commit))
        self._committers.append(received.committer)

    @override
    def protect(self, application_data: bytes) -> bytes:
        made: bytes = self._group.encrypt_application_message(application_data).to_bytes()
        return made

    @override
    def read(self, message: bytes) -> bytes:
        said: bytes = self._group.process_incoming_message(self._mls.Message.from_bytes(message)).data
        return said

    def _applied(self, made: Any) -> bytes:
        self._group.process_incoming_message(made.commit_message)
        commit: bytes = made.commit_message.to_bytes()
        return commit


class MlsRs(Package):
    """The bindings of mls-rs, which agentvault publishes."""

    name: ClassVar[str] = "mls-rs"
    package: ClassVar[str] = "PyPI: agentvault-mls-rs-uniffi"
    distribution: ClassVar[str] = "agentvault-mls-rs-uniffi"
    module: ClassVar[str] = "mls_rs_uniffi"
    notes: ClassVar[str] = "Rust; works in two threads, which both count as processor time"

    @override
    def client(self, identity: bytes) -> MlsRsClient:
        return MlsRsClient(identity)
