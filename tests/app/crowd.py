"""Many visitors who act at once: `python -m tests.app.crowd --visitors 20 --actions 5` prints how long they wait.

The pages, worlds and threads are those of the server. Only the browsers and the network are left out, so that one
machine can have the visitors too.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from widgets.app.playground_page import PlaygroundPage
from widgets.app.visit import BOUNDS
from widgets.app.work import in_thread
from widgets.playground.session import Session


@dataclass(frozen=True)
class Crowd:
    """What a crowd of visitors came to: seconds that each action took, steps of each world, and megabytes a visitor."""

    waits: list[float]
    steps: list[int]
    members: list[tuple[str, ...]]
    megabytes: float

    def __str__(self) -> str:
        ordered = sorted(self.waits)
        return (
            f"{len(self.steps)} visitors, {len(ordered)} actions: median {statistics.median(ordered):.2f} s, "
            f"95th percentile {ordered[int(0.95 * (len(ordered) - 1))]:.2f} s, longest {ordered[-1]:.2f} s; "
            f"{self.megabytes:.1f} MB a visitor"
        )


async def crowd(visitors: int, actions: int) -> Crowd:
    """So many visitors act at once, each so many times in a world of its own."""
    before = _resident()
    sessions = [await in_thread(Session.fresh, seed=number, bounds=BOUNDS) for number in range(visitors)]
    pages = [PlaygroundPage(session, pictures=["matrix"]) for session in sessions]
    waits = [wait for each in await asyncio.gather(*(_acts(page, actions) for page in pages)) for wait in each]
    return Crowd(
        waits,
        [session.last + 1 for session in sessions],
        [session.world.members for session in sessions],
        (_resident() - before) / visitors,
    )


async def _acts(page: PlaygroundPage, actions: int) -> list[float]:
    """One visitor: the seconds of each action. The picture asks as a browser does, by a param."""
    picture, waits = page.picture, []
    for number in range(1, actions + 1):
        name = ("commit", "send", "update")[number % 3]
        begin = time.perf_counter()
        answered = asyncio.Event()
        watcher = picture.param.watch(lambda _, event=answered: event.set(), "answer")
        picture.asked = {"number": number, "do": "act", "name": name, "from": 10_000}
        await answered.wait()
        picture.param.unwatch(watcher)
        assert picture.answer["words"] == "", picture.answer
        waits.append(time.perf_counter() - begin)
    return waits


def _resident() -> float:
    """The memory of this process, in megabytes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--actions", type=int, default=5)
    given = parser.parse_args()
    sys.stdout.write(f"{asyncio.run(crowd(given.visitors, given.actions))}\n")
