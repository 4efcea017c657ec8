"""A verdict answers a reviewer: what is readable, by which leak, until when; who could reopen it; who has to act."""

from __future__ import annotations

import networkx as nx
import pytest

from workbench.adversary.derivation import Derivation, Words
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import PARTS, Part
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import TheoremCase, allowed_by_theorem
from workbench.adversary.verdict import RecordedHistory
from workbench.lab import NotPossible, World
from workbench.lab.environment import Handshakes
from workbench.lab.leaks import evidence_of, leak_of, recorded_history


@pytest.fixture(scope="module")
def world() -> World:
    """Four people; Alice commits twice, then Bob (epoch 4), Alice and Carol. Dave is idle."""
    made = World.of(["Alice", "Bob", "Carol", "Dave"])
    made.commit("Alice")
    made.commit("Alice")
    made.commit("Bob")
    made.send("Alice", "hello")
    made.commit("Alice")
    made.commit("Carol")
    return made


@pytest.fixture(scope="module")
def recorded(world: World) -> RecordedHistory:
    return recorded_history(world)


@pytest.fixture(scope="module")
def early(world: World, recorded: RecordedHistory) -> Leak:
    """Bob, before he commits."""
    return leak_of(world, "Bob", at=3, recorded=recorded)


@pytest.fixture(scope="module")
def late(world: World, recorded: RecordedHistory) -> Leak:
    """Dave, who has never committed, after Bob has."""
    return leak_of(world, "Dave", at=6, recorded=recorded)


def test_a_commit_of_the_victim_heals(recorded: RecordedHistory, early: Leak) -> None:
    verdict = recorded.judge([early])
    assert verdict.readable_epochs == (3,)
    assert verdict.runs == ((3, 3),)
    assert [verdict.epochs[epoch] for epoch in range(7)] == ["closed"] * 3 + ["readable"] + ["healed"] * 3
    assert verdict.readable_messages == ()
    assert verdict.must_update == ()


def test_what_is_healed_says_whose_compromise_would_open_it_again(recorded: RecordedHistory, early: Leak) -> None:
    assert recorded.judge([early]).reopeners == {4: ("Dave",), 5: ("Dave",), 6: ("Dave",)}


def test_it_does_open_again_and_both_leaks_were_needed(recorded: RecordedHistory, early: Leak, late: Leak) -> None:
    verdict = recorded.judge([early, late])
    assert verdict.runs == ((3, 6),)
    assert [message.step for message in verdict.readable_messages] == [5]
    assert verdict.leaks_behind(3) == (early,)
    assert verdict.leaks_behind(4) == (early, late)
    assert verdict.leaks_behind(5) == (late,)
    assert verdict.leaks_behind(2) == ()


def test_a_verdict_is_shown_as_a_line_for_each_epoch_with_the_leaks_and_who_could_reopen_it(
    recorded: RecordedHistory, early: Leak, late: Leak
) -> None:
    lines = repr(recorded.judge([early])).splitlines()
    assert lines[2:5] == [
        "epoch 2: closed",
        "epoch 3: readable, by everything of Bob after step 4",
        "epoch 4: healed so far; 1 device could open it again: Dave",
    ]
    assert lines[6:] == ["epoch 6: healed so far; 1 device could open it again: Dave", "messages: 0 of 1 readable"]
    assert "epoch 4: readable, by everything of Bob after step 4 and everything of Dave after step 7" in repr(
        recorded.judge([early, late])
    )
    assert repr(recorded) == "RecordedHistory(7 epochs, 1 messages)"


def test_what_nobody_left_could_reopen_is_said_to_be_healed_without_reserve() -> None:
    world = World.of(["Alice", "Bob"])
    bob = world.leak("Bob")
    for name in ("Bob", "Alice", "Bob"):
        world.commit(name)
    assert "epoch 2: healed\n" in repr(world.judge(bob))


def test_a_secret_has_its_name_of_the_rfc_and_its_place_and_a_key_says_whose_it_is(recorded: RecordedHistory) -> None:
    words = Words(recorded.group_history)
    briefs = {words.brief(fact) for fact in words.secrets}
    assert {("init_secret", "epoch 3"), ("path_secret", "node 1, epoch 2"), ("commit_secret", "epoch 1")} <= briefs
    leaf_keys = {f"{name}'s leaf key" for name in ("Alice", "Bob", "Carol", "Dave")}
    assert {name for name, _ in briefs if " " in name} == {"init key", *leaf_keys}


def test_a_derivation_is_shown_as_numbered_sentences(recorded: RecordedHistory, early: Leak, late: Leak) -> None:
    derivation = Derivation.of_epoch(recorded.judge([early, late]), 4)
    first, second = repr(derivation).splitlines()
    assert first.startswith("1. Dave's leaf key (leaked with everything of Dave after step 7) opens")
    assert second.startswith("2. The init secret of epoch 3")
    with pytest.raises(KeyError):
        Derivation.of_epoch(recorded.judge([early]), 4)


def test_the_members_who_must_update_are_those_whose_keys_let_the_attacker_in(
    recorded: RecordedHistory, early: Leak, late: Leak
) -> None:
    assert recorded.judge([early, late]).must_update == ("Dave",)


