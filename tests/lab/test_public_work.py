"""Devices share the public half of a commit, and nothing else changes by that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workbench.lab import World, public_work
from workbench.lab.public_work import PublicWork
from workbench.mls import Policy
from workbench.mls.errors import UnknownProposal
from workbench.mls.group.public_commit import ProcessedPublicCommit, process_public_commit
from workbench.mls.group.public_group import PublicGroup
from workbench.mls.when import When
from workbench.mls.wire.messages import AuthenticatedContent


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs whose commits were followed, one for each time that it was really done."""
    done: list[int] = []
    really: Callable[..., ProcessedPublicCommit] = process_public_commit

    def follow(group: object, *arguments: object, **options: object) -> ProcessedPublicCommit:
        done.append(group.context.epoch)  # type: ignore[attr-defined]
        return really(group, *arguments, **options)

    monkeypatch.setattr(public_work, "process_public_commit", follow)
    return done


def test_the_public_half_of_a_commit_is_done_once_for_all_devices(counted: list[int]) -> None:
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    counted.clear()
    world.update("Bob")
    world.commit("Alice")
    assert counted == [1]
    trees = [world.devices[name].state(world.group_id).tree for name in ("Bob", "Carol", "Dave")]
    assert all(tree is trees[0] for tree in trees)


def test_the_result_of_one_group_is_not_given_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[PublicGroup, AuthenticatedContent, When]] = []

    def follow(group: PublicGroup, content: AuthenticatedContent, *, when: When) -> ProcessedPublicCommit:
        asked.append((group, content, when))
        return process_public_commit(group, content, when=when)

    monkeypatch.setattr(public_work, "process_public_commit", follow)
    world = World.of(["Alice", "Bob", "Carol"])
    world.update("Bob")
    world.commit("Alice")
    (group, content, when), work = asked[-1], PublicWork()
    known = work(group, content, when=when)
    assert work(group, content, when=when) is known
    with pytest.raises(UnknownProposal):
        work(replace(group, proposals={}), content, when=when)
    assert work(replace(group, interim_transcript_hash=bytes(32)), content, when=when) is not known
    assert work(replace(group, context=replace(group.context, epoch=7)), content, when=when) is not known
    assert work(group, content, when=When.at(when.latest)) is not known


def test_what_is_remembered_has_a_bound(counted: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_work, "KEPT", 1)
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Carol")
    counted.clear()
    world.commit("Alice")
    world.commit("Alice")
    world.release("Carol")
    assert counted == [1, 2, 1, 2]


def test_devices_of_a_world_are_in_the_states_that_they_reach_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def lived() -> World:
        world = World.of(["Alice", "Bob", "Carol", "Dave"], policy=Policy(past_epochs=2))
        world.update("Bob")
        world.commit("Alice")
        world.remove("Carol", "Dave")
        world.resync("Bob")
        return world

    together = lived()

    def processed_anew(_: object, group: PublicGroup, content: AuthenticatedContent, *, when: When) -> object:
        return process_public_commit(group, content, when=when)

    monkeypatch.setattr(public_work.PublicWork, "__call__", processed_anew)
    alone = lived()
    for name, device in alone.devices.items():
        assert device.device_state == together.devices[name].device_state
