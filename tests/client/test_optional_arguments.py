"""Options of devices and of the delivery service, each tried with and without."""

from __future__ import annotations

import pytest

from tests.client.devices import GROUP, beside, devices
from tests.mls.group.scenario import NOW, group_of
from tests.mls.group.test_custom_proposals import CAPABILITIES, LUNCH, POLICY
from workbench.client import Device
from workbench.delivery import DeliveryService, InvalidKeyPackageUpload, NoKeyPackage, WrongOrder
from workbench.lab.sources import START, entropy_source
from workbench.mls import Add, LeafIndex, Policy, ReInit, cipher_suite, create_commit, encode, key_package_ref, propose
from workbench.mls.errors import Malformed, RefusedByPolicy
from workbench.mls.wire.code_points import ProtocolVersion


def added(device: Device) -> list[str]:
    """Who has been added, in the order of the leaves."""
    leaves = device.state(GROUP).tree.leaves()
    return [leaf_node.credential.credential.identity.decode() for _, leaf_node in leaves]  # type: ignore[union-attr] # basic ones


# The device


def test_who_asks_to_be_added_waits_until_a_member_approves() -> None:
    alice, bob = devices("Alice", "Bob")
    beside(alice, "Carol").ask_to_be_added(GROUP)
    for device in (alice, bob):
        device.fetch(GROUP)
    bob.commit(GROUP)
    bob.fetch(GROUP)
    assert added(bob) == ["Alice", "Bob"]
    alice.fetch(GROUP)
    beside(alice, "Dave").ask_to_be_added(GROUP)
    alice.fetch(GROUP)
    alice.commit(GROUP, approve=True)
    alice.fetch(GROUP)
    assert added(alice) == ["Alice", "Bob", "Dave"]


def test_a_key_package_that_is_not_of_last_resort_is_handed_out_once() -> None:
    for last_resort in (False, True):
        (alice,) = devices("Alice")
        beside(alice, "Bob").publish_key_package(last_resort=last_resort)
        alice.fetch_key_package("Bob")
        if last_resort:
            alice.fetch_key_package("Bob")
        else:
            with pytest.raises(NoKeyPackage):
                alice.fetch_key_package("Bob")


def test_a_key_package_is_for_the_cipher_suite_of_the_device_unless_another_is_named() -> None:
    alice, bob = devices("Alice", "Bob")
    alice.commit(GROUP, proposals=[ReInit(b"announced", ProtocolVersion.mls10, 3, ())])
    for device in (alice, bob):
        device.fetch(GROUP)
    bob.publish_key_package()
    with pytest.raises(NoKeyPackage):
        alice.reinit(GROUP, ["Bob"])
    bob.publish_key_package(3)
    alice.reinit(GROUP, ["Bob"])
    assert bob.signature_key(3) != bob.signature_key() == bob.signature_key(1)
    assert [event.kind for event in bob.accept_invitations()] == ["joined"]


def test_only_the_invitations_to_a_group_that_is_named_are_accepted() -> None:
    alice, bob = devices("Alice", "Bob")
    for group_id in (b"one", b"two"):
        bob.publish_key_package()
        alice.create_group(group_id)
        alice.commit(group_id, add=["Bob"])
    assert [event.group_id for event in bob.accept_invitations(b"two")] == [b"two"]
    assert [event.group_id for event in bob.accept_invitations()] == [b"one"]


def test_a_commit_without_a_path_is_made_only_when_it_is_asked_for() -> None:
    alice, bob = devices("Alice", "Bob")
    carol = beside(alice, "Carol")
    for path in (True, False):
        carol.publish_key_package()
        before = {node: key for node, key in alice.state(GROUP).private_keys.items() if node % 2 == 0}
        alice.commit(GROUP, add=["Carol"] if path else (), psks=() if path else [1], path=path)
        alice.fetch(GROUP)
        after = {node: key for node, key in alice.state(GROUP).private_keys.items() if node % 2 == 0}
        assert (before != after) is path
    bob.fetch(GROUP)
    assert bob.state(GROUP).secrets == alice.state(GROUP).secrets


def test_a_device_goes_by_the_policy_that_it_was_given() -> None:
    alice, _ = devices("Alice", "Bob")
    alice.publish_group_info(GROUP)
    strict = Device(
        "Bob",
        cipher_suite(1),
        alice._service,
        entropy=entropy_source(1, "Bob"),
        clock=lambda: START,
        policy=Policy(resyncs=False),
    )
    with pytest.raises(RefusedByPolicy, match="replaces an old leaf"):
        strict.join_by_commit(GROUP, in_place_of=LeafIndex(1))
    beside(alice, "Bob", 1).join_by_commit(GROUP, in_place_of=LeafIndex(1))


# The delivery service


def opened(**options: object) -> DeliveryService:
    service = DeliveryService(**options)  # type: ignore[arg-type] # as its caller says
    service.open_group(b"the group", 1)
    return service


def test_a_custom_proposal_is_taken_by_a_service_that_was_told_of_its_type() -> None:
    alice = group_of("Alice", "Bob", policy=POLICY, capabilities=CAPABILITIES).states["Alice"]
    message = encode(propose(alice, LUNCH, entropy=b"p" * 32, now=NOW).message)
    opened(custom=POLICY.custom).submit(b"the group", message)
    with pytest.raises(Malformed, match="is not a ProposalType"):
        opened().submit(b"the group", message)


def test_a_service_without_a_clock_says_nothing_of_times_and_takes_what_has_expired() -> None:
    expired = Device("Bob", cipher_suite(1), opened(), entropy=entropy_source(0, "Bob"), clock=lambda: START)
    message = expired.publish_key_package()
    late = START + 365 * 24 * 3600
    with pytest.raises(InvalidKeyPackageUpload):
        opened(clock=lambda: late).publish_key_package("Bob", message)
    commit = encode(create_commit(group_of("Alice").states["Alice"], entropy=b"c" * 32, now=NOW).message)
    for clock, sent_at in ((None, None), (lambda: late, late)):
        service = DeliveryService() if clock is None else DeliveryService(clock=clock)
        service.open_group(b"the group")
        assert service.submit(b"the group", commit).sent_at == sent_at


def test_the_log_of_a_group_begins_in_the_epoch_that_is_named() -> None:
    commit = encode(create_commit(group_of("Alice", "Bob").states["Bob"], entropy=b"c" * 32, now=NOW).message)
    assert opened().submit(b"the group", commit).epoch == 1
    first = DeliveryService()
    first.open_group(b"the group")
    with pytest.raises(WrongOrder):
        first.submit(b"the group", commit)


def test_a_welcome_that_is_not_given_with_its_commit_invites_nobody() -> None:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    made = create_commit(scenario.states["Alice"], [Add(bundle.key_package)], entropy=b"c" * 32, now=NOW)
    reference = key_package_ref(scenario.suite, bundle.key_package)
    for welcome in (None, encode(made.welcome)):
        service = opened()
        entry = service.submit(b"the group", encode(made.message), welcome)
        assert (service.entries(b"the group"), service.entries(b"the group", 1)) == ((entry,), ())
        assert len(service.invitations(reference)) == (welcome is not None)
