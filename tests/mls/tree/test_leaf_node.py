from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.tree.people import BOB, CAROL, FROM_1970_ON, GROUP_ID, SUITE, leaf_of
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.errors import (
    InvalidExtension,
    InvalidKey,
    InvalidLeafNode,
    InvalidSignature,
    Malformed,
    Misuse,
    MLSError,
    RefusedByPolicy,
)
from workbench.mls.tree.leaf_node import (
    CLOCK_LEEWAY,
    DEFAULT_LIFETIMES,
    LONGEST_LIFETIME,
    LifetimePolicy,
    validate_leaf_node,
)
from workbench.mls.tree.own_leaf import default_capabilities, new_lifetime
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import ApplicationId, RequiredCapabilities
from workbench.mls.wire.tree import (
    CommitSource,
    Extension,
    KeyPackageSource,
    LeafNode,
    Lifetime,
    UpdateSource,
)

NOW = 1_767_600_000
PLAIN = leaf_of("Alice")
APPLICATION_ID = Extension(ExtensionType.application_id, encode(ApplicationId(b"id")))
GREASE = Extension(0x0A0A, b"anything")


def test_a_leaf_node_is_checked_with_what_anybody_has() -> None:
    validate_leaf_node(algorithms(1), PLAIN, now=5)


@pytest.mark.parametrize("source", [UpdateSource(), CommitSource(b"parent hash")])
@pytest.mark.parametrize(("group_id", "leaf_index"), [(b"another group", BOB), (GROUP_ID, CAROL), (None, None)])
def test_a_leaf_node_of_an_update_or_a_commit_is_signed_for_one_place(
    source: UpdateSource | CommitSource, group_id: bytes | None, leaf_index: LeafIndex | None
) -> None:
    leaf_node = leaf_of("Bob", source=source, leaf_index=BOB)
    validate_leaf_node(SUITE, leaf_node, group_id=GROUP_ID, leaf_index=BOB)
    with pytest.raises(InvalidSignature, match="not signed with its own key for this place"):
        validate_leaf_node(SUITE, leaf_node, group_id=group_id, leaf_index=leaf_index)


def test_a_leaf_node_of_a_key_package_is_signed_for_any_place() -> None:
    validate_leaf_node(SUITE, PLAIN, group_id=GROUP_ID, leaf_index=BOB, now=5)
    validate_leaf_node(SUITE, PLAIN, group_id=b"another group", leaf_index=CAROL, now=5)


def test_a_leaf_node_may_have_extensions_that_it_says_it_supports() -> None:
    can = replace(default_capabilities(), extensions=(0x0A0A,))
    leaf_node = leaf_of("Alice", capabilities=can, extensions=(APPLICATION_ID, GREASE))
    validate_leaf_node(SUITE, leaf_node, now=5)


def test_capabilities_that_we_do_not_know_are_no_fault() -> None:
    grease = (0x1A1A, 0x2A2A)
    known = default_capabilities()
    can = replace(
        known,
        cipher_suites=(*known.cipher_suites, *grease),
        proposals=grease,
        credentials=(*known.credentials, *grease),
    )
    validate_leaf_node(SUITE, leaf_of("Alice", capabilities=can), now=5)


@pytest.mark.parametrize(
    ("leaf_node", "error", "reason"),
    [
        (
            leaf_of("Alice", capabilities=replace(default_capabilities(), versions=(2,))),
            InvalidLeafNode,
            "the capabilities do not list MLS 1.0",
        ),
        (
            leaf_of("Alice", capabilities=replace(default_capabilities(), credentials=(2,))),
            InvalidLeafNode,
            "the capabilities do not list its own credential type basic",
        ),
        (
            leaf_of("Alice", extensions=(GREASE,)),
            InvalidLeafNode,
            "the capabilities do not list its own extension 0x0a0a",
        ),
        (
            leaf_of("Alice", extensions=(APPLICATION_ID, APPLICATION_ID)),
            InvalidExtension,
            "a leaf node has more than one extension of type 0x0001",
        ),
        (
            leaf_of(
                "Alice",
                extensions=(Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (), ()))),),
            ),
            InvalidExtension,
            "required_capabilities belongs in a GroupContext, not in a leaf node",
        ),
        (
            leaf_of("Alice", extensions=(Extension(ExtensionType.application_id, b"\x05short"[:4]),)),
            Malformed,
            "application_id",
        ),
        (replace(PLAIN, signature=bytes(64)), InvalidSignature, "not signed with its own key"),
        (replace(PLAIN, encryption_key=leaf_of("Bob").encryption_key), InvalidSignature, "not signed with its own key"),
        (replace(PLAIN, signature_key=b"short"), InvalidKey, "Ed25519"),
    ],
)
def test_a_leaf_node_with_one_thing_wrong_is_refused(leaf_node: LeafNode, error: type[MLSError], reason: str) -> None:
    with pytest.raises(error, match=reason):
        validate_leaf_node(SUITE, leaf_node, now=5)


@pytest.mark.parametrize("now", [0, 1000])
def test_both_ends_of_a_lifetime_are_in_it(now: int) -> None:
    validate_leaf_node(SUITE, PLAIN, now=now)


