"""Twelve devices and some bytes that each of them cannot process: the rounds of the game in lesson 12.

All of it happens in one world, and nothing is made up: a state is a value, so a device can be shown again as it was
after any step, and be given any bytes that were ever on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.dissect import Dissection, dissect
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.lab import World
from workbench.lab.record import knowledge_of
from workbench.mls import GroupState


@dataclass(frozen=True)
class Round:
    """Some bytes, and the state of a device that cannot process them; `clue` helps whoever guessed wrong."""

    device: str
    state: GroupState = field(repr=False)
    message: bytes = field(repr=False)
    now: int = field(repr=False)
    clue: str = field(repr=False)
    knowledge: ExplainKnowledge = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"{self.device}'s device, leaf {self.state.own_leaf} in epoch {self.state.epoch}: {len(self.message)} bytes"
        )

    @property
    def bytes(self) -> Dissection:
        """The bytes, field by field."""
        return dissect(self.message)

    @cached_property
    def explanation(self) -> Explanation:
        """Why this device cannot process these bytes."""
        return explain(self.state, self.message, now=self.now, knowledge=self.knowledge)


class _Table:
    """The world of the game, and the rounds that come out of it."""

    def __init__(self) -> None:
        self.world = World.of(["Alice", "Bob", "Carol"], seed=12)
        self.rounds: dict[int, Round] = {}

    def wire(self, step: int = -1, number: int = 0) -> bytes:
        """A message of a step."""
        return bytes.fromhex(self.world.trace()["steps"][step]["messages"][number]["wire"])

    def play(self, device: str, message: bytes, clue: str, step: int = -1) -> None:
        """One more round: a device as it was after a step, and some bytes."""
        state = self.world.state(device, step)
        if state is None:
            raise LookupError(f"{device} was in no group after step {step}")
        history_step = self.world.history[step]
        knowledge = knowledge_of(history_step.device_states[device], self.world.group_id)
        self.rounds[len(self.rounds) + 1] = Round(device, state, message, history_step.now, clue, knowledge)


def play_rounds() -> Mapping[int, Round]:
    """The twelve rounds, by number: always the same, from the same seed."""
    table = _Table()
    _about_epochs(table)
    _about_what_was_seen(table)
    _about_what_is_missing(table)
    _about_coming_and_going(table)
    return table.rounds


def _about_epochs(table: _Table) -> None:
    world = table.world
    world.send("Alice", "in epoch 1")
    early = table.wire()
    world.hold("Bob")
    world.commit("Alice")
    world.send("Carol", "in epoch 2")
    table.play("Bob", table.wire(), "compare the epoch of the message with that of the device.")
    world.release("Bob")
    table.play("Bob", early, "the message is older than the device's epoch. What has it still got of that epoch?")


def _about_what_was_seen(table: _Table) -> None:
    world = table.world
    world.send("Alice", "once only")
    once = table.wire()
    table.play("Carol", once, "group and epoch fit. Has she seen it before?")
    table.play("Alice", once, "group and epoch fit. Who sent it?")


def _about_what_is_missing(table: _Table) -> None:
    world = table.world
    branch = world.branch("Alice", "Bob")
    branch.send("Alice", "between us")
    elsewhere = bytes.fromhex(branch.trace()["steps"][-1]["messages"][0]["wire"])
    table.play("Bob", elsewhere, "look at the group id first.")
    world.device("Dave")
    world.add("Alice", "Dave")
    table.play("Dave", table.wire(2), "since which epoch is Dave in the group?")
    before = len(world.history) - 1
    world.update("Carol")
    world.commit("Bob")
    table.play("Alice", table.wire(), "a commit can call proposals by their references. Has she got them?", before)
    world.share_psk("tea", "Alice", "Bob", "Dave")
    world.commit("Alice", psks=["tea"])
    table.play("Carol", table.wire(), "what does this commit mix in?")
    world.resync("Carol")


def _about_coming_and_going(table: _Table) -> None:
    world = table.world
    world.send("Dave", "on a bad line")
    whole = table.wire()
    before = len(world.history) - 2
    table.play("Alice", whole[:-40], "does it decode to the end?", before)
    world.remove("Alice", "Dave")
    world.commit("Bob")
    late = table.wire()
    table.play("Dave", late, "is Dave still a member?")
    table.play("Carol", late, "this commit has led to the epoch in which Carol is now.")
    world.device("Erin")
    world.add("Alice", "Erin")
    table.play("Carol", table.wire(number=1), "what kind of message is it, and for whom?")
