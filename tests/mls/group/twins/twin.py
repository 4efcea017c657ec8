"""A call with and without an optional argument, and what such calls are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from tests.mls.group.changed_objects import NONCE, REINIT
from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of
from workbench.mls import (
    Add,
    Extension,
    GroupState,
    KeyPackageBundle,
    PendingCommit,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    ResumptionPSK,
    branch_group,
    create_commit,
    default_capabilities,
    encode,
    external_commit,
    group_info,
    reinit_group,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.wire.code_points import ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities

BOTH_KEYS: HeldPSKs = {b"id": b"a shared secret", (b"another group", 7): b"a resumption secret"}
RESUMPTION = PreSharedKey(PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"another group", 7), NONCE))
LATE = NOW + WEEKS_8 + 1
"""The first second after the lifetime of a key package of `Scenario`."""

DAY = 24 * 3600
WEEK = 7 * DAY
UNKNOWN = 64000
CAPABLE = replace(default_capabilities(), extensions=(UNKNOWN,))
NEEDS = Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((UNKNOWN,), (), ())))
FRESH: dict[str, Any] = {"entropy": b"e" * 32, "now": NOW}


class Twin(NamedTuple):
    """A call that takes an option, the option with which it is accepted, and the error without it.

    It is the other way round if the option is `stricter` than its default.
    """

    call: Callable[..., object]
    given: object
    error: type[MLSError]
    section: str
    reason: str
    stricter: bool = False


Twins: TypeAlias = dict[str, Callable[[], Twin]]


def twin(twins: Twins, name: str) -> Callable[[Callable[[], Twin]], Callable[[], Twin]]:
    """Keep what a function makes under the name of the argument: `function.argument`."""

    def named(make: Callable[[], Twin]) -> Callable[[], Twin]:
        twins[name] = make
        return make

    return named


def alice_and_bob(**options: Any) -> tuple[GroupState, GroupState]:
    states = group_of("Alice", "Bob", **options).states
    return states["Alice"], states["Bob"]


def carol(**options: Any) -> KeyPackageBundle:
    return Scenario(group_of("Alice").suite).bundle("Carol", **options)


def adding_carol(*proposals: Any, **options: Any) -> tuple[PendingCommit, KeyPackageBundle]:
    """A commit by Alice that adds Carol, and what Carol joins with."""
    bundle = carol()
    made = create_commit(alice_and_bob()[0], [Add(bundle.key_package), *proposals], **FRESH, **options)
    return made, bundle


def outside(state: GroupState, name: str = "Carol", **options: Any) -> Any:
    people = Scenario(state.suite)
    info: Any = {"ratchet_tree": True} | {key: options.pop(key) for key in ("external_pub",) if key in options}
    return external_commit(
        encode(group_info(state, **info)),
        people.credential(name),
        people.signature_private_key(name),
        **FRESH,
        **options,
    )


def without_tree(state: GroupState) -> tuple[bytes, RatchetTreeExtension]:
    return encode(group_info(state, ratchet_tree=False)), RatchetTreeExtension(state.tree.to_nodes())


def branched(**options: Any) -> tuple[PendingCommit, KeyPackageBundle, GroupState]:
    """A branch by Alice, and what Bob enters it with."""
    scenario = group_of("Alice", "Bob")
    alice, bob = (scenario.bundle(name) for name in ("Alice", "Bob"))
    made = branch_group(scenario.states["Alice"], b"the branch", alice, [bob.key_package], **FRESH, **options)
    return made, bob, scenario.states["Bob"]


def reinitialised(**options: Any) -> tuple[PendingCommit, KeyPackageBundle, GroupState]:
    """The group that follows a ReInit, by Alice, and what Bob enters it with."""
    scenario = group_of("Alice", "Bob")
    scenario.commit("Alice", REINIT)
    alice, bob = (scenario.bundle(name) for name in ("Alice", "Bob"))
    made = reinit_group(scenario.states["Alice"], alice, [bob.key_package], **FRESH, **options)
    return made, bob, scenario.states["Bob"]


NO_PSK = (refused.UnknownPreSharedKey, "§8.4", "external key 6964")
NO_RESUMPTION_PSK = (refused.UnknownPreSharedKey, "§8.4", "epoch 7")
NO_TREE = (refused.Misuse, "§12.4.3(.1)?", "carries no ratchet tree")
WITH_TREE = (True, *NO_TREE)
NO_ANCHOR = (refused.InvalidCredential, "§5.3.1", "needs a trust anchor")
EXPIRED = (refused.RefusedByPolicy, "§7.3", "lifetime")
