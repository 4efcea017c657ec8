"""The labelled operations, and what a suite is as a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from workbench.mls.crypto.algorithms import ALGORITHMS, Verifier, algorithms
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite, cipher_suite
from workbench.mls.errors import InvalidKey, Misuse, Unsupported

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)


@dataclass(frozen=True, eq=False, repr=False)
class WatchedSuite(CipherSuite):
    """A suite that writes down each labelled derivation."""

    seen: list[str] = field(default_factory=list)

    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        self.seen.append(label)
        return super().expand_with_label(secret, label, context, length)


def test_the_registered_suites_are_one_to_seven() -> None:
    assert list(CIPHER_SUITES) == list(ALGORITHMS) == [1, 2, 3, 4, 5, 6, 7]
    assert all(CIPHER_SUITES[number].algorithms is ALGORITHMS[number] for number in CIPHER_SUITES)


@pytest.mark.parametrize("number", [0, 8, 0x0A0A, 0xF001])
def test_a_suite_that_is_not_built_is_unsupported_and_not_invalid(number: int) -> None:
    with pytest.raises(Unsupported, match=f"cipher suite {number:#06x} is not built here"):
        cipher_suite(number)
    with pytest.raises(Unsupported, match=f"cipher suite {number:#06x} is not built here"):
        algorithms(number)


@every_suite
def test_the_name_of_a_suite_says_what_it_is_made_of(suite: CipherSuite) -> None:
    made_of = suite.algorithms
    flat = suite.name.replace("DHKEMP", "DHKEMP-").replace("_P", "_P-")
    assert made_of.kem.curve.name in flat
    assert suite.name.endswith(made_of.signature.name.replace("-", ""))
    assert made_of.hash_name.upper() in suite.name
    assert made_of.hash_name == made_of.kdf.hash
    assert f"AES{8 * suite.key_length}GCM" in suite.name or "CHACHA20POLY1305" in suite.name


@every_suite
def test_a_suite_equals_its_watched_twin_and_no_other(suite: CipherSuite) -> None:
    watched = WatchedSuite(suite.algorithms)
    assert suite == watched
    assert hash(suite) == hash(watched)
    assert {other for other in CIPHER_SUITES.values() if other == suite} == {watched}
    assert suite != suite.id


@every_suite
def test_the_repr_of_a_suite_is_its_name_and_that_of_a_key_pair_hides_the_private_key(suite: CipherSuite) -> None:
    assert repr(suite) == ALGORITHMS[suite.id].name
    for keys in (suite.derive_key_pair(b"seed"), suite.signature_key_pair(b"seed")):
        assert repr(keys.public_key) in repr(keys)
        assert "private" not in repr(keys)


def test_a_subclass_sees_every_derivation_that_others_are_made_of() -> None:
    suite = WatchedSuite(ALGORITHMS[1])
    suite.derive_secret(bytes(32), "secret")
    suite.derive_tree_secret(bytes(32), "tree secret", 5, 16)
    assert suite.seen == ["secret", "tree secret"]


@every_suite
def test_derivations_differ_by_secret_label_context_and_length(suite: CipherSuite) -> None:
    length = suite.hash_length
    outputs = {
        suite.expand_with_label(bytes(length), "a", b"c", length),
        suite.expand_with_label(b"\1" * length, "a", b"c", length),
        suite.expand_with_label(bytes(length), "b", b"c", length),
        suite.expand_with_label(bytes(length), "a", b"d", length),
        suite.expand_with_label(bytes(length), "a", b"c", length + 1)[:length],
        suite.expand_with_label(bytes(length), "ac", b"", length),
    }
    assert len(outputs) == 6


@pytest.mark.parametrize("label", ["\ud800", "label \udfff"])
def test_a_label_with_a_lone_surrogate_is_refused(label: str) -> None:
    suite = cipher_suite(1)
    keys = suite.derive_key_pair(bytes(32))
    signing = suite.signature_key_pair(bytes(32))
    uses: list[Callable[[], object]] = [
        lambda: suite.expand_with_label(bytes(32), label, b"", 32),
        lambda: suite.derive_secret(bytes(32), label),
        lambda: suite.sign_with_label(signing.private_key, label, b""),
        lambda: suite.verify_with_label(signing.public_key, label, b"", bytes(64)),
        lambda: suite.encrypt_with_label(keys.public_key, label, b"", b"", entropy=bytes(32)),
    ]
    for use in uses:
        with pytest.raises(Misuse, match="lone surrogate"):
            use()


@pytest.mark.parametrize("length", [-1, 1 << 16])
def test_a_derived_secret_whose_length_is_no_uint16_is_refused(length: int) -> None:
    with pytest.raises(Misuse, match=rf"must fit in uint16, and {length} does not .*§8"):
        cipher_suite(1).expand_with_label(bytes(32), "label", b"", length)


@every_suite
def test_a_mac_is_verified_for_its_key_and_data_alone(suite: CipherSuite) -> None:
    tag = suite.mac(b"key", b"data")
    assert len(tag) == suite.hash_length
    assert suite.verify_mac(b"key", b"data", tag)
    assert not suite.verify_mac(b"another key", b"data", tag)
    assert not suite.verify_mac(b"key", b"other data", tag)
    assert not suite.verify_mac(b"key", b"data", tag[:-1])


@every_suite
def test_a_signature_is_good_for_its_label_alone_and_anybody_can_check_it(suite: CipherSuite) -> None:
    keys = suite.signature_key_pair(b"seed of 32 or more secret bytes..")
    assert suite.signature_public_key(keys.private_key) == keys.public_key
    signature = suite.sign_with_label(keys.private_key, "LeafNodeTBS", b"content")
    verifiers: tuple[Verifier, ...] = (suite, suite.algorithms)
    for verifier in verifiers:
        assert verifier.id == suite.id
        assert verifier.verify_with_label(keys.public_key, "LeafNodeTBS", b"content", signature)
        assert not verifier.verify_with_label(keys.public_key, "KeyPackageTBS", b"content", signature)
        with pytest.raises(InvalidKey):
            verifier.verify_with_label(b"", "LeafNodeTBS", b"content", signature)


@every_suite
def test_signature_key_pairs_differ_by_seed_and_only_by_seed(suite: CipherSuite) -> None:
    assert suite.signature_key_pair(b"one") == suite.signature_key_pair(b"one")
    assert suite.signature_key_pair(b"one") != suite.signature_key_pair(b"two")


@every_suite
def test_references_differ_by_label_and_value_and_not_by_who_computes_them(suite: CipherSuite) -> None:
    assert suite.ref_hash("label", b"value") == suite.algorithms.ref_hash("label", b"value")
    assert len({suite.ref_hash(label, value) for label in ("a", "b") for value in (b"c", b"d")}) == 4


@every_suite
def test_what_is_sealed_is_opened(suite: CipherSuite) -> None:
    key, nonce = bytes(suite.key_length), bytes(suite.nonce_length)
    assert suite.open(key, nonce, b"aad", suite.seal(key, nonce, b"aad", b"plaintext")) == b"plaintext"


@every_suite
def test_the_public_key_of_an_hpke_key_pair_follows_from_its_private_key(suite: CipherSuite) -> None:
    keys = suite.derive_key_pair(b"ikm")
    assert suite.hpke_public_key(keys.private_key) == keys.public_key
