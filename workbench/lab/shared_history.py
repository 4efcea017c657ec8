"""A history that can be sent to somebody: the seed and the list of actions, as text for an address or as a file.

    text = SharedHistory.of(world).to_text()       short enough for a link
    world = SharedHistory.of_text(text).play()     the same world, with the same bytes

The format has a version. Text and files come from strangers: everything is checked, and `InvalidHistory` says what is
wrong. A history is bounded in its size, its number of people and actions, and the time that it may take.
"""

from __future__ import annotations

import base64
import inspect
import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Final

from workbench.delivery import Refused
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import ACTIONS
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.lab.progress import watched
from workbench.lab.world import World
from workbench.mls import MLSError, Policy

FORMAT: Final = "mls-workbench/history"
VERSION: Final = 1

MOST_BYTES = 200_000
"""The greatest size of a history as JSON."""

MOST_ACTIONS = 500
MOST_PEOPLE = 48
MOST_SECONDS = 20.0
"""How long a history may take to be performed. The time is checked between actions."""

_LONGEST_TEXT = 10_000
_LONGEST_QUOTE = 60
_KEYS = frozenset({"format", "version", "seed", "suite", "handshakes", "past_epochs", "actions", "group", "step"})


class InvalidHistory(ValueError):
    """The text or file is not a history, is of another version, or cannot be performed. The message says why."""


class HistoryTooLarge(InvalidHistory):
    """The history is beyond a bound: of its size, its people, its actions, or the time that it takes."""


