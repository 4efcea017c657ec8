"""Which Welcome, which key package and which group a device takes from the delivery service, and which it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.client.devices import GROUP, beside, devices, epochs, lying, with_last_resort
from tests.mls.group.scenario import with_public
from workbench.client import Device
from workbench.delivery import DeliveryService, Invitation
from workbench.inspect.trace_walk import walk
from workbench.lab.sources import START, entropy_source
from workbench.mls import (
    Add,
    LeafIndex,
    Misuse,
    ReInit,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    group_info,
    reinit_group,
)
from workbench.mls.errors import InvalidGroupInfo, InvalidKeyPackage, InvalidWelcome
from workbench.mls.wire.code_points import ProtocolVersion


def test_the_key_package_that_brought_a_device_in_is_gone_with_its_init_key() -> None:
    service = DeliveryService()
    alice, bob = (
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START)
        for name in ("Alice", "Bob")
    )
    bob.publish_key_package()
    (bundle,) = bob.device_state.bundles.values()
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    bob.accept_invitations()
    assert bob.device_state.bundles == {}
    assert bundle.init_private_key not in bob.state(GROUP).private_keys.values()


def test_a_key_package_of_last_resort_leads_into_one_group_after_the_other() -> None:
    alice, carol, bob = with_last_resort("Alice", "Carol", "Bob")
    (bundle,) = bob.device_state.bundles.values()
    for device, group_id in ((alice, GROUP), (carol, b"another")):
        device.create_group(group_id)
        device.commit(group_id, add=["Bob"])
        device.fetch(group_id)
        (event,) = bob.accept_invitations()
        assert (event.kind, event.group_id) == ("joined", group_id)
        assert bob.accept_invitations() == ()
        assert list(bob.device_state.bundles.values()) == [bundle]
    assert not {GROUP, b"another"} & {found.secret for found in walk(bob.device_state)}
    bob.send(GROUP, b"hello")
    (heard,) = alice.fetch(GROUP)
    assert heard.data == b"hello"


def test_who_was_removed_comes_back_by_the_same_key_package_of_last_resort() -> None:
    alice, bob = with_last_resort("Alice", "Bob")
    alice.create_group(GROUP)
    for epoch in (1, 3):
        alice.commit(GROUP, add=["Bob"])
        alice.fetch(GROUP)
        bob.accept_invitations()
        assert epochs(alice, bob) == [epoch, epoch]
        alice.commit(GROUP, remove=[LeafIndex(1)])
        alice.fetch(GROUP)
        assert bob.fetch(GROUP)[-1].kind == "removed"


def test_a_key_package_that_was_forgotten_lets_nobody_in() -> None:
    alice, bob = with_last_resort("Alice", "Bob")
    (reference,) = bob.device_state.bundles
    bob.forget_key_package(reference)
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    assert bob.accept_invitations() == ()
    assert bob.device_state.bundles == {}


def fake_group(maker: Device, victim: Device, group_id: bytes = GROUP, commits: int = 0) -> bytes:
    """A Welcome that leads a device into a group of the maker's own."""
    key_package = maker.fetch_key_package(victim.name)
    state = create_group(maker._new_bundle(), group_id, entropy=bytes(32), now=START)
    for number in range(commits):
        state = create_commit(state, entropy=bytes([number]) * 32, now=START).next
    welcome = create_commit(state, [Add(key_package)], entropy=bytes(range(32)), now=START).welcome
    assert welcome is not None
    return encode(welcome)


@pytest.mark.parametrize("log", [GROUP, b"another log"])
def test_a_welcome_does_not_replace_the_group_in_which_a_device_is(log: bytes) -> None:
    alice, bob, mallory = devices("Alice", "Bob", "Mallory")
    bob.publish_key_package()
    welcome = fake_group(mallory, bob)
    if log != GROUP:
        alice._service.open_group(log, 1)
    before = bob.device_state.groups
    with lying(alice) as rows:
        rows.invite({next(iter(bob.device_state.bundles)): ""}, Invitation(welcome, log, 0))
    (event,) = bob.accept_invitations()
    assert (event.kind, type(event.error)) == ("refused", InvalidWelcome)
    assert ("already" if log == GROUP else "came with the log of") in event.text
    assert bob.device_state.groups == before
    assert bob.accept_invitations() == ()


def test_a_welcome_of_the_past_does_not_take_a_removed_device_back() -> None:
    alice, bob = with_last_resort("Alice", "Bob")
    alice.create_group(GROUP)
    welcome = alice.commit(GROUP, add=["Bob"]).welcome
    alice.fetch(GROUP)
    bob.accept_invitations()
    alice.commit(GROUP, remove=[LeafIndex(1)])
    bob.fetch(GROUP)
    assert welcome is not None
    (reference,) = bob.device_state.bundles
    with lying(alice) as rows:
        rows.invite({reference: ""}, Invitation(welcome, GROUP, 0))
    (event,) = bob.accept_invitations()
    assert (event.kind, type(event.error)) == ("refused", InvalidWelcome)
    assert "leads to epoch 1, and this device was removed in epoch 1" in event.text
    assert not bob.state(GROUP).active


