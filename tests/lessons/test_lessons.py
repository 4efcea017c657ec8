from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

import workbench.lessons
from tests.lessons.answers import KNOWN, Known
from tests.notebooks.store import lessons
from workbench.lessons.exercise import Correct, Exercise, NotAttempted, Wrong
from workbench.mls.tree import tree_math

WRONG = [(known, feedback) for known in KNOWN for feedback in known.wrong]


def exercises_of(lesson: str) -> Iterator[Exercise]:
    module = importlib.import_module(f"workbench.lessons.lesson_{lesson}")
    return (value for value in vars(module).values() if isinstance(value, Exercise))


def solved(known: Known) -> object:
    """What the solution sets, run as it would be in the lesson."""
    names: dict[str, object] = {name: getattr(tree_math, name) for name in ("is_leaf", "left", "right")}
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
    judgement = known.exercise.judge(known.wrong[feedback], *known.given())
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
    reasons = [known.exercise.judge(answer, *known.given()) for answer in known.wrong.values()]
    assert len({repr(reason) for reason in reasons}) == len(reasons)


def test_the_lessons_package_says_what_is_in_it() -> None:
    assert workbench.lessons.__doc__
