"""Further actions: joins and returns by a commit, requests from outside, pre-shared keys, groups from groups."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.inspect.reasons import MessageKind
from workbench.lab import NotPossible, World, replay
from workbench.vectors import check_file
from workbench.views.ratchet_tree import ratchet_tree_view


def three() -> World:
    """Alice, Bob and Carol in epoch 1; Dave outside."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.device("Dave")
    return world


def agree(world: World) -> bool:
    """Whether all members are in the same epoch with the same secrets."""
    states = [world.state(name) for name in world.members]
    return len({None if state is None else state.secrets for state in states}) == 1 and None not in states


def told(world: World, name: str) -> list[str]:
    """What a device was told in the last step."""
    return [event.text for event in world.history[-1].events[name]]


# Into a group


def test_a_newcomer_joins_by_a_commit_of_its_own() -> None:
    world = three()
    world.join("Dave")
    assert (world.members, world.epoch, agree(world)) == (("Alice", "Bob", "Carol", "Dave"), 2, True)
    assert world.history[-1].text == "Dave joined by an external commit"
    assert told(world, "Alice") == ["Dave joined by an external commit"]


def test_with_private_handshakes_a_newcomers_commit_is_public_all_the_same() -> None:
    world = World.of(["Alice", "Bob"], handshakes="private")
    world.device("Carol")
    world.join("Carol")
    world.commit("Carol")
    assert (world.members, agree(world)) == (("Alice", "Bob", "Carol"), True)


def test_a_newcomer_can_mix_in_a_pre_shared_key() -> None:
    world = three()
    world.share_psk("tea", *world.members, "Dave")
    world.join("Dave", psks=["tea"])
    assert agree(world)
    assert told(world, "Bob") == ["Dave joined by an external commit and mixed in the pre-shared key “tea”"]


def test_a_member_who_comes_back_has_a_new_leaf_and_cannot_read_what_it_missed() -> None:
    world = three()
    world.hold("Bob")
    world.send("Alice", "missed")
    world.commit("Carol")
    world.resync("Bob")
    assert (world.members, agree(world), world.is_held("Bob")) == (("Alice", "Bob", "Carol"), True, False)
    assert told(world, "Carol") == ["Bob came back by an external commit"]
    assert not [event for history_step in world.history for event in history_step.events.get("Bob", ()) if event.data]
    world.send("Alice", "seen")
    assert told(world, "Bob") == ["Alice sent a message"]


def test_a_person_who_asks_is_added_when_a_member_commits_it() -> None:
    world = three()
    world.request_to_join("Dave")
    assert told(world, "Alice") == ["Dave asked to be added"]
    assert list(world.members) == ["Alice", "Bob", "Carol"]
    world.commit("Carol", approve=False)
    assert list(world.members) == ["Alice", "Bob", "Carol"]
    world.request_to_join("Dave")
    world.commit("Bob")
    assert agree(world)
    assert list(world.members) == ["Alice", "Bob", "Carol", "Dave"]


def test_a_member_approves_of_one_request_and_leaves_out_the_others() -> None:
    world = three()
    world.device("Erin")
    assert world.reason_against("approve", "Alice", "Dave") == "Dave has not asked to be added"
    assert world.reason_against("approve", "Alice", "Bob") == "Bob is in the group already"
    world.request_to_join("Dave")
    world.request_to_join("Erin")
    with pytest.raises(NotPossible, match="Carol is in the group already"):
        world.approve("Bob", "Dave", "Carol")
    world.approve("Bob", "Dave")
    assert (world.members, agree(world)) == (("Alice", "Bob", "Carol", "Dave"), True)
    assert (world.action_log[-1].name, world.action_log[-1].arguments) == ("approve", ("Bob", "Dave"))
    assert world.reason_against("approve", "Bob", "Erin") == "Erin has not asked to be added"


# From outside


def test_somebody_outside_proposes_and_members_decide() -> None:
    world = three()
    world.device("HR")
    assert world.reason_against("ask_to_add", "HR", "Dave") == "The group does not accept proposals from HR"
    world.external_sender("Alice", "HR")
    world.ask_to_add("HR", "Dave")
    world.ask_to_remove("HR", "Carol")
    assert told(world, "Bob") == ["HR proposed to remove Carol"]
    world.commit("Bob")
    assert (world.members, agree(world)) == (("Alice", "Bob", "Dave"), True)
    assert world.state("HR") is None


def test_two_can_propose_from_outside() -> None:
    world = three()
    for name in ("HR", "Ops"):
        world.device(name)
        world.external_sender("Alice", name)
    world.ask_to_remove("Ops", "Carol")
    assert told(world, "Bob") == ["Ops proposed to remove Carol"]
    world.ask_to_remove("HR", "Bob")
    assert told(world, "Alice") == ["HR proposed to remove Bob"]


