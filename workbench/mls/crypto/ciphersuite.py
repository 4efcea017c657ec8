"""The cipher suite of a group: every operation that touches a secret (RFC 9420 §5, §8).

All secrets of the protocol pass through the methods of one object, and these methods call each other through `self`. So
a subclass that overrides them sees each use of a secret, and the protocol code has no line for that. The suite itself
holds no secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

from workbench.mls.arguments import checks_arguments
from workbench.mls.crypto.algorithms import ALGORITHMS, Algorithms, algorithms, labeled, sign_content
from workbench.mls.crypto.entropy import fresh
from workbench.mls.crypto.hpke import HPKE
from workbench.mls.crypto.signer import Signer, SigningKey
from workbench.mls.errors import DecryptionFailed, InvalidArgument, Misuse
from workbench.mls.value import value
from workbench.mls.wire.codec import encode
from workbench.mls.wire.labels import EncryptContext, KDFLabel
from workbench.mls.wire.shapes import uint16
from workbench.mls.wire.tree import HPKECiphertext
from workbench.mls.wire.values import described


@value
class HPKEKeyPair:
    """An HPKE private key, which decrypts, and its public key, which encrypts (RFC 9420 §5.1.1)."""

    private_key: bytes = field(repr=False)
    public_key: bytes


@value
class SignatureKeyPair:
    """A private key, which signs, and its public key, which verifies (RFC 9420 §5.1.1)."""

    private_key: bytes = field(repr=False)
    public_key: bytes


@dataclass(frozen=True, eq=False, repr=False)
class CipherSuite:
    """The operations of one suite. Two suites are equal when their numbers are (RFC 9420 §5.1)."""

    algorithms: Algorithms

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CipherSuite) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> int:
        """The registered number (RFC 9420 §17.1)."""
        return self.algorithms.id

    @property
    def name(self) -> str:
        """The registered name (RFC 9420 §17.1)."""
        return self.algorithms.name

    @property
    def hash_length(self) -> int:
        """The bytes of a secret: `KDF.Nh` (RFC 9420 §8)."""
        return self.algorithms.kdf.hash_length

    @property
    def key_length(self) -> int:
        """The bytes of an AEAD key: `AEAD.Nk` (RFC 9420 §9.1)."""
        return self.algorithms.aead.key_length

    @property
    def nonce_length(self) -> int:
        """The bytes of an AEAD nonce: `AEAD.Nn` (RFC 9420 §9.1)."""
        return self.algorithms.aead.nonce_length

    # §5.2: hashes

    def hash(self, data: bytes) -> bytes:
        """The hash of the suite (RFC 9420 §5.1)."""
        return self.algorithms.hash(data)

    def ref_hash(self, label: str, value: bytes) -> bytes:
        """The reference of an object: its hash under a label (RFC 9420 §5.2)."""
        return self.algorithms.ref_hash(label, value)

    # Randomness is an argument

    def fresh(self, entropy: bytes, purpose: str) -> bytes:
        """A new secret of `hash_length` bytes, expanded for one purpose from 32 random bytes (RFC 9420 §5.1)."""
        return fresh(entropy, purpose, self.hash_length)

    # §8: the KDF

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        """A secret that depends on both inputs: `KDF.Extract` (RFC 9420 §8)."""
        return self.algorithms.kdf.extract(salt, ikm)

    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        """Bytes derived from `secret` for one purpose in one context: `ExpandWithLabel` (RFC 9420 §8)."""
        if not 0 <= length < 1 << 16:
            raise Misuse("§8", f"the length of a derived secret must fit in uint16, and {length} does not")
        return self.expand(secret, encode(KDFLabel(length, labeled(label), context)), length)

    def expand(self, secret: bytes, info: bytes, length: int) -> bytes:
        """As many bytes as asked for, bound to `info`: `KDF.Expand` (RFC 9420 §8)."""
        return self.algorithms.kdf.expand(secret, info, length)

    def derive_secret(self, secret: bytes, label: str) -> bytes:
        """A secret for one purpose (RFC 9420 §8)."""
        return self.expand_with_label(secret, label, b"", self.hash_length)

    def derive_tree_secret(self, secret: bytes, label: str, generation: int, length: int) -> bytes:
        """Bytes for one purpose at one place of a ratchet (RFC 9420 §9.1)."""
        return self.expand_with_label(secret, label, generation.to_bytes(4, "big"), length)

    def mac(self, key: bytes, data: bytes) -> bytes:
        """HMAC with the suite's hash (RFC 9420 §17.1)."""
        return hmac.digest(key, data, self.algorithms.hash_name)

    def verify_mac(self, key: bytes, data: bytes, tag: bytes) -> bool:
        """Whether `tag` is the MAC of `data`, compared in constant time (RFC 9420 §6.1, §6.2)."""
        return hmac.compare_digest(self.mac(key, data), tag)

    # §5.1: the AEAD

    def seal(self, key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
        """The ciphertext, its tag at the end (RFC 9420 §5.1)."""
        return self.algorithms.aead.seal(key, nonce, aad, plaintext)

    def open(self, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
        """The plaintext; raises `DecryptionFailed` (RFC 9420 §5.1)."""
        return self.algorithms.aead.open(key, nonce, aad, ciphertext)

    # §5.1.2: signatures

    def signature_key_pair(self, seed: bytes) -> SignatureKeyPair:
        """A signature key pair from secret random bytes; the RFC leaves the derivation open (RFC 9420 §5.1.1)."""
        if not isinstance(seed, bytes):
            raise InvalidArgument("seed", f"must be bytes, not {described(seed)}")
        curve = self.algorithms.signature
        private_key = curve.first_private_key(
            self.expand(seed, b"MLS Workbench signature key" + bytes([counter]), curve.private_key_length)
            for counter in range(256)
        )
        return SignatureKeyPair(private_key, curve.public_key(private_key))

    def signature_public_key(self, private_key: SigningKey) -> bytes:
        """The public key of a signature private key, or of the signer that holds it (RFC 9420 §5.1.1)."""
        if isinstance(private_key, Signer):
            return private_key.public_key
        return self.algorithms.signature.public_key(private_key)

    def sign_with_label(self, private_key: SigningKey, label: str, content: bytes) -> bytes:
        """A signature of `content` for the purpose `label`, by a key in bytes the same each time (RFC 9420 §5.1.2)."""
        if isinstance(private_key, Signer):
            return private_key.sign(label, content)
        return self.algorithms.signature.sign(private_key, sign_content(label, content))

    def verify_with_label(self, public_key: bytes, label: str, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the key has signed `content` for the purpose `label` (RFC 9420 §5.1.2).

        Raises `InvalidKey` when `public_key` is not a signature key of the suite.
        """
        return self.algorithms.verify_with_label(public_key, label, content, signature)

    # §5.1.3: public key encryption

    def derive_key_pair(self, ikm: bytes) -> HPKEKeyPair:
        """The HPKE key pair derived from secret bytes: `KEM.DeriveKeyPair` (RFC 9420 §5.1)."""
        private_key = self.hpke.derive_private_key(ikm)
        return HPKEKeyPair(private_key, self.hpke_public_key(private_key))

    def hpke_public_key(self, private_key: bytes) -> bytes:
        """The public key of an HPKE private key (RFC 9420 §5.1.1)."""
        return self.algorithms.kem.curve.public_key(private_key)

    def check_encryption_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not an HPKE key of the suite (RFC 9420 §5.1.1, §10)."""
        self.algorithms.check_encryption_key(public_key)

    def check_signature_key(self, public_key: bytes) -> None:
        """Raise `InvalidKey` for bytes that are not a signature key of the suite (RFC 9420 §5.1.1)."""
        self.algorithms.check_signature_key(public_key)

    def canonical_encryption_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of an HPKE key. Keys are compared in this form only (RFC 9420 §7.3)."""
        return self.algorithms.canonical_encryption_key(public_key)

    def canonical_signature_key(self, public_key: bytes) -> bytes:
        """The canonical encoding of a signature key. Keys are compared in this form only (RFC 9420 §7.3)."""
        return self.algorithms.canonical_signature_key(public_key)

    def encrypt_with_label(
        self, public_key: bytes, label: str, context: bytes, plaintext: bytes, *, entropy: bytes
    ) -> HPKECiphertext:
        """A ciphertext for one reader, bound to a purpose and a context (RFC 9420 §5.1.3).

        `entropy` is fresh and used for this ciphertext only. Raises `InvalidKey` when `public_key` is not an HPKE key
        of the suite.
        """
        info = _encrypt_context(label, context)
        return HPKECiphertext(*self.hpke.seal(public_key, info, b"", plaintext, entropy))

    def decrypt_with_label(self, private_key: bytes, label: str, context: bytes, ciphertext: HPKECiphertext) -> bytes:
        """The plaintext that was encrypted to us for this purpose in this context (RFC 9420 §5.1.3).

        Raises `DecryptionFailed`, or `InvalidKey` when `kem_output` is not an HPKE key of the suite.
        """
        info = _encrypt_context(label, context)
        try:
            return self.hpke.open(ciphertext.kem_output, private_key, info, b"", ciphertext.ciphertext)
        except DecryptionFailed:
            reason = f"the ciphertext was not encrypted to this key as {label!r} in this context"
            raise DecryptionFailed("§5.1.3", reason) from None

    def export_to(self, public_key: bytes, label: str, length: int, *, entropy: bytes) -> tuple[bytes, bytes]:
        """A KEM output, and the secret that the holder of the private key derives from it (RFC 9420 §8.3)."""
        return self.hpke.send_export(public_key, b"", labeled(label), length, entropy)

    def export_from(self, private_key: bytes, kem_output: bytes, label: str, length: int) -> bytes:
        """The secret that the sender of `kem_output` shares with us (RFC 9420 §8.3)."""
        return self.hpke.receive_export(kem_output, private_key, b"", labeled(label), length)

    @cached_property
    def hpke(self) -> HPKE:
        """HPKE with the suite's algorithms (RFC 9420 §5.1)."""
        return HPKE(self.algorithms.kem, self.algorithms.kdf, self.algorithms.aead)


@lru_cache(maxsize=1)
def _encrypt_context(label: str, context: bytes) -> bytes:
    """The label and context to which a ciphertext is bound (RFC 9420 §5.1.3). A path uses the same one many times."""
    return encode(EncryptContext(labeled(label), context))


CIPHER_SUITES: Mapping[int, CipherSuite] = MappingProxyType(
    {number: CipherSuite(row) for number, row in ALGORITHMS.items()}
)


@checks_arguments
def cipher_suite(number: uint16) -> CipherSuite:
    """The suite with a registered number. Raises `Unsupported` for any other number (RFC 9420 §17.1)."""
    return CIPHER_SUITES[algorithms(number).id]
