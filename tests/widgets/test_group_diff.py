"""Two sides of a group: members, steps, the sides of a fork, foreign states, and what the widget refuses."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from tests.mls.group.scenario import NOW, group_of
from tests.review.example import example_report
from tests.widgets.conform import faults
from widgets import GroupDiff, Workspace
from widgets.playground.session import Session
from workbench.lab import World
from workbench.lab.recording import record
from workbench.lab.shared_history import SharedHistory
from workbench.lessons.lesson_09 import fork
from workbench.mls import create_commit, group_info, process
from workbench.review.states import differences
from workbench.views import group_diff
from workbench.views.group_diff import GroupDiffView
from workbench.views.group_diff_sources import group_diff_view_of


def behind() -> World:
    """Bob is held back, and the others go on by two commits."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Bob")
    world.commit("Carol")
    world.send("Alice", "Where is Bob?")
    world.device("Dave")
    world.add("Alice", "Dave")
    return world


def equal_trees() -> tuple[World, World]:
    """The sides of a fork whose commits only mix in a pre-shared key: both have the same tree."""
    one = World.of(["Alice", "Bob", "Carol"])
    for name in ("tea", "milk"):
        one.share_psk(name, *one.members)
    other = SharedHistory.of(one).play()
    one.commit("Alice", psks=["tea"], path=False)
    other.commit("Carol", psks=["milk"], path=False)
    return one, other


def said(picture: GroupDiff) -> str:
    return picture._still().sentence


def facts(view: GroupDiffView, line: int) -> dict[str, Any]:
    epoch = view["epochs"][view["lines"][line]["epochs"][-1]]
    return dict(zip((fact["name"] for fact in view["facts"]), epoch["facts"], strict=True))


def test_the_sides_of_a_fork_part_at_a_commit_that_is_named_down_to_the_bytes() -> None:
    one, other = fork()
    view = group_diff_view_of(one, other)
    assert faults(view, GroupDiffView) == []
    assert [line["epochs"] for line in view["lines"]] == [[0, 1, 2], [0, 1, 3]], "what both share is there once"
    pair = view["pairs"][0]
    assert [view["commits"][at]["words"] for at in (pair["first"], pair["second"])] == [
        "Alice updated by a commit",
        "Carol updated by a commit",
    ]
    fields = {each["path"]: each for each in pair["fields"]}
    leaf = fields["public_message.content.sender.leaf_index"]
    assert (leaf["first"], leaf["second"]) == (
        {"text": "0", "start": 27, "end": 31},
        {"text": "2", "start": 27, "end": 31},
    )
    assert "public_message.content.epoch" not in fields, "fields that are equal are left out"
    assert fields["public_message.content.commit.path.nodes[1].encrypted_path_secret[1].kem_output"]["second"] is None
    assert said(GroupDiff.of(one, other, between=("Alice", "Carol"))) == (
        "Alice and Carol share everything up to epoch 1. Then they part: epoch 2 began for Alice when Alice updated"
        " by a commit, and for Carol when Carol updated by a commit. The confirmed transcript hash, the tree hash and"
        " the epoch authenticator differ."
    )


def test_equal_tree_hashes_do_not_hide_a_fork() -> None:
    picture = GroupDiff.of(*equal_trees())
    first, second = (facts(cast("GroupDiffView", picture.view), line) for line in (0, 1))
    assert first["tree hash"] == second["tree hash"]
    assert first["confirmed transcript hash"] != second["confirmed transcript hash"]
    assert "The tree hash is the same on both sides, so it does not show the fork; the confirmed transcript" in said(
        picture
    )


def test_it_compares_what_the_desk_compares() -> None:
    one, other = fork()
    alice, carol = one.state("Alice"), other.state("Carol")
    assert alice is not None
    assert carol is not None
    found = {each.what: (each.first, each.second) for each in differences(alice, carol)}
    ours, theirs = (facts(group_diff_view_of(one, other), line) for line in (0, 1))
    assert {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]} == {
        name: pair for name, pair in found.items() if not name.startswith("node")
    }


def test_a_member_that_is_behind_and_a_member_that_is_not_there_are_told() -> None:
    world = behind()
    assert said(GroupDiff.of(world, between=("Alice", "Bob"))) == (
        "Alice and Bob are on one line of history. Alice is 2 commits ahead: Bob has not processed the one that began "
        "epoch 2: Carol updated by a commit."
    )
    assert said(GroupDiff.of(world, between=("Alice", "Dave"), step=2)) == "Dave is not in the group after step 3."
    assert said(GroupDiff.of(world, between=("Alice", "Carol"))).startswith("Alice and Carol are in epoch 3 of one")


def test_two_steps_are_compared_and_the_first_commit_between_them_is_named() -> None:
    world = behind()
    assert said(GroupDiff.of(world, between=(1, 4))) == (
        "Between step 2 and step 5 the group goes on by 2 commits, from epoch 1 to epoch 3. The first of them began "
        "epoch 2: Carol updated by a commit."
    )
    assert "After steps 3 and 4 the group is in epoch 2" in said(GroupDiff.of(world, between=(2, 3)))


