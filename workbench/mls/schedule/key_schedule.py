"""The key schedule: the secrets of an epoch from those of the one before (RFC 9420 §8).

                 init_secret of the epoch before
                              |
         commit_secret --> Extract
                              |  "joiner", GroupContext
                        joiner_secret                  in the Welcome
                              |
            psk_secret --> Extract --> welcome_secret  the key of a Welcome's GroupInfo
                              |  "epoch", GroupContext
                        epoch_secret --> EpochSecrets, encryption_secret --> SecretTree

A member keeps the `EpochSecrets` and the secret tree. The functions here return no other secret, except for the two
that the sender of a Welcome still needs.
"""

from __future__ import annotations

from dataclasses import field

from workbench.mls.crypto.ciphersuite import CipherSuite, HPKEKeyPair
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.value import value


@value
class EpochSecrets:
    """The secrets of an epoch that a member keeps beside the secret tree (RFC 9420 §8, table 4)."""

    sender_data_secret: bytes = field(repr=False)
    exporter_secret: bytes = field(repr=False)
    external_secret: bytes = field(repr=False)
    confirmation_key: bytes = field(repr=False)
    membership_key: bytes = field(repr=False)
    resumption_psk: bytes = field(repr=False)
    epoch_authenticator: bytes = field(repr=False)
    init_secret: bytes = field(repr=False)


@value
class FirstEpoch:
    """The secrets of a group's first epoch, which no commit began; it has no Welcome (RFC 9420 §11)."""

    secrets: EpochSecrets
    secret_tree: SecretTree


@value
class Epoch:
    """The secrets of an epoch. The first two are for its Welcome, and no state keeps them (RFC 9420 §8)."""

    joiner_secret: bytes = field(repr=False)
    welcome_secret: bytes = field(repr=False)
    secrets: EpochSecrets
    secret_tree: SecretTree


def next_epoch(
    suite: CipherSuite,
    init_secret: bytes,
    commit_secret: bytes,
    psk_secret: bytes,
    group_context: bytes,
    leaf_count: int,
) -> Epoch:
    """The secrets of the next epoch; `group_context` is its encoded GroupContext (RFC 9420 §8)."""
    joined = suite.extract(init_secret, commit_secret)
    joiner_secret = suite.expand_with_label(joined, "joiner", group_context, suite.hash_length)
    return epoch_from_joiner_secret(suite, joiner_secret, psk_secret, group_context, leaf_count)


def epoch_from_joiner_secret(
    suite: CipherSuite, joiner_secret: bytes, psk_secret: bytes, group_context: bytes, leaf_count: int
) -> Epoch:
    """The secrets of an epoch from its joiner secret, which a Welcome carries (RFC 9420 §8)."""
    member_secret = suite.extract(joiner_secret, psk_secret)
    epoch_secret = suite.expand_with_label(member_secret, "epoch", group_context, suite.hash_length)
    epoch = epoch_from_epoch_secret(suite, epoch_secret, leaf_count)
    return Epoch(joiner_secret, suite.derive_secret(member_secret, "welcome"), epoch.secrets, epoch.secret_tree)


def epoch_from_epoch_secret(suite: CipherSuite, epoch_secret: bytes, leaf_count: int) -> FirstEpoch:
    """The secrets of an epoch from its epoch secret; that of a group's first epoch is random (RFC 9420 §8, §11)."""
    secrets = EpochSecrets(
        sender_data_secret=suite.derive_secret(epoch_secret, "sender data"),
        exporter_secret=suite.derive_secret(epoch_secret, "exporter"),
        external_secret=suite.derive_secret(epoch_secret, "external"),
        confirmation_key=suite.derive_secret(epoch_secret, "confirm"),
        membership_key=suite.derive_secret(epoch_secret, "membership"),
        resumption_psk=suite.derive_secret(epoch_secret, "resumption"),
        epoch_authenticator=suite.derive_secret(epoch_secret, "authentication"),
        init_secret=suite.derive_secret(epoch_secret, "init"),
    )
    encryption_secret = suite.derive_secret(epoch_secret, "encryption")
    return FirstEpoch(secrets, SecretTree(suite, leaf_count, encryption_secret))


def welcome_secret(suite: CipherSuite, joiner_secret: bytes, psk_secret: bytes) -> bytes:
    """The secret that decrypts the GroupInfo of a Welcome (RFC 9420 §8)."""
    return suite.derive_secret(suite.extract(joiner_secret, psk_secret), "welcome")


def welcome_key_and_nonce(suite: CipherSuite, secret: bytes) -> tuple[bytes, bytes]:
    """The key and nonce under which a Welcome's GroupInfo is sealed (RFC 9420 §12.4.3.1)."""
    key = suite.expand_with_label(secret, "key", b"", suite.key_length)
    nonce = suite.expand_with_label(secret, "nonce", b"", suite.nonce_length)
    return key, nonce


def export_secret(suite: CipherSuite, exporter_secret: bytes, label: str, context: bytes, length: int) -> bytes:
    """A secret for the application, the same for all members: `MLS-Exporter` (RFC 9420 §8.5)."""
    derived = suite.derive_secret(exporter_secret, label)
    return suite.expand_with_label(derived, "exported", suite.hash(context), length)


def external_key_pair(suite: CipherSuite, external_secret: bytes) -> HPKEKeyPair:
    """The external key pair of an epoch; all members hold its private key (RFC 9420 §8)."""
    return suite.derive_key_pair(external_secret)


def external_init(suite: CipherSuite, external_pub: bytes, *, entropy: bytes) -> tuple[bytes, bytes]:
    """The `kem_output` of an ExternalInit, and the init secret that members derive from it (RFC 9420 §8.3)."""
    return suite.export_to(external_pub, "external init secret", suite.hash_length, entropy=entropy)


def external_init_secret(suite: CipherSuite, external_secret: bytes, kem_output: bytes) -> bytes:
    """The init secret of an external commit, from its `kem_output` (RFC 9420 §8.3)."""
    private_key = external_key_pair(suite, external_secret).private_key
    return suite.export_from(private_key, kem_output, "external init secret", suite.hash_length)
