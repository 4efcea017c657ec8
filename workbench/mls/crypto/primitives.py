"""Curves, AEADs and HKDF: what the cipher suites are made of (RFC 9420 §5.1).

Only this file and `certificates.py` use the crypto library. Keys come in and go out as bytes, so that a state holds
only bytes; the library's object for a private key lives as long as one call. The library's errors become ours here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workbench.mls.crypto.coordinates import OF_ED448, OF_ED25519, OF_X448, OF_X25519, Coordinate
from workbench.mls.errors import DecryptionFailed, InvalidKey, InvalidPrivateKey, Misuse


class _RawKey(Protocol):
    def public_bytes_raw(self) -> bytes: ...


PeerKey = TypeVar("PeerKey", bound=_RawKey)


class _AgreementKey(Protocol[PeerKey]):
    def public_key(self) -> PeerKey: ...
    def exchange(self, peer_public_key: PeerKey) -> bytes: ...


class _SigningKey(Protocol):
    def public_key(self) -> _RawKey: ...
    def sign(self, data: bytes) -> bytes: ...


class _VerifyingKey(Protocol):
    def verify(self, signature: bytes, data: bytes) -> None: ...


@dataclass(frozen=True)
class MontgomeryCurve(Generic[PeerKey]):
    """X25519 and X448: key agreement only (RFC 7748)."""

    name: str
    private_key_length: int
    coordinate: Coordinate
    load_private: Callable[[bytes], _AgreementKey[PeerKey]]
    load_public: Callable[[bytes], PeerKey]

    def public_key(self, private_key: bytes) -> bytes:
        """The public key of a private key."""
        return self._private(private_key).public_key().public_bytes_raw()

    def agree(self, private_key: bytes, peer: bytes) -> tuple[bytes, bytes]:
        """The secret shared with `peer`, and our own public key, which comes with the loaded private key."""
        ours = self._private(private_key)
        return self._shared(ours, peer), ours.public_key().public_bytes_raw()

    def check_public_key(self, public_key: bytes) -> None:
        """Refuse bytes that are not a public key, and a key of small order: its secrets are all zeros (RFC 7748 §6)."""
        if not self.coordinate.is_usable_once_reduced(public_key):
            raise _not_a_key("public", self.name, public_key)

    def canonical_public_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of a key: its unused bit cleared, its number reduced (RFC 7748 §5)."""
        return self.coordinate.canonical(public_key)

    def _shared(self, ours: _AgreementKey[PeerKey], peer: bytes) -> bytes:
        try:
            return ours.exchange(self.load_public(peer))
        except ValueError:  # a wrong length, or a point of small order: the secret would be all zeros
            raise _not_a_key("public", self.name, peer) from None

    def _private(self, private_key: bytes) -> _AgreementKey[PeerKey]:
        try:
            return self.load_private(private_key)
        except ValueError:
            raise InvalidPrivateKey("§5.1.1", _unusable("private", self.name, private_key)) from None


