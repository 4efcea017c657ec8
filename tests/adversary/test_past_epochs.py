"""What an attacker gets of the epochs that its victim keeps: the messages nobody has read there yet, and no way on."""

from __future__ import annotations

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from workbench.adversary import Attacker
from workbench.client import DeviceState, Membership
from workbench.lab import World
from workbench.mls import MLSMessage, Policy, encode, process

GROUP = b"the group"


def overtaken(past_epochs: int) -> tuple[Scenario, list[MLSMessage]]:
    """Bob has read the first of two messages, and then three commits that overtook the second."""
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.states["Bob"] = with_public(scenario.states["Bob"], policy=Policy(past_epochs=past_epochs))
    wire = [scenario.send("Alice", text) for text in (b"read in time", b"still under way")]
    scenario.states["Bob"], _ = process(scenario.states["Bob"], wire[0], now=NOW)
    wire += [scenario.commit("Carol").message for _ in range(3)]
    return scenario, wire


def compromised(scenario: Scenario, wire: list[MLSMessage]) -> Attacker:
    """An attacker who has heard everything and then takes what Bob has."""
    attacker = Attacker(scenario.suite, GROUP)
    for message in wire:
        attacker.hear(encode(message))
    bob = scenario.states["Bob"]
    attacker.compromise("Bob", DeviceState(bob.signature_private_key, groups={GROUP: Membership(bob, len(wire))}))
    return attacker


def test_it_reads_what_its_victim_could_still_read_of_a_past_epoch_and_not_what_it_has_read() -> None:
    attacker = compromised(*overtaken(past_epochs=3))
    assert [(read.index, read.epoch, read.sender, read.data) for read in attacker.reads()] == [
        (1, 1, 0, b"still under way")
    ]


@pytest.mark.parametrize("past_epochs", [0, 2])
def test_it_reads_nothing_of_an_epoch_that_its_victim_has_deleted(past_epochs: int) -> None:
    assert compromised(*overtaken(past_epochs)).reads() == ()


def test_what_is_kept_of_a_past_epoch_leads_into_no_other() -> None:
    scenario, wire = overtaken(past_epochs=3)
    assert len(scenario.states["Bob"].past_epochs) == 3
    assert list(compromised(scenario, wire).epochs()) == [scenario.states["Bob"].epoch]


def test_an_earlier_compromise_gives_the_way_on_from_the_epochs_that_a_later_one_found_kept() -> None:
    scenario, wire = overtaken(past_epochs=3)
    first = group_of("Alice", "Bob", "Carol").states["Bob"]
    attacker = compromised(scenario, wire)
    attacker.compromise("Bob", DeviceState(first.signature_private_key, groups={GROUP: Membership(first, 0)}))
    assert list(attacker.epochs()) == [1, 2, 3, 4]
    assert [read.data for read in attacker.reads()] == [b"read in time", b"still under way"]


def test_the_record_of_a_world_has_what_its_devices_keep_of_past_epochs() -> None:
    world = World.of(["Alice", "Bob"], policy=Policy(past_epochs=1))
    world.send("Alice", "one")
    before = world.state("Bob")
    world.commit("Alice")
    world.compromise("Bob")
    assert before is not None
    trace = world.trace()
    named = {value["value"]: value for step in trace["steps"] for value in step["secrets"].values()}
    values = {key: value["value"] for step in trace["steps"] for key, value in step["secrets"].items()}
    leaked = {values[secret] for secret in trace["steps"][-1].get("leaked", ())}
    kept = before.secrets.sender_data_secret.hex()
    assert (named[kept]["name"], named[kept]["epoch"]) == ("sender_data_secret", 1)
    assert kept in leaked
    assert before.secrets.init_secret.hex() not in leaked
