"""GREASE: sent when asked in every object that may hold it, ignored wherever it comes from (RFC 9420 §13.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import REINIT, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_external_proposals import external, watched
from workbench.mls import (
    Add,
    Capabilities,
    Extension,
    GroupContextExtensions,
    LeafNode,
    MLSMessage,
    RequiredCapabilities,
    cipher_suite,
    create_commit,
    create_group,
    decode,
    default_capabilities,
    encode,
    external_commit,
    group_info,
    join,
    propose,
)
from workbench.mls import errors as refused
from workbench.mls.group.group_info import group_info_in
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import welcome_secret
from workbench.mls.tree.grease import LONGEST_DATA, grease_extension
from workbench.mls.wire.code_points import GREASE, ExtensionType, is_grease

GREASED = ("cipher_suites", "extensions", "proposals", "credentials")
"""The lists of a leaf node's capabilities that may hold GREASE."""


def greased_values(capabilities: Capabilities) -> dict[str, list[int]]:
    return {name: [value for value in getattr(capabilities, name) if is_grease(value)] for name in GREASED}


def assert_greased(leaf_node: LeafNode) -> None:
    found = greased_values(leaf_node.capabilities)
    assert all(len(values) == 1 for values in found.values()), found
    (extension,) = (each for each in leaf_node.extensions if is_grease(each.extension_type))
    assert [extension.extension_type] == found["extensions"]
    assert leaf_node.capabilities.versions == default_capabilities().versions


def greasy_group() -> Scenario:
    """A group in which everybody sends GREASE."""
    scenario = group_of("Alice")
    alice = scenario.bundle("Alice", grease=True)
    scenario.states["Alice"] = create_group(alice, b"the group", entropy=next(scenario.entropy), now=NOW)
    for name in ("Bob", "Carol"):
        bundle = scenario.bundle(name, grease=True)
        committed = scenario.commit("Alice", Add(bundle.key_package), grease=True)
        assert committed.welcome is not None
        scenario.states[name] = join(encode(committed.welcome), bundle, now=NOW)
    return scenario


def test_nothing_is_greased_unless_asked_for() -> None:
    scenario = group_of("Alice", "Bob")
    for _, leaf_node in scenario.states["Alice"].tree.leaves():
        assert not any(greased_values(leaf_node.capabilities).values())
        assert leaf_node.extensions == ()
    info = group_info_in(group_info(scenario.states["Alice"]))
    assert not any(is_grease(each.extension_type) for each in info.extensions)


def test_a_key_package_is_greased_in_every_list_that_may_hold_it() -> None:
    key_package = group_of("Alice").bundle("Bob", grease=True).key_package
    assert_greased(key_package.leaf_node)
    (extension,) = key_package.extensions
    assert extension.extension_type in key_package.leaf_node.capabilities.extensions


def test_grease_follows_from_the_entropy_of_the_call() -> None:
    one, other = group_of("Alice"), group_of("Alice")
    assert one.bundle("Bob", grease=True) == other.bundle("Bob", grease=True)
    drawn = [grease_extension("a test", bytes([number]) * 32) for number in range(100)]
    assert {each.extension_type for each in drawn} == GREASE
    assert {len(each.extension_data) for each in drawn} <= set(range(LONGEST_DATA + 1))
    assert grease_extension("a test", bytes(32), GREASE - {0x0A0A}).extension_type == 0x0A0A


def test_a_group_full_of_grease_lives_like_any_other() -> None:
    scenario = greasy_group()
    scenario.propose_update("Bob")
    scenario.commit("Carol")
    scenario.join_by_commit("Dave", "Bob", grease=True)
    scenario.commit("Dave", adds=["Erin"])
    scenario.commit("Erin", GroupContextExtensions(()))
    for _, leaf_node in scenario.states["Alice"].tree.leaves():
        if leaf_node.credential != scenario.credential("Erin"):
            assert_greased(leaf_node)
    assert_agreement(scenario)


def test_a_group_info_holds_grease_for_newcomers_to_ignore() -> None:
    scenario = greasy_group()
    state = scenario.states["Alice"]
    message = group_info(state, grease=next(scenario.entropy))
    assert [is_grease(each.extension_type) for each in group_info_in(message).extensions].count(True) == 1
    made = external_commit(
        encode(message),
        scenario.credential("Dave"),
        scenario.signature_private_key("Dave"),
        entropy=next(scenario.entropy),
        now=NOW,
    )
    scenario.deliver(made.message, "")
    scenario.states["Dave"] = made.next
    assert_agreement(scenario)


def test_a_welcome_holds_grease_when_asked() -> None:
    scenario = group_of("Alice")
    suite, bundle = scenario.suite, scenario.bundle("Bob")
    made = create_commit(
        scenario.states["Alice"], [Add(bundle.key_package)], entropy=next(scenario.entropy), now=NOW, grease=True
    )
    assert made.welcome is not None
    welcome: Any = decode(MLSMessage, encode(made.welcome)).message
    secrets = open_group_secrets(suite, welcome, bundle.key_package, bundle.init_private_key)
    info = open_group_info(suite, welcome, welcome_secret(suite, secrets.joiner_secret, bytes(suite.hash_length)))
    assert [is_grease(each.extension_type) for each in info.extensions].count(True) == 1


# Where it must never be


REQUIRED = Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (0x1A1A,), ())))


@pytest.mark.parametrize(
    ("extension", "reason"),
    [
        (Extension(0x0A0A, b""), "0x0a0a is GREASE, which has no place in a GroupContext"),
        (REQUIRED, "0x1a1a is GREASE: no client can be required"),
    ],
)
def test_grease_is_never_sent_where_all_must_support_it(extension: Extension, reason: str) -> None:
    harmless = Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (), (1,))))
    scenario = watched(group_of("Alice"), "Bob")
    alice, bundle = scenario.states["Alice"], scenario.bundle("Carol")

    def ways(extensions: tuple[Extension, ...]) -> Any:
        entropy: dict[str, Any] = {"entropy": bytes(32), "now": NOW}
        proposal = GroupContextExtensions(extensions)
        yield lambda: create_group(bundle, b"another", extensions=extensions, **entropy)
        yield lambda: propose(alice, proposal, **entropy)
        yield lambda: propose(alice, replace(REINIT, extensions=extensions), **entropy)
        yield lambda: create_commit(alice, [proposal], **entropy)
        yield lambda: external(scenario, proposal)

    for way in ways((harmless,)):
        way()
    for way in ways((extension,)):
        with refuses(refused.Misuse, "§13.5", reason):
            way()


def test_grease_in_a_group_context_is_refused_as_any_unknown_extension_is() -> None:
    scenario = group_of("Alice", "Bob")
    for unknown in (0x0A0A, 0xFF00):
        proposal = GroupContextExtensions((Extension(unknown, b""),))
        queued = propose(
            scenario.states["Alice"], GroupContextExtensions(()), entropy=next(scenario.entropy), now=NOW
        ).next
        ((reference, sent),) = queued.proposals.items()
        unfit = with_public(queued, proposals={reference: replace(sent, proposal=proposal)})
        with refuses(refused.InvalidRatchetTree, "§7.3", f"does not list {unknown:#06x} in its extensions"):
            create_commit(unfit, by_reference=[reference], entropy=next(scenario.entropy), now=NOW)


def test_every_suite_greases() -> None:
    for number in range(1, 8):
        assert_greased(Scenario(cipher_suite(number)).bundle("Bob", grease=True).key_package.leaf_node)
