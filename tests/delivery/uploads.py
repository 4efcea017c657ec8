"""What tests upload: messages whose frame is right and whose inside is filler, and real key packages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from workbench.delivery.checks import SENDER_DATA
from workbench.delivery.rows import Claim, DeviceRow, device_id
from workbench.mls import (
    BasicCredential,
    Credential,
    Lifetime,
    MLSMessage,
    Welcome,
    cipher_suite,
    create_key_package,
    encode,
    key_package_ref,
)
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import EncryptedGroupSecrets, PrivateMessage
from workbench.mls.wire.tree import HPKECiphertext, KeyPackage

GROUP = b"group"
NOW = 1_800_000_000
DAY = 86_400
SUITE = cipher_suite(1)


def message(epoch: int, mark: str, kind: ContentType = ContentType.application, group_id: bytes = GROUP) -> bytes:
    """A PrivateMessage; the same `mark` gives the same bytes."""
    ciphertext = hashlib.shake_128(mark.encode()).digest(80)
    sealed = PrivateMessage(group_id, epoch, kind, b"", bytes(SENDER_DATA), ciphertext)
    return encode(MLSMessage(ProtocolVersion.mls10, sealed))


def commit(epoch: int, mark: str = "", group_id: bytes = GROUP) -> bytes:
    """A private commit."""
    return message(epoch, f"commit {epoch} {mark}", ContentType.commit, group_id)


def welcome(*references: bytes) -> bytes:
    """A Welcome for the key packages of these names."""
    secrets = tuple(EncryptedGroupSecrets(reference, HPKECiphertext(b"", b"")) for reference in references)
    return encode(MLSMessage(ProtocolVersion.mls10, Welcome(1, secrets, b"")))


@dataclass(frozen=True)
class Person:
    """A user with one device, by a seed."""

    name: str
    seed: str = ""

    @property
    def private_key(self) -> bytes:
        """The signature key of the device."""
        seed = hashlib.sha256(f"{self.name} {self.seed}".encode()).digest()
        return SUITE.signature_key_pair(seed).private_key

    @property
    def row(self) -> DeviceRow:
        """The device as the service knows it."""
        key = SUITE.signature_public_key(self.private_key)
        return DeviceRow(device_id(1, key), self.name, 1, key, NOW)

    @property
    def claim(self) -> Claim:
        """Who the device says that it is."""
        return Claim(self.name, 1, self.row.signature_key)

    def sign(self, label: str, content: bytes) -> bytes:
        """How it proves that."""
        return SUITE.sign_with_label(self.private_key, label, content)

    def key_package(self, number: int, *, last_resort: bool = False, days: int = 28, now: int = NOW) -> KeyPackage:
        """One of the device's key packages, within its lifetime for so many days from now."""
        entropy = hashlib.sha256(f"{self.name} {self.seed} {number}".encode()).digest()
        made = create_key_package(
            SUITE,
            Credential(BasicCredential(self.name.encode())),
            self.private_key,
            lifetime=Lifetime(now - DAY, now + days * DAY),
            entropy=entropy,
            last_resort=last_resort,
        )
        return made.key_package

    def upload(self, number: int, *, last_resort: bool = False, days: int = 28, now: int = NOW) -> bytes:
        """The same, as it is uploaded."""
        made = self.key_package(number, last_resort=last_resort, days=days, now=now)
        return encode(MLSMessage(ProtocolVersion.mls10, made))

    def reference(self, number: int, *, now: int = NOW) -> bytes:
        """Its name, in a Welcome."""
        return key_package_ref(SUITE, self.key_package(number, now=now))


ALICE, BOB, CAROL, MALLORY = Person("Alice"), Person("Bob"), Person("Carol"), Person("Mallory")
