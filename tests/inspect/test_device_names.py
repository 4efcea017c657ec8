"""The identity of a device names a user and a device, and nobody can pass for a device of another user by a name."""

from __future__ import annotations

import pytest

from workbench.inspect.device_names import DeviceName, user_of
from workbench.inspect.names import as_name, as_subject, device_of


@pytest.mark.parametrize(
    ("identity", "user", "device", "words"),
    [
        ("Alice/phone", "Alice", "phone", "Alice's phone"),
        ("Alice", "Alice", "", "Alice"),
        ("Alice/work/phone", "Alice", "work/phone", "Alice's work/phone"),
        ("server/phone", "server", "phone", "“server”'s phone"),
        ("/phone", "/phone", "", "/phone"),
        ("Alice/", "Alice/", "", "Alice/"),
        (" /phone", " /phone", "", "“ /phone”"),
    ],
)
def test_an_identity_is_a_user_and_a_device(identity: str, user: str, device: str, words: str) -> None:
    assert DeviceName.of(identity) == (user, device)
    assert str(DeviceName.of(identity)) == identity
    assert user_of(identity) == user
    assert as_name(identity) == words


@pytest.mark.parametrize("name", ["Alice's phone", "Alice’s phone", "Alice\u02bcS phone", "Alice's\u00a0phone"])
def test_a_user_who_is_called_like_the_device_of_another_user_gets_quotes(name: str) -> None:
    assert as_name(name) == f"“{name}”"
    assert as_name(name) != as_name("Alice/phone")


def test_a_name_with_an_apostrophe_is_a_name() -> None:
    assert as_name("O'Brien") == "O'Brien"


def test_a_device_is_called_by_its_name_or_by_its_user() -> None:
    assert device_of("Bob/tablet") == "Bob's tablet"
    assert device_of("Bob") == "Bob's device"


def test_a_name_in_small_letters_stays_in_small_letters_at_the_head_of_a_sentence() -> None:
    assert as_subject(as_name("alice/phone")) == "alice's phone"
