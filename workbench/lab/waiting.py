"""What it costs to wait with fresh keys: how many messages an attacker reads who has compromised a device once.

The attacker takes all that is on Bob's device at some moment, and leaves. It reads on until Bob's next commit, whose
path brings keys that it does not have (RFC 9420 §16.6). How many messages that are depends on how often Bob refreshes
his keys, and on the moment. All of it is computed from a recorded history.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.world import World

VICTIM = "Bob"


@dataclass(frozen=True, slots=True)
class WaitingCost:
    """Bob refreshes his keys after so many messages of the group.

    `readable` has, for the moment before each message, how many messages an attacker reads who takes Bob's device then.
    """

    messages_between: int
    readable: tuple[int, ...]

    @property
    def worst(self) -> int:
        """The most messages, at the worst moment."""
        return max(self.readable)

    @property
    def mean(self) -> float:
        """The messages on average over all moments."""
        return sum(self.readable) / len(self.readable)


def waiting_cost(messages_between: int, *, messages: int, seed: int = 7) -> WaitingCost:
    """The cost if Bob refreshes his keys after every so many of these messages, which all members send in turn."""
    world = World.of(["Alice", VICTIM, "Carol"], seed=seed)
    moments = list[int]()
    for number, sender in enumerate(islice(cycle(world.members), messages), start=1):
        moments.append(len(world.history) - 1)
        world.send(sender, f"message {number}")
        if number % messages_between == 0:
            world.commit(VICTIM)
    world.commit(VICTIM)
    recorded = recorded_history(world)
    leaks = [leak_of(world, VICTIM, at=moment, recorded=recorded) for moment in moments]
    return WaitingCost(messages_between, tuple(len(recorded.judge([each]).readable_messages) for each in leaks))
