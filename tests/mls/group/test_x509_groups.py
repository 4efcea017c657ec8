"""Groups whose members show X.509 certificates: whom the others believe, and when they are asked (RFC 9420 §5.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypedDict

import pytest

from tests.mls.crypto.authority import DAY, TODAY, Authority, credential, loaded, root_authority
from tests.mls.group.agreement import assert_agreement
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.group.test_refusals import refuses
from workbench.mls import (
    Add,
    ApplicationMessage,
    BasicCredential,
    Credential,
    EpochAdvanced,
    Extension,
    GroupContextExtensions,
    GroupState,
    LeafIndex,
    MLSMessage,
    Policy,
    ReInit,
    Remove,
    TrustAnchors,
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
    propose,
    propose_external,
    propose_self_add,
    propose_update,
    protect,
    reinit_group,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion
from workbench.mls.wire.messages import ExternalSender, ExternalSenders

ROOT = root_authority()
OFFICE = ROOT.certify_authority("office")
ELSEWHERE = root_authority("stranger").certify_authority("elsewhere")
REVOKED = TODAY + 29 * DAY
"""The end of the certificates that the office has revoked."""

TRUST = Policy(authentication=TrustAnchors((ROOT.certificate,)))
SUITES = pytest.mark.parametrize("suite", [1, 2])
NAMES = ("Alice", "Bob", "Carol", "Dave", "HR")


def shown(
    name: str,
    suite: int,
    *,
    subject: str = "",
    key: str = "",
    issuer: Authority = OFFICE,
    since: Any = TODAY - DAY,
    until: Any = TODAY + 30 * DAY,
) -> Credential:
    """The credential of a client with its usual signature key, from the office, unless something is changed."""
    private_key = Scenario(cipher_suite(suite)).signature_private_key(key or name)
    certificate = issuer.certify(subject or name, loaded(private_key, suite), since=since, until=until)
    return credential(certificate, issuer.certificate)


def current() -> Policy:
    """Trust with revocation lists of today."""
    revoked = [OFFICE.certify(name, OFFICE.key, until=REVOKED) for name in NAMES]
    lists = (ROOT.revoke(), OFFICE.revoke(*revoked))
    return Policy(authentication=TrustAnchors((ROOT.certificate,), revocation_lists=lists))


def company(suite: int, *names: str, policy: Policy | None = None, **others: Credential) -> Scenario:
    """A group of members with certificates; `others` show something else than usual when they come."""
    credentials = {name: shown(name, suite) for name in NAMES} | others
    return group_of(*names, suite=suite, policy=policy or current(), credentials=credentials)


class Believer:
    """An Authentication Service that believes everything: who has it can do what others must refuse."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        pass


LAX = Policy(authentication=Believer())


def lax(scenario: Scenario, name: str) -> GroupState:
    return replace(scenario.states[name], policy=LAX)


def arrives(scenario: Scenario, message: MLSMessage) -> None:
    process(scenario.states["Alice"], encode(message), now=NOW)


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
    renewed = {
        "credential": shown("Bob", suite, key=key, until=TODAY + 60 * DAY),
        "signature_private_key": private_key,
    }
    if by == "Update":
        scenario.propose_update("Bob", **renewed)
        assert scenario.states["Bob"].signature_private_key == old.signature_private_key
        scenario.commit("Alice")
    else:
        scenario.commit("Bob", adds=["Dave"], **renewed)
    bob = scenario.states["Bob"]
    assert bob.tree.member(bob.own_leaf).credential == renewed["credential"]
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
    waiting = propose_update(old, entropy=b"u" * 32, now=NOW, credential=new, signature_private_key=key).next
    assert list(waiting.update_signature_keys.values()) == [key]
    commit = create_commit(scenario.states["Alice"], entropy=b"c" * 32, now=NOW).message
    after, _ = process(waiting, encode(commit), now=NOW)
    assert after.update_signature_keys == {}
    assert after.signature_private_key == old.signature_private_key
    removal = create_commit(scenario.states["Alice"], [Remove(1)], entropy=b"r" * 32, now=NOW).message
    assert process(waiting, encode(removal), now=NOW)[0].update_signature_keys == {}


