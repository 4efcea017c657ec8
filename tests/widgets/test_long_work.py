"""Long work for a reader: it says how far it is, the reader can cancel it, and then nothing has changed."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from tests.own_loop import in_own_loop
from widgets.app.component import component_of
from widgets.inspector import Inspector
from widgets.inspector.findings import Finder
from widgets.playground import Playground
from widgets.playground.session import CANCELLED, Session
from widgets.shared.long_work import FIRST, Advance, Cancelled, LongWork
from workbench.lab import World
from workbench.lab.shared_history import SharedHistory


def cancels(_done: int, _total: int) -> None:
    raise Cancelled


def test_work_tells_how_far_it_is_when_it_takes_long_and_ends_when_it_is_cancelled() -> None:
    told: list[tuple[int, int]] = []
    work = LongWork(lambda done, total: told.append((done, total)))
    work.advance(0, 3)
    assert told == []
    time.sleep(FIRST)
    work.advance(1, 3)
    work.advance(2, 3)
    assert told == [(1, 3)]
    work.cancel()
    with pytest.raises(Cancelled):
        work.advance(3, 3)


def test_a_history_says_how_many_of_its_actions_are_performed() -> None:
    told: list[tuple[int, int]] = []
    SharedHistory.of(World.of(["Alice", "Bob"])).play(advance=lambda done, total: told.append((done, total)))
    assert told == [(done, len(told)) for done in range(len(told))]


@pytest.mark.parametrize("wish", [{"do": "act", "name": "commit", "from": 1}, {"do": "open"}])
def test_cancelled_work_of_a_playground_changes_nothing(wish: dict[str, Any]) -> None:
    world = World.of(["Alice", "Bob"])
    world.commit("Bob")
    session = Session(world)
    content = json.dumps(SharedHistory.of(world).to_json())
    asked = {"content": content, **wish, "number": 4}
    given = {**session.begin(), "asked": asked, "step": session.last}
    assert session.answer(given, cancels) == {"answer": {"number": 4, "words": CANCELLED}}
    assert (session.world, session.last) == (world, 2)


def test_a_cancelled_audit_says_so() -> None:
    world, finder = World.of(["Alice", "Bob"]), Finder()
    finder.answer({"number": 1, "text": "\n".join(each.hex() for each in world.attacker.heard)})
    changes = finder.answer({"number": 2, "do": "audit"}, cancels)
    assert changes["audited"]["words"] == "The audit was cancelled."
    assert changes["found"]["number"] == 2


def test_a_visitor_of_the_app_sees_how_far_the_work_is_and_cancels_it() -> None:
    def work(advance: Advance) -> None:
        while True:
            time.sleep(0.01)
            advance(3, 7)

    async def visit() -> Any:
        picture: Any = component_of(Inspector)()
        picture.asked = {"number": 5}
        shown = asyncio.Event()
        picture.param.watch(lambda _event: shown.set(), "progress")
        running = asyncio.create_task(picture.in_thread(work))
        await asyncio.wait_for(shown.wait(), 60)
        picture.cancelled = 5
        with pytest.raises(Cancelled):
            await running
        return picture.progress

    assert in_own_loop(visit()) == {"number": 5, "done": 3, "total": 7}


def test_a_playground_opens_a_history_of_other_people() -> None:
    playground, longer = Playground.of(World.of(["Alice", "Bob"])), World.of(["Carol", "Dave"])
    longer.commit("Carol")  # so the step changes too, for which the buttons are computed
    content = json.dumps(SharedHistory.of(longer).to_json())
    playground.set_trait("asked", {"number": 1, "do": "open", "content": content})
    assert playground.answer == {"number": 1, "words": ""}
    assert playground.offer["people"] == ["Carol", "Dave"]


def test_a_playground_outside_of_a_kernel_answers_before_it_returns() -> None:
    playground = Playground.of(World.of(["Alice", "Bob"]))
    playground.set_trait("asked", {"number": 1, "do": "act", "name": "commit", "from": 10_000})
    assert playground.answer == {"number": 1, "words": ""}
