"""The cipher suites once more: labelled functions (RFC 9420 §5, §8) and the HPKE that they need (RFC 9180)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x448, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.properties.witness.fields import uint, vector

CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
KEMS = {  # RFC 9180 §7.1: id, hash, Nsk
    "P-256": (0x0010, "sha256", 32),
    "P-384": (0x0011, "sha384", 48),
    "P-521": (0x0012, "sha512", 66),
    "X25519": (0x0020, "sha256", 32),
    "X448": (0x0021, "sha512", 56),
}
KDFS = {"sha256": 1, "sha384": 2, "sha512": 3}
AEADS = {"AES128": (1, 16), "AES256": (2, 32), "ChaCha": (3, 32)}


@dataclass(frozen=True)
class Suite:
    """One row of the registry (RFC 9420 §17.1)."""

    number: int
    curve: str
    aead: str
    hash_name: str
    signature: str

    # RFC 9420 §5, §8

    def hash(self, data: bytes) -> bytes:
        return hashlib.new(self.hash_name, data).digest()

    @property
    def hash_length(self) -> int:
        return hashlib.new(self.hash_name).digest_size

    def ref_hash(self, label: str, value: bytes) -> bytes:
        return self.hash(vector(label.encode()) + vector(value))

    def mac(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, self.hash_name)

    extract = mac

    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        info = uint(length, 2) + vector(b"MLS 1.0 " + label.encode()) + vector(context)
        return _expand(self.hash_name, secret, info, length)

    def derive_secret(self, secret: bytes, label: str) -> bytes:
        return self.expand_with_label(secret, label, b"", self.hash_length)

    def verifies(self, public_key: bytes, label: str, content: bytes, signature: bytes) -> bool:
        signed = vector(b"MLS 1.0 " + label.encode()) + vector(content)
        try:
            if self.signature == "Ed25519":
                ed25519.Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
            elif self.signature == "Ed448":
                ed448.Ed448PublicKey.from_public_bytes(public_key).verify(signature, signed)
            else:
                key = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[self.signature], public_key)
                key.verify(signature, signed, ec.ECDSA(HASHES[self.hash_name]))
        except InvalidSignature:
            return False
        return True

    # The AEAD

    @property
    def key_length(self) -> int:
        return AEADS[self.aead][1]

    def open(self, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes | None:
        """The plaintext, None if the key is another."""
        aead = ChaCha20Poly1305(key) if self.aead == "ChaCha" else AESGCM(key)
        try:
            return aead.decrypt(nonce, ciphertext, aad)
        except InvalidTag:
            return None

    # HPKE: RFC 9180 §4, §5

    def decrypt_with_label(
        self, private_key: bytes, label: str, context: bytes, kem_output: bytes, ciphertext: bytes
    ) -> bytes | None:
        info = vector(b"MLS 1.0 " + label.encode()) + vector(context)
        key, nonce, _ = self._receive(private_key, kem_output, info)
        return self.open(key, nonce, b"", ciphertext)

    def export(self, private_key: bytes, kem_output: bytes, label: str) -> bytes:
        *_, exporter = self._receive(private_key, kem_output, b"")
        context = b"MLS 1.0 " + label.encode()
        return self._labelled_expand(self.hash_name, self._hpke_id, exporter, b"sec", context, self.hash_length)

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """Private and public key (RFC 9180 §7.1.3)."""
        kem_id, hash_name, length = KEMS[self.curve]
        suite_id = b"KEM" + uint(kem_id, 2)
        prk = self._labelled_extract(hash_name, suite_id, b"", b"dkp_prk", ikm)
        if self.curve.startswith("X"):
            private_key = self._labelled_expand(hash_name, suite_id, prk, b"sk", b"", length)
            return private_key, self.public_key(private_key)
        for counter in range(256):
            drawn = self._labelled_expand(hash_name, suite_id, prk, b"candidate", uint(counter, 1), length)
            private_key = bytes([drawn[0] & (0x01 if self.curve == "P-521" else 0xFF)]) + drawn[1:]
            if 0 < int.from_bytes(private_key, "big") < CURVES[self.curve].group_order:
                return private_key, self.public_key(private_key)
        raise AssertionError("no key in 256 draws")

    def public_key(self, private_key: bytes) -> bytes:
        if self.curve == "X25519":
            return x25519.X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
        if self.curve == "X448":
            return x448.X448PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
        key = ec.derive_private_key(int.from_bytes(private_key, "big"), CURVES[self.curve]).public_key()
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def _receive(self, private_key: bytes, kem_output: bytes, info: bytes) -> tuple[bytes, bytes, bytes]:
        """Key, nonce and exporter secret of a receiver in base mode."""
        kem_id, hash_name, _ = KEMS[self.curve]
        kem = b"KEM" + uint(kem_id, 2)
        prk = self._labelled_extract(hash_name, kem, b"", b"eae_prk", self._agreed(private_key, kem_output))
        length = hashlib.new(hash_name).digest_size
        shared = self._labelled_expand(
            hash_name, kem, prk, b"shared_secret", kem_output + self.public_key(private_key), length
        )
        name, suite_id = self.hash_name, self._hpke_id
        context = b"\0" + self._labelled_extract(name, suite_id, b"", b"psk_id_hash", b"")
        context += self._labelled_extract(name, suite_id, b"", b"info_hash", info)
        secret = self._labelled_extract(name, suite_id, shared, b"secret", b"")
        return (
            self._labelled_expand(name, suite_id, secret, b"key", context, self.key_length),
            self._labelled_expand(name, suite_id, secret, b"base_nonce", context, 12),
            self._labelled_expand(name, suite_id, secret, b"exp", context, self.hash_length),
        )

    def _agreed(self, private_key: bytes, public_key: bytes) -> bytes:
        if self.curve == "X25519":
            theirs = x25519.X25519PublicKey.from_public_bytes(public_key)
            return x25519.X25519PrivateKey.from_private_bytes(private_key).exchange(theirs)
        if self.curve == "X448":
            other = x448.X448PublicKey.from_public_bytes(public_key)
            return x448.X448PrivateKey.from_private_bytes(private_key).exchange(other)
        curve = CURVES[self.curve]
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve, public_key)
        return ec.derive_private_key(int.from_bytes(private_key, "big"), curve).exchange(ec.ECDH(), point)

    @property
    def _hpke_id(self) -> bytes:
        return b"HPKE" + uint(KEMS[self.curve][0], 2) + uint(KDFS[self.hash_name], 2) + uint(AEADS[self.aead][0], 2)

    @staticmethod
    def _labelled_extract(hash_name: str, suite_id: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite_id + label + ikm, hash_name)

    @staticmethod
    def _labelled_expand(hash_name: str, suite_id: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
        return _expand(hash_name, prk, uint(length, 2) + b"HPKE-v1" + suite_id + label + info, length)


def _expand(hash_name: str, prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869)."""
    okm = block = b""
    counter = 1
    while len(okm) < length:
        block = hmac.digest(prk, block + info + bytes([counter]), hash_name)
        okm += block
        counter += 1
    return okm[:length]


SUITES = {
    row.number: row
    for row in (
        Suite(1, "X25519", "AES128", "sha256", "Ed25519"),
        Suite(2, "P-256", "AES128", "sha256", "P-256"),
        Suite(3, "X25519", "ChaCha", "sha256", "Ed25519"),
        Suite(4, "X448", "AES256", "sha512", "Ed448"),
        Suite(5, "P-521", "AES256", "sha512", "P-521"),
        Suite(6, "X448", "ChaCha", "sha512", "Ed448"),
        Suite(7, "P-384", "AES256", "sha384", "P-384"),
    )
}
