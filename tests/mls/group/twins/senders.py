"""What those who send something are refused without an optional argument."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.mls.group.changed_objects import PSK, REINIT
from tests.mls.group.company import TRUST, company, shown
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.group.twins.twin import (
    BOTH_KEYS,
    CAPABLE,
    FRESH,
    NEEDS,
    NO_ANCHOR,
    NO_PSK,
    NO_TREE,
    RESUMPTION,
    WITH_TREE,
    Twin,
    Twins,
    adding_carol,
    alice_and_bob,
    branched,
    carol,
    outside,
    reinitialised,
    twin,
    without_tree,
)
from workbench.mls import (
    Policy,
    Renewal,
    branch_group,
    create_commit,
    create_group,
    create_key_package,
    encode,
    external_commit,
    group_info,
    join,
    new_lifetime,
    propose_update,
    public_group,
    reinit_group,
)
from workbench.mls import errors as refused

SENDERS: Twins = {}


@twin(SENDERS, "create_commit.psks")
def _() -> Twin:
    alice, _ = alice_and_bob()
    return Twin(partial(create_commit, alice, [PSK, RESUMPTION], **FRESH), BOTH_KEYS, *NO_PSK)


@twin(SENDERS, "create_commit.by_reference")
def _() -> Twin:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose("Bob", PSK)
    alice = scenario.states["Alice"]
    # Named, a proposal must be committed; not named, one that does not fit is left to others.
    return Twin(partial(create_commit, alice, **FRESH, by_reference=list(alice.proposals)), None, *NO_PSK)


def renewing(fixed: dict[str, Any]) -> Callable[..., object]:
    """Bob renews what is fixed, and more if it is given, by an Update and by a commit."""
    bob = company(1, "Alice", "Bob").states["Bob"]

    def call(**given: Any) -> None:
        for make in (propose_update, create_commit):
            make(bob, **FRESH, renew=Renewal(**fixed, **given))

    return call


@twin(SENDERS, "Renewal.signature_private_key")
def _() -> Twin:
    key = company(1, "Alice", "Bob").signature_private_key("Bob's new device")
    call = renewing({"credential": shown("Bob", 1, key="Bob's new device")})
    return Twin(call, key, refused.InvalidCredential, "§5.3", "signature key is not the one")


@twin(SENDERS, "Renewal.credential")
def _() -> Twin:
    key = company(1, "Alice", "Bob").signature_private_key("Bob's new device")
    new = shown("Bob", 1, key="Bob's new device")
    call = renewing({"signature_private_key": key})
    return Twin(call, new, refused.InvalidCredential, "§5.3", "signature key is not the one")


@twin(SENDERS, "create_group.policy")
def _() -> Twin:
    bundle = company(1, "Alice").bundle("Bob")
    return Twin(partial(create_group, bundle, b"another", **FRESH), TRUST, *NO_ANCHOR)


@twin(SENDERS, "create_key_package.capabilities")
def _() -> Twin:
    people = Scenario(group_of("Alice").suite)

    def call(**option: Any) -> object:
        bundle = create_key_package(
            people.suite,
            people.credential("Alice"),
            people.signature_private_key("Alice"),
            lifetime=new_lifetime(NOW),
            entropy=b"k" * 32,
            **option,
        )
        return create_group(bundle, b"demanding", **FRESH, extensions=(NEEDS,))

    return Twin(call, CAPABLE, refused.InvalidRatchetTree, "§7.3", "does not list 0xfa00")


@twin(SENDERS, "external_commit.ratchet_tree")
def _() -> Twin:
    alice, _ = alice_and_bob()
    people, (info, tree) = Scenario(alice.suite), without_tree(alice)
    who = people.credential("Carol"), people.signature_private_key("Carol")
    return Twin(partial(external_commit, info, *who, **FRESH), tree, *NO_TREE)


@twin(SENDERS, "external_commit.resync")
def _() -> Twin:
    alice, bob = alice_and_bob()
    reason = "same signature key"
    return Twin(partial(outside, alice, "Bob"), bob.own_leaf, refused.InvalidRatchetTree, "§7.3", reason)


@twin(SENDERS, "external_commit.psks")
def _() -> Twin:
    alice, _ = alice_and_bob()
    return Twin(partial(outside, alice, proposals=[PSK, RESUMPTION]), BOTH_KEYS, *NO_PSK)


@twin(SENDERS, "external_commit.capabilities")
def _() -> Twin:
    demanding = create_group(carol(capabilities=CAPABLE), b"demanding", **FRESH, extensions=(NEEDS,))
    reason = "does not list 0xfa00"
    return Twin(partial(outside, demanding, "Dave"), CAPABLE, refused.InvalidRatchetTree, "§7.3", reason)


@twin(SENDERS, "external_commit.policy")
def _() -> Twin:
    scenario = company(1, "Alice", "Bob")
    return Twin(partial(scenario.outside, "Carol", "Bob", policy=Policy()), TRUST, *NO_ANCHOR)


@twin(SENDERS, "group_info.ratchet_tree")
def _() -> Twin:
    alice, _ = alice_and_bob()

    def call(*, ratchet_tree: bool = False) -> object:
        return public_group(encode(group_info(alice, ratchet_tree=ratchet_tree)), now=NOW)

    return Twin(call, *WITH_TREE)


@twin(SENDERS, "group_info.external_pub")
def _() -> Twin:
    alice, _ = alice_and_bob()

    def call(*, external_pub: bool = False) -> object:
        return outside(alice, external_pub=external_pub)

    return Twin(call, given=True, error=refused.InvalidGroupInfo, section="§12.4.3.2", reason="external")


@twin(SENDERS, "create_commit.ratchet_tree")
def _() -> Twin:
    def call(*, ratchet_tree: bool = False) -> object:
        made, bundle = adding_carol(ratchet_tree=ratchet_tree)
        return join(encode(made.welcome), bundle, now=NOW)

    return Twin(call, *WITH_TREE)


@twin(SENDERS, "branch_group.ratchet_tree")
def _() -> Twin:
    def call(*, ratchet_tree: bool = False) -> object:
        made, bob, old = branched(ratchet_tree=ratchet_tree)
        return join(encode(made.welcome), bob, now=NOW, old_group=old)

    return Twin(call, *WITH_TREE)


@twin(SENDERS, "reinit_group.ratchet_tree")
def _() -> Twin:
    def call(*, ratchet_tree: bool = False) -> object:
        made, bob, old = reinitialised(ratchet_tree=ratchet_tree)
        return join(encode(made.welcome), bob, now=NOW, old_group=old)

    return Twin(call, *WITH_TREE)


@twin(SENDERS, "branch_group.policy")
def _() -> Twin:
    scenario = company(1, "Alice", "Bob")
    alice, bob = (scenario.bundle(name) for name in ("Alice", "Bob"))
    call = partial(branch_group, scenario.states["Alice"], b"the branch", alice, [bob.key_package], **FRESH)
    return Twin(call, TRUST, *NO_ANCHOR)


@twin(SENDERS, "reinit_group.policy")
def _() -> Twin:
    scenario = company(1, "Alice", "Bob")
    scenario.commit("Alice", REINIT)
    alice, bob = (scenario.bundle(name) for name in ("Alice", "Bob"))
    return Twin(partial(reinit_group, scenario.states["Alice"], alice, [bob.key_package], **FRESH), TRUST, *NO_ANCHOR)
