"""The view of how long secrets live: the bars are what devices held, no more and no less."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.adversary.histories import history
from tests.widgets.conform import faults
from tests.widgets.told import compromise_of
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace_format import HolderId
from workbench.lab import World
from workbench.lab.leaks import recorded_history
from workbench.lab.scenarios import scenario
from workbench.views.lifetimes import BarView, KeyLifetimesView, KindView, key_lifetimes_view


def told() -> World:
    """A history in which everything that has a kind of its own comes and goes."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    world.send("Bob", "First.")
    world.share_psk("lunch", *world.members)
    world.update("Alice")
    world.commit("Bob", psks=["lunch"])
    world.send("Carol", "Second.")
    world.commit("Alice")
    return world


def bars_of(kind: KindView) -> list[BarView]:
    return [bar for lane in kind["lanes"] for bar in lane["bars"]]


def lanes_of(view: KeyLifetimesView, device: HolderId, kind: str) -> dict[str, list[tuple[int, int | None]]]:
    """The lanes of one kind of a device that has it, with the first and last step of each bar."""
    (found,) = (each for each in view["devices"][device] if each["kind"] == kind)
    return {lane["name"]: [(bar["born"], bar["died"]) for bar in lane["bars"]] for lane in found["lanes"]}


def is_there(bar: BarView, step: int) -> bool:
    """Whether a secret is on the device after a step."""
    return bar["born"] <= step and (bar["died"] is None or step < bar["died"])


def values_cut(view: KeyLifetimesView, device: HolderId, step: int) -> set[str | None]:
    facts = view["security"]["facts"]
    cut = (bar for kind in view["devices"][device] for bar in bars_of(kind) if is_there(bar, step))
    return {facts[bar["fact"]]["value"] for bar in cut}


def held_by(recorded: RecordedHistory, device: HolderId, step: int) -> set[str | None]:
    held = recorded.group_history.held[step].get(device, frozenset())
    return {recorded.group_history.secrets[secret]["value"] for secret in held}


@pytest.mark.parametrize("seed", range(4))
def test_a_compromise_cuts_exactly_what_the_device_held_then(seed: int) -> None:
    recorded = recorded_history(history(seed))
    view = key_lifetimes_view(recorded)
    assert faults(view, KeyLifetimesView) == []
    for step in range(len(view["security"]["steps"])):
        for device in view["devices"]:
            assert values_cut(view, device, step) == held_by(recorded, device, step)


@pytest.mark.parametrize("seed", range(4))
def test_bars_of_a_lane_never_overlap_and_a_band_counts_them(seed: int) -> None:
    view = key_lifetimes_view(recorded_history(history(seed)))
    for kind in (kind for kinds in view["devices"].values() for kind in kinds):
        for lane in kind["lanes"]:
            assert all(one["died"] is not None and one["died"] <= two["born"] for one, two in pairwise(lane["bars"]))
        for step in range(len(view["security"]["steps"])):
            counted = [
                span["count"]
                for span in kind["band"]
                if span["first"] <= step and (span["end"] is None or step < span["end"])
            ]
            there = sum(is_there(bar, step) for bar in bars_of(kind))
            assert counted == ([there] if there else [])
        assert sum(span["deleted"] for span in kind["band"]) == sum(bar["died"] is not None for bar in bars_of(kind))


def test_every_secret_has_its_kind() -> None:
    view = key_lifetimes_view(recorded_history(told()))
    kinds = [kind["kind"] for kind in view["devices"]["Alice"]]
    assert kinds == ["leaf", "nodes", "init", "epoch", "tree", "psks", "packages", "signature"]


def test_the_lanes_are_called_as_in_the_rfc() -> None:
    view = key_lifetimes_view(recorded_history(told()))
    assert lanes_of(view, "Carol", "leaf") == {"Leaf key": [(0, None)]}
    assert lanes_of(view, "Alice", "nodes") == {
        "Node 1": [(1, 5), (5, 7), (7, None)],
        "Node 3": [(1, 5), (5, 7), (7, None)],
    }
    assert lanes_of(view, "Carol", "packages") == {"Init key": [(0, 1)]}
    assert lanes_of(view, "Dave", "psks")["Pre-shared key “lunch”"] == [(3, None)]
    assert lanes_of(view, "Dave", "tree")["Bob: application"] == [(2, 5)]
    assert list(lanes_of(view, "Dave", "epoch")) == [
        "Confirmation key",
        "Epoch authenticator",
        "Exporter secret",
        "External secret",
        "Membership key",
        "Sender data secret",
    ]


def test_an_update_that_waits_stands_beside_the_leaf_key_that_it_will_replace() -> None:
    view = key_lifetimes_view(recorded_history(told()))
    (leaf,) = (kind for kind in view["devices"]["Alice"] if kind["kind"] == "leaf")
    assert [(bar["born"], bar["died"]) for bar in bars_of(leaf)] == [(0, 1), (1, 5), (7, None), (4, 7)]


def test_what_was_deleted_stays_deleted_until_an_old_key_leaks() -> None:
    story = scenario("retroactive break")
    view = key_lifetimes_view(story.recorded, story.leaks)
    alone, together = (compromise_of(view, "Dave", 4, others) for others in ([], ["Bob"]))
    assert tuple(alone["epochs"]) == story.expected["Dave",]
    assert tuple(together["epochs"]) == story.expected["Bob", "Dave"]
    assert alone["regained"] == 2, "the keys of node 3 that two commits have sealed to his old leaf"
    assert together["said"] == (
        "The compromise of Dave's device after step 5 gets 15 secrets. Together with the leak of Bob they open "
        "epochs 2 to 5. 28 secrets had been deleted before: the attacker can compute 18 of them again."
    )


def test_a_compromise_reads_what_the_slowest_device_has_not_read() -> None:
    story = scenario("slowest device")
    view = key_lifetimes_view(story.recorded, story.leaks)
    assert len(compromise_of(view, "Carol", story.leaks["Carol"].at)["messages"]) > len(
        compromise_of(view, "Bob", story.leaks["Bob"].at)["messages"]
    )