@dataclass(frozen=True)
class SharedHistory:
    """The seed and the actions of a world. `past_epochs` is the only part of the devices' policy that is kept.

    The history opens with the group of the number `group`, at the step `step`; both count from 0, and None is the last.
    """

    seed: int | str
    actions: tuple[PerformedAction, ...]
    suite: int = 1
    handshakes: str = "public"
    past_epochs: int = 0
    group: int = 0
    step: int | None = field(default=None, compare=False)

    @classmethod
    def of(cls, world: World, *, until: int | None = None) -> SharedHistory:
        """The history of a world, by default all of it, or what happened until a step of its group.

        Raises `NotPossible` if the devices have a policy that a history cannot describe.
        """
        if world.policy != Policy(past_epochs=world.policy.past_epochs):
            raise NotPossible("The devices of this world have a policy of their own, which a history does not contain")
        number = world.group.number
        actions = tuple(
            replace(performed, steps=())
            for performed in world.action_log
            if until is None or len(performed.steps) <= number or performed.steps[number] <= until + 1
        )
        suite = world.groups[0].suite.id
        return cls(world.seed, actions, suite, world.handshakes, world.policy.past_epochs, number)

    def play(self, *, seconds: float = MOST_SECONDS, advance: Callable[[int, int], None] | None = None) -> World:
        """Perform all actions in a new world. The result is the group with which the history opens.

        Raises `InvalidHistory`, or `HistoryTooLarge` after so many seconds.
        `advance` is called before each action with the number of those that are done, and of all. What it raises ends
        the work. Without it a lesson shows how far a long history is.
        """
        end = time.monotonic() + seconds
        try:
            policy = Policy(past_epochs=self.past_epochs)
            world = World(self.seed, self.suite, self.handshakes, policy=policy)  # type: ignore[arg-type] # checked
        except MLSError as error:
            raise InvalidHistory(f"The history cannot begin: {error}") from error
        shown = self.actions if advance else watched(self.actions, "Performing the history")
        for number, performed in enumerate(shown, start=1):
            if advance is not None:
                advance(number - 1, len(self.actions))
            if time.monotonic() >= end:
                raise HistoryTooLarge(
                    f"The history takes longer than {seconds:g} seconds: "
                    f"{number - 1} of {len(self.actions)} actions were performed"
                )
            try:
                _perform(world, performed)
            except (NotPossible, Refused, MLSError) as error:
                raise InvalidHistory(f"Action {number}, {performed.name}, is not possible: {error}") from error
        if self.group >= len(world.groups):
            raise InvalidHistory(f"The history opens with group {self.group}, which nobody has founded")
        return world.groups[self.group]

    # As JSON, as text, and as a program

    def to_json(self) -> dict[str, Any]:
        """The history as JSON, for a file."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "seed": self.seed,
            "suite": self.suite,
            "handshakes": self.handshakes,
            "past_epochs": self.past_epochs,
            "actions": [_written(performed) for performed in self.actions],
            **({} if self.group == 0 else {"group": self.group}),
            **({} if self.step is None else {"step": self.step}),
        }

    @classmethod
    def of_json(cls, given: object) -> SharedHistory:
        """Read a history from JSON. Raises `InvalidHistory`."""
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise InvalidHistory(f'This is not a history of the workbench: its "format" has to be "{FORMAT}"')
        if given.get("version") != VERSION:
            raise InvalidHistory(
                f"This history has version {_brief(given.get('version'))}, and this workbench reads version {VERSION}"
            )
        unknown = sorted(set(given) - _KEYS)
        if unknown:
            raise InvalidHistory(f"The history has a field that version {VERSION} does not have: {_brief(unknown[0])}")
        handshakes = given.get("handshakes", "public")
        if handshakes not in {"public", "private"}:
            raise InvalidHistory(f'"handshakes" is {_brief(handshakes)}; it has to be "public" or "private"')
        numbers = {name: given.get(name, default) for name, default in (("suite", 1), ("past_epochs", 0), ("group", 0))}
        for name, value in numbers.items():
            if not _is_number(value, 0, 2**16 - 1):
                raise InvalidHistory(f'"{name}" is {_brief(value)}; it has to be a number from 0 to 65535')
        step = given.get("step")
        if step is not None and not _is_number(step, 0):
            raise InvalidHistory(f'"step" is {_brief(step)}; it has to be a number from 0')
        return cls(
            _seed(given.get("seed")), _actions(given.get("actions")), **numbers, handshakes=handshakes, step=step
        )

    def to_text(self) -> str:
        """The history as text for an address: letters, digits, `-` and `_`."""
        packed = zlib.compress(json.dumps(self.to_json(), separators=(",", ":")).encode(), 9)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def of_text(cls, text: str) -> SharedHistory:
        """Read a history from the text of an address. Raises `InvalidHistory`."""
        if len(text) > MOST_BYTES:
            raise HistoryTooLarge(f"The link has {len(text)} characters; at most {MOST_BYTES} are read")
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(packed, MOST_BYTES + 1)
        except (ValueError, zlib.error) as error:
            raise InvalidHistory("The link is damaged: the text of its history does not decode") from error
        if len(content) <= MOST_BYTES and not unpacking.eof:
            raise InvalidHistory("The link is damaged: the text of its history ends too early")
        return cls.of_file(content)

    @classmethod
    def of_file(cls, content: bytes) -> SharedHistory:
        """Read a history from the content of a file. Raises `InvalidHistory`."""
        if len(content) > MOST_BYTES:
            raise HistoryTooLarge(f"The history has more than {MOST_BYTES} bytes, which is the most that is read")
        try:
            given = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise InvalidHistory("The history is damaged: it is not JSON") from error
        return cls.of_json(given)

    def as_python(self) -> str:
        """The history as a program that makes the same world."""
        options = [f"seed={self.seed!r}"]
        options += [f"suite={self.suite}"] if self.suite != 1 else []
        options += [f"handshakes={self.handshakes!r}"] if self.handshakes != "public" else []
        imports = ["from workbench.lab import World"]
        if self.past_epochs:
            imports.append("from workbench.mls import Policy")
            options.append(f"policy=Policy(past_epochs={self.past_epochs})")
        people, rest = _founded(self.actions)
        made = f"World.of({people!r}, {', '.join(options)})" if people else f"World({', '.join(options)})"
        calls = [
            f"world{f'.groups[{performed.group}]' if performed.group else ''}.{_plain(performed)}" for performed in rest
        ]
        calls += [f"world = world.groups[{self.group}]"] if self.group else []
        return "\n".join([*imports, "", f"world = {made}", *calls, ""])


def _perform(world: World, performed: PerformedAction) -> None:
    groups = world.groups
    if performed.group >= len(groups):
        raise NotPossible(f"there is no group {performed.group}; there are {len(groups)}")
    method = getattr(groups[performed.group], performed.name)
    method(*performed.arguments, **performed.options)


def _seed(given: object) -> int | str:
    match given:
        case str() as text if len(text) <= _LONGEST_TEXT:
            return text
        case int() as number if _is_number(number):
            return number
    raise InvalidHistory("The seed has to be a text or a whole number of at most 64 bits")


def _actions(given: object) -> tuple[PerformedAction, ...]:
    if not isinstance(given, list):
        raise InvalidHistory('"actions" has to be a list')
    if len(given) > MOST_ACTIONS:
        raise HistoryTooLarge(f"The history has {len(given)} actions; at most {MOST_ACTIONS} are performed")
    actions = tuple(_read(number, each) for number, each in enumerate(given, start=1))
    people = {performed.arguments for performed in actions if performed.name == "device"}
    if len(people) > MOST_PEOPLE:
        raise HistoryTooLarge(f"The history has {len(people)} people; at most {MOST_PEOPLE} are allowed")
    return actions


def _read(number: int, given: object) -> PerformedAction:
    """An action from JSON: a list of its name, its arguments, its options and its group. The last two may be absent."""
    match [*given, *({}, 0)[len(given) - 2 :]] if isinstance(given, list) else given:
        case [str(name), list(arguments), dict(options), int(group)] if _is_number(group, 0, MOST_ACTIONS):
            pass
        case _:
            raise InvalidHistory(f"Action {number} has to be a list: name, arguments, and if needed options and group")
    if name not in ACTIONS:
        raise InvalidHistory(f"Action {number} is {_brief(name)}, which does not exist; there are {', '.join(ACTIONS)}")
    values = tuple(_value(number, each) for each in arguments)
    named = {option: _value(number, each) for option, each in options.items()}
    signature = inspect.signature(ACTIONS[name].perform)
    try:
        signature.bind(Group, *values, **named)
    except TypeError as error:
        raise InvalidHistory(f"Action {number}, {name}, has wrong arguments: {error}") from error
    return PerformedAction(name, values, named, group)


def _value(number: int, given: object, *, depth: int = 0) -> object:
    match given:
        case bool():
            return given
        case int() if _is_number(given):
            return given
        case str() as text if len(text) <= _LONGEST_TEXT:
            return text
        case {"bytes": str(digits), **more} if not more:
            try:
                return bytes.fromhex(digits)
            except ValueError as error:
                raise InvalidHistory(f"Action {number} has bytes that are not hexadecimal") from error
        case list() if depth == 0:
            return [_value(number, each, depth=1) for each in given]
    raise InvalidHistory(f"Action {number} has a value that no action takes: {_brief(given)}")


def _written(performed: PerformedAction) -> list[object]:
    """An action as JSON, without the parts at its end that have their usual value."""
    arguments = [_as_json(each) for each in performed.arguments]
    options = {name: _as_json(each) for name, each in performed.options.items()}
    whole: list[object] = [performed.name, arguments, options, performed.group]
    if not performed.group:
        whole.pop()
        if not options:
            whole.pop()
    return whole


def _as_json(value: object) -> object:
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case list() | tuple():
            return [_as_json(each) for each in value]
        case bool() | str():
            return value
        case int():
            return int(value)
    raise NotPossible(f"A history cannot contain {value!r}")


def _founded(actions: Sequence[PerformedAction]) -> tuple[list[str], Sequence[PerformedAction]]:
    """The people with whom `World.of` begins the history, and the actions after that; nobody if it begins otherwise."""
    people = [str(each.arguments[0]) for each in takewhile(_is_plain_device, actions)]
    if not people:
        return [], actions
    first, *others = people
    founding = [PerformedAction("create", (first,)), *([PerformedAction("add", (first, *others))] if others else [])]
    rest = actions[len(people) :]
    begins_so = list(rest[: len(founding)]) == founding
    return (people, rest[len(founding) :]) if begins_so else ([], actions)


def _is_plain_device(performed: PerformedAction) -> bool:
    """Whether an action makes a device as `World.of` does: with no approval, and not for an archive."""
    return performed.name == "device" and not performed.options


def _plain(performed: PerformedAction) -> str:
    """The call of an action, with plain numbers."""
    arguments = tuple(map(_as_plain, performed.arguments))
    options = {name: _as_plain(each) for name, each in performed.options.items()}
    return str(replace(performed, arguments=arguments, options=options))


def _as_plain(value: object) -> object:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_number(value: object, least: int = -(2**63), most: int = 2**63 - 1) -> bool:
    return type(value) is int and least <= value <= most


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
