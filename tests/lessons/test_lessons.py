from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache

import pytest

import workbench.lessons
from tests.lessons.answers import KNOWN
from tests.lessons.known import Known
from tests.notebooks.store import lessons
from workbench.adversary.evidence import read_evidence
from workbench.adversary.recovery import recover
from workbench.lab import World, scenario
from workbench.lessons import lesson_06, lesson_07
from workbench.lessons.exercise import Correct, Exercise, NotAttempted, Wrong
from workbench.mls import encode
from workbench.mls.tree import tree_math

pytestmark = pytest.mark.slow

WRONG = [(known, feedback) for known in KNOWN for feedback in known.wrong]


def exercises_of(lesson: str) -> Iterator[Exercise]:
    module = importlib.import_module(f"workbench.lessons.lesson_{lesson}")
    return (value for value in vars(module).values() if isinstance(value, Exercise))


@cache
def judged(exercise_id: str, feedback: str) -> object:
    """The judgement on a known wrong answer."""
    known = next(known for known in KNOWN if known.exercise.id == exercise_id)
    return known.exercise.judge(known.wrong[feedback], *known.given())


def solved(known: Known) -> object:
    """What the solution sets, run as it would be in the lesson."""
    names: dict[str, object] = {name: getattr(tree_math, name) for name in ("is_leaf", "left", "right")}
    names["encode"] = encode
    names["world"] = next((each for each in known.given() if isinstance(each, World)), None)
    exec(known.exercise.source, names)  # noqa: S102 - our own solution
    return names[known.name]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.exercise.id)
def test_the_stub_is_not_attempted(known: Known) -> None:
    assert known.exercise.judge(known.stub, *known.given()) == NotAttempted()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.exercise.id)
def test_the_solution_is_right(known: Known) -> None:
    judgement = known.exercise.judge(solved(known), *known.given())
    assert isinstance(judgement, Correct), judgement


@pytest.mark.parametrize(("known", "feedback"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_known_wrong_answer_is_wrong_and_told_why(known: Known, feedback: str) -> None:
    judgement = judged(known.exercise.id, feedback)
    assert isinstance(judgement, Wrong), judgement
    assert feedback in judgement.reason


def test_every_lesson_has_its_exercises_and_every_exercise_its_known_answers() -> None:
    written = [exercise.id for path in lessons() for exercise in exercises_of(path.name[:2])]
    assert written == [known.exercise.id for known in KNOWN]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.exercise.id)
def test_an_exercise_has_hints_and_at_least_one_known_wrong_answer(known: Known) -> None:
    assert len(known.exercise.hints) >= 2
    assert known.wrong
    assert known.exercise.source.splitlines()[0].startswith((f"{known.name} = ", f"def {known.name}("))


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.exercise.id)
def test_no_feedback_on_a_wrong_answer_is_given_twice_for_different_mistakes(known: Known) -> None:
    reasons = [judged(known.exercise.id, feedback) for feedback in known.wrong]
    assert len({repr(reason) for reason in reasons}) == len(reasons)


def test_the_lessons_package_says_what_is_in_it() -> None:
    assert workbench.lessons.__doc__


@pytest.mark.parametrize("letter", lesson_06.STORIES)
def test_each_story_of_lesson_06_ends_as_its_reason_says(letter: str) -> None:
    name, reason = lesson_06.STORIES[letter]
    story = scenario(name)
    first, *later = story.leaks
    last = story.recorded.group_history.last.epoch
    assert story.leaks[first].device == "Bob"
    assert (last in story.verdict(first).readable_epochs) is (reason == "leaked key still in use")
    assert (last in story.verdict().readable_epochs) is (reason != "healed")
    needs_more = reason in {"idle device compromised", "attacker stayed", "second secret leaked"}
    assert bool(later) == needs_more
    assert {story.leaks[each].device for each in later} <= (
        {"Bob"} if reason == "attacker stayed" else {"Carol", "Dave"}
    )


@pytest.mark.parametrize(
    ("number", "lacking"), [(1, None), (2, "commit_secret"), (3, "psk_secret"), (4, "init_secret")]
)
def test_the_attacker_enters_the_epoch_of_lesson_07_where_it_lacks_nothing(number: int, lacking: str | None) -> None:
    entered = recover(read_evidence(lesson_07.hand_over(number)))["epoch_authenticators"]
    assert (str(lesson_07.BROKEN) in entered) is (lacking is None)
