"""What a view shows of newcomers' commits, pre-shared keys, proposals from outside, new groups."""

from __future__ import annotations

import pytest

from tests.widgets.told import beat_sentence, step_sentence
from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView


@pytest.fixture(scope="module")
def world() -> World:
    made = World.of(["Alice", "Bob", "Carol"])
    for name in ("Dave", "Erin", "HR"):
        made.device(name)
    made.join("Dave")
    made.share_psk("tea", *made.members)
    made.commit("Carol", psks=["tea", 2])
    made.resync("Alice")
    made.external_sender("Bob", "HR")
    made.ask_to_remove("HR", "Dave")
    made.request_to_join("Erin")
    made.commit("Carol")
    made.branch("Bob", "Carol")
    made.reinit("Erin", suite=2)
    made.successor("Alice")
    return made


@pytest.fixture(scope="module")
def trace(world: World) -> Trace:
    return world.trace()


@pytest.fixture(scope="module")
def view(trace: Trace) -> RatchetTreeView:
    return ratchet_tree_view(trace)


def test_each_step_is_told_with_the_person_first(view: RatchetTreeView) -> None:
    assert [step["title"] for step in view["steps"][2:]] == [
        "Dave joined by an external commit",
        "Alice, Bob, Carol and Dave share the pre-shared key “tea”",
        "Carol mixed in the pre-shared key “tea” and the resumption PSK of epoch 2",
        "Alice came back by an external commit",
        "Bob changed the group's extensions",
        "HR proposed to remove Dave",
        "Erin asked to be added",
        "Carol added Erin and removed Dave",
        "Erin ended the group by a ReInit",
    ]


def test_the_history_of_the_world_has_the_same_words(world: World, view: RatchetTreeView) -> None:
    assert [history_step.text for history_step in world.history] == [step["title"] for step in view["steps"]]


def test_a_newcomers_commit_has_its_leaf_as_committer_and_its_path(trace: Trace, view: RatchetTreeView) -> None:
    commit, path = trace["steps"][2]["commit"], view["steps"][2]["path"]
    assert commit is not None
    assert path is not None
    assert (commit["external"], commit["committer"], commit["added"]) == (True, 3, [])
    assert view["steps"][2]["set"]["6"]["kind"] == "leaf"
    assert [node["node"] for node in path["nodes"]] == [5, 3]
    assert all(envelope["opened_by"] for node in path["nodes"] for envelope in node["envelopes"])


def test_a_newcomer_has_the_tree_from_its_commit_on(view: RatchetTreeView) -> None:
    assert view["steps"][2].get("tree_to") == ["Dave"]
    assert "Dave" in view["steps"][1].get("unseen_by", ())
    assert "Dave" not in view["steps"][2].get("unseen_by", ())


def test_the_newcomers_init_secret_is_shown_and_sealed_before_the_path(view: RatchetTreeView) -> None:
    step = view["steps"][2]
    first, last = step["beats"][0], step["beats"][-3]
    assert first["sentence"] == (
        "Dave makes a fresh init secret and seals it to the group's external key, "
        "which all members of epoch 1 can open."
    )
    assert last["sentence"] == "The newcomer's init secret and the commit secret give all secrets of epoch 2."
    (secret,) = [each for each in step.get("secrets", ()) if each["name"] == "external_init_secret"]
    assert sorted(secret["known_to"]) == ["Alice", "Bob", "Carol", "Dave"]


def test_a_pre_shared_key_is_known_to_those_who_share_it(view: RatchetTreeView) -> None:
    assert step_sentence(view, 3, "Bob").startswith("Alice, Bob, Carol and Dave share the pre-shared key")
    for outsider in ("server", "attacker", "HR"):
        name = next(viewer["name"] for viewer in view["viewers"] if viewer["id"] == outsider)
        assert step_sentence(view, 3, outsider) == f"This step is unknown to {name}."


def test_what_is_mixed_in_is_said_in_the_beats(view: RatchetTreeView) -> None:
    beats = [beat_sentence(view, 4, number, "Bob") for number in range(len(view["steps"][4]["beats"]))]
    assert beats[0] == ("The proposals apply: the pre-shared key “tea” and the resumption PSK of epoch 2 are mixed in.")
    assert "The init secret of epoch 2, the commit secret and the pre-shared keys give all secrets of epoch 3." in beats


def test_a_member_who_comes_back_takes_the_place_of_its_old_leaf(trace: Trace) -> None:
    commit = trace["steps"][5]["commit"]
    assert commit is not None
    assert (commit["external"], commit["committer"], commit["removed"]) == (True, 0, [0])


def test_an_outsider_knows_what_it_proposed(view: RatchetTreeView) -> None:
    assert "HR" not in view["steps"][7].get("unseen_by", ())
    message = view["steps"][7]["message"]
    assert message is not None
    assert message["sender"] == "HR"
    assert [proposal["text"] for proposal in view["steps"][7]["proposals"]] == ["to remove Dave"]


def test_a_group_that_comes_from_another_begins_with_its_founding(world: World) -> None:
    _, branch, following = (ratchet_tree_view(group.trace()) for group in world.groups)
    assert branch["title"] == "the group that Bob founded"
    assert branch["steps"][0]["sentence"] == "Bob founded the group and took along Carol, all in epoch 1."
    assert branch["keyframe"]["epoch"] == 1
    assert set(branch["keyframe"].get("unseen_by", ())) >= {"server", "attacker", "Alice", "HR"}
    assert following["suite"] != branch["suite"]
    names = {member["id"]: member["name"] for member in following["members"]}
    leaves = [node["member"] for node in following["keyframe"]["nodes"].values() if node["kind"] == "leaf"]
    assert sorted(names[leaf] for leaf in leaves) == ["Alice", "Bob", "Carol", "Erin"]


def test_members_hold_private_keys_in_the_group_that_follows(world: World) -> None:
    following = ratchet_tree_view(world.groups[2].trace())
    assert {viewer for viewer, gained in following["steps"][0]["keys_learned"].items() if gained} == {
        "Alice",
        "Bob",
        "Carol",
        "Erin",
    }


def test_the_old_leaf_of_a_member_who_comes_back_is_removed(view: RatchetTreeView) -> None:
    sentences = [beat["sentence"] for beat in view["steps"][5]["beats"]]
    assert sentences[1].startswith("The proposals apply: Alice's old leaf is removed, the nodes above become blank")


def test_a_proposal_that_is_not_about_the_tree_changes_nothing_in_it(view: RatchetTreeView) -> None:
    assert view["steps"][6]["beats"][0]["sentence"] == "The proposals apply: nothing changes in the tree."
