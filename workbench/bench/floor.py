"""The floor of a step: the time of its primitive operations alone, with the crypto library that we use."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from workbench.bench.client import Sample
from workbench.bench.steps import Count, Primitive

FEWEST, MOST = 20, 100
"""How often an operation is repeated for its time; the time of another number is computed in proportion."""


def _operations() -> Mapping[Primitive, Callable[[], object]]:
    """The primitive operations, with arguments of the same lengths as in a group."""
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    node, secret, message = os.urandom(200), os.urandom(32), os.urandom(1024)
    signature_key, opening_key = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    signing, verifying = signature_key.private_bytes_raw(), signature_key.public_key().public_bytes_raw()
    opening, sealing = opening_key.private_bytes_raw(), opening_key.public_key().public_bytes_raw()
    signature = signature_key.sign(node)
    sealed = suite.encrypt(secret, opening_key.public_key(), info=node)
    return {
        "sign": lambda: Ed25519PrivateKey.from_private_bytes(signing).sign(node),
        "verify": lambda: Ed25519PublicKey.from_public_bytes(verifying).verify(signature, node),
        "seal": lambda: suite.encrypt(secret, X25519PublicKey.from_public_bytes(sealing), info=node),
        "open": lambda: suite.decrypt(sealed, X25519PrivateKey.from_private_bytes(opening), info=node),
        "generate": lambda: X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw(),
        "hash": lambda: hashlib.sha256(node).digest(),
        "derive": lambda: hmac.digest(secret, node[:64], "sha256"),
        "aead": lambda: AESGCM(secret[:16]).encrypt(secret[:12], message, None),
    }


class Floor:
    """The operations, ready to be timed."""

    def __init__(self) -> None:
        self._operations = _operations()

    def sample(self, counts: Mapping[Primitive, Count], size: int) -> Sample:
        """The time of the operations of one step in a group of `size` members."""
        wall = cpu = 0.0
        for name, count in counts.items():
            each = self.time(name, min(MOST, max(FEWEST, count.of(size))))
            wall += each.wall * count.of(size)
            cpu += each.cpu * count.of(size)
        return Sample(wall, cpu)

    def time(self, name: Primitive, times: int) -> Sample:
        """The average time of one operation over a number of repetitions."""
        operation = self._operations[name]
        operation()  # earlier code has filled the processor's caches
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            operation()
        return Sample((time.perf_counter() - wall) / times, (time.process_time() - cpu) / times)
