"""What follows from an epoch secret that a reviewer states, recorded for the pictures of secrets."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.mls.group.scenario import NOW, group_of
from tests.review.test_audit import pieces
from widgets import KeyLifetimes, KeySchedule, SecretTree
from workbench.inspect.trace import Recorder, TracedSuite, with_suite
from workbench.inspect.trace_format import Trace
from workbench.mls import encode, group_info, process
from workbench.review.attacker_trace import attacker_trace
from workbench.review.audit import Audit, audit
from workbench.review.exposure import exposure
from workbench.review.known_secrets import KnownEpochSecret, KnownSecrets


@cache
def followed() -> Audit:
    """A group with a message in each of three epochs, of which the reviewer knows the secret of the second."""
    scenario = group_of("Alice", "Bob", "Carol")
    sent = [group_info(scenario.states["Alice"]), scenario.send("Alice", b"one")]
    bob, recorder = scenario.states["Bob"], Recorder()
    sent.append(scenario.commit("Alice").message)
    process(with_suite(bob, TracedSuite.of(bob.suite, recorder)), encode(sent[-1]), now=NOW)
    secret = next(each.output for each in recorder.take() if each.label == "epoch")
    sent += [scenario.send("Bob", b"two"), scenario.send("Carol", b"three"), scenario.commit("Carol").message]
    sent.append(scenario.send("Bob", b"four"))
    known = KnownEpochSecret(bob.group_id, bob.epoch + 1, secret)
    return audit(pieces(*sent, sent[-1]), KnownSecrets(epoch_secrets=(known,)))


def trace() -> Trace:
    return attacker_trace(followed().groups[0].replay, followed().secrets.epoch_secrets)


def test_the_trace_has_what_the_attacker_really_reads_and_computes() -> None:
    read = [
        (number, message["content"])
        for number, step in enumerate(trace()["steps"])
        for message in step["messages"]
        if message.get("content")
    ]
    assert [(number, bytes.fromhex(content or "")[1:]) for number, content in read] == [(3, b"two"), (4, b"three")]
    exposed = exposure(followed().groups[0].replay, followed().objects, (), followed().secrets.epoch_secrets)
    assert exposed is not None
    assert len(exposed.messages) == len(read)
    assert [step["kind"] for step in trace()["steps"]] == [
        "found",
        *["message", "commit", "message"],
        *["message", "commit", "message"],
    ]


def test_the_pictures_of_secrets_show_what_follows_from_the_secret() -> None:
    schedule, tree = KeySchedule.of(trace()), SecretTree.of(trace())
    secrets = {number: [each["key"] for each in epoch["secrets"]] for number, epoch in schedule.view["epochs"].items()}
    assert [len(secrets[number]) for number in ("1", "2", "3")] == [0, 10, 0]
    held = {each["key"]: each["held"][0]["how"] for each in schedule.view["epochs"]["2"]["secrets"]}
    assert (held["epoch_secret"], held["encryption_secret"]) == ("leaked", "computed")
    assert [(each["text"], each["leaf"], each["generation"]) for each in tree.view["messages"]] == [
        ("two", 1, 0),
        ("three", 2, 0),
    ]
    assert tree.view["limits"] is None
    with pytest.raises(ValueError, match="no device was recorded"):
        KeyLifetimes.of(trace())


def test_an_epoch_that_was_not_followed_is_named() -> None:
    known = KnownEpochSecret(b"the group", 9, bytes(32))
    with pytest.raises(ValueError, match=re.escape("epoch 9 of this group was not followed")):
        attacker_trace(followed().groups[0].replay, [known, KnownEpochSecret(b"another group", 2, bytes(32))])
