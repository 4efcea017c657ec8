"""What the delivery service keeps for those who want to join by a commit."""

from __future__ import annotations

import pytest

from tests.client.devices import GROUP, devices
from workbench.delivery import DeliveryService, NoGroupInfo, WrongOrder
from workbench.mls import encode, group_info


def test_a_description_is_kept_until_the_epoch_ends() -> None:
    alice, bob = devices("Alice", "Bob")
    service = alice._service
    with pytest.raises(NoGroupInfo):
        service.group_info(GROUP)
    message = alice.publish_group_info(GROUP)
    assert service.group_info(GROUP) == message
    alice.send(GROUP, b"hello")
    assert service.group_info(GROUP) == message
    bob.fetch(GROUP)
    bob.commit(GROUP)
    with pytest.raises(NoGroupInfo):
        service.group_info(GROUP)


def test_a_description_of_another_epoch_is_refused() -> None:
    alice, bob = devices("Alice", "Bob")
    old = encode(group_info(bob.state(GROUP)))
    alice.commit(GROUP)
    with pytest.raises(WrongOrder, match="is of epoch 1, the group in 2"):
        alice._service.publish_group_info(old)


def test_only_a_group_info_describes_a_group() -> None:
    alice, bob = devices("Alice", "Bob")
    with pytest.raises(WrongOrder, match="KeyPackage does not describe a group"):
        alice._service.publish_group_info(bob.publish_key_package())


def test_key_packages_are_kept_by_cipher_suite() -> None:
    (alice,) = devices("Alice")
    service = alice._service
    assert isinstance(service, DeliveryService)
    assert (service.key_packages_left("Alice", 1), service.key_packages_left("Alice", 2)) == (1, 0)
