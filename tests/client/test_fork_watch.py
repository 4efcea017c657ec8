"""Devices compare their groups: a server that shows different commits is found, and a device on the wrong side returns.

The server is real, and there are two of it: from the parting on, Alice and Dave use one, and Bob and Carol a copy. A
second group of Alice and Bob is on a service that nobody parts (R50, R51, R65).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.client.devices import GROUP
from tests.client.folder import Folder, another
from workbench.client import Device, Event
from workbench.client.fork_watch import PREFIX, STATED, EpochStatement
from workbench.delivery import Claim, DeliveryService, Entry
from workbench.delivery.access import DeviceAccess
from workbench.delivery.memory import MemoryStore
from workbench.delivery.ports import Sign
from workbench.lab.sources import START
from workbench.mls import LeafIndex, Misuse, decode, encode
from workbench.mls.errors import InvalidGroupInfo, InvalidSignature

FAMILY = b"family"


def grouped(founder: Device, group_id: bytes, *others: Device) -> None:
    founder.create_group(group_id)
    founder.commit(group_id, add=[each.name for each in others])
    founder.fetch(group_id)
    for each in others:
        each.accept_invitations()


class Way(DeviceAccess):
    """The way of a device to a service that gives it another log of `GROUP`, and is honest about all other groups."""

    def __init__(self, honest: DeliveryService, parted: DeliveryService) -> None:
        super().__init__(honest)
        self.parted = DeviceAccess(parted)

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:
        super().identify(claim, sign)
        self.parted.identify(claim, sign)

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        return (
            self.parted.submit(group_id, message, welcome) if group_id == GROUP else super().submit(group_id, message)
        )

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        return self.parted.entries(group_id, start) if group_id == GROUP else super().entries(group_id, start)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        if group_id == GROUP:
            self.parted.acknowledge(group_id, next_index)
        else:
            super().acknowledge(group_id, next_index)


class Parted:
    """Alice, whose state lasts, and three others, in a group that the server has parted, and in a family group."""

    def __init__(self, folder: Folder, service: DeliveryService) -> None:
        self.folder, self.service = folder, service
        self.alice = folder.open()
        self.alice.publish_key_package()
        self.bob, self.carol, self.dave = (another(service, name) for name in ("Bob", "Carol", "Dave"))
        grouped(self.alice, GROUP, self.bob, self.carol, self.dave)
        self.bob.publish_key_package()
        grouped(self.alice, FAMILY, self.bob)
        for each in (self.carol, self.dave):
            each.fetch(GROUP)
        self.copy = DeliveryService(clock=lambda: START, store=copied(service))
        for each in (self.bob, self.carol):
            each.connect(Way(service, self.copy))

    def part(self) -> None:
        """Each side commits, and goes on by itself."""
        for one, other in ((self.alice, self.dave), (self.bob, self.carol)):
            one.commit(GROUP)
            one.fetch(GROUP)
            other.fetch(GROUP)


def copied(service: DeliveryService) -> MemoryStore:
    """A copy of all that a service keeps."""
    made = MemoryStore()
    assert isinstance(service.store, MemoryStore)
    made._tables = copy.deepcopy(service.store._tables)
    return made


@pytest.fixture
def parted(tmp_path: Path) -> Iterator[Parted]:
    service = DeliveryService(clock=lambda: START)
    folder = Folder(tmp_path, service, "Alice")
    yield Parted(folder, service)
    folder.close()


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [event.kind for event in events]


def test_a_statement_in_another_group_raises_the_alarm_and_locks_the_group(parted: Parted) -> None:
    parted.part()
    parted.bob.forks.tell(GROUP)
    (event,) = parted.alice.fetch(FAMILY)
    assert event.kind == "fork"
    assert event.text.startswith("Bob sees another group than this device from epoch 2 on: the server shows different")
    assert event.advice.startswith("The group is locked on this device.")

    alice = parted.folder.open()
    alarm = alice.device_state.alarms[GROUP]
    assert (alarm.epoch, alarm.who) == (2, "Bob")
    assert alarm.own_code != alarm.their_code
    with pytest.raises(Misuse, match="has locked this group"):
        alice.send(GROUP, b"hello")
    alice.send(FAMILY, b"the family group goes on")


def test_what_is_said_in_the_group_itself_never_shows_a_fork(parted: Parted) -> None:
    """Each side decrypts only what its own side says, and that is equal: the statement has to go around the server."""
    parted.part()
    parted.dave.send(GROUP, parted.dave.forks.statement(GROUP))
    assert kinds(parted.alice.fetch(GROUP)) == ["compared"]
    parted.carol.send(GROUP, parted.carol.forks.statement(GROUP))
    assert kinds(parted.bob.fetch(GROUP)) == ["compared"]
    assert parted.alice.device_state.alarms == {}


def test_members_of_one_group_agree_and_a_device_that_is_behind_does_too(parted: Parted) -> None:
    parted.alice.commit(GROUP)
    parted.alice.fetch(GROUP)
    event = parted.alice.forks.compare(parted.dave.forks.statement(GROUP))
    assert (event.kind, event.text) == ("compared", "Dave has the same group as this device in 1 epochs")
    parted.dave.fetch(GROUP)
    assert "in 2 epochs" in parted.alice.forks.compare(parted.dave.forks.statement(GROUP)).text


def test_equal_trees_do_not_hide_a_fork(parted: Parted) -> None:
    """Both sides add the same key package without a path: the tree hashes are equal, and still there is an alarm."""
    another(parted.service, "Erin")
    erin = parted.alice.fetch_key_package("Erin")
    for device in (parted.alice, parted.bob):
        device.commit_once(GROUP, [erin], [], [], path=False)
        device.fetch(GROUP)
    one, other = parted.alice.state(GROUP), parted.bob.state(GROUP)
    assert one.context.tree_hash == other.context.tree_hash
    assert parted.alice.forks.compare(parted.bob.forks.statement(GROUP)).kind == "fork"


def test_a_device_on_the_wrong_side_gives_it_up_and_comes_back_by_a_commit(parted: Parted) -> None:
    parted.part()
    parted.bob.forks.compare(parted.alice.forks.statement(GROUP))
    parted.bob.connect(DeviceAccess(parted.service))
    parted.alice.publish_group_info(GROUP)
    with pytest.raises(InvalidGroupInfo, match="another group of the id"):
        parted.bob.join_by_commit(GROUP)
    parted.bob.forks.give_up_side(GROUP)
    parted.bob.join_by_commit(GROUP)
    parted.alice.fetch(GROUP)
    assert parted.bob.device_state.alarms == {}
    parted.bob.send(GROUP, b"back on your side")
    assert [event.data for event in parted.alice.fetch(GROUP)] == [b"back on your side"]
    assert parted.alice.forks.compare(parted.bob.forks.statement(GROUP)).kind == "compared"


def test_a_device_on_the_wrong_side_is_removed_and_added_again(parted: Parted) -> None:
    parted.part()
    parted.bob.forks.compare(parted.alice.forks.statement(GROUP))
    parted.bob.connect(DeviceAccess(parted.service))
    parted.bob.publish_key_package()
    parted.alice.commit(GROUP, remove=[LeafIndex(1)])
    parted.alice.fetch(GROUP)
    parted.alice.commit(GROUP, add=["Bob"])
    parted.alice.fetch(GROUP)
    assert kinds(parted.bob.accept_invitations()) == ["refused"]
    parted.bob.forks.give_up_side(GROUP)
    assert kinds(parted.bob.accept_invitations()) == ["joined"]
    assert parted.bob.device_state.alarms == {}
    parted.bob.send(GROUP, b"back")
    assert [event.data for event in parted.alice.fetch(GROUP)] == [b"back"]


def test_an_alarm_is_dismissed_by_its_owner_alone(parted: Parted) -> None:
    parted.part()
    stated = parted.bob.forks.statement(GROUP)
    parted.alice.forks.compare(stated)
    parted.alice.forks.dismiss(GROUP)
    alice = parted.folder.open()
    assert (alice.device_state.alarms, alice.device_state.decisions.locked) == ({}, frozenset())
    alice.send(GROUP, b"we are right")
    with pytest.raises(Misuse, match="has no alarm"):
        alice.forks.give_up_side(GROUP)


def test_a_statement_counts_only_if_a_member_of_the_group_has_signed_it(parted: Parted) -> None:
    parted.part()
    stated = decode(EpochStatement, parted.bob.forks.statement(GROUP).removeprefix(PREFIX))
    changed = replace(stated, content=replace(stated.content, epochs=()))
    with pytest.raises(InvalidSignature, match="not signed by Bob"):
        parted.alice.forks.compare(PREFIX + encode(changed))
    with pytest.raises(InvalidSignature, match="the key of no member"):
        parted.alice.forks.compare(PREFIX + encode(replace(stated, signature_key=bytes(32))))
    with pytest.raises(Misuse, match="which is not here"):
        parted.dave.forks.compare(parted.bob.forks.statement(FAMILY))
    with pytest.raises(Misuse, match="can state nothing"):
        parted.dave.forks.statement(FAMILY)
    assert parted.alice.device_state.alarms == {}
    parted.bob.send(FAMILY, PREFIX + encode(changed))
    (event,) = parted.alice.fetch(FAMILY)
    assert (event.kind, event.data) == ("refused", b"")


def test_a_statement_of_epochs_that_the_other_has_not_seen_says_so(parted: Parted) -> None:
    for _ in range(STATED):
        parted.alice.commit(GROUP)
        parted.alice.fetch(GROUP)
    assert "no epoch in common yet" in parted.dave.forks.compare(parted.alice.forks.statement(GROUP)).text
