"""The cipher suites as a table, and the operations that take no secret: hashes, signature checks (RFC 9420 §5, §17.1).

A server that checks public objects needs only this file, and not `ciphersuite.py`: nothing here imports HPKE.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from workbench.mls.crypto.primitives import (
    AEAD,
    AES_128_GCM,
    AES_256_GCM,
    CHACHA20_POLY1305,
    ED448,
    ED25519,
    HKDF,
    HKDF_SHA256,
    HKDF_SHA384,
    HKDF_SHA512,
    P256,
    P384,
    P521,
    X448,
    X25519,
    AgreementCurve,
    SignatureCurve,
)
from workbench.mls.errors import Misuse, Unsupported
from workbench.mls.wire.codec import encode
from workbench.mls.wire.labels import RefHashInput, SignContent


@runtime_checkable
class Verifier(Protocol):
    """The operations with which public objects are checked: `Algorithms` and `CipherSuite` both have them."""

    @property
    def id(self) -> int:
        """The registered number of the suite."""

    def hash(self, data: bytes) -> bytes:
        """The hash of the suite."""

    def ref_hash(self, label: str, value: bytes) -> bytes:
        """The reference of an object: its hash under a label."""

    def verify_with_label(self, public_key: bytes, label: str, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the key has signed `content` for the purpose `label`."""

    def check_encryption_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not an HPKE key of the suite."""

    def check_signature_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not a signature key of the suite."""

    def canonical_encryption_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of an HPKE key: the same for all encodings of one key."""

    def canonical_signature_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of a signature key: the same for all encodings of one key."""


_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
"""The hashes by name. To look one up in the crypto library takes longer than to hash a node of a tree."""


@dataclass(frozen=True)
class KEM:
    """A Diffie-Hellman key encapsulation mechanism of HPKE (RFC 9180 §4.1, §7.1)."""

    id: int
    curve: AgreementCurve
    kdf: HKDF


DHKEM_P256 = KEM(0x0010, P256, HKDF_SHA256)
DHKEM_P384 = KEM(0x0011, P384, HKDF_SHA384)
DHKEM_P521 = KEM(0x0012, P521, HKDF_SHA512)
DHKEM_X25519 = KEM(0x0020, X25519, HKDF_SHA256)
DHKEM_X448 = KEM(0x0021, X448, HKDF_SHA512)


@dataclass(frozen=True)
class Algorithms:
    """One row of the registry: which algorithms a cipher suite is made of (RFC 9420 §17.1)."""

    id: int
    name: str
    kem: KEM
    kdf: HKDF
    aead: AEAD
    hash_name: str
    signature: SignatureCurve

    def hash(self, data: bytes) -> bytes:
        """The hash of the suite (RFC 9420 §5.1)."""
        return _HASHES[self.hash_name](data).digest()

    def ref_hash(self, label: str, value: bytes) -> bytes:
        """The reference of an object: its hash under a label (RFC 9420 §5.2)."""
        return self.hash(encode(RefHashInput(label.encode(), value)))

    def verify_with_label(self, public_key: bytes, label: str, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the key has signed `content` for the purpose `label` (RFC 9420 §5.1.2).

        Raises `InvalidKey` when `public_key` is not a signature key of the suite.
        """
        return self.signature.verify(public_key, sign_content(label, content), signature)

    def check_encryption_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not an HPKE key of the suite (RFC 9420 §5.1.1, §10)."""
        self.kem.curve.check_public_key(public_key)

    def check_signature_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not a signature key of the suite (RFC 9420 §5.1.1)."""
        self.signature.check_verifying_key(public_key)

    def canonical_encryption_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of an HPKE key. Keys are compared in this form only (RFC 9420 §7.3)."""
        return self.kem.curve.canonical_public_key(public_key)

    def canonical_signature_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of a signature key. Keys are compared in this form only (RFC 9420 §7.3)."""
        return self.signature.canonical_public_key(public_key)


def sign_content(label: str, content: bytes) -> bytes:
    """What a labelled signature covers (RFC 9420 §5.1.2)."""
    return encode(SignContent(labeled(label), content))


def labeled(label: str) -> bytes:
    """The bytes of a label, with the prefix of all labels of MLS (RFC 9420 §5.1.2, §8).

    Raises `Misuse` for a label that UTF-8 cannot encode.
    """
    try:
        return b"MLS 1.0 " + label.encode()
    except UnicodeEncodeError:
        reason = f"the label {label!r} holds a lone surrogate, which UTF-8 cannot encode"
        raise Misuse("§8", reason) from None


# fmt: off
_ROWS = (
    Algorithms(1, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
               DHKEM_X25519, HKDF_SHA256, AES_128_GCM, "sha256", ED25519),
    Algorithms(2, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
               DHKEM_P256, HKDF_SHA256, AES_128_GCM, "sha256", P256),
    Algorithms(3, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
               DHKEM_X25519, HKDF_SHA256, CHACHA20_POLY1305, "sha256", ED25519),
    Algorithms(4, "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448",
               DHKEM_X448, HKDF_SHA512, AES_256_GCM, "sha512", ED448),
    Algorithms(5, "MLS_256_DHKEMP521_AES256GCM_SHA512_P521",
               DHKEM_P521, HKDF_SHA512, AES_256_GCM, "sha512", P521),
    Algorithms(6, "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448",
               DHKEM_X448, HKDF_SHA512, CHACHA20_POLY1305, "sha512", ED448),
    Algorithms(7, "MLS_256_DHKEMP384_AES256GCM_SHA384_P384",
               DHKEM_P384, HKDF_SHA384, AES_256_GCM, "sha384", P384),
)
# fmt: on

ALGORITHMS: Mapping[int, Algorithms] = MappingProxyType({row.id: row for row in _ROWS})


def algorithms(cipher_suite: int) -> Algorithms:
    """The algorithms of a suite by its registered number; `Unsupported` for others (RFC 9420 §17.1)."""
    if cipher_suite not in ALGORITHMS:
        raise Unsupported("§17.1", f"cipher suite {cipher_suite:#06x} is not built here")
    return ALGORITHMS[cipher_suite]
