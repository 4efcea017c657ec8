"""Pre-shared keys, mixed into one secret for the key schedule (RFC 9420 §8.4)."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidPreSharedKey
from workbench.mls.wire.codec import encode
from workbench.mls.wire.proposals import PreSharedKeyID, PSKLabel

MOST_PSKS = (1 << 16) - 1
"""The most keys that the uint16 of a PSKLabel can count (RFC 9420 §8.4)."""


def psk_secret(suite: CipherSuite, psks: Sequence[tuple[PreSharedKeyID, bytes]]) -> bytes:
    """One secret from all keys that a commit names, in its order; all zeros if it names none (RFC 9420 §8.4).

    Raises `InvalidPreSharedKey` for more keys than `PSKLabel` can count.
    """
    if len(psks) > MOST_PSKS:
        raise InvalidPreSharedKey("§8.4", f"{len(psks)} pre-shared keys are named; at most {MOST_PSKS} are allowed")
    secret = zero = bytes(suite.hash_length)
    for index, (psk_id, psk) in enumerate(psks):
        extracted = suite.extract(zero, psk)
        label = encode(PSKLabel(psk_id, index, len(psks)))
        psk_input = suite.expand_with_label(extracted, "derived psk", label, suite.hash_length)
        secret = suite.extract(psk_input, secret)
    return secret


def check_psk_nonce(suite: CipherSuite, psk_id: PreSharedKeyID) -> None:
    """Check that a nonce is as long as a hash. A fresh nonce makes each use of a key different (RFC 9420 §8.4)."""
    if len(psk_id.psk_nonce) != suite.hash_length:
        reason = f"the psk_nonce has {len(psk_id.psk_nonce)} bytes, not the {suite.hash_length} of the KDF"
        raise InvalidPreSharedKey("§8.4", reason)
