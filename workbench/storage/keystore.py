"""The keystore of a device: it signs and seals, and no key comes out of it.

    keystore.signer(suite)              the device's signature key for a cipher suite, as a `Signer` (RFC 9420 §5.1.2)
    keystore.seal(purpose, plaintext)   bytes that only this keystore opens, and for this purpose only
    keystore.open(purpose, sealed)      the plaintext, or `WrongSeal`

That is all of the interface. A keystore in hardware can offer the same; `SoftwareKeystore` derives its keys from one
root secret, which a vault keeps (`vaults.py`). It shows what the interface promises, and not more: its keys are in the
memory of the process, where Python cannot erase them.
"""

from __future__ import annotations

import hmac
import os
from typing import NoReturn, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.mls import CipherSuite, Signer
from workbench.storage.errors import WrongSeal

ROOT_LENGTH = 32
NONCE_LENGTH = 12


class Keystore(Protocol):
    """Where a device's long-term keys are."""

    def signer(self, suite: CipherSuite) -> Signer:
        """What signs with the device's key for a cipher suite; the same key each time."""

    def seal(self, purpose: str, plaintext: bytes) -> bytes:
        """Encrypt and authenticate bytes for a purpose."""

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The plaintext; raises `WrongSeal` for what was not sealed here for this purpose."""


class SoftwareKeystore:
    """A `Keystore` whose keys all follow from one root secret of 32 bytes."""

    def __init__(self, root: bytes) -> None:
        if len(root) != ROOT_LENGTH:
            raise ValueError(f"the root secret of a keystore has {ROOT_LENGTH} bytes, not {len(root)}")
        self._root = root

    def __repr__(self) -> str:
        return "SoftwareKeystore()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keystore is not copied or pickled: its keys stay where they are")

    def signer(self, suite: CipherSuite) -> Signer:
        """What signs with the device's key for a cipher suite; the same key each time."""
        keys = suite.signature_key_pair(self._derived(f"signature key {suite.id}"))

        def sign(label: str, content: bytes) -> bytes:
            return suite.sign_with_label(keys.private_key, label, content)

        return Signer(keys.public_key, sign)

    def seal(self, purpose: str, plaintext: bytes) -> bytes:
        """Encrypt and authenticate bytes for a purpose: a random nonce, then AES-256-GCM under the purpose's key."""
        nonce = os.urandom(NONCE_LENGTH)
        return nonce + AESGCM(self._derived(f"seal {purpose}")).encrypt(nonce, plaintext, None)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The plaintext; raises `WrongSeal` for what was not sealed here for this purpose."""
        nonce, ciphertext = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
        try:
            return AESGCM(self._derived(f"seal {purpose}")).decrypt(nonce, ciphertext, None)
        except (InvalidTag, ValueError):
            reason = f"the bytes were not sealed by this keystore for {purpose!r}, or were changed"
            raise WrongSeal(reason) from None

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._root, b"MLS Workbench keystore " + purpose.encode(), "sha256")
