"""What was done in a world: each call that acted, so that the same can be done again in another world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from workbench.lab.world import World

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Act:
    """A call of one of the methods with which a world acts: `Act("commit", ("Dave",))`.

    `group` is the number of the world among its `groups`, and `steps` how many steps each of them had afterwards.
    """

    method: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    group: int = 0
    steps: tuple[int, ...] = ()

    def __str__(self) -> str:
        given = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.options.items())]
        return f"{self.method}({', '.join(given)})"

    def do(self, world: World) -> None:
        """Do it in a world, or in the group of it that is meant. Raises what the method raises."""
        getattr(world.groups[self.group], self.method)(*self.arguments, **self.options)


def acting(
    method: Callable[Concatenate[World, Arguments], Result],
) -> Callable[Concatenate[World, Arguments], Result]:
    """A method of a world that is written down among its acts once it is done; what was not possible is not."""

    @wraps(method)
    def done(world: World, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        result = method(world, *arguments, **options)
        steps = tuple(len(each.history) for each in world.groups)
        world.around.acts.append(Act(method.__name__, arguments, options, world.groups.index(world), steps))
        return result

    return done
