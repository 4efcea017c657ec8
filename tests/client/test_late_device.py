"""A device that was away: what it reads late is judged by when the delivery service took it (RFC 9420 §5.3.2, §7.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.client import Device, Event
from workbench.delivery import DeliveryService
from workbench.lab.sources import START, entropy_source
from workbench.mls import Add, cipher_suite
from workbench.mls.errors import RefusedByPolicy

GROUP = b"group"
DAY = 24 * 3600
END = 84 * DAY
"""The last second of a key package that a device publishes, from its start."""


@dataclass
class Clocks:
    """What each believes the time to be, in seconds from the start."""

    at: dict[str, int] = field(default_factory=dict)

    def set(self, seconds: int, *names: str) -> None:
        self.at |= dict.fromkeys(names, seconds)

    def device(self, name: str, service: DeliveryService) -> Device:
        self.set(0, name)
        clock = lambda: START + self.at[name]  # noqa: E731 - it is short
        made = Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=clock)
        made.publish_key_package()
        return made


def company() -> tuple[Clocks, Device, Device, Device]:
    """Alice and Bob in a group, and Carol, whose key package waits in the directory; the server has its own clock."""
    clocks = Clocks({"server": 0})
    service = DeliveryService(clock=lambda: START + clocks.at["server"])
    alice, bob, carol = (clocks.device(name, service) for name in ("Alice", "Bob", "Carol"))
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    alice.fetch(GROUP)
    bob.accept_invitations()
    return clocks, alice, bob, carol


def added(clocks: Clocks, alice: Device, *, seconds: int, by_the_server: int) -> None:
    """Alice adds Carol by her clock; the server takes the commit by its own."""
    clocks.set(seconds, "Alice", "server")
    key_package = alice.fetch_key_package("Carol")
    clocks.set(by_the_server, "server")
    alice.commit(GROUP, proposals=[Add(key_package)])
    alice.fetch(GROUP)


def refusals(events: tuple[Event, ...]) -> list[type]:
    return [type(event.error) for event in events if event.kind == "refused"]


def test_a_device_that_was_away_past_the_end_of_a_newcomer_follows() -> None:
    clocks, alice, bob, carol = company()
    added(clocks, alice, seconds=END, by_the_server=END)
    clocks.set(END + 20 * DAY, "Bob", "Carol")
    assert refusals(bob.fetch(GROUP)) == []
    assert bob.state(GROUP).secrets == alice.state(GROUP).secrets
    assert refusals(carol.accept_invitations()) == []
    assert carol.state(GROUP).secrets == alice.state(GROUP).secrets


def test_what_the_server_took_after_the_end_of_a_newcomer_is_refused_though_its_committer_had_another_clock() -> None:
    clocks, alice, bob, carol = company()
    added(clocks, alice, seconds=END, by_the_server=END + 10 * DAY)
    clocks.set(END + 20 * DAY, "Bob", "Carol")
    assert refusals(bob.fetch(GROUP)) == [RefusedByPolicy]
    assert refusals(carol.accept_invitations()) == [RefusedByPolicy]
