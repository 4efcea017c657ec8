"""A class in a room: phones over WebSockets that join at once, talk and commit, and how long each of it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from tests.app.conftest import serving
from tests.app.crowd import loaded, resident
from tests.app.phones import Phone, epoch_of
from workbench.bench.results import AppLoad

MESSAGES, COMMITS = 10, 5


def room_crowd(people: int, before: str) -> list[AppLoad]:
    """The waits of a class of so many people in one room."""
    with contextmanager(serving)("--room") as app, ExitStack() as stack:
        process = app.process.pid
        stack.enter_context(Phone(app.root, "?present")).until(lambda told: "class" in told)
        empty = resident(process)
        phones = [stack.enter_context(Phone(app.root)) for _ in range(people)]
        threads = stack.enter_context(ThreadPoolExecutor(people))
        begun = time.perf_counter()
        joins = [*threads.map(lambda at: _joins(phones[at], f"Phone {at + 1}", begun), range(people))]
        messages = [_until_all(threads, phones, each, number) for number, each in enumerate(phones[:MESSAGES])]
        commits = [_epoch_on_all(threads, phones, each) for each in phones[:COMMITS]]
        at_once = [*threads.map(lambda phone: _timed(lambda: phone.ask(do="say", text="all at once")), phones)]
        grown = (resident(process) - empty) / people
        return [
            loaded("in the room: join, all at once", people, joins, before, grown),
            loaded("in the room: a message on all screens", people, messages, before),
            loaded("in the room: fresh keys on all devices", people, commits, before),
            loaded("in the room: a message of each at once, until it is sent", people, at_once, before),
        ]


def _joins(phone: Phone, name: str, begun: float) -> float:
    assert phone.ask(do="enter", name=name) == ""
    phone.is_in()
    return time.perf_counter() - begun


def _until_all(threads: ThreadPoolExecutor, phones: Iterable[Phone], sender: Phone, number: int) -> float:
    """Let one phone send a message, and wait until it is on all screens."""
    begun, text = time.perf_counter(), f"message {number}."
    assert sender.ask(do="say", text=text) == ""
    list(threads.map(lambda phone: phone.reads(text), phones))
    return time.perf_counter() - begun


def _epoch_on_all(threads: ThreadPoolExecutor, phones: Iterable[Phone], committer: Phone) -> float:
    """Let one phone commit fresh keys, and wait until all devices are in the new epoch."""
    begun, epoch = time.perf_counter(), epoch_of(committer.told)
    assert committer.ask(do="renew") == ""
    list(threads.map(lambda phone: phone.until(lambda told: epoch_of(told) > epoch), phones))
    return time.perf_counter() - begun


def _timed(work: Callable[[], str]) -> float:
    begun = time.perf_counter()
    assert work() == ""
    return time.perf_counter() - begun