def test_who_renews_something_by_a_commit_makes_a_path() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.commit("Bob", adds=["Dave"], path=False, credential=Credential(BasicCredential(b"Bob")))
    assert made.advanced.with_path


def test_an_update_may_bring_another_key_and_no_other_credential() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose_update("Bob", signature_private_key=scenario.signature_private_key("Bob's new device"))
    scenario.commit("Alice", adds=["Carol"])
    scenario.commit("Bob")
    assert_agreement(scenario)


def test_a_committer_cannot_take_the_signature_key_of_another_member() -> None:
    scenario = group_of("Alice", "Bob")
    bob, key = scenario.states["Bob"], scenario.signature_private_key("Alice")
    create_commit(bob, entropy=b"c" * 32, now=NOW, signature_private_key=scenario.signature_private_key("Carol"))
    with refuses(refused.InvalidRatchetTree, "§7.3", "same signature key"):
        create_commit(bob, entropy=b"c" * 32, now=NOW, signature_private_key=key)


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


LATER = NOW + 40 * 24 * 3600


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
    renewed = create_commit(bob, entropy=b"d" * 32, now=LATER, credential=shown("Bob", 1, until=until))
    assert isinstance(process(alice, encode(renewed.message), now=LATER)[1], EpochAdvanced)
    carol = shown("Carol", 1, until=until), scenario.signature_private_key("Carol")
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        external_commit(encode(group_info(alice)), *carol, entropy=b"e" * 32, now=LATER, policy=TRUST)
    external_commit(encode(group_info(alice)), *carol, entropy=b"e" * 32, now=LATER, policy=LAX)


# Who is refused by name: members that believe everything do it, a member with trust anchors and lists refuses it

LONG_AGO = {"since": TODAY - 40 * DAY, "until": TODAY - 31 * DAY}
EXPIRED = (LONG_AGO, refused.CredentialExpired, "§5.3.2", "was valid until")
WITHDRAWN = ({"until": REVOKED}, refused.CredentialRevoked, "§5.3.2", "has been revoked")
UNKNOWN = ({"issuer": ELSEWHERE}, refused.InvalidCredential, "§5.3.1", "no valid path leads")
STOLEN = ({"key": "Mallory"}, refused.InvalidCredential, "§5.3", "signature key is not the one")
RENAMED = ({"subject": "Bobby"}, refused.InvalidCredential, "§5.3.1", "other identities than the one it replaces")

faults = pytest.mark.parametrize(
    ("changes", "error", "section", "reason"),
    [EXPIRED, WITHDRAWN, UNKNOWN, STOLEN],
    ids=["expired", "revoked", "unknown issuer", "another key"],
)


def is_proposed(scenario: Scenario) -> None:
    add = Add(scenario.bundle("Dave").key_package)
    arrives(scenario, propose(lax(scenario, "Bob"), add, entropy=b"p" * 32, now=NOW).message)


def is_added(scenario: Scenario) -> None:
    add = Add(scenario.bundle("Dave").key_package)
    arrives(scenario, create_commit(lax(scenario, "Bob"), [add], entropy=b"c" * 32, now=NOW).message)


def asks_to_be_added(scenario: Scenario) -> None:
    bundle, alice = scenario.bundle("Dave"), scenario.states["Alice"]
    key = bundle.signature_private_key
    arrives(scenario, propose_self_add(bundle.key_package, key, scenario.suite, alice.group_id, alice.epoch, now=NOW))


def is_added_by_us(scenario: Scenario) -> None:
    add = Add(scenario.bundle("Dave").key_package)
    create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW)


