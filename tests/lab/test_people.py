"""People and their devices in a world: adding, approving, comparing, locking; each step of each warning helps."""

from __future__ import annotations

import pytest

from workbench.client.alerts import Alert, steps_for
from workbench.inspect.reasons import MessageKind
from workbench.lab import NotPossible, World
from workbench.lab.actions import ACTIONS
from workbench.lab.actions.people import members_seen
from workbench.lab.attacks import attack
from workbench.lessons.lesson_09 import fork
from workbench.mls import LeafIndex


def kinds(world: World, name: str) -> list[str]:
    return [alert.kind for alert in world.alerts(name)]


def only(world: World, name: str) -> Alert:
    (alert,) = world.alerts(name)
    return alert


def take(world: World, name: str, alert: Alert, label: str) -> object:
    """Press a button of a warning."""
    step = next(step for step in alert.steps if step.label == label)
    arguments = (name,) if step.leaf is None else (name, step.leaf)
    return getattr(world, step.act)(*arguments)


def with_tablet() -> World:
    """Bob's tablet comes in by itself, and Bob's phone has not approved it."""
    world = World.of(["Alice", "Bob/phone", "Carol"])
    world.device("Bob/tablet")
    world.join("Bob/tablet")
    return world


def test_a_further_device_is_approved_added_and_read_by_nobody_as_a_danger() -> None:
    world = World.of(["Alice/phone", "Bob"])
    world.device("Alice/laptop", approved_by="Alice/phone")
    world.add_own_device("Alice/phone", "Alice/laptop")
    assert world.members == ("Alice/phone", "Bob", "Alice/laptop")
    assert world.history[-1].text == "Alice's phone added Alice's laptop"
    assert kinds(world, "Bob") == []


def test_a_further_device_is_added_to_each_chosen_group_of_its_user() -> None:
    world = World.of(["Alice/phone", "Bob", "Carol"])
    second, third = world.branch("Alice/phone", "Bob"), world.branch("Alice/phone", "Carol")
    world.device("Alice/laptop", approved_by="Alice/phone")
    world.add_own_device("Alice/phone", "Alice/laptop", 1, 3)
    assert ["Alice/laptop" in each.members for each in (world, second, third)] == [True, False, True]
    assert (
        world.reason_against("add_own_device", "Alice/phone", "Alice/laptop") == "Alice/laptop is in the group already"
    )
    second.join("Alice/laptop")  # later, when it shows up there
    assert "Alice/laptop" in second.members


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Alice/phone", "Bob"), "Bob is not a device of Alice"),
        (("Alice/phone", "Alice/laptop"), "There is no device of Alice/laptop"),
        (("Alice/phone", "Alice/phone"), "Alice/phone is in the group already"),
    ],
)
def test_only_a_device_of_the_same_user_is_ones_own(arguments: tuple[str, str], reason: str) -> None:
    world = World.of(["Alice/phone", "Bob"])
    assert world.reason_against("add_own_device", *arguments) == reason


def test_there_are_only_the_groups_that_there_are() -> None:
    world = World.of(["Alice/phone", "Bob"])
    world.device("Alice/laptop")
    with pytest.raises(NotPossible, match="There is no group 2: there are 1"):
        world.add_own_device("Alice/phone", "Alice/laptop", 2)


def test_a_device_is_approved_by_a_device_of_its_own_user() -> None:
    world = World.of(["Alice/phone", "Bob"])
    with pytest.raises(NotPossible, match="Bob and Alice/laptop are devices of different users"):
        world.device("Alice/laptop", approved_by="Bob")
    with pytest.raises(NotPossible, match="There is no device of Alice/desk"):
        world.device("Alice/laptop", approved_by="Alice/desk")
    assert "Alice/laptop" not in world.devices


def test_a_device_that_nobody_approved_is_a_warning_to_all_and_a_comparison_ends_it() -> None:
    world = with_tablet()
    assert kinds(world, "Alice") == kinds(world, "Carol") == kinds(world, "Bob/phone") == ["unapproved device"]
    alert = only(world, "Alice")
    assert alert.what == "Bob's tablet came in, and no other device of Bob has approved it."
    assert [step.label for step in alert.steps] == [
        "Review devices",
        "Compare codes",
        "Remove it",
        "Lock group until verified",
    ]
    assert take(world, "Alice", alert, "Compare codes") is True
    assert kinds(world, "Alice") == []
    assert kinds(world, "Carol") == ["unapproved device"]


def test_a_locked_group_gets_no_message_until_each_device_is_verified_or_removed() -> None:
    world = with_tablet()
    take(world, "Alice", only(world, "Alice"), "Lock group until verified")
    with pytest.raises(NotPossible, match="Alice has locked the group"):
        world.send("Alice", "Hello?")
    assert world.reason_against("lock", "Alice") == "Alice has locked the group already"
    assert world.reason_against("unlock", "Alice") == "First verify or remove Bob's tablet"
    warned, locked = world.alerts("Alice")
    assert "Lock group until verified" not in [step.label for step in warned.steps]
    assert locked.what.endswith("until Bob's tablet is verified or removed.")
    take(world, "Alice", warned, "Remove it")
    assert "Bob/tablet" not in world.members
    unlocked = only(world, "Alice")
    assert unlocked.advice == "All devices are verified: unlock the group."
    take(world, "Alice", unlocked, "Unlock group")
    assert kinds(world, "Alice") == []
    world.send("Alice", "Hello.")
    assert world.reason_against("unlock", "Alice") == "Alice has not locked the group"


