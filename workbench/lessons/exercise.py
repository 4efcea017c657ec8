"""An exercise that answers on the spot.

    question_1.check(answer_1)     what is right or wrong with an answer
    question_1.hint()              the first hint; question_1.hint(2) says more
    question_1.solution()          a solution, to read and to run in place of the stub

An exercise is a judge and words; the question stands in the lesson. The judge gets the learner's answer and
whatever else the lesson hands to `check`, such as the world in which the question was asked: what is right is
computed from that, not written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, KeysView, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, TypeAlias

from workbench.lessons.note import Note, Tone


@dataclass(frozen=True, slots=True)
class Correct:
    """The answer is right; `why` is worth knowing all the same."""

    why: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """The answer is wrong, and `reason` says in which way, without giving the right one away."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotAttempted:
    """There is no answer yet: the stub stands as it was."""


Judgement: TypeAlias = Correct | Wrong | NotAttempted
Judge: TypeAlias = Callable[..., Judgement]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question of a lesson.

    `judge` is called with the answer and whatever `check` got besides. `source` is the solution: code that
    sets the names which the stub sets.
    """

    id: str
    judge: Judge
    hints: tuple[str, ...]
    source: str

    def __repr__(self) -> str:
        return f"Exercise {self.id}: check(...), hint(), solution()"

    def check(self, answer: object, *given: object) -> Note:
        """What is right or wrong with an answer; None and untouched stubs count as not attempted."""
        match self.judge(answer, *given):
            case Correct(why):
                return Note("Right.", why, Tone.right)
            case Wrong(reason):
                return Note("Not yet.", reason, Tone.wrong)
            case NotAttempted():
                return Note("No answer yet.", "Replace the stub and run the cell again; `hint()` helps.")

    def hint(self, number: int = 1) -> Note:
        """One of the hints, which say more and more."""
        if not 1 <= number <= len(self.hints):
            return Note("No such hint.", f"There are hints 1 to {len(self.hints)}.")
        following = f"hint({number + 1})" if number < len(self.hints) else "solution()"
        words = f"{self.hints[number - 1]} (Next: `{following}`.)"
        return Note(f"Hint {number} of {len(self.hints)}.", words)

    def solution(self) -> Note:
        """A solution as code."""
        return Note("One solution.", "Put it in place of the stub and run `check` again.", code=self.source)


def exercise(id: str, *, hints: Iterable[str], source: str) -> Callable[[Judge], Exercise]:  # noqa: A002 - its name
    """Make an exercise of the judge below; `source` may be indented as the code around it."""

    def made(judge: Judge) -> Exercise:
        return Exercise(id, judge, tuple(hints), dedent(source).strip())

    return made


def judge_value(answer: object, kind: type, accept: Callable[[Any], Judgement]) -> Judgement:
    """Judge an answer of one type. `accept` gets the answer if it has this type, or can stand for a value of it."""
    if answer is None:
        return NotAttempted()
    answer = _as_equal(answer, kind)
    if not isinstance(answer, kind) or isinstance(answer, bool) is not (kind is bool):
        return Wrong(f"The answer should be {_a(kind)}, this is {_a(type(answer))}.")
    return accept(answer)


def judge_letters(answer: object, right: AbstractSet[str], reasons: Mapping[str, str], praise: str) -> Judgement:
    """Judge a set of letters, of which each has a reason why it belongs to the right ones or does not."""

    def accept(letters: set[object]) -> Judgement:
        if wrong := sorted(map(str, letters ^ right)):
            return Wrong(reasons.get(wrong[0], f"{wrong[0]} is none of the letters."))
        return Correct(praise)

    return judge_value(answer, set, accept)


@dataclass(frozen=True, slots=True)
class ExerciseCase:
    """One call of the learner's function: what it is given, in code and as values, and what it must give."""

    shown: str
    arguments: tuple[object, ...]
    expected: object
    explain: Callable[[Any], str]


def judge_function(answer: object, cases: Iterable[ExerciseCase], why: str) -> Judgement:
    """Judge a function by calling it. The feedback is about the first case that fails.

    Each case explains a wrong result in its own words. A function that returns None at once is the stub.
    """
    if answer is None:
        return NotAttempted()
    if not callable(answer):
        return Wrong(f"The answer should be a function, this is {_a(type(answer))}.")
    for number, case in enumerate(cases):
        try:
            result = answer(*case.arguments)
        except Exception as error:  # noqa: BLE001 - whatever a learner's function raises is told to the learner
            return Wrong(f"`{case.shown}` raised {type(error).__name__}: {error}.")
        if result is None and number == 0:
            return NotAttempted()
        if _as_equal(result, type(case.expected)) != case.expected:
            return Wrong(f"`{case.shown}` gives `{result!r}`. {case.explain(result)}")
    return Correct(why)


_EQUAL: dict[type, tuple[type, ...]] = {
    list: (tuple, range),
    tuple: (list, range),
    set: (list, tuple, range, frozenset, KeysView),
    dict: (Mapping,),
    bytes: (bytearray, memoryview),
}
"""Types whose values can stand for a value of another type: a list for a set, because a set has no order."""


def _as_equal(answer: object, kind: type) -> object:
    """The answer as a value of a type, if it can stand for one; else the answer as it is."""
    if kind is set and answer == {}:
        return set()
    if isinstance(answer, _EQUAL.get(kind, ())):
        with suppress(TypeError):  # a list of lists cannot become a set
            return kind(answer)
    return answer


def _a(kind: type) -> str:
    words = {int: "a whole number", str: "a string", list: "a list", set: "a set", bool: "True or False"}
    return words.get(kind, f"of type {kind.__name__}")
