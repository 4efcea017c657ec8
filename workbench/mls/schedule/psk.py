"""Pre-shared keys, mixed into one secret for the key schedule (RFC 9420 §8.4)."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidPreSharedKey
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import PreSharedKeyID, PSKLabel


def psk_secret(suite: CipherSuite, psks: Sequence[tuple[PreSharedKeyID, bytes]]) -> bytes:
    """One secret from all keys that a commit names, in its order; all zeros if it names none (RFC 9420 §8.4)."""
    secret = zero = bytes(suite.hash_length)
    for index, (psk_id, psk) in enumerate(psks):
        extracted = suite.extract(zero, psk)
        label = encode(PSKLabel(psk_id, index, len(psks)))
        psk_input = suite.expand_with_label(extracted, "derived psk", label, suite.hash_length)
        secret = suite.extract(psk_input, secret)
    return secret


def check_psk_nonce(suite: CipherSuite, psk_id: PreSharedKeyID) -> None:
    """A nonce must be as long as a hash: it makes each use of the same key another one (RFC 9420 §8.4)."""
    if len(psk_id.psk_nonce) != suite.hash_length:
        reason = f"the psk_nonce has {len(psk_id.psk_nonce)} bytes, not the {suite.hash_length} of the KDF"
        raise InvalidPreSharedKey("§8.4", reason)
