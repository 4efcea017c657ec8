"""Groups whose members show X.509 certificates: whom the others believe, and when they are asked (RFC 9420 §5.3.1)."""

from __future__ import annotations

from typing import TypedDict

import pytest

from tests.mls.crypto.authority import DAY, TODAY
from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.company import LATER, LAX, SUITES, TRUST, company, current, shown
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import (
    ApplicationMessage,
    BasicCredential,
    Credential,
    EpochAdvanced,
    GroupState,
    LeafIndex,
    Policy,
    ReInit,
    Remove,
    Renewal,
    branch_group,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    external_commit,
    group_info,
    join,
    presented_identities,
    process,
    propose_update,
    protect,
    reinit_group,
)
from workbench.mls import errors as refused
from workbench.mls.wire.code_points import ProtocolVersion

# What is accepted


@SUITES
def test_a_group_with_certificates_lives_as_any_other(suite: int) -> None:
    scenario = company(suite, "Alice", "Bob")
    scenario.commit("Bob", adds=["Carol"])
    scenario.join_by_commit("Dave", via="Carol")
    scenario.propose_update("Dave")
    scenario.commit("Alice", Remove(scenario.leaf("Carol")))
    assert_agreement(scenario)
    received = scenario.deliver(scenario.send("Dave", b"hello"), "Dave")
    assert received["Alice"] == ApplicationMessage(LeafIndex(3), b"hello", b"", 4)


@SUITES
@pytest.mark.parametrize("key", ["Bob", "Bob's new device"])
@pytest.mark.parametrize("by", ["Update", "commit"])
def test_a_member_renews_its_certificate_and_its_signature_key(suite: int, key: str, by: str) -> None:
    scenario = company(suite, "Alice", "Bob", "Carol")
    old, private_key = scenario.states["Bob"], scenario.signature_private_key(key)
    renew = Renewal(shown("Bob", suite, key=key, until=TODAY + 60 * DAY), private_key)
    if by == "Update":
        scenario.propose_update("Bob", renew=renew)
        assert scenario.states["Bob"].signature_private_key == old.signature_private_key
        scenario.commit("Alice")
    else:
        scenario.commit("Bob", adds=["Dave"], renew=renew)
    bob = scenario.states["Bob"]
    assert bob.tree.member(bob.own_leaf).credential == renew.credential
    assert bob.signature_private_key == private_key
    assert bob.update_signature_keys == {}
    scenario.deliver(scenario.send("Bob", b"with the new key"), "Bob")
    scenario.commit("Bob")
    scenario.commit("Carol")
    assert_agreement(scenario)


def test_a_signature_key_that_nobody_commits_is_forgotten_with_the_epoch() -> None:
    scenario = company(1, "Alice", "Bob")
    old, key = scenario.states["Bob"], scenario.signature_private_key("Bob's new device")
    new = shown("Bob", 1, key="Bob's new device")
    waiting = propose_update(
        old, entropy=b"u" * 32, now=NOW, renew=Renewal(credential=new, signature_private_key=key)
    ).next
    assert list(waiting.update_signature_keys.values()) == [key]
    commit = create_commit(scenario.states["Alice"], entropy=b"c" * 32, now=NOW).message
    after, _ = process(waiting, encode(commit), now=NOW)
    assert after.update_signature_keys == {}
    assert after.signature_private_key == old.signature_private_key
    removal = create_commit(scenario.states["Alice"], [Remove(1)], entropy=b"r" * 32, now=NOW).message
    assert process(waiting, encode(removal), now=NOW)[0].update_signature_keys == {}


def test_who_renews_something_by_a_commit_makes_a_path() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.commit(
        "Bob", adds=["Dave"], path=False, renew=Renewal(credential=Credential(BasicCredential(b"Bob")))
    )
    assert made.advanced.with_path


def test_an_update_may_bring_another_key_and_no_other_credential() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose_update(
        "Bob", renew=Renewal(signature_private_key=scenario.signature_private_key("Bob's new device"))
    )
    scenario.commit("Alice", adds=["Carol"])
    scenario.commit("Bob")
    assert_agreement(scenario)


def test_a_committer_cannot_take_the_signature_key_of_another_member() -> None:
    scenario = group_of("Alice", "Bob")
    bob, key = scenario.states["Bob"], scenario.signature_private_key("Alice")
    create_commit(
        bob, entropy=b"c" * 32, now=NOW, renew=Renewal(signature_private_key=scenario.signature_private_key("Carol"))
    )
    with refuses(refused.InvalidRatchetTree, "§7.3", "same signature key"):
        create_commit(bob, entropy=b"c" * 32, now=NOW, renew=Renewal(signature_private_key=key))


@SUITES
def test_a_member_comes_back_with_a_renewed_certificate_for_a_new_key(suite: int) -> None:
    scenario = company(suite, "Alice", "Bob", "Carol")
    renewed = shown("Bob", suite, key="Bob's new device", until=TODAY + 60 * DAY)
    old = scenario.states.pop("Bob")
    made = external_commit(
        encode(group_info(scenario.states["Alice"])),
        renewed,
        scenario.signature_private_key("Bob's new device"),
        entropy=b"r" * 32,
        now=NOW,
        resync=old.own_leaf,
        policy=current(),
    )
    scenario.deliver(made.message, "Bob")
    scenario.states["Bob"] = made.next
    assert presented_identities(made.next.tree.member(made.next.own_leaf).credential) == presented_identities(
        old.tree.member(old.own_leaf).credential
    )
    assert_agreement(scenario)