def test_members_propose_by_reference() -> None:
    world = three()
    world.propose_add("Alice", "Dave")
    world.propose_remove("Carol", "Carol")
    assert told(world, "Bob") == ["Carol proposed to remove Carol"]
    world.commit("Bob")
    assert (world.members, agree(world)) == (("Alice", "Bob", "Dave"), True)


# Pre-shared keys


def test_members_who_share_a_key_follow_and_whoever_lacks_it_waits_and_can_come_back() -> None:
    world = three()
    world.share_psk("tea", "Alice", "Bob")
    assert world.history[-1].text == "Alice and Bob share the pre-shared key “tea”"
    world.commit("Alice", psks=["tea"])
    (event,) = world.history[-1].events["Carol"]
    assert event.kind == "waiting"
    assert "needed and not held here" in event.text
    assert world.reason_against("commit", "Carol") == "Carol has missed a commit and has to catch up first"
    world.resync("Carol")
    assert agree(world)


def test_whoever_lacks_a_key_goes_on_once_it_has_the_key() -> None:
    world = three()
    world.share_psk("tea", "Alice", "Bob")
    world.commit("Alice", psks=["tea"])
    world.send("Bob", "hello")
    assert world.reason_against("send", "Carol") is not None
    world.share_psk("tea", "Alice", "Carol")
    assert [event.kind for event in world.history[-1].events["Carol"]] == ["commit", "message"]
    assert agree(world)


def test_a_key_that_the_committer_lacks_is_named() -> None:
    world = three()
    with pytest.raises(NotPossible, match="Alice does not hold the pre-shared key “tea”"):
        world.commit("Alice", psks=["tea"])
    with pytest.raises(NotPossible, match="Alice does not hold the resumption PSK of epoch 17"):
        world.commit("Alice", psks=[17])
    world.commit("Alice", psks=[1])
    assert world.history[-1].text == "Alice mixed in the resumption PSK of epoch 1"
    assert agree(world)


def test_a_welcome_waits_for_the_key_it_takes() -> None:
    world = three()
    world.share_psk("tea", *world.members)
    world.request_to_join("Dave")
    world.commit("Alice", psks=["tea"])
    assert world.state("Dave") is None
    assert [event.kind for event in world.history[-1].events["Dave"]] == ["refused"]
    world.share_psk("tea", "Dave")
    assert agree(world)


def test_that_a_welcome_cannot_be_accepted_is_told_once_and_the_group_goes_on() -> None:
    world = three()
    world.propose_add("Alice", "Dave")
    world.commit("Bob", psks=[1])
    (event,) = world.history[-1].events["Dave"]
    assert (event.kind, "needed and not held here" in event.text) == ("refused", True)
    world.commit("Bob")
    assert world.history[-1].events["Dave"] == ()
    assert world.epoch == 3


# On to another group


@pytest.mark.parametrize("suite", [None, 2, 3])
def test_a_group_ends_and_goes_on_as_another(suite: int | None) -> None:
    world = three()
    world.reinit("Bob", suite=suite)
    assert world.history[-1].text == "Bob ended the group by a ReInit"
    ended = "The group has ended by a ReInit: its members continue in the next group"
    assert (world.reason_against("send", "Alice"), world.reason_against("join", "Dave")) == (ended, ended)
    following = world.successor("Carol")
    assert sorted(following.members) == ["Alice", "Bob", "Carol"]
    assert (following.suite.id, following.epoch, agree(following)) == (suite or 1, 1, True)
    following.send("Alice", "hello again")
    assert told(following, "Bob") == ["Alice sent a message"]
    following.join("Dave")
    following.commit("Bob")
    assert agree(following)
    assert world.reason_against("successor", "Alice") == "The next group has been founded already"


@pytest.mark.parametrize("suite", [2, 4, 7])
def test_those_outside_speak_in_the_cipher_suite_of_the_group_and_not_in_their_own(suite: int) -> None:
    """An outsider's proposal, a request to join, and a member's proposal, after a ReInit to another suite."""
    world = three()
    world.device("Olivia")
    world.reinit("Alice", suite)
    after = world.successor("Alice")
    after.external_sender("Alice", "Olivia")
    after.ask_to_remove("Olivia", "Carol")
    after.request_to_join("Dave")
    after.commit("Bob")
    assert (after.members, agree(after)) == (("Alice", "Bob", "Dave"), True)
    after.group.offer_key_packages(["Carol"])
    after.devices["Alice"].propose_add(after.group_id, "Carol")
    after.commit("Alice")
    assert (after.members, agree(after)) == (("Alice", "Bob", "Dave", "Carol"), True)


