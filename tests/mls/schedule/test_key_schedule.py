"""The key schedule: where secrets come from, and which of them a member keeps."""

from __future__ import annotations

from dataclasses import fields

import pytest

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite, cipher_suite
from workbench.mls.errors import Misuse
from workbench.mls.schedule.key_schedule import (
    Epoch,
    epoch_from_epoch_secret,
    epoch_from_joiner_secret,
    export_secret,
    external_init,
    external_init_secret,
    external_key_pair,
    next_epoch,
    welcome_key_and_nonce,
    welcome_secret,
)

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)


def epoch_of(
    suite: CipherSuite,
    *,
    init: bytes = b"init",
    commit: bytes = b"commit",
    psk: bytes = b"psk",
    context: bytes = b"context",
) -> Epoch:
    return next_epoch(suite, init, commit, psk, context, leaf_count=4)


def kept(epoch: Epoch) -> tuple[bytes, ...]:
    return tuple(getattr(epoch.secrets, field.name) for field in fields(epoch.secrets))


@every_suite
def test_every_input_decides_every_secret_of_the_epoch(suite: CipherSuite) -> None:
    epochs = (
        epoch_of(suite),
        epoch_of(suite, init=b"other"),
        epoch_of(suite, commit=b"other"),
        epoch_of(suite, psk=b"other"),
        epoch_of(suite, context=b"other"),
    )
    secrets = [secret for epoch in epochs for secret in (*kept(epoch), epoch.secret_tree.root)]
    assert len(set(secrets)) == len(epochs) * 9


@every_suite
def test_who_joins_with_the_joiner_secret_gets_the_same_epoch(suite: CipherSuite) -> None:
    epoch = epoch_of(suite)
    assert epoch_from_joiner_secret(suite, epoch.joiner_secret, b"psk", b"context", 4) == epoch
    assert welcome_secret(suite, epoch.joiner_secret, b"psk") == epoch.welcome_secret
    assert epoch_from_joiner_secret(suite, epoch.joiner_secret, b"another psk", b"context", 4) != epoch


@every_suite
def test_the_secrets_of_the_welcome_are_not_among_those_a_member_keeps(suite: CipherSuite) -> None:
    epoch = epoch_of(suite)
    assert {epoch.joiner_secret, epoch.welcome_secret}.isdisjoint(kept(epoch))
    assert epoch.secret_tree.root not in kept(epoch)


@every_suite
def test_the_first_epoch_follows_from_its_epoch_secret_alone(suite: CipherSuite) -> None:
    first = epoch_from_epoch_secret(suite, b"random", leaf_count=1)
    assert first == epoch_from_epoch_secret(suite, b"random", leaf_count=1)
    assert first.secrets != epoch_from_epoch_secret(suite, b"other", leaf_count=1).secrets


@every_suite
def test_no_repr_of_an_epoch_shows_a_secret(suite: CipherSuite) -> None:
    epoch = epoch_of(suite)
    assert repr(epoch) == (f"Epoch(secrets=EpochSecrets(), secret_tree=SecretTree(suite={suite.name}, leaf_count=4))")


@every_suite
def test_the_key_and_nonce_of_a_welcome_have_the_lengths_of_the_aead(suite: CipherSuite) -> None:
    key, nonce = welcome_key_and_nonce(suite, b"welcome secret")
    assert (len(key), len(nonce)) == (suite.key_length, suite.nonce_length)


@every_suite
def test_exported_secrets_differ_by_label_context_and_length(suite: CipherSuite) -> None:
    exported = {
        export_secret(suite, b"exporter secret", label, context, length)[:16]
        for label in ("a", "b")
        for context in (b"c", b"")
        for length in (16, 32)
    }
    assert len(exported) == 8


def test_more_than_the_kdf_gives_cannot_be_exported() -> None:
    with pytest.raises(Misuse, match="between 0 and 8160 bytes, not 8161"):
        export_secret(cipher_suite(1), b"exporter secret", "label", b"", 8161)


@every_suite
def test_an_init_secret_from_outside_reaches_all_who_hold_the_external_secret(suite: CipherSuite) -> None:
    external_pub = external_key_pair(suite, b"external secret").public_key
    kem_output, init_secret = external_init(suite, external_pub, entropy=bytes(32))
    assert external_init_secret(suite, b"external secret", kem_output) == init_secret
    assert external_init_secret(suite, b"that of another epoch", kem_output) != init_secret
    assert len(init_secret) == suite.hash_length
