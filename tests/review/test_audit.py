"""An audit of groups in which something is wrong: forks, divergences, gaps, reuse, and what leaks open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.inspect.material import Piece
from workbench.mls import Add, Framing, MLSMessage, create_commit, encode, group_info
from workbench.review.audit import Audit, audit
from workbench.review.exposure import exposure
from workbench.review.findings import Certainty, FindingKind, Severity
from workbench.review.known_secrets import KnownSecrets
from workbench.review.stated_leak import StatedLeak


def pieces(*messages: MLSMessage | bytes) -> list[Piece]:
    """Material with these messages, the first at "m0"."""
    return [
        Piece("file", f"m{at}", None, "binary", each if isinstance(each, bytes) else encode(each))
        for at, each in enumerate(messages)
    ]


def commit(scenario: Scenario, name: str, **options: bool | Framing) -> MLSMessage:
    """A commit that is made and given to nobody."""
    return create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW, **options).message  # type: ignore[arg-type] # the options of a commit


def errors(done: Audit) -> list[tuple[str, str, str]]:
    """The title, the rule and the place of each finding that is an error."""
    return [(each.title, each.rule, each.where) for each in done.findings if each.severity is Severity.ERROR]


def test_a_group_is_followed_from_a_group_info_without_secrets() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"])
    update = scenario.propose_update("Bob")
    done = audit(pieces(scenario.commit("Alice").message, update, info))
    assert errors(done) == []
    (group,) = done.groups
    assert (group.messages, group.verified, sorted(group.replay.views())) == (3, 3, [1, 2])
    assert "With a GroupInfo and its tree" in done.scope


def test_with_the_wire_only_nothing_is_proven_and_it_says_what_is_missing() -> None:
    done = audit(pieces(commit(group_of("Alice", "Bob"), "Alice")))
    assert "Wire only" in done.scope
    assert errors(done) == []
    missing = {each.title: each.missing for each in done.findings if each.certainty is Certainty.NOT_CHECKABLE}
    assert missing["membership tag of the commit: not checkable"] == "the membership key of epoch 1: a member's state"
    assert "a GroupInfo with its tree" in missing["signature of the commit: not checkable"]


def test_a_private_commit_without_a_state_shows_its_envelope_only() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"])
    done = audit(pieces(info, commit(scenario, "Alice", framing=Framing(private=True))))
    assert errors(done) == []
    assert any(each.title == "the private commit: not checkable" for each in done.findings)


def test_two_states_of_one_epoch_that_differ_are_a_fork_without_any_commit() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    info, before = group_info(scenario.states["Alice"]), scenario.states["Carol"]
    sides = [
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW).next for name in ("Alice", "Bob")
    ]
    done = audit(pieces(info), KnownSecrets(states=(before, *sides)))
    assert errors(done) == [("fork: states of one epoch differ", "", "")]
    assert "The given states of leaf 0 and leaf 1 are in epoch 2 of group “the group”" in done.findings[0].sentence
    assert errors(audit(pieces(info), KnownSecrets(states=(before, sides[0], sides[0])))) == []


def test_bytes_behind_a_message_are_a_suspicion() -> None:
    message = encode(commit(group_of("Alice", "Bob"), "Alice"))
    (left,) = [each for each in audit(pieces(message + b"garbage")).findings if "left over" in each.title]
    assert (left.severity, left.certainty, left.where) == (Severity.NOTE, Certainty.SUSPECTED, "file: m0")
    assert left.sentence.startswith("7 bytes follow, and no message begins in them.")
    for data in (message, message + message, b"in a capture" + message + b"garbage"):
        assert not [each for each in audit(pieces(data)).findings if "left over" in each.title]


def test_the_first_divergence_is_named_with_its_rule() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    state = scenario.states["Carol"]
    first = scenario.commit("Alice").message
    second = bytearray(encode(scenario.commit("Bob").message))
    second[-40] ^= 1  # in the confirmation tag, which only members can check
    third = scenario.commit("Alice").message
    done = audit(pieces(third, bytes(second), first), KnownSecrets(states=(state,)))
    (group,) = done.groups
    assert "No commit of epoch 2 is valid" in group.divergence
    assert "m1" in group.divergence
    named = errors(done)
    assert ("membership tag of the commit: failed", "membership-tag", "file: m1") in named
    assert {where for _, _, where in named} == {"file: m1"}


@pytest.mark.parametrize(("offset", "field", "rule"), [(-70, "auth.signature", "signature-by-a-member")])
def test_an_observer_finds_a_wrong_signature(offset: int, field: str, rule: str) -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"])
    damaged = bytearray(encode(commit(scenario, "Alice")))
    damaged[offset] ^= 1
    done = audit(pieces(info, bytes(damaged)))
    found = next(each for each in done.findings if each.severity is Severity.ERROR)
    assert (found.field.removeprefix("MLSMessage.public_message."), found.rule.partition("-")[0]) == (
        field,
        rule.partition("-")[0],
    )


def test_a_damaged_private_message_is_named_with_the_rule_for_its_content() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Bob"]
    damaged = bytearray(encode(scenario.send("Alice", b"hello")))
    damaged[-1] ^= 1
    done = audit(pieces(bytes(damaged)), KnownSecrets(states=(state,)))
    assert [rule for _, rule, _ in errors(done)] == ["content-of-a-privatemessage"]


def test_two_valid_commits_of_one_epoch_are_a_fork() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Alice"]
    info = group_info(state)
    left = create_commit(state, entropy=bytes(32), now=NOW)
    right = create_commit(scenario.states["Bob"], entropy=bytes(32), now=NOW)
    done = audit(pieces(info, left.message, right.message))
    (fork,) = [each for each in done.findings if each.title.startswith("fork")]
    assert fork.certainty is Certainty.SUSPECTED
    after = [create_commit(each.next, entropy=bytes(31) + b"1", now=NOW).message for each in (left, right)]
    done = audit(pieces(info, left.message, right.message, *after))
    (fork,) = [each for each in done.findings if each.title.startswith("fork")]
    assert fork.certainty is Certainty.PROVEN
    assert len(done.groups[0].replay.lines) == 2


def test_a_missing_commit_is_a_gap_and_no_violation() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"])
    scenario.commit("Alice")
    done = audit(pieces(info, scenario.commit("Bob").message))
    assert errors(done) == []
    assert any("cannot be followed beyond epoch 1" in each.title for each in done.findings)


def test_a_key_package_that_is_used_twice_is_bad_practice() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(scenario.bundle("Carol").key_package)
    one, two = (
        create_commit(state, [add], entropy=next(scenario.entropy), now=NOW).message
        for state in (scenario.states["Alice"], group_of("Dora", "Erik").states["Dora"])
    )
    done = audit(pieces(one, two))
    reused = [each for each in done.findings if "key package of Carol is used" in each.title]
    assert reused == []  # in two groups of one name, it is one epoch
    later = create_commit(scenario.commit("Alice").next, [add], entropy=next(scenario.entropy), now=NOW).message
    (reused_now,) = [
        each for each in audit(pieces(one, later)).findings if "key package of Carol is used 2 times" in each.title
    ]
    assert (reused_now.kind, reused_now.severity) == (FindingKind.HYGIENE, Severity.WARNING)


def test_an_overlong_or_expired_lifetime_is_a_matter_of_policy() -> None:
    scenario = group_of("Alice", "Bob")
    material = pieces(group_info(scenario.states["Alice"]))
    assert not [each for each in audit(material, now=NOW).findings if each.kind is FindingKind.POLICY]
    policy = scenario.policy
    short = replace(policy, lifetimes=replace(policy.lifetimes, longest=60))
    for done in (audit(material, policy=short), audit(material, now=NOW + 10**9)):
        named = [each for each in done.findings if each.kind is FindingKind.POLICY]
        assert [each.severity for each in named] == [Severity.WARNING] * len(named) != []
        assert done.violations == ()


def test_a_leaked_state_opens_what_is_sent_until_its_member_renews_its_keys() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Bob"]
    sent = [scenario.send("Alice", b"one"), scenario.commit("Alice").message, scenario.send("Alice", b"two")]
    sent += [scenario.commit("Bob").message, scenario.send("Alice", b"three")]
    done = audit(pieces(*sent), KnownSecrets(states=(state,)))
    assert errors(done) == []
    exposed = exposure(done.groups[0].replay, done.objects, [StatedLeak("state")])
    assert exposed is not None
    assert exposed.epochs == (1, 2)
    assert [(epoch, length) for _, epoch, length in exposed.messages] == [(1, 3), (2, 3)]
    assert exposed.of_messages == 3
    assert exposure(audit(pieces(*sent)).groups[0].replay, (), []) is None


def test_a_leak_is_stated_by_its_part_and_epoch() -> None:
    assert StatedLeak.parse("ratchets@5") == StatedLeak("ratchets", 5)
    for text in ("randomness", "state@x", ""):
        with pytest.raises(ValueError, match=r"not a part of a state that can leak|'x' is not an epoch"):
            StatedLeak.parse(text)


def test_a_replayed_message_is_told_once() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Bob"]
    message = scenario.send("Alice", b"hello")
    done = audit(pieces(message, message), KnownSecrets(states=(state,)))
    assert errors(done) == []
    assert ["again" in each.title for each in done.findings if each.where == "file: m1"] == [True]
