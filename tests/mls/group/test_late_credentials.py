"""By which time the credentials of others are judged: by when they were sent, within a bound (RFC 9420 §5.3.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.mls.crypto.authority import DAY, TODAY
from tests.mls.group.changed_objects import refuses
from tests.mls.group.company import LAX, OFFICE, ROOT, TRUST, company, lax, senders, shown
from tests.mls.group.scenario import NOW, Scenario, with_public
from workbench.mls import (
    Add,
    Credential,
    EpochAdvanced,
    GroupContextExtensions,
    GroupState,
    LifetimePolicy,
    MLSMessage,
    Policy,
    Renewal,
    TrustAnchors,
    branch_group,
    create_commit,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose,
    propose_update,
)
from workbench.mls import errors as refused
from workbench.mls.tree.leaf_node import CATCH_UP

A_DAY = 24 * 3600
END = NOW + 2 * A_DAY
"""The last second of the certificates that expire here."""
SHORT = TODAY + 2 * DAY


def adds_dave(scenario: Scenario) -> MLSMessage:
    add = Add(scenario.bundle("Dave").key_package)
    return create_commit(lax(scenario, "Bob"), [add], entropy=b"c" * 32, now=NOW).message


def joins_as_dave(scenario: Scenario) -> MLSMessage:
    return scenario.outside("Dave", via="Bob", policy=LAX).message


def lets_in_hr(scenario: Scenario) -> MLSMessage:
    extensions = GroupContextExtensions(senders(scenario, shown("HR", scenario.suite.id, until=SHORT)))
    return create_commit(lax(scenario, "Bob"), [extensions], entropy=b"c" * 32, now=NOW).message


def renews_by_a_commit(scenario: Scenario) -> MLSMessage:
    new = shown("Bob", scenario.suite.id, until=SHORT)
    return create_commit(lax(scenario, "Bob"), entropy=b"c" * 32, now=NOW, renew=Renewal(credential=new)).message


def renews_by_an_update(scenario: Scenario) -> MLSMessage:
    new = shown("Bob", scenario.suite.id, until=SHORT)
    return propose_update(lax(scenario, "Bob"), entropy=b"u" * 32, now=NOW, renew=Renewal(credential=new)).message


ways = pytest.mark.parametrize("way", [adds_dave, joins_as_dave, lets_in_hr, renews_by_a_commit, renews_by_an_update])


def a_company(policy: Policy = TRUST) -> Scenario:
    return company(1, "Alice", "Bob", policy=policy, Dave=shown("Dave", 1, until=SHORT))


@ways
def test_a_credential_that_has_expired_on_the_way_is_accepted_as_far_back_as_the_policy_goes(
    way: Callable[[Scenario], MLSMessage],
) -> None:
    scenario = a_company()
    alice, message = scenario.states["Alice"], encode(way(scenario))
    following, _ = process(alice, message, now=END)
    for now, sent_at in ((END + 1, None), (END + CATCH_UP, None), (END + CATCH_UP, NOW), (END + 1, END)):
        assert process(alice, message, now=now, sent_at=sent_at)[0] == following
    for now, sent_at in ((END + CATCH_UP + 1, None), (END + CATCH_UP + 1, NOW), (END + 1, END + 1), (END + 9, 10**12)):
        with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
            process(alice, message, now=now, sent_at=sent_at)


def test_who_sends_a_credential_that_has_expired_is_refused_at_once() -> None:
    scenario = a_company()
    alice, add = scenario.states["Alice"], Add(scenario.bundle("Dave").key_package)
    propose(alice, add, entropy=b"p" * 32, now=END)
    for send in (
        lambda: propose(alice, add, entropy=b"p" * 32, now=END + 1),
        lambda: create_commit(alice, [add], entropy=b"c" * 32, now=END + 1),
    ):
        with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
            send()


def test_a_chain_of_which_two_certificates_have_expired_is_judged_by_the_first_end() -> None:
    office = ROOT.certify_authority("branch office")
    assert office.certificate.not_valid_after_utc == ROOT.certificate.not_valid_after_utc == TODAY + 365 * DAY
    dave = shown("Dave", 1, issuer=office, until=TODAY + 366 * DAY)
    lifetimes = LifetimePolicy(catch_up=500 * A_DAY)
    scenario = company(1, "Alice", "Bob", policy=replace(TRUST, lifetimes=lifetimes), Dave=dave)
    message = adds_dave(scenario)
    _, received = process(scenario.states["Alice"], message, now=NOW + 400 * A_DAY)
    assert isinstance(received, EpochAdvanced)


class SaysNoTime:
    """An Authentication Service that does not say until when a credential was good."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        if now > END:
            raise refused.CredentialExpired("§5.3.2", f"it was valid until {END}, {credential}, {replaced}")
        assert signature_key


def test_an_authentication_service_that_says_no_time_is_asked_for_the_present_or_for_when_it_was_sent() -> None:
    scenario = a_company(Policy(authentication=SaysNoTime()))
    alice, message = scenario.states["Alice"], adds_dave(scenario)
    process(alice, message, now=END + A_DAY, sent_at=NOW)
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        process(alice, message, now=END + A_DAY)


# Revocation is judged by what is known, and that may be newer than the message


def lists(since: int, until: int, *revoked: str) -> TrustAnchors:
    """The lists of two authorities from one day to another, on which are the certificates of these members."""
    span = {"since": TODAY + since * DAY, "until": TODAY + until * DAY}
    named = [OFFICE.certify(name, OFFICE.key, until=SHORT) for name in revoked]
    made = ROOT.revoke(**span), OFFICE.revoke(*named, **span)
    return TrustAnchors((ROOT.certificate,), revocation_lists=made)