def joins_by_a_commit(scenario: Scenario) -> None:
    arrives(scenario, scenario.outside("Dave", via="Bob", policy=LAX).message)


def comes_by_a_commit_of_its_own(scenario: Scenario) -> None:
    scenario.outside("Dave", via="Bob")


def makes_a_group(scenario: Scenario) -> None:
    create_group(scenario.bundle("Dave"), b"another", entropy=b"g" * 32, now=NOW, policy=scenario.policy)


def is_in_a_group_that_one_is_welcomed_to(scenario: Scenario) -> None:
    carol = scenario.bundle("Carol")
    adds = [Add(scenario.bundle("Dave").key_package), Add(carol.key_package)]
    made = create_commit(lax(scenario, "Bob"), adds, entropy=b"c" * 32, now=NOW)
    assert made.welcome is not None
    join(encode(made.welcome), carol, now=NOW, policy=scenario.policy)


def is_in_a_group_that_one_joins_by_a_commit(scenario: Scenario) -> None:
    add = Add(scenario.bundle("Dave").key_package)
    scenario.states["Bob"] = create_commit(lax(scenario, "Bob"), [add], entropy=b"c" * 32, now=NOW).next
    scenario.outside("Carol", via="Bob")


@SUITES
@faults
@pytest.mark.parametrize(
    "way",
    [
        is_proposed,
        is_added,
        asks_to_be_added,
        is_added_by_us,
        joins_by_a_commit,
        comes_by_a_commit_of_its_own,
        makes_a_group,
        is_in_a_group_that_one_is_welcomed_to,
        is_in_a_group_that_one_joins_by_a_commit,
    ],
)
def test_who_is_not_believed_is_met_nowhere(
    way: Callable[[Scenario], None],
    changes: dict[str, Any],
    error: type[MLSError],
    section: str,
    reason: str,
    suite: int,
) -> None:
    way(company(suite, "Alice", "Bob"))
    with refuses(error, section, reason):
        way(company(suite, "Alice", "Bob", Dave=shown("Dave", suite, **changes)))


def by_an_update(scenario: Scenario, new: Credential) -> None:
    update = propose_update(lax(scenario, "Bob"), entropy=b"u" * 32, now=NOW, credential=new)
    arrives(scenario, update.message)


def by_an_update_of_ones_own(scenario: Scenario, new: Credential) -> None:
    propose_update(scenario.states["Bob"], entropy=b"u" * 32, now=NOW, credential=new)


def by_a_commit(scenario: Scenario, new: Credential) -> None:
    committed = create_commit(lax(scenario, "Bob"), entropy=b"c" * 32, now=NOW, credential=new)
    arrives(scenario, committed.message)


def by_a_commit_of_ones_own(scenario: Scenario, new: Credential) -> None:
    create_commit(scenario.states["Bob"], entropy=b"c" * 32, now=NOW, credential=new)


def by_coming_back(scenario: Scenario, new: Credential) -> None:
    scenario.credentials = {**scenario.credentials, "Bob": new}
    arrives(scenario, scenario.outside("Bob", via="Alice", resync=scenario.leaf("Bob"), policy=LAX).message)


@SUITES
@pytest.mark.parametrize(
    ("changes", "error", "section", "reason"),
    [EXPIRED, WITHDRAWN, UNKNOWN, STOLEN, RENAMED],
    ids=["expired", "revoked", "unknown issuer", "another key", "another name"],
)
@pytest.mark.parametrize(
    "way", [by_an_update, by_an_update_of_ones_own, by_a_commit, by_a_commit_of_ones_own, by_coming_back]
)
def test_a_credential_is_replaced_only_by_its_successor(
    way: Callable[[Scenario, Credential], None],
    changes: dict[str, Any],
    error: type[MLSError],
    section: str,
    reason: str,
    suite: int,
) -> None:
    way(company(suite, "Alice", "Bob"), shown("Bob", suite, until=TODAY + 60 * DAY))
    with refuses(error, section, reason):
        way(company(suite, "Alice", "Bob"), shown("Bob", suite, **changes))