def test_a_group_that_has_ended_is_not_entered_again() -> None:
    alice, bob, mallory = devices("Alice", "Bob", "Mallory")
    bob.publish_key_package()
    welcome = fake_group(mallory, bob, commits=5)
    alice.publish_group_info(GROUP)
    alice.commit(GROUP, proposals=[ReInit(b"announced", ProtocolVersion.mls10, 1, ())])
    bob.fetch(GROUP)
    with lying(alice) as rows:
        rows.invite({next(iter(bob.device_state.bundles)): ""}, Invitation(welcome, GROUP, 0))
    (event,) = bob.accept_invitations()
    assert "has ended by a ReInit" in event.text
    alice.fetch(GROUP)
    alice._service.publish_group_info(
        encode(group_info(replace(with_public(alice.state(GROUP), reinit=None), active=True)))
    )
    with pytest.raises(InvalidGroupInfo, match="has ended by a ReInit"):
        bob.join_by_commit(GROUP)


def test_only_one_group_is_entered_that_a_reinit_announced() -> None:
    alice, bob, carol = devices("Alice", "Bob", "Carol")
    alice.commit(GROUP, proposals=[ReInit(b"announced", ProtocolVersion.mls10, 1, ())])
    for device in (alice, bob, carol):
        device.fetch(GROUP)
        for _ in range(2):
            device.publish_key_package()
    packages = [carol.fetch_key_package(name) for name in ("Alice", "Bob")]
    alice.reinit(GROUP, ["Bob", "Carol"])
    bob.accept_invitations()
    with pytest.raises(Misuse, match="already has a group with the id"):
        bob.reinit(GROUP, ["Alice", "Carol"])
    second = reinit_group(carol.state(GROUP), carol._new_bundle(), packages, entropy=bytes(32), now=START)
    assert second.welcome is not None
    for reference in bob.device_state.bundles:
        with lying(alice) as rows:
            rows.invite({reference: ""}, Invitation(encode(second.welcome), b"announced", 1))
    before = bob.state(b"announced")
    (event,) = bob.accept_invitations()
    assert (event.kind, "already" in event.text) == ("refused", True)
    assert bob.state(b"announced") == before


def test_a_key_package_of_somebody_else_is_not_taken_for_the_one_that_was_wanted() -> None:
    alice, _ = devices("Alice", "Mallory")
    mallory = Device("Mallory", cipher_suite(1), DeliveryService(), entropy=entropy_source(1, "M"), clock=lambda: START)
    alice._service.publish_key_package("Bob", mallory.publish_key_package())
    before = alice.device_state
    with pytest.raises(InvalidKeyPackage, match="gave a key package of Mallory for Bob"):
        alice.commit(GROUP, add=["Bob"])
    assert alice.device_state == before


def test_a_device_makes_no_group_of_the_id_of_another() -> None:
    alice, _ = devices("Alice", "Bob")
    before = alice.device_state
    for make in (lambda: alice.create_group(GROUP), lambda: alice.branch(GROUP, GROUP, ["Bob"])):
        with pytest.raises(Misuse, match="a group with the id"):
            make()
    assert alice.device_state == before


def test_a_description_of_another_group_lets_no_member_leave_its_own() -> None:
    alice, bob = devices("Alice", "Bob")
    mallory = beside(alice, "Mallory")
    fake = create_group(mallory._new_bundle(), GROUP, entropy=bytes(32), now=START)
    elsewhere = create_group(mallory._new_bundle(), b"elsewhere", entropy=bytes(32), now=START)
    before = bob.device_state
    same_epoch = create_commit(fake, entropy=bytes(32), now=START).next
    later = create_commit(same_epoch, entropy=bytes([1]) * 32, now=START).next
    for state, reason in (
        (fake, "of epoch 0, this device is in epoch 1"),
        (same_epoch, "of another group of the id"),
        (later, "its leaf is not in the tree"),
        (elsewhere, "it describes group"),
    ):
        with lying(alice) as rows:
            rows.put_group_info(GROUP, encode(group_info(state)))
        with pytest.raises(InvalidGroupInfo, match=reason):
            bob.join_by_commit(GROUP)
    assert bob.device_state == before


def test_only_a_group_that_has_ended_is_founded_anew() -> None:
    alice, _ = devices("Alice", "Bob")
    with pytest.raises(Misuse, match="no ReInit was committed"):
        alice.reinit(GROUP, ["Bob"])


def test_the_group_that_a_reinit_announced_is_entered_only_if_it_comes_from_the_old_one() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.commit(GROUP, proposals=[ReInit(b"announced", ProtocolVersion.mls10, 1, ())])
    for device in (alice, bob):
        device.fetch(GROUP)
        device.publish_key_package()
    alice.create_group(b"announced")
    alice.commit(b"announced", add=["Bob"])
    alice.fetch(b"announced")
    (event,) = bob.accept_invitations()
    assert (event.kind, "no resumption PSK for reinit" in event.text) == ("refused", True)
