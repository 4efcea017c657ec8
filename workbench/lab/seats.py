"""What a class is made of: the seat of each person, the lines of a screen, a question to all, and the bounds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.client import Device
from workbench.delivery import Transport
from workbench.delivery.limits import Rate
from workbench.delivery.rows import Bucket

Standing: TypeAlias = Literal["outside", "in", "behind", "away", "removed"]
"""Where a device is, in the words of `views.room.SituationView`."""
LineKind: TypeAlias = Literal["message", "own", "event", "boundary", "end", "refused", "attacker"]


@dataclass(frozen=True)
class ClassBounds:
    """What a class may come to. The words of a refusal name the number.

    `name`, `text`, `question` and `option` are in characters. `lines` are kept of each screen, the latest ones. One
    person may do `rate.size` things at once, and `rate.per_second` after that.
    """

    people: int = 80
    name: int = 30
    text: int = 500
    question: int = 200
    option: int = 60
    options: int = 6
    lines: int = 60
    rate: Rate = field(default_factory=lambda: Rate(per_second=0.5, size=10))


@dataclass(frozen=True)
class ScreenLine:
    """One line on a screen. `sender` and `epoch` are those of a message, "" and -1 for anything else."""

    kind: LineKind
    text: str
    sender: str = ""
    epoch: int = -1


@dataclass(eq=False)
class Seat:
    """The place of one person: a device, and what its screen shows.

    The device fetches nothing while the page is closed (`is_awake`), and nothing while the lecturer holds it back
    (`is_held`). It `waits` until the lecturer adds it.
    """

    name: str
    device: Device
    transport: Transport
    lines: deque[ScreenLine]
    is_awake: bool = True
    is_held: bool = False
    waits: bool = True
    bucket: Bucket | None = None

    @property
    def receives(self) -> bool:
        """Whether the device fetches what comes."""
        return self.is_awake and not self.is_held


@dataclass
class ClassQuestion:
    """A question of the lecturer. `votes` has the option of each person, `answer` the right one once it is known.

    If `is_watched`, the next message decides: the answer is what the attacker really reads.
    """

    text: str
    options: tuple[str, ...]
    is_watched: bool = False
    is_open: bool = True
    answer: int | None = None
    votes: dict[str, int] = field(default_factory=dict)

    def counts(self) -> list[int]:
        """How many have chosen each option."""
        chosen = list(self.votes.values())
        return [chosen.count(number) for number in range(len(self.options))]
