"""The secret tree: each key once, and nothing left from which a used one could be derived."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite, cipher_suite
from workbench.mls.errors import (
    GenerationTooFarAhead,
    InvalidMessage,
    KeyAlreadyUsed,
    KeyExpired,
    Misuse,
    MLSError,
)
from workbench.mls.schedule.secret_tree import (
    LAST_GENERATION,
    MessageKey,
    OpenedParentSecrets,
    Ratchet,
    RatchetLimits,
    Ratchets,
    SecretTree,
)
from workbench.mls.wire.code_points import ContentType

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)

APPLICATION, PROPOSAL, COMMIT = ContentType.application, ContentType.proposal, ContentType.commit
SUITE = cipher_suite(1)
SECRET = b"encryption secret".ljust(32, b".")


def fresh_tree(leaf_count: int = 8) -> SecretTree:
    return SecretTree(SUITE, leaf_count, SECRET)


def secrets_in(value: object) -> Iterator[bytes]:
    """Every byte string that can be reached from a value."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from secrets_in(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, CipherSuite):
        for field in dataclasses.fields(value):
            yield from secrets_in(getattr(value, field.name))


def all_that_follows_from(suite: CipherSuite, secrets: set[bytes], steps: int) -> set[bytes]:
    """Everything that somebody with these secrets derives, trying every label on every one of them."""
    known, frontier = set(secrets), set(secrets)
    labels = (("tree", b"left"), ("tree", b"right"), ("handshake", b""), ("application", b""))
    for _ in range(steps):
        derived = {
            suite.expand_with_label(secret, label, context, suite.hash_length)
            for secret in frontier
            for label, context in labels
        }
        for generation in range(3):
            for label, length in (("secret", suite.hash_length), ("key", suite.key_length)):
                derived |= {suite.derive_tree_secret(each, label, generation, length) for each in frontier}
        frontier = {each for each in derived - known if len(each) == suite.hash_length}
        known |= derived
    return known


def path_secrets(suite: CipherSuite, leaf: int, leaf_count: int) -> list[bytes]:
    """The secrets from the root to a leaf, as the RFC derives them."""
    secrets, width = [SECRET], leaf_count
    while width > 1:
        width //= 2
        side = b"right" if leaf & width else b"left"
        secrets.append(suite.expand_with_label(secrets[-1], "tree", side, suite.hash_length))
    return secrets


@every_suite
def test_sender_and_receiver_derive_the_same_keys(suite: CipherSuite) -> None:
    sender = receiver = SecretTree(suite, 4, SECRET)
    for _ in range(3):
        for content_type in (APPLICATION, COMMIT):
            sender, sent = sender.next_key(2, content_type)
            receiver, received = receiver.key_for(2, content_type, sent.generation)
            assert received == sent
    assert sender == receiver


@every_suite
def test_keys_and_nonces_have_the_lengths_of_the_aead(suite: CipherSuite) -> None:
    _, key = SecretTree(suite, 1, SECRET).next_key(0, APPLICATION)
    assert (len(key.key), len(key.nonce)) == (suite.key_length, suite.nonce_length)


def test_no_two_leaves_ratchets_or_generations_share_a_key() -> None:
    tree, keys = fresh_tree(), set()
    for leaf in range(8):
        for content_type in (APPLICATION, COMMIT):
            for _ in range(3):
                tree, key = tree.next_key(leaf, content_type)
                keys |= {key.key, key.nonce}
    assert len(keys) == 8 * 2 * 3 * 2


def test_proposals_and_commits_take_their_keys_from_one_ratchet() -> None:
    tree, first = fresh_tree().next_key(0, PROPOSAL)
    tree, second = tree.next_key(0, COMMIT)
    assert (first.generation, second.generation) == (0, 1)


def test_the_secrets_from_the_root_to_the_leaf_are_gone_and_those_beside_stay() -> None:
    tree, _ = fresh_tree().key_for(5, APPLICATION, 0)
    left = set(secrets_in(tree))
    assert left.isdisjoint(path_secrets(SUITE, 5, 8))
    for leaf, depth in ((4, 3), (6, 2), (0, 1)):
        assert path_secrets(SUITE, leaf, 8)[depth] in left
    assert len(left) == 3 + 2  # three siblings, two heads of ratchets


@pytest.mark.no_cover
def test_nothing_that_follows_from_the_tree_is_a_key_that_was_used() -> None:
    fresh = fresh_tree(2)
    _, second = fresh.key_for(1, APPLICATION, 1)
    _, third = fresh.key_for(1, APPLICATION, 2)
    before = all_that_follows_from(SUITE, set(secrets_in(fresh)), steps=5)
    assert {second.key, third.key} <= before
    tree, _ = fresh.key_for(1, APPLICATION, 1)
    after = all_that_follows_from(SUITE, set(secrets_in(tree)), steps=5)
    assert second.key not in after
    assert second.nonce not in after
    assert third.key in after


def test_skipped_keys_wait_for_late_messages_and_are_gone_once_used() -> None:
    tree = fresh_tree()
    _, zero = tree.key_for(3, APPLICATION, 0)
    tree, _ = tree.key_for(3, APPLICATION, 2)
    assert zero.key in set(secrets_in(tree))
    tree, late = tree.key_for(3, APPLICATION, 0)
    assert late == zero
    assert zero.key not in set(secrets_in(tree))
    assert zero.nonce not in set(secrets_in(tree))