@pytest.mark.parametrize(("now", "leeway"), [(1000 + CLOCK_LEEWAY, CLOCK_LEEWAY), (1000, 0), (1007, 7)])
def test_a_leaf_node_after_its_lifetime_is_refused(now: int, leeway: int) -> None:
    lifetimes = LifetimePolicy(leeway=leeway)
    validate_leaf_node(SUITE, PLAIN, now=now, lifetimes=lifetimes)
    with pytest.raises(InvalidLeafNode, match=f"{now + 1} is not within the lifetime of the leaf node, from 0 to 1000"):
        validate_leaf_node(SUITE, PLAIN, now=now + 1, lifetimes=lifetimes)


@pytest.mark.parametrize(("now", "leeway"), [(1600 - CLOCK_LEEWAY, CLOCK_LEEWAY), (1600, 0), (1593, 7)])
def test_a_leaf_node_before_its_lifetime_is_refused(now: int, leeway: int) -> None:
    lifetimes = LifetimePolicy(leeway=leeway)
    early = leaf_of("Alice", source=KeyPackageSource(Lifetime(1600, 1900)))
    validate_leaf_node(SUITE, early, now=now, lifetimes=lifetimes)
    with pytest.raises(InvalidLeafNode, match=f"{now - 1} is not within the lifetime of .*, from 1600 to 1900"):
        validate_leaf_node(SUITE, early, now=now - 1, lifetimes=lifetimes)


def test_what_is_issued_is_accepted_at_once_by_who_allows_no_leeway_and_as_long_as_openmls_accepts() -> None:
    no_leeway = LifetimePolicy(leeway=0, longest=84 * 24 * 3600 + 3600)
    for now in (NOW - 3600, NOW, NOW + 84 * 24 * 3600):
        issued = leaf_of("Alice", source=KeyPackageSource(new_lifetime(NOW)))
        validate_leaf_node(SUITE, issued, now=now, lifetimes=no_leeway)
    longer = leaf_of("Alice", source=KeyPackageSource(new_lifetime(NOW, 84 * 24 * 3600 + 1)))
    with pytest.raises(RefusedByPolicy, match=r"\(LifetimePolicy.longest=7261200\)"):
        validate_leaf_node(SUITE, longer, now=NOW, lifetimes=no_leeway)


@pytest.mark.parametrize("days", [365, 366])
def test_a_key_package_for_a_year_is_accepted_as_other_implementations_issue_it(days: int) -> None:
    a_year = leaf_of("Alice", source=KeyPackageSource(new_lifetime(NOW, days * 24 * 3600)))
    validate_leaf_node(SUITE, a_year, now=NOW)


def test_a_key_package_for_longer_than_a_year_is_refused_by_our_policy_which_is_named() -> None:
    longer = leaf_of("Alice", source=KeyPackageSource(Lifetime(NOW, NOW + LONGEST_LIFETIME + 1)))
    reason = r"31629601 seconds: our policy refuses that \(LifetimePolicy.longest=31629600\) \(RFC 9420 §7.2\)"
    with pytest.raises(RefusedByPolicy, match=reason) as caught:
        validate_leaf_node(SUITE, longer, now=NOW)
    assert caught.value.setting == "LifetimePolicy.longest"


@pytest.mark.parametrize("now", [None, 900, 1600])
@pytest.mark.parametrize("lifetimes", [DEFAULT_LIFETIMES, LifetimePolicy(longest=None, clock=False)])
def test_a_lifetime_that_ends_before_it_begins_is_none(now: int | None, lifetimes: LifetimePolicy) -> None:
    never = leaf_of("Alice", source=KeyPackageSource(Lifetime(1600, 900)))
    with pytest.raises(InvalidLeafNode, match="ends before it begins: from 1600 to 900"):
        validate_leaf_node(SUITE, never, now=now, lifetimes=lifetimes)
    validate_leaf_node(SUITE, leaf_of("Alice", source=KeyPackageSource(Lifetime(900, 900))), now=900)


def test_without_a_clock_a_lifetime_is_good_at_any_time() -> None:
    no_clock = LifetimePolicy(longest=None, clock=False)
    for lifetime in (Lifetime(0, 1), Lifetime(NOW + 1, NOW + 2), Lifetime(0, (1 << 64) - 1)):
        leaf_node = leaf_of("Alice", source=KeyPackageSource(lifetime))
        validate_leaf_node(SUITE, leaf_node, now=NOW - 10**9, lifetimes=no_clock)


@pytest.mark.parametrize("limits", [{"longest": -1}, {"leeway": -1}, {"catch_up": -1}])
def test_a_policy_for_lifetimes_has_no_limit_below_nothing(limits: dict[str, int]) -> None:
    with pytest.raises(Misuse, match="must be an integer from 0"):
        LifetimePolicy(**limits)  # type: ignore[arg-type] # mypy cannot tell which field it is


def test_without_a_time_only_the_length_of_a_lifetime_is_looked_at() -> None:
    validate_leaf_node(SUITE, PLAIN, now=None)
    assert FROM_1970_ON.not_after == 1000
    with pytest.raises(RefusedByPolicy, match="the leaf node is valid for 1000 seconds"):
        validate_leaf_node(SUITE, PLAIN, now=None, lifetimes=LifetimePolicy(longest=999))


def test_a_policy_decides_whether_a_leaf_node_may_live_for_ever() -> None:
    for_ever = leaf_of("Alice", source=KeyPackageSource(Lifetime(0, (1 << 64) - 1)))
    validate_leaf_node(SUITE, for_ever, now=5, lifetimes=LifetimePolicy(longest=None))
    with pytest.raises(RefusedByPolicy, match=f"LifetimePolicy.longest={DEFAULT_LIFETIMES.longest}"):
        validate_leaf_node(SUITE, for_ever, now=5)
