"""The engine of the workbench as a timed implementation: its client takes and returns bytes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

import workbench
from workbench.bench.client import Client, Implementation
from workbench.mls import (
    Add,
    ApplicationMessage,
    BasicCredential,
    CipherSuite,
    Credential,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    Remove,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    join,
    new_lifetime,
    process,
    protect,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion

SUITE = cipher_suite(1)
"""MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, which every implementation has."""

GROUP_ID = b"workbench bench!"


def now() -> int:
    """The present time in seconds since 1970; the other implementations read the clock too."""
    return int(time.time())


def entropy() -> bytes:
    """New randomness for one call."""
    return secrets.token_bytes(32)


def new_bundle(identity: bytes, suite: CipherSuite = SUITE) -> KeyPackageBundle:
    """A key package with a new signature key."""
    signature_keys = suite.signature_key_pair(secrets.token_bytes(32))
    return _bundle(identity, signature_keys.private_key, suite)


def new_key_package() -> bytes:
    """A key package of a member that never sends."""
    return encode(MLSMessage(ProtocolVersion.mls10, new_bundle(b"newcomer").key_package))


def join_as_filler(welcome: bytes, bundle: KeyPackageBundle) -> GroupState:
    """The state of a member of our engine that joins by a Welcome of another implementation."""
    return join(welcome, bundle, now=now())


def _bundle(identity: bytes, signature_private_key: bytes, suite: CipherSuite) -> KeyPackageBundle:
    credential = Credential(BasicCredential(identity))
    return create_key_package(suite, credential, signature_private_key, lifetime=new_lifetime(now()), entropy=entropy())


class OurClient(Client):
    """A client of the workbench's engine."""

    state: GroupState

    def __init__(self, identity: bytes, suite: CipherSuite = SUITE) -> None:
        self._identity, self._suite = identity, suite
        self._signature_private_key = suite.signature_key_pair(secrets.token_bytes(32)).private_key

    @override
    def key_package(self) -> bytes:
        self.bundle = _bundle(self._identity, self._signature_private_key, self._suite)
        return encode(MLSMessage(ProtocolVersion.mls10, self.bundle.key_package))

    @override
    def create(self) -> None:
        self.state = create_group(self.bundle, GROUP_ID, entropy=entropy(), now=now(), suite=self._suite)

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        commit, welcome = self._commit([Add(key_package_in(each)) for each in key_packages], path=False)
        return commit, [welcome]

    @override
    def join(self, welcome: bytes) -> None:
        self.state = join(welcome, self.bundle, now=now(), suite=self._suite)

    @override
    def update(self) -> bytes:
        return self._commit([])[0]

    @override
    def remove(self, leaf: int) -> bytes:
        return self._commit([Remove(LeafIndex(leaf))])[0]

    @override
    def process(self, commit: bytes) -> None:
        self.state, _ = process(self.state, commit, now=now())

    @override
    def protect(self, application_data: bytes) -> bytes:
        protected = protect(self.state, application_data, entropy=entropy())
        self.state = protected.next
        return encode(protected.message)

    @override
    def read(self, message: bytes) -> bytes:
        self.state, received = process(self.state, message, now=now())
        if not isinstance(received, ApplicationMessage):
            raise TypeError(f"a {type(received).__name__} is not an application message")
        return received.application_data

    def _commit(self, proposals: Sequence[AnyProposal], *, path: bool = True) -> tuple[bytes, bytes]:
        made = create_commit(self.state, proposals, entropy=entropy(), now=now(), path=path)
        self.state = made.next
        return encode(made.message), encode(made.welcome) if made.welcome else b""


def key_package_in(message: bytes) -> KeyPackage:
    """The key package in a message."""
    body = decode(MLSMessage, message).message
    if not isinstance(body, KeyPackage):
        raise TypeError(f"a {type(body).__name__} is not a KeyPackage")
    return body


class Ours(Implementation):
    """The workbench itself."""

    name: ClassVar[str] = "workbench"
    package: ClassVar[str] = "mls-workbench"
    module: ClassVar[str] = "workbench.mls"

    @override
    def missing(self) -> str | None:
        return None

    @override
    def version(self) -> str:
        return workbench.__version__

    @override
    def client(self, identity: bytes) -> OurClient:
        return OurClient(identity)
