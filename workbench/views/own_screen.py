"""The view of one person's own screen, for a class in which everybody has a device and a page (`lab.classroom`).

It is a room with one screen that has lines; the other screens are there only to name the senders of messages. So a
phone gets what its own device has decrypted, and nothing of other devices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from workbench.client.safety_codes import group_code
from workbench.inspect.names import as_name, credential_name
from workbench.lab.classroom import Classroom
from workbench.lab.seats import ClassQuestion, ScreenLine, Seat
from workbench.mls import GroupState
from workbench.views.room_schema import (
    FORMAT,
    VERSION,
    RoomMessageView,
    RoomView,
    ScreenLineView,
    ScreenView,
    SituationView,
)

HUES = 8


class QuestionView(TypedDict):
    """A question to the class. `counts` is null while the question is open, so that nobody follows the others.

    `own` is what this person has chosen, and `answer` the right option; both are -1 for none.
    """

    text: str
    options: list[str]
    is_open: bool
    voters: int
    counts: list[int] | None
    own: int
    answer: int


class PersonView(TypedDict):
    """One person as the lecturer sees the class."""

    name: str
    shown: str
    standing: str
    waits: bool
    is_held: bool
    is_compromised: bool


class ClassView(TypedDict):
    """The whole class, for the projector and the lecturer. `story` has the lines of the lecturer's device."""

    story: list[ScreenLineView]
    epoch: int
    members: int
    away: int
    waiting: int
    messages: int
    reads: int
    reads_now: bool
    is_attacked: bool
    is_open: bool
    people: list[PersonView]


def own_screen_view(classroom: Classroom, seat: Seat) -> RoomView:
    """The screen of one person now."""
    senders: dict[str, int] = {as_name(seat.name): 0}
    messages: list[RoomMessageView] = []
    lines: list[ScreenLineView] = []
    for line in seat.lines:
        number: int | None = None
        if line.kind in {"message", "own"}:
            number = len(messages)
            sender = 0 if line.kind == "own" else senders.setdefault(line.sender, len(senders))
            messages.append(_message(line, sender))
        lines.append({"step": 0, "kind": line.kind, "text": "" if number is not None else line.text, "message": number})
    hues = hues_of(classroom)
    screens = [_screen(name, hues.get(name, HUES - 1)) for name in senders]
    screens[0]["lines"] = lines
    screens[0]["situations"] = [_situation(classroom, seat)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": "The room",
        "steps": [""],
        "screens": screens,
        "devices": [],
        "triers": [],
        "messages": messages,
    }


def hues_of(classroom: Classroom) -> Mapping[str, int]:
    """A hue for each person, in the order of the leaves, as in the picture of the tree."""
    leaves = classroom.state.tree.leaves()
    return {as_name(credential_name(leaf_node)): number % HUES for number, (_, leaf_node) in enumerate(leaves)}


def question_view(question: ClassQuestion | None, seat: Seat | None) -> QuestionView | None:
    """The question to the class as one person sees it; None if there is none."""
    if question is None:
        return None
    return {
        "text": question.text,
        "options": list(question.options),
        "is_open": question.is_open,
        "voters": len(question.votes),
        "counts": None if question.is_open else question.counts(),
        "own": -1 if seat is None else question.votes.get(seat.name, -1),
        "answer": -1 if question.answer is None else question.answer,
    }


def class_view(classroom: Classroom) -> ClassView:
    """The whole class now."""
    seats = [seat for seat in classroom.seats.values() if seat is not classroom.lecturer]
    compromised = {name for name, _ in classroom.attacker.compromised}
    people: list[PersonView] = [
        {
            "name": seat.name,
            "shown": as_name(seat.name),
            "standing": classroom.standing(seat),
            "waits": seat.waits,
            "is_held": seat.is_held,
            "is_compromised": seat.name in compromised,
        }
        for seat in seats
    ]
    return {
        "story": [
            {"step": 0, "kind": line.kind, "text": _told(line), "message": None} for line in classroom.lecturer.lines
        ],
        "epoch": classroom.state.epoch,
        "members": _members(classroom.state),
        "away": sum(each["standing"] == "away" for each in people),
        "waiting": len(classroom.waiting),
        "messages": classroom.messages,
        "reads": len(classroom.attacker.reads()),
        "reads_now": classroom.reads_now,
        "is_attacked": bool(compromised),
        "is_open": classroom.is_open,
        "people": people,
    }


def held_nodes(state: GroupState) -> list[int]:
    """The nodes whose private keys a device has."""
    return sorted(int(node) for node in state.private_keys)


def _told(line: ScreenLine) -> str:
    return f"{line.sender}: {line.text}" if line.kind in {"message", "own"} else line.text


def _message(line: ScreenLine, sender: int) -> RoomMessageView:
    return {
        "step": 0,
        "epoch": line.epoch,
        "sender": sender,
        "text": line.text,
        "size": 0,
        "wire": "",
        "then": [],
        "now": [],
        "ever": [],
        "outcomes": [],
        "trials": [],
    }


def _screen(name: str, hue: int) -> ScreenView:
    return {
        "id": name,
        "name": name,
        "user": name,
        "device": "",
        "archive": False,
        "hue": hue,
        "lines": [],
        "situations": [],
        "members": [],
        "alerts": [],
        "pen": [],
    }


def _situation(classroom: Classroom, seat: Seat) -> SituationView:
    state, standing = classroom.state_of(seat), classroom.standing(seat)
    if state is None or standing == "outside":
        return {"step": 0, "status": "outside", "epoch": -1, "people": 0, "devices": 0, "code": ""}
    members = _members(state)
    return {
        "step": 0,
        "status": standing,
        "epoch": state.epoch,
        "people": members,
        "devices": members,
        "code": group_code(state),
    }


def _members(state: GroupState) -> int:
    return sum(1 for _ in state.tree.leaves())
