"""What a key package of last resort costs: its init key is still there at the compromise (RFC 9420 §16.8)."""

from __future__ import annotations

import pytest

from workbench.adversary import Attacker
from workbench.client import Device
from workbench.delivery import DeliveryService
from workbench.lab.sources import START, entropy_source
from workbench.mls import cipher_suite

GROUP = b"group"


@pytest.mark.parametrize(("last_resort", "reads"), [(True, [b"long ago"]), (False, [])])
def test_an_init_key_that_was_kept_opens_a_welcome_recorded_long_ago(*, last_resort: bool, reads: list[bytes]) -> None:
    service, attacker = DeliveryService(), Attacker(cipher_suite(1), GROUP)
    alice, bob = (
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START)
        for name in ("Alice", "Bob")
    )
    bob.publish_key_package(last_resort=last_resort)
    alice.create_group(GROUP)
    joined = alice.commit(GROUP, add=["Bob"])
    assert joined.welcome is not None
    alice.fetch(GROUP)
    bob.accept_invitations()
    alice.send(GROUP, b"long ago")
    for device in (bob, alice, bob):
        device.fetch(GROUP)
        device.commit(GROUP)
        device.fetch(GROUP)
    for message in (joined.welcome, *(entry.message for entry in service.entries(GROUP))):
        attacker.hear(message)
    assert attacker.reads() == ()
    attacker.compromise("Bob", bob.device_state)
    assert [read.data for read in attacker.reads()] == reads
    assert (1 in attacker.epochs()) == last_resort
    assert bob.state(GROUP).epoch in attacker.epochs()
