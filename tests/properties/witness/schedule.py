"""The key schedule, the PSKs and the secret tree once more (RFC 9420 §8, §8.4, §9)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.properties.witness.algorithms import Suite
from tests.properties.witness.fields import uint

DERIVED = {
    "sender_data_secret": "sender data",
    "exporter_secret": "exporter",
    "external_secret": "external",
    "confirmation_key": "confirm",
    "membership_key": "membership",
    "resumption_psk": "resumption",
    "epoch_authenticator": "authentication",
    "init_secret": "init",
    "encryption_secret": "encryption",
}
"""What is derived from an epoch secret, and with which label (RFC 9420 §8, table 4)."""


def epoch_secrets(
    suite: Suite, init_secret: bytes, commit_secret: bytes, psk_secret: bytes, context: bytes
) -> dict[str, bytes]:
    """All secrets of an epoch, by name."""
    length = suite.hash_length
    joiner = suite.expand_with_label(suite.extract(init_secret, commit_secret), "joiner", context, length)
    member = suite.extract(joiner, psk_secret)
    epoch = suite.expand_with_label(member, "epoch", context, length)
    secrets = {name: suite.derive_secret(epoch, label) for name, label in DERIVED.items()}
    return secrets | {"joiner_secret": joiner, "welcome_secret": suite.derive_secret(member, "welcome")}


def psk_secret(suite: Suite, psks: Sequence[tuple[bytes, bytes]]) -> bytes:
    """From encoded PreSharedKeyIDs and their keys, in the order of the commit."""
    secret = zero = bytes(suite.hash_length)
    for index, (psk_id, psk) in enumerate(psks):
        label = psk_id + uint(index, 2) + uint(len(psks), 2)
        extracted = suite.extract(zero, psk)
        secret = suite.extract(suite.expand_with_label(extracted, "derived psk", label, suite.hash_length), secret)
    return secret


def message_key(
    suite: Suite, encryption_secret: bytes, width: int, leaf: int, ratchet: str, generation: int
) -> tuple[bytes, bytes]:
    """Key and nonce of one message, from the root of the secret tree down; `width` is the number of leaves."""
    length, secret = suite.hash_length, encryption_secret
    while width > 1:
        width //= 2
        secret = suite.expand_with_label(secret, "tree", b"right" if leaf & width else b"left", length)
    secret = suite.expand_with_label(secret, ratchet, b"", length)
    for step in range(generation):
        secret = suite.expand_with_label(secret, "secret", uint(step, 4), length)
    step_context = uint(generation, 4)
    key = suite.expand_with_label(secret, "key", step_context, suite.key_length)
    return key, suite.expand_with_label(secret, "nonce", step_context, 12)