def test_foreign_states_say_what_is_not_known_and_with_the_messages_where_they_part() -> None:
    scenario = group_of("Alice", "Bob")
    start = group_info(scenario.states["Alice"])
    left, right = (create_commit(scenario.states[each], entropy=bytes(32), now=NOW) for each in ("Alice", "Bob"))
    alone = said(GroupDiff.of(left.next, right.next))
    assert "are both in epoch 2, and not in the same one. Where they part is unknown" in alone
    known = GroupDiff.of(left.next, right.next, messages=[start, left.message, right.message])
    assert "share everything up to epoch 1. Then they part: epoch 2 began" in said(known)
    assert "the epoch authenticator differ" in said(known), "it is in the states, as a fingerprint"
    with pytest.raises(ValueError, match="messages lead to states of one group"):
        GroupDiff.of(behind(), between=(1, 2), messages=[start])


def test_the_lines_that_an_audit_has_followed_and_recorded_calls_are_compared() -> None:
    replay = example_report().audit.groups[0].replay
    lines = group_diff_view_of(replay)["lines"]
    assert [line["name"] for line in lines] == (
        [f"line {n}" for n in range(1, len(replay.lines) + 1)] if len(lines) > 1 else [""]
    )
    with record() as history:
        scenario = group_of("Alice", "Bob")
        made = [create_commit(scenario.states[each], entropy=bytes(32), now=NOW) for each in ("Alice", "Bob")]
        for each, other in zip(made, ("Bob", "Alice"), strict=True):
            process(scenario.states[other], each.message, now=NOW)
    assert "Then they part" in said(GroupDiff.of(history))


def test_no_secret_is_in_a_view_and_a_viewer_sees_only_what_it_can_know() -> None:
    world = World.of(["Alice", "Bob", "Carol"], handshakes="private")
    world.hold("Carol")
    world.commit("Bob")
    view = group_diff_view_of(world)
    state = world.state("Alice")
    assert state is not None
    assert state.secrets.epoch_authenticator.hex() not in json.dumps(view)
    assert not [key for key in state.private_keys.values() if key.hex() in json.dumps(view)]
    picture = GroupDiff.of(world, between=("Alice", "Carol"), viewer="Carol")
    assert said(picture) == "Whether Alice and Carol differ from epoch 2 on is unknown to Carol."


def test_fields_beyond_the_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_diff, "ROWS_AT_MOST", 5)
    [pair] = group_diff_view_of(*fork())["pairs"]
    assert (len(pair["fields"]), pair["left_out"] > 5) == (5, True)


def test_a_playground_compares_its_history_with_the_branches_of_it() -> None:
    session = Session(behind())

    def asked(**wish: object) -> dict[str, Any]:
        given = {"asked": {"number": 1, **wish}, "chosen": {"who": "Alice"}, "leaks": [], "step": 2}
        return session.answer(given)

    assert len(asked(do="compare")["compared"]["lines"]) == 1
    asked(do="act", name="commit", **{"from": 2})
    view = asked(do="compare")["compared"]
    assert [line["name"] for line in view["lines"]] == [
        "this history",
        "the history of 5 steps, until “Alice added Dave”",
    ]
    assert "epoch 3 began for this history when Alice updated by a commit" in said(GroupDiff(view))


@pytest.mark.parametrize(
    ("between", "step", "words"),
    [
        (None, None, "one history has no two sides by itself: name them, between="),
        (("Alice",), None, "between takes two sides"),
        ("AB", None, "between takes two sides"),
        (("Alice", "Zed"), None, "'Zed' is not a member of this history; its members are Alice, Bob, Carol, Dave"),
        ((0, 99), None, "no step 99; its steps are 0 to 4"),
        (("Alice", "Bob"), 5, "no step 5"),
    ],
)
def test_a_side_that_is_not_there_is_refused(between: Any, step: int | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GroupDiff.of(behind(), between=between, step=step)


def test_material_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match=r"GroupDiff\.of takes Worlds"):
        group_diff_view_of(7)  # type: ignore[arg-type] # that is the test
    with pytest.raises(ValueError, match="there is nothing to compare"):
        GroupDiff.of()
    with pytest.raises(ValueError, match="'Zed' is not a viewer"):
        GroupDiff.of(behind(), between=(1, 2), viewer="Zed")


def test_it_follows_its_workspace_and_a_history_that_grows() -> None:
    space, world = Workspace(), behind()
    picture = GroupDiff.of(world, between=("Alice", "Bob"), workspace=space)
    assert (space.step, repr(picture)) == (4, 'GroupDiff("Alice\'s group", Alice after step 5 and Bob after step 5)')
    space.step, space.viewer, space.member, space.message = 2, "Carol", "Bob", 2
    assert (picture.step, picture.viewer, picture.member, picture.message) == (2, "Carol", "Bob", 2)
    world.release("Bob")
    picture.show(group_diff_view_of(world))
    assert picture.step == len(world.history) - 1
