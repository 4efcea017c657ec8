"""Who makes a group is held to the rules that newcomers are held to, and has what only the first epoch gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import NONCE, refuses, resigned
from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of
from workbench.mls import (
    Extension,
    GroupState,
    KeyPackageBundle,
    Lifetime,
    LifetimePolicy,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    ResumptionPSK,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    default_capabilities,
    encode,
    process,
    protect,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.wire.code_points import CredentialType, ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.tree import KeyPackageSource

SUITE = cipher_suite(1)
NEEDS = Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((64000,), (), ())))


def founded(bundle: KeyPackageBundle | None = None, now: int = NOW, **options: Any) -> GroupState:
    return create_group(bundle or Scenario(SUITE).bundle("Alice"), b"the group", entropy=b"g" * 32, now=now, **options)


# The first epoch


@pytest.mark.parametrize("commits", [1, 3])
def test_a_late_message_of_the_first_epoch_is_of_an_epoch_whose_keys_are_deleted(commits: int) -> None:
    founder = founded()
    late = protect(founder, b"to myself", entropy=b"p" * 32).message
    for number in range(commits):
        founder = create_commit(founder, entropy=bytes([number]) * 32, now=NOW).next
    with refuses(refused.EpochDeleted, "§9.2", f"of epoch 0, this state is in epoch {commits}") as caught:
        process(founder, late, now=NOW)
    assert caught.value.behind == commits


def test_a_late_message_of_the_first_epoch_is_ones_own_as_long_as_its_keys_are_kept() -> None:
    protected = protect(founded(policy=Policy(past_epochs=1)), b"to myself", entropy=b"p" * 32)
    founder = create_commit(protected.next, entropy=b"c" * 32, now=NOW).next
    assert [past.epoch for past in founder.past_epochs] == [0]
    with refuses(refused.OwnMessage, "§9.1", "sent the message itself"):
        process(founder, protected.message, now=NOW)


def test_a_newcomer_came_after_the_first_epoch_and_the_founder_did_not() -> None:
    scenario = Scenario(SUITE, states={"Alice": founded()})
    late = scenario.send("Alice", b"to myself")
    scenario.commit("Alice", adds=["Bob"])
    with refuses(refused.EpochDeleted, "§9.2", "the policy keeps those of 0 past epochs"):
        process(scenario.states["Alice"], late, now=NOW)
    with refuses(refused.BeforeJoining, "§15", "joined in epoch 1"):
        process(scenario.states["Bob"], late, now=NOW)


def test_only_the_founder_holds_the_resumption_psk_of_the_first_epoch() -> None:
    scenario = group_of("Alice", "Bob")
    psk = PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 0), NONCE)
    made = create_commit(scenario.states["Alice"], [PreSharedKey(psk)], entropy=b"c" * 32, now=NOW)
    assert made.next.epoch == 2
    for call in (
        lambda: create_commit(scenario.states["Bob"], [PreSharedKey(psk)], entropy=b"d" * 32, now=NOW),
        lambda: process(scenario.states["Bob"], encode(made.message), now=NOW),
    ):
        with refuses(refused.UnknownPreSharedKey, "§8.4", "epoch 0"):
            call()


def test_the_founder_can_be_removed_like_any_other_and_its_leaf_is_given_again() -> None:
    scenario = group_of("Alice", "Bob")
    founder = scenario.states["Alice"]
    made = scenario.commit("Bob", Remove(0), adds=["Carol"])
    assert set(scenario.states) == {"Bob", "Carol"}
    assert scenario.leaf("Carol") == founder.own_leaf == 0
    removed, _ = process(founder, encode(made.message), now=NOW)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        create_commit(removed, entropy=b"c" * 32, now=NOW)


# The key package of a founder


def lasting(not_before: int, not_after: int) -> KeyPackageBundle:
    people = Scenario(SUITE)
    return create_key_package(
        SUITE,
        people.credential("Alice"),
        people.signature_private_key("Alice"),
        lifetime=Lifetime(not_before, not_after),
        entropy=b"k" * 32,
    )


def without_basic_credentials() -> KeyPackageBundle:
    bundle = Scenario(SUITE).bundle("Alice")
    can = replace(default_capabilities(), credentials=(CredentialType.x509,))
    leaf_node = replace(bundle.key_package.leaf_node, capabilities=can)
    return resigned(bundle, leaf_node=sign_leaf_node(SUITE, leaf_node, bundle.signature_private_key))


def with_a_bad_signature() -> KeyPackageBundle:
    bundle = Scenario(SUITE).bundle("Alice")
    return replace(bundle, key_package=replace(bundle.key_package, signature=bytes(64)))


def that_ends_before_it_begins() -> KeyPackageBundle:
    bundle = Scenario(SUITE).bundle("Alice")
    leaf_node = replace(bundle.key_package.leaf_node, leaf_node_source=KeyPackageSource(Lifetime(NOW, NOW - 1)))
    return resigned(bundle, leaf_node=sign_leaf_node(SUITE, leaf_node, bundle.signature_private_key))


def whose_init_key_is_its_leaf_key() -> KeyPackageBundle:
    bundle = Scenario(SUITE).bundle("Alice")
    return resigned(bundle, init_key=bundle.key_package.leaf_node.encryption_key)


@pytest.mark.parametrize(
    ("bundle", "error", "section", "reason"),
    [
        (lambda: lasting(NOW - 10, NOW - 1), refused.InvalidLeafNode, "§7.3", "not within the lifetime"),
        (lambda: lasting(NOW + 1, NOW + 10), refused.InvalidLeafNode, "§7.3", "not within the lifetime"),
        (that_ends_before_it_begins, refused.InvalidLeafNode, "§7.2", "ends before it begins"),
        (lambda: lasting(NOW, NOW + 12 * WEEKS_8), refused.RefusedByPolicy, "§7.2", "longest"),
        (with_a_bad_signature, refused.InvalidKeyPackage, "§10.1", "signature of the key package"),
        (whose_init_key_is_its_leaf_key, refused.InvalidKeyPackage, "§10.1", "init key is also"),
        (without_basic_credentials, refused.InvalidLeafNode, "§7.2", "its own credential type"),
    ],
    ids=["expired", "not yet", "never", "too long", "bad signature", "one key", "credential"],
)
def test_a_group_is_not_made_with_a_key_package_that_others_would_refuse(
    bundle: Callable[[], KeyPackageBundle], error: type[MLSError], section: str, reason: str
) -> None:
    with refuses(error, section, reason):
        founded(bundle())


def test_the_lifetimes_that_a_founder_may_have_are_those_of_its_policy() -> None:
    long = lasting(NOW, NOW + 12 * WEEKS_8)
    founded(long, policy=Policy(lifetimes=LifetimePolicy(longest=None)))
    # A leeway is for the clocks of others: the own key package must be valid by the own clock.
    with refuses(refused.InvalidLeafNode, "§7.3", "not within the lifetime"):
        founded(lasting(NOW + 1, NOW + 10), policy=Policy(lifetimes=LifetimePolicy(leeway=60)))


# The extensions with which a group is made


def test_a_founder_must_be_able_to_do_what_its_group_needs() -> None:
    can = replace(default_capabilities(), extensions=(64000,))
    founded(Scenario(SUITE).bundle("Alice", capabilities=can), extensions=(NEEDS,))
    with refuses(refused.InvalidRatchetTree, "§7.3", "does not list 0xfa00"):
        founded(extensions=(NEEDS,))


@pytest.mark.parametrize(
    ("extensions", "error", "section", "reason"),
    [
        ((NEEDS, NEEDS), refused.InvalidExtension, "§13.4", "more than one"),
        ((Extension(ExtensionType.ratchet_tree, b""),), refused.InvalidExtension, "§17.3", "belongs in a GroupInfo"),
        ((Extension(0x0A0A, b""),), refused.Misuse, "§13.5", "GREASE"),
        ((Extension(ExtensionType.external_senders, b"\1"),), refused.Malformed, "§2.1.2", "claims a length of 1"),
    ],
    ids=["twice", "of another place", "GREASE", "no external senders"],
)
def test_a_group_is_not_made_with_extensions_that_no_group_may_have(
    extensions: tuple[Extension, ...], error: type[MLSError], section: str, reason: str
) -> None:
    with refuses(error, section, reason):
        founded(extensions=extensions)