def test_the_code_of_a_ghost_differs_and_the_ghost_can_only_be_removed() -> None:
    done = attack("ghost device")
    world = done.world
    assert kinds(world, "Alice") == ["unapproved device"]
    assert take(world, "Alice", only(world, "Alice"), "Compare codes") is False
    alert = only(world, "Alice")
    assert alert.what.startswith("The safety code of Bob's device differs")
    assert "Compare codes" not in [step.label for step in alert.steps]
    assert done.has_a_way_in
    take(world, "Alice", alert, "Remove it")
    assert kinds(world, "Alice") == []
    assert not done.has_a_way_in


def test_nobody_compares_the_code_of_an_empty_leaf_or_in_a_group_of_others() -> None:
    world = World.of(["Alice", "Bob"])
    world.device("Carol")
    assert world.reason_against("verify", "Alice", LeafIndex(5)) == "Nobody is at leaf 5 in the group of Alice"
    assert world.reason_against("verify", "Carol", LeafIndex(0)) == "Carol is not in the group"
    assert world.reason_against("lock", "Carol") == "Carol is not in the group"
    assert members_seen(world.group, "Carol") == ()
    assert world.alerts("Carol") == ()


def test_an_archive_is_added_and_cannot_send() -> None:
    world = World.of(["Alice", "Bob"])
    world.device("HR/archive", archive=True)
    world.add("Alice", "HR/archive")
    world.send("Bob", "For the record")
    assert world.reason_against("send", "HR/archive", "Hello") == "HR/archive is an archive, which never sends"
    assert [event.data for event in world.history[-1].events["HR/archive"]] == [b"For the record"]
    assert [member.name for member in members_seen(world.group, "Bob") if member.is_archive] == ["HR's archive"]


def test_whoever_was_removed_can_ask_to_be_let_in_again() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.remove("Alice", "Carol")
    alert = only(world, "Carol")
    assert alert.what == "Alice removed Carol. This device cannot read messages that were sent later."
    take(world, "Carol", alert, "Ask to be let in")
    world.commit("Bob")
    assert "Carol" in world.members
    assert kinds(world, "Carol") == []


def test_a_device_that_is_not_connected_is_connected_and_catches_up() -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.commit("Alice")
    take(world, "Bob", only(world, "Bob"), "Connect this device")
    assert kinds(world, "Bob") == []
    assert world.state("Bob") is not None


def test_a_clone_is_noticed_by_the_device_that_was_cloned_and_new_keys_end_it() -> None:
    world = attack("clone").world
    warned = next(name for name in world.members if "copy of this device" in kinds(world, name))
    alert = next(each for each in world.alerts(warned) if each.kind == "copy of this device")
    assert [step.label for step in alert.steps][-1] == "Review devices"
    owner = "Bob" if "Bob" in world.members else warned
    world.resync(owner)
    assert "copy of this device" not in kinds(world, owner)


def test_a_device_that_refused_what_others_accepted_comes_back_with_new_keys() -> None:
    world = attack("malicious path").world
    stranded = [name for name in world.members if "cannot follow" in kinds(world, name)]
    assert stranded
    alert = next(each for each in world.alerts(stranded[0]) if each.kind == "cannot follow")
    assert alert.advice.startswith("The others may have gone on without it")
    take(world, stranded[0], alert, "Join again with new keys")
    assert "cannot follow" not in kinds(world, stranded[0])


def test_a_device_without_a_pre_shared_key_is_told_what_it_lacks() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.share_psk("tea", "Alice", "Bob")
    world.commit_with_psk("Alice", "tea")
    alert = only(world, "Carol")
    assert alert.kind == "waiting"
    assert alert.what.startswith("This device stops before a change of the group: external key")
    take(world, "Carol", alert, "Join again with new keys")
    assert kinds(world, "Carol") == []


@pytest.mark.parametrize("way_out", ["Join again with new keys", "This side is right"])
def test_a_fork_is_a_warning_with_a_way_out_for_each_side(way_out: str) -> None:
    one, other = fork()
    assert (kinds(one, "Alice"), one.devices["Alice"].device_state.alarms) == ([], {})
    one.devices["Alice"].forks.compare(other.devices["Carol"].forks.statement(one.group_id))
    alert = only(one, "Alice")
    assert alert.kind == "fork"
    assert alert.what == "Carol sees another group than this device from epoch 2 on."
    take(one, "Alice", alert, way_out)
    assert kinds(one, "Alice") == []
    one.send("Alice", "On we go.")


def test_each_step_of_a_warning_and_of_an_explanation_is_an_action_of_the_lab() -> None:
    world = World.of(["Alice", "Bob"])
    world.remove("Alice", "Bob")
    world.send("Alice", "Alone")
    message = world.service.entries(world.group_id)[-1].message
    explained = world.explain("Bob", message)
    assert explained.kind is MessageKind.REMOVED
    assert [step.act for step in steps_for(explained)] == ["request_to_join"]
    assert steps_for(world.explain("Alice", b"no MLS")) == ()
    acts = {"review", "verify", "remove_leaf", "lock", "unlock", "resync", "request_to_join", "release"}
    acts.add("dismiss_alarm")
    assert acts - {"review"} <= {*ACTIONS}
