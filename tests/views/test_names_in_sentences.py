"""Names of other people in the sentences about an attacker: marked, cut and counted, and never with another letter."""

from __future__ import annotations

from itertools import chain

import pytest

from workbench.adversary.derivation import Derivation
from workbench.lab import World
from workbench.views.attacker import tree_under_attack
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView

LONG = "x" * 255
PEOPLE = ["bob", "the cat", "leaf 3", LONG, "Erin", "Frank", "Grace"]


@pytest.fixture(scope="module")
def world() -> World:
    world = World.of(["ann", *PEOPLE])
    world.send("ann", "m" * 70_000)
    world.commit("ann")
    return world


def sentences(view: RatchetTreeView) -> list[str]:
    beats = (beat["sentence"] for step in view["steps"] for beat in step["beats"])
    titles = chain.from_iterable((step["title"], step["sentence"]) for step in view["steps"])
    return [*titles, *beats, *(padlock["words"] for padlock in view.get("padlocks", {}).values())]


def test_no_sentence_about_the_attacker_grows_with_what_others_chose(world: World) -> None:
    verdict = world.judge(*(world.leak(name, at=1) for name in PEOPLE))
    told = [*sentences(tree_under_attack(verdict)), *str(verdict).splitlines(), repr(world), str(verdict.leaks[3])]
    assert max(map(len, told)) < 300
    assert "World(seed=7, ann, bob, “the cat” and 5 others" in repr(world)


def test_names_like_words_of_ours_are_marked_wherever_the_attacker_has_their_secrets(world: World) -> None:
    verdict = world.judge(world.leak("the cat", at=1), world.leak("leaf 3", at=1))
    told = "\n".join((*sentences(tree_under_attack(verdict)), str(verdict)))
    assert "After this step everything of “the cat” leaks." in told
    assert "After this step everything of “leaf 3” leaks." in told
    assert "epoch 1 is open, by what leaked from “the cat”" in told
    assert "epoch 1: readable, by everything of “the cat” after step 2" in told


@pytest.mark.parametrize(("name", "begins"), [("bob", "bob's leaf key"), ("the cat", "“the cat”'s leaf key")])
def test_a_sentence_that_begins_with_a_name_keeps_it_as_it_is(world: World, name: str, begins: str) -> None:
    derivation = Derivation.of_epoch(world.judge(world.leak(name, at=1)), 2)
    assert derivation.sentences()[0].startswith(begins)


def test_who_reads_late_keeps_the_first_letter_and_a_long_message_is_cut() -> None:
    world = World.of(["ann", "bob"])
    world.hold("bob")
    world.send("ann", "m" * 70_000)
    world.release("bob")
    told = [each for each in sentences(ratchet_tree_view(world.trace())) if "reads what" in each]
    assert told == [f"bob reads what ann sent in step 3: “{'m' * 60}… (70000 characters)”"]


def test_a_device_that_will_not_get_a_commit_is_still_behind_and_one_that_gets_it_has_caught_up() -> None:
    world = World.of(["ann", "bob"])
    for does_drop in (False, True):
        world.hold("bob")
        world.commit("ann")
        if does_drop:
            world.drop("bob")
        world.release("bob")
    told = [each for each in sentences(ratchet_tree_view(world.trace())) if each.startswith("bob") and ", in" in each]
    assert told[:2] == ["bob caught up, in epoch 2.", "bob is still behind, in epoch 2."]