@pytest.mark.parametrize("suite", [4, 7])
def test_an_outsider_to_whom_a_group_listens_is_heard_in_the_one_that_follows(suite: int) -> None:
    """It signs with another key there: the old one would be no key in that cipher suite."""
    world = three()
    world.external_sender("Alice", "Dave")
    world.reinit("Alice", suite)
    after = world.successor("Bob")
    after.ask_to_remove("Dave", "Carol")
    after.commit("Alice")
    assert (after.members, agree(after)) == (("Bob", "Alice"), True)


def test_a_member_removed_from_an_announced_group_can_be_added_again() -> None:
    """The link to the old group is for those who enter with its founder (RFC 9420 §11.2)."""
    world = three()
    world.reinit("Alice")
    after = world.successor("Alice")
    after.remove("Alice", "Carol")
    after.add("Bob", "Carol")
    assert told(after, "Carol") == ["Carol joined the group"]
    assert (after.members, agree(after)) == (("Alice", "Bob", "Carol"), True)


def test_a_branch_lives_beside_the_group() -> None:
    world = three()
    branch = world.branch("Alice", "Carol")
    assert branch.members == ("Alice", "Carol")
    branch.send("Carol", "between us")
    world.send("Bob", "to all")
    assert (branch.epoch, world.epoch) == (1, 1)
    assert told(branch, "Alice") == ["Carol sent a message"]
    assert told(world, "Carol") == ["Bob sent a message"]
    assert world.groups == branch.groups == (world, branch)


def test_each_group_has_a_record_of_its_own() -> None:
    world = three()
    branch = world.branch("Alice", "Carol")
    branch.commit("Carol")
    kinds = [step["kind"] for step in branch.trace()["steps"]]
    assert kinds == ["found", "commit"]
    assert [step["kind"] for step in world.trace()["steps"]] == ["create", "commit"]
    assert branch.trace()["group_id"] != world.trace()["group_id"]


def test_a_device_that_is_new_later_is_known_to_all_groups() -> None:
    world = three()
    branch = world.branch("Alice", "Carol")
    world.device("Erin")
    branch.add("Alice", "Erin")
    assert branch.members == ("Alice", "Carol", "Erin")


def test_a_branch_of_a_branch_has_an_id_of_its_own() -> None:
    world = three()
    branch = world.branch("Alice", "Bob")
    again = branch.branch("Bob", "Alice")
    assert len({group.group_id for group in (world, branch, again)}) == 3


# What is not possible


@pytest.mark.parametrize(
    ("action", "people", "reason"),
    [
        ("join", ("Alice",), "Alice is in the group already"),
        ("join", ("Held",), "Held is held back"),
        ("resync", ("Dave",), "Dave cannot come back: it has no leaf in the group"),
        ("request_to_join", ("Alice",), "Alice is in the group already"),
        ("external_sender", ("Alice", "HR"), "The group accepts proposals from HR already"),
        ("external_sender", ("Dave", "HR"), "Dave is not in the group"),
        ("ask_to_add", ("HR", "Alice"), "Alice is in the group already"),
        ("ask_to_add", ("Dave", "Erin"), "There is no device of Erin"),
        ("ask_to_remove", ("HR", "Dave"), "Dave is not in the group"),
        ("ask_to_remove", ("Dave", "Alice"), "The group does not accept proposals from Dave"),
        ("propose_add", ("Alice", "Bob"), "Bob is in the group already"),
        ("propose_remove", ("Alice", "Dave"), "Dave is not in the group"),
        ("branch", ("Alice", "Alice"), "Alice founds the branch and cannot be invited to it"),
        ("branch", ("Alice", "Dave"), "Dave is not in the group"),
        ("successor", ("Alice",), "The group has not ended: nobody has committed a ReInit"),
        ("share_psk", ("Alice",), None),
    ],
)
def test_what_is_not_possible_is_told_with_the_reason(action: str, people: tuple[str, ...], reason: str | None) -> None:
    world = three()
    for name in ("HR", "Held"):
        world.device(name)
    world.external_sender("Alice", "HR")
    world.hold("Held")
    assert world.reason_against(action, *people) == reason


def test_a_reinit_waits_for_pending_proposals() -> None:
    world = three()
    world.update("Bob")
    reason = (
        "Proposals are pending: a member has to commit them first, because a ReInit must be the only proposal of its"
        " commit"
    )
    assert world.reason_against("reinit", "Alice") == reason
    world.commit("Alice")
    assert world.reason_against("reinit", "Alice") is None