@dataclass(frozen=True)
class EdwardsCurve:
    """Ed25519 and Ed448: signatures only, and deterministic ones (RFC 8032)."""

    name: str
    private_key_length: int
    coordinate: Coordinate
    load_private: Callable[[bytes], _SigningKey]
    load_public: Callable[[bytes], _VerifyingKey]

    def first_private_key(self, candidates: Iterable[bytes]) -> bytes:
        """The first candidate: any bytes of the right length are a private key of these curves."""
        return next(iter(candidates))

    def public_key(self, private_key: bytes) -> bytes:
        """The public key of a private key."""
        return self._private(private_key).public_key().public_bytes_raw()

    def canonical_public_key(self, public_key: bytes) -> bytes:
        """The key as it is: a key has only one encoding, and `verify` refuses others (RFC 8032 §5.1.3, §5.2.3)."""
        return public_key

    def check_verifying_key(self, public_key: bytes) -> None:
        """Refuse bytes that are not a public key, and a key of small order, whose signatures fit many messages."""
        if not self.coordinate.is_usable_as_written(public_key):
            raise _not_a_key("public", self.name, public_key)

    def sign(self, private_key: bytes, content: bytes) -> bytes:
        """The signature: `R || S`."""
        return self._private(private_key).sign(content)

    def verify(self, public_key: bytes, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the private key has signed `content`."""
        self.check_verifying_key(public_key)
        try:
            self.load_public(public_key).verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def _private(self, private_key: bytes) -> _SigningKey:
        try:
            return self.load_private(private_key)
        except ValueError:
            raise InvalidPrivateKey("§5.1.1", _unusable("private", self.name, private_key)) from None


UNCOMPRESSED, COMPRESSED = (b"\4",), (b"\2", b"\3")
"""The first bytes of the two encodings of a point."""


@dataclass(frozen=True)
class NistCurve:
    """P-256, P-384 and P-521: ECDH and ECDSA (FIPS 186-5).

    A private key is the scalar as a big-endian number. A public key is uncompressed (RFC 9180 §7.1.1, RFC 9420 §5.1.1),
    but some clients in the field have compressed signature keys, and these are accepted. Signatures are in DER, with
    nonces as in RFC 6979, so that the same history always gives the same bytes.
    """

    name: str
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm

    @property
    def private_key_length(self) -> int:
        """The number of bytes that hold a scalar."""
        return (self.curve.key_size + 7) // 8

    def first_private_key(self, candidates: Iterable[bytes]) -> bytes:
        """The first candidate that is a scalar of the group, its excess bits cleared (RFC 9180 §7.1.3)."""
        mask = 0xFF >> (8 * self.private_key_length - self.curve.key_size)
        for candidate in candidates:
            masked = bytes([candidate[0] & mask]) + candidate[1:]
            if 0 < int.from_bytes(masked, "big") < self.curve.group_order:
                return masked
        raise InvalidKey("§5.1.1", f"none of the candidates is a {self.name} private key")

    def public_key(self, private_key: bytes) -> bytes:
        """The public key of a private key."""
        return _uncompressed(self._private(private_key).public_key())

    def agree(self, private_key: bytes, peer: bytes) -> tuple[bytes, bytes]:
        """The secret shared with `peer`, and our own public key, which comes with the loaded private key."""
        ours = self._private(private_key)
        return ours.exchange(ec.ECDH(), self._point(peer, UNCOMPRESSED)), _uncompressed(ours.public_key())

    def check_public_key(self, public_key: bytes) -> None:
        """Refuse bytes that are not an uncompressed point of the curve (RFC 9180 §7.1.4)."""
        self._point(public_key, UNCOMPRESSED)

    def canonical_public_key(self, public_key: bytes) -> bytes:
        """The compressed encoding of a point in either encoding; other bytes as they are (RFC 9420 §5.1.1)."""
        if public_key[:1] in UNCOMPRESSED and len(public_key) == 1 + 2 * self.private_key_length:
            return bytes([2 + public_key[-1] % 2]) + public_key[1 : 1 + self.private_key_length]
        return public_key

    def check_verifying_key(self, public_key: bytes) -> None:
        """Refuse bytes that are not a point of the curve in either encoding (RFC 9420 §5.1.1)."""
        self._point(public_key, UNCOMPRESSED + COMPRESSED)

    def sign(self, private_key: bytes, content: bytes) -> bytes:
        """The signature, in DER."""
        return self._private(private_key).sign(content, ec.ECDSA(self.hash, deterministic_signing=True))

    def verify(self, public_key: bytes, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the private key has signed `content`."""
        key = self._point(public_key, UNCOMPRESSED + COMPRESSED)
        try:
            key.verify(signature, content, ec.ECDSA(self.hash))
        except InvalidSignature:
            return False
        return True

    def _private(self, private_key: bytes) -> ec.EllipticCurvePrivateKey:
        scalar = int.from_bytes(private_key, "big")  # any length: some clients leave out the leading zeros
        if not 0 < scalar < self.curve.group_order:
            raise InvalidPrivateKey("§5.1.1", _unusable("private", self.name, private_key))
        return ec.derive_private_key(scalar, self.curve)

    def _point(self, public_key: bytes, encodings: tuple[bytes, ...]) -> ec.EllipticCurvePublicKey:
        if public_key[:1] not in encodings:
            raise _not_a_key("public", self.name, public_key)
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public_key)
        except ValueError:
            raise _not_a_key("public", self.name, public_key) from None


