"""A device follows the log: its own commit takes effect when the log says so, and not before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.client import Device
from workbench.delivery import DeliveryService, Invitation, LateCommit, NoGroupInfo, NoKeyPackage
from workbench.inspect.trace_walk import walk
from workbench.lab.sources import START, entropy_source
from workbench.mls import (
    Add,
    LeafIndex,
    Misuse,
    NodeIndex,
    ReInit,
    Remove,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    group_info,
    reinit_group,
)
from workbench.mls.errors import InvalidGroupInfo, InvalidKeyPackage, InvalidWelcome
from workbench.mls.wire.code_points import ProtocolVersion

GROUP = b"group"


def devices(*names: str) -> list[Device]:
    """Devices with a key package each; the first one has a group with all of them."""
    service = DeliveryService()
    made = [
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START) for name in names
    ]
    for device in made:
        device.publish_key_package()
    made[0].create_group(GROUP)
    if len(names) > 1:
        made[0].commit(GROUP, add=names[1:])
        made[0].fetch(GROUP)
        for device in made[1:]:
            device.accept_invitations()
    return made


def epochs(*all_devices: Device) -> list[int]:
    return [device.state(GROUP).epoch for device in all_devices]


def test_a_commit_of_ones_own_takes_effect_when_it_is_read_in_the_log() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.commit(GROUP)
    assert epochs(alice, bob) == [1, 1]
    (event,) = alice.fetch(GROUP)
    assert (event.kind, event.text) == ("commit", "Alice updated by a commit")
    bob.fetch(GROUP)
    assert epochs(alice, bob) == [2, 2]
    assert alice.state(GROUP).secrets == bob.state(GROUP).secrets


def test_the_slower_of_two_commits_is_dropped_and_can_be_made_anew() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.commit(GROUP)
    before = bob.holdings
    with pytest.raises(LateCommit):
        bob.commit(GROUP)
    assert bob.holdings == before
    alice.fetch(GROUP)
    bob.fetch(GROUP)
    bob.commit(GROUP)
    assert [event.text for event in bob.fetch(GROUP)] == ["Bob updated by a commit"]
    alice.fetch(GROUP)
    assert epochs(alice, bob) == [3, 3]


def test_what_others_do_is_told_with_the_person_first() -> None:
    alice, bob, carol = devices("Alice", "Bob", "Carol")
    bob.send(GROUP, b"hello")
    bob.propose_update(GROUP)
    carol.fetch(GROUP)
    carol.propose_remove(GROUP, LeafIndex(0))
    told = [event.text for event in alice.fetch(GROUP)]
    assert told == ["Bob sent a message", "Bob proposed a fresh leaf key", "Carol proposed to remove Alice"]
    bob.fetch(GROUP)
    bob.commit(GROUP)
    assert [event.text for event in alice.fetch(GROUP)] == ["Bob removed Alice"]
    assert [event.text for event in carol.fetch(GROUP)][-1] == "Bob removed Alice"


def test_a_commit_tells_of_all_that_it_did() -> None:
    alice, bob, carol = devices("Alice", "Bob", "Carol")
    service = DeliveryService()
    dave = Device("Dave", cipher_suite(1), service, entropy=entropy_source(0, "Dave"), clock=lambda: START)
    key_package = dave.publish_key_package()
    alice._service.publish_key_package("Dave", key_package)
    carol.propose_update(GROUP)
    alice.fetch(GROUP)
    alice.commit(GROUP, add=["Dave"], remove=[LeafIndex(1)])
    assert alice.fetch(GROUP)[-1].text == "Alice added Dave, removed Bob and took in the update of Carol"
    assert bob.fetch(GROUP)[-1].kind == "removed"


def test_a_message_is_read_by_the_others_and_skipped_by_its_sender() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.send(GROUP, b"hello")
    assert alice.fetch(GROUP) == ()
    (event,) = bob.fetch(GROUP)
    assert (event.actor, event.data) == ("Alice", b"hello")
    assert bob.fetch(GROUP) == ()


def test_the_key_package_that_brought_a_device_in_is_gone_with_its_init_key() -> None:
    service = DeliveryService()
    alice, bob = (
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START)
        for name in ("Alice", "Bob")
    )
    bob.publish_key_package()
    (bundle,) = bob.holdings.bundles.values()
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    bob.accept_invitations()
    assert bob.holdings.bundles == {}
    assert bundle.init_private_key not in bob.state(GROUP).private_keys.values()


def with_last_resort(*names: str) -> list[Device]:
    """Devices of which the last has nothing published but a key package of last resort."""
    service = DeliveryService()
    made = [
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START) for name in names
    ]
    made[-1].publish_key_package(last_resort=True)
    return made


def test_a_key_package_of_last_resort_leads_into_one_group_after_the_other() -> None:
    alice, carol, bob = with_last_resort("Alice", "Carol", "Bob")
    (bundle,) = bob.holdings.bundles.values()
    for device, group_id in ((alice, GROUP), (carol, b"another")):
        device.create_group(group_id)
        device.commit(group_id, add=["Bob"])
        device.fetch(group_id)
        (event,) = bob.accept_invitations()
        assert (event.kind, event.group_id) == ("joined", group_id)
        assert bob.accept_invitations() == ()
        assert list(bob.holdings.bundles.values()) == [bundle]
    assert not {GROUP, b"another"} & {found.secret for found in walk(bob.holdings)}
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
    (reference,) = bob.holdings.bundles
    bob.forget_key_package(reference)
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    assert bob.accept_invitations() == ()
    assert bob.holdings.bundles == {}


def test_what_cannot_be_accepted_is_passed_over_with_the_reason() -> None:
    alice, bob = devices("Alice", "Bob")
    forged = create_commit(alice.state(GROUP), entropy=bytes(32), now=START).message
    mallory = create_commit(bob.state(GROUP), [Remove(LeafIndex(0))], entropy=bytes(range(32)), now=START).message
    assert forged != mallory
    bytes_of_it = bytearray(encode(mallory))
    bytes_of_it[-1] ^= 1
    alice._service.submit(GROUP, bytes(bytes_of_it))
    (event,) = alice.fetch(GROUP)
    assert event.kind == "refused"
    assert "membership tag" in event.text
    assert epochs(alice) == [1]


def test_a_removed_device_reads_on_and_learns_nothing() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.commit(GROUP, remove=[LeafIndex(1)])
    alice.fetch(GROUP)
    assert [event.kind for event in bob.fetch(GROUP)] == ["removed"]
    alice.send(GROUP, b"among ourselves")
    assert bob.fetch(GROUP) == ()
    assert not bob.state(GROUP).active


def test_a_device_outside_of_a_group_says_so() -> None:
    (alice,) = devices("Alice")
    with pytest.raises(Misuse, match="Alice is not in the group"):
        alice.state(b"another group")
    with pytest.raises(NoKeyPackage):
        alice.commit(GROUP, add=["Bob"])


def test_a_device_joins_by_a_commit_and_comes_back_with_a_fresh_leaf() -> None:
    alice, bob = devices("Alice", "Bob")
    carol = Device("Carol", cipher_suite(1), alice._service, entropy=entropy_source(0, "Carol"), clock=lambda: START)
    alice.publish_group_info(GROUP)
    carol.join_by_commit(GROUP)
    for device in (alice, bob):
        assert [event.text for event in device.fetch(GROUP)] == ["Carol joined by an external commit"]
    first = carol.state(GROUP)
    bob.publish_group_info(GROUP)
    carol.join_by_commit(GROUP)
    assert [event.text for event in alice.fetch(GROUP)] == ["Carol came back by an external commit"]
    again = carol.state(GROUP)
    assert (again.own_leaf, again.epoch) == (first.own_leaf, first.epoch + 1)
    assert again.private_keys[NodeIndex(2 * again.own_leaf)] != first.private_keys[NodeIndex(2 * first.own_leaf)]
    assert carol.fetch(GROUP) == ()


def test_a_newcomer_whose_commit_came_too_late_is_left_as_it_was() -> None:
    alice, bob = devices("Alice", "Bob")
    carol = Device("Carol", cipher_suite(1), alice._service, entropy=entropy_source(0, "Carol"), clock=lambda: START)
    with pytest.raises(NoGroupInfo):
        carol.join_by_commit(GROUP)
    assert carol.holdings.groups == {}
    alice.publish_group_info(GROUP)
    bob.commit(GROUP)
    with pytest.raises(NoGroupInfo):
        carol.join_by_commit(GROUP)


def test_a_newcomer_keeps_no_state_if_another_commit_comes_before_its_own() -> None:
    alice, bob = devices("Alice", "Bob")
    fresh = entropy_source(0, "Carol")

    def entropy_while_bob_commits() -> bytes:
        bob.commit(GROUP)
        return fresh()

    carol = Device("Carol", cipher_suite(1), alice._service, entropy=fresh, clock=lambda: START)
    alice.publish_group_info(GROUP)
    carol._entropy = entropy_while_bob_commits
    with pytest.raises(LateCommit):
        carol.join_by_commit(GROUP)
    assert carol.holdings.groups == {}
    assert [each.actor for each in alice.fetch(GROUP)] == ["Bob"]


def test_the_old_device_of_somebody_who_came_back_on_another_is_told() -> None:
    alice, bob = devices("Alice", "Bob")
    other = beside(alice, "Bob", 1)
    alice.publish_group_info(GROUP)
    other.join_by_commit(GROUP, in_place_of=bob.state(GROUP).own_leaf)
    (event,) = bob.fetch(GROUP)
    assert (event.kind, event.text) == ("removed", "Bob came back by an external commit")
    assert not bob.state(GROUP).active


def beside(device: Device, name: str, seed: int = 0) -> Device:
    """Another device that uses the same delivery service."""
    return Device(name, cipher_suite(1), device._service, entropy=entropy_source(seed, name), clock=lambda: START)


def test_two_devices_of_one_user_are_two_members() -> None:
    alice, phone = devices("Alice", "Bob")
    laptop = beside(alice, "Bob", 1)
    alice.publish_group_info(GROUP)
    laptop.join_by_commit(GROUP)
    assert [event.text for event in phone.fetch(GROUP)] == ["Bob joined by an external commit"]
    assert phone.state(GROUP).active
    phone.publish_group_info(GROUP)
    leaf = laptop.state(GROUP).own_leaf
    laptop.join_by_commit(GROUP)
    phone.fetch(GROUP)
    assert phone.state(GROUP).active
    assert laptop.state(GROUP).own_leaf == leaf != phone.state(GROUP).own_leaf


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
    before = bob.holdings.groups
    alice._service._invitations[next(iter(bob.holdings.bundles))] += (Invitation(welcome, log, 0),)
    (event,) = bob.accept_invitations()
    assert (event.kind, type(event.error)) == ("refused", InvalidWelcome)
    assert ("already" if log == GROUP else "came with the log of") in event.text
    assert bob.holdings.groups == before
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
    (reference,) = bob.holdings.bundles
    alice._service._invitations[reference] += (Invitation(welcome, GROUP, 0),)
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
    alice._service._invitations[next(iter(bob.holdings.bundles))] += (Invitation(welcome, GROUP, 0),)
    (event,) = bob.accept_invitations()
    assert "has ended by a ReInit" in event.text
    alice.fetch(GROUP)
    alice._service.publish_group_info(encode(group_info(replace(alice.state(GROUP), reinit=None, active=True))))
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
    with pytest.raises(Misuse, match="is in a group of the id"):
        bob.reinit(GROUP, ["Alice", "Carol"])
    second = reinit_group(carol.state(GROUP), carol._new_bundle(), packages, entropy=bytes(32), now=START)
    assert second.welcome is not None
    for reference in bob.holdings.bundles:
        alice._service._invitations[reference] += (Invitation(encode(second.welcome), b"announced", 1),)
    before = bob.state(b"announced")
    (event,) = bob.accept_invitations()
    assert (event.kind, "already" in event.text) == ("refused", True)
    assert bob.state(b"announced") == before


def test_a_key_package_of_somebody_else_is_not_taken_for_the_one_that_was_wanted() -> None:
    alice, mallory = devices("Alice", "Mallory")
    alice._service.publish_key_package("Bob", mallory.publish_key_package())
    before = alice.holdings
    with pytest.raises(InvalidKeyPackage, match="gave a key package of Mallory for Bob"):
        alice.commit(GROUP, add=["Bob"])
    assert alice.holdings == before


def test_a_device_makes_no_group_of_the_id_of_another() -> None:
    alice, _ = devices("Alice", "Bob")
    before = alice.holdings
    for make in (lambda: alice.create_group(GROUP), lambda: alice.branch(GROUP, GROUP, ["Bob"])):
        with pytest.raises(Misuse, match="in a group of the id"):
            make()
    assert alice.holdings == before


def test_a_description_of_another_group_lets_no_member_leave_its_own() -> None:
    alice, bob = devices("Alice", "Bob")
    mallory = beside(alice, "Mallory")
    fake = create_group(mallory._new_bundle(), GROUP, entropy=bytes(32), now=START)
    elsewhere = create_group(mallory._new_bundle(), b"elsewhere", entropy=bytes(32), now=START)
    before = bob.holdings
    same_epoch = create_commit(fake, entropy=bytes(32), now=START).next
    later = create_commit(same_epoch, entropy=bytes([1]) * 32, now=START).next
    for state, reason in (
        (fake, "of epoch 0, this device is in epoch 1"),
        (same_epoch, "of another group of the id"),
        (later, "its leaf is not in the tree"),
        (elsewhere, "it describes group"),
    ):
        alice._service._group_infos[GROUP] = encode(group_info(state))
        with pytest.raises(InvalidGroupInfo, match=reason):
            bob.join_by_commit(GROUP)
    assert bob.holdings == before


def test_a_commit_that_the_server_puts_in_the_place_of_ones_own_is_not_taken_for_it() -> None:
    alice, bob = devices("Alice", "Bob")
    other = create_commit(bob.state(GROUP), entropy=bytes(32), now=START)
    entry = alice.commit(GROUP).entry
    alice._service._logs[GROUP][entry.index] = replace(entry, message=encode(other.message))
    (event,) = alice.fetch(GROUP)
    assert event.text == "Bob updated by a commit"
    assert alice.state(GROUP).secrets == other.next.secrets
    assert alice.holdings.groups[GROUP].pending is None


def test_pre_shared_keys_are_proposed_and_committed_by_those_who_hold_them() -> None:
    alice, bob = devices("Alice", "Bob")
    for device in (alice, bob):
        device.install_psk(b"tea", b"a shared secret")
    bob.propose_psk(GROUP, b"tea")
    assert [event.text for event in alice.fetch(GROUP)] == ["Bob proposed to mix in the pre-shared key “tea”"]
    alice.commit(GROUP, psks=[1])
    (event,) = alice.fetch(GROUP)
    assert event.text == "Alice mixed in the pre-shared key “tea” and the resumption PSK of epoch 1"
    bob.fetch(GROUP)
    assert alice.state(GROUP).secrets == bob.state(GROUP).secrets


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


def test_a_late_message_is_read_when_it_comes_if_its_epoch_is_kept() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.send(GROUP, b"late")
    alice.fetch(GROUP)
    assert bob.fetch(GROUP, messages=False) == ()
    alice.send(GROUP, b"later")
    alice.fetch(GROUP)
    assert bob.fetch(GROUP, messages=False) == ()
    assert [event.data for event in bob.fetch(GROUP)] == [b"late", b"later"]
    alice.send(GROUP, b"too late")
    alice.commit(GROUP)
    alice.fetch(GROUP)
    assert [event.kind for event in bob.fetch(GROUP, messages=False)] == ["commit"]
    assert [event.kind for event in bob.fetch(GROUP)] == ["refused"]
    assert bob.fetch(GROUP) == ()
