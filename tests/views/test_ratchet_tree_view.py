"""The view of a ratchet tree: true to the engine's states at every step, for every viewer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.widgets.told import frame_at
from workbench.inspect.trace_format import Trace
from workbench.lab import World, replay
from workbench.lab.environment import Handshakes
from workbench.lab.world import GROUP_ID
from workbench.mls import GroupState, LeafNode
from workbench.mls.tree.tree_math import node_width
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import NodeView, RatchetTreeView, StepView


def busy(handshakes: Handshakes) -> World:
    """Members that come, go, update, sleep and are compromised."""
    world = World.of(["Alice", "Bob", "Carol", "Dave", "Erin"], handshakes=handshakes)
    world.send("Alice", "one")
    world.compromise("Bob")
    world.commit("Carol")
    world.update("Dave")
    world.commit("Alice")
    world.commit("Bob")
    world.send("Bob", "two")
    world.hold("Erin")
    world.device("Frank")
    world.add("Carol", "Frank", path=False)
    world.remove("Frank", "Dave")
    world.send("Carol", "three")
    world.compromise("Erin")
    world.release("Erin")
    world.commit("Erin")
    world.remove("Alice", "Erin", "Frank")
    return world


@pytest.fixture(scope="module", params=["public", "private"])
def world(request: pytest.FixtureRequest) -> World:
    return busy(request.param)


@pytest.fixture(scope="module")
def view(world: World) -> RatchetTreeView:
    return ratchet_tree_view(world.trace())


@pytest.fixture(scope="module")
def two_hundred_epochs(official_vectors: Path) -> Trace:
    (case,) = json.loads((official_vectors / "passive-client-random.json").read_text())
    return replay(case)


def nodes_after(view: RatchetTreeView, step: int) -> dict[int, NodeView]:
    nodes = {int(node): value for node, value in view["keyframe"]["nodes"].items()}
    leaf_count = view["keyframe"]["leaf_count"]
    for each in view["steps"][1 : step + 1]:
        leaf_count = each.get("leaf_count", leaf_count)
        for node in each["blank"]:
            nodes.pop(node, None)
        nodes |= {int(node): value for node, value in each["set"].items()}
        nodes = {node: value for node, value in nodes.items() if node < node_width(leaf_count)}
    return nodes


def keys_of(view: RatchetTreeView, viewer: str, step: int) -> set[str]:
    keys: set[str] = set()
    for each in view["steps"][: step + 1]:
        keys -= set(each["keys_deleted"].get(viewer, ()))
        keys |= {gain["key"] for gain in each["keys_learned"].get(viewer, ())}
    return keys


def latest(world: World, step: int) -> GroupState:
    history_step = world.history[step]
    states = [
        state for name in history_step.device_states if (state := history_step.state(name)) is not None and state.active
    ]
    return max(states, key=lambda state: state.epoch)


def test_the_tree_is_the_engines_at_every_step(world: World, view: RatchetTreeView) -> None:
    for step in range(len(world.history)):
        tree = latest(world, step).tree
        nodes = nodes_after(view, step)
        expected = {x: node.node for x, node in enumerate(tree.to_nodes()) if node is not None}
        assert nodes.keys() == expected.keys()
        for x, content in expected.items():
            shown = nodes[x]
            assert view["keys"][shown["key"]]["public"] == content.encryption_key.hex()
            if isinstance(content, LeafNode):
                assert shown["kind"] == "leaf"
                assert shown["member"].encode() == content.credential.credential.identity  # type: ignore[union-attr] # a basic credential
            else:
                assert shown["kind"] == "parent"
                assert shown["unmerged"] == [2 * leaf for leaf in content.unmerged_leaves]


def test_a_members_keys_are_those_in_its_state_at_every_step(world: World, view: RatchetTreeView) -> None:
    for step, history_step in enumerate(world.history):
        for name in history_step.device_states:
            state = history_step.state(name)
            if state is None or not state.active:
                continue
            shown = {view["keys"][key]["private"] for key in keys_of(view, name, step)}
            assert {key.hex() for key in state.private_keys.values()} <= shown
            waiting = {key.hex() for key in state.update_keys.values()}
            bundles = {
                bundle.encryption_private_key.hex() for bundle in history_step.device_states[name].bundles.values()
            }
            assert shown <= {key.hex() for key in state.private_keys.values()} | waiting | bundles


def test_the_attackers_keys_are_those_that_it_has(world: World, view: RatchetTreeView) -> None:
    shown = {view["keys"][key]["private"] for key in keys_of(view, "attacker", len(view["steps"]) - 1)}
    in_tree = {key["public"] for key in view["keys"].values()}
    has = {private.hex() for public, private in world.attacker.private_keys.items() if public.hex() in in_tree}
    assert shown == has


def test_the_server_has_no_keys_and_reads_nothing(view: RatchetTreeView) -> None:
    for step in view["steps"]:
        assert "server" not in step["keys_learned"]
        assert step["message"] is None or "server" not in step["message"]["read"]
        assert all("server" not in secret["known_to"] for secret in step.get("secrets", ()))
        for node in step["path"]["nodes"] if step["path"] else ():
            assert "server" not in node["known_to"]
            assert all("server" not in envelope["opened_by"] for envelope in node["envelopes"])


def test_the_server_sees_the_tree_only_if_handshakes_are_in_the_clear(world: World, view: RatchetTreeView) -> None:
    last = len(view["steps"]) - 1
    marks = frame_at(view, last, "server")["marks"]
    unknown = [mark["node"] for mark in marks if mark["state"] == "unknown"]
    assert len(unknown) == (0 if world.handshakes == "public" else len(marks))


def test_the_attacker_sees_the_tree_as_far_as_it_can_follow(world: World, view: RatchetTreeView) -> None:
    """It can open Erin's last handshake and not what came after: with handshakes in the clear it needs no key."""
    last = len(view["steps"]) - 1
    unknown = [
        any(mark["state"] == "unknown" for mark in frame_at(view, step, "attacker")["marks"])
        for step in (last - 1, last)
    ]
    assert unknown == ([False, False] if world.handshakes == "public" else [False, True])