def _not_a_key(kind: str, name: str, key: bytes) -> InvalidKey:
    return InvalidKey("§5.1.1", _unusable(kind, name, key))


def _unusable(kind: str, name: str, key: bytes) -> str:
    return f"these {len(key)} bytes are not a usable {kind} key of {name}"


def _uncompressed(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


AgreementCurve: TypeAlias = MontgomeryCurve[X25519PublicKey] | MontgomeryCurve[X448PublicKey] | NistCurve
SignatureCurve: TypeAlias = EdwardsCurve | NistCurve

X25519 = MontgomeryCurve(
    "X25519", 32, OF_X25519, X25519PrivateKey.from_private_bytes, X25519PublicKey.from_public_bytes
)
X448 = MontgomeryCurve("X448", 56, OF_X448, X448PrivateKey.from_private_bytes, X448PublicKey.from_public_bytes)
ED25519 = EdwardsCurve(
    "Ed25519", 32, OF_ED25519, Ed25519PrivateKey.from_private_bytes, Ed25519PublicKey.from_public_bytes
)
ED448 = EdwardsCurve("Ed448", 57, OF_ED448, Ed448PrivateKey.from_private_bytes, Ed448PublicKey.from_public_bytes)
P256 = NistCurve("P-256", ec.SECP256R1(), hashes.SHA256())
P384 = NistCurve("P-384", ec.SECP384R1(), hashes.SHA384())
P521 = NistCurve("P-521", ec.SECP521R1(), hashes.SHA512())


@dataclass(frozen=True)
class AEAD:
    """Authenticated encryption with associated data (RFC 5116); `id` as in RFC 9180 §7.3."""

    id: int
    load: Callable[[bytes], AESGCM | ChaCha20Poly1305]
    key_length: int
    nonce_length: int = 12

    def seal(self, key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
        """The ciphertext, its tag at the end."""
        return self._loaded(key, nonce).encrypt(nonce, plaintext, aad)

    def open(self, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
        """The plaintext of a ciphertext that was sealed with this key, nonce and associated data."""
        try:
            return self._loaded(key, nonce).decrypt(nonce, ciphertext, aad)
        except InvalidTag:
            reason = "the ciphertext was not sealed with this key, nonce and associated data"
            raise DecryptionFailed("§5.1", reason) from None

    def _loaded(self, key: bytes, nonce: bytes) -> AESGCM | ChaCha20Poly1305:
        """The cipher with a key. The lengths are checked here, because the library accepts those of other AEADs too."""
        if (len(key), len(nonce)) != (self.key_length, self.nonce_length):
            reason = (
                f"the AEAD takes a key of {self.key_length} bytes and a nonce of {self.nonce_length}, "
                f"not of {len(key)} and {len(nonce)}"
            )
            raise InvalidKey("§5.1", reason)
        return self.load(key)


AES_128_GCM = AEAD(1, AESGCM, key_length=16)
AES_256_GCM = AEAD(2, AESGCM, key_length=32)
CHACHA20_POLY1305 = AEAD(3, ChaCha20Poly1305, key_length=32)


@dataclass(frozen=True)
class HKDF:
    """Extract and Expand over HMAC (RFC 5869); `id` as in RFC 9180 §7.2."""

    id: int
    hash: str
    hash_length: int

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        """A uniformly random secret of `hash_length` bytes from input that may not be uniform."""
        return hmac.digest(salt, ikm, self.hash)

    def expand(self, secret: bytes, info: bytes, length: int) -> bytes:
        """`length` bytes, at most 255 times those of the hash, bound to `info`."""
        if not 0 <= length <= 255 * self.hash_length:
            raise Misuse("§5.1", f"HKDF gives between 0 and {255 * self.hash_length} bytes, not {length}")
        block = output = hmac.digest(secret, info + b"\1", self.hash)
        for counter in range(2, -(-length // self.hash_length) + 1):
            block = hmac.digest(secret, block + info + bytes([counter]), self.hash)
            output += block
        return output[:length]


HKDF_SHA256 = HKDF(1, "sha256", 32)
HKDF_SHA384 = HKDF(2, "sha384", 48)
HKDF_SHA512 = HKDF(3, "sha512", 64)
