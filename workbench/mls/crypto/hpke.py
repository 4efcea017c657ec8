"""Hybrid public key encryption in base mode, one message per encapsulation (RFC 9180).

MLS uses HPKE in two ways: to seal one plaintext to a public key, and to export a secret that both sides then share. The
caller gives the sender's randomness: the ephemeral key is derived from `ikm`, so `ikm` must be fresh and secret, and
used for one encapsulation only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from workbench.mls.crypto.algorithms import KEM
from workbench.mls.crypto.primitives import AEAD, HKDF, MontgomeryCurve

MODE_BASE = b"\x00"


@dataclass(frozen=True)
class HPKE:
    """One choice of KEM, KDF and AEAD (RFC 9180 §5, §6)."""

    kem: KEM
    kdf: HKDF
    aead: AEAD

    def derive_private_key(self, ikm: bytes) -> bytes:
        """The private key derived from secret bytes (RFC 9180 §7.1.3)."""
        curve, labeled = self.kem.curve, self._kem_kdf
        length = curve.private_key_length
        dkp_prk = labeled.extract(b"", b"dkp_prk", ikm)
        if isinstance(curve, MontgomeryCurve):
            return labeled.expand(dkp_prk, b"sk", b"", length)
        return curve.first_private_key(
            labeled.expand(dkp_prk, b"candidate", bytes([counter]), length) for counter in range(256)
        )

    def seal(self, public_key: bytes, info: bytes, aad: bytes, plaintext: bytes, ikm: bytes) -> tuple[bytes, bytes]:
        """The KEM output and the ciphertext for the holder of one private key (RFC 9180 §6.1)."""
        shared_secret, enc = self._encap(public_key, ikm)
        key, base_nonce = self._key_and_nonce(shared_secret, info)
        return enc, self.aead.seal(key, base_nonce, aad, plaintext)

    def open(self, enc: bytes, private_key: bytes, info: bytes, aad: bytes, ciphertext: bytes) -> bytes:
        """The plaintext that was sealed to our public key (RFC 9180 §6.1)."""
        key, base_nonce = self._key_and_nonce(self._decap(enc, private_key), info)
        return self.aead.open(key, base_nonce, aad, ciphertext)

    def send_export(
        self, public_key: bytes, info: bytes, exporter_context: bytes, length: int, ikm: bytes
    ) -> tuple[bytes, bytes]:
        """The KEM output, and a secret that the receiver can export too (RFC 9180 §6.2)."""
        shared_secret, enc = self._encap(public_key, ikm)
        return enc, self._export(shared_secret, info, exporter_context, length)

    def receive_export(
        self, enc: bytes, private_key: bytes, info: bytes, exporter_context: bytes, length: int
    ) -> bytes:
        """The secret that the sender of `enc` exported (RFC 9180 §6.2)."""
        return self._export(self._decap(enc, private_key), info, exporter_context, length)

    # §4.1: the KEM

    def _encap(self, public_key: bytes, ikm: bytes) -> tuple[bytes, bytes]:
        dh, enc = self.kem.curve.agree(self.derive_private_key(ikm), public_key)
        return self._extract_and_expand(dh, enc + public_key), enc

    def _decap(self, enc: bytes, private_key: bytes) -> bytes:
        dh, public_key = self.kem.curve.agree(private_key, enc)
        return self._extract_and_expand(dh, enc + public_key)

    def _extract_and_expand(self, dh: bytes, kem_context: bytes) -> bytes:
        labeled = self._kem_kdf
        eae_prk = labeled.extract(b"", b"eae_prk", dh)
        return labeled.expand(eae_prk, b"shared_secret", kem_context, self.kem.kdf.hash_length)

    # §5.1: the key schedule, with the empty PSK of the base mode

    def _key_and_nonce(self, shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
        expand = self._schedule(shared_secret, info)
        return expand(b"key", self.aead.key_length), expand(b"base_nonce", self.aead.nonce_length)

    def _export(self, shared_secret: bytes, info: bytes, exporter_context: bytes, length: int) -> bytes:
        exporter_secret = self._schedule(shared_secret, info)(b"exp", self.kdf.hash_length)
        return self._hpke_kdf.expand(exporter_secret, b"sec", exporter_context, length)

    def _schedule(self, shared_secret: bytes, info: bytes) -> Callable[[bytes, int], bytes]:
        labeled = self._hpke_kdf
        context = MODE_BASE + self._psk_id_hash + info_hash(labeled, info)
        secret = labeled.extract(shared_secret, b"secret", b"")
        return lambda label, length: labeled.expand(secret, label, context, length)

    @cached_property
    def _psk_id_hash(self) -> bytes:
        return self._hpke_kdf.extract(b"", b"psk_id_hash", b"")

    @cached_property
    def _kem_kdf(self) -> LabeledKDF:
        return LabeledKDF(self.kem.kdf, b"KEM" + self.kem.id.to_bytes(2, "big"))

    @cached_property
    def _hpke_kdf(self) -> LabeledKDF:
        ids = (self.kem.id, self.kdf.id, self.aead.id)
        return LabeledKDF(self.kdf, b"HPKE" + b"".join(number.to_bytes(2, "big") for number in ids))


@dataclass(frozen=True)
class LabeledKDF:
    """HKDF that binds every use to the suite and to a label (RFC 9180 §4)."""

    kdf: HKDF
    suite_id: bytes

    def extract(self, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        """LabeledExtract."""
        return self.kdf.extract(salt, b"HPKE-v1" + self.suite_id + label + ikm)

    def expand(self, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
        """LabeledExpand."""
        labeled_info = length.to_bytes(2, "big") + b"HPKE-v1" + self.suite_id + label + info
        return self.kdf.expand(secret, labeled_info, length)


@lru_cache(maxsize=1)
def info_hash(labeled: LabeledKDF, info: bytes) -> bytes:
    """The hash of the bytes to which a ciphertext is bound (RFC 9180 §5.1). The last hash is kept.

    Each entry of a Welcome is bound to the whole GroupInfo. To hash it again for each entry would cost the square of
    the group's size.
    """
    return labeled.extract(b"", b"info_hash", info)
