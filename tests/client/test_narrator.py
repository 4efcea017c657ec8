"""What happens in a group, in sentences for people: users act, and devices come, go and refresh their keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.lab import World

Acts = Callable[[World], object]


def add_laptop(world: World) -> None:
    world.device("Bob/laptop", approved_by="Bob/phone")
    world.add("Alice", "Bob/laptop")


def add_unapproved(world: World) -> None:
    world.device("Bob/tablet")
    world.add("Alice", "Bob/tablet")


def add_two(world: World) -> None:
    world.device("Carol")
    world.device("Erin")
    world.add("Dave/phone", "Carol", "Erin")


def add_archive(world: World) -> None:
    world.device("HR/archive", archive=True)
    world.add("Alice", "HR/archive")


def join(world: World) -> None:
    world.device("Carol")
    world.join("Carol")


def ask_and_approve(world: World) -> None:
    world.device("Carol")
    world.request_to_join("Carol")
    world.commit("Dave/phone")


def take_in_update(world: World) -> None:
    world.update("Dave/phone")
    world.commit("Bob/phone")


def propose_removal(world: World) -> None:
    world.propose_remove("Alice", "Dave/phone")
    world.commit("Bob/phone")


def leave(world: World) -> None:
    world.propose_remove("Dave/phone", "Dave/phone")
    world.commit("Bob/phone")


def share(world: World) -> None:
    world.share_psk("tea")
    world.commit_with_psk("Bob/phone", "tea")


def let_hr_propose(world: World) -> None:
    world.device("HR")
    world.external_sender("Alice", "HR")


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (add_laptop, ["Alice added Bob's laptop", "Bob's phone has approved Bob's laptop"]),
        (
            add_unapproved,
            ["Alice added Bob's tablet", "No device of Bob has approved Bob's tablet: compare its safety code"],
        ),
        (add_two, ["Dave added Carol and Erin"]),
        (
            add_archive,
            [
                "Alice added HR's archive",
                "HR's archive keeps all that is said from now on. It is an archive and never sends",
            ],
        ),
        (join, ["Carol's device joined by itself"]),
        (lambda world: world.resync("Dave/phone"), ["Dave's phone came back with new keys"]),
        (ask_and_approve, ["Dave added Carol"]),
        (take_in_update, ["Dave's phone refreshed its keys"]),
        (lambda world: world.commit("Dave/phone"), ["Dave's phone refreshed its keys"]),
        (lambda world: world.remove("Bob/phone", "Dave/phone"), ["Bob removed Dave's phone"]),
        (propose_removal, ["Alice removed Dave's phone"]),
        (leave, ["Dave's phone left"]),
        (share, ["Bob mixed in the pre-shared key “tea”"]),
        (let_hr_propose, ["Alice changed the settings of the group"]),
        (lambda world: world.reinit("Bob/phone"), ["Bob closed this group: it goes on in a new one"]),
    ],
)
def test_a_commit_is_told_by_who_did_what_to_whose_device(act: Acts, told: list[str]) -> None:
    world = World.of(["Alice", "Bob/phone", "Dave/phone"])
    act(world)
    (event,) = (each for each in world.history[-1].events["Alice"] if each.kind == "commit")
    assert list(event.readable) == told


def test_a_proposal_says_who_wants_what() -> None:
    world = World.of(["Alice", "Bob/phone", "Dave/phone"])
    world.device("Carol")
    world.request_to_join("Carol")
    world.update("Dave/phone")
    world.propose_remove("Bob/phone", "Dave/phone")
    events = [event for history_step in world.history[2:] for event in history_step.events["Alice"]]
    assert [event.readable for event in events] == [
        ("Carol asks to be let in",),
        ("Dave's phone wants to refresh its keys",),
        ("Bob proposes to remove Dave's phone",),
    ]


def test_whoever_is_removed_is_told_by_whom() -> None:
    world = World.of(["Alice", "Bob/phone", "Dave/phone"])
    world.remove("Alice", "Dave/phone")
    (event,) = world.history[-1].events["Dave/phone"]
    assert event.readable == ("Alice removed Dave's phone",)


def test_what_somebody_says_is_no_event_of_the_group() -> None:
    world = World.of(["Alice", "Bob"])
    world.send("Alice", "Hello")
    (event,) = world.history[-1].events["Bob"]
    assert event.readable == ()