def test_a_fresh_leaf_of_those_who_must_update_shuts_the_attacker_out() -> None:
    again = World.of(["Alice", "Bob", "Carol", "Dave"])
    for name in ("Alice", "Alice", "Bob", "Alice", "Alice", "Carol"):
        again.commit(name)
    leaks = [leak_of(again, "Bob", at=3), leak_of(again, "Dave", at=6)]
    assert recorded_history(again).judge(leaks).must_update == ("Dave",)
    again.commit("Dave")
    assert recorded_history(again).judge(leaks).epochs[8] == "healed"


def test_a_derivation_says_in_words_what_opened_what(recorded: RecordedHistory, early: Leak, late: Leak) -> None:
    verdict = recorded.judge([early, late])
    derivation = Derivation.of(verdict, recorded.group_history.epochs[4].secrets["epoch_authenticator"])
    opened, joined = derivation.sentences()
    assert opened == (
        "Dave's leaf key (leaked with everything of Dave after step 7) opens the path secret of node 3 in commit 4."
    )
    assert joined == (
        "The init secret of epoch 3 (leaked with everything of Bob after step 4) and the commit secret of commit 4"
        " give what becomes the joiner secret of epoch 4."
    )
    (message,) = verdict.readable_messages
    assert str(Derivation.of(verdict, message.fact)).endswith("open what message 1 of step 6 says.")


def test_what_leaked_itself_is_said_to_have_leaked(recorded: RecordedHistory, early: Leak) -> None:
    derivation = Derivation.of(recorded.judge([early]), recorded.group_history.epochs[3].secrets["init_secret"])
    assert str(derivation) == "The init secret of epoch 3 leaked with everything of Bob after step 4."


def test_a_derivation_is_an_acyclic_graph_from_leaks_to_one_fact(
    recorded: RecordedHistory, early: Leak, late: Leak
) -> None:
    fact = recorded.group_history.epochs[4].secrets["epoch_authenticator"]
    graph = Derivation.of(recorded.judge([early, late]), fact).graph()
    assert nx.is_directed_acyclic_graph(graph)
    sources = {node for node in graph if not graph.in_degree(node)}
    assert sources == {node for node, leak in graph.nodes(data="leak") if leak}
    assert [node for node in graph if not graph.out_degree(node)] == [fact]
    assert all(graph.nodes[a]["rank"] < graph.nodes[b]["rank"] for a, b in graph.edges)


def test_what_is_not_known_has_no_derivation(recorded: RecordedHistory, early: Leak) -> None:
    with pytest.raises(KeyError):
        Derivation.of(recorded.judge([early]), recorded.group_history.epochs[4].secrets["init_secret"])


def test_the_theorem_says_which_case_applies_and_where_it_stands(
    recorded: RecordedHistory, early: Leak, late: Leak
) -> None:
    allowed = allowed_by_theorem(recorded.group_history, [early, late])
    assert allowed == {
        3: TheoremCase.SECRETS_LEAKED,
        4: TheoremCase.TREE_KEY_LEAKED,
        5: TheoremCase.SECRETS_LEAKED,
        6: TheoremCase.TREE_KEY_LEAKED,
    }
    assert str(allowed[4]).endswith("leaked at any time (RFC 9750 §8.2.2)")


@pytest.mark.parametrize("what", PARTS)
def test_a_part_of_a_device_gives_no_more_than_all_of_it(world: World, recorded: RecordedHistory, what: Part) -> None:
    whole = recorded.judge([leak_of(world, "Dave", at=6, recorded=recorded)])
    if what in {"message keys", "randomness"}:  # used in the step and kept by nobody
        return
    part = recorded.judge([leak_of(world, "Dave", at=6, what=what, recorded=recorded)])
    assert part.knowledge.facts() <= whole.knowledge.facts()


def test_ratchets_and_message_keys_read_nothing_without_the_sender_data_secret(
    world: World, recorded: RecordedHistory
) -> None:
    leaks = [leak_of(world, "Bob", at=5, what=what, recorded=recorded) for what in ("ratchets", "message keys")]
    assert recorded.judge(leaks).readable_messages == ()
    with_secrets = recorded.judge([*leaks, leak_of(world, "Bob", at=5, recorded=recorded)])
    assert [message.step for message in with_secrets.readable_messages] == [5]


@pytest.mark.parametrize(("device", "at"), [("Alice", 99), ("Mallory", -1)])
def test_nothing_leaks_from_what_was_not_there(world: World, device: str, at: int) -> None:
    with pytest.raises(NotPossible, match="There "):
        leak_of(world, device, at=at)


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize(("handshakes", "epochs"), [("public", (1, 2, 3)), ("private", (1, 3))])
def test_a_member_removed_by_a_private_commit_has_used_up_the_key_that_opens_it(
    handshakes: Handshakes, epochs: tuple[int, ...], *, is_held: bool
) -> None:
    """Carol and Dave may follow the commit in a later step than that in which it was sent."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], handshakes=handshakes)
    for name in ("Carol", "Dave") if is_held else ():
        world.hold(name)
    world.remove("Alice", "Bob")
    for name in ("Carol", "Dave") if is_held else ():
        world.release(name)
    removed = world.leak("Bob")
    world.commit("Alice")
    leaks = [removed, world.leak("Dave")]
    assert world.judge(*leaks).readable_epochs == epochs
    result = recover(evidence_of(world, leaks))
    assert tuple(map(int, result["epoch_authenticators"])) == epochs
