"""A class as one group: people come, act, sleep and go, and the bounds are told in words. The service is in process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.delivery import AlreadyThere, DeliveryService, LateCommit, TooFast
from workbench.delivery.access import DeviceAccess
from workbench.delivery.clocks import system_clock
from workbench.delivery.limits import Rate
from workbench.lab import NotPossible
from workbench.lab.classroom import Classroom
from workbench.lab.seats import ClassBounds, Seat


def classroom(bounds: ClassBounds | None = None, service: DeliveryService | None = None) -> Classroom:
    home = service or DeliveryService(clock=system_clock)
    return Classroom(lambda: DeviceAccess(home), "room", bounds)


def settle(room: Classroom) -> None:
    """Add those who wait, and let every device fetch what there is."""
    room.admit_waiting()
    while (seat := room.due()) is not None:
        room.deliver(seat)


def class_of(*names: str, bounds: ClassBounds | None = None) -> tuple[Classroom, list[Seat]]:
    room = classroom(bounds)
    seats = [room.enter(name) for name in names]
    settle(room)
    return room, seats


def said_on(seat: Seat) -> list[str]:
    return [line.text for line in seat.lines]


def test_all_who_wait_are_added_by_one_commit_of_the_lecturer() -> None:
    room, seats = class_of("Ann", "Ben", "Cem")
    assert room.state.epoch == 1
    assert [room.standing(seat) for seat in seats] == ["in"] * 3
    assert said_on(seats[0]) == ["Ann's device came in with epoch 1. What was sent before cannot be read here."]


def test_with_a_closed_door_newcomers_wait_until_the_lecturer_adds_them() -> None:
    room = classroom()
    room.is_open = False
    ann = room.enter("Ann")
    settle(room)
    assert (room.waiting, room.standing(ann)) == (("Ann",), "outside")
    room.admit(*room.waiting)
    settle(room)
    assert (room.waiting, room.standing(ann)) == ((), "in")


def test_a_message_is_on_all_screens_and_fresh_keys_begin_an_epoch() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.say(ann, "hello")
    room.renew(ben)
    settle(room)
    assert "hello" in said_on(ben)
    assert "hello" in said_on(room.lecturer)
    assert (room.state.epoch, room.messages) == (2, 1)


def test_a_sleeping_laptop_is_offline_and_catches_up_when_it_returns() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.wake(ben, is_awake=False)
    room.say(ann, "first")
    room.renew(ann)
    room.say(ann, "second")
    settle(room)
    assert room.standing(ben) == "away"
    assert "second" not in said_on(ben)
    room.wake(ben, is_awake=True)
    settle(room)
    assert room.standing(ben) == "in"
    assert [text for text in said_on(ben) if text in {"first", "second"}] == ["first", "second"]


def test_a_device_that_is_held_back_cannot_commit_in_an_epoch_that_is_over() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.hold("Ben", is_held=True)
    room.renew(ann)
    settle(room)
    with pytest.raises(LateCommit):
        room.renew(ben)
    room.hold("Ben", is_held=False)
    settle(room)
    room.renew(ben)
    assert room.state.epoch == 3


def test_who_leaves_or_is_removed_reads_nothing_more_and_can_ask_to_be_added_again() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.leave(ben)
    room.say(ann, "between")
    settle(room)
    assert room.standing(ben) == "removed"
    room.come_back(ben)
    settle(room)
    assert room.standing(ben) == "in"
    assert "between" not in said_on(ben)
    room.remove("Ann")
    settle(room)
    assert room.standing(ann) == "removed"
    with pytest.raises(NotPossible, match="Ann is not in the group"):
        room.remove("Ann")
    with pytest.raises(NotPossible, match="Ben has not left the group"):
        room.come_back(ben)


def test_the_attacker_decides_a_question_about_the_next_message() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.compromise("Ben")
    room.ask_about_next_message()
    question = room.question
    assert question is not None
    room.vote(ann, 0)
    room.vote(ben, 1)
    room.vote(ben, 0)
    room.say(ann, "a secret")
    assert (question.is_open, question.answer, question.counts()) == (False, 0, [2, 0])
    assert said_on(room.lecturer)[-2:] == ["a secret", "The attacker has read “a secret”"]
    room.renew(ben)
    room.ask_about_next_message()
    room.say(ann, "another")
    assert room.question is not None
    assert (room.question.answer, room.reads_now) == (1, False)
    with pytest.raises(NotPossible, match="closed"):
        room.vote(ann, 0)


def test_the_lecturer_asks_a_question_of_his_own_and_says_what_is_so() -> None:
    room, (ann,) = class_of("Ann")
    with pytest.raises(NotPossible, match="There is no question"):
        room.close()
    room.ask("How many leaves?", ["1", "2", "3"])
    with pytest.raises(NotPossible, match="no such option"):
        room.vote(ann, 3)
    with pytest.raises(NotPossible, match="no such option"):
        room.close(3)
    room.vote(ann, 1)
    room.close(1)
    assert room.question is not None
    assert (room.question.counts(), room.question.answer) == ([0, 1, 0], 1)


@pytest.mark.parametrize(
    ("text", "options"),
    [("", ["a", "b"]), ("?" * 201, ["a", "b"]), ("?", ["a"]), ("?", ["a"] * 7), ("?", ["a", "b" * 61])],
)
def test_a_question_beyond_a_bound_is_refused(text: str, options: list[str]) -> None:
    with pytest.raises(NotPossible, match="A question has"):
        classroom().ask(text, options)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "of letters that people can read"),
        ("\u202eevil", "of letters that people can read"),
        ("a" * 31, "has 31 characters; at most 30"),
        ("Ann/phone", "has no “/”"),
        ("aNN", "There is a aNN already"),
        ("Lecturer", "There is a Lecturer already"),
    ],
)
def test_a_name_that_is_hostile_long_or_taken_is_refused_in_words(name: str, words: str) -> None:
    room, _ = class_of("Ann")
    with pytest.raises(NotPossible, match=words):
        room.enter(name)
    assert list(room.seats) == ["Lecturer", "Ann"]


def test_a_full_room_a_long_message_and_a_fast_person_are_told_the_bound() -> None:
    room, (ann,) = class_of("Ann", bounds=ClassBounds(people=1, text=5, rate=Rate(0.5, 1)))
    with pytest.raises(NotPossible, match="at most 1 people beside the lecturer"):
        room.enter("Ben")
    with pytest.raises(NotPossible, match="The message has 6 characters; at most 5"):
        room.say(ann, "123456")
    with pytest.raises(NotPossible, match="There is no message"):
        room.say(ann, "  ")
    room.limit(ann)
    with pytest.raises(TooFast, match="Ann may do 30 a minute"):
        room.limit(ann)
    room.limit(room.lecturer)
    room.limit(room.lecturer)


REFUSED: list[tuple[Callable[[Classroom], object], str]] = [
    (lambda room: room.remove("Lecturer"), "the lecturer stays"),
    (lambda room: room.hold("Lecturer", is_held=True), "the lecturer stays"),
    (lambda room: room.leave(room.lecturer), "the lecturer stays"),
    (lambda room: room.compromise("Zoe"), "There is no device of Zoe"),
    (lambda room: room.admit(), "Nobody waits"),
]


@pytest.mark.parametrize(("act", "words"), REFUSED)
def test_what_the_lecturer_cannot_do_is_said(act: Callable[[Classroom], object], words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        act(classroom())


def test_a_room_needs_a_name_that_its_service_does_not_have() -> None:
    service = DeliveryService(clock=system_clock)
    classroom(service=service)
    with pytest.raises(AlreadyThere):
        classroom(service=service)


def test_a_newcomer_who_cannot_be_added_is_told_and_the_others_go_on() -> None:
    room, (ann,) = class_of("Ann")
    ben = room.enter("Ben")
    room.lecturer.device.fetch_key_package("Ben")  # somebody has used up Ben's key package
    settle(room)
    assert room.waiting == ()
    assert "Ben" in said_on(ben)[-1]
    room.say(ann, "still here")
    assert said_on(room.lecturer)[-1] == "still here"


def test_a_device_elsewhere_at_the_service_is_seen_by_all() -> None:
    service = DeliveryService(clock=system_clock)
    room = classroom(service=service)
    ann = room.enter("Ann")
    settle(room)
    before = room.state.epoch
    ann.device.commit(room.group_id)  # as a program beside the room would do it
    room.look()
    settle(room)
    assert room.state.epoch == before + 1
