"""A device judges time by its service within a bound, and names a service that states a wrong time (R70)."""

from __future__ import annotations

from dataclasses import replace

from tests.client.devices import GROUP
from tests.client.folder import Folder, deliver, with_bob
from workbench.client.server_time import BOUND, UNSEEN, judged_time
from workbench.delivery import DeliveryService
from workbench.lab.sources import START
from workbench.mls import Add, BasicCredential, Credential, create_key_package, new_lifetime

HOUR, DAY = 3600, 86_400


def stating(folder: Folder, *sent_at: int) -> None:
    """Let the service state these times for the next messages."""
    times = list(sent_at)
    deliver(folder, lambda entries: tuple(replace(each, sent_at=times.pop(0)) for each in entries))


def test_honest_clocks_may_differ_a_little(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    for line in (b"one", b"two"):
        bob.send(GROUP, line)
    stating(alice, START + BOUND, START)
    assert [event.kind for event in device.fetch(GROUP)] == ["message", "message"]


def test_a_service_ahead_of_the_own_clock_is_named_once_also_through_a_restart(
    alice: Folder, service: DeliveryService
) -> None:
    device, bob = with_bob(alice, service)
    for line in (b"one", b"two"):
        bob.send(GROUP, line)
    stating(alice, START + HOUR, START + HOUR)
    events = device.fetch(GROUP)
    assert [event.kind for event in events] == ["clock", "message", "message"]
    assert "3600 seconds ahead of the clock of this device: it lies, or this clock is slow" in events[0].text
    assert alice.open().device_state.groups[GROUP].server_time.is_named


def test_a_service_that_contradicts_itself_is_named(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    for line in (b"one", b"two", b"three"):
        bob.send(GROUP, line)
    stating(alice, START, START - DAY, START)
    events = device.fetch(GROUP)
    assert [event.kind for event in events] == ["message", "clock", "message", "message"]
    assert "86400 seconds before that of an earlier message" in events[1].text
    assert device.device_state.groups[GROUP].server_time == replace(UNSEEN, latest=START)


def test_a_time_in_the_future_lets_no_key_package_in_that_is_not_valid_yet(
    alice: Folder, service: DeliveryService
) -> None:
    """Bob commits an Add whose lifetime begins tomorrow; the service says that it was sent tomorrow."""
    device, bob = with_bob(alice, service)
    suite = device.suite
    erin = create_key_package(
        suite,
        Credential(BasicCredential(b"Erin")),
        suite.signature_key_pair(bytes(32)).private_key,
        lifetime=new_lifetime(START + 2 * DAY),
        entropy=bytes(32),
    ).key_package
    bob._clock = lambda: START + 2 * DAY
    bob.commit(GROUP, proposals=[Add(erin)])
    stating(alice, START + 2 * DAY)
    events = device.fetch(GROUP)
    assert [event.kind for event in events] == ["clock", "refused"]
    assert "lifetime" in events[1].text


def test_what_comes_late_may_be_older_and_a_service_without_a_clock_states_nothing() -> None:
    seen = judged_time(UNSEEN, START, now=START, is_next=True).seen
    assert judged_time(seen, START - DAY, now=START, is_next=False).complaint == ""
    assert judged_time(seen, None, now=START, is_next=True).seen == seen
