"""Many visitors who act at once, and a room with a class: how long they wait, and how much memory they take.

    python -m tests.app.crowd                                    # 20 visitors, and a room of 60
    python -m tests.app.crowd --into docs/performance.json      # then `make docs` writes docs/performance.md

The pages, worlds and threads of the visitors are those of the server; only the browsers and the network are left out,
so that one machine can have the visitors too. The room is that of `workbench app --room`, over WebSockets.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.kept import keep
from widgets.app.playground_page import PlaygroundPage
from widgets.app.visit import BOUNDS
from widgets.app.work import in_thread
from widgets.playground.session import Session
from workbench.bench.results import AppLoad


@dataclass(frozen=True)
class Crowd:
    """What a crowd of visitors came to: seconds that each action took, steps of each world, and megabytes a visitor."""

    waits: list[float]
    steps: list[int]
    members: list[tuple[str, ...]]
    megabytes: float

    def load(self, before: str) -> AppLoad:
        """The result for docs/performance.json; `before` is how busy the machine was."""
        return loaded("an action in a world of one's own", len(self.steps), self.waits, before, self.megabytes)


async def crowd(visitors: int, actions: int) -> Crowd:
    """So many visitors act at once, each so many times in a world of its own."""
    before = resident()
    sessions = [await in_thread(Session.fresh, seed=number, bounds=BOUNDS) for number in range(visitors)]
    pages = [PlaygroundPage(session, pictures=["matrix"]) for session in sessions]
    waits = [wait for each in await asyncio.gather(*(_acts(page, actions) for page in pages)) for wait in each]
    return Crowd(
        waits,
        [session.last + 1 for session in sessions],
        [session.world.members for session in sessions],
        (resident() - before) / visitors,
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


def loaded(what: str, visitors: int, waits: Sequence[float], before: str, megabytes: float | None = None) -> AppLoad:
    """How long visitors waited, as a result of the bench."""
    ordered = sorted(waits)
    middle, most = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
    three = round(middle, 3), round(most, 3), round(ordered[-1], 3)
    return AppLoad(what, visitors, len(ordered), three, None if megabytes is None else round(megabytes, 2), before)


def resident(process: int | str = "self") -> float:
    """The memory of a process, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _load_before() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def main() -> None:
    """Measure both crowds, print the figures, and write them into a file of results."""
    from tests.app.room_crowd import room_crowd  # noqa: PLC0415 # it imports this module

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--actions", type=int, default=5)
    parser.add_argument("--room", type=int, default=60, metavar="PEOPLE")
    parser.add_argument("--into", type=Path, metavar="FILE", help="a file of results, such as docs/performance.json")
    given = parser.parse_args()
    before = _load_before()
    found = [asyncio.run(crowd(given.visitors, given.actions)).load(before)] if given.visitors else []
    if given.room:
        found += room_crowd(given.room, _load_before())
    for each in found:
        sys.stdout.write(f"{each}\n")
    if given.into is not None:
        keep(given.into, app=found)


if __name__ == "__main__":
    main()
