"""The game of lesson 12: real bytes, a reason of its own for each round, and a judge that is not asked to lie."""

from __future__ import annotations

import pytest

from workbench.inspect.reasons import MessageKind
from workbench.lessons.rounds import play_rounds
from workbench.mls import MLSError, MLSMessage, decode, process

ROUNDS = play_rounds()


def test_each_round_has_a_reason_of_its_own() -> None:
    kinds = [each.explanation.kind for each in ROUNDS.values()]
    assert len(set(kinds)) == len(kinds) == 12
    assert MessageKind.PROCESSABLE not in kinds
    assert MessageKind.FAILED_CHECK not in kinds


@pytest.mark.parametrize("number", ROUNDS)
def test_a_device_really_refuses_its_bytes_and_stays_as_it_was(number: int) -> None:
    each = ROUNDS[number]
    before = each.state
    with pytest.raises(MLSError):
        process(each.state, each.message, now=each.now)
    assert each.state == before


def test_the_bytes_were_on_the_wire_and_only_one_was_cut_off() -> None:
    broken = []
    for number, each in ROUNDS.items():
        try:
            decode(MLSMessage, each.message)
        except MLSError:
            broken.append(number)
    assert broken == [9]


def test_a_round_shows_its_bytes_and_whose_device_it_is() -> None:
    assert repr(ROUNDS[1]) == "Bob's device, leaf 1 in epoch 1: 152 bytes"
    assert not ROUNDS[1].bytes.faults
    assert ROUNDS[9].bytes.faults


def test_the_rounds_are_the_same_each_time() -> None:
    assert {number: each.message for number, each in play_rounds().items()} == {
        number: each.message for number, each in ROUNDS.items()
    }