# What expires later


def test_who_has_expired_is_still_heard_and_may_renew_but_not_be_met() -> None:
    scenario = company(1, "Alice", "Bob", policy=TRUST)
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    said = protect(bob, b"late", entropy=b"p" * 32)
    assert process(alice, encode(said.message), now=LATER)[1] == ApplicationMessage(LeafIndex(1), b"late", b"", 1)
    update = propose_update(bob, entropy=b"u" * 32, now=LATER)
    process(alice, encode(update.message), now=LATER)
    committed = create_commit(bob, entropy=b"c" * 32, now=LATER)
    assert isinstance(process(alice, encode(committed.message), now=LATER)[1], EpochAdvanced)
    until = TODAY + 60 * DAY
    renewed = create_commit(bob, entropy=b"d" * 32, now=LATER, renew=Renewal(credential=shown("Bob", 1, until=until)))
    assert isinstance(process(alice, encode(renewed.message), now=LATER)[1], EpochAdvanced)
    carol = shown("Carol", 1, until=until), scenario.signature_private_key("Carol")
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        external_commit(encode(group_info(alice)), *carol, entropy=b"e" * 32, now=LATER, policy=TRUST)
    external_commit(encode(group_info(alice)), *carol, entropy=b"e" * 32, now=LATER, policy=LAX)


# New groups that come from an old one


class Careful:
    """An Authentication Service whose members keep the credential with which they were met."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        if replaced is not None and replaced != credential:
            raise refused.InvalidCredential(
                "§5.3.1", f"{signature_key.hex()} is not renewed, neither at {now} nor later"
            )


class Options(TypedDict):
    entropy: bytes
    now: int
    policy: Policy


def moved(scenario: Scenario, policy: Policy, *, reinit: bool = False) -> tuple[GroupState, ...]:
    """Alice makes a new group, into which Bob comes along with what he shows now."""
    packages = {name: scenario.bundle(name) for name in ("Alice", "Bob")}
    old, options = scenario.states, Options(entropy=b"n" * 32, now=NOW, policy=LAX)
    if reinit:
        made = reinit_group(old["Alice"], packages["Alice"], [packages["Bob"].key_package], **options)
    else:
        made = branch_group(old["Alice"], b"the branch", packages["Alice"], [packages["Bob"].key_package], **options)
    assert made.welcome is not None
    return made.next, join(encode(made.welcome), packages["Bob"], now=NOW, old_group=old["Bob"], policy=policy)


@SUITES
@pytest.mark.parametrize("reinit", [False, True])
def test_a_new_group_is_entered_with_renewed_certificates(suite: int, reinit: bool) -> None:  # noqa: FBT001 # a case
    scenario = company(suite, "Alice", "Bob")
    if reinit:
        scenario.commit("Alice", ReInit(b"another", ProtocolVersion.mls10, suite, ()))
    for name in ("Alice", "Bob"):
        scenario.credentials = {**scenario.credentials, name: shown(name, suite, until=TODAY + 60 * DAY)}
    first, second = moved(scenario, current(), reinit=reinit)
    assert first.secrets == second.secrets
    with refuses(refused.InvalidCredential, "§5.3.1", "is not renewed"):
        moved(scenario, Policy(authentication=Careful()), reinit=reinit)
    scenario.credentials = {**scenario.credentials, "Bob": shown("Bob", suite, subject="Bobby")}
    with refuses(refused.Misuse, r"§11\.[23]", "1 (members of the old group have no|of these key packages)"):
        moved(scenario, LAX, reinit=reinit)


def test_two_devices_of_one_user_are_two_members_of_the_new_group() -> None:
    scenario = group_of("Alice", "Bob", "Bob's other device", credentials={"Bob's other device": shown_as_bob()})
    scenario.commit("Alice", ReInit(b"another", ProtocolVersion.mls10, 1, ()))
    packages = {name: scenario.bundle(name).key_package for name in ("Bob", "Bob's other device")}
    alice, bundle = scenario.states["Alice"], scenario.bundle("Alice")
    reinit_group(alice, bundle, list(packages.values()), entropy=b"n" * 32, now=NOW)
    with refuses(refused.Misuse, "§11.2", "1 members of the old group"):
        reinit_group(alice, bundle, [packages["Bob"]], entropy=b"n" * 32, now=NOW)


def shown_as_bob() -> Credential:
    return Scenario(cipher_suite(1)).credential("Bob")


def test_without_an_anchor_no_certificate_is_believed() -> None:
    scenario = company(1, "Alice")
    with refuses(refused.InvalidCredential, "§5.3.1", "needs a trust anchor"):
        create_group(scenario.bundle("Alice"), b"another", entropy=b"g" * 32, now=NOW)
