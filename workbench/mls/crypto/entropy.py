"""Randomness as an argument: one seed a call, one label a use.

The protocol draws no random numbers. Each call of the public API is given 32 fresh bytes, and everything
that must be unpredictable in it is expanded from them under a label of its own. So the same seed and history
give the same bytes, and leaking the seed is exactly the leak "the device's randomness".
"""

from __future__ import annotations

from workbench.mls.crypto.primitives import HKDF_SHA256
from workbench.mls.errors import Misuse

ENTROPY_LENGTH = 32


def fresh(entropy: bytes, purpose: str, length: int) -> bytes:
    """Random bytes for one purpose; a purpose must occur only once for the same `entropy`.

    What becomes a secret of the protocol is drawn by `CipherSuite.fresh`, like every other secret.
    """
    if len(entropy) != ENTROPY_LENGTH:
        raise Misuse("§5.1", f"{ENTROPY_LENGTH} bytes of entropy are needed, not {len(entropy)}")
    return HKDF_SHA256.expand(entropy, b"MLS Workbench " + purpose.encode(), length)
