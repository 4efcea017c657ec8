"""What the attacker notes: whom it compromised, what it learned, and by which way."""

from __future__ import annotations

from workbench.adversary import Compromised, Entered, Finding, Learned, Opened, Read
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.mls import GroupState, LeafIndex, Policy
from workbench.mls.tree.tree_math import leaf_to_node


def four() -> World:
    """Alice, Bob, Carol and Dave in epoch 1."""
    return World.of(["Alice", "Bob", "Carol", "Dave"])


def state_of(world: World, name: str) -> GroupState:
    state = world.state(name)
    assert state is not None
    return state


def found_in(world: World, name: str, what: Part, at: int = -1) -> tuple[Finding, ...]:
    """What the attacker finds out from one more leak."""
    before = len(world.attacker.findings)
    world.attacker.take(world.leak(name, what=what, at=at).leaked_secrets)
    return tuple(world.attacker.findings[before:])


def test_a_compromise_is_recorded_with_its_victim_and_what_was_there() -> None:
    world = four()
    world.device("Erin")
    bob = state_of(world, "Bob")
    world.compromise("Bob")
    history_step, step = world.history[-1], world.trace()["steps"][-1]
    assert (history_step.kind, history_step.actor, history_step.text) == (
        "compromise",
        "attacker",
        "The attacker took all that is on Bob's device",
    )
    assert (step["kind"], step["victim"]) == ("compromise", "Bob")
    held = {key for each in world.trace()["steps"] for key in each["keys_learned"].get("Bob", ())}
    assert {*step["leaked"]} <= held
    assert step["leaked"]
    assert history_step.findings[0] == Compromised("Bob", 1)
    assert {*history_step.findings[1:]} == {
        Entered(1, "leaked"),
        *(Learned(public_key, "leaked") for public_key in world.attacker.private_keys),
    }
    leaf = bob.tree.member(bob.own_leaf)
    assert world.attacker.private_keys[leaf.encryption_key] == bob.private_keys[leaf_to_node(bob.own_leaf)]
    world.compromise("Erin")
    assert world.history[-1].findings[0] == Compromised("Erin", None)
    assert [name for name, _ in world.attacker.compromised] == ["Bob", "Erin"]


def test_a_compromise_in_one_group_is_recorded_in_all() -> None:
    world = four()
    branch = world.branch("Alice", "Bob")
    world.compromise("Bob")
    for group in (world, branch):
        assert group.history[-1].kind == "compromise"
        assert group.history[-1].findings[0] == Compromised("Bob", 1)


def test_what_is_followed_is_told_with_what_opened_it() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Alice")
    tree = state_of(world, "Alice").tree
    opened, *others = world.history[-1].findings
    assert isinstance(opened, Opened)
    assert (opened.epoch, opened.node, opened.reader) == (2, 1, 2)
    assert opened.kem_output in world.attacker.heard[-1]
    learned = [Learned(parent.encryption_key, "commit") for _, parent in tree.parents()]
    assert len(learned) == 2
    assert {*others} == {*learned, Entered(2, "commit")}


def test_what_a_welcome_gives_is_told_so() -> None:
    world = four()
    world.device("Erin")
    world.compromise("Erin")
    world.add("Alice", "Erin")
    findings = world.history[-1].findings
    erin = state_of(world, "Erin")
    keys = {erin.tree.encryption_key(node) for node in erin.private_keys if node != 2 * erin.own_leaf}
    assert {*findings} == {Entered(2, "welcome"), *(Learned(key, "welcome") for key in keys)}


def test_an_epoch_that_is_drawn_as_a_whole_is_told_so() -> None:
    world = four()
    founder = world.state("Alice", 0)
    assert founder is not None
    world.attacker.take((founder.public,))
    found = found_in(world, "Alice", "randomness", 0)
    assert Learned(founder.tree.member(LeafIndex(0)).encryption_key, "randomness") in found
    assert Entered(0, "randomness") in found


def test_a_key_package_that_is_drawn_is_told_so() -> None:
    """An init key that was drawn is not one that leaked, though it opens the same Welcome."""
    world = four()
    erin = next(iter(world.device("Erin").device_state.bundles.values()))
    world.add("Alice", "Erin")
    found = found_in(world, "Erin", "randomness")
    assert Learned(erin.key_package.init_key, "randomness") in found
    assert Learned(erin.key_package.leaf_node.encryption_key, "randomness") in found
    assert Entered(2, "welcome") in found


def test_a_path_that_is_drawn_is_told_so_and_leads_on() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Bob")
    bob = state_of(world, "Bob")
    keys = {bob.tree.encryption_key(node) for node in bob.private_keys}
    assert {*found_in(world, "Bob", "randomness")} == {
        Entered(2, "commit"),
        *(Learned(key, "randomness") for key in keys),
    }


def test_what_was_read_is_told_with_its_place_and_sender() -> None:
    world = four()
    world.compromise("Bob")
    world.send("Carol", "hello")
    assert world.history[-1].findings == (
        Read(len(world.attacker.heard) - 1, 1, state_of(world, "Carol").own_leaf, b"hello"),
    )


def test_nothing_is_told_of_a_step_that_gives_nothing_away() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Bob")
    world.send("Alice", "healed")
    assert [history_step.findings for history_step in world.history[-2:]] == [(), ()]


# The founder, of whom the rules for newcomers hold too


def test_a_message_of_epoch_0_opens_for_what_the_founder_drew_and_for_no_newcomer() -> None:
    """Nobody joins epoch 0: a newcomer's device has nothing of it, and the founder's ratchet has moved on."""
    world = World(policy=Policy(past_epochs=2))
    for name in ("Alice", "Bob"):
        world.device(name)
    world.create("Alice")
    world.send("Alice", "to myself")
    world.add("Alice", "Bob")
    world.send("Bob", "hello")
    for name in ("Alice", "Bob"):
        assert read_by_all(world, [world.leak(name)]) == ((1,), [])
    assert read_by_all(world, [world.leak("Alice", what="ratchets")]) == ((), [])
    before = world.leak("Alice", at=0)
    assert read_by_all(world, [before]) == ((0,), [b"to myself"])
    drawn = world.leak("Alice", at=0, what="randomness")
    assert read_by_all(world, [drawn]) == ((0,), [b"to myself"])


def read_by_all(world: World, leaks: list[Leak]) -> tuple[tuple[int, ...], list[bytes]]:
    """The epochs and messages that the attacker has, on which the rules agree and which the theorem allows."""
    result, verdict = recover(evidence_of(world, leaks)), world.judge(*leaks)
    epochs = tuple(map(int, result["epoch_authenticators"]))
    assert verdict.readable_epochs == epochs
    assert {*epochs} <= {*allowed_by_theorem(verdict.recorded.group_history, leaks)}
    assert len(verdict.readable_messages) == len(result["messages"])
    return epochs, [bytes.fromhex(each["application_data"]) for each in result["messages"]]
