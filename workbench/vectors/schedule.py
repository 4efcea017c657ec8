"""Vectors of the key schedule and the secret tree (RFC 9420 §8, §9)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.framing.private_message import sender_data_key_and_nonce
from workbench.mls.schedule import psk
from workbench.mls.schedule.key_schedule import Epoch, export_secret, external_key_pair, next_epoch
from workbench.mls.schedule.secret_tree import RatchetLimits, SecretTree
from workbench.mls.schedule.transcript import (
    confirmation_tag,
    confirmed_transcript_hash,
    interim_transcript_hash,
)
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import AuthenticatedContent, GroupContext
from workbench.mls.wire.proposals import Commit, ExternalPSK, PreSharedKeyID
from workbench.vectors.case import CaseFailed, VectorCase, expect_equal

KEPT_SECRETS = (
    "init_secret",
    "sender_data_secret",
    "exporter_secret",
    "epoch_authenticator",
    "external_secret",
    "confirmation_key",
    "membership_key",
    "resumption_psk",
)


def key_schedule(case: VectorCase) -> None:
    """Check that the secrets of each epoch follow from the secrets of the epoch before (RFC 9420 §8)."""
    suite = case.suite()
    group_id, init_secret = case.data("group_id"), case.data("initial_init_secret")
    for number, given in enumerate(case.each("epochs")):
        context = encode(
            GroupContext(
                ProtocolVersion.mls10,
                suite.id,
                group_id,
                number,
                given.data("tree_hash"),
                given.data("confirmed_transcript_hash"),
                (),
            )
        )
        expect_equal(given.where("group_context"), context, given.data("group_context"))
        mixed_in = given.optional_data("psk_secret") or bytes(suite.hash_length)
        epoch = next_epoch(suite, init_secret, given.data("commit_secret"), mixed_in, context, leaf_count=1)
        _expect_secrets(suite, epoch, given)
        init_secret = epoch.secrets.init_secret


def _expect_secrets(suite: CipherSuite, epoch: Epoch, given: VectorCase) -> None:
    for name in ("joiner_secret", "welcome_secret"):
        expect_equal(given.where(name), getattr(epoch, name), given.data(name))
    for name in KEPT_SECRETS:
        expect_equal(given.where(name), getattr(epoch.secrets, name), given.data(name))
    expect_equal(given.where("encryption_secret"), epoch.secret_tree.root, given.data("encryption_secret"))
    external_pub = external_key_pair(suite, epoch.secrets.external_secret).public_key
    expect_equal(given.where("external_pub"), external_pub, given.data("external_pub"))
    exporter = given.inside("exporter")
    label, context, length = exporter.text("label"), exporter.data("context"), exporter.number("length")
    exported = export_secret(suite, epoch.secrets.exporter_secret, label, context, length)
    expect_equal(exporter.where("secret"), exported, exporter.data("secret"))


def psk_secret(case: VectorCase) -> None:
    """Check the PSK secret that all pre-shared keys give in their order (RFC 9420 §8.4)."""
    suite = case.suite()
    psks = [
        (PreSharedKeyID(ExternalPSK(given.data("psk_id")), given.data("psk_nonce")), given.data("psk"))
        for given in case.each("psks")
    ]
    expect_equal("psk_secret", psk.psk_secret(suite, psks), case.data("psk_secret"))


def transcript_hashes(case: VectorCase) -> None:
    """Check the transcript hashes after a commit, and its confirmation tag (RFC 9420 §8.2)."""
    suite = case.suite()
    commit = case.decoded(AuthenticatedContent, "authenticated_content")
    tag = commit.auth.confirmation_tag
    if not isinstance(commit.content.content, Commit) or tag is None:
        raise CaseFailed("authenticated_content is not a commit")
    confirmed = confirmed_transcript_hash(
        suite,
        case.data("interim_transcript_hash_before"),
        commit.wire_format,
        commit.content,
        commit.auth.signature,
    )
    expect_equal("confirmed_transcript_hash_after", confirmed, case.data("confirmed_transcript_hash_after"))
    expected = confirmation_tag(suite, case.data("confirmation_key"), confirmed)
    expect_equal("authenticated_content.auth.confirmation_tag", expected, tag)
    interim = interim_transcript_hash(suite, confirmed, tag)
    expect_equal("interim_transcript_hash_after", interim, case.data("interim_transcript_hash_after"))


ANY_GENERATION = RatchetLimits(forward=100_000, behind=0)
"""How many steps of a ratchet a vector may skip; they take about a second."""


def secret_tree(case: VectorCase) -> None:
    """Check the keys of every leaf in the given generations (RFC 9420 §9)."""
    suite = case.suite()
    _sender_data(suite, case.inside("sender_data"))
    rows = [list(row) for row in case.rows("leaves")]
    leaf_count = 1 << max(len(rows) - 1, 0).bit_length()
    tree = SecretTree(suite, leaf_count, case.data("encryption_secret"))
    for leaf, row in enumerate(rows):
        for given in row:
            for name in ("handshake", "application"):
                content_type = ContentType.application if name == "application" else ContentType.commit
                _, key = tree.key_for(leaf, content_type, given.number("generation"), ANY_GENERATION)
                expect_equal(given.where(f"{name}_key"), key.key, given.data(f"{name}_key"))
                expect_equal(given.where(f"{name}_nonce"), key.nonce, given.data(f"{name}_nonce"))


def _sender_data(suite: CipherSuite, given: VectorCase) -> None:
    key, nonce = sender_data_key_and_nonce(suite, given.data("sender_data_secret"), given.data("ciphertext"))
    expect_equal(given.where("key"), key, given.data("key"))
    expect_equal(given.where("nonce"), nonce, given.data("nonce"))
