"""Methods and choices are checked as the arguments of functions are, for the classes outside of the protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest

from workbench.mls.arguments import checks_arguments, checks_methods
from workbench.mls.errors import InvalidArgument


@checks_arguments
def chosen(kind: Literal["public", "private"]) -> str:
    return kind


@checks_arguments
def applied(function: Callable[[int], int], pair: tuple[int, int]) -> int:
    return sum(map(function, pair))


@checks_methods
class Counter:
    """A class with each kind of method."""

    step = 1

    def __init__(self, start: int) -> None:
        self.value = start

    @classmethod
    def of(cls, text: str) -> Counter:
        return cls(len(text))

    def add(self, number: int) -> int:
        self.value += number * self.step
        return self._kept()

    def _kept(self) -> int:
        return self.value


def test_a_choice_is_one_of_its_values_and_of_their_type() -> None:
    assert chosen("private") == "private"
    with pytest.raises(InvalidArgument, match=re.escape("'public' or 'private'")):
        chosen("secret")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="kind"):
        chosen(b"public")  # type: ignore[arg-type]


def test_a_function_is_callable_and_a_tuple_has_its_length() -> None:
    assert applied(abs, (-1, 2)) == 3
    with pytest.raises(InvalidArgument, match="function"):
        applied(7, (1, 2))  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="a tuple of 2"):
        applied(abs, (1, 2, 3))  # type: ignore[arg-type]


def test_constructors_class_methods_and_methods_are_checked_and_private_ones_are_not() -> None:
    counter = Counter.of("four")
    assert counter.add(3) == 7
    for call in (
        lambda: Counter("4"),  # type: ignore[arg-type]
        lambda: Counter.of(4),  # type: ignore[arg-type]
        lambda: counter.add(number=None),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidArgument):
            call()
    assert counter.add(0) == 7, "a refused call changes nothing"


def test_an_argument_that_the_function_does_not_have_is_a_type_error_as_in_any_call() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'label'"):
        chosen(label="private")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        chosen("private", "public")  # type: ignore[call-arg]
