"""Credentials that a group refuses: members that believe everything use them, the others refuse (RFC 9420 §5.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mls.crypto.authority import DAY, TODAY
from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.company import ELSEWHERE, LATER, LAX, REVOKED, SUITES, TRUST, arrives, company, lax, senders, shown
from tests.mls.group.scenario import NOW, Scenario
from workbench.mls import (
    Add,
    Credential,
    Extension,
    GroupContextExtensions,
    ReInit,
    Remove,
    Renewal,
    create_commit,
    create_group,
    encode,
    join,
    process,
    propose,
    propose_external,
    propose_self_add,
    propose_update,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ProtocolVersion

# Who is refused by name: members that believe everything do it, a member with trust anchors and lists refuses it


LONG_AGO = {"since": TODAY - 40 * DAY, "until": TODAY - 31 * DAY}
EXPIRED = (LONG_AGO, refused.CredentialExpired, "§5.3.2", "was valid until")
WITHDRAWN = ({"until": REVOKED}, refused.CredentialRevoked, "§5.3.2", "has been revoked")
UNKNOWN = ({"issuer": ELSEWHERE}, refused.InvalidCredential, "§5.3.1", "no valid path leads")
WRONG_KEY = ({"key": "Mallory"}, refused.InvalidCredential, "§5.3", "signature key is not the one")
RENAMED = ({"subject": "Bobby"}, refused.InvalidCredential, "§5.3.1", "other identities than the one it replaces")

faults = pytest.mark.parametrize(
    ("changes", "error", "section", "reason"),
    [EXPIRED, WITHDRAWN, UNKNOWN, WRONG_KEY],
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
    update = propose_update(lax(scenario, "Bob"), entropy=b"u" * 32, now=NOW, renew=Renewal(credential=new))
    arrives(scenario, update.message)


def by_an_update_of_ones_own(scenario: Scenario, new: Credential) -> None:
    propose_update(scenario.states["Bob"], entropy=b"u" * 32, now=NOW, renew=Renewal(credential=new))


def by_a_commit(scenario: Scenario, new: Credential) -> None:
    committed = create_commit(lax(scenario, "Bob"), entropy=b"c" * 32, now=NOW, renew=Renewal(credential=new))
    arrives(scenario, committed.message)


def by_a_commit_of_ones_own(scenario: Scenario, new: Credential) -> None:
    create_commit(scenario.states["Bob"], entropy=b"c" * 32, now=NOW, renew=Renewal(credential=new))


def by_coming_back(scenario: Scenario, new: Credential) -> None:
    scenario.credentials = {**scenario.credentials, "Bob": new}
    arrives(scenario, scenario.outside("Bob", via="Alice", resync=scenario.leaf("Bob"), policy=LAX).message)


@SUITES
@pytest.mark.parametrize(
    ("changes", "error", "section", "reason"),
    [EXPIRED, WITHDRAWN, UNKNOWN, WRONG_KEY, RENAMED],
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
