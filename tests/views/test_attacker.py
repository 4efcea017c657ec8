"""The attacker among the viewers of a tree sees what an attacker with the same leaks has really computed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest

from tests.adversary.histories import history
from tests.widgets.conform import faults
from tests.widgets.told import beat_sentence, frame_at, step_sentence
from workbench.adversary import Attacker
from workbench.adversary.leak import Leak
from workbench.lab import World
from workbench.lab.environment import Handshakes
from workbench.lab.leaks import evidence_of, leak_of, recorded_history
from workbench.lab.scenarios import scenario
from workbench.views.attacker import tree_under_attack
from workbench.views.describe import LEAK_HOLDER
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView


def really(world: World, leaks: Sequence[Leak], *, public: bool = True) -> Attacker:
    """An attacker with the leaks that has decrypted what it can; `public` gives it the trees that a server has."""
    evidence = evidence_of(world, leaks)
    attacker = Attacker(evidence.suite, evidence.group_id)
    attacker.take((*(evidence.public if public else ()), *evidence.leaked_secrets))
    for message in evidence.wire:
        attacker.hear(message)
    return attacker


def attacked(world: World, leaks: Sequence[Leak]) -> RatchetTreeView:
    return tree_under_attack(recorded_history(world).judge(leaks))


def some_leaks(world: World, seed: int) -> list[Leak]:
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    steps = [dice.randrange(len(world.history)) for _ in range(2)]
    return [leak_of(world, dice.choice(sorted(world.history[at].device_states)), at=at) for at in steps]


def keys_in_trees(view: RatchetTreeView) -> set[str]:
    trees = [view["keyframe"]["nodes"], *(step["set"] for step in view["steps"])]
    return {node["key"] for nodes in trees for node in nodes.values()}


@pytest.mark.parametrize("seed", range(6))
def test_the_view_has_the_private_keys_that_the_attacker_has_computed(seed: int) -> None:
    world = history(seed)
    leaks = some_leaks(world, seed)
    view, attacker = attacked(world, leaks), really(world, leaks)
    assert faults(json.loads(json.dumps(view)), RatchetTreeView) == []
    gained = {gain["key"] for step in view["steps"] for gain in step["keys_learned"].get(LEAK_HOLDER, ())}
    computed = {public_key.hex() for public_key in attacker.private_keys}
    assert gained == {key for key in keys_in_trees(view) if view["keys"][key]["public"] in computed}


@pytest.mark.parametrize("seed", range(6))
def test_the_view_has_the_messages_that_the_attacker_has_decrypted(seed: int) -> None:
    world = history(seed)
    leaks = some_leaks(world, seed)
    messages = [step["message"] for step in attacked(world, leaks)["steps"]]
    read = [
        message["read"][LEAK_HOLDER] for message in messages if message is not None and LEAK_HOLDER in message["read"]
    ]
    assert read == [each.data.decode() for each in really(world, leaks).reads()]


def test_envelopes_open_for_it_however_late_the_key_leaks() -> None:
    story = scenario("retroactive break")
    view = attacked(story.world, [story.leaks["Dave"]])
    opened = [
        [
            envelope["to"]
            for at in (step["path"] or {"nodes": []})["nodes"]
            for envelope in at["envelopes"]
            if LEAK_HOLDER in envelope["opened_by"]
        ]
        for step in view["steps"]
    ]
    assert opened == [[], [], [6], [6], [6], [6]], "all that was ever sealed to Dave's leaf, before his key leaked too"
    beats = view["steps"][3]["beats"]
    told = [beat_sentence(view, 3, number, LEAK_HOLDER) for number, beat in enumerate(beats) if beat["kind"] == "open"]
    assert (
        told[-1] == "The attacker opens the path secrets that are sealed to leaf 3, and derives all path secrets above."
    )


def test_a_welcome_opens_for_it_with_the_init_key() -> None:
    story = scenario("kept init key")
    view = attacked(story.world, [story.leaks["Dave"]])
    welcomes = [envelope for step in view["steps"] for envelope in step.get("welcome", ())]
    assert [LEAK_HOLDER in envelope["opened_by"] for envelope in welcomes] == [False, False, True]
    hows = [[gain["how"] for gain in step["keys_learned"].get(LEAK_HOLDER, ())] for step in view["steps"]]
    assert hows[3:5] == [["welcome", "welcome"], ["opened"]], (
        "the path secret in the Welcome, and what is sealed to its node"
    )


def test_a_padlock_says_how_each_epoch_stands() -> None:
    story = scenario("retroactive break")
    alone, together = (attacked(story.world, [story.leaks[name] for name in names]) for names in (["Bob"], story.leaks))
    assert [lock["words"] for lock in alone["padlocks"].values()] == [
        "epoch 0 is closed to the attacker",
        "epoch 1 is closed to the attacker",
        "epoch 2 is open, by what leaked from Bob",
        "epoch 3 has healed so far: the compromise of Dave would reopen it",
        "epoch 4 has healed so far: the compromise of Dave would reopen it",
        "epoch 5 has healed so far: the compromise of Dave would reopen it",
    ]
    assert together["padlocks"]["3"] == {
        "state": "reopened",
        "badge": "open again: Dave",
        "words": "epoch 3 had healed and is open again, by what leaked from Dave",
    }
    assert step_sentence(together, 3, LEAK_HOLDER) == (
        "Bob updated by a commit: epoch 3 begins. Epoch 3 had healed and is open again, by what leaked from Dave."
    )
    assert frame_at(together, 5, LEAK_HOLDER)["name"].endswith("7 nodes; epoch 5 is open, by what leaked from Dave")
    assert frame_at(together, 5, "Alice")["name"].endswith("7 nodes")


def test_an_epoch_has_healed_when_no_old_leaf_is_left() -> None:
    world = World.of(["Alice", "Bob"])
    for name in ("Bob", "Alice"):
        world.commit(name)
    padlocks = attacked(world, [leak_of(world, "Bob", at=1)])["padlocks"]
    assert padlocks["3"] == {"state": "healed", "badge": "healed", "words": "epoch 3 has healed"}


def test_a_leak_is_told_after_the_step_in_which_it_happens() -> None:
    story = scenario("own commit")
    view = attacked(story.world, list(story.leaks.values()))
    told = [beat["sentence"] for beat in view["steps"][1]["beats"] if beat["known_to"] == [LEAK_HOLDER]]
    assert told == ["After this step everything of Bob leaks."]


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_the_tree_is_unknown_to_it_where_it_could_not_follow(handshakes: Handshakes) -> None:
    world = World.of(["Alice", "Bob", "Carol"], handshakes=handshakes)
    for name in ("Alice", "Bob", "Carol", "Bob", "Alice"):
        world.commit(name)
    leaks = [leak_of(world, "Bob", at=2)]
    view, attacker = attacked(world, leaks), really(world, leaks, public=False)
    for number, step in enumerate(view["steps"]):
        known = all(mark["state"] != "unknown" for mark in frame_at(view, number, LEAK_HOLDER)["marks"])
        if handshakes == "private" and step["epoch"] > 1:
            assert known == (attacker.tree(step["epoch"]) is not None)
        elif handshakes == "public":
            assert known, "the server has the tree, and the server is the attacker's"


def test_nobody_else_is_told_anything_new() -> None:
    story = scenario("retroactive break")
    with_it = attacked(story.world, list(story.leaks.values()))
    without = ratchet_tree_view(story.world.trace())
    for number in range(len(without["steps"])):
        for viewer in without["viewers"]:
            assert frame_at(with_it, number, viewer["id"]) == frame_at(without, number, viewer["id"])
