"""The room of the app: pages of many people over WebSockets, each with a device of one class (`lab.classroom`).

All work on the class is done in one thread, a piece at a time: what a person does, or one device that fetches. So what
people do waits for one fetching device at most, however large the class is. A page is told what its own device knows.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from widgets.app.own_service import own_service
from widgets.shared.lighter import without_bytes
from workbench.delivery import Refused
from workbench.delivery.client import HttpTransport
from workbench.lab import NotPossible
from workbench.lab.classroom import Classroom
from workbench.lab.seats import Seat
from workbench.mls import GroupState, MLSError
from workbench.views.followed_tree import tree_view_of
from workbench.views.own_screen import class_view, held_nodes, own_screen_view, question_view

Result = TypeVar("Result")
Role: TypeAlias = Literal["visitor", "lecturer", "present"]

PAGES_AT_MOST = 4
"""How many pages one person may have open."""
PROJECTORS_AT_MOST = 8
WISH_AT_MOST = 4_000
"""The greatest length of what a page sends, in characters."""
PATIENCE = 10.0
"""For how many seconds a device repeats a call to a service that does not answer."""
LOOK = 2.0
"""Seconds between two looks for messages of devices that are not in this room."""
TREES = 8
"""How many trees are kept as text, those that were shown last: the devices are in different epochs."""
TREE = "A filled node is one whose private key is on your device. Each member has the keys of a path up to the root."

_LOG = logging.getLogger(__name__)


@contextmanager
def opened(room: str, service: str = "") -> Iterator[RoomHost]:
    """A room with a new group at the delivery service at a URL, or at one that is started for it.

    Raises `Refused` if the service knows such a room or does not answer, and `NotPossible` for the name.
    """
    transports: list[HttpTransport] = []
    with own_service() if not service else nullcontext(service) as url:

        def connect() -> HttpTransport:
            transports.append(HttpTransport(url, patience=PATIENCE))
            return transports[-1]

        try:
            yield RoomHost(Classroom(connect, room, has_other_rooms=bool(service)), secrets.token_urlsafe(16))
        finally:
            for transport in transports:
                transport.close()


class Page(Protocol):
    """A connected page."""

    def tell(self, text: str) -> None:
        """Send a text."""


@dataclass(eq=False)
class Visit:
    """A connected page, and what it was told last. `key` says whose page it is: a visitor has it in a cookie."""

    page: Page
    role: Role
    key: str = field(repr=False)
    told: dict[str, str] = field(default_factory=dict)

    def tell(self, kind: str, text: str) -> None:
        """Send a message of a kind, unless the page has it."""
        if self.told.get(kind) != text:
            self.told[kind] = text
            self.page.tell(text)


class TooManyPages(Exception):
    """Somebody has opened too many pages."""


class RoomHost:
    """The pages of one class. `token` makes a page that of the lecturer."""

    def __init__(self, classroom: Classroom, token: str) -> None:
        self.classroom = classroom
        self.token = token
        self._seats: dict[str, Seat] = {}
        self._visits: list[Visit] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="room")
        self._something = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._trees: dict[int, str] = {}

    # Pages that come and go

    async def join(self, page: Page, role: Role, key: str) -> Visit:
        """A page was opened. The device of its person is awake from now on. Raises `TooManyPages`."""
        visit = Visit(page, role, key)
        others = [each for each in self._visits if (each.role == "present" if role == "present" else each.key == key)]
        if len(others) >= (PROJECTORS_AT_MOST if role == "present" else PAGES_AT_MOST):
            raise TooManyPages
        self._visits.append(visit)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        seat = self._seat(visit)
        if seat is not None and not seat.is_awake:
            await self._in_turn(lambda: self.classroom.wake(seat, is_awake=True))
        self._something.set()
        await self._show([visit])
        return visit

    def leave(self, visit: Visit) -> None:
        """A page was closed, or its machine sleeps. With the last page of a person the device goes offline."""
        self._visits.remove(visit)
        leaving = asyncio.create_task(self._left(visit))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _left(self, visit: Visit) -> None:
        seat = self._seat(visit)
        is_last = all(each.key != visit.key for each in self._visits)
        if seat is not None and seat is not self.classroom.lecturer and is_last:
            await self._in_turn(lambda: self.classroom.wake(seat, is_awake=False))
            await self._show(self._leading())

    async def hear(self, visit: Visit, text: str) -> None:
        """Do what a page wishes. The page is told what came of it, in words if it was not possible."""
        if len(text) > WISH_AT_MOST:
            said = f"The page has sent {len(text)} characters; at most {WISH_AT_MOST} are read."
        else:
            said = await self._answer(visit, text)
        visit.page.tell(json.dumps({"kind": "said", "text": said}))
        self._something.set()
        await self._show(self._visits if said == "" else [visit])

    async def _answer(self, visit: Visit, text: str) -> str:
        try:
            await self._in_turn(lambda: self._perform(visit, text))
        except (NotPossible, Refused, MLSError) as refusal:
            return f"{refusal}."
        except Exception as problem:  # noqa: BLE001 - an unexpected error is told to the visitor, and logged
            _LOG.exception("a wish in the room failed")
            return (
                f"This failed with an unexpected error, {type(problem).__name__}. The log of the app has the traceback."
            )
        return ""

    def _perform(self, visit: Visit, text: str) -> None:
        """Do what a page wishes, in the room's thread."""
        wish = _read(text)
        match visit.role, wish:
            case "visitor", {"do": "enter", "name": str(name)} if visit.key not in self._seats:
                self._seats[visit.key] = self.classroom.enter(name)
            case "present", _:
                raise NotPossible("The projector's page shows the class, and acts for nobody")
            case "lecturer", _ if self._lead(wish):
                pass
            case _:
                seat = self._seat(visit)
                if seat is None:
                    raise NotPossible("Type a name and join first")
                self.classroom.limit(seat)
                self._act(seat, wish)

    def _act(self, seat: Seat, wish: Mapping[str, Any]) -> None:
        """What each person can do."""
        room = self.classroom
        if wish.get("do") not in {"vote", "come back"} and room.standing(seat) in {"outside", "removed"}:
            raise NotPossible("This device is not in the group")
        match wish:
            case {"do": "say", "text": str(text)}:
                room.say(seat, text)
            case {"do": "renew"}:
                room.renew(seat)
            case {"do": "leave"}:
                room.leave(seat)
            case {"do": "come back"}:
                room.come_back(seat)
            case {"do": "vote", "option": int(option)}:
                room.vote(seat, option)
            case _:
                raise NotPossible("The page has asked for something that does not exist: load it again")

    def _lead(self, wish: Mapping[str, Any]) -> bool:
        """What only the lecturer can do; False if the wish is none of these."""
        room = self.classroom
        match wish:
            case {"do": "open", "is_open": bool(is_open)}:
                room.is_open = is_open
            case {"do": "admit"}:
                room.admit(*room.waiting)
            case {"do": "add", "whom": str(whom)}:
                room.admit(whom.strip())
            case {"do": "remove", "whom": str(whom)}:
                room.remove(whom)
            case {"do": "compromise", "whom": str(whom)}:
                room.compromise(whom)
            case {"do": "hold", "whom": str(whom), "is_held": bool(is_held)}:
                room.hold(whom, is_held=is_held)
            case {"do": "ask", "question": str(text), "options": list(options)}:
                room.ask(text, [str(each) for each in options])
            case {"do": "ask about the next message"}:
                room.ask_about_next_message()
            case {"do": "close", "answer": int(answer)}:
                room.close(None if answer < 0 else answer)
            case _:
                return False
        return True

    # Devices that fetch

    async def _run(self) -> None:
        """Let devices fetch, one after the other, as long as the app runs."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), LOOK)
            self._something.clear()
            try:
                await self._round()
            except (NotPossible, Refused, MLSError) as refusal:
                _LOG.warning("the room waits: %s", refusal)
                await asyncio.sleep(LOOK)
            except Exception:  # noqa: BLE001 - one failure must not end the room
                _LOG.exception("a round of the room failed")
                await asyncio.sleep(LOOK)

    async def _round(self) -> None:
        """Add those who wait, and let each device fetch that has something to fetch."""
        room = self.classroom
        await self._in_turn(room.admit_waiting)
        await self._in_turn(room.look)
        while (seat := await self._in_turn(self._deliver_next)) is not None:
            await self._show([visit for visit in self._visits if self._seat(visit) is seat])
            if self._something.is_set():
                self._something.clear()
                await self._in_turn(room.admit_waiting)
                await self._show(self._leading())
        await self._show(self._visits)

    def _deliver_next(self) -> Seat | None:
        seat = self.classroom.due()
        if seat is not None:
            self.classroom.deliver(seat)
        return seat

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # What pages are told

    async def _show(self, visits: Iterable[Visit]) -> None:
        """Tell pages what is new for them."""
        chosen = [*visits]
        if not chosen:
            return
        texts = await self._in_turn(lambda: [self._messages(visit) for visit in chosen])
        for visit, messages in zip(chosen, texts, strict=True):
            for kind, text in messages.items():
                visit.tell(kind, text)

    def _messages(self, visit: Visit) -> dict[str, str]:
        """All that a page has to know, by kind."""
        room, seat = self.classroom, self._seat(visit)
        found: dict[str, Any] = {"question": question_view(room.question, seat)}
        if seat is not None:
            found["screen"] = {"view": own_screen_view(room, seat), "waits": seat.waits}
        if visit.role != "visitor":
            found["class"] = class_view(room)
        state = room.state if seat is None and visit.role == "present" else seat and room.state_of(seat)
        texts = {kind: json.dumps({"kind": kind, kind: value}) for kind, value in found.items()}
        if state:
            texts["tree"] = self._tree(state, is_own=seat is not None)
        return texts

    def _tree(self, state: GroupState, *, is_own: bool) -> str:
        """The message with the tree of a state, and with the nodes whose keys are on its device if it `is_own`."""
        text = self._trees.pop(state.epoch, None) or _tree_text(state)
        self._trees[state.epoch] = text
        if len(self._trees) > TREES:
            del self._trees[next(iter(self._trees))]  # not the oldest epoch: a device may be in it, asleep or removed
        held = json.dumps(held_nodes(state) if is_own else [])
        own = 2 * state.own_leaf if is_own else -1
        return f'{{"kind": "tree", "own": {own}, "held": {held}, "view": {text}}}'

    def _seat(self, visit: Visit) -> Seat | None:
        if visit.role == "lecturer":
            return self.classroom.lecturer
        return self._seats.get(visit.key) if visit.role == "visitor" else None

    def _leading(self) -> list[Visit]:
        return [visit for visit in self._visits if visit.role != "visitor"]


def _tree_text(state: GroupState) -> str:
    view = tree_view_of(state.public, "The group")
    view["steps"][0]["sentence"] = TREE
    return json.dumps(without_bytes(view))


def _read(text: str) -> Mapping[str, Any]:
    try:
        wish = json.loads(text)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise NotPossible("The page has sent something that the room does not understand: load it again")
    return wish
