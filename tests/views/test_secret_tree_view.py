"""The view of the secret tree: what it says of a device is what the state of the device holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.widgets.conform import faults
from workbench.adversary.group_history import GroupHistory
from workbench.lab import World
from workbench.mls import GroupState, Policy
from workbench.mls.schedule.secret_tree import OpenedParentSecrets, RatchetLimits, Ratchets, Subtree
from workbench.mls.tree.tree_math import root
from workbench.views.secret_tree import SecretTreeView, secret_tree_view

Held = tuple[str, int, int | None, bytes]
"""A secret in a state: its RFC name, its node, its generation and its value."""


@cache
def told() -> World:
    """Private handshakes, a device that is away, delayed messages, a compromise, and a newcomer."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], handshakes="private")
    world.send("Alice", "Hello")
    world.hold("Dave")
    world.delay("Carol")
    for text in ("one", "two", "three"):
        world.send("Bob", text)
    world.compromise("Carol")
    world.send("Carol", "four")
    world.update("Carol")
    world.release("Dave")
    world.let_through("Carol")
    world.commit("Alice")
    world.device("Erin")
    world.add("Bob", "Erin")
    world.send("Erin", "five")
    return world


@cache
def view() -> SecretTreeView:
    return secret_tree_view(GroupHistory.of(told().trace()))


def held_in(view: SecretTreeView, step: int, viewer: str) -> set[Held]:
    """What the view says that a viewer holds after a step."""
    number = [each["id"] for each in view["viewers"]].index(viewer)
    held: set[int] = set()
    for changes in (each["changes"] for each in view["steps"][: step + 1]):
        for change in changes:
            if number in view["crowds"][change["holders"]]:
                held = (held - {*change["deleted"]}) | {*change["learned"]}
    entries = (view["secrets"][each] for each in held)
    return {(each["name"], each["node"], each["generation"], bytes.fromhex(each["value"] or "")) for each in entries}


def secrets_in(state: GroupState) -> Iterator[Held]:
    """What the secret tree of a state holds, by the shape of the tree."""
    tree = state.secret_tree
    yield from _below(tree.root, root(tree.leaf_count), tree.leaf_count, "encryption_secret")


def _below(subtree: Subtree, node: int, width: int, name: str = "tree_node_secret") -> Iterator[Held]:
    if isinstance(subtree, bytes):
        yield name, node, None, subtree
    elif isinstance(subtree, OpenedParentSecrets):
        yield from _below(subtree.left, node - width // 2, width // 2)
        yield from _below(subtree.right, node + width // 2, width // 2)
    elif isinstance(subtree, Ratchets):
        for kind, ratchet in (("handshake", subtree.handshake), ("application", subtree.application)):
            yield f"{kind}_ratchet_secret", node, ratchet.generation, ratchet.secret
            for key in ratchet.skipped:
                yield f"{kind}_ratchet_key", node, key.generation, key.key
                yield f"{kind}_ratchet_nonce", node, key.generation, key.nonce


def test_the_view_has_its_declared_form() -> None:
    assert faults(view(), SecretTreeView) == []


def test_each_device_holds_what_the_view_says_after_each_step() -> None:
    for step, history_step in enumerate(told().history):
        for name in told().devices:
            state = history_step.state(name)
            expected = set() if state is None else set(secrets_in(state))
            assert held_in(view(), step, name) == expected, f"{name} after step {step}"


def test_each_message_has_the_ratchet_and_the_generation_of_its_key_and_its_readers() -> None:
    said = [(each["text"], each["leaf"], each["generation"]) for each in view()["messages"] if each["text"]]
    assert said == [("Hello", 0, 0), ("one", 1, 0), ("two", 1, 1), ("three", 1, 2), ("four", 2, 0), ("five", 4, 0)]
    kinds = [(each["kind"], each["ratchet"]) for each in view()["messages"] if not each["text"]]
    handshakes = ["commit", "proposal", "commit", "commit"]
    assert kinds == [(each, "handshake") for each in handshakes]
    viewers = [each["id"] for each in view()["viewers"]]
    first = next(each["readings"] for each in view()["messages"] if each["text"] == "one")
    readers = {viewers[who]: each["step"] for each in first for who in view()["crowds"][each["readers"]]}
    assert {"Alice": 3, "Bob": 3, "Dave": 9, "Carol": 10}.items() <= readers.items()


def test_the_attacker_keeps_what_leaked_and_what_it_computed() -> None:
    at_last = held_in(view(), len(told().history) - 1, "attacker")
    kinds = {(name, node) for name, node, _, _ in at_last}
    assert ("tree_node_secret", 2) in kinds, "it leaked with Carol's device"
    assert ("application_ratchet_key", 2) in kinds, "it was derived to read what Bob said"


def test_the_limits_are_those_of_the_devices() -> None:
    policy = Policy(ratchets=RatchetLimits(forward=7, behind=3), past_epochs=2)
    limits = secret_tree_view(GroupHistory.of(told().trace()), policy)["limits"]
    assert limits == {"forward": 7, "behind": 3, "past_epochs": 2}
