"""A value is what `dataclass(frozen=True, slots=True)` makes."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from workbench.mls.value import value


@value
class Point:
    """A point with a label that takes no part in equality, and a secret that is not shown."""

    x: int
    y: int = 7
    tags: dict[str, int] = field(default_factory=dict)
    label: str = field(default="", compare=False)
    secret: bytes = field(default=b"", repr=False)

    def moved(self) -> Point:
        """The point one step to the right."""
        return replace(self, x=self.x + 1)


@dataclass(frozen=True, slots=True)
class Standard:
    x: int
    y: int = 7
    tags: dict[str, int] = field(default_factory=dict)
    label: str = field(default="", compare=False)
    secret: bytes = field(default=b"", repr=False)


@value
class Nothing:
    """A value without fields."""


@value
class Positive:
    """A number that is checked when it is made, and shown in its own way."""

    number: int

    def __post_init__(self) -> None:
        if self.number <= 0:
            raise ValueError("must be positive")

    def __repr__(self) -> str:
        return f"+{self.number}"


@pytest.mark.parametrize("options", [{}, {"y": 1}, {"tags": {"a": 1}}, {"label": "here"}, {"secret": b"s"}])
def test_it_is_shown_and_compared_as_a_dataclass_is(options: dict[str, Any]) -> None:
    ours, theirs = Point(3, **options), Standard(3, **options)
    assert repr(ours) == repr(theirs).replace("Standard", "Point")
    assert (ours == Point(3)) == (theirs == Standard(3))
    different: object = theirs
    assert ours != different
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]


def test_equal_values_have_equal_hashes() -> None:
    assert hash(Positive(3)) == hash(Positive(3))
    assert len({Nothing(), Nothing(), Positive(1), Positive(2)}) == 3


def test_it_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc] # that is the mistake
    with pytest.raises(FrozenInstanceError):
        del point.x
    with pytest.raises((AttributeError, TypeError)):
        point.z = 2  # type: ignore[attr-defined] # that is the mistake
    assert not hasattr(point, "__dict__")


def test_it_is_replaced_copied_and_matched() -> None:
    point = Point(1, tags={"a": 1})
    assert point.moved() == Point(2, tags={"a": 1})
    assert pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own bytes
    assert Point(1).tags is not Point(1).tags
    match point:
        case Point(x, y):
            assert (x, y) == (1, 7)


def test_its_own_methods_come_first_and_it_is_checked_when_made() -> None:
    assert repr(Positive(2)) == "+2"
    with pytest.raises(ValueError, match="must be positive"):
        Positive(0)
    with pytest.raises(ValueError, match="must be positive"):
        replace(Positive(2), number=-1)
