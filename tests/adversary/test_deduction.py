"""What the attacker can do and what it can't is what follows from the record of everybody's derivations.

Two oracles that know nothing of each other: the attacker, who has leaked bytes and the wire, and decrypts; and the
closure of what leaked under all operations that were recorded on all devices, which needs no cryptography.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest

from workbench.inspect.trace_format import SecretId, Trace, TraceSecret
from workbench.lab import World
from workbench.mls import Policy

pytestmark = pytest.mark.slow

ACTIONS: tuple[str, ...] = (
    *("commit", "commit", "update", "add", "remove", *("send",) * 5, "compromise", "hold"),
    *("join", "resync", "share_psk", "propose_remove", "request_to_join"),
)


def closure(trace: Trace) -> set[SecretId]:
    """All secrets that follow from what leaked, by operations whose inputs all are known."""
    operations = [
        (frozenset(secret for secret in operation["inputs"] if secret is not None), operation["output"])
        for step in trace["steps"]
        for operation in step["operations"]
        if operation["output"] is not None and "attacker" not in operation["by"][:1]
    ]
    known = {secret for step in trace["steps"] for secret in step.get("leaked", ())}
    while new := {output for inputs, output in operations if inputs and inputs <= known} - known:
        known |= new
    return known


@cache
def history(seed: int) -> World:
    """A random history of a small group, with compromises at random moments; nobody acts in it any more."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    size, policy = dice.randint(2, 6), Policy(past_epochs=seed % 3)
    world = World.of(size, seed=seed, handshakes=dice.choice(["public", "private"]), policy=policy)
    for name in ("Xavier", "Yusuf", "Zoe"):
        world.device(name)
    for _ in range(dice.randint(8, 20)):
        action = dice.choice(ACTIONS)
        actor, other = dice.choice(world.members), dice.choice(sorted(world.devices))
        people = people_of(action, actor, other)
        if world.reason_against(action, *people) is not None:
            continue
        if action == "add":
            world.add(*people, path=dice.random() < 0.5 or world.reason_against("send", actor) is not None)
        elif action == "send":
            world.send(actor, f"message {len(world.history)}")
        elif action == "hold":
            miss_a_commit(world, dice, actor)
        elif action == "commit":
            world.commit(actor, psks=mixed_in(world, dice))
        elif action == "share_psk":
            world.share_psk(dice.choice(["tea", "coffee"]), *sorted(world.devices))
        else:
            getattr(world, action)(*people)
    return world


def people_of(action: str, actor: str, other: str) -> tuple[str, ...]:
    """Whom an action needs: a member who acts, somebody it is done to, or somebody outside."""
    if action in {"add", "remove", "propose_remove"}:
        return (actor, other)
    return (other,) if action in {"compromise", "join", "request_to_join"} else (actor,)


def mixed_in(world: World, dice: random.Random) -> list[str | int]:
    """Pre-shared keys that all members hold, now and then."""
    device_state = [world.devices[name].device_state for name in world.members]
    shared = set.intersection(*({psk.decode() for psk in each.psks} for each in device_state))
    past = set.intersection(*({epoch for _, epoch in each.resumption_psks} for each in device_state))
    offered: list[str | int] = [*sorted(shared), *sorted(past)[:1]]
    return [psk for psk in offered if dice.random() < 0.5]


def miss_a_commit(world: World, dice: random.Random, sleeper: str) -> None:
    """Somebody is out of reach while another commits, and perhaps compromised in that state."""
    others = [name for name in world.members if name != sleeper and world.reason_against("commit", name) is None]
    if others:
        world.hold(sleeper)
        world.commit(dice.choice(others))
        if dice.random() < 0.5 and world.reason_against("compromise", sleeper) is None:
            world.compromise(sleeper)
        world.release(sleeper)


@pytest.mark.parametrize("seed", range(60))
def test_the_attacker_has_the_epochs_and_messages_that_follow_from_the_record(seed: int) -> None:
    world = history(seed)
    trace = world.trace()
    secrets: dict[SecretId, TraceSecret] = {
        key: value for step in trace["steps"] for key, value in step["secrets"].items()
    }
    known = [secrets[key] for key in closure(trace)]
    assert set(world.attacker.epochs()) == {each["epoch"] for each in known if each["name"] == "init_secret"}
    readable = {
        (each["epoch"], each["node"], each.get("generation"))
        for each in known
        if each["name"] == "application_ratchet_key"
    }
    assert {(read.epoch, 2 * read.sender) for read in world.reads()} == {(epoch, node) for epoch, node, _ in readable}
    assert len(world.reads()) == len(readable)
    computed = {key.hex() for key in world.attacker.private_keys.values()}
    predicted = {each["value"] for each in known if each["name"] == "private_key"}
    assert computed <= predicted
    if world.handshakes == "public" and world.attacker.epochs():
        assert computed & keys_in_the_tree(world) == predicted & keys_in_the_tree(world)


def keys_in_the_tree(world: World) -> set[str]:
    """All private keys of the tree as it is now, as its members hold them."""
    states = [state for name in world.members if (state := world.state(name)) is not None]
    return {key.hex() for state in states for key in state.private_keys.values()}


def test_the_histories_are_worth_looking_at() -> None:
    worlds = [history(seed) for seed in range(60)]
    assert sum(bool(world.attacker.epochs()) for world in worlds) > 30
    assert sum(len(world.attacker.epochs()) < (world.epoch or 0) for world in worlds) > 30
    assert sum(len(world.reads()) for world in worlds) > 30
    commits = [step["commit"] for world in worlds for step in world.trace()["steps"] if step["commit"] is not None]
    assert sum(commit["external"] for commit in commits) > 30
    assert sum(commit["external"] and bool(commit["removed"]) for commit in commits) > 10
    kinds = Counter(proposal["type"] for commit in commits for proposal in commit["proposals"])
    assert kinds["psk"] > 20
    assert kinds["external_init"] > 30