def test_lists_of_today_clear_what_was_sent_days_ago() -> None:
    scenario = a_company(Policy(authentication=lists(-1, 1)))
    message = adds_dave(scenario)
    alice = with_public(scenario.states["Alice"], policy=Policy(authentication=lists(7, 9)))
    _, received = process(alice, message, now=NOW + 8 * A_DAY, sent_at=NOW)
    assert isinstance(received, EpochAdvanced)
    process(alice, message, now=NOW + 8 * A_DAY)


def test_lists_that_have_run_out_clear_nobody_unless_they_were_current_when_it_was_sent() -> None:
    scenario = a_company(Policy(authentication=lists(-1, 1)))
    alice, message = scenario.states["Alice"], adds_dave(scenario)
    process(alice, message, now=NOW + 2 * A_DAY, sent_at=NOW)
    with refuses(refused.RevocationUnknown, "§5.3.2", "is current"):
        process(alice, message, now=NOW + 2 * A_DAY)


def test_who_has_been_revoked_since_is_refused_whenever_it_was_sent() -> None:
    """What is taken back may have been leaked long before: hindsight counts, however late the list is."""
    scenario = a_company(Policy(authentication=lists(-1, 1)))
    message = adds_dave(scenario)
    alice = with_public(scenario.states["Alice"], policy=Policy(authentication=lists(0, 9, "Dave")))
    for sent_at in (None, NOW):
        with refuses(refused.CredentialRevoked, "§5.3.2", "has been revoked"):
            process(alice, message, now=NOW + A_DAY, sent_at=sent_at)


# Proposals that wait, and groups that one enters


def waiting_for_a_commit(scenario: Scenario) -> GroupState:
    alice = scenario.states["Alice"]
    return propose(alice, Add(scenario.bundle("Dave").key_package), entropy=b"p" * 32, now=NOW).next


def test_a_proposal_whose_credential_has_expired_while_it_waited_stops_nobodys_commit() -> None:
    alice = waiting_for_a_commit(a_company())
    assert len(create_commit(alice, entropy=b"c" * 32, now=END).advanced.added) == 1
    assert create_commit(alice, entropy=b"c" * 32, now=END + 1).advanced.added == ()
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        create_commit(alice, by_reference=list(alice.proposals), entropy=b"c" * 32, now=END + 1)


def test_a_proposal_about_whose_credential_nothing_is_known_any_more_is_left_to_others() -> None:
    alice = waiting_for_a_commit(a_company(Policy(authentication=lists(-1, 1))))
    assert len(create_commit(alice, entropy=b"c" * 32, now=NOW + A_DAY).advanced.added) == 1
    assert create_commit(alice, entropy=b"c" * 32, now=NOW + A_DAY + 1).advanced.added == ()


def test_a_welcome_that_is_read_late_leads_into_a_group_whose_members_have_expired_since() -> None:
    scenario = a_company()
    carol, dave = scenario.bundle("Carol"), scenario.bundle("Dave")
    adds = [Add(carol.key_package), Add(dave.key_package)]
    made = create_commit(scenario.states["Alice"], adds, entropy=b"c" * 32, now=NOW)
    assert made.welcome is not None
    lifetimes = LifetimePolicy(in_trees=False)
    policy = replace(TRUST, lifetimes=lifetimes)
    for now, sent_at in ((END, None), (END + CATCH_UP, None), (END + CATCH_UP, NOW)):
        state = join(encode(made.welcome), carol, now=now, sent_at=sent_at, policy=policy)
        assert state.secrets == made.next.secrets
    for now, sent_at in ((END + CATCH_UP + 1, None), (END + 1, END + 1)):
        with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
            join(encode(made.welcome), carol, now=now, sent_at=sent_at, policy=policy)


def test_a_branch_that_is_entered_late_may_have_credentials_that_have_expired_since() -> None:
    scenario = company(1, "Alice", "Bob", policy=TRUST)
    old = dict(scenario.states)
    scenario.credentials = {**scenario.credentials, "Bob": shown("Bob", 1, until=SHORT)}
    alice, bob = scenario.bundle("Alice"), scenario.bundle("Bob")
    made = branch_group(old["Alice"], b"the branch", alice, [bob.key_package], entropy=b"b" * 32, now=NOW, policy=TRUST)
    assert made.welcome is not None
    join(encode(made.welcome), bob, now=END + A_DAY, old_group=old["Bob"], policy=TRUST)
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        join(encode(made.welcome), bob, now=END + A_DAY, sent_at=END + 1, old_group=old["Bob"], policy=TRUST)


def test_who_joins_by_a_commit_meets_the_members_now() -> None:
    scenario = a_company()
    dave = scenario.bundle("Dave")
    scenario.states["Bob"] = create_commit(
        lax(scenario, "Bob"), [Add(dave.key_package)], entropy=b"c" * 32, now=NOW
    ).next
    info = encode(group_info(scenario.states["Bob"]))
    carol = shown("Carol", 1), scenario.signature_private_key("Carol")
    external_commit(info, *carol, entropy=b"e" * 32, now=END, policy=TRUST)
    with refuses(refused.CredentialExpired, "§5.3.2", "was valid until"):
        external_commit(info, *carol, entropy=b"e" * 32, now=END + 1, policy=TRUST)
