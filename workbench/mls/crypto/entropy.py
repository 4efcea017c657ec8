"""Randomness as an argument: one seed a call, one label a use.

The protocol draws no random numbers. Each call of the public API is given 32 fresh bytes. Every value that must be
unpredictable is expanded from them under its own label. So the same seed and history give the same bytes, and a leaked
seed is exactly the leak "the device's randomness".
"""

from __future__ import annotations

from workbench.mls.crypto.primitives import HKDF_SHA256
from workbench.mls.errors import Misuse

ENTROPY_LENGTH = 32


def fresh(entropy: bytes, purpose: str, length: int) -> bytes:
    """Random bytes for one purpose. The same `entropy` must serve each purpose only once.

    Secrets of the protocol are drawn with `CipherSuite.fresh`, so that a tracing suite sees them.
    """
    if len(entropy) != ENTROPY_LENGTH:
        raise Misuse("§5.1", f"{ENTROPY_LENGTH} bytes of entropy are needed, not {len(entropy)}")
    return HKDF_SHA256.expand(entropy, b"MLS Workbench " + purpose.encode(), length)
