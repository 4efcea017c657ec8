"""A caller's mistakes with a world or a device: each method names a wrong argument and says what is allowed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import pytest

from tests.mls.test_wrong_arguments import SAMPLES as OF_THE_PROTOCOL
from tests.mls.wrong_arguments import calls, parameters, sample
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Part
from workbench.client import Device
from workbench.client.decisions import Decisions
from workbench.client.device_state import DeviceState, Published
from workbench.delivery import DeliveryService, Refused, Settings, Transport
from workbench.lab import World
from workbench.lab.errors import NotPossible
from workbench.lab.sources import entropy_source
from workbench.mls import LeafIndex, MLSError, Remove, cipher_suite
from workbench.mls.errors import InvalidArgument
from workbench.mls.wire.tree import Extension

WORLD = World.of(2)
DEVICE = WORLD.devices["Alice"]
SAMPLES = OF_THE_PROTOCOL | {
    Leak: WORLD.leak("Alice"),
    Published: Published(DEVICE.send(WORLD.group_id, b"data"), None),
    Part: "state",
    Literal["public", "private"]: "public",
    Literal["application", "proposal", "commit"]: "commit",
    DeliveryService: DeliveryService(),
    Transport: DeliveryService(),
    Settings: Settings(),
    Decisions: Decisions(),
    DeviceState: DEVICE.device_state,
    Extension: Extension(0xFF00, b""),
    Callable[[], bytes]: entropy_source(1, "Alice"),
    Callable[[], int]: lambda: 1,
    Callable[[int], Any]: cipher_suite,
}
OWNERS = (WORLD, DEVICE)
METHODS = [
    pytest.param(getattr(owner, name), id=f"{type(owner).__name__}.{name}")
    for owner in OWNERS
    for name in dir(type(owner))
    if not name.startswith("_") and inspect.isroutine(inspect.getattr_static(type(owner), name))
]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_names_the_argument_that_is_wrong(method: Callable[..., Any]) -> None:
    for parameter, name, call in calls(method, SAMPLES):
        with pytest.raises(InvalidArgument, match=r" must be .*, not ") as refusal:
            call()
        assert refusal.value.argument.startswith(parameter), name


def world(**wrong: Any) -> World:
    return World(**wrong)


def device(**wrong: Any) -> Device:
    given = {"entropy": entropy_source(1, "Alice"), "clock": lambda: 1, **wrong}
    return Device(given.pop("name", "Alice"), given.pop("suite", DEVICE.suite), DeliveryService(), **given)


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (world, {"seed": None}),
        (world, {"seed": "\ud800"}),
        (world, {"suite": "1"}),
        (world, {"suite": True}),
        (world, {"handshakes": "secret"}),
        (world, {"policy": None}),
        (device, {"name": None}),
        (device, {"name": "\ud800"}),
        (device, {"suite": 1}),
        (device, {"entropy": bytes(32)}),
        (device, {"clock": 1}),
        (device, {"private_handshakes": None}),
        (device, {"policy": {}}),
    ],
)
def test_a_constructor_names_the_argument_that_is_wrong(make: Callable[..., Any], wrong: dict[str, Any]) -> None:
    (parameter,) = wrong
    with pytest.raises(InvalidArgument, match=f"^{parameter} must be "):
        make(**wrong)


@pytest.mark.parametrize("method", METHODS)
def test_a_name_or_a_number_that_means_nothing_is_refused_in_words(method: Callable[..., Any]) -> None:
    """Somebody who is not there, a group that is not there, a leaf or a step that is not there."""
    fresh = World.of(2)
    owners: dict[type, Any] = {World: fresh, type: World, Device: fresh.devices["Alice"]}
    owner = owners[type(method.__self__)]  # type: ignore[attr-defined] # a bound method
    method = getattr(owner, method.__name__)
    nothing = SAMPLES | {str: "Nobody", bytes: b"nothing", LeafIndex: 99, Remove: Remove(99)}
    hints = parameters(method)
    positional = {
        name: sample(hint, nothing)
        for name, hint in hints.items()
        if inspect.signature(method).parameters[name].kind is not inspect.Parameter.KEYWORD_ONLY
    }
    named = {name: 99 for name in ("sender_index",) if name in hints}
    far: list[dict[str, Any]] = [{name: 99} for name in ("step", "at") if name in hints]
    for changes in ({}, *far):
        by_place = {name: changes.get(name, value) for name, value in positional.items()}
        by_name = {name: value for name, value in changes.items() if name not in positional}
        with suppress(NotPossible, MLSError, Refused):
            method(*by_place.values(), **named, **by_name)


@pytest.mark.parametrize("people", [0, -1, []])
def test_a_world_has_somebody_in_it(people: Any) -> None:
    with pytest.raises(NotPossible, match="at least one person"):
        World.of(people)


@pytest.mark.parametrize("people", ["Alice", b"Alice", None, 1.0, True, [1], ["Alice", None]])
def test_the_people_of_a_world_are_a_number_or_names(people: Any) -> None:
    with pytest.raises(InvalidArgument, match="people"):
        World.of(people)