def test_an_outsider_sees_nothing_and_a_newcomer_sees_the_whole_tree(view: RatchetTreeView) -> None:
    (joins,) = [step for step, each in enumerate(view["steps"]) if each["title"] == "Carol added Frank"]
    assert all(mark["state"] == "unknown" for mark in frame_at(view, joins - 1, "Frank")["marks"])
    assert all(mark["state"] != "unknown" for mark in frame_at(view, joins, "Frank")["marks"])
    (caught_up,) = [step for step, each in enumerate(view["steps"]) if each["kind"] == "process"]
    assert any(mark["state"] == "unknown" for mark in frame_at(view, caught_up - 1, "Erin")["marks"])
    assert all(mark["state"] != "unknown" for mark in frame_at(view, caught_up, "Erin")["marks"])


def test_envelopes_are_opened_by_the_viewers_who_hold_the_private_key(view: RatchetTreeView) -> None:
    envelopes = 0
    for number, step in enumerate(view["steps"]):
        for node in step["path"]["nodes"] if step["path"] else ():
            for envelope in node["envelopes"]:
                envelopes += 1
                had = {
                    viewer for viewer in step["keys_learned"] if envelope["to_key"] in keys_of(view, viewer, number - 1)
                }
                had |= {
                    viewer for viewer in step["keys_learned"] if envelope["to_key"] in keys_of(view, viewer, number)
                }
                assert set(envelope["opened_by"]) <= had
    assert envelopes > 10


def test_path_secrets_are_known_to_those_below_and_to_nobody_else(world: World, view: RatchetTreeView) -> None:
    for number, step in enumerate(view["steps"]):
        for node in step["path"]["nodes"] if step["path"] else ():
            holders = {viewer for viewer in node["known_to"] if viewer != "attacker"}
            key = node["key"]
            assert node["filtered"] == (key is None)
            if key is not None:
                assert holders == {name for name in world.devices if key in keys_of(view, name, number)}


def test_a_healed_path_is_sealed_to_no_key_of_the_attacker(view: RatchetTreeView) -> None:
    (step,) = [step for step in view["steps"] if step["title"] == "Bob updated by a commit"]
    assert step["path"] is not None
    openers = {opener for node in step["path"]["nodes"] for each in node["envelopes"] for opener in each["opened_by"]}
    assert "attacker" not in openers
    assert "attacker" not in step["keys_learned"]
    assert all("attacker" not in secret["known_to"] for secret in step.get("secrets", ()))


def test_a_late_compromise_tells_what_it_reopens() -> None:
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    world.compromise("Bob")
    world.commit("Bob")
    world.send("Alice", "healed")
    world.commit("Alice")
    world.compromise("Dave")
    last = ratchet_tree_view(world.trace())["steps"][-1]
    sentences = [beat["sentence"] for beat in last["beats"]]
    assert sentences == [
        "The attacker took all that is on Dave's device: 2 private keys of the tree and the secrets of epoch 3.",
        "With these keys the attacker opens 2 path secrets from old messages, and computes the path secrets above.",
        "The attacker computes the secrets of epoch 2.",
        "The attacker reads what Alice sent in step 5: “healed”",
    ]
    assert all(beat["known_to"] == ["attacker"] for beat in last["beats"])
    assert "attacker" not in last.get("unseen_by", [])
    assert "Dave" in last.get("unseen_by", [])


