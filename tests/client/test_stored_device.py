"""What a durable device writes down of a group is read again, whatever it is."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import Any

import pytest

from tests.client.devices import GROUP
from workbench.client import Device, Membership
from workbench.client.stored_device import Reader, read_membership, write_membership
from workbench.delivery import DeliveryService
from workbench.delivery.access import DeviceAccess
from workbench.lab.sources import START, entropy_source
from workbench.mls import Signer, cipher_suite

SUITE = cipher_suite(1)


@pytest.fixture(scope="module")
def device() -> Device:
    """A device whose own commit is in the log, and has not been read there."""
    service = DeliveryService(clock=lambda: START)
    device = Device("Alice", SUITE, DeviceAccess(service), entropy=entropy_source(0, "Alice"), clock=lambda: START)
    device.create_group(GROUP)
    device.commit(GROUP)
    return device


def read_again(device: Device, membership: Membership) -> Membership:
    def no_signer(_public_key: bytes) -> Signer:
        raise AssertionError("this device keeps its signature key in its state")

    return read_membership(write_membership(membership), Reader(device.state(GROUP).policy, no_signer))


OWN_RECORDS = {"pen", "trail", "server_time"}


@pytest.mark.parametrize(
    "field",
    [field.name for field in fields(Membership) if field.default is not MISSING and field.name not in OWN_RECORDS],
)
def test_each_field_of_a_group_is_written(device: Device, field: str) -> None:
    """No field is forgotten: each gets a value that it does not have by default, and a new field needs one here.

    The holding pen, the trail and the time have records of their own (`test_holding_pen`, `test_fork_watch`).
    """
    state, written = device.state(GROUP), device.device_state.groups[GROUP]
    values: dict[str, Any] = {
        "own": frozenset({3, 5}),
        "pending": written.pending,
        "late": (4,),
        "before": state,
        "needs_psk": 0,
        "void_since": 0,
    }
    assert values[field] != getattr(Membership(state, 0), field)
    membership = replace(Membership(state, 7), **{field: values[field]})

    assert getattr(read_again(device, membership), field) == values[field]
