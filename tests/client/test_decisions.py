"""What a device leaves to its owner: whether it was removed, and how it gets a pre-shared key that it lacks."""

from __future__ import annotations

import pytest

from tests.client.devices import GROUP, devices, epochs
from tests.client.test_device import forged_resync
from workbench.client import Device, Event
from workbench.client.reading import Reading, read
from workbench.delivery import Entry
from workbench.mls import GroupState, LeafIndex, Misuse, create_commit, encode
from workbench.mls.wire.code_points import ContentType


def of_kind(kind: str, events: tuple[Event, ...]) -> Event:
    (event,) = (each for each in events if each.kind == kind)
    return event


def kept(device: Device) -> GroupState | None:
    """The state of before that a removed device keeps."""
    return device.device_state.groups[GROUP].before


def forged() -> tuple[Device, Device, GroupState]:
    """Somebody has removed Bob with a commit that Alice refuses; and Bob's state of before."""
    alice, bob = devices("Alice", "Bob")
    before = bob.state(GROUP)
    alice._service.submit(GROUP, forged_resync(bob, alice))
    assert of_kind("refused", alice.fetch(GROUP)).error is not None
    return alice, bob, before


# A removal


def test_a_removed_device_keeps_its_state_and_asks() -> None:
    _, bob, before = forged()
    event = of_kind("removed", bob.fetch(GROUP))
    assert "call `confirm_removal`" in event.advice
    assert "call `reject_removal`" in event.advice
    assert not bob.state(GROUP).active
    assert kept(bob) == before


def test_a_confirmed_removal_deletes_the_state_of_before() -> None:
    alice, bob = devices("Alice", "Bob")
    bob.propose_update(GROUP)
    alice.fetch(GROUP)
    alice.commit(GROUP, remove=[LeafIndex(1)])
    bob.fetch(GROUP)
    bob.confirm_removal(GROUP)
    assert kept(bob) is None
    assert not bob.state(GROUP).active
    with pytest.raises(Misuse, match="no removal waits for a decision"):
        bob.confirm_removal(GROUP)
    with pytest.raises(Misuse, match="no removal waits for a decision"):
        bob.reject_removal(GROUP)


def test_after_a_rejected_removal_the_device_goes_on_with_the_others() -> None:
    """The log has had its commit of the epoch, so they go on in a branch, for which each needs its state of before."""
    alice, bob, before = forged()
    bob.fetch(GROUP)
    bob.reject_removal(GROUP)
    assert bob.state(GROUP) == before
    bob.publish_key_package()
    alice.branch(GROUP, b"another group", ["Bob"])
    assert of_kind("joined", bob.accept_invitations()).group_id == b"another group"


def second_commit(alice: Device, bob: Device, *, good: bool) -> Reading:
    """How Bob, who has read of his removal, reads another commit of Alice for the same epoch."""
    made = create_commit(alice.state(GROUP), entropy=bytes(32), now=alice._clock())
    message = encode(made.message)
    if not good:
        message = message[:-1] + bytes([message[-1] ^ 1])
    epoch = alice.state(GROUP).epoch
    entry = Entry(9, GROUP, epoch, ContentType.commit, message)
    reading = read(bob.device_state.groups[GROUP], entry, bob._reader.reading_of(entry))
    if good:
        assert reading.membership.state.secrets == made.next.secrets
    return reading


def test_another_commit_for_the_epoch_that_the_old_state_accepts_undoes_the_removal() -> None:
    alice, bob, _ = forged()
    bob.fetch(GROUP)
    reading = second_commit(alice, bob, good=True)
    assert reading.event is not None
    assert reading.event.text == "Alice updated by a commit; the removal of this device did not hold"
    assert (reading.membership.state.active, reading.membership.before) == (True, None)


def test_another_commit_that_the_old_state_refuses_undoes_nothing() -> None:
    alice, bob, before = forged()
    bob.fetch(GROUP)
    reading = second_commit(alice, bob, good=False)
    assert reading.event is not None
    assert reading.event.kind == "refused"
    assert (reading.membership.state.active, reading.membership.before) == (False, before)


def test_a_second_removal_in_the_epoch_changes_nothing() -> None:
    alice, bob, before = forged()
    bob.fetch(GROUP)
    entry = Entry(9, GROUP, before.epoch, ContentType.commit, forged_resync(bob, alice))
    reading = read(bob.device_state.groups[GROUP], entry, bob._reader.reading_of(entry))
    assert (reading.event, reading.membership.before) == (None, before)


def test_after_a_confirmed_removal_no_commit_brings_the_device_back() -> None:
    alice, bob, _ = forged()
    bob.fetch(GROUP)
    bob.confirm_removal(GROUP)
    made = create_commit(alice.state(GROUP), entropy=bytes(32), now=alice._clock())
    entry = Entry(9, GROUP, 1, ContentType.commit, encode(made.message))
    reading = read(bob.device_state.groups[GROUP], entry, bob._reader.reading_of(entry))
    assert (reading.event, reading.membership.state.active) == (None, False)


# A pre-shared key


@pytest.mark.parametrize("messages", [True, False])
def test_a_device_stops_in_front_of_a_commit_until_it_has_the_pre_shared_key(messages: bool) -> None:  # noqa: FBT001 - a case
    alice, bob = devices("Alice", "Bob")
    alice.install_psk(b"lunch", bytes(32))
    alice.send(GROUP, b"before")
    alice.commit(GROUP, psks=[b"lunch"])
    alice.fetch(GROUP)
    alice.send(GROUP, b"after")
    event = of_kind("waiting", bob.fetch(GROUP, messages=messages))
    assert event.text.startswith("external key 6c756e6368 is needed and not held here")
    assert "`install_psk`, then call `fetch` again" in event.advice
    assert bob.fetch(GROUP, messages=messages) == ()  # it is told once
    bob.install_psk(b"lunch", bytes(32))
    read_now = [event.text if event.kind == "commit" else event.data for event in bob.fetch(GROUP)]
    assert read_now == [*([] if messages else [b"before"]), "Alice mixed in the pre-shared key “lunch”", b"after"]
    assert epochs(alice, bob) == [2, 2]


# What is one's own


def test_a_device_forgets_which_entries_are_its_own_once_it_has_read_them() -> None:
    alice, _ = devices("Alice", "Bob")
    for _ in range(3):
        alice.send(GROUP, b"hello")
    assert len(alice.device_state.groups[GROUP].own) == 3
    alice.fetch(GROUP)
    assert alice.device_state.groups[GROUP].own == frozenset()