def test_an_epoch_is_open_for_the_attacker_if_it_reads_what_is_said_in_it_and_locked_out_once_healed() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    steps: list[tuple[Callable[[str], None], str]] = [
        *((world.compromise, "Bob"), (world.commit, "Alice"), (world.update, "Bob"), (world.commit, "Carol")),
        *((world.compromise, "Alice"), (world.commit, "Bob")),
    ]
    found = []
    for act, name in steps:
        act(name)
        padlock = ratchet_tree_view(world.trace())["steps"][-1]["padlock"]
        if world.history[-1].text != "Bob proposed an update":
            read = len(world.reads())
            world.send("Carol", "Can you read this?")
            assert (padlock["state"] == "open") is (len(world.reads()) > read)
        found.append(padlock["badge"])
    assert found == ["readable", "readable", "readable", "locked out", "readable", "readable"]
    quiet = World.of(["Alice", "Bob"])
    assert all("padlock" not in step for step in ratchet_tree_view(quiet.trace())["steps"])


def test_every_message_is_read_by_those_who_decrypted_it(view: RatchetTreeView) -> None:
    read = [
        (step["message"]["sender"], set(step["message"]["read"].values()), set(step["message"]["read"]))
        for step in view["steps"]
        if step["message"] is not None and step["message"]["kind"] == "application"
    ]
    assert read == [
        ("Alice", {"one"}, {"Alice", "Bob", "Carol", "Dave", "Erin"}),
        ("Bob", {"two"}, {"Alice", "Bob", "Carol", "Dave", "Erin"}),
        ("Carol", {"three"}, {"Alice", "Bob", "Carol", "Frank"}),
    ]


def test_a_welcome_names_what_is_in_it() -> None:
    view = ratchet_tree_view(World.of(["Alice", "Bob", "Carol"]).trace())
    envelopes = view["steps"][1].get("welcome", [])
    assert [(each["to"], each["path_secret_of"], each["opened_by"]) for each in envelopes] == [
        (2, 1, ["Bob"]),
        (4, 3, ["Carol"]),
    ]


def check_beats(view: RatchetTreeView, number: int, step: StepView) -> None:
    """Beats say something, and together they account for what the step did to the tree."""
    changed = {int(node) for node in step["set"]}
    shown = [node for beat in step["beats"] for node in beat.get("shows", ())]
    assert all(beat["sentence"].endswith((".", "”")) for beat in step["beats"])
    assert len(shown) == len(set(shown)), (number, shown)
    assert set(shown) <= changed
    if step["kind"] == "commit":
        assert set(shown) == changed
        assert [beat["kind"] for beat in step["beats"]][-3:] == ["schedule", "epoch", "confirm"]
    before = set(nodes_after(view, number - 1)) if number else set()
    assert {node for beat in step["beats"] for node in beat.get("blanks", ())} <= before


def check_ids(view: RatchetTreeView) -> None:
    members = {member["id"] for member in view["members"]}
    viewers = {viewer["id"] for viewer in view["viewers"]}
    for step in view["steps"]:
        assert {node["key"] for node in step["set"].values()} <= set(view["keys"])
        assert {node["member"] for node in step["set"].values() if node["kind"] == "leaf"} <= members
        known = {*step["keys_learned"], *step["keys_deleted"], *step.get("unseen_by", ()), *step.get("tree_to", ())}
        for beat in step["beats"]:
            known |= set(beat["known_to"] or ())
        assert known <= viewers
        assert step["message"] is None or step["message"]["sender"] in members


def test_beats_account_for_every_change(view: RatchetTreeView) -> None:
    for number, step in enumerate(view["steps"]):
        check_beats(view, number, step)


def test_every_name_in_a_view_is_explained_in_it(view: RatchetTreeView) -> None:
    check_ids(view)
    assert json.loads(json.dumps(view)).keys() == view.keys()
    assert view["viewers"][0] == {"id": "Alice", "name": "Alice", "kind": "member"}


def test_two_hundred_epochs_of_others_are_shown(two_hundred_epochs: Trace) -> None:
    view = ratchet_tree_view(two_hundred_epochs)
    check_ids(view)
    for number, step in enumerate(view["steps"]):
        check_beats(view, number, step)
    assert len(json.dumps(view, separators=(",", ":"))) < 5_000_000
    assert [viewer["id"] for viewer in view["viewers"]] == ["listener", "server"]
    frame = frame_at(view, 200, "listener")
    assert any(mark["hold"] == "held" for mark in frame["marks"])
    held = {
        key for step in view["steps"] for gains in step["keys_learned"].values() for key in (g["key"] for g in gains)
    }
    assert {key for key, value in view["keys"].items() if value["private"] is not None} == held


def test_members_without_names_are_shown_by_their_leaf() -> None:
    view = ratchet_tree_view(World.of(["Alice", "Zoë 2"]).trace())
    assert [(member["name"], member["initial"], member["hue"]) for member in view["members"]] == [
        ("Alice", "A", 0),
        ("Zoë 2", "Z2", 1),
    ]


@pytest.mark.slow
def test_five_hundred_and_twelve_leaves_are_shown() -> None:
    world = World.of(512, awake=3)
    world.commit("Bob")
    view = ratchet_tree_view(world.trace())
    assert view["steps"][1].get("leaf_count") == 512
    assert len(nodes_after(view, 2)) == len([node for node in latest(world, 2).tree.to_nodes() if node is not None])
    assert world.devices["Alice"].state(GROUP_ID).epoch == 2
