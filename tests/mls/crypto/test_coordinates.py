"""Public keys that no honest party has: points of small order, and numbers beyond the prime."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from workbench.mls.crypto.primitives import ED448, ED25519, X448, X25519, EdwardsCurve, MontgomeryCurve
from workbench.mls.errors import InvalidKey

SMALL_ORDER_ED25519 = tuple(
    bytes.fromhex(encoding)
    for encoding in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)
"""All eight points of small order; three of them are written in more than one way."""

PRIME_25519 = 2**255 - 19
PRIME_448 = 2**448 - 2**224 - 1

BEYOND_THE_PRIME = tuple(
    (number | sign << 255).to_bytes(32, "little") for number in range(PRIME_25519, 2**255) for sign in (0, 1)
)

UNUSABLE_ED448 = tuple(
    (number | sign << 455).to_bytes(57, "little")
    for number in (0, 1, PRIME_448 - 1, PRIME_448, PRIME_448 + 1, PRIME_448 + 2, 2**448 - 1, 2**448 + 2, 2**455 - 1)
    for sign in (0, 1)
)


def fits(public_key: bytes, content: bytes, signature: bytes) -> bool:
    """What the crypto library says without us."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("public_key", SMALL_ORDER_ED25519, ids=bytes.hex)
def test_under_a_point_of_small_order_a_signature_that_nobody_made_would_fit(public_key: bytes) -> None:
    signature = b"\1" + bytes(63)
    contents = [bytes([number]) for number in range(64)]
    assert any(fits(public_key, content, signature) for content in contents)
    for content in contents:
        with pytest.raises(InvalidKey, match="32 bytes are not a usable public key of Ed25519"):
            ED25519.verify(public_key, content, signature)


@pytest.mark.parametrize("public_key", BEYOND_THE_PRIME, ids=bytes.hex)
def test_an_ed25519_key_beyond_the_prime_is_refused(public_key: bytes) -> None:
    with pytest.raises(InvalidKey, match="32 bytes are not a usable public key of Ed25519"):
        ED25519.verify(public_key, b"content", bytes(64))


@pytest.mark.parametrize("public_key", UNUSABLE_ED448, ids=bytes.hex)
def test_an_ed448_key_of_small_order_or_beyond_the_prime_is_refused(public_key: bytes) -> None:
    with pytest.raises(InvalidKey, match="57 bytes are not a usable public key of Ed448"):
        ED448.verify(public_key, b"content", bytes(114))


@pytest.mark.parametrize("curve", [ED25519, ED448], ids=lambda curve: curve.name)
def test_a_key_beside_those_that_are_refused_is_only_found_not_to_fit(curve: EdwardsCurve) -> None:
    length = curve.private_key_length
    for number in (2, 3, curve.coordinate.prime - 2, curve.coordinate.prime - 3):
        assert not curve.verify(number.to_bytes(length, "little"), b"content", bytes(2 * length))


LOW_ORDER_X25519 = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    PRIME_25519 - 1,
    PRIME_25519,
    PRIME_25519 + 1,
)
LOW_ORDER_X448 = (0, 1, PRIME_448 - 1, PRIME_448, PRIME_448 + 1)


def agrees(curve: MontgomeryCurve[Any], public_key: bytes) -> bool:
    """Whether an exchange leads to a secret."""
    try:
        curve.agree(b"\1" * curve.private_key_length, public_key)
    except InvalidKey:
        return False
    return True


@pytest.mark.parametrize(
    ("curve", "number"),
    [
        *((X25519, number | bit << 255) for number in LOW_ORDER_X25519 for bit in (0, 1)),
        *((X448, number) for number in LOW_ORDER_X448),
    ],
    ids=repr,
)
def test_a_point_with_which_no_exchange_leads_to_a_secret_is_refused(curve: MontgomeryCurve[Any], number: int) -> None:
    public_key = number.to_bytes(curve.private_key_length, "little")
    assert not agrees(curve, public_key)
    with pytest.raises(InvalidKey, match=f"bytes are not a usable public key of {curve.name}"):
        curve.check_public_key(public_key)


@pytest.mark.parametrize("curve", [X25519, X448], ids=lambda curve: curve.name)
def test_the_points_beside_those_of_small_order_are_keys(curve: MontgomeryCurve[Any]) -> None:
    prime, length = curve.coordinate.prime, curve.private_key_length
    for small in curve.coordinate.small_order:
        for number in {small - 1, small + 1, small + prime - 1, small + prime + 1}:
            if 0 <= number < 256**length and number % prime not in curve.coordinate.small_order:
                assert agrees(curve, number.to_bytes(length, "little"))
                curve.check_public_key(number.to_bytes(length, "little"))


@pytest.mark.parametrize("curve", [X25519, X448], ids=lambda curve: curve.name)
def test_bytes_of_another_length_are_no_key_to_agree_with(curve: MontgomeryCurve[Any]) -> None:
    for length in (0, curve.private_key_length - 1, curve.private_key_length + 1):
        with pytest.raises(InvalidKey, match=f"{length} bytes are not a usable public key of {curve.name}"):
            curve.check_public_key(b"\5" * length)
