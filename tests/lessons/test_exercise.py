from __future__ import annotations

from types import MappingProxyType

import pytest

from workbench.lessons.exercise import (
    Correct,
    Exercise,
    ExerciseCase,
    Judgement,
    NotAttempted,
    Wrong,
    exercise,
    judge_function,
    judge_value,
)


@exercise("9.1", hints=["Count.", "Count again."], source="answer = 4")
def four(answer: object) -> Judgement:
    return judge_value(answer, int, lambda number: Correct("So it is.") if number == 4 else Wrong("Too `odd`."))


CASES = [
    ExerciseCase("double(2)", (2,), 4, lambda result: f"Twice 2 is not {result}."),
    ExerciseCase("double(0)", (0,), 0, str),
]


def judged(answer: object) -> Judgement:
    return judge_function(answer, CASES, "Twice as much.")


def test_a_right_answer_is_called_right_and_told_why() -> None:
    assert repr(four.check(4)) == "Right. So it is."


def test_a_wrong_answer_gets_its_reason() -> None:
    assert repr(four.check(5)) == "Not yet. Too `odd`."


def test_the_stub_counts_as_not_attempted() -> None:
    assert repr(four.check(None)) == "No answer yet. Replace the stub and run the cell again; `hint()` helps."


def test_an_answer_of_another_type_is_told_which_type_is_wanted() -> None:
    assert four.judge("four") == Wrong("The answer should be a whole number, this is a string.")
    assert four.judge(True) == Wrong("The answer should be a whole number, this is True or False.")  # noqa: FBT003
    assert four.judge(4.0) == Wrong("The answer should be a whole number, this is of type float.")


@pytest.mark.parametrize(
    ("kind", "answer", "seen"),
    [
        (set, [1, 2, 2], {1, 2}),
        (set, (2, 1), {1, 2}),
        (set, frozenset({1, 2}), {1, 2}),
        (set, range(1, 3), {1, 2}),
        (set, {1: "a", 2: "b"}.keys(), {1, 2}),
        (set, {}, set()),
        (set, [], set()),
        (list, (1, 2), [1, 2]),
        (list, range(1, 3), [1, 2]),
        (tuple, [1, 2], (1, 2)),
        (dict, MappingProxyType({1: 2}), {1: 2}),
        (bytes, bytearray(b"ab"), b"ab"),
    ],
)
def test_an_answer_that_says_the_same_in_another_type_is_accepted(kind: type, answer: object, seen: object) -> None:
    """A set has no order, so a list will do; a list has one, so a set will not."""
    assert judge_value(answer, kind, lambda value: Correct(repr(value))) == Correct(repr(seen))


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(list, {1, 2}), (tuple, {1, 2}), (set, [[1], [2]]), (set, {1: 2}), (set, "ab"), (list, "ab"), (bytes, [1])],
)
def test_an_answer_that_does_not_say_the_same_is_told_which_type_is_wanted(kind: type, answer: object) -> None:
    judgement = judge_value(answer, kind, lambda value: Correct(repr(value)))
    assert isinstance(judgement, Wrong)
    assert judgement.reason.startswith("The answer should be ")


def test_a_function_may_give_a_tuple_for_a_list() -> None:
    cases = [ExerciseCase("both()", (), [1, 2], repr)]
    assert judge_function(lambda: (1, 2), cases, "Both.") == Correct("Both.")
    assert isinstance(judge_function(lambda: {1, 2}, cases, "Both."), Wrong)


def test_hints_come_in_sequence_and_end_with_the_solution() -> None:
    assert repr(four.hint()) == "Hint 1 of 2. Count. (Next: `hint(2)`.)"
    assert repr(four.hint(2)) == "Hint 2 of 2. Count again. (Next: `solution()`.)"
    assert repr(four.hint(3)) == "No such hint. There are hints 1 to 2."


def test_the_solution_is_code_that_can_be_copied() -> None:
    assert repr(four.solution()).endswith("\n\nanswer = 4")
    assert '<pre tabindex="0"><code>answer = 4</code></pre>' in four.solution()._repr_html_()


def test_a_function_that_returns_nothing_is_the_stub() -> None:
    assert judged(lambda _: None) == NotAttempted()
    assert judged(None) == NotAttempted()


def test_a_function_is_judged_by_the_first_case_that_fails() -> None:
    assert judged(lambda number: number * 2) == Correct("Twice as much.")
    assert judged(lambda number: number + 1) == Wrong("`double(2)` gives `3`. Twice 2 is not 3.")
    assert judged(lambda number: number + 2) == Wrong("`double(0)` gives `2`. 2")


def test_what_a_function_raises_is_told_kindly() -> None:
    assert judged(lambda number: number / 0) == Wrong("`double(2)` raised ZeroDivisionError: division by zero.")


def test_what_is_no_function_is_said_to_be_none() -> None:
    assert judged(4) == Wrong("The answer should be a function, this is a whole number.")


def test_notes_show_code_and_link_the_sections_of_the_rfc() -> None:
    note = Exercise("9.2", lambda _: Wrong("See RFC 9420 §7.5: `a < b`. And RFC 9420 Appendix C."), (), "").check(0)
    shown = note._repr_html_()
    assert '<a href="https://www.rfc-editor.org/rfc/rfc9420#section-7.5">RFC 9420 §7.5</a>: ' in shown
    assert '<a href="https://www.rfc-editor.org/rfc/rfc9420#appendix-C">RFC 9420 Appendix C</a>.' in shown
    assert "<code>a &lt; b</code>" in shown


def test_a_note_says_in_words_what_its_colour_says() -> None:
    for answer, heading in ((4, "Right."), (5, "Not yet."), (None, "No answer yet.")):
        assert f"<strong>{heading}</strong>" in four.check(answer)._repr_html_()


def test_notes_are_the_same_each_time() -> None:
    assert four.check(5)._repr_html_() == four.check(5)._repr_html_()
    assert repr(four) == "Exercise 9.1: check(...), hint(), solution()"
