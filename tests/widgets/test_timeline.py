"""The timeline as a widget, and what it tells of worlds, traces and foreign material."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from tests.review.example import example_report
from tests.widgets.conform import faults
from widgets import Timeline, Workspace
from workbench.lab import World
from workbench.lab.shared_history import SharedHistory
from workbench.mls import MLSMessage, decode, encode
from workbench.views.signatures import SignatureChecks
from workbench.views.timeline import TimelineLine, TimelineView, timeline_view
from workbench.views.timeline_sources import timeline_view_of


def story() -> World:
    """Carol is held back for a while, Bob is compromised and removed, and Erin comes in by herself."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Carol")
    world.commit("Bob")
    world.send("Alice", "Lunch?")
    world.release("Carol")
    world.compromise("Bob")
    world.remove("Alice", "Bob")
    world.device("Erin")
    world.join("Erin")
    return world


def told(view: TimelineView, branch: int = 0) -> list[str]:
    return [step["title"] for step in view["branches"][branch]["steps"]]


def history(view: TimelineView, name: str) -> Any:
    lane = next(number for number, lane in enumerate(view["lanes"]) if lane["id"] == name)
    return next(each for each in view["branches"][0]["histories"] if each["lane"] == lane)


def test_it_tells_who_did_what_and_when_each_member_came_went_and_was_away() -> None:
    view = timeline_view_of(story())
    assert faults(view, TimelineView) == []
    assert told(view)[1:3] == ["Alice added Bob and Carol", "Bob updated by a commit"]
    assert history(view, "Bob")["spans"] == [
        {"start": 1, "end": 6, "came": "Alice added Bob and Carol", "went": "Alice removed Bob"}
    ]
    assert history(view, "Carol")["gaps"] == [{"kind": "away", "start": 2, "end": 4}]
    assert history(view, "Erin")["spans"][0]["came"] == "Erin joined by an external commit"
    assert [step["lane"] for step in view["branches"][0]["steps"]][5] is None, "the attacker has no lane"


def test_each_signature_says_whose_it_is_and_who_has_checked_it() -> None:
    steps = timeline_view_of(story())["branches"][0]["steps"]
    commit, welcome = steps[1]["signatures"]
    assert (commit["state"], commit["by"]) == ("verified", "Alice")
    assert welcome["words"] == "Alice signed the GroupInfo in the Welcome; Bob and Carol verified it."
    [message] = steps[3]["signatures"]
    assert (message["state"], message["words"]) == (
        "decrypted",
        "Alice signed the message; Bob decrypted it and verified the signature.",
    )
    assert [one["by"] for one in steps[7]["signatures"] if one["kind"] == "commit"] == ["Erin"]
    assert {one["state"] for step in steps for one in step["signatures"]} == {"verified", "decrypted"}


def test_a_forged_signature_is_found_and_a_private_message_that_nobody_opened_is_unknown() -> None:
    trace = copy.deepcopy(story().trace())
    commit = trace["steps"][2]["messages"][0]
    public: Any = decode(MLSMessage, bytes.fromhex(commit["wire"]))
    signature = bytes([public.message.auth.signature[0] ^ 1]) + public.message.auth.signature[1:]
    forged = replace(public.message, auth=replace(public.message.auth, signature=signature))
    commit["wire"] = encode(replace(public, message=forged)).hex()
    assert _states(trace)[2] == ["failed"]
    trace["steps"][3]["reads"] = []
    assert _states(trace)[3] == ["unknown"]


def _states(trace: Any) -> list[list[str]]:
    checks = SignatureChecks.of(trace)
    return [[one["state"] for one in checks.apply(step, index)] for index, step in enumerate(trace["steps"][:4])]


def test_two_histories_share_the_steps_before_they_part() -> None:
    world = story()
    other = SharedHistory.of(world, until=3).play()
    other.commit("Alice")
    view = timeline_view_of(world, branches=[("Alice goes on", other)])
    branch = view["branches"][1]
    assert (branch["name"], branch["parent"], branch["at"], len(branch["steps"])) == ("Alice goes on", 0, 3, 1)
    stranger = World.of(["Zoe"], seed=9)
    unrelated = timeline_view([TimelineLine(world.trace()), TimelineLine(stranger.trace())], "two")
    assert (unrelated["branches"][1]["parent"], unrelated["branches"][1]["at"]) == (-1, -1)


def test_material_that_an_audit_followed_begins_unknown_and_says_what_could_not_be_checked() -> None:
    replay = example_report().audit.groups[0].replay
    view = timeline_view_of(replay)
    assert len(view["branches"]) == len(replay.lines)
    assert [branch["parent"] for branch in view["branches"]][:2] == [-1, 0], "a fork leaves the line that it forks"
    assert told(view)[0].startswith("The record begins in epoch")
    assert not any(lane["recorded"] for lane in view["lanes"])
    assert {note["state"] for branch in view["branches"] for step in branch["steps"] for note in step["notes"]} >= {
        "told"
    }
    assert timeline_view_of(replay.lines[0])["branches"][0]["steps"] == view["branches"][0]["steps"]
    with pytest.raises(TypeError):
        timeline_view_of(7)  # type: ignore[arg-type] # that is the test


def test_large_histories_say_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.views.timeline.STEPS_AT_MOST", 4)
    monkeypatch.setattr("workbench.views.timeline.LANES_AT_MOST", 2)
    view = timeline_view_of(story())
    assert (view["first"], len(view["branches"][0]["steps"]), len(view["lanes"])) == (4, 4, 2)
    assert view["left_out"].startswith("Left out here: steps 1 to 4 and 2 members")
    assert Timeline(view).step == 7


def test_the_widget_shows_the_last_step_and_refuses_what_is_not_there() -> None:
    timeline = Timeline.of(story())
    assert repr(timeline) == 'Timeline("Alice\'s group", step 8 of 8)'
    assert timeline._words()[0] == "Erin joined by an external commit."
    assert Timeline.of(story(), viewer="Carol", step=2)._words()[0] == "unknown to this viewer."
    for traits, words in (
        ({"step": 99}, "no step 99"),
        ({"viewer": "Zed"}, "not a viewer"),
        ({"branch": 1}, "no branch 1"),
    ):
        with pytest.raises(ValueError, match=words):
            Timeline.of(story(), **traits)


def test_it_leads_the_pictures_of_its_workspace() -> None:
    space, world = Workspace(), story()
    timeline = Timeline.of(world, step=2, workspace=space)
    assert space.step == 2
    space.viewer, space.member, space.message = "Carol", "Bob", 3
    assert (timeline.viewer, timeline.member, timeline.message) == ("Carol", "Bob", 3)
    world.commit("Alice")
    timeline.show(timeline_view_of(world))
    assert timeline.step == 8
