"""Each named scenario ends as it says, for all three oracles, with real bytes."""

from __future__ import annotations

from functools import cache

import pytest

from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.lab.leaks import evidence_of
from workbench.lab.scenarios import SCENARIOS, Scenario, scenario

told = cache(scenario)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_expected_follows_from_the_record(name: str) -> None:
    for leaks, epochs in told(name).expected.items():
        assert told(name).verdict(*leaks).readable_epochs == epochs, leaks


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_expected_is_what_the_attacker_can_do(name: str) -> None:
    story = told(name)
    for leaks, epochs in story.expected.items():
        result = recover(evidence_of(story.world, [story.leaks[leak] for leak in leaks]))
        assert tuple(map(int, result["epoch_authenticators"])) == epochs, leaks
        assert {bytes.fromhex(message["application_data"]) for message in result["messages"]} == texts(story, leaks)


def texts(story: Scenario, leaks: tuple[str, ...]) -> set[bytes]:
    """What was said in the messages that should be readable."""
    said = {step: events for step, history_step in enumerate(story.world.history) for events in [history_step.events]}
    return {
        next(event.data for events in said[message.step].values() for event in events if event.kind == "message")
        for message in story.verdict(*leaks).readable_messages
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_expected_is_allowed_by_theory(name: str) -> None:
    story = told(name)
    for leaks, epochs in story.expected.items():
        assert set(epochs) <= set(
            allowed_by_theorem(story.recorded.group_history, [story.leaks[leak] for leak in leaks])
        )


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_what_it_teaches(name: str) -> None:
    assert told(name).name == name
    assert told(name).lesson.endswith(".")
    assert set(told(name).leaks) == {leak for leaks in told(name).expected for leak in leaks}


def test_what_was_read_and_deleted_is_not_read_again() -> None:
    assert [message.step for message in told("deletion").verdict().readable_messages] == [6]


def test_the_slowest_device_decides_within_an_epoch() -> None:
    story = told("slowest device")
    assert [message.step for message in story.verdict("Bob").readable_messages] == [3]
    assert [message.step for message in story.verdict("Carol").readable_messages] == [2, 3]


def test_a_scenario_is_shown_as_its_story_with_the_leaks_where_they_belong() -> None:
    assert repr(told("own commit")).splitlines() == [
        "own commit:",
        "step 1: Alice created the group",
        "step 2: Alice added Bob, Carol and Dave",
        "        what leaks: everything of Bob after step 2",
        "step 3: Bob updated by a commit",
        "step 4: Alice updated by a commit",
    ]


def test_a_late_message_can_be_leaked_until_it_has_come() -> None:
    story = told("kept past epoch")
    assert [message.step for message in story.verdict("Carol").readable_messages] == [2]
    assert story.verdict("Bob").readable_messages == ()
    assert story.verdict("Carol later").readable_messages == ()


def test_both_sides_of_a_fork_have_one_past_and_other_secrets_in_the_same_epoch() -> None:
    ours, theirs = told("fork, with Bob"), told("fork, without Bob")
    assert ours.world.trace()["steps"][:2] == theirs.world.trace()["steps"][:2]
    assert ours.leaks["Bob"] == theirs.leaks["Bob"]
    here, there = ours.world.state("Alice"), theirs.world.state("Carol")
    assert here is not None
    assert there is not None
    assert here.epoch == there.epoch
    assert here.secrets.epoch_authenticator != there.secrets.epoch_authenticator
