"""Curves, AEADs and HKDF: what they refuse, and the vectors of their own RFCs."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from workbench.mls.crypto.primitives import (
    AEAD,
    AES_128_GCM,
    AES_256_GCM,
    CHACHA20_POLY1305,
    ED448,
    ED25519,
    HKDF_SHA256,
    P256,
    P384,
    P521,
    X448,
    X25519,
    AgreementCurve,
    MontgomeryCurve,
    NistCurve,
    SignatureCurve,
)
from workbench.mls.errors import DecryptionFailed, InvalidKey, InvalidPrivateKey, Misuse

AGREEMENT: tuple[AgreementCurve, ...] = (X25519, X448, P256, P384, P521)
SIGNATURE: tuple[SignatureCurve, ...] = (ED25519, ED448, P256, P384, P521)
NIST = (P256, P384, P521)

for_agreement = pytest.mark.parametrize("curve", AGREEMENT, ids=lambda curve: curve.name)
for_signatures = pytest.mark.parametrize("curve", SIGNATURE, ids=lambda curve: curve.name)
for_nist = pytest.mark.parametrize("curve", NIST, ids=lambda curve: curve.name)


def some_private_key(curve: AgreementCurve | SignatureCurve, seed: int = 1) -> bytes:
    return bytes(curve.private_key_length - 1) + bytes([seed])


@for_agreement
def test_both_sides_of_an_agreement_get_the_same_secret_and_their_own_public_key(curve: AgreementCurve) -> None:
    alice, bob = some_private_key(curve, 8), some_private_key(curve, 16)
    public_alice, public_bob = curve.public_key(alice), curve.public_key(bob)
    shared, own = curve.agree(alice, public_bob)
    assert curve.agree(bob, public_alice) == (shared, public_bob)
    assert own == public_alice


@for_agreement
def test_a_public_key_of_the_wrong_length_is_refused(curve: AgreementCurve) -> None:
    public_key = curve.public_key(some_private_key(curve))
    with pytest.raises(InvalidKey, match=f"{len(public_key) - 1} bytes are not a usable public key of {curve.name}"):
        curve.agree(some_private_key(curve), public_key[:-1])


@pytest.mark.parametrize("curve", [X25519, X448], ids=lambda curve: curve.name)
def test_a_public_key_that_would_make_the_shared_secret_zero_is_refused(curve: AgreementCurve) -> None:
    with pytest.raises(InvalidKey, match="not a usable public key"):
        curve.agree(some_private_key(curve), bytes(curve.private_key_length))


@for_nist
@pytest.mark.parametrize(("head", "tail"), [(b"", b""), (b"\0", b""), (b"\x05", b"\1"), (b"\x04", b"\1")], ids=repr)
def test_bytes_that_are_no_point_of_the_curve_are_refused(curve: NistCurve, head: bytes, tail: bytes) -> None:
    no_point = head + tail * 2 * curve.private_key_length
    with pytest.raises(InvalidKey, match=f"not a usable public key of {curve.name}"):
        curve.agree(some_private_key(curve), no_point)


@for_nist
def test_a_compressed_point_is_a_signature_key_in_the_field_and_no_key_to_seal_to(curve: NistCurve) -> None:
    private_key = some_private_key(curve, 7)
    public_key, signature = curve.public_key(private_key), curve.sign(private_key, b"content")
    compressed = bytes([2 + public_key[-1] % 2]) + public_key[1 : 1 + curve.private_key_length]
    hybrid = bytes([6 + public_key[-1] % 2]) + public_key[1:]
    curve.check_public_key(public_key)
    assert curve.verify(public_key, b"content", signature)
    assert curve.verify(compressed, b"content", signature)
    assert curve.canonical_public_key(compressed) == curve.canonical_public_key(public_key) == compressed
    for other in (compressed, hybrid):
        with pytest.raises(InvalidKey, match="not a usable public key"):
            curve.check_public_key(other)
    with pytest.raises(InvalidKey, match="not a usable public key"):
        curve.verify(hybrid, b"content", signature)


@pytest.mark.parametrize("curve", [*AGREEMENT, *SIGNATURE], ids=lambda curve: curve.name)
def test_what_is_no_key_of_a_curve_has_no_other_form(curve: AgreementCurve | SignatureCurve) -> None:
    for other in (b"", b"\4", b"\xff" * 31, b"\4" * 65 + b"\xff" * 70):
        assert curve.canonical_public_key(other) == other


@pytest.mark.parametrize("curve", [ED25519, ED448], ids=lambda curve: curve.name)
def test_a_signature_key_is_written_in_one_way(curve: SignatureCurve) -> None:
    public_key = curve.public_key(some_private_key(curve, 12))
    assert curve.canonical_public_key(public_key) == public_key


@pytest.mark.parametrize("curve", [X25519, X448], ids=lambda curve: curve.name)
@pytest.mark.parametrize("number", [2, 3, 9, 18])
def test_a_number_beyond_the_prime_is_the_same_key_as_the_reduced_one(curve: MontgomeryCurve[Any], number: int) -> None:
    assert_one_key(curve, number.to_bytes(curve.private_key_length, "little"), number + curve.coordinate.prime)


def test_the_top_bit_of_an_x25519_key_is_ignored() -> None:
    public_key = X25519.public_key(some_private_key(X25519, 12))
    assert_one_key(X25519, public_key, int.from_bytes(public_key, "little") | 1 << 255)


def assert_one_key(curve: MontgomeryCurve[Any], public_key: bytes, other: int) -> None:
    """Both lead to the same secret and have the same canonical form, which is that of `public_key`."""
    alias, ours = other.to_bytes(len(public_key), "little"), some_private_key(curve, 13)
    assert alias != public_key
    assert curve.agree(ours, alias) == curve.agree(ours, public_key)
    assert curve.canonical_public_key(alias) == curve.canonical_public_key(public_key) == public_key


@for_nist
def test_a_scalar_outside_of_the_group_is_no_private_key(curve: NistCurve) -> None:
    order = curve.curve.group_order.to_bytes(curve.private_key_length, "big")
    for private_key in (b"", bytes(curve.private_key_length), order):
        with pytest.raises(InvalidPrivateKey, match=f"not a usable private key of {curve.name}"):
            curve.public_key(private_key)


@for_nist
def test_a_private_key_without_the_zeros_in_front_is_the_same_key(curve: NistCurve) -> None:
    assert curve.public_key(b"\5") == curve.public_key(some_private_key(curve, 5))


@pytest.mark.parametrize("curve", [X25519, X448, ED25519, ED448], ids=lambda curve: curve.name)
def test_a_private_key_of_the_wrong_length_is_refused(curve: AgreementCurve | SignatureCurve) -> None:
    with pytest.raises(InvalidPrivateKey, match=f"not a usable private key of {curve.name}"):
        curve.public_key(bytes(curve.private_key_length + 1))


@for_nist
def test_candidates_outside_of_the_group_are_passed_over(curve: NistCurve) -> None:
    length = curve.private_key_length
    good = some_private_key(curve, 3)
    assert curve.first_private_key([bytes(length), b"\xff" * length, good, some_private_key(curve, 4)]) == good
    with pytest.raises(InvalidKey, match="none of the candidates"):
        curve.first_private_key([bytes(length), b"\xff" * length])


def test_the_bits_beyond_p521_are_cleared_in_a_candidate() -> None:
    assert P521.first_private_key([b"\xfe" + bytes(64) + b"\1"]) == bytes(65) + b"\1"


@for_signatures
def test_a_signature_verifies_for_its_content_and_key_alone(curve: SignatureCurve) -> None:
    private_key = some_private_key(curve, 9)
    public_key, other = curve.public_key(private_key), curve.public_key(some_private_key(curve, 10))
    signature = curve.sign(private_key, b"content")
    assert curve.verify(public_key, b"content", signature)
    assert not curve.verify(public_key, b"contents", signature)
    assert not curve.verify(other, b"content", signature)
    assert not curve.verify(public_key, b"content", b"")


@for_signatures
def test_the_same_content_is_signed_with_the_same_bytes(curve: SignatureCurve) -> None:
    private_key = some_private_key(curve, 11)
    assert curve.sign(private_key, b"content") == curve.sign(private_key, b"content")


@for_signatures
def test_a_signature_is_not_checked_with_bytes_that_are_no_key(curve: SignatureCurve) -> None:
    with pytest.raises(InvalidKey, match=f"1 bytes are not a usable public key of {curve.name}"):
        curve.verify(b"\4", b"content", b"signature")


def test_ecdsa_signs_as_in_rfc_6979() -> None:
    private_key = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
    r, s = decode_dss_signature(P256.sign(private_key, b"sample"))
    assert f"{r:064x}" == "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    assert f"{s:064x}" == "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"


def test_ed25519_signs_as_in_rfc_8032() -> None:
    private_key = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert ED25519.public_key(private_key).hex() == ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert ED25519.sign(private_key, b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_hkdf_derives_as_in_rfc_5869() -> None:
    ikm, salt = b"\x0b" * 22, bytes(range(13))
    prk = HKDF_SHA256.extract(salt, ikm)
    assert prk.hex() == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    okm = HKDF_SHA256.expand(prk, bytes(range(0xF0, 0xFA)), 42)
    assert okm.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"


@pytest.mark.parametrize("length", [-1, 255 * 32 + 1])
def test_hkdf_refuses_lengths_that_it_cannot_give(length: int) -> None:
    with pytest.raises(Misuse, match=f"between 0 and 8160 bytes, not {length}"):
        HKDF_SHA256.expand(bytes(32), b"", length)


def test_hkdf_gives_the_longest_and_the_shortest_output() -> None:
    longest = HKDF_SHA256.expand(bytes(32), b"", 255 * 32)
    assert len(longest) == 255 * 32
    assert HKDF_SHA256.expand(bytes(32), b"", 33) == longest[:33]
    assert HKDF_SHA256.expand(bytes(32), b"", 0) == b""


@pytest.mark.parametrize("aead", [AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305], ids=repr)
def test_a_ciphertext_opens_only_with_its_own_key_nonce_and_associated_data(aead: AEAD) -> None:
    key, nonce = bytes(aead.key_length), bytes(aead.nonce_length)
    sealed = aead.seal(key, nonce, b"aad", b"plaintext")
    assert aead.open(key, nonce, b"aad", sealed) == b"plaintext"
    for wrong in (
        (b"\1" + key[1:], nonce, b"aad", sealed),
        (key, b"\1" + nonce[1:], b"aad", sealed),
        (key, nonce, b"", sealed),
        (key, nonce, b"aad", sealed[:-1]),
        (key, nonce, b"aad", b""),
    ):
        with pytest.raises(DecryptionFailed, match="was not sealed with this key"):
            aead.open(*wrong)


@pytest.mark.parametrize("aead", [AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305], ids=repr)
def test_a_key_or_nonce_of_another_length_is_none_of_the_aead(aead: AEAD) -> None:
    key, nonce = bytes(aead.key_length), bytes(aead.nonce_length)
    sealed = aead.seal(key, nonce, b"", b"plaintext")
    for wrong in ((b"", nonce), (bytes(24), nonce), (key, b""), (key, bytes(16))):
        with pytest.raises(InvalidKey, match="the AEAD takes a key of"):
            aead.seal(*wrong, b"", b"plaintext")
        with pytest.raises(InvalidKey, match="the AEAD takes a key of"):
            aead.open(*wrong, b"", sealed)
