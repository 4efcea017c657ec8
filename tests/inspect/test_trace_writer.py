"""A trace holds only recorded values, and the values of the engine can be read back from it."""

from __future__ import annotations

import json
from collections import defaultdict

import networkx as nx
import pytest

from workbench.inspect.trace_format import SecretId, Trace, TraceSecret
from workbench.inspect.trace_graph import derivation_graph
from workbench.inspect.trace_walk import walk
from workbench.lab import World
from workbench.lab.world import GROUP_ID
from workbench.mls import encode
from workbench.mls.tree.tree_math import node_width
from workbench.mls.wire.tree import Node


@pytest.fixture(scope="module")
def world() -> World:
    """A world with public handshakes and most kinds of steps."""
    made = World.of(["Alice", "Bob", "Carol", "Dave", "Erin"])
    made.send("Alice", "hello")
    made.update("Bob")
    made.commit("Carol")
    made.remove("Alice", "Erin")
    made.hold("Bob")
    made.commit("Dave")
    made.send("Carol", "bye")
    made.release("Bob")
    made.device("Frank")
    made.add("Bob", "Frank")
    made.compromise("Dave")
    return made


@pytest.fixture(scope="module")
def trace(world: World) -> Trace:
    return world.trace()


def all_secrets(trace: Trace, until: int | None = None) -> dict[SecretId, TraceSecret]:
    return {key: secret for step in trace["steps"][:until] for key, secret in step["secrets"].items()}


def held_by(trace: Trace, holder: str, until: int) -> set[SecretId]:
    held: set[SecretId] = set()
    for step in trace["steps"][: until + 1]:
        held -= set(step["keys_deleted"].get(holder, ()))
        held |= set(step["keys_learned"].get(holder, ()))
    return held


def named(trace: Trace, name: str, epoch: int) -> list[SecretId]:
    return [key for key, secret in all_secrets(trace).items() if (secret["name"], secret["epoch"]) == (name, epoch)]


def test_a_trace_is_plain_json(trace: Trace) -> None:
    assert json.loads(json.dumps(trace)) == trace


def test_keyframe_and_deltas_give_the_tree_of_every_step(world: World, trace: Trace) -> None:
    nodes: dict[int, str] = {}
    hashes: dict[int, str] = {}
    for step, history_step in zip(trace["steps"], world.history, strict=True):
        tree = step["tree"]
        if tree is not None:
            for node in tree["blank"]:
                nodes.pop(node, None)
            nodes |= {int(node): encoded for node, encoded in tree["nodes"].items()}
            hashes |= {int(node): tree_hash for node, tree_hash in tree["hashes"].items()}
            for known in (nodes, hashes):
                for node in [node for node in known if node >= node_width(tree["leaf_count"])]:
                    del known[node]
        latest = max(
            (state for name in history_step.device_states if (state := history_step.state(name)) is not None),
            key=lambda state: (state.active, state.epoch),
        )
        expected = {index: encode(node).hex() for index, node in enumerate(latest.tree.to_nodes()) if node is not None}
        assert nodes == expected
        assert hashes[latest.tree.head.index] == latest.context.tree_hash.hex()
        assert all(encode(Node(node)).hex() == nodes[above.index] for above, node in latest.tree.parents())


def test_a_device_holds_after_each_step_the_secrets_that_a_walk_finds(world: World, trace: Trace) -> None:
    for number, history_step in enumerate(world.history):
        values = {key: secret["value"] for key, secret in all_secrets(trace, number + 1).items()}
        for name, device_state in history_step.device_states.items():
            found = {found.secret.hex() for found in walk(device_state)}
            assert {values[key] for key in held_by(trace, name, number)} == found


def test_a_walk_finds_every_secret_of_an_epoch(world: World) -> None:
    state = world.devices["Alice"].state(GROUP_ID)
    found = {found.secret for found in walk(state)}
    kept = {getattr(state.secrets, name) for name in type(state.secrets).__dataclass_fields__}
    assert kept | set(state.private_keys.values()) | {state.signature_private_key} <= found
    assert state.context.tree_hash not in found
    assert state.confirmation_tag not in found


def test_the_secrets_of_an_epoch_are_deleted_with_it(trace: Trace) -> None:
    step = trace["steps"][4]
    assert step["commit"] is not None
    (init_secret,) = named(trace, "init_secret", step["epoch"] - 1)
    for name in ("Alice", "Bob", "Carol", "Dave", "Erin"):
        assert init_secret in step["keys_deleted"][name]


def test_the_secrets_that_lead_to_an_epoch_exist_only_within_a_step(trace: Trace) -> None:
    kept = {key for step in trace["steps"] for gained in step["keys_learned"].values() for key in gained}
    for name in ("commit_secret", "joiner_secret", "epoch_secret", "path_secret", "node_secret", "welcome_secret"):
        for epoch in range(1, 6):
            assert named(trace, name, epoch), (name, epoch)
            assert not kept & set(named(trace, name, epoch)), (name, epoch)


