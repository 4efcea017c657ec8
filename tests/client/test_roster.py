"""Several devices of one user: each is a member, an older one approves a newer one, and all others see it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.client.devices import GROUP, beside, devices
from workbench.client import Device
from workbench.client.decisions import Decisions
from workbench.client.introduction import (
    APPROVAL,
    ARCHIVE,
    DeviceApproval,
    approval_extension,
    approval_of,
    approver_among,
    archive_extension,
    is_archive,
)
from workbench.client.roster import RosterDevice, people, roster
from workbench.mls import Extension, GroupState, LeafNode, Misuse


def approved(alice: Device, name: str = "Alice/laptop") -> Device:
    """A further device that Alice's device approves, and which publishes a key package then."""
    made = beside(alice, name)
    made.introduce(approval_extension(alice.approve(made.credential, made.signature_key())))
    made.publish_key_package()
    return made


def add(by: Device, name: str, *others: Device) -> list[GroupState]:
    """Let a device add another; the states of `by` before and after."""
    before = by.state(GROUP)
    by.commit(GROUP, add=[name])
    for device in (by, *others):
        device.fetch(GROUP)
    return [before, by.state(GROUP)]


def seen(states: list[GroupState], decisions: Decisions | None = None) -> dict[str, RosterDevice]:
    members = roster(states) if decisions is None else roster(states, decisions)
    return {member.identity: member for member in members}


def test_a_further_device_is_a_member_of_its_own_and_shows_who_has_approved_it() -> None:
    alice, bob = devices("Alice/phone", "Bob")
    laptop = approved(alice)
    add(alice, "Alice/laptop", bob)
    laptop.accept_invitations()
    states = [bob.state(GROUP)]
    member = seen(states)["Alice/laptop"]
    assert (member.standing, member.approver, member.user) == ("approved", "Alice/phone", "Alice")
    assert [*people(roster(states))] == ["Alice", "Bob"]
    assert len(people(roster(states))["Alice"]) == 2
    laptop.send(GROUP, b"From the laptop")
    (event,) = bob.fetch(GROUP)
    assert (event.actor, event.data) == ("Alice's laptop", b"From the laptop")


def test_a_device_that_comes_later_without_an_approval_needs_a_review_until_its_code_is_compared() -> None:
    alice, bob = devices("Alice/phone", "Bob")
    beside(alice, "Alice/tablet").publish_key_package()
    states = add(bob, "Alice/tablet", alice)
    member = seen(states)["Alice/tablet"]
    assert (member.standing, member.since, member.needs_review) == ("unapproved", 2, True)
    assert seen(states)["Alice/phone"].standing == "first"
    assert seen(states)["Bob"].standing == "own"
    equal = Decisions().with_comparison(member.leaf_node, equal=True)
    assert seen(states, equal)["Alice/tablet"].standing == "compared"
    differs = equal.with_comparison(member.leaf_node, equal=False)
    assert seen(states, differs)["Alice/tablet"].standing == "rejected"
    assert seen(states, differs.with_comparison(member.leaf_node, equal=True))["Alice/tablet"].standing == "compared"


def test_the_approval_of_a_lost_device_holds_for_those_who_have_seen_that_device() -> None:
    alice, bob = devices("Alice/phone", "Bob")
    states = [bob.state(GROUP)]
    approved(alice)
    bob.commit(GROUP, remove=[alice.state(GROUP).own_leaf])
    bob.fetch(GROUP)
    states.append(bob.state(GROUP))
    states += add(bob, "Alice/laptop")
    assert seen(states)["Alice/laptop"].standing == "approved"
    assert seen(states[-1:])["Alice/laptop"].standing == "first"


def leaf_of(device: Device) -> LeafNode:
    """The leaf node in a new key package of a device."""
    reference = {*device.device_state.bundles}
    device.publish_key_package()
    (new,) = {*device.device_state.bundles} - reference
    return device.device_state.bundles[new].key_package.leaf_node


def shown(leaf_node: LeafNode, approval: DeviceApproval) -> LeafNode:
    return replace(leaf_node, extensions=(approval_extension(approval),))


def test_an_approval_counts_only_if_a_device_of_the_same_user_has_signed_it_for_this_device() -> None:
    (alice,) = devices("Alice/phone")
    suite, laptop = alice.suite, beside(alice, "Alice/laptop")
    leaf, phone = leaf_of(laptop), leaf_of(alice)
    given = alice.approve(laptop.credential, laptop.signature_key())
    assert approver_among(suite, shown(leaf, given), [phone]) == phone
    assert approver_among(suite, shown(leaf, replace(given, approved_at=given.approved_at + 1)), [phone]) is None
    assert approver_among(suite, shown(leaf, given), []) is None
    assert approver_among(suite, leaf, [phone]) is None
    bob = beside(alice, "Bob/phone")
    assert approver_among(suite, shown(leaf, bob.approve(leaf.credential, leaf.signature_key)), [leaf_of(bob)]) is None
    own = laptop.approve(laptop.credential, laptop.signature_key())
    assert approver_among(suite, shown(leaf, own), [leaf, phone]) is None
    tablet = leaf_of(beside(alice, "Alice/tablet"))
    assert approver_among(suite, shown(tablet, given), [phone]) is None


def test_an_extension_that_is_no_approval_approves_nothing() -> None:
    (alice,) = devices("Alice")
    leaf = replace(leaf_of(alice), extensions=(Extension(APPROVAL, b"\x05"),))
    assert approval_of(leaf) is None


def test_the_types_of_both_extensions_are_the_documented_ones(repository: Path) -> None:
    described = (repository / "docs" / "devices.md").read_text("utf-8")
    assert f"0x{ARCHIVE:X} marks an archive" in described
    assert f"0x{APPROVAL:X} has the approval" in described


def test_an_archive_is_seen_by_all_reads_and_never_sends() -> None:
    alice, bob = devices("Alice", "Bob")
    archive = beside(alice, "HR/archive")
    archive.introduce(archive_extension())
    archive.publish_key_package()
    states = add(alice, "HR/archive", bob)
    archive.accept_invitations()
    assert [member.identity for member in roster(states) if member.is_archive] == ["HR/archive"]
    assert is_archive(bob.state(GROUP).tree.member(archive.state(GROUP).own_leaf).extensions)
    alice.send(GROUP, b"For the record")
    assert [event.data for event in archive.fetch(GROUP)] == [b"For the record"]
    with pytest.raises(Misuse, match="is an archive: it reads, and never sends"):
        archive.send(GROUP, b"Hello")


def test_a_device_that_comes_by_its_own_commit_shows_its_extensions_too() -> None:
    alice, bob = devices("Alice/phone", "Bob")
    laptop = beside(alice, "Alice/laptop")
    laptop.introduce(approval_extension(alice.approve(laptop.credential, laptop.signature_key())))
    bob.publish_group_info(GROUP)
    states = [bob.state(GROUP)]
    laptop.join_by_commit(GROUP)
    (event,) = bob.fetch(GROUP)
    states.append(bob.state(GROUP))
    assert seen(states)["Alice/laptop"].standing == "approved"
    assert event.readable == ("Alice's laptop joined by itself", "Alice's phone has approved Alice's laptop")


def test_nobody_is_in_a_group_that_was_never_seen() -> None:
    assert roster([]) == ()
