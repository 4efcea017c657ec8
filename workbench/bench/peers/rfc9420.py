"""The package rfc9420, in Python."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from typing_extensions import override

from workbench.bench.client import Client
from workbench.bench.peers.package import KEY_PACKAGE, Package

PUBLIC, PRIVATE, WELCOME = (bytes.fromhex(f"0001000{number}") for number in (1, 2, 3))
"""The headers of other kinds of MLSMessage: the package takes and returns all of them without header."""

HOUR, MONTH = 3600, 28 * 24 * 3600


class Rfc9420Client(Client):
    """A client of rfc9420. The package leaves keys and key packages to the application; this client makes them."""

    def __init__(self, identity: bytes) -> None:
        import rfc9420  # noqa: PLC0415 - it may be missing
        from rfc9420.extensions import extensions  # noqa: PLC0415 - as above
        from rfc9420.messages import data_structures, key_packages, messages  # noqa: PLC0415 - as above

        self._identity = identity
        self._data, self._keys, self._messages = data_structures, key_packages, messages
        self._capabilities = extensions.build_capabilities_data([1], [], include_grease=False)
        self._groups: Any = rfc9420.ProtocolMLSGroup
        self._crypto = rfc9420.DefaultCryptoProvider(1)
        self._signature_key = secrets.token_bytes(32)
        self._group: Any = None

    @override
    def key_package(self) -> bytes:
        self._init_key, init_public = self._crypto.generate_key_pair()
        self._leaf_key, leaf_public = self._crypto.generate_key_pair()
        suite, now = self._crypto.active_ciphersuite, int(time.time())
        public = self._crypto.signature_public_from_private(self._signature_key)
        leaf = self._keys.LeafNode(
            encryption_key=leaf_public,
            signature_key=public,
            capabilities=self._capabilities,
            credential=self._data.Credential(self._identity, public),
            lifetime_not_before=now - HOUR,
            lifetime_not_after=now + MONTH,
        )
        key_package = self._keys.KeyPackage(
            cipher_suite=self._data.CipherSuite(suite.kem, suite.kdf, suite.aead, suite_id=1),
            init_key=init_public,
            leaf_node=replace(leaf, signature=self._signed(b"LeafNodeTBS", leaf.tbs_serialize())),
        )
        signature = self._signed(b"KeyPackageTBS", key_package.tbs_serialize())
        self._key_package = replace(key_package, signature=signature)
        return KEY_PACKAGE + self._key_package.serialize()

    @override
    def create(self) -> None:
        self._group = self._groups.create(b"bench", self._key_package, self._crypto)
        self._group._ratchet_tree.get_node(0).private_key = self._leaf_key  # noqa: SLF001 - there is no call for it

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        added = [self._data.AddProposal(each.removeprefix(KEY_PACKAGE)) for each in key_packages]
        made = self._commit(added)
        return _public(made), [WELCOME + each.serialize() for each in made.welcomes]

    @override
    def join(self, welcome: bytes) -> None:
        self._group = self._groups.from_welcome(
            self._data.Welcome.deserialize(welcome.removeprefix(WELCOME)),
            self._init_key,
            self._crypto,
            key_package=self._key_package,
            encryption_private_key=self._leaf_key,
        )

    @override
    def update(self) -> bytes:
        return _public(self._commit([]))

    @override
    def remove(self, leaf: int) -> bytes:
        return _public(self._commit([self._data.RemoveProposal(leaf)]))

    @override
    def process(self, commit: bytes) -> None:
        taken = self._messages.MLSPlaintext.deserialize(commit.removeprefix(PUBLIC))
        self._group.process_commit(taken, taken.auth_content.tbs.framed_content.sender.sender)

    @override
    def protect(self, application_data: bytes) -> bytes:
        made: bytes = self._group.protect(application_data, self._signature_key).serialize()
        return PRIVATE + made

    @override
    def read(self, message: bytes) -> bytes:
        said: bytes
        _, said = self._group.unprotect(self._messages.MLSCiphertext.deserialize(message.removeprefix(PRIVATE)))
        return said

    def _commit(self, proposals: Sequence[Any]) -> Any:
        self._group._pending_proposals += proposals  # noqa: SLF001 - its calls make only those that are sent before
        made = self._group.create_commit(self._signature_key)
        self._group.apply_own_commit(made)
        return made

    def _signed(self, label: bytes, content: bytes) -> Any:
        return self._data.Signature(self._crypto.sign_with_label(self._signature_key, label, content))


def _public(made: Any) -> bytes:
    commit: bytes = made.commit_message.serialize()
    return PUBLIC + commit


class Rfc9420(Package):
    """The package rfc9420, in Python."""

    name: ClassVar[str] = "rfc9420"
    package: ClassVar[str] = "PyPI: rfc9420"
    distribution: ClassVar[str] = "rfc9420"
    module: ClassVar[str] = "rfc9420"
    notes: ClassVar[str] = "Python on the same crypto library as ours"

    @override
    def client(self, identity: bytes) -> Rfc9420Client:
        return Rfc9420Client(identity)