def test_nobody_joins_by_a_commit_while_no_member_is_within_reach() -> None:
    world = World.of(["Alice"])
    world.device("Bob")
    world.hold("Alice")
    assert world.reason_against("join", "Bob") == "No member can be reached who could publish a GroupInfo"


def test_a_member_who_missed_the_reinit_cannot_found_the_next_group() -> None:
    world = three()
    world.hold("Carol")
    world.reinit("Alice")
    assert world.reason_against("successor", "Carol") == "Carol has not received the commit that ends the group"


def test_a_name_with_control_characters_is_refused() -> None:
    with pytest.raises(NotPossible, match="cannot be the name of a person"):
        World().device("a\0b")


def test_the_same_seed_gives_the_same_bytes_for_all_joins() -> None:
    def lived() -> World:
        world = three()
        world.join("Dave")
        world.share_psk("tea", *world.members)
        world.commit("Bob", psks=["tea", 1])
        world.resync("Carol")
        world.reinit("Alice", suite=2)
        return world.successor("Bob")

    one, same = lived(), lived()
    assert [group.trace() for group in one.groups] == [group.trace() for group in same.groups]


def test_a_device_says_why_it_cannot_process_some_bytes() -> None:
    world = three()
    world.hold("Bob")
    world.commit("Alice")
    world.send("Carol", "later")
    later = bytes.fromhex(world.trace()["steps"][-1]["messages"][0]["wire"])
    assert world.explain("Bob", later).kind is MessageKind.FUTURE_EPOCH
    assert world.explain("Carol", later).kind is MessageKind.OWN_ECHO
    with pytest.raises(NotPossible, match="Dave has no state of the group"):
        world.explain("Dave", later)


def test_a_member_who_holds_the_named_key_is_told_so() -> None:
    world = three()
    world.share_psk("tea", "Alice", "Bob")
    world.hold("Bob")
    world.commit("Alice", psks=["tea"])
    commit = bytes.fromhex(world.trace()["steps"][-1]["messages"][0]["wire"])
    assert world.explain("Bob", commit).kind is MessageKind.PROCESSABLE
    assert world.explain("Carol", commit).kind is MessageKind.MISSING_PSK


def test_a_pre_shared_key_can_be_proposed() -> None:
    world = three()
    world.share_psk("tea", *world.members)
    world.propose_psk("Bob", "tea")
    world.propose_psk("Carol", 1)
    assert told(world, "Alice") == ["Carol proposed to mix in the resumption PSK of epoch 1"]
    assert [history_step.text for history_step in world.history[-2:]] == [
        "Bob proposed to mix in the pre-shared key “tea”",
        "Carol proposed to mix in the resumption PSK of epoch 1",
    ]
    world.commit("Alice")
    assert agree(world)
    with pytest.raises(NotPossible, match="does not hold the pre-shared key “coffee”"):
        world.propose_psk("Bob", "coffee")


def test_a_listener_is_told_of_newcomers_by_the_names_that_they_show(tmp_path: Path) -> None:
    """A replay knows the one who listened, and of all others only what was public."""
    world = three()
    world.share_psk("tea", *world.members, "Dave")
    world.join("Dave", psks=["tea"])
    world.resync("Alice")
    world.device("HR")
    world.external_sender("Bob", "HR")
    world.ask_to_remove("HR", "Dave")
    world.commit("Bob")
    case = world.export_vector("Carol")
    path = tmp_path / "passive-client-joins.json"
    path.write_text(json.dumps([case]))
    assert check_file(path, lambda *_: None).failures == []
    trace = replay(case)
    recorded = [step["commit"] for step in world.trace()["steps"] if step["commit"] is not None]
    assert [step["commit"] for step in trace["steps"][1:]] == recorded[1:]
    names = {holder["id"]: holder["name"] for holder in trace["holders"]}
    commits = [step["messages"][-1]["sender"] for step in trace["steps"][1:]]
    assert [names[sender or ""] for sender in commits] == ["Dave", "Alice", "Bob", "Bob"]
    assert [step["title"] for step in ratchet_tree_view(trace)["steps"][1:3]] == [
        "Dave joined by an external commit and mixed in the pre-shared key “tea”",
        "Alice came back by an external commit",
    ]


def test_somebody_who_asks_to_be_added_keeps_nobody_from_sending() -> None:
    world = World.of(2)
    world.device("Carol")
    world.request_to_join("Carol")
    assert world.reason_against("send", "Alice", "hello") is None
    world.send("Alice", "hello")
    world.commit("Bob", approve=False)
    assert world.members == ("Alice", "Bob")