def test_the_key_of_a_message_is_in_no_state_after_it(trace: Trace) -> None:
    names = {key: secret["name"] for key, secret in all_secrets(trace).items()}
    keys = {key for key, name in names.items() if name == "application_ratchet_key"}
    kept = {key for step in trace["steps"] for gained in step["keys_learned"].values() for key in gained}
    assert len(keys) == 2
    assert not keys & kept


def test_all_members_of_an_epoch_made_the_same_secrets(trace: Trace) -> None:
    for epoch in range(1, 6):
        assert len(named(trace, "epoch_authenticator", epoch)) == 1
        assert len(named(trace, "joiner_secret", epoch)) == 1


def test_secrets_have_as_makers_the_members_that_computed_them(trace: Trace) -> None:
    step = trace["steps"][4]
    (commit_secret,) = named(trace, "commit_secret", step["epoch"])
    makers = {holder for each in step["operations"] if each["output"] == commit_secret for holder in each["by"]}
    assert makers == {"Alice", "Bob", "Carol", "Dave", "Erin"}


def test_a_path_secret_has_the_node_of_the_key_that_it_leads_to(trace: Trace) -> None:
    secrets = all_secrets(trace)
    for step in trace["steps"]:
        if step["commit"] is None or step["tree"] is None:
            continue
        expected = {at["node"] for at in step["commit"]["path"] if not at["filtered"]}
        found = {secrets[key]["node"] for key in step["secrets"] if secrets[key]["name"] == "path_secret"}
        assert found == expected


def test_a_message_key_has_the_leaf_of_its_sender_in_the_secret_tree(trace: Trace) -> None:
    step = trace["steps"][2]
    keys = [secret for secret in step["secrets"].values() if secret["name"] == "application_ratchet_key"]
    assert [(secret["epoch"], secret["node"], secret.get("generation")) for secret in keys] == [(1, 0, 0)]


def test_a_joiner_gets_its_secrets_from_the_welcome(trace: Trace) -> None:
    graph = derivation_graph(trace, [1])
    (joiner_secret,) = named(trace, "joiner_secret", 1)
    for source, edge in ((source, graph.edges[source, joiner_secret]) for source in graph.predecessors(joiner_secret)):
        if edge["operation"] == "decode":
            assert graph.nodes[source]["name"] == "group_secrets"
            break
    else:
        pytest.fail("no joiner secret came out of a GroupSecrets")


def test_each_epoch_follows_from_the_one_before(trace: Trace) -> None:
    graph = derivation_graph(trace)
    for epoch in range(1, 5):
        (before,), (after,) = named(trace, "init_secret", epoch), named(trace, "init_secret", epoch + 1)
        assert nx.has_path(graph, before, after)
        assert not nx.has_path(graph, after, before)


def test_public_constants_are_no_secrets(trace: Trace) -> None:
    constants = [secret for secret in all_secrets(trace).values() if secret["value"] and not int(secret["value"], 16)]
    assert constants == []
    inputs = [each["inputs"] for step in trace["steps"] for each in step["operations"] if each["name"] == "extract"]
    assert any(None in secrets for secrets in inputs)


def test_the_leaked_secrets_are_the_secrets_of_the_victim(trace: Trace) -> None:
    (number,) = [number for number, step in enumerate(trace["steps"]) if step["kind"] == "compromise"]
    step = trace["steps"][number]
    assert set(step.get("leaked", ())) == held_by(trace, "Dave", number)
    assert set(step["keys_learned"]["attacker"]) == set(step.get("leaked", ()))


def test_the_readers_of_a_message_are_in_the_step_in_which_they_read_it(trace: Trace) -> None:
    readers: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, step in enumerate(trace["steps"]):
        for read in step["reads"]:
            sent = trace["steps"][read["step"]]["messages"][read["message"]]
            readers[str(sent["sender"])] += [(number, reader) for reader in read["by"]]
    assert readers["Alice"] == [(2, name) for name in ("Alice", "Bob", "Carol", "Dave", "Erin")]
    assert readers["Carol"] == [(7, "Alice"), (7, "Carol"), (7, "Dave"), (8, "Bob")]


def test_a_private_handshake_is_known_from_the_devices_that_sealed_and_opened_it() -> None:
    world = World.of(["Alice", "Bob"], handshakes="private")
    world.update("Bob")
    world.commit("Alice")
    public = World.of(["Alice", "Bob"])
    public.update("Bob")
    public.commit("Alice")
    for step, same in zip(world.trace()["steps"][2:], public.trace()["steps"][2:], strict=True):
        assert (step["proposals"], step["commit"] is None) == (same["proposals"], same["commit"] is None)
        assert all(message.get("content") for message in step["messages"])
        assert all("content" not in message for message in same["messages"])
