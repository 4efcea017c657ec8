"""A device follows the log: its own commit takes effect when the log says so, and not before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.client.devices import GROUP, beside, devices, epochs, lying
from workbench.client import Device
from workbench.delivery import DeliveryService, LateCommit, NoGroupInfo, NoKeyPackage
from workbench.lab.sources import START, entropy_source
from workbench.mls import (
    LeafIndex,
    Misuse,
    NodeIndex,
    Remove,
    cipher_suite,
    create_commit,
    encode,
    external_commit,
    group_info,
)
from workbench.mls.wire.messages import PublicMessage


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
    before = bob.device_state
    with pytest.raises(LateCommit):
        bob.commit(GROUP)
    assert bob.device_state == before
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
    assert carol.device_state.groups == {}
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
    assert carol.device_state.groups == {}
    assert [each.actor for each in alice.fetch(GROUP)] == ["Bob"]


def test_the_old_device_of_somebody_who_came_back_on_another_is_told() -> None:
    alice, bob = devices("Alice", "Bob")
    other = beside(alice, "Bob", 1)
    alice.publish_group_info(GROUP)
    other.join_by_commit(GROUP, in_place_of=bob.state(GROUP).own_leaf)
    (event,) = bob.fetch(GROUP)
    assert (event.kind, event.text) == ("removed", "Bob came back by an external commit")
    assert not bob.state(GROUP).active


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


def test_a_commit_that_the_server_puts_in_the_place_of_ones_own_is_not_taken_for_it() -> None:
    alice, bob = devices("Alice", "Bob")
    other = create_commit(bob.state(GROUP), entropy=bytes(32), now=START)
    entry = alice.commit(GROUP).entry
    with lying(alice) as rows:
        rows.add_entry(replace(entry, message=encode(other.message)), None)
    (event,) = alice.fetch(GROUP)
    assert event.text == "Bob updated by a commit"
    assert alice.state(GROUP).secrets == other.next.secrets
    assert alice.device_state.groups[GROUP].pending is None


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


def forged_resync(of: Device, via: Device) -> bytes:
    """A commit by which somebody says that `of` comes back with another leaf, with a wrong confirmation tag."""
    state = via.state(GROUP)
    made = external_commit(
        group_info(state),
        of.credential,
        state.suite.signature_key_pair(b"the forger's").private_key,
        entropy=bytes(32),
        now=START,
        resync=of.state(GROUP).own_leaf,
    )
    public = made.message.message
    assert isinstance(public, PublicMessage)
    auth = replace(public.auth, confirmation_tag=bytes(32))
    return encode(replace(made.message, message=replace(public, auth=auth)))


def test_a_forged_commit_tells_each_device_what_it_cannot_do_or_cannot_check() -> None:
    alice, bob = devices("Alice", "Bob")
    alice._service.submit(GROUP, forged_resync(bob, alice))
    (refused,) = alice.fetch(GROUP)
    assert refused.kind == "refused"
    assert refused.advice.startswith(
        "The log goes on in epoch 2, and this device stays in epoch 1: it reads nothing new"
    )
    assert alice.state(GROUP).active
    (removed,) = bob.fetch(GROUP)
    assert removed.kind == "removed"
    assert removed.advice.startswith("A removed device cannot check all of the commit, so it keeps its state of before")


def test_a_message_that_is_refused_needs_no_advice() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.send(GROUP, b"hello")
    bob.fetch(GROUP)
    bob._journal.put(bob.device_state.with_group(replace(bob.device_state.groups[GROUP], next_index=1)))
    (event,) = bob.fetch(GROUP)
    assert (event.kind, event.advice) == ("refused", "")