def test_a_replay_is_refused_by_name_in_order_and_out_of_order() -> None:
    tree = fresh_tree()
    for generation in (0, 3, 1):
        tree, _ = tree.key_for(6, APPLICATION, generation)
        with pytest.raises(KeyAlreadyUsed, match=f"application key {generation} of leaf 6 .* replay .*§9.2"):
            tree.key_for(6, APPLICATION, generation)
    tree.key_for(6, APPLICATION, 2)
    tree.key_for(6, COMMIT, 0)
    tree.key_for(7, APPLICATION, 0)


def test_as_many_keys_may_be_skipped_as_allowed_and_not_one_more() -> None:
    limits = RatchetLimits(forward=5, behind=2)
    tree, key = fresh_tree().key_for(0, COMMIT, 5, limits)
    assert key.generation == 5
    tree.key_for(0, COMMIT, 11, limits)
    with pytest.raises(GenerationTooFarAhead, match=r"key 12 of leaf 0 is 6 steps ahead: our policy .*forward=5"):
        tree.key_for(0, COMMIT, 12, limits)
    with pytest.raises(GenerationTooFarAhead):
        fresh_tree().key_for(0, COMMIT, LAST_GENERATION)


def test_skipped_keys_expire_once_the_ratchet_has_gone_on() -> None:
    limits = RatchetLimits(forward=10, behind=2)
    tree, _ = fresh_tree().key_for(0, APPLICATION, 3, limits)
    assert [key.generation for key in ratchet_of(tree).skipped] == [2]
    tree.key_for(0, APPLICATION, 2, limits)
    with pytest.raises(KeyExpired, match=r"application key 1 of leaf 0 is 3 steps behind, keys are kept for 2"):
        tree.key_for(0, APPLICATION, 1, limits)
    tree, _ = tree.key_for(0, APPLICATION, 4, limits)
    assert ratchet_of(tree).skipped == ()
    with pytest.raises(KeyExpired):
        tree.key_for(0, APPLICATION, 2, limits)


def ratchet_of(tree: SecretTree) -> Ratchet:
    subtree = tree.root
    while isinstance(subtree, OpenedParentSecrets):
        subtree = subtree.left
    assert isinstance(subtree, Ratchets)
    return subtree.application


def test_never_more_keys_are_kept_than_the_limit() -> None:
    tree, limits = fresh_tree(), RatchetLimits(forward=100, behind=8)
    for generation in (50, 100, 153, 160):
        tree, _ = tree.key_for(0, APPLICATION, generation, limits)
        assert len(ratchet_of(tree).skipped) <= 8


def test_a_leaf_beyond_the_tree_is_refused() -> None:
    with pytest.raises(InvalidMessage, match=r"leaf 8 of a tree with 8 leaves .*§6\.3\.2"):
        fresh_tree().key_for(8, APPLICATION, 0)


def test_a_ratchet_at_its_end_gives_no_key() -> None:
    last = Ratchet(SECRET, LAST_GENERATION)
    tree, key = SecretTree(SUITE, 1, Ratchets(last, last)).next_key(0, APPLICATION)
    assert key.generation == LAST_GENERATION
    with pytest.raises(Misuse, match="leaf 0 has no application key left in this epoch"):
        tree.next_key(0, APPLICATION)


def test_a_refused_key_changes_nothing() -> None:
    tree, _ = fresh_tree().key_for(1, APPLICATION, 4)
    secrets = list(secrets_in(tree))
    for generation in (4, 5000):
        with pytest.raises(MLSError):
            tree.key_for(1, APPLICATION, generation)
    assert list(secrets_in(tree)) == secrets


def test_a_message_copies_the_path_of_its_sender_and_shares_the_rest() -> None:
    tree = fresh_tree(1024)
    for leaf in range(1024):
        tree, _ = tree.next_key(leaf, APPLICATION)
    following, _ = tree.next_key(1023, APPLICATION)
    left, following_left = tree.root, following.root
    while isinstance(left, OpenedParentSecrets) and isinstance(following_left, OpenedParentSecrets):
        assert left.left is following_left.left
        left, following_left = left.right, following_left.right


def test_no_repr_shows_a_secret() -> None:
    tree, key = fresh_tree().key_for(0, APPLICATION, 1)
    shown = f"{tree!r} {tree.root!r} {ratchet_of(tree)!r} {key!r}"
    assert not any(repr(secret)[2:-1] in shown for secret in secrets_in((tree, key.key, key.nonce)))
    assert repr(key) == "MessageKey(generation=1)"


@pytest.mark.no_cover
@given(order=st.permutations(range(12)))
def test_messages_may_arrive_in_any_order(order: list[int]) -> None:
    sender = receiver = fresh_tree(2)
    sent: list[MessageKey] = []
    for _ in range(12):
        sender, key = sender.next_key(1, APPLICATION)
        sent.append(key)
    for generation in order:
        receiver, received = receiver.key_for(1, APPLICATION, generation)
        assert received == sent[generation]
        assert {received.key, received.nonce}.isdisjoint(secrets_in(receiver))
    assert receiver == sender
