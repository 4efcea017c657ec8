"""Key packages of last resort: marked as such, and used more than once (RFC 9420 §10, §16.8)."""

from __future__ import annotations

from dataclasses import replace

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import (
    Add,
    KeyPackage,
    KeyPackageBundle,
    cipher_suite,
    create_commit,
    create_key_package,
    decode,
    encode,
    is_last_resort,
    join,
    new_lifetime,
    validate_key_package,
)
from workbench.mls import errors as refused
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.wire.code_points import LAST_RESORT

SUITE = cipher_suite(1)


def of_last_resort(name: str = "Carol", capabilities: tuple[int, ...] = ()) -> KeyPackageBundle:
    scenario = Scenario(SUITE)
    return create_key_package(
        SUITE,
        scenario.credential(name),
        scenario.signature_private_key(name),
        lifetime=new_lifetime(NOW),
        entropy=b"last resort".ljust(32, b"."),
        last_resort=True,
        capabilities=replace(default_capabilities(), extensions=capabilities),
    )


def test_a_key_package_says_whether_it_may_be_used_again() -> None:
    marked = of_last_resort().key_package
    validate_key_package(SUITE, marked, now=NOW)
    assert is_last_resort(decode(KeyPackage, encode(marked)))
    assert not is_last_resort(Scenario(SUITE).bundle("Carol").key_package)


def test_the_mark_is_among_the_capabilities_once() -> None:
    for given, listed in [((), (LAST_RESORT,)), ((0x0A0A, LAST_RESORT), (0x0A0A, LAST_RESORT))]:
        assert of_last_resort(capabilities=given).key_package.leaf_node.capabilities.extensions == listed


def test_nobody_can_mark_the_key_package_of_somebody_else() -> None:
    plain, marked = Scenario(SUITE).bundle("Carol").key_package, of_last_resort().key_package
    for forged in (replace(marked, extensions=()), replace(marked, init_key=plain.init_key)):
        with refuses(refused.InvalidKeyPackage, "§10.1", "signature of the key package"):
            validate_key_package(SUITE, forged, now=NOW)


def test_one_key_package_of_last_resort_leads_into_two_groups() -> None:
    bundle = of_last_resort()
    for scenario in (group_of("Alice", "Bob"), group_of("Dave", "Eve")):
        first = next(iter(scenario.states))
        made = create_commit(scenario.states[first], [Add(bundle.key_package)], entropy=b"a" * 32, now=NOW)
        scenario.deliver(made.message, first)
        assert made.welcome is not None
        scenario.states |= {first: made.next, "Carol": join(encode(made.welcome), bundle, now=NOW)}
        scenario.commit("Carol")
        assert_agreement(scenario)
