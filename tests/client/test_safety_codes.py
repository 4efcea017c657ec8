"""Safety codes: both ends show the same digits, and a second implementation of the written formula gives them too."""

from __future__ import annotations

import hashlib
import re

from tests.client.devices import GROUP, beside, devices
from workbench.client.safety_codes import device_code, group_code
from workbench.mls import BasicCredential, Certificate, Credential, X509Credential


def digits(data: bytes) -> str:
    """Steps 2 to 4 of docs/safety-codes.md."""
    first = hashlib.new("sha512", data).digest()[:40]
    numbers = [int(first[at : at + 5].hex(), 16) for at in range(0, 40, 5)]
    return " ".join(str(number % 10**5).rjust(5, "0") for number in numbers)


def of_length(data: bytes) -> bytes:
    """`opaque x<V>` for less than 16,384 bytes (RFC 9420 §2.1.2)."""
    size = len(data)
    return (bytes([size]) if size < 64 else bytes([0x40 | size >> 8, size & 0xFF])) + data


def test_a_device_shows_the_code_that_others_compute_from_its_leaf() -> None:
    alice, bob = devices("Alice", "Bob")
    for seen_by in (alice, bob):
        leaf_node = next(
            leaf_node
            for _, leaf_node in seen_by.state(GROUP).tree.leaves()
            if leaf_node.signature_key == bob.signature_key()
        )
        shown = device_code(leaf_node.credential, leaf_node.signature_key)
        assert shown == device_code(bob.credential, bob.signature_key())
        assert re.fullmatch(r"\d{5}( \d{5}){7}", shown)


def test_the_code_of_a_device_follows_the_formula() -> None:
    (alice,) = devices("Alice/phone")
    credential = b"\x00\x01" + of_length(b"Alice/phone")
    data = of_length(b"MLS Workbench device code 1") + credential + of_length(alice.signature_key())
    assert device_code(alice.credential, alice.signature_key()) == digits(data)


def test_the_code_of_a_certificate_follows_the_formula() -> None:
    chain = of_length(of_length(b"a" * 100) + of_length(b"b"))
    data = of_length(b"MLS Workbench device code 1") + b"\x00\x02" + chain + of_length(b"key")
    certificates = (Certificate(b"a" * 100), Certificate(b"b"))
    assert device_code(Credential(X509Credential(certificates)), b"key") == digits(data)


def test_the_code_of_a_group_follows_the_formula_and_is_equal_on_all_devices() -> None:
    alice, bob, carol = devices("Alice", "Bob", "Carol")
    state = bob.state(GROUP)
    authenticator = state.secrets.epoch_authenticator
    label = of_length(b"MLS Workbench group code 1")
    data = label + of_length(GROUP) + (1).to_bytes(8, "big") + of_length(authenticator)
    assert group_code(state) == digits(data)
    assert {group_code(each.state(GROUP)) for each in (alice, bob, carol)} == {digits(data)}


def test_another_name_another_key_and_another_epoch_have_other_codes() -> None:
    alice, bob = devices("Alice", "Bob")
    impostor = beside(alice, "Bob", seed=1)
    codes = {device_code(each.credential, each.signature_key()) for each in (alice, bob, impostor)}
    assert len(codes) == 3
    assert device_code(Credential(BasicCredential(b"Bob/2")), bob.signature_key()) not in codes
    before = group_code(alice.state(GROUP))
    alice.commit(GROUP)
    alice.fetch(GROUP)
    assert group_code(alice.state(GROUP)) != before
    bob.fetch(GROUP)
    assert group_code(alice.state(GROUP)) == group_code(bob.state(GROUP))
