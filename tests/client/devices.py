"""Devices of one delivery service."""

from __future__ import annotations

from contextlib import AbstractContextManager

from workbench.client import Device
from workbench.delivery import DeliveryService
from workbench.delivery.access import DeviceAccess
from workbench.delivery.ports import Rows
from workbench.lab.sources import START, entropy_source
from workbench.mls import cipher_suite

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


def logged_in(service: DeliveryService, *names: str) -> list[Device]:
    """Devices that each reach a service as a device of its own; the first one has a group with all of them."""
    now = service.clock() or START
    made = [
        Device(name, cipher_suite(1), DeviceAccess(service), entropy=entropy_source(0, name), clock=lambda: now)
        for name in names
    ]
    first, *others = made
    for device in others:
        device.publish_key_package()
    first.create_group(GROUP)
    first.commit(GROUP, add=[device.name for device in others])
    first.fetch(GROUP)
    for device in others:
        device.accept_invitations()
    return made


def epochs(*all_devices: Device) -> list[int]:
    return [device.state(GROUP).epoch for device in all_devices]


def with_last_resort(*names: str) -> list[Device]:
    """Devices of which the last has nothing published but a key package of last resort."""
    service = DeliveryService()
    made = [
        Device(name, cipher_suite(1), service, entropy=entropy_source(0, name), clock=lambda: START) for name in names
    ]
    made[-1].publish_key_package(last_resort=True)
    return made


def lying(device: Device) -> AbstractContextManager[Rows]:
    """What the delivery service of a device keeps, to be changed as a service that lies would."""
    assert isinstance(device._service, DeliveryService)
    return device._service.store.write()


def beside(device: Device, name: str, seed: int = 0) -> Device:
    """Another device that uses the same delivery service."""
    return Device(name, cipher_suite(1), device._service, entropy=entropy_source(seed, name), clock=lambda: START)