# External senders


def senders(scenario: Scenario, *credentials: Credential) -> tuple[Extension, ...]:
    key = scenario.suite.signature_public_key(scenario.signature_private_key("HR"))
    listed = ExternalSenders(tuple(ExternalSender(key, each) for each in credentials))
    return (Extension(ExtensionType.external_senders, encode(listed)),)


def is_let_in(scenario: Scenario, extensions: tuple[Extension, ...]) -> None:
    committed = create_commit(lax(scenario, "Bob"), [GroupContextExtensions(extensions)], entropy=b"c" * 32, now=NOW)
    arrives(scenario, committed.message)


def comes_with_a_new_group(scenario: Scenario, extensions: tuple[Extension, ...]) -> None:
    reinit = ReInit(b"another", ProtocolVersion.mls10, scenario.suite.id, extensions)
    arrives(scenario, propose(lax(scenario, "Bob"), reinit, entropy=b"p" * 32, now=NOW).message)


def is_there_from_the_start(scenario: Scenario, extensions: tuple[Extension, ...]) -> None:
    bundle = scenario.bundle("Carol")
    create_group(bundle, b"another", entropy=b"g" * 32, now=NOW, extensions=extensions, policy=scenario.policy)


def is_there_when_one_joins(scenario: Scenario, extensions: tuple[Extension, ...]) -> None:
    alone = create_group(
        scenario.bundle("Dave"), b"another", entropy=b"g" * 32, now=NOW, extensions=extensions, policy=LAX
    )
    scenario.states["Dave"] = alone
    scenario.outside("Carol", via="Dave")


@SUITES
@faults
@pytest.mark.parametrize("way", [is_let_in, comes_with_a_new_group, is_there_from_the_start, is_there_when_one_joins])
def test_an_external_sender_who_is_not_believed_is_refused(
    way: Callable[[Scenario, tuple[Extension, ...]], None],
    changes: dict[str, Any],
    error: type[MLSError],
    section: str,
    reason: str,
    suite: int,
) -> None:
    scenario = company(suite, "Alice", "Bob")
    way(scenario, senders(scenario, shown("HR", suite)))
    with refuses(error, section, reason):
        way(scenario, senders(scenario, shown("HR", suite, **changes)))


@SUITES
def test_an_external_sender_with_a_certificate_has_a_member_removed(suite: int) -> None:
    scenario = company(suite, "Alice", "Bob", "Carol", policy=TRUST)
    scenario.commit("Alice", GroupContextExtensions(senders(scenario, shown("HR", suite))))
    alice, key = scenario.states["Alice"], scenario.signature_private_key("HR")
    message = propose_external(
        scenario.suite, alice.group_id, alice.epoch, Remove(1), now=LATER, sender_index=0, signature_private_key=key
    )
    for name, state in scenario.states.items():
        scenario.states[name], _ = process(state, encode(message), now=LATER)
    scenario.commit("Carol")
    assert set(scenario.states) == {"Alice", "Carol"}
    assert_agreement(scenario)


def test_an_external_sender_who_has_expired_may_stay_but_not_be_let_in() -> None:
    scenario = company(1, "Alice", "Bob", policy=TRUST)
    expires, lasts = shown("HR", 1), shown("HR", 1, until=TODAY + 60 * DAY)
    scenario.commit("Alice", GroupContextExtensions(senders(scenario, expires)))
    alice = scenario.states["Alice"]
    for extensions in (senders(scenario, expires, lasts), senders(scenario, lasts), ()):
        propose(alice, GroupContextExtensions(extensions), entropy=b"p" * 32, now=LATER)
    other = senders(scenario, shown("HR", 1, until=TODAY + 31 * DAY))
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        propose(alice, GroupContextExtensions(other), entropy=b"p" * 32, now=LATER)


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
